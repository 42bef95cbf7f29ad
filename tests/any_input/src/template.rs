//! Files of other teams: reading one, and taking each definition of it apart.

use atlas_asl::model::ExecutionType;
use atlas_import::{Definition, Request, Source, examine, trial::Latencies};
use serde_json::Value;

/// Longer definitions would be tried for longer than a fuzzer waits.
const MOST_BYTES: usize = 2_000;

/// A template or a definition, in JSON or YAML.
pub fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let source = match Source::read(text) {
        Ok(source) => source,
        Err(fault) => {
            assert!(fault.at.line >= 1 && fault.at.column >= 1, "{fault}");
            return;
        }
    };
    for machine in &source.machines {
        let Definition::Here(definition) = &machine.definition else { continue };
        if definition.text.len() > MOST_BYTES {
            continue;
        }
        if let Ok(value) = serde_json::from_str::<Value>(&definition.text) {
            // Nothing is lost by reading and writing: what is written is read as the same.
            let written = source.with_definition(definition, &value);
            Source::read(&written).expect("what is written is read");
        }
        let found = examine(&Request {
            definition: &definition.text,
            execution_type: machine.execution_type.unwrap_or(ExecutionType::Standard),
            latencies: &Latencies::default(),
            cases: &[],
            with_unconfirmed: true,
            placeholders: source.is_template.then_some(&definition.placeholders),
        });
        if let Some(Ok(trial)) = &found.trial {
            assert!(trial.differences.is_empty(), "what differs is taken back: {text}");
        }
        for finding in &found.findings {
            definition.place(&finding.pointer, finding.position);
        }
    }
}
