//! What open visits wait for, since when and until when.

use atlas_asl::timestamp_text::parse_timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{
    ExecutionView, Status, Wait, WaitsFor,
    follow::Follower,
    handling::{is_caught, next_attempt},
};
use crate::Event;

/// Something that an execution waits for.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenWait {
    /// The execution's ARN.
    pub execution_arn: String,
    /// Its name.
    pub name: String,
    /// Its machine's ARN.
    pub state_machine_arn: String,
    /// The visit that waits.
    pub visit: u64,
    /// Its state.
    pub state: String,
    /// The event that scheduled the task, or else entered the state.
    pub event: u64,
    /// Which attempt waits.
    pub attempt: Option<u32>,
    /// What it waits for.
    #[serde(flatten)]
    pub wait: Wait,
}

/// Everything that an execution waits for, what has waited longest first.
pub fn open_waits(view: &ExecutionView) -> Vec<OpenWait> {
    let mut open: Vec<OpenWait> = view
        .visits
        .iter()
        .filter_map(|visit| {
            let attempt = visit.attempts.last();
            Some(OpenWait {
                execution_arn: view.execution_arn.clone(),
                name: view.name.clone(),
                state_machine_arn: view.state_machine_arn.clone(),
                visit: visit.id,
                state: visit.name.clone(),
                event: attempt.and_then(|attempt| attempt.schedule_event).unwrap_or(visit.id),
                attempt: attempt.map(|attempt| attempt.number),
                wait: visit.waits.clone()?,
            })
        })
        .collect();
    open.sort_by_key(|open| (open.wait.since, open.event));
    open
}

impl Follower<'_> {
    /// Says of each open visit what it waits for.
    pub(super) fn add_waits(&mut self, open: &[usize]) {
        // From the innermost outwards: what nothing handles inside is a failure of what is around it.
        for visit in open.iter().rev().copied() {
            let waits = match self.extras[visit].has_failed {
                true => self.retry(visit),
                false => self.waits_of(visit),
            };
            self.visits[visit].waits = waits;
        }
        for visit in open {
            let seen = &mut self.visits[*visit];
            seen.waits = seen.waits.take().filter(|_| seen.status == Status::Running);
        }
    }

    /// The delay before another attempt. A failure that nothing here knows is that of the Parallel or Map around,
    /// which stops what is inside it at once, though events tell of that only when it begins anew.
    fn retry(&mut self, visit: usize) -> Option<Wait> {
        let extra = &self.extras[visit];
        let lane = extra.lane;
        let since = self.visits[visit].attempts.last()?.ended_at?;
        let Some(state) = self.outlined(visit).map(|outlined| outlined.state) else {
            return Some(Wait {
                waits_for: WaitsFor::Retry,
                since,
                deadline: None,
                heartbeat_seconds: None,
            });
        };
        let attempts = &self.visits[visit].attempts;
        let counted = attempts.get(self.extras[visit].attempts_before_redrive..)?;
        let Some(next) = next_attempt(state, counted) else {
            let container = self.lanes[lane].container?;
            let last = self.visits[visit].attempts.last()?;
            let event = last.end_event.unwrap_or(self.visits[visit].id);
            if !is_caught(state, last) {
                self.failed_inside(container, Some(visit), since, event);
                self.stop_inside(container, since);
            }
            return None;
        };
        let deadline = Some(since.saturating_add(next.delay_ms));
        if let Some(attempt) = self.visits[visit].attempts.last_mut() {
            attempt.next_at = deadline;
        }
        Some(Wait { waits_for: WaitsFor::Retry, since, deadline, heartbeat_seconds: None })
    }

    fn waits_of(&self, visit: usize) -> Option<Wait> {
        let seen = &self.visits[visit];
        match seen.state_type.as_str() {
            "Wait" => {
                // A redrive begins it anew.
                let since = seen.attempts.last()?.started_at;
                Some(Wait {
                    waits_for: WaitsFor::Timer,
                    since,
                    deadline: self.outlined(visit).and_then(|it| timer(it.state, since)),
                    heartbeat_seconds: None,
                })
            }
            "Map" => {
                let attempt = seen.attempts.last()?;
                attempt.child_arn.as_ref()?;
                Some(Wait {
                    waits_for: WaitsFor::Child,
                    since: attempt.started_at,
                    deadline: None,
                    heartbeat_seconds: None,
                })
            }
            "Task" => {
                let attempt = seen.attempts.last().filter(|it| it.status == Status::Running)?;
                let scheduled = self.history.event(attempt.schedule_event?)?;
                let limit = |name: &str| scheduled.number(name);
                let timeout = limit("timeoutInSeconds").and_then(|it| i64::try_from(it).ok());
                Some(Wait {
                    waits_for: task(scheduled),
                    since: attempt.started_at,
                    deadline: timeout.and_then(|seconds| {
                        attempt.started_at.checked_add(seconds.checked_mul(1_000)?)
                    }),
                    heartbeat_seconds: limit("heartbeatInSeconds"),
                })
            }
            _ => None,
        }
    }
}

fn task(scheduled: &Event) -> WaitsFor {
    let resource = scheduled.text("resource").unwrap_or_default();
    if scheduled.event_type == "ActivityScheduled" {
        WaitsFor::Activity
    } else if resource.ends_with(".waitForTaskToken") {
        WaitsFor::Callback
    } else if resource.ends_with(".sync") || resource.ends_with(".sync:2") {
        WaitsFor::Child
    } else {
        WaitsFor::Task
    }
}

/// When a Wait state's time is over, where its definition says so without asking for data.
fn timer(state: &Value, since: i64) -> Option<i64> {
    if let Some(seconds) = state["Seconds"].as_u64() {
        return since.checked_add(i64::try_from(seconds).ok()?.checked_mul(1_000)?);
    }
    Some(parse_timestamp(state["Timestamp"].as_str()?)?.as_millisecond())
}
