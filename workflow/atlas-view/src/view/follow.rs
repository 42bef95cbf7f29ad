//! Follows an execution through its events. `take_in` says what each event changes, `ending` how visits end.
//!
//! A lane is one thread of control: the machine's own flow, a branch of a Parallel, an iteration of a Map. In
//! each, one visit follows another, and only the last can be open. An event refers to one that came before it,
//! which tells the lane that it is in.

use std::collections::HashMap;

use serde_json::Value;

use super::{
    Attempt, Child, ExecutionView, Failure, FailureView, Status, Visit,
    ending::Ended,
    outline::{Outline, Outlined},
};
use crate::{Event, History, Told, data::add_timers};

/// What an operator sees of an execution. With its definition, which may be absent, it says more: pointers,
/// branches by their place, deadlines, when the next attempt is due.
pub fn view(told: &Told, history: &History, definition: Option<&Value>) -> ExecutionView {
    let mut follower = Follower::after_all(history, definition);
    let told_end = told.status.as_deref().filter(|status| *status != "RUNNING");
    let mut was_in = None;
    match (&follower.ended, told_end) {
        (Some(_), _) => {}
        (None, None) => {
            let open = follower.open();
            follower.add_waits(&open);
        }
        (None, Some(status)) => {
            let last = history.events.last().map_or(0, |event| event.at_ms);
            was_in = follower.ended_unseen(status, told.ended_ms.unwrap_or(last));
        }
    }
    let Follower { visits, children, ended, redrives, .. } = follower;
    let first = history.events.first();
    let status = match (&ended, told_end) {
        (Some(ended), _) => ended.status.to_owned(),
        (None, Some(status)) => status.to_owned(),
        (None, None) => "RUNNING".to_owned(),
    };
    let ended_at = ended.as_ref().map(|ended| ended.at).or(told.ended_ms);
    let mut failure = ended.as_ref().and_then(|ended| ended.failure.clone());
    if failure.is_none() && (told.error.is_some() || told.cause.is_some()) {
        failure = Some(FailureView {
            error: told.error.clone(),
            cause: told.cause.clone(),
            explained: told.cause.as_deref().and_then(super::explain),
            visit: was_in.map(|visit| visits[visit].id),
            state: was_in.map(|visit| visits[visit].name.clone()),
            event: history.events.last().map_or(0, |event| event.id),
            attempt: None,
        });
    }
    let is_running = status == "RUNNING";
    let started_at = told.started_ms.or(first.map(|event| event.at_ms)).unwrap_or_default();
    let timeout = definition.and_then(|machine| machine["TimeoutSeconds"].as_i64());
    let began_anew = redrives.last().copied().unwrap_or(started_at);
    let input = first.filter(|event| event.event_type == "ExecutionStarted");
    let input = input.and_then(|event| event.document("input")).or_else(|| told.input.clone());
    let mut view = ExecutionView {
        name: told.name.clone().unwrap_or_else(|| name_of(&told.execution_arn)),
        state_machine_arn: told
            .state_machine_arn
            .clone()
            .unwrap_or_else(|| machine_of(&told.execution_arn)),
        execution_arn: told.execution_arn.clone(),
        started_at,
        deadline: timeout
            .filter(|_| is_running)
            .and_then(|seconds| began_anew.checked_add(seconds.checked_mul(1_000)?)),
        redrive_count: u64::try_from(redrives.len())
            .unwrap_or(u64::MAX)
            .max(told.redrive_count.unwrap_or(0)),
        parent_arn: told.parent_arn.clone().or_else(|| {
            Some(input?.get("AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID")?.as_str()?.to_owned())
        }),
        failure,
        visits,
        children,
        gaps: history.gaps.clone(),
        is_complete: history.gaps.is_empty() && (is_running || ended.is_some()),
        events: u64::try_from(history.events.len()).unwrap_or(u64::MAX),
        ended_at: ended_at.filter(|_| !is_running),
        status,
    };
    if let Some(definition) = definition {
        add_timers(&mut view, told, history, definition);
    }
    view
}

/// The ids of the events that are of a visit itself, and not of what is inside it; the definition helps where
/// events are missing.
pub fn events_of_visit(history: &History, definition: Option<&Value>, visit: u64) -> Vec<u64> {
    let follower = Follower::after_all(history, definition);
    let Ok(place) = follower.visits.binary_search_by_key(&visit, |visit| visit.id) else {
        return Vec::new();
    };
    let exit = follower.visits[place].exit_event;
    let events = history.events.iter().zip(&follower.places);
    let is_of_it = |event: &Event, at: &Place| {
        let is_inside = event.event_type.starts_with("MapIteration");
        let is_end = event.event_type.starts_with("Execution");
        (at.visit == Some(place) && !is_inside && !is_end) || exit == Some(event.id)
    };
    events.filter(|(event, at)| is_of_it(event, at)).map(|(event, _)| event.id).collect()
}

/// `…:execution:MACHINE:NAME`, or `…:express:MACHINE:NAME:ID`.
fn name_of(execution_arn: &str) -> String {
    execution_arn.split(':').nth(7).unwrap_or(execution_arn).to_owned()
}

/// The machine of a map run's execution is `MACHINE/LABEL` in its ARN.
fn machine_of(execution_arn: &str) -> String {
    let parts: Vec<&str> = execution_arn.split(':').collect();
    let [arn, partition, states, region, account, _, machine, ..] = parts.as_slice() else {
        return String::new();
    };
    let machine = machine.split('/').next().unwrap_or(machine);
    [arn, partition, states, region, account, "stateMachine", machine].join(":")
}

/// What is known while the events are taken in. Visits, lanes and events go by their place in these lists.
pub(super) struct Follower<'a> {
    pub(super) history: &'a History,
    pub(super) outline: Outline<'a>,
    pub(super) visits: Vec<Visit>,
    pub(super) extras: Vec<Extra>,
    pub(super) lanes: Vec<Lane>,
    /// Where each event happened that was taken in.
    pub(super) places: Vec<Place>,
    pub(super) children: Vec<Child>,
    /// The latest visit of each state.
    pub(super) latest: HashMap<String, usize>,
    pub(super) iterations: HashMap<(usize, u64), usize>,
    pub(super) map_runs: HashMap<String, usize>,
    /// Visits that a redrive brought back and that have not gone on.
    pub(super) brought_back: Vec<usize>,
    pub(super) ended: Option<Ended>,
    /// When it was redriven.
    pub(super) redrives: Vec<i64>,
}

/// What is known of a visit and not shown.
#[derive(Debug, Default)]
pub(super) struct Extra {
    pub(super) lane: usize,
    /// A Parallel or Map has begun its branches or iterations.
    pub(super) has_begun: bool,
    /// The state's last failure has not been followed by another attempt.
    pub(super) has_failed: bool,
    /// A Parallel or Map has failed, and what was inside it has been stopped.
    pub(super) is_unwound: bool,
    /// The visit inside whose failure it failed by.
    pub(super) failed_by: Option<usize>,
    /// The event that told of its failure.
    pub(super) failed_event: Option<u64>,
    /// The lanes inside a Parallel or Map, of its last attempt.
    pub(super) lanes: Vec<usize>,
    /// How many attempts were made before the last redrive.
    pub(super) attempts_before_redrive: usize,
    pub(super) is_left: bool,
}

/// One thread of control.
#[derive(Debug, Default)]
pub(super) struct Lane {
    /// The Parallel or Map around it.
    pub(super) container: Option<usize>,
    pub(super) branch: Option<u32>,
    pub(super) iteration: Option<u32>,
    /// The visit that it came to.
    pub(super) last: Option<usize>,
}

/// Where an event happened.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    pub(super) lane: usize,
    /// The visit that it is of; none where that has been left.
    pub(super) visit: Option<usize>,
    /// What follows is the first state of a branch of this Parallel.
    pub(super) begins_branches: bool,
}

impl<'a> Follower<'a> {
    fn new(history: &'a History, definition: Option<&'a Value>) -> Self {
        Self {
            history,
            outline: Outline::of(definition),
            visits: Vec::new(),
            extras: Vec::new(),
            lanes: vec![Lane::default()],
            places: Vec::with_capacity(history.events.len()),
            children: Vec::new(),
            latest: HashMap::new(),
            iterations: HashMap::new(),
            map_runs: HashMap::new(),
            brought_back: Vec::new(),
            ended: None,
            redrives: Vec::new(),
        }
    }

    fn after_all(history: &'a History, definition: Option<&'a Value>) -> Self {
        let mut follower = Self::new(history, definition);
        for event in &history.events {
            let place = follower.take_in(event);
            follower.places.push(place);
        }
        follower
    }

    /// Where the event happened that another refers to; where it is missing, the one before it that is not.
    pub(super) fn before(&self, event: &Event) -> Place {
        if event.previous_id == 0 {
            return Place { lane: 0, visit: self.lanes[0].last, begins_branches: false };
        }
        let place = self.history.last_until(event.previous_id.min(event.id.saturating_sub(1)));
        place.and_then(|at| self.places.get(at)).copied().unwrap_or_default()
    }

    /// What the definition says of a visit.
    pub(super) fn outlined(&self, visit: usize) -> Option<&Outlined<'a>> {
        let container = self.lanes[self.extras[visit].lane].container;
        let container = container.map(|container| self.visits[container].name.as_str());
        self.outline.state(&self.visits[visit].name, container)
    }

    /// The visit of a state of this name: the one at this place, or the nearest one around it, or that came
    /// last.
    pub(super) fn named(&self, name: &str, near: Place) -> Option<usize> {
        let is_named =
            |visit: &usize| self.visits[*visit].name == name && !self.extras[*visit].is_left;
        if let Some(visit) = near.visit.filter(is_named) {
            return Some(visit);
        }
        let mut lane = near.lane;
        loop {
            if let Some(visit) = self.lanes[lane].last.filter(is_named) {
                return Some(visit);
            }
            match self.lanes[lane].container {
                Some(container) => lane = self.extras[container].lane,
                None => return self.latest.get(name).copied().filter(is_named),
            }
        }
    }

    /// The Parallel or Map (`state_type`) that an event of such a state is of: the visit at this place, where it
    /// fits, or the nearest around it that does.
    pub(super) fn container(
        &self,
        state_type: &str,
        near: Place,
        fits: impl Fn(&Extra) -> bool,
    ) -> Option<usize> {
        let suits = |visit: &usize| {
            self.visits[*visit].state_type == state_type
                && !self.extras[*visit].is_left
                && fits(&self.extras[*visit])
        };
        if let Some(visit) = near.visit.filter(suits) {
            return Some(visit);
        }
        let mut lane = near.lane;
        while let Some(container) = self.lanes[lane].container {
            if suits(&container) {
                return Some(container);
            }
            lane = self.extras[container].lane;
        }
        self.brought_back.iter().copied().find(suits)
    }

    /// A visit begins at the end of a lane.
    pub(super) fn enter(
        &mut self,
        event: &Event,
        name: &str,
        state_type: &str,
        lane: usize,
    ) -> usize {
        let visit = self.visits.len();
        if let Some(before) = self.lanes[lane].last {
            self.left_unseen(before, event.at_ms);
            self.caught_after_all(before, name);
        }
        let Lane { container, branch, iteration, .. } = self.lanes[lane];
        self.lanes[lane].last = Some(visit);
        self.visits.push(Visit {
            id: event.id,
            name: name.to_owned(),
            state_type: state_type.to_owned(),
            parent: container.map(|container| self.visits[container].id),
            branch,
            iteration,
            pointer: None,
            status: Status::Running,
            entered_at: event.at_ms,
            is_entry_missing: false,
            exited_at: None,
            exit_event: None,
            attempts: Vec::new(),
            waits: None,
            failure: None,
        });
        self.extras.push(Extra { lane, ..Extra::default() });
        let pointer = self.outlined(visit).map(|outlined| outlined.pointer.clone());
        self.visits[visit].pointer = pointer;
        self.latest.insert(name.to_owned(), visit);
        if state_type != "Task" {
            self.try_again(visit, event.at_ms, None);
        }
        visit
    }

    /// Another attempt at a state begins.
    pub(super) fn try_again(&mut self, visit: usize, at: i64, event: Option<&Event>) {
        self.brought_back.retain(|other| *other != visit);
        let extra = &mut self.extras[visit];
        (extra.has_failed, extra.is_unwound, extra.failed_by) = (false, false, None);
        let attempts = &mut self.visits[visit].attempts;
        if let Some(last) = attempts.last_mut().filter(|last| last.status == Status::Running) {
            // Nothing tells of its end, and it would not be tried again if it had ended well.
            (last.status, last.ended_at) = (Status::Failed, Some(at));
        }
        attempts.push(Attempt {
            number: u32::try_from(attempts.len() + 1).unwrap_or(u32::MAX),
            started_at: at,
            ended_at: None,
            status: Status::Running,
            resource: None,
            error: None,
            cause: None,
            schedule_event: event.map(|event| event.id),
            end_event: None,
            child_arn: None,
            next_at: None,
        });
        self.visits[visit].failure = None;
    }

    /// The last attempt at a state fails; where there was none, this is it.
    pub(super) fn attempt_failed(
        &mut self,
        visit: usize,
        status: Status,
        failure: Failure,
        at: i64,
        event: u64,
    ) {
        let extra = &self.extras[visit];
        let attempts = &self.visits[visit].attempts;
        if attempts.is_empty() || extra.has_failed && !extra.is_unwound {
            let since = self.visits[visit].entered_at;
            let since = self.visits[visit].attempts.last().map_or(since, |_| at);
            self.try_again(visit, since, None);
        }
        let extra = &mut self.extras[visit];
        extra.has_failed = true;
        extra.failed_event = Some(event);
        let visit = &mut self.visits[visit];
        if let Some(attempt) = visit.attempts.last_mut() {
            attempt.status = status;
            attempt.ended_at = Some(at);
            attempt.end_event = Some(event);
            attempt.error.clone_from(&failure.error);
            attempt.cause.clone_from(&failure.cause);
        }
        visit.failure = Some(failure);
    }
}
