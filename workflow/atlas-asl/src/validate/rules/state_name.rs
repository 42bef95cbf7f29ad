//! A state's name has 1 to 80 characters.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::InvalidStateName;
use crate::validate::context::Context;
use crate::validate::texts::short;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for step in &cx.steps {
        let found = |message: String| {
            Diagnostic::error(Code::InvalidStateName, step.pointer.clone(), message)
        };
        match step.name.check() {
            Ok(()) => {}
            Err(InvalidStateName::Empty) => {
                out.push(found("State name cannot be empty".to_owned()).hint("name it"));
            }
            Err(InvalidStateName::TooLong(characters)) => out.push(
                found(format!(
                    "State name '{}' exceeds the 80-character limit allowed by the service",
                    short(step.name.as_str())
                ))
                .hint(format!("it has {characters}; write 80 at most")),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_states};

    #[test]
    fn a_name_has_at_most_80_characters() {
        let state = |name: &str| format!(r#""{name}": {{"Type": "Succeed"}}"#);
        check_states(&state(&"ü".repeat(80)), Code::InvalidStateName, &[]);
        let long = "a".repeat(83);
        let place = format!("/States/{long}");
        let expected = [(place.as_str(), "it has 83; write 80 at most")];
        check_states(&state(&long), Code::InvalidStateName, &expected);
    }
}
