//! Versions of a machine: revisions that were published, and never change.

use std::{collections::BTreeMap, sync::Arc};

use atlas_core::Timestamp;

use crate::{
    aliases::Alias,
    engine::Engine,
    error::EngineError,
    machines::{Kept, Machine},
};

/// As many versions as a machine may have (AWS: quotas of Step Functions).
const MOST_VERSIONS: usize = 1_000;

/// A published revision of a machine.
#[derive(Debug)]
pub struct Version {
    /// Its ARN: the machine's, and its number.
    pub arn: Arc<str>,
    /// Its number, from 1. The number of a version that was deleted is not used again.
    pub number: u64,
    /// What its publisher says of it.
    pub description: Option<Arc<str>>,
    /// When it was published.
    pub created_at: Timestamp,
    /// The machine, as it was then.
    pub machine: Arc<Machine>,
}

/// What was published of a machine.
#[derive(Debug, Default)]
pub(crate) struct Published {
    pub(crate) versions: BTreeMap<u64, Arc<Version>>,
    pub(crate) aliases: BTreeMap<Box<str>, Arc<Alias>>,
    pub(crate) last_version: u64,
}

/// What the revision of a machine is called that was never updated.
const INITIAL: &str = "INITIAL";

impl Engine {
    /// Publishes the current revision of a machine, or answers with the version that it has been
    /// published as. `revision_id` says which revision is meant, where that matters.
    pub fn publish_version(
        &self,
        machine_arn: &str,
        revision_id: Option<&str>,
        description: Option<&str>,
    ) -> Result<Arc<Version>, EngineError> {
        let now = self.now();
        self.inner.machines.with_kept(machine_arn, |kept| {
            if let Some(wanted) = revision_id {
                let current = kept.current.revision_id.as_deref().unwrap_or(INITIAL);
                if current != wanted {
                    // Recorded (test_sfn_api_versioning, publish_state_machine_version).
                    return Err(EngineError::Conflict(format!(
                        "Failed to publish the State Machine version for revision {wanted}. The \
                         current State Machine revision is {current}."
                    )));
                }
            }
            let version = kept.publish(description, now)?;
            self.inner.keep_machine(machine_arn, Some(kept))?;
            Ok(version)
        })
    }

    /// The versions of a machine, the newest first.
    pub fn versions(&self, machine_arn: &str) -> Result<Vec<Arc<Version>>, EngineError> {
        self.inner.machines.with_kept(machine_arn, |kept| {
            Ok(kept.published.versions.values().rev().map(Arc::clone).collect())
        })
    }

    /// The version of this number.
    pub fn version(&self, machine_arn: &str, number: u64) -> Result<Arc<Version>, EngineError> {
        let machines = &self.inner.machines;
        machines.version(machine_arn, number).ok_or_else(|| {
            let arn = format!("{machine_arn}:{number}");
            machines.missing(&arn, &arn)
        })
    }

    /// Deletes a version, if there is one. What runs goes on.
    pub fn delete_version(&self, machine_arn: &str, number: u64) -> Result<(), EngineError> {
        let deleted = self.inner.machines.with_kept(machine_arn, |kept| {
            let Published { versions, aliases, .. } = &mut kept.published;
            let Some(version) = versions.get(&number) else { return Ok(()) };
            let referring: Vec<&str> = aliases
                .values()
                .filter(|alias| alias.routes.iter().any(|route| route.version_arn == version.arn))
                .map(|alias| &*alias.name)
                .collect();
            if !referring.is_empty() {
                return Err(EngineError::Conflict(format!(
                    "Version to be deleted must not be referenced by an alias. Current list of \
                     aliases referencing this version: [{}]",
                    referring.join(", ")
                )));
            }
            versions.remove(&number);
            Ok(self.inner.keep_machine(machine_arn, Some(kept))?)
        });
        match deleted {
            Err(EngineError::StateMachineDoesNotExist(_)) => Ok(()),
            other => other,
        }
    }
}

impl Kept {
    fn publish(
        &mut self,
        description: Option<&str>,
        now: Timestamp,
    ) -> Result<Arc<Version>, EngineError> {
        let Self { current, published } = self;
        let is_current =
            |version: &&Arc<Version>| version.machine.revision_id == current.revision_id;
        if let Some(known) = published.versions.values().rev().find(is_current) {
            return Ok(Arc::clone(known));
        }
        if published.versions.len() >= MOST_VERSIONS {
            return Err(EngineError::ServiceQuotaExceeded(format!(
                "State machine `{}` has {MOST_VERSIONS} versions; delete those that are not used",
                current.arn
            )));
        }
        published.last_version += 1;
        let number = published.last_version;
        let version = Arc::new(Version {
            arn: format!("{}:{number}", current.arn).into(),
            number,
            description: description.map(Into::into),
            created_at: now,
            machine: Arc::clone(current),
        });
        published.versions.insert(number, Arc::clone(&version));
        Ok(version)
    }
}
