//! Faults that services show for a share of the calls.
//!
//! Whether a call is hit depends on the seed, the operation, what the call is about and how often that was
//! asked before: never on the order in which calls about different things arrive. So a run repeats even
//! where many go at once.

use std::{collections::HashMap, fmt, str::FromStr, sync::Mutex};

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::service::Service;

/// A fault: `SERVICE:KIND:SHARE`, as in `salesforce:503:0.2`, or `*:KIND:SHARE` for each service that has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// None means every service that shows the kind.
    service: Option<Service>,
    kind: Kind,
    share: f64,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// This HTTP status, and nothing is done.
    Status(u16),
    /// The service's own way to say "too fast".
    Throttle,
    /// No answer, and nothing is done.
    Hang,
    /// No answer, and the work is done.
    HangAfter,
    /// The connection is reset before the work.
    Reset,
    /// The connection is reset after the work.
    ResetAfter,
    /// Salesforce: the session ended.
    Expired,
    /// Salesforce: another transaction holds the row.
    Locked,
    /// Salesforce: a duplicate rule blocks the lead.
    Duplicate,
    /// Bedrock: the answer is cut off.
    MaxTokens,
    /// Bedrock: the tool's input is not what its schema asks for.
    Malformed,
    /// Contact events: five seconds late.
    Late,
    /// Contact events: delivered twice.
    Twice,
    /// Contact events: the last first.
    OutOfOrder,
    /// Contact events: never delivered.
    Never,
    /// Contact events: the call is over before Connect has answered the request for it.
    Early,
}

const WORDS: [(&str, Kind); 15] = [
    ("throttle", Kind::Throttle),
    ("hang", Kind::Hang),
    ("hang-after", Kind::HangAfter),
    ("reset", Kind::Reset),
    ("reset-after", Kind::ResetAfter),
    ("expired", Kind::Expired),
    ("locked", Kind::Locked),
    ("duplicate", Kind::Duplicate),
    ("max-tokens", Kind::MaxTokens),
    ("malformed", Kind::Malformed),
    ("late", Kind::Late),
    ("twice", Kind::Twice),
    ("out-of-order", Kind::OutOfOrder),
    ("never", Kind::Never),
    ("early", Kind::Early),
];

/// A fault that cannot be read.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum FaultError {
    /// Not three parts.
    #[error("`{0}` is no fault; expected `SERVICE:KIND:SHARE`, as in `salesforce:503:0.2`")]
    Form(String),
    /// A service that is not played.
    #[error("`{0}` is no service; there are *, {names}", names = Service::ALL.map(Service::name).join(", "))]
    NoSuchService(String),
    /// A kind that the service does not show.
    #[error("`{kind}` is no fault of {service}; it has {kinds}", kinds = kinds(*.service))]
    NoSuchKind {
        /// The service.
        service: Service,
        /// The kind as given.
        kind: String,
    },
    /// A kind that no service shows.
    #[error("`{0}` is no fault of any service; there are an HTTP status from 400 to 599, {words}", words = words())]
    NoSuchKindAnywhere(String),
    /// A share outside 0 to 1.
    #[error("`{0}` is no share; expected a number from 0 to 1")]
    Share(String),
}

fn kinds(service: Service) -> String {
    let mut kinds: Vec<&str> =
        WORDS.iter().filter(|(_, kind)| kind.fits(service)).map(|(word, _)| *word).collect();
    if service != Service::ContactEvents {
        kinds.insert(0, "an HTTP status from 400 to 599");
    }
    kinds.join(", ")
}

fn words() -> String {
    WORDS.map(|(word, _)| word).join(", ")
}

impl Fault {
    fn hits(&self, service: Service) -> bool {
        self.service.is_none_or(|own| own == service) && self.kind.fits(service)
    }
}

impl Kind {
    fn fits(self, service: Service) -> bool {
        match self {
            Self::Status(_)
            | Self::Throttle
            | Self::Hang
            | Self::HangAfter
            | Self::Reset
            | Self::ResetAfter => service != Service::ContactEvents,
            Self::Expired | Self::Locked | Self::Duplicate => service == Service::Salesforce,
            Self::MaxTokens | Self::Malformed => service == Service::Bedrock,
            Self::Late | Self::Twice | Self::OutOfOrder | Self::Never | Self::Early => {
                service == Service::ContactEvents
            }
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Status(status) = self {
            return write!(f, "{status}");
        }
        let word = WORDS.iter().find(|(_, kind)| kind == self).map_or("", |(word, _)| word);
        f.write_str(word)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let service = self.service.map_or("*", Service::name);
        write!(f, "{service}:{}:{}", self.kind, self.share)
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let parts: Vec<&str> = text.split(':').collect();
        let [service, word, share] = parts[..] else {
            return Err(FaultError::Form(text.to_owned()));
        };
        let service = match service {
            "*" => None,
            name => Some(
                Service::named(name).ok_or_else(|| FaultError::NoSuchService(name.to_owned()))?,
            ),
        };
        let status = word.parse().ok().filter(|status| (400..600).contains(status));
        let kind = WORDS
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, kind)| *kind)
            .or(status.map(Kind::Status))
            .filter(|kind| service.is_none_or(|service| kind.fits(service)))
            .ok_or_else(|| match service {
                Some(service) => FaultError::NoSuchKind { service, kind: word.to_owned() },
                None => FaultError::NoSuchKindAnywhere(word.to_owned()),
            })?;
        let share = share
            .parse()
            .ok()
            .filter(|share| (0.0..=1.0).contains(share))
            .ok_or_else(|| FaultError::Share(share.to_owned()))?;
        Ok(Self { service, kind, share })
    }
}

/// The faults that are set, and how often each thing was asked.
#[derive(Debug)]
pub(crate) struct Faults {
    seed: u64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    set: Vec<Fault>,
    asked: HashMap<[u8; 32], u64>,
}

impl Faults {
    pub(crate) fn new(seed: u64, set: Vec<Fault>) -> Self {
        Self { seed, state: Mutex::new(State { set, asked: HashMap::new() }) }
    }

    /// Sets other faults.
    pub(crate) fn set(&self, set: Vec<Fault>) {
        self.state().set = set;
    }

    /// Forgets what was asked: the same calls meet the same faults again.
    pub(crate) fn reset(&self) {
        self.state().asked.clear();
    }

    pub(crate) fn shown(&self) -> Vec<String> {
        self.state().set.iter().map(Fault::to_string).collect()
    }

    /// All faults that hit this call, in the order in which they were set. What it is about is asked only where
    /// the service has faults, since finding out costs more than many a call.
    pub(crate) fn draw(
        &self,
        service: Service,
        operation: &str,
        subject: impl FnOnce() -> String,
    ) -> Vec<Kind> {
        if !self.state().set.iter().any(|fault| fault.hits(service)) {
            return Vec::new();
        }
        let subject =
            digest(&[service.name().as_bytes(), operation.as_bytes(), subject().as_bytes()]);
        let mut state = self.state();
        let asked = state.asked.entry(subject).or_default();
        *asked += 1;
        let asked = *asked;
        state
            .set
            .iter()
            .filter(|fault| fault.hits(service))
            .filter(|fault| {
                let drawn = digest(&[
                    &self.seed.to_be_bytes(),
                    &subject,
                    &asked.to_be_bytes(),
                    fault.kind.to_string().as_bytes(),
                ]);
                fraction(&drawn) < fault.share
            })
            .map(|fault| fault.kind)
            .collect()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds this lock")
    }
}

fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// The first 53 bits, as a number from 0 up to 1.
fn fraction(digest: &[u8; 32]) -> f64 {
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
    let (drawn, bound) = ((u64::from_be_bytes(first) >> 11) as f64, (1_u64 << 53) as f64);
    drawn / bound
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(seed: u64, subjects: impl Iterator<Item = usize>) -> Vec<usize> {
        let faults = Faults::new(seed, vec!["salesforce:503:0.2".parse().unwrap()]);
        let mut hits: Vec<usize> = subjects
            .filter(|n| {
                !faults.draw(Service::Salesforce, "upsertLead", || n.to_string()).is_empty()
            })
            .collect();
        hits.sort_unstable();
        hits
    }

    #[test]
    fn the_same_seed_hits_the_same_calls_in_any_order() {
        assert_eq!(hits(7, 0..1000), hits(7, (0..1000).rev()));
        assert_ne!(hits(7, 0..1000), hits(8, 0..1000));
    }

    #[test]
    fn about_the_share_is_hit() {
        let hit = hits(1, 0..10_000).len();
        assert!((1_850..2_150).contains(&hit), "{hit}");
    }

    #[test]
    fn the_next_attempt_draws_anew() {
        let faults = Faults::new(3, vec!["connect:reset-after:0.5".parse().unwrap()]);
        let drawn: Vec<bool> = (0..64)
            .map(|_| {
                !faults
                    .draw(Service::Connect, "StartOutboundVoiceContact", || "a".to_owned())
                    .is_empty()
            })
            .collect();
        assert!(drawn.contains(&true) && drawn.contains(&false));
        faults.reset();
        let again: Vec<bool> = (0..64)
            .map(|_| {
                !faults
                    .draw(Service::Connect, "StartOutboundVoiceContact", || "a".to_owned())
                    .is_empty()
            })
            .collect();
        assert_eq!(drawn, again);
    }

    #[test]
    fn a_fault_of_every_service_hits_each_that_has_it_and_each_for_itself() {
        let faults = Faults::new(1, vec!["*:reset-after:0.5".parse().unwrap()]);
        let drawn = |service| -> Vec<usize> {
            (0..64).map(|n| faults.draw(service, "any", || format!("{n}")).len()).collect()
        };
        assert_eq!(drawn(Service::ContactEvents), [0; 64]);
        let (connect, sqs) = (drawn(Service::Connect), drawn(Service::Sqs));
        assert!(connect.contains(&1) && sqs.contains(&1));
        assert_ne!(connect, sqs);
    }

    #[test]
    fn a_fault_reads_as_it_is_written() {
        for text in [
            "salesforce:503:0.2",
            "*:reset-after:0.05",
            "bedrock:malformed:1",
            "contact-events:twice:0.5",
        ] {
            assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_fault_is_refused_with_what_there_is() {
        for (text, expected) in [
            ("salesforce:503", "expected `SERVICE:KIND:SHARE`"),
            ("slack:503:1", "`slack` is no service; there are *, salesforce, "),
            ("*:never-ever:1", "`never-ever` is no fault of any service"),
            ("sqs:expired:1", "`expired` is no fault of sqs; it has an HTTP status"),
            ("sqs:200:1", "`200` is no fault of sqs"),
            ("contact-events:503:1", "it has late, twice, out-of-order, never, early"),
            ("sqs:503:2", "`2` is no share"),
            ("sqs:503:NaN", "`NaN` is no share"),
        ] {
            let error = text.parse::<Fault>().unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
