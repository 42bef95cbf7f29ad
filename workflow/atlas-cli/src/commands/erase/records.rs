//! What the handlers keep of somebody: records of leads and calls, the caches, the dead letters, and the list
//! of numbers that must not be called.

use atlas_deploy::name_in;
use atlas_engine::{Concern, Person};
use definitions::{
    contract::InteractionKey,
    resources::{CALLS, RESPONSE_CACHE, SUPPRESSION, dead_letter_queues},
};
use handlers::{
    environment::{Environment, variables},
    erasure::{Deps, NotErased, Whom as Looked},
    queue::{Fate, FoundMessages},
    records::KeptInteraction,
};

use super::{Part, Report, Whom};
use crate::{
    arguments::{Erase, STACK, operator::Reach},
    failure::Failure,
    operator::{Reached, environment},
};

/// Why a number is on the list that `--suppress` puts it on.
const SUPPRESSED_BECAUSE: &str = "asked to be erased";

/// The queues of dead letters.
pub(super) struct Queues {
    /// Those of the deployment.
    named: Vec<String>,
    by_url: Vec<String>,
}

impl Queues {
    pub(super) fn of(asked: &Erase) -> Self {
        let named = dead_letter_queues().map(|name| name_in(&asked.stack, name)).collect();
        Self { named, by_url: asked.queue.clone() }
    }
}

/// Where they are.
pub(super) struct Records {
    deps: Deps,
}

impl Records {
    /// Those of a server or of AWS. `None` where it is not known where they are.
    pub(super) async fn of(reached: &Reached, stack: &str) -> Result<Option<Self>, Failure> {
        match environment(reached).await {
            Some(environment) => {
                Self::new(&environment, reached.dynamodb_endpoint.as_deref(), stack).await
            }
            None => Ok(None),
        }
    }

    /// Those that the variables of this process name: a folder that nobody serves says nothing of them.
    pub(super) async fn of_process(reach: &Reach, stack: &str) -> Result<Option<Self>, Failure> {
        let own = Environment::of_process();
        let named = own.get(variables::AWS_ENDPOINT_URL_DYNAMODB.name).map(str::to_owned);
        let Some(endpoint) = reach.dynamodb_endpoint.clone().or(named) else { return Ok(None) };
        let values = variables::ALL.iter().filter_map(|variable| {
            Some((variable.name.to_owned(), own.get(variable.name)?.to_owned()))
        });
        let environment = values.collect();
        Self::new(&environment, Some(&endpoint), stack).await
    }

    async fn new(
        given: &Environment,
        endpoint: Option<&str>,
        stack: &str,
    ) -> Result<Option<Self>, Failure> {
        let named = |name: &str| given.get(name).map(str::to_owned);
        let endpoint = endpoint
            .map(str::to_owned)
            .or_else(|| named(variables::AWS_ENDPOINT_URL_DYNAMODB.name));
        // All services of a sandbox are under one address, and it says under which key it knows numbers.
        let mut values: Vec<(String, String)> = match &endpoint {
            Some(endpoint) if is_loopback(endpoint) => {
                atlas_local::outside_services::environment_at(endpoint.trim_end_matches('/'), None)
            }
            _ => Vec::new(),
        };
        if stack != STACK {
            for table in [CALLS, SUPPRESSION, RESPONSE_CACHE] {
                values.retain(|(known, _)| known != table.variable);
                values.push((table.variable.to_owned(), name_in(stack, table.name)));
            }
        }
        let own = variables::ALL
            .iter()
            .filter_map(|variable| Some((variable.name, given.get(variable.name)?)));
        for (name, value) in own.filter(|(_, value)| !value.trim().is_empty()) {
            values.retain(|(known, _)| known != name);
            values.push((name.to_owned(), value.to_owned()));
        }
        if let Some(endpoint) = endpoint {
            let name = variables::AWS_ENDPOINT_URL_DYNAMODB.name;
            values.retain(|(known, _)| known != name);
            values.push((name.to_owned(), endpoint));
        }
        let environment: Environment = values.into_iter().collect();
        Ok(Some(Self { deps: Deps::new(&environment).await.map_err(Failure::ours)? }))
    }

    /// The interactions of somebody, whose keys become known.
    pub(super) async fn find(
        &self,
        whom: &Whom,
        person: &mut Person,
    ) -> Result<Vec<KeptInteraction>, Failure> {
        let known = person.clone();
        let is_theirs = |document: &str| known.concern(document) == Concern::Theirs;
        let looked = Looked {
            phones: &whom.phones,
            emails: &whom.emails,
            keys: known.keys().filter_map(|key| key.parse::<InteractionKey>().ok()).collect(),
            is_theirs: &is_theirs,
        };
        let kept = self.deps.interactions(&looked).await.map_err(Failure::ours)?;
        for interaction in &kept {
            person.learn(interaction.key.as_str());
            for id in interaction.lead_ids.iter().chain(&interaction.contact_ids) {
                person.learn(id);
            }
        }
        Ok(kept)
    }

    /// Says what there is.
    pub(super) async fn tell(
        &self,
        kept: &[KeptInteraction],
        person: &Person,
        queues: &Queues,
        report: &mut Report,
    ) {
        let items: usize = kept.iter().map(|one| one.items.len()).sum();
        let keys = kept.iter().map(|one| one.key.as_str().to_owned()).collect();
        let place = "records of leads and calls";
        report.erased_some(Part::Records, place, items as u64, keys);
        let is_about = |text: &str| person.concern(text) != Concern::None;
        match self.deps.cached(&is_about).await {
            Ok(found) => {
                let keys = found.iter().map(|entry| entry.key.clone()).collect();
                let place = "entries of the caches, where nothing of a person belongs";
                report.erased(Part::Records, place, keys);
            }
            Err(fault) => {
                report.failed.push(format!("the caches were not looked through: {fault}"))
            }
        }
        match self.deps.dead_letters(&queues.named, &queues.by_url, &is_about, Fate::Kept).await {
            Ok(all) => {
                let mut absent = Vec::new();
                for letters in all {
                    let Some(FoundMessages { about, .. }) = letters.found else {
                        absent.push(letters.queue);
                        continue;
                    };
                    report.erased_some(
                        Part::Records,
                        format!("messages in {}", letters.queue),
                        about as u64,
                        Vec::new(),
                    );
                }
                if !absent.is_empty() {
                    report.not_reached(
                        "dead letters",
                        "there are no queues of these names; expected --stack where the deployment has another \
                         name, or --queue with the URL of each",
                        absent,
                    );
                }
            }
            Err(fault) => {
                report.failed.push(format!("the dead letters were not looked through: {fault}"));
            }
        }
    }

    /// Erases what there is: what nothing else leads to last, and not at all where something before it fails.
    pub(super) async fn erase(
        &self,
        kept: &[KeptInteraction],
        person: &Person,
        queues: &Queues,
        report: &mut Report,
    ) {
        let is_about = |text: &str| person.concern(text) != Concern::None;
        let mut faults = Vec::new();
        let mut note = |what: &str, done: Result<(), NotErased>| {
            faults.extend(done.err().map(|fault| format!("{what}: {fault}")));
        };
        let letters =
            self.deps.dead_letters(&queues.named, &queues.by_url, &is_about, Fate::Deleted).await;
        note("dead letters", letters.map(drop));
        match self.deps.cached(&is_about).await {
            Ok(found) => {
                for entry in &found {
                    note("an entry of the caches", self.deps.erase_cached(entry).await);
                }
            }
            Err(fault) => note("the caches", Err(fault)),
        }
        if faults.is_empty() {
            for interaction in kept {
                if let Err(fault) = self.deps.erase_interaction(interaction).await {
                    faults.push(format!("the records of {}: {fault}", interaction.key));
                }
            }
        }
        if !faults.is_empty() {
            report.withdraw(Part::Records);
        }
        report.failed.extend(faults);
    }

    /// Does with the list what is asked, and says how it stands.
    pub(super) async fn settle_suppression(&self, asked: &Erase, whom: &Whom, report: &mut Report) {
        for phone in &whom.phones {
            let done = if asked.dry_run {
                self.deps.is_suppressed(phone).await
            } else if asked.forget_suppression {
                self.deps.forget_suppression(phone).await
            } else if asked.suppress {
                self.deps.suppress(phone, SUPPRESSED_BECAUSE).await.map(|_| true)
            } else {
                self.deps.is_suppressed(phone).await
            };
            match done {
                Err(fault) => report.failed.push(format!("the suppression list: {fault}")),
                Ok(true) if asked.forget_suppression => {
                    let names = vec!["the hash of a number".to_owned()];
                    report.erased(Part::Records, "suppression list", names);
                }
                Ok(true) => report.kept(
                    "the keyed hash of a number on the suppression list",
                    "so that it is never called again; --forget-suppression takes it off",
                ),
                Ok(false) => {}
            }
        }
    }
}

fn is_loopback(endpoint: &str) -> bool {
    let url = reqwest::Url::parse(endpoint);
    url.is_ok_and(|url| url.host_str().is_some_and(atlas_asl::endpoint_task::is_loopback))
}
