//! Takes down what happens, as it happens. It is called while an execution is locked, so an event costs a
//! look into a map at most, and one that says nothing of time costs nothing.

use std::{
    collections::HashMap,
    fmt,
    mem::discriminant,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use atlas_asl::model::{StateName, StateType};
use atlas_core::history::{Detail, HistoryEvent};

use super::{series::Series, spread::Spread};

/// So many executions are followed at once; of others it is known how they ended.
const MOST_OPEN: usize = 20_000;
/// So many states of one execution are followed at once.
const MOST_STATES: usize = 1_000;
/// So many machines, so many states and so many operations are told apart: states, which one definition may
/// have thousands of, leave room for the others.
const MOST_SERIES: usize = 512;
/// So many of the slowest steps of ten seconds are remembered.
const MOST_SLOW: usize = 5;

/// How the pipeline of one account does. Cheap to clone; all clones are one.
#[derive(Clone, Default)]
pub struct PipelineRecorder(Arc<Mutex<Recorded>>);

/// A call to a service outside that is over.
#[derive(Debug, Clone, Copy)]
pub struct ServiceCall<'a> {
    /// The service.
    pub service: &'a str,
    /// Its operation.
    pub operation: &'a str,
    /// How long it took.
    pub took_micros: u64,
    /// Whether something went wrong.
    pub is_failed: bool,
}

#[derive(Default)]
pub(super) struct Recorded {
    open: HashMap<Arc<str>, Open, foldhash::fast::RandomState>,
    pub(super) series: HashMap<Subject, Series<Spread>, foldhash::fast::RandomState>,
    pub(super) outcomes: Series<Outcomes>,
    pub(super) slow: Series<Vec<SlowStep>>,
    /// How many durations were of something that there was no room for.
    pub(super) left_out: u64,
}

/// What durations are of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    Execution { machine: Arc<str> },
    State { machine: Arc<str>, name: StateName, state_type: StateType },
    Service { service: Box<str>, operation: Box<str> },
}

/// How executions began and ended in a time.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Outcomes {
    pub(super) started: u64,
    pub(super) succeeded: u64,
    pub(super) failed: u64,
    pub(super) timed_out: u64,
    pub(super) aborted: u64,
}

/// A step that took long.
#[derive(Debug, Clone)]
pub(super) struct SlowStep {
    pub(super) execution_arn: Arc<str>,
    pub(super) machine: Arc<str>,
    pub(super) state: StateName,
    pub(super) millis: i64,
    /// When it was over.
    pub(super) at: i64,
}

/// An execution that has not ended.
struct Open {
    machine: Arc<str>,
    /// A child of a map run is a part of another execution.
    is_child: bool,
    began: i64,
    states: Vec<(StateName, StateType, i64)>,
}

impl PipelineRecorder {
    /// Takes down an event, which is seen at this moment of the clock, in milliseconds.
    ///
    /// Durations are those of the events' own time, which a run that skips its waits has for itself.
    pub fn event(&self, now: impl FnOnce() -> i64, execution_arn: &Arc<str>, event: &HistoryEvent) {
        let at = event.timestamp.as_millis();
        match &event.detail {
            Detail::ExecutionStarted { identity, .. } => {
                let machine = Arc::clone(&identity.state_machine_name);
                let is_child = identity.map_run_arn.is_some();
                let open = Open { machine, is_child, began: at, states: Vec::new() };
                self.recorded().begin(now(), execution_arn, open);
            }
            Detail::StateEntered { state_type, name, .. } => {
                let mut recorded = self.recorded();
                if let Some(open) = recorded.open.get_mut(execution_arn)
                    && open.states.len() < MOST_STATES
                {
                    open.states.push((name.clone(), *state_type, at));
                }
            }
            Detail::StateExited { name, .. } => {
                self.recorded().leave(now(), execution_arn, name, at);
            }
            Detail::ExecutionSucceeded { .. } => {
                self.recorded().end(now(), execution_arn, at, |outcomes| &mut outcomes.succeeded);
            }
            Detail::ExecutionFailed(_) => {
                self.recorded().end(now(), execution_arn, at, |outcomes| &mut outcomes.failed);
            }
            Detail::ExecutionTimedOut(_) => {
                self.recorded().end(now(), execution_arn, at, |outcomes| &mut outcomes.timed_out);
            }
            Detail::ExecutionAborted(_) => {
                self.recorded().end(now(), execution_arn, at, |outcomes| &mut outcomes.aborted);
            }
            _ => {}
        }
    }

    /// Takes down a call that is over at this moment of the clock, in milliseconds.
    pub fn call(&self, now: i64, call: ServiceCall<'_>) {
        let ServiceCall { service, operation, took_micros, is_failed } = call;
        let subject = Subject::Service { service: service.into(), operation: operation.into() };
        self.recorded().took(now, subject, took_micros, is_failed);
    }

    pub(super) fn recorded(&self) -> MutexGuard<'_, Recorded> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recorded {
    fn begin(&mut self, now: i64, execution_arn: &Arc<str>, open: Open) {
        if !open.is_child {
            self.outcomes.at(now).started += 1;
        }
        if self.open.len() < MOST_OPEN {
            self.open.insert(Arc::clone(execution_arn), open);
        }
    }

    /// Of iterations that are in the same state at once, the one that came first is taken to leave first:
    /// what they took together is right, whichever it was.
    fn leave(&mut self, now: i64, execution_arn: &Arc<str>, name: &StateName, at: i64) {
        let Some(open) = self.open.get_mut(execution_arn) else { return };
        let Some(place) = open.states.iter().position(|state| state.0 == *name) else { return };
        let (name, state_type, entered) = open.states.remove(place);
        let machine = Arc::clone(&open.machine);
        self.step(now, execution_arn, machine, (name, state_type, at - entered), false);
    }

    fn end(
        &mut self,
        now: i64,
        execution_arn: &Arc<str>,
        at: i64,
        outcome: fn(&mut Outcomes) -> &mut u64,
    ) {
        let open = self.open.remove(execution_arn);
        if open.as_ref().is_none_or(|open| !open.is_child) {
            *outcome(self.outcomes.at(now)) += 1;
        }
        let Some(Open { machine, is_child, began, states }) = open else { return };
        let mut ended = Outcomes::default();
        *outcome(&mut ended) += 1;
        let is_failed = ended.succeeded == 0;
        // Nothing tells of the end of states that their execution ended in.
        for (name, state_type, entered) in states {
            let left = (name, state_type, at - entered);
            self.step(now, execution_arn, Arc::clone(&machine), left, is_failed);
        }
        if !is_child {
            self.took(now, Subject::Execution { machine }, micros(at - began), is_failed);
        }
    }

    fn step(
        &mut self,
        now: i64,
        execution_arn: &Arc<str>,
        machine: Arc<str>,
        (name, state_type, millis): (StateName, StateType, i64),
        is_failed: bool,
    ) {
        // The others take the time that they are told to, or that of the states in them.
        let is_work = !matches!(state_type, StateType::Wait | StateType::Parallel | StateType::Map);
        if is_work && millis > 0 {
            let slow = self.slow.at(now);
            let place = slow.partition_point(|known| known.millis >= millis);
            if place < MOST_SLOW {
                slow.truncate(MOST_SLOW - 1);
                let (execution_arn, machine) = (Arc::clone(execution_arn), Arc::clone(&machine));
                let state = name.clone();
                slow.insert(place, SlowStep { execution_arn, machine, state, millis, at: now });
            }
        }
        self.took(now, Subject::State { machine, name, state_type }, micros(millis), is_failed);
    }

    fn took(&mut self, now: i64, subject: Subject, micros: u64, is_failed: bool) {
        if !self.series.contains_key(&subject) && self.has_as_many(&subject) {
            let first = super::series::bucket_of(now) - super::series::BUCKETS;
            self.series.retain(|_, series| !series.is_over(first));
            if self.has_as_many(&subject) {
                self.left_out += 1;
                return;
            }
        }
        self.series.entry(subject).or_default().at(now).add(micros, is_failed);
    }

    /// Whether there is no room for another one of its kind.
    fn has_as_many(&self, subject: &Subject) -> bool {
        let kind = discriminant(subject);
        let of_kind = || self.series.keys().filter(|known| discriminant(*known) == kind).count();
        self.series.len() >= MOST_SERIES && of_kind() >= MOST_SERIES
    }
}

fn micros(millis: i64) -> u64 {
    u64::try_from(millis).unwrap_or(0).saturating_mul(1_000)
}

impl fmt::Debug for PipelineRecorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PipelineRecorder").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_there_is_too_much_of_displaces_nothing_of_another_kind() {
        let mut recorded = Recorded::default();
        for number in 0..=MOST_SERIES {
            let subject =
                Subject::Service { service: "S".into(), operation: number.to_string().into() };
            recorded.took(0, subject, 1, false);
        }
        assert_eq!((recorded.series.len(), recorded.left_out), (MOST_SERIES, 1));
        recorded.took(0, Subject::Execution { machine: "M".into() }, 1, false);
        assert_eq!((recorded.series.len(), recorded.left_out), (MOST_SERIES + 1, 1));
    }
}
