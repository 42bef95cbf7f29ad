//! When the phone rang, and how much sooner it could have.

use atlas_asl::model::ExecutionType;
use atlas_core::history::Detail;
use atlas_local::ExternalCall;
use atlas_sandbox::Latency;

use crate::{
    duration::human,
    floor::{Floor, Scenario, floor},
    host::Ended,
};

/// The first ring of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ring {
    /// How long the visitor waited: from the first start to Connect's answer.
    pub(crate) after_ms: i64,
    /// What the services' latencies alone come to, where they are known.
    pub(crate) floor: Option<Floor>,
}

impl Ring {
    /// When the phone rang in a run that made these calls; nothing where it did not.
    pub(crate) fn of(
        ended: &[Ended],
        calls: &[ExternalCall],
        latency: Option<&Latency>,
    ) -> Option<Self> {
        let began = ended.first()?.description.started_at.as_millis();
        let answered = calls
            .iter()
            .filter(|call| call.operation == "StartOutboundVoiceContact" && !call.fault)
            .map(|call| call.ended_ms().round() as i64)
            .min();
        let after_ms = answered.or_else(|| submitted(ended))? - began;
        let scenario = match scenario_origin(ended) {
            Some("cache") => Scenario::Cached,
            Some(_) | None => Scenario::Written,
        };
        Some(Self { after_ms, floor: latency.map(|latency| floor(latency, scenario)) })
    }
}

impl Ring {
    /// In words.
    pub(crate) fn told(&self) -> String {
        let rang = format!("rang {} after the lead came in", human(self.after_ms));
        match &self.floor {
            None => rang,
            Some(floor) => format!("{rang}; the floor is {}", human(floor.milliseconds())),
        }
    }
}

/// Of mocks nobody sees a call: the task that holds the callback is submitted once Connect has
/// answered.
fn submitted(ended: &[Ended]) -> Option<i64> {
    let call = ended
        .iter()
        .filter(|it| it.description.execution_type == ExecutionType::Standard)
        .find(|it| *it.description.state_machine_name == *definitions::call::NAME)?;
    let submitted =
        call.history.iter().find(|event| matches!(event.detail, Detail::TaskSubmitted { .. }))?;
    Some(submitted.timestamp.as_millis())
}

fn scenario_origin(ended: &[Ended]) -> Option<&str> {
    let description = &ended.first()?.description;
    match description.outcome.as_ref()? {
        atlas_core::Outcome::Succeeded { output } => {
            output.value().pointer("/scenario/origin")?.as_str()
        }
        atlas_core::Outcome::Failed(_)
        | atlas_core::Outcome::TimedOut(_)
        | atlas_core::Outcome::Aborted(_) => None,
    }
}
