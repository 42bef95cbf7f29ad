//! What each event changes.

use serde_json::Value;

use super::{
    Child, ChildKind, Failure, Status,
    follow::{Follower, Lane, Place},
};
use crate::Event;

/// So many lanes are looked through for one that a state without a known event before it may be in.
const MOST_LANES: usize = 100;

impl Follower<'_> {
    /// Takes in the next event, and says where it happened.
    pub(super) fn take_in(&mut self, event: &Event) -> Place {
        let before = self.before(event);
        if let Some((state_type, is_entered)) = event.of_state() {
            let name = event.text("name").unwrap_or_default();
            return match is_entered {
                true => self.state_entered(event, name, state_type, before),
                false => self.state_exited(event, name, state_type, before),
            };
        }
        match event.event_type.as_str() {
            "TaskScheduled" | "LambdaFunctionScheduled" | "ActivityScheduled" => {
                self.scheduled(event, before)
            }
            "TaskSubmitted" | "TaskSucceeded" | "LambdaFunctionSucceeded" | "ActivitySucceeded" => {
                self.answered(event, before)
            }
            "TaskTimedOut" | "LambdaFunctionTimedOut" | "ActivityTimedOut" => {
                self.task_failed(event, before, Status::TimedOut)
            }
            "TaskFailed"
            | "TaskStartFailed"
            | "TaskSubmitFailed"
            | "LambdaFunctionFailed"
            | "LambdaFunctionScheduleFailed"
            | "LambdaFunctionStartFailed"
            | "ActivityFailed"
            | "ActivityScheduleFailed" => self.task_failed(event, before, Status::Failed),
            "EvaluationFailed" => self.evaluation_failed(event, before),
            "ParallelStateStarted" => self.container_begun(event, "Parallel", before),
            "MapStateStarted" => self.container_begun(event, "Map", before),
            "MapIterationStarted" => self.iteration_begun(event, before),
            "MapIterationSucceeded" => self.iteration_ended(event, before, Status::Succeeded),
            "MapIterationFailed" => self.iteration_ended(event, before, Status::Failed),
            "MapIterationAborted" => self.iteration_ended(event, before, Status::Aborted),
            "ParallelStateFailed" => self.container_failed(event, "Parallel", before),
            "MapStateFailed" => self.container_failed(event, "Map", before),
            "TaskStateAborted" => self.state_aborted(event, "Task", before),
            "WaitStateAborted" => self.state_aborted(event, "Wait", before),
            "ParallelStateAborted" => self.state_aborted(event, "Parallel", before),
            "MapStateAborted" => self.state_aborted(event, "Map", before),
            "MapRunStarted" => self.map_run_begun(event, before),
            "MapRunRedriven" => self.map_run_redriven(event, before),
            "MapRunFailed" => self.map_run_failed(event, before),
            "ExecutionSucceeded" | "ExecutionFailed" | "ExecutionTimedOut" | "ExecutionAborted" => {
                self.execution_ended(event, before);
                before
            }
            "ExecutionRedriven" => self.redriven(event),
            // What else there is tells of no change, or is of a kind that AWS has added since.
            _ => before,
        }
    }

    fn state_entered(
        &mut self,
        event: &Event,
        name: &str,
        state_type: &str,
        before: Place,
    ) -> Place {
        let lane = match before.visit {
            Some(parallel) if before.begins_branches => self.branch_of(parallel, name),
            _ => self.lane_of(name, before.lane),
        };
        let visit = self.enter(event, name, state_type, lane);
        if state_type == "Fail" {
            let literal = |field: &str| {
                let text = self.outlined(visit)?.state[field].as_str()?;
                (!text.trim_start().starts_with("{%")).then(|| text.to_owned())
            };
            let failure = Failure { error: literal("Error"), cause: literal("Cause") };
            self.attempt_failed(visit, Status::Failed, failure, event.at_ms, event.id);
        }
        Place { lane, visit: Some(visit), begins_branches: false }
    }

    /// A new lane of a Parallel. AWS tells of the first states of branches in the branches' order.
    fn branch_of(&mut self, parallel: usize, name: &str) -> usize {
        let outlined = self.outline.state(name, Some(&self.visits[parallel].name));
        let nth = u32::try_from(self.extras[parallel].lanes.len()).ok();
        let branch = outlined.and_then(|outlined| outlined.branch).or(nth);
        self.new_lane(Lane { container: Some(parallel), branch, ..Lane::default() })
    }

    fn new_lane(&mut self, lane: Lane) -> usize {
        let container = lane.container;
        self.lanes.push(lane);
        let lane = self.lanes.len() - 1;
        if let Some(container) = container {
            self.extras[container].lanes.push(lane);
        }
        lane
    }

    /// The lane that a state of this name is in. Where events are missing, and after a redrive, it need not be
    /// the one that the event seems to be in: the definition knows what is around the state.
    fn lane_of(&mut self, name: &str, seeming: usize) -> usize {
        if self.history.gaps.is_empty() && self.redrives.is_empty() {
            return seeming;
        }
        let seeming = self.going_on(seeming);
        let around = self.lanes[seeming].container.map(|it| self.visits[it].name.as_str());
        let Some(outlined) = self.outline.state(name, around) else { return seeming };
        let (container, branch) = (outlined.container, outlined.branch);
        if container == around {
            return seeming;
        }
        let Some(container) = container else { return 0 };
        let container = self.latest.get(container).copied();
        let Some(container) = container.filter(|container| !self.extras[*container].is_left) else {
            return seeming;
        };
        // A branch is known by its number, and an iteration that has no state yet by that.
        let is_it = |lane: &usize| match branch {
            Some(_) => self.lanes[*lane].branch == branch,
            None => self.lanes[*lane].last.is_none(),
        };
        // Of a Map's ten thousand iterations, the last ones: what was begun long ago has its states.
        let lanes = self.extras[container].lanes.iter().rev().take(MOST_LANES);
        let known = lanes.copied().find(is_it);
        known.unwrap_or_else(|| {
            self.new_lane(Lane { container: Some(container), branch, ..Lane::default() })
        })
    }

    /// The lane, or what follows the Parallel or Map around it if that has ended.
    fn going_on(&self, lane: usize) -> usize {
        let (mut going_on, mut at) = (lane, lane);
        while let Some(container) = self.lanes[at].container {
            at = self.extras[container].lane;
            if self.extras[container].is_left {
                going_on = at;
            }
        }
        going_on
    }

    fn state_exited(
        &mut self,
        event: &Event,
        name: &str,
        state_type: &str,
        before: Place,
    ) -> Place {
        let visit = self.named(name, before).unwrap_or_else(|| {
            let lane = self.lane_of(name, before.lane);
            let visit = self.enter(event, name, state_type, lane);
            self.visits[visit].is_entry_missing = true;
            visit
        });
        self.left(visit, event);
        Place { lane: self.extras[visit].lane, visit: None, begins_branches: false }
    }

    fn scheduled(&mut self, event: &Event, before: Place) -> Place {
        let is_open_task = |visit: &usize| {
            self.visits[*visit].state_type == "Task" && !self.extras[*visit].is_left
        };
        let brought_back = || self.brought_back.iter().copied().find(is_open_task);
        let Some(visit) = before.visit.filter(is_open_task).or_else(brought_back) else {
            return before;
        };
        self.try_again(visit, event.at_ms, Some(event));
        let resource = event.text("resource").unwrap_or_default();
        let resource = match event.text("resourceType") {
            Some(resource_type) => format!("{resource_type}:{resource}"),
            None => resource.to_owned(),
        };
        if let Some(attempt) = self.visits[visit].attempts.last_mut() {
            attempt.resource = Some(resource);
        }
        Place { lane: self.extras[visit].lane, visit: Some(visit), begins_branches: false }
    }

    /// The answer to a call may name an execution that it started.
    fn answered(&mut self, event: &Event, before: Place) -> Place {
        let Some(visit) = before.visit else { return before };
        let ended = event.event_type != "TaskSubmitted";
        let Some(attempt) = self.visits[visit].attempts.last_mut() else { return before };
        if ended {
            attempt.status = Status::Succeeded;
            attempt.ended_at = Some(event.at_ms);
            attempt.end_event = Some(event.id);
        }
        let resource = event.text("resource").unwrap_or_default();
        let starts = resource.starts_with("startExecution") || resource == "startSyncExecution";
        if starts && attempt.child_arn.is_none() {
            let output = event.document("output");
            let arn = output.as_ref().and_then(|output| output.get("ExecutionArn"));
            if let Some(arn) = arn.and_then(Value::as_str) {
                self.started(visit, arn, ChildKind::Execution);
            }
        }
        before
    }

    fn started(&mut self, visit: usize, arn: &str, kind: ChildKind) {
        let Some(attempt) = self.visits[visit].attempts.last_mut() else { return };
        attempt.child_arn = Some(arn.to_owned());
        let attempt = attempt.number;
        let visit = self.visits[visit].id;
        self.children.push(Child { execution_arn: arn.to_owned(), kind, visit, attempt });
    }

    fn task_failed(&mut self, event: &Event, before: Place, status: Status) -> Place {
        let Some(visit) = before.visit else { return before };
        let failure = failure_of(event);
        // A nested execution that was waited for is known by its end at the latest.
        let explained = failure.cause.as_deref().and_then(super::explain);
        let has_child = self.visits[visit].attempts.last().is_some_and(|it| it.child_arn.is_some());
        let is_start =
            event.text("resource").is_some_and(|resource| resource.starts_with("startExecution"));
        if let (Some(arn), false, true) =
            (explained.and_then(|it| it.execution_arn), has_child, is_start)
        {
            self.started(visit, &arn, ChildKind::Execution);
        }
        self.attempt_failed(visit, status, failure, event.at_ms, event.id);
        before
    }

    /// Recorded (test_undefined_reference): it refers to the event before the state was entered, and names it.
    fn evaluation_failed(&mut self, event: &Event, before: Place) -> Place {
        let name = event.text("state").unwrap_or_default();
        let Some(visit) = self.named(name, before) else { return before };
        let place =
            Place { lane: self.extras[visit].lane, visit: Some(visit), begins_branches: false };
        self.attempt_failed(visit, Status::Failed, failure_of(event), event.at_ms, event.id);
        place
    }

    /// A Parallel or Map begins, for the first time or again because something inside it failed.
    fn container_begun(&mut self, event: &Event, state_type: &str, before: Place) -> Place {
        let is_direct = before.visit.is_some_and(|visit| {
            self.visits[visit].state_type == state_type
                && !self.extras[visit].has_begun
                && !self.extras[visit].is_left
        });
        let container = match is_direct {
            true => before.visit,
            false => self.container(state_type, before, |extra| !extra.is_unwound),
        };
        let Some(container) = container else { return before };
        // A redrive that begins it anew has been taken in.
        let is_redriven = self.is_redriven(event) && self.brought_back.contains(&container);
        if self.extras[container].has_begun && !is_redriven {
            let place = self.history.last_until(event.previous_id);
            let failed_at = place.map_or(event.at_ms, |at| self.history.events[at].at_ms);
            self.failed_inside(container, before.visit, failed_at, event.previous_id);
            self.stop_inside(container, failed_at);
        }
        let is_first = !self.extras[container].has_begun && !self.extras[container].has_failed;
        self.extras[container].has_begun = true;
        self.extras[container].lanes.clear();
        match self.visits[container].attempts.last_mut() {
            // It was entered a moment ago, which is when its first attempt began.
            Some(first) if is_first || is_redriven => first.schedule_event = Some(event.id),
            _ => self.try_again(container, event.at_ms, Some(event)),
        }
        Place {
            lane: self.extras[container].lane,
            visit: Some(container),
            begins_branches: state_type == "Parallel",
        }
    }

    fn is_redriven(&self, event: &Event) -> bool {
        let before = self.history.event(event.previous_id);
        before.is_some_and(|before| before.event_type == "ExecutionRedriven")
    }

    fn iteration_begun(&mut self, event: &Event, before: Place) -> Place {
        let name = event.text("name").unwrap_or_default();
        let Some(map) = self.named(name, before) else { return before };
        let index = event.number("index");
        let iteration = index.and_then(|index| u32::try_from(index).ok());
        let lane = self.new_lane(Lane { container: Some(map), iteration, ..Lane::default() });
        if let Some(index) = index {
            self.iterations.insert((map, index), lane);
        }
        Place { lane, visit: None, begins_branches: false }
    }

    fn iteration_ended(&mut self, event: &Event, before: Place, status: Status) -> Place {
        let name = event.text("name").unwrap_or_default();
        let map = self.named(name, before);
        let lane = map.zip(event.number("index")).and_then(|key| self.iterations.get(&key));
        if let Some(lane) = lane.copied() {
            match status {
                Status::Succeeded => self.close_unseen(lane, event.at_ms),
                _ => self.stop_lane(lane, event.at_ms, Status::Aborted),
            }
        }
        before
    }

    fn container_failed(&mut self, event: &Event, state_type: &str, before: Place) -> Place {
        let Some(container) = self.container(state_type, before, |extra| !extra.is_unwound) else {
            return before;
        };
        self.failed_inside(container, before.visit, event.at_ms, event.id);
        self.stop_inside(container, event.at_ms);
        self.extras[container].is_unwound = true;
        let lane = self.extras[container].lane;
        Place { lane, visit: Some(container), begins_branches: false }
    }

    /// Such an event refers to the failure because of which the state is stopped, and does not say which state
    /// it means, unless somebody stopped the execution.
    fn state_aborted(&mut self, event: &Event, state_type: &str, before: Place) -> Place {
        if let Some(visit) = before.visit
            && self.visits[visit].state_type == state_type
            && !self.extras[visit].has_failed
        {
            self.stop_inside(visit, event.at_ms);
            self.close(visit, Status::Aborted, event.at_ms);
        }
        before
    }

    fn map_run_begun(&mut self, event: &Event, before: Place) -> Place {
        if let (Some(map), Some(arn)) = (before.visit, event.text("mapRunArn")) {
            self.started(map, arn, ChildKind::MapRun);
            self.map_runs.insert(arn.to_owned(), map);
        }
        before
    }

    fn map_run_redriven(&mut self, event: &Event, before: Place) -> Place {
        let Some(arn) = event.text("mapRunArn") else { return before };
        let Some(map) = self.map_runs.get(arn).copied() else { return before };
        if let Some(attempt) = self.visits[map].attempts.last_mut() {
            attempt.schedule_event = Some(event.id);
            attempt.child_arn = Some(arn.to_owned());
        }
        Place { lane: self.extras[map].lane, visit: Some(map), begins_branches: false }
    }

    fn map_run_failed(&mut self, event: &Event, before: Place) -> Place {
        if let Some(map) = before.visit {
            self.attempt_failed(map, Status::Failed, failure_of(event), event.at_ms, event.id);
        }
        before
    }
}

/// The error and the cause that an event tells.
pub(super) fn failure_of(event: &Event) -> Failure {
    let text = |name: &str| event.text(name).map(str::to_owned);
    // Recorded causes that are documents have been read already.
    let cause = match event.details.get("cause") {
        Some(document @ (Value::Object(_) | Value::Array(_))) => Some(document.to_string()),
        _ => text("cause"),
    };
    Failure { error: text("error"), cause }
}
