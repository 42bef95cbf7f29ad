//! The same question again: within a run, or in an environment that had the answer.
//!
//! A question whose answer had changed is none of them: somebody waits for that, or something was written.

use std::collections::{BTreeMap, HashMap};

use super::{
    Certainty, Evidence, Finding, Kind,
    evidence::{CallOfRun, durations, runs_of, words},
    reading::{begins_session, is_kept, reads},
};
use crate::{place::Place, statistics::count};

/// How a call is superfluous.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Why {
    /// The run had the answer.
    InRun,
    /// The environment had it, of something that is made to be kept.
    Kept,
    /// The environment had a session.
    Session,
    /// The environment had it, of something that may change.
    Elsewhere,
}

/// So often at least, to be a habit.
const OFTEN: usize = 3;

pub(super) fn look(evidence: &Evidence<'_>, found: &mut Vec<Finding>) {
    let mut habits: BTreeMap<(Place, Why), Vec<CallOfRun<'_>>> = BTreeMap::new();
    let mut made: BTreeMap<Place, usize> = BTreeMap::new();
    // What was answered to a question: in a run, and in an environment.
    let mut in_run: HashMap<(usize, &str, &str, &str), Option<&str>> = HashMap::new();
    let mut in_environment: HashMap<(&str, &str, &str, &str), Option<&str>> = HashMap::new();
    for (run, seen) in evidence.calls() {
        let call = &seen.call;
        *made.entry((*seen.place).clone()).or_default() += 1;
        let (service, operation) = (call.service.as_str(), call.operation.as_str());
        let is_kept = is_kept(service, operation);
        let is_session = begins_session(operation);
        if !(reads(operation) || is_kept || is_session) || call.failure.is_some() {
            continue;
        }
        let answer = call.answer.as_deref();
        // A new session differs from the one before, and so does what asks for it.
        let question = if is_session { Some("") } else { call.arguments.as_deref() };
        let invocation = seen.invocation.map(|at| &evidence.schedules[run].invocations[at]);
        let Some(question) = question else {
            // X-Ray knows no arguments. A function that was warm has read its configuration before.
            if is_kept && invocation.is_some_and(|it| !it.invocation.is_cold()) {
                let key = ((*seen.place).clone(), Why::Session);
                habits.entry(key).or_default().push((run, seen));
            }
            continue;
        };
        let mut why = None;
        if !is_session {
            let before = in_run.insert((run, service, operation, question), answer);
            why = before.filter(|before| *before == answer).map(|_| Why::InRun);
        }
        let environment = evidence.environment((run, seen));
        if let Some(environment) = environment {
            let key = (environment, service, operation, question);
            let before = in_environment.insert(key, answer);
            let is_same = before.is_some_and(|before| is_session || before == answer);
            why = match (is_same, is_kept, is_session) {
                (false, ..) => why,
                (true, true, _) => Some(Why::Kept),
                (true, _, true) => Some(Why::Session),
                (true, false, false) => why.or(Some(Why::Elsewhere)),
            };
        }
        if let Some(why) = why {
            habits.entry(((*seen.place).clone(), why)).or_default().push((run, seen));
        }
    }
    for ((place, why), calls) in habits {
        let of = made.get(&place).copied().unwrap_or_default();
        // A habit, not an accident.
        if calls.len() < OFTEN || count(calls.len()) < 0.2 * count(evidence.schedules.len()) {
            continue;
        }
        if why == Why::Elsewhere && calls.len() * 2 < of {
            continue;
        }
        let items = calls.iter().filter_map(|(run, it)| Some((*run, it.item?, 0.0)));
        let Some(gain) = evidence.worthwhile(&durations(items)) else { continue };
        found.push(told(evidence, place, why, &calls, of, gain));
    }
}

fn told(
    evidence: &Evidence<'_>,
    place: Place,
    why: Why,
    calls: &[CallOfRun<'_>],
    of: usize,
    gain: super::Gain,
) -> Finding {
    let total: f64 = calls.iter().map(|(_, it)| it.call.took_ms()).sum();
    let each = words(total / count(calls.len()));
    let repeated = calls.len();
    let share = format!("{repeated} of {of} calls");
    let (certainty, cause, remedy) = match why {
        Why::InRun => (
            Certainty::Proven,
            format!(
                "{share} ask what was asked before in the same run, and are answered the same, {each} each"
            ),
            "ask once, and pass the answer on",
        ),
        Why::Kept => (
            Certainty::Proven,
            format!(
                "{share} read again what their environment had read, and which rarely changes, {each} each"
            ),
            "keep it in the environment, and refresh it beside the traffic",
        ),
        Why::Session => (
            Certainty::Possible,
            format!("{share} are made in an environment that had made one before, {each} each"),
            "keep the answer in the environment as long as it is good; how long that is cannot be seen here",
        ),
        Why::Elsewhere => (
            Certainty::Possible,
            format!(
                "{share} ask what their environment had asked in another run, and are answered the same, {each} each"
            ),
            "keep the answer for a while, if it may be that old: whether it changes cannot be seen here",
        ),
    };
    Finding {
        kind: Kind::RepeatedCall,
        place,
        certainty,
        runs: runs_of(calls.iter().map(|(run, _)| *run)),
        count: calls.len(),
        mean_ms: evidence.per_run(total),
        cause,
        remedy: remedy.to_owned(),
        gain: Some(gain),
    }
}
