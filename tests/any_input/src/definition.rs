//! Definitions: reading, judging, writing and compiling one, and running what AWS would take.

use std::sync::Arc;

use atlas_asl::{
    diagnostic::{Diagnostic, Severity},
    model::{ExecutionType, StateMachine},
    parse::parse,
    render::render,
    validate::{self, NoContract},
};
use atlas_core::{Payload, Program};

use crate::{
    parts::{document, texts},
    run::run,
};

/// A definition, the input of an execution of it, and a character for each thing that happens to it.
pub fn check(input: &[u8]) {
    let Some(parts) = texts(input) else { return };
    let text = parts[0];
    for kind in [ExecutionType::Express, ExecutionType::Standard] {
        let (machine, diagnostics) = validate::check(text, kind, &NoContract);
        have_a_place(&diagnostics, text);
        let is_refused =
            diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
        let Some(machine) = machine else {
            assert!(is_refused, "what is no definition is refused");
            return;
        };
        if kind == ExecutionType::Standard {
            is_written_and_read_again(&machine, text);
            // What a placeholder stands for is not known before a deployment.
            if !is_refused && !text.contains("${") {
                let program = Program::compile(&machine)
                    .unwrap_or_else(|faults| panic!("what is valid compiles: {faults:?}"));
                let input = Payload::from(document(parts.get(1).copied()));
                run(&Arc::new(program), input, parts.get(2).copied().unwrap_or_default());
            }
        }
    }
}

fn have_a_place(diagnostics: &[Diagnostic], text: &str) {
    let lines = text.matches('\n').count() + 1;
    for diagnostic in diagnostics {
        let position = diagnostic.position.expect("what was read has a place");
        assert!((1..=lines).contains(&(position.line as usize)), "{diagnostic}");
        assert!(position.column >= 1, "{diagnostic}");
        assert!(!diagnostic.message.is_empty());
    }
}

/// What is read again is the same, but for what was left out at first because it is wrong.
fn is_written_and_read_again(machine: &StateMachine, text: &str) {
    let written = render(machine);
    let again = parse(&written).machine.expect("what is written is a definition");
    assert_eq!(render(&again), written);
    if parse(text).diagnostics.is_empty() {
        assert_eq!(again, *machine, "{written}");
    }
}
