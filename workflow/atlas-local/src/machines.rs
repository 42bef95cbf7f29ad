//! The lead-to-call machines in an engine.

use atlas_engine::{Engine, EngineError, MachineUpdate, NewMachine, Settings};

/// Creates both machines, as they run here.
pub(crate) fn create_machines(engine: &Engine) -> Result<(), EngineError> {
    for definition in definitions::local_machines() {
        let created = engine.create_machine(NewMachine {
            name: definition.name,
            execution_type: definition.execution_type,
            definition: &definition.machine,
            text: Some(&definition.text),
            role_arn: None,
            settings: Settings::default(),
        });
        match created {
            // An earlier process left one, perhaps by another definition.
            Err(EngineError::StateMachineAlreadyExists(arn)) => {
                let definition = Some((&definition.machine, &*definition.text));
                let update = MachineUpdate { definition, ..MachineUpdate::default() };
                engine.update_state_machine(&arn, &update)?;
            }
            other => drop(other?),
        }
    }
    Ok(())
}
