//! What is kept of an execution beside its facts, as JSON.

use std::sync::Arc;

use atlas_asl::model::ExecutionType;
use atlas_core::{Identity, TaskId};
use atlas_engine::{KeptMachine, Part, Place, StartedBy, Time, journal::Introduction};
use serde::{Deserialize, Serialize};

/// An execution as it is introduced.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Header {
    execution_arn: Arc<str>,
    name: Arc<str>,
    state_machine_arn: Arc<str>,
    state_machine_name: Arc<str>,
    role_arn: Arc<str>,
    region: Arc<str>,
    account: Arc<str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_arn: Option<Arc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alias_arn: Option<Arc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    map_run_arn: Option<Arc<str>>,
    /// The machine's revision.
    machine: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<String>,
    skips_waits: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_by: Option<Parent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<KeptPart>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeptPart {
    label: Arc<str>,
    pointer: Arc<str>,
    item_count: u32,
}

/// What a header says.
pub(crate) struct Read {
    pub(crate) place: Place,
    pub(crate) identity: Arc<Identity>,
    /// The machine's revision.
    pub(crate) machine: String,
    pub(crate) case: Option<String>,
    pub(crate) time: Time,
    pub(crate) started_by: Option<StartedBy>,
    pub(crate) part: Option<Part>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parent {
    execution_arn: Arc<str>,
    task: u32,
    depth: usize,
}

impl Header {
    pub(crate) fn new(place: &Place, execution: &Introduction<'_>) -> Self {
        let Introduction { identity, machine, case, time, started_by, part, .. } = execution;
        Self {
            execution_arn: Arc::clone(&identity.execution_arn),
            name: Arc::clone(&identity.execution_name),
            state_machine_arn: Arc::clone(&identity.state_machine_arn),
            state_machine_name: Arc::clone(&identity.state_machine_name),
            role_arn: Arc::clone(&identity.role_arn),
            region: Arc::clone(&place.region),
            account: Arc::clone(&place.account),
            version_arn: identity.version_arn.clone(),
            alias_arn: identity.alias_arn.clone(),
            map_run_arn: identity.map_run_arn.clone(),
            machine: KeptMachine::key_of(machine),
            case: case.map(str::to_owned),
            skips_waits: *time == Time::SkippingWaits,
            started_by: started_by.map(|by| Parent {
                execution_arn: Arc::clone(&by.execution_arn),
                task: by.task.0,
                depth: by.depth,
            }),
            part: part.map(|part| KeptPart {
                label: Arc::clone(&part.label),
                pointer: Arc::clone(&part.pointer),
                item_count: part.item_count,
            }),
        }
    }

    /// The ARN of its machine.
    pub(crate) fn machine_arn(&self) -> Arc<str> {
        Arc::clone(&self.state_machine_arn)
    }

    /// Its machine's revision.
    pub(crate) fn revision(&self) -> &str {
        &self.machine
    }

    /// What it says.
    pub(crate) fn read(self) -> Read {
        Read {
            place: Place { region: Arc::clone(&self.region), account: self.account },
            identity: Arc::new(Identity {
                execution_arn: self.execution_arn,
                execution_name: self.name,
                state_machine_arn: self.state_machine_arn,
                state_machine_name: self.state_machine_name,
                role_arn: self.role_arn,
                region: self.region,
                // What is EXPRESS is not kept.
                execution_type: ExecutionType::Standard,
                version_arn: self.version_arn,
                alias_arn: self.alias_arn,
                map_run_arn: self.map_run_arn,
            }),
            machine: self.machine,
            case: self.case,
            time: if self.skips_waits { Time::SkippingWaits } else { Time::Real },
            started_by: self.started_by.map(|by| StartedBy {
                execution_arn: by.execution_arn,
                task: TaskId(by.task),
                depth: by.depth,
            }),
            part: self.part.map(|part| Part {
                label: part.label,
                pointer: part.pointer,
                item_count: part.item_count,
            }),
        }
    }
}
