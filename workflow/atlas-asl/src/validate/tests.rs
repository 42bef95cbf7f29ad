//! How the rules' tables say what they expect.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::ExecutionType::{self, Standard};

use super::{Contract, NoContract};

/// What is found with this code, as `pointer: message`.
fn found(text: &str, kind: ExecutionType, contract: &dyn Contract, code: Code) -> Vec<Diagnostic> {
    let (_, diagnostics) = super::check(text, kind, contract);
    diagnostics.into_iter().filter(|diagnostic| diagnostic.code == code).collect()
}

/// Expects these places to be found in a definition, each with this in its message or hint.
pub(super) fn check_kind(text: &str, kind: ExecutionType, code: Code, expected: &[(&str, &str)]) {
    check_contract(text, kind, &NoContract, code, expected);
}

/// The same for a STANDARD machine of JSONPath with these states; the first one starts.
pub(super) fn check_states(states: &str, code: Code, expected: &[(&str, &str)]) {
    check_kind(&machine(states, "JSONPath"), Standard, code, expected);
}

/// The same in JSONata.
pub(super) fn check_jsonata(states: &str, code: Code, expected: &[(&str, &str)]) {
    check_kind(&machine(states, "JSONata"), Standard, code, expected);
}

/// The same for one state `A` that ends the machine, inside a Map and a Parallel as well.
pub(super) fn check_state(fields: &str, code: Code, expected: &[(&str, &str)]) {
    check_states(&format!(r#""A": {{{fields}, "End": true}}"#), code, expected);
    let nested = format!(
        r#""M": {{"Type": "Map", "End": true, "ItemProcessor": {{"StartAt": "P", "States": {{
            "P": {{"Type": "Parallel", "End": true, "Branches": [{{"StartAt": "A", "States": {{
                "A": {{{fields}, "End": true}}
            }}}}]}}
        }}}}}}"#
    );
    let above = "/States/M/ItemProcessor/States/P/Branches/0";
    let places: Vec<String> = expected.iter().map(|(place, _)| format!("{above}{place}")).collect();
    let expected: Vec<(&str, &str)> =
        places.iter().zip(expected).map(|(place, (_, text))| (place.as_str(), *text)).collect();
    check_states(&nested, code, &expected);
}

/// The same with a contract.
pub(super) fn check_contract(
    text: &str,
    kind: ExecutionType,
    contract: &dyn Contract,
    code: Code,
    expected: &[(&str, &str)],
) {
    let found = found(text, kind, contract, code);
    let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
    let is_expected = found.len() == expected.len()
        && expected.iter().all(|(pointer, part)| {
            found.iter().any(|diagnostic| {
                let told =
                    diagnostic.message.contains(part) || diagnostic.to_string().contains(part);
                diagnostic.pointer == *pointer && told
            })
        });
    assert!(is_expected, "{text}\nexpected {expected:#?}\nfound {shown:#?}");
    assert!(found.iter().all(|diagnostic| diagnostic.position.is_some()), "{shown:#?}");
    assert!(found.iter().all(|diagnostic| diagnostic.hint.is_some()), "{shown:#?}");
}

fn machine(states: &str, language: &str) -> String {
    let start = states.split('"').nth(1).unwrap_or_default();
    format!(r#"{{"QueryLanguage": "{language}", "StartAt": "{start}", "States": {{{states}}}}}"#)
}

#[test]
fn faults_of_shape_and_of_meaning_come_in_the_order_of_the_text() {
    let text = "{\n\"StartAt\": \"A\",\n\"States\": {\n\"A\": {\"Type\": \"Pass\", \"Nxt\": \"B\", \
                \"Next\": \"C\"},\n\"B\": {\"Type\": \"Succeed\"}\n}\n}";
    let (machine, diagnostics) = super::check(text, Standard, &NoContract);
    assert!(machine.is_some());
    let lines: Vec<u32> =
        diagnostics.iter().filter_map(|found| Some(found.position?.line)).collect();
    assert_eq!(lines, [4, 4, 5], "{diagnostics:#?}");
}

#[test]
fn what_the_parser_has_said_is_not_said_again() {
    for text in [
        r#"{"StartAt": "A"}"#,
        r#"{"StartAt": "A", "States": {"A": {"Type": "Succeed"}, "A": {"Type": "Succeed"}}}"#,
        r#"{"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [], "Default": "B"},
            "B": {"Type": "Succeed"}}}"#,
        r#"{"StartAt": "A", "States": {"A": {"Type": "Pass"}}}"#,
    ] {
        let (_, diagnostics) = super::check(text, Standard, &NoContract);
        assert_eq!(diagnostics.len(), 1, "{text}\n{diagnostics:#?}");
    }
}
