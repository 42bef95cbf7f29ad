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
/// compared and shown; nothing acts on it.
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
        inner.machines.insert(Arc::new(Machine {
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
        }))
    }

    /// Changes a machine. Executions that run keep the machine that they were started with. What
    /// changes nothing makes no revision.
    pub fn update_state_machine(
        &self,
        arn: &str,
        update: &MachineUpdate<'_>,
    ) -> Result<Arc<Machine>, EngineError> {
        let inner = &self.inner;
        inner.machines.change(arn, |known| {
            let mut settings = (*known.settings).clone();
            let MachineUpdate { definition, role_arn, settings: wanted } = update;
            settings.logging = wanted.logging.clone().or(settings.logging);
            settings.tracing = wanted.tracing.clone().or(settings.tracing);
            settings.encryption = wanted.encryption.clone().or(settings.encryption);
            let same_text = definition.is_none_or(|(_, text)| *known.text == *text);
            let same_role = role_arn.is_none_or(|role_arn| *known.role_arn == *role_arn);
            if same_text && same_role && settings == *known.settings {
                return Ok(None);
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
            Ok(Some(changed))
        })
    }

    /// Forgets a machine, if there is one. What runs goes on.
    pub fn delete_state_machine(&self, arn: &str) {
        self.inner.machines.remove(arn);
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
        let mock_faults = self.mocks.as_ref().map(|mocks| mocks.check_against(name, definition));
        Ok((Arc::new(program), mock_faults.unwrap_or_default()))
    }
}

#[derive(Debug, Default)]
pub(crate) struct Machines(RwLock<HashMap<Arc<str>, Arc<Machine>>>);

impl Machines {
    /// Adds a machine. One with the same text, type and settings that is there already stays.
    pub(crate) fn insert(&self, machine: Arc<Machine>) -> Result<Arc<Machine>, EngineError> {
        let mut machines = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = machines.get(&machine.arn) {
            let is_same = known.text == machine.text
                && known.execution_type == machine.execution_type
                && known.settings == machine.settings;
            return if is_same {
                Ok(Arc::clone(known))
            } else {
                Err(EngineError::StateMachineAlreadyExists(machine.arn.to_string()))
            };
        }
        machines.insert(Arc::clone(&machine.arn), Arc::clone(&machine));
        Ok(machine)
    }

    /// Puts what `change` makes of a machine in its place; `None` leaves it.
    fn change(
        &self,
        arn: &str,
        change: impl FnOnce(&Machine) -> Result<Option<Machine>, EngineError>,
    ) -> Result<Arc<Machine>, EngineError> {
        let mut machines = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = machines.get_mut(arn) else {
            return Err(EngineError::StateMachineDoesNotExist(arn.to_owned()));
        };
        if let Some(changed) = change(known)? {
            *known = Arc::new(changed);
        }
        Ok(Arc::clone(known))
    }

    fn remove(&self, arn: &str) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(arn);
    }

    pub(crate) fn find(&self, arn: &str) -> Option<Arc<Machine>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(arn).cloned()
    }

    pub(crate) fn all(&self) -> Vec<Arc<Machine>> {
        let mut machines: Vec<Arc<Machine>> =
            self.0.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        machines.sort_by(|one, other| one.name.cmp(&other.name));
        machines
    }
}
