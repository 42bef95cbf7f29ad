//! The lead-to-call machines in an engine.

use atlas_engine::{Engine, EngineError, NewMachine, Settings};

/// Creates both machines, as they run here.
pub(crate) fn create_machines(engine: &Engine) -> Result<(), EngineError> {
    for definition in definitions::local_machines() {
        engine.create_machine(NewMachine {
            name: definition.name,
            execution_type: definition.execution_type,
            definition: &definition.machine,
            text: Some(&definition.text),
            role_arn: None,
            settings: Settings::default(),
        })?;
    }
    Ok(())
}
