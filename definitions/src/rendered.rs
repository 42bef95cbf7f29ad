//! The rendered files, and the test that they are those of the machines.

use atlas_asl::{
    model::{ExecutionType, StateMachine},
    parse::parse,
    render::render,
};

use crate::{Definition, SUBSTITUTIONS, machines};

/// The files that the machines render to: the name and the text of each. They are kept beside this
/// crate's `src`.
pub fn rendered() -> Vec<(String, String)> {
    machines()
        .iter()
        .map(|definition| (format!("{}.asl.json", definition.name), render(&definition.machine)))
        .collect()
}

/// A machine as it runs on one machine, with no account.
#[derive(Debug, Clone)]
pub struct LocalDefinition {
    /// The name, as deployed.
    pub name: &'static str,
    /// EXPRESS or STANDARD.
    pub execution_type: ExecutionType,
    /// The rendered file, each `${…}` filled in.
    pub text: String,
    /// What the text says.
    pub machine: StateMachine,
}

/// The machines as they run locally: the rendered files with the local substitutions.
pub fn local_machines() -> Vec<LocalDefinition> {
    machines()
        .into_iter()
        .map(|Definition { name, execution_type, machine }| {
            let text = SUBSTITUTIONS.iter().fold(render(&machine), |text, substitution| {
                text.replace(&format!("${{{}}}", substitution.name), substitution.local)
            });
            let machine = parse(&text).machine.expect("what was rendered is a definition");
            LocalDefinition { name, execution_type, text, machine }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use atlas_asl::{diagnostic::Code, parse::parse, validate::validate};

    use super::*;
    use crate::contract::Handlers;

    #[test]
    fn the_committed_files_are_what_the_machines_render_to() {
        for (name, text) in rendered() {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(&name);
            let committed = fs::read_to_string(&file).unwrap_or_default();
            // A checkout may have turned the line breaks.
            assert!(
                committed.replace("\r\n", "\n") == text,
                "definitions/{name} is stale: run `cargo run -- render` and commit it"
            );
        }
    }

    #[test]
    fn the_validator_finds_nothing_wrong_with_the_machines() {
        for definition in machines() {
            let found = validate(&definition.machine, definition.execution_type, &Handlers);
            let found: Vec<String> = found
                .iter()
                // Parking writes to DynamoDB: on AWS, or mocked.
                .filter(|diagnostic| diagnostic.code != Code::IntegrationNotEmbedded)
                .map(ToString::to_string)
                .collect();
            assert_eq!(found, Vec::<String>::new(), "{}", definition.name);
        }
    }

    #[test]
    fn what_is_rendered_reads_back_as_the_same_machine() {
        for definition in machines() {
            let parsed = parse(&render(&definition.machine));
            assert_eq!(parsed.diagnostics, [], "{}", definition.name);
            assert!(parsed.machine == Some(definition.machine), "{} differs", definition.name);
        }
    }

    #[test]
    fn no_template_engine_finds_more_than_the_substitutions() {
        for (name, text) in rendered() {
            // `%{` is a directive of Terraform's `templatefile`, `#{` one of other engines.
            for directive in ["%{", "#{", "$${"] {
                assert!(!text.contains(directive), "{name} holds `{directive}`");
            }
        }
    }
}
