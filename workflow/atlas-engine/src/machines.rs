//! The state machines that the engine knows.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use atlas_asl::{
    model::{ExecutionType, StateMachine},
    render::render,
};
use atlas_core::{Program, Timestamp};
use serde_json::Value;

use crate::{
    engine::{Engine, Inner},
    error::EngineError,
    mocks::MockFault,
    names::{check_name, uuid},
    qualified_arn::{QualifiedArn, Qualifier},
    versions::{Published, Version},
};

/// A machine as the engine keeps it.
#[derive(Debug, Clone)]
pub struct Machine {
    /// Its ARN.
    pub arn: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// STANDARD or EXPRESS.
    pub execution_type: ExecutionType,
    /// The role that it runs as.
    pub role_arn: Arc<str>,
    /// Its definition.
    pub definition: Arc<StateMachine>,
    /// The text of its definition, as it came in.
    pub text: Arc<str>,
    /// What else it was given.
    pub settings: Arc<Settings>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last updated, or created.
    pub updated_at: Timestamp,
    /// Which update it is at; `None` before the first.
    pub revision_id: Option<Arc<str>>,
    pub(crate) program: Arc<Program>,
    /// What its test cases mock although it cannot be mocked.
    pub(crate) mock_faults: Vec<MockFault>,
}

/// What a machine is given besides its definition and its role, as the API writes it. It is kept,
/// compared and shown; of the logging also what executions log is taken.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    /// `loggingConfiguration`.
    pub logging: Option<Value>,
    /// `tracingConfiguration`.
    pub tracing: Option<Value>,
    /// `encryptionConfiguration`.
    pub encryption: Option<Value>,
}

/// A machine to be created.
#[derive(Debug)]
pub struct NewMachine<'a> {
    /// Its name.
    pub name: &'a str,
    /// STANDARD or EXPRESS.
    pub execution_type: ExecutionType,
    /// Its definition.
    pub definition: &'a StateMachine,
    /// The text of the definition; rendered where absent.
    pub text: Option<&'a str>,
    /// The role that it runs as; one of the engine's own where absent.
    pub role_arn: Option<&'a str>,
    /// What else it is given.
    pub settings: Settings,
}

/// What to change about a machine; what is absent stays.
#[derive(Debug, Default)]
pub struct MachineUpdate<'a> {
    /// Another definition, and its text.
    pub definition: Option<(&'a StateMachine, &'a str)>,
    /// Another role.
    pub role_arn: Option<&'a str>,
    /// Other settings, each on its own.
    pub settings: Settings,
}

impl Engine {
    /// Adds a machine and answers with what the engine made of it. The same machine may be added
    /// again; another one of the same name may not. Role and rendering do not make it another.
    pub fn create_state_machine(
        &self,
        name: &str,
        execution_type: ExecutionType,
        definition: &StateMachine,
    ) -> Result<Arc<Machine>, EngineError> {
        self.create_machine(NewMachine {
            name,
            execution_type,
            definition,
            text: None,
            role_arn: None,
            settings: Settings::default(),
        })
    }

    /// Adds a machine with a text, a role and settings of its own. It is the same machine again
    /// where name, type, settings and the very text of the definition are the same.
    pub fn create_machine(&self, new: NewMachine<'_>) -> Result<Arc<Machine>, EngineError> {
        let NewMachine { name, execution_type, definition, text, role_arn, settings } = new;
        check_name(name)?;
        let inner = &self.inner;
        let (program, mock_faults) = inner.compiled(name, definition)?;
        let now = inner.real_time.clock.now();
        let machine = inner.machines.insert(Arc::new(Machine {
            arn: inner.place.state_machine_arn(name).into(),
            name: name.into(),
            execution_type,
            role_arn: role_arn.map_or_else(
                || format!("arn:aws:iam::{}:role/atlas", inner.place.account).into(),
                Into::into,
            ),
            definition: Arc::new(definition.clone()),
            text: text.map_or_else(|| render(definition).into(), Into::into),
            settings: Arc::new(settings),
            created_at: now,
            updated_at: now,
            revision_id: None,
            program,
            mock_faults,
        }))?;
        inner.machines.with_kept(&machine.arn, |kept| {
            Ok(inner.keep_machine(&kept.current.arn, Some(kept))?)
        })?;
        Ok(machine)
    }

    /// Changes a machine. Executions that run keep the machine that they were started with. What
    /// changes nothing makes no revision.
    pub fn update_state_machine(
        &self,
        arn: &str,
        update: &MachineUpdate<'_>,
    ) -> Result<Arc<Machine>, EngineError> {
        let inner = &self.inner;
        inner.machines.with_kept(arn, |kept| {
            let known = &*kept.current;
            let mut settings = (*known.settings).clone();
            let MachineUpdate { definition, role_arn, settings: wanted } = update;
            settings.logging = wanted.logging.clone().or(settings.logging);
            settings.tracing = wanted.tracing.clone().or(settings.tracing);
            settings.encryption = wanted.encryption.clone().or(settings.encryption);
            let same_text = definition.is_none_or(|(_, text)| *known.text == *text);
            let same_role = role_arn.is_none_or(|role_arn| *known.role_arn == *role_arn);
            if same_text && same_role && settings == *known.settings {
                return Ok(Arc::clone(&kept.current));
            }
            let mut changed = known.clone();
            if let Some((definition, text)) = definition
                && !same_text
            {
                (changed.program, changed.mock_faults) = inner.compiled(&known.name, definition)?;
                changed.definition = Arc::new((*definition).clone());
                changed.text = (*text).into();
            }
            if let Some(role_arn) = role_arn {
                changed.role_arn = (*role_arn).into();
            }
            changed.settings = Arc::new(settings);
            changed.updated_at = inner.real_time.clock.now();
            changed.revision_id = Some(uuid(inner.random()).into());
            kept.current = Arc::new(changed);
            inner.keep_machine(arn, Some(kept))?;
            Ok(Arc::clone(&kept.current))
        })
    }

    /// Forgets a machine with its versions and aliases, if there is one. What runs goes on.
    pub fn delete_state_machine(&self, arn: &str) -> Result<(), EngineError> {
        if self.inner.machines.remove(arn) {
            self.inner.keep_machine(arn, None)?;
        }
        Ok(())
    }

    /// The machine of this ARN or name.
    pub fn state_machine(&self, arn_or_name: &str) -> Result<Arc<Machine>, EngineError> {
        self.inner.machine(arn_or_name)
    }

    /// All machines, by name.
    pub fn state_machines(&self) -> Vec<Arc<Machine>> {
        self.inner.machines.all()
    }
}

impl Inner {
    fn compiled(
        &self,
        name: &str,
        definition: &StateMachine,
    ) -> Result<(Arc<Program>, Vec<MockFault>), EngineError> {
        let program = Program::compile(definition).map_err(EngineError::InvalidDefinition)?;
        let mock_faults = self.mocks.get().map(|mocks| mocks.check_against(name, definition));
        Ok((Arc::new(program), mock_faults.unwrap_or_default()))
    }
}

#[derive(Debug, Default)]
pub(crate) struct Machines(RwLock<HashMap<Arc<str>, Kept>>);

/// A machine, and what was published of it.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) current: Arc<Machine>,
    pub(crate) published: Published,
}

/// What an ARN that may be a version's or an alias's leads to.
#[derive(Debug, Clone)]
pub(crate) struct Chosen {
    pub(crate) machine: Arc<Machine>,
    pub(crate) version_arn: Option<Arc<str>>,
    pub(crate) alias_arn: Option<Arc<str>>,
}

impl Machines {
    /// Adds a machine. One with the same text, type and settings that is there already stays.
    pub(crate) fn insert(&self, machine: Arc<Machine>) -> Result<Arc<Machine>, EngineError> {
        let mut machines = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(Kept { current: known, .. }) = machines.get(&machine.arn) {
            let is_same = known.text == machine.text
                && known.execution_type == machine.execution_type
                && known.settings == machine.settings;
            return if is_same {
                Ok(Arc::clone(known))
            } else {
                Err(EngineError::StateMachineAlreadyExists(machine.arn.to_string()))
            };
        }
        let kept = Kept { current: Arc::clone(&machine), published: Published::default() };
        machines.insert(Arc::clone(&machine.arn), kept);
        Ok(machine)
    }

    /// Works on a machine and what was published of it.
    pub(crate) fn with_kept<T>(
        &self,
        arn: &str,
        work: impl FnOnce(&mut Kept) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let mut machines = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match machines.get_mut(arn) {
            Some(kept) => work(kept),
            None => Err(EngineError::StateMachineDoesNotExist(arn.to_owned())),
        }
    }

    fn remove(&self, arn: &str) -> bool {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(arn).is_some()
    }

    /// Puts a machine that was kept in its place.
    pub(crate) fn put(&self, kept: Kept) {
        let mut machines = self.0.write().unwrap_or_else(PoisonError::into_inner);
        machines.insert(Arc::clone(&kept.current.arn), kept);
    }

    pub(crate) fn find(&self, arn: &str) -> Option<Arc<Machine>> {
        let machines = self.0.read().unwrap_or_else(PoisonError::into_inner);
        machines.get(arn).map(|kept| Arc::clone(&kept.current))
    }

    /// Why there is nothing of this ARN, which the caller named so.
    pub(crate) fn missing(&self, arn: &str, named: &str) -> EngineError {
        let QualifiedArn { machine_arn, qualifier } = QualifiedArn::parse(arn);
        let is_version = matches!(qualifier, Some(Qualifier::Version(_)));
        if is_version && self.find(machine_arn).is_some() {
            EngineError::VersionDoesNotExist(named.to_owned())
        } else {
            EngineError::StateMachineDoesNotExist(named.to_owned())
        }
    }

    pub(crate) fn version(&self, machine_arn: &str, number: u64) -> Option<Arc<Version>> {
        let machines = self.0.read().unwrap_or_else(PoisonError::into_inner);
        machines.get(machine_arn)?.published.versions.get(&number).map(Arc::clone)
    }

    /// The machine that an execution gets which is started by this ARN. Of an alias, `draw`, a number
    /// below 100, chooses the version.
    pub(crate) fn choose(&self, arn: &str, draw: impl FnOnce() -> u32) -> Option<Chosen> {
        let QualifiedArn { machine_arn, qualifier } = QualifiedArn::parse(arn);
        let machines = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let Kept { current, published } = machines.get(machine_arn)?;
        let of_version = |version: &Arc<Version>, alias_arn| Chosen {
            machine: Arc::clone(&version.machine),
            version_arn: Some(Arc::clone(&version.arn)),
            alias_arn,
        };
        Some(match qualifier {
            None => Chosen { machine: Arc::clone(current), version_arn: None, alias_arn: None },
            Some(Qualifier::Version(number)) => of_version(published.versions.get(&number)?, None),
            Some(Qualifier::Alias(name)) => {
                let alias = published.aliases.get(name)?;
                let route = alias.route(draw())?;
                let mut versions = published.versions.values();
                let version = versions.find(|version| version.arn == route.version_arn)?;
                of_version(version, Some(Arc::clone(&alias.arn)))
            }
            Some(Qualifier::Label(_)) => return None,
        })
    }

    pub(crate) fn all(&self) -> Vec<Arc<Machine>> {
        let machines = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut machines: Vec<Arc<Machine>> =
            machines.values().map(|kept| Arc::clone(&kept.current)).collect();
        machines.sort_by(|one, other| one.name.cmp(&other.name));
        machines
    }
}
