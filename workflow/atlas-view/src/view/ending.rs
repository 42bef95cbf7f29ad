//! How visits end: left, stopped, with the whole execution; and how a redrive brings them back.

use super::{
    Failure, FailureView, Status,
    follow::{Follower, Place},
    take_in::failure_of,
};
use crate::Event;

/// The end of an execution.
#[derive(Debug, Clone)]
pub(super) struct Ended {
    pub(super) status: &'static str,
    pub(super) at: i64,
    pub(super) failure: Option<FailureView>,
}

impl Follower<'_> {
    /// A visit is left, as its `…StateExited` event tells.
    pub(super) fn left(&mut self, visit: usize, event: &Event) {
        let is_whole = self.history.gaps.is_empty();
        let seen = &self.visits[visit];
        let has_result = seen.attempts.last().is_some_and(|it| it.status == Status::Succeeded);
        // A path of its input that leads nowhere is told of by no event.
        let failed_silently = is_whole && seen.state_type == "Task" && !has_result;
        if failed_silently && !self.extras[visit].has_failed {
            let at = event.at_ms;
            self.attempt_failed(visit, Status::Failed, Failure::default(), at, event.id);
        }
        self.left_unseen(visit, event.at_ms);
        self.visits[visit].exit_event = Some(event.id);
        if let Some(attempt) = self.visits[visit].attempts.last_mut() {
            attempt.end_event.get_or_insert(event.id);
        }
    }

    /// A visit has been left, though the event that tells of it may be missing.
    pub(super) fn left_unseen(&mut self, visit: usize, at: i64) {
        match self.extras[visit].has_failed {
            true => {
                self.stop_inside(visit, at);
                self.close(visit, Status::Caught, at);
            }
            false => {
                for lane in self.extras[visit].lanes.clone() {
                    self.close_unseen(lane, at);
                }
                self.close(visit, Status::Succeeded, at);
            }
        }
    }

    /// A result that does not fit a path is told of by no event: the state that follows is that of a catcher.
    pub(super) fn caught_after_all(&mut self, visit: usize, next: &str) {
        if self.visits[visit].status != Status::Succeeded || !self.history.gaps.is_empty() {
            return;
        }
        let Some(state) = self.outlined(visit).map(|outlined| outlined.state) else { return };
        let mut catchers = state["Catch"].as_array().into_iter().flatten();
        if state["Next"] != next && catchers.any(|catcher| catcher["Next"] == next) {
            self.visits[visit].status = Status::Caught;
            if let Some(attempt) = self.visits[visit].attempts.last_mut() {
                attempt.status = Status::Failed;
            }
        }
    }

    /// What was last in a lane has been left.
    pub(super) fn close_unseen(&mut self, lane: usize, at: i64) {
        if let Some(visit) = self.lanes[lane].last
            && !self.extras[visit].is_left
        {
            self.left_unseen(visit, at);
        }
    }

    /// What goes on inside a Parallel or Map is stopped.
    pub(super) fn stop_inside(&mut self, container: usize, at: i64) {
        for lane in self.extras[container].lanes.clone() {
            self.stop_lane(lane, at, Status::Aborted);
        }
    }

    /// What goes on in a lane is stopped; what has failed there stays failed.
    pub(super) fn stop_lane(&mut self, lane: usize, at: i64, status: Status) {
        let Some(visit) = self.lanes[lane].last.filter(|visit| !self.extras[*visit].is_left) else {
            return;
        };
        for lane in self.extras[visit].lanes.clone() {
            self.stop_lane(lane, at, status);
        }
        let last = self.visits[visit].attempts.last();
        let status = match (self.extras[visit].has_failed, last.map(|last| last.status)) {
            (true, Some(Status::TimedOut)) => Status::TimedOut,
            (true, _) => Status::Failed,
            (false, _) => status,
        };
        self.close(visit, status, at);
    }

    pub(super) fn close(&mut self, visit: usize, status: Status, at: i64) {
        if std::mem::replace(&mut self.extras[visit].is_left, true) {
            return;
        }
        let visit = &mut self.visits[visit];
        visit.status = status;
        visit.exited_at = Some(at);
        if let Some(attempt) = visit.attempts.last_mut()
            && attempt.status == Status::Running
        {
            attempt.status = if status == Status::Caught { Status::Failed } else { status };
            attempt.ended_at = Some(at);
        }
    }

    /// A Parallel or Map has failed because this visit did, somewhere inside it.
    pub(super) fn failed_inside(
        &mut self,
        container: usize,
        inside: Option<usize>,
        at: i64,
        event: u64,
    ) {
        if self.extras[container].has_failed {
            return;
        }
        let inside = inside.filter(|inside| *inside != container);
        let failure = inside.and_then(|inside| self.visits[inside].failure.clone());
        self.attempt_failed(container, Status::Failed, failure.unwrap_or_default(), at, event);
        self.extras[container].failed_by = inside;
    }

    pub(super) fn execution_ended(&mut self, event: &Event, before: Place) {
        let (status, of_open) = match event.event_type.as_str() {
            "ExecutionSucceeded" => ("SUCCEEDED", Status::Succeeded),
            "ExecutionTimedOut" => ("TIMED_OUT", Status::TimedOut),
            "ExecutionAborted" => ("ABORTED", Status::Aborted),
            _ => ("FAILED", Status::Aborted),
        };
        let told = failure_of(event);
        let root = match status {
            "SUCCEEDED" => None,
            "FAILED" => self.root_cause(before, &told, event),
            _ => self.only_open(),
        };
        match status {
            "SUCCEEDED" => self.close_unseen(0, event.at_ms),
            _ => self.stop_lane(0, event.at_ms, of_open),
        }
        if !self.history.gaps.is_empty() {
            // Where events are missing, something may be open inside what has been left.
            for visit in self.open() {
                self.close(visit, of_open, event.at_ms);
            }
        }
        let is_told = status != "SUCCEEDED" && (status != "ABORTED" || told != Failure::default());
        let failure = is_told.then(|| {
            let seen = root.map(|root| &self.visits[root]);
            let known = seen.and_then(|seen| seen.failure.clone()).unwrap_or_default();
            // AWS: an execution that took too long names no error.
            let timeout = (status == "TIMED_OUT").then(|| "States.Timeout".to_owned());
            let cause = told.cause.or(known.cause);
            FailureView {
                error: told.error.or(timeout).or(known.error),
                explained: cause.as_deref().and_then(super::explain),
                cause,
                visit: seen.map(|seen| seen.id),
                state: seen.map(|seen| seen.name.clone()),
                event: root
                    .and_then(|root| self.extras[root].failed_event)
                    .filter(|_| status == "FAILED")
                    .unwrap_or(event.id),
                attempt: seen.and_then(|seen| Some(seen.attempts.last()?.number)),
            }
        });
        self.ended = Some(Ended { status, at: event.at_ms, failure });
    }

    /// The execution has ended, and the event that tells of it is missing. Answers with the one state that it was
    /// in, as far as events go.
    pub(super) fn ended_unseen(&mut self, status: &str, at: i64) -> Option<usize> {
        let was_in = self.only_open();
        match status {
            "SUCCEEDED" => self.close_unseen(0, at),
            "TIMED_OUT" => self.stop_lane(0, at, Status::TimedOut),
            _ => self.stop_lane(0, at, Status::Aborted),
        }
        for visit in self.open() {
            self.close(visit, Status::Aborted, at);
        }
        was_in
    }

    /// The deepest visit whose failure ended the execution. What is around it fails with it.
    fn root_cause(&mut self, before: Place, told: &Failure, event: &Event) -> Option<usize> {
        let open = |visit: &usize| !self.extras[*visit].is_left;
        let here = before.visit.filter(open).or(self.lanes[before.lane].last.filter(open));
        let mut root = here.or(self.lanes[before.lane].container.filter(open))?;
        if self.extras[root].has_failed {
            while let Some(inside) = self.extras[root].failed_by {
                root = inside;
            }
            if let Some(failure) = &mut self.visits[root].failure {
                failure.error = failure.error.take().or_else(|| told.error.clone());
                failure.cause = failure.cause.take().or_else(|| told.cause.clone());
                let failure = failure.clone();
                if let Some(attempt) = self.visits[root].attempts.last_mut() {
                    (attempt.error, attempt.cause) = (failure.error, failure.cause);
                }
            }
        } else {
            self.attempt_failed(root, Status::Failed, told.clone(), event.at_ms, event.id);
        }
        let mut lane = self.extras[root].lane;
        while let Some(container) = self.lanes[lane].container {
            self.failed_inside(container, Some(root), event.at_ms, event.id);
            lane = self.extras[container].lane;
        }
        Some(root)
    }

    /// Where the execution was, if it was in one state alone.
    fn only_open(&self) -> Option<usize> {
        let mut visit = self.lanes[0].last.filter(|visit| !self.extras[*visit].is_left)?;
        loop {
            let inside = self.extras[visit].lanes.iter().filter_map(|lane| self.lanes[*lane].last);
            let mut inside = inside.filter(|inside| !self.extras[*inside].is_left);
            match (inside.next(), inside.next()) {
                (None, _) => return Some(visit),
                (Some(one), None) => visit = one,
                (Some(_), Some(_)) => return None,
            }
        }
    }

    /// What did not end goes on.
    pub(super) fn redriven(&mut self, event: &Event) -> Place {
        self.ended = None;
        self.redrives.push(event.at_ms);
        self.brought_back.clear();
        self.bring_back(0, event.at_ms);
        let visit = self.lanes[0].last.filter(|visit| !self.extras[*visit].is_left);
        Place { lane: 0, visit, begins_branches: false }
    }

    fn bring_back(&mut self, lane: usize, at: i64) {
        let Some(visit) = self.lanes[lane].last else { return };
        let seen = &mut self.visits[visit];
        if !matches!(seen.status, Status::Failed | Status::Aborted | Status::TimedOut) {
            return;
        }
        seen.status = Status::Running;
        seen.exited_at = None;
        let is_task = seen.state_type == "Task";
        let extra = &mut self.extras[visit];
        extra.is_left = false;
        extra.attempts_before_redrive = seen.attempts.len();
        (extra.has_failed, extra.is_unwound, extra.failed_by) = (false, false, None);
        // A Task is scheduled anew, which an event tells.
        if !is_task {
            self.try_again(visit, at, None);
        }
        self.brought_back.push(visit);
        for lane in self.extras[visit].lanes.clone() {
            self.bring_back(lane, at);
        }
    }

    /// The visits that are open after the last event, in the order in which they were entered.
    pub(super) fn open(&self) -> Vec<usize> {
        (0..self.visits.len()).filter(|visit| !self.extras[*visit].is_left).collect()
    }
}
