//! What is kept of machines and activities, as documents: what brings them back, and no more.

use std::{collections::BTreeMap, sync::Arc};

use atlas_asl::{
    model::{ExecutionType, StateMachine},
    parse::parse,
};
use atlas_core::{Identity, Program, Timestamp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    activities::Activity,
    aliases::{Alias, Route},
    engine::{Engine, Inner},
    error::EngineError,
    journal::{JournalError, Shelf},
    machines::{Kept, Machine, Settings},
    qualified_arn::{QualifiedArn, Qualifier},
    versions::{Published, Version},
};

/// A machine as a document.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptMachine {
    arn: Arc<str>,
    name: Arc<str>,
    #[serde(rename = "type")]
    kind: String,
    role_arn: Arc<str>,
    definition: Arc<str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    logging: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tracing: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    encryption: Option<Value>,
    created_at: i64,
    updated_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revision_id: Option<Arc<str>>,
}

/// A machine with what was published of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeptWithPublished {
    current: KeptMachine,
    versions: Vec<KeptVersion>,
    aliases: Vec<KeptAlias>,
    last_version: u64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeptVersion {
    arn: Arc<str>,
    number: u64,
    description: Option<Arc<str>>,
    created_at: i64,
    machine: KeptMachine,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeptAlias {
    arn: Arc<str>,
    name: Arc<str>,
    description: Option<Arc<str>>,
    routes: Vec<(Arc<str>, u32)>,
    created_at: i64,
    updated_at: i64,
    sequence: u64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeptActivity {
    arn: Arc<str>,
    name: Arc<str>,
    created_at: i64,
}

fn key(arn: &str, created_at: i64, revision_id: Option<&str>) -> String {
    format!("{arn}#{created_at}#{}", revision_id.unwrap_or_default())
}

impl From<&Machine> for KeptMachine {
    fn from(machine: &Machine) -> Self {
        let Settings { logging, tracing, encryption } = &*machine.settings;
        Self {
            arn: Arc::clone(&machine.arn),
            name: Arc::clone(&machine.name),
            kind: machine.execution_type.as_str().to_owned(),
            role_arn: Arc::clone(&machine.role_arn),
            definition: Arc::clone(&machine.text),
            logging: logging.clone(),
            tracing: tracing.clone(),
            encryption: encryption.clone(),
            created_at: machine.created_at.as_millis(),
            updated_at: machine.updated_at.as_millis(),
            revision_id: machine.revision_id.clone(),
        }
    }
}

impl KeptMachine {
    /// Names this revision of this machine.
    pub fn key(&self) -> String {
        key(&self.arn, self.created_at, self.revision_id.as_deref())
    }

    /// Names the revision that a machine is.
    pub fn key_of(machine: &Machine) -> String {
        key(&machine.arn, machine.created_at.as_millis(), machine.revision_id.as_deref())
    }

    /// Its definition, as it was given.
    pub fn definition(&self) -> &str {
        &self.definition
    }

    /// What an execution of it runs: all of it, or the part that a map run's child is of.
    ///
    /// # Errors
    /// Where its definition cannot be run, or has no such part.
    pub fn program_of(&self, identity: &Identity) -> Result<Arc<Program>, EngineError> {
        let (_, program) = self.compile()?;
        match QualifiedArn::parse(&identity.state_machine_arn).qualifier {
            Some(Qualifier::Label(label)) => {
                let arn = identity.state_machine_arn.to_string();
                let unknown = || EngineError::StateMachineDoesNotExist(arn);
                Ok(program.processor(label).ok_or_else(unknown)?.program)
            }
            Some(Qualifier::Version(_) | Qualifier::Alias(_)) | None => Ok(Arc::new(program)),
        }
    }

    fn compile(&self) -> Result<(StateMachine, Program), EngineError> {
        let parsed = parse(&self.definition);
        let Some(definition) = parsed.machine else {
            return Err(EngineError::InvalidDefinition(parsed.diagnostics));
        };
        let program = Program::compile(&definition).map_err(EngineError::InvalidDefinition)?;
        Ok((definition, program))
    }

    /// The machine again.
    pub(crate) fn machine(self, inner: &Inner) -> Result<Machine, EngineError> {
        let (definition, program) = self.compile()?;
        let mocks = inner.mocks.get();
        let mock_faults = mocks.map(|mocks| mocks.check_against(&self.name, &definition));
        let execution_type = match self.kind.as_str() {
            "EXPRESS" => ExecutionType::Express,
            _ => ExecutionType::Standard,
        };
        Ok(Machine {
            arn: self.arn,
            name: self.name,
            execution_type,
            role_arn: self.role_arn,
            definition: Arc::new(definition),
            text: self.definition,
            settings: Arc::new(Settings {
                logging: self.logging,
                tracing: self.tracing,
                encryption: self.encryption,
            }),
            created_at: Timestamp::from_millis(self.created_at),
            updated_at: Timestamp::from_millis(self.updated_at),
            revision_id: self.revision_id,
            program: Arc::new(program),
            mock_faults: mock_faults.unwrap_or_default(),
        })
    }
}

impl Kept {
    fn document(&self) -> String {
        let Published { versions, aliases, last_version } = &self.published;
        let versions = versions.values().map(|version| KeptVersion {
            arn: Arc::clone(&version.arn),
            number: version.number,
            description: version.description.clone(),
            created_at: version.created_at.as_millis(),
            machine: KeptMachine::from(&*version.machine),
        });
        let aliases = aliases.values().map(|alias| KeptAlias {
            arn: Arc::clone(&alias.arn),
            name: Arc::clone(&alias.name),
            description: alias.description.clone(),
            routes: alias
                .routes
                .iter()
                .map(|route| (Arc::clone(&route.version_arn), route.weight))
                .collect(),
            created_at: alias.created_at.as_millis(),
            updated_at: alias.updated_at.as_millis(),
            sequence: alias.sequence,
        });
        let kept = KeptWithPublished {
            current: KeptMachine::from(&*self.current),
            versions: versions.collect(),
            aliases: aliases.collect(),
            last_version: *last_version,
        };
        serde_json::to_string(&kept).expect("what is kept has text keys only")
    }
}

impl KeptWithPublished {
    fn kept(self, inner: &Inner) -> Result<Kept, EngineError> {
        let mut published = Published { last_version: self.last_version, ..Published::default() };
        for version in self.versions {
            let KeptVersion { arn, number, description, created_at, machine } = version;
            let machine = Arc::new(machine.machine(inner)?);
            let created_at = Timestamp::from_millis(created_at);
            let version = Version { arn, number, description, created_at, machine };
            published.versions.insert(number, Arc::new(version));
        }
        for alias in self.aliases {
            let routes = alias.routes.into_iter();
            let routes = routes.map(|(version_arn, weight)| Route { version_arn, weight });
            let name = Box::from(&*alias.name);
            let alias = Alias {
                arn: alias.arn,
                name: alias.name,
                description: alias.description,
                routes: routes.collect(),
                created_at: Timestamp::from_millis(alias.created_at),
                updated_at: Timestamp::from_millis(alias.updated_at),
                sequence: alias.sequence,
            };
            published.aliases.insert(name, Arc::new(alias));
        }
        Ok(Kept { current: Arc::new(self.current.machine(inner)?), published })
    }
}

impl Inner {
    /// Keeps a machine as it is now, or that it is gone.
    pub(crate) fn keep_machine(&self, arn: &str, kept: Option<&Kept>) -> Result<(), JournalError> {
        if self.journal.archive().is_none() {
            return Ok(());
        }
        self.journal.keep(Shelf::Machines, arn, kept.map(Kept::document))
    }

    /// Keeps an activity, or that it is gone.
    pub(crate) fn keep_activity(
        &self,
        arn: &str,
        activity: Option<&Activity>,
    ) -> Result<(), JournalError> {
        if self.journal.archive().is_none() {
            return Ok(());
        }
        let document = activity.map(|activity| {
            let kept = KeptActivity {
                arn: Arc::clone(&activity.arn),
                name: Arc::clone(&activity.name),
                created_at: activity.created_at.as_millis(),
            };
            serde_json::to_string(&kept).expect("what is kept has text keys only")
        });
        self.journal.keep(Shelf::Activities, arn, document)
    }
}

/// Says what would keep a document from being brought back: whoever takes one from elsewhere asks first.
///
/// # Errors
/// Where it is none of its shelf, is of another name, or is a machine that cannot be run.
pub fn check_kept(shelf: Shelf, name: &str, document: &str) -> Result<(), String> {
    let arn = match shelf {
        Shelf::Machines => {
            let kept: KeptWithPublished = read_kept(document)?;
            let versions = kept.versions.iter().map(|version| &version.machine);
            for machine in std::iter::once(&kept.current).chain(versions) {
                machine.compile().map_err(|error| error.to_string())?;
            }
            kept.current.arn
        }
        Shelf::Activities => read_kept::<KeptActivity>(document)?.arn,
        Shelf::Tags => {
            read_kept::<BTreeMap<String, String>>(document)?;
            return Ok(());
        }
    };
    if *arn == *name { Ok(()) } else { Err(format!("it is of `{arn}`, and is named `{name}`")) }
}

fn read_kept<T: DeserializeOwned>(document: &str) -> Result<T, String> {
    serde_json::from_str(document).map_err(|error| error.to_string())
}

impl Engine {
    /// Brings back a machine or an activity that was kept.
    pub fn bring_back(&self, shelf: Shelf, document: &str) -> Result<(), EngineError> {
        let unreadable = |error: serde_json::Error| {
            EngineError::Journal(JournalError {
                execution_arn: String::new(),
                reason: format!("what it holds of {shelf} cannot be read: {error}"),
            })
        };
        match shelf {
            Shelf::Machines => {
                let kept: KeptWithPublished = serde_json::from_str(document).map_err(unreadable)?;
                self.inner.machines.put(kept.kept(&self.inner)?);
            }
            Shelf::Activities => {
                let KeptActivity { arn, name, created_at } =
                    serde_json::from_str(document).map_err(unreadable)?;
                let created_at = Timestamp::from_millis(created_at);
                self.inner.activities.put(Activity { arn, name, created_at });
            }
            // Whoever tags keeps them.
            Shelf::Tags => {}
        }
        Ok(())
    }
}
