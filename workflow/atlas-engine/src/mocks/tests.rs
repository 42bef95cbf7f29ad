//! What a mock file may say, and what is said of one that is wrong.

use atlas_asl::parse;
use serde_json::json;

use super::*;

/// A file with one machine `M`, whose case `C` mocks the state `S` by the response `R`.
fn with_response(entries: &str) -> String {
    format!(
        r#"{{"StateMachines": {{"M": {{"TestCases": {{"C": {{"S": "R"}}}}}}}},
            "MockedResponses": {{"R": {entries}}}}}"#
    )
}

fn answers(file: &str, invocations: u32) -> Vec<String> {
    let config = MockConfig::parse(file.as_bytes()).unwrap();
    let case = config.case("M", "C").unwrap();
    let mut counts = Invocations::default();
    (0..invocations)
        .map(|_| {
            let number = case.next_number("S", &mut counts);
            match case.answer("S", number).unwrap() {
                Ok(MockAnswer::Return(output)) => output.text().to_owned(),
                Ok(MockAnswer::Throw(failure)) => {
                    format!("{}: {}", failure.error.unwrap(), failure.cause.unwrap())
                }
                Err(text) => text,
            }
        })
        .collect()
}

#[test]
fn each_invocation_gets_the_answer_of_its_number() {
    let file = with_response(
        r#"{"3": {"Return": {"ok": true}}, "0": {"Throw": {"Error": "A", "Cause": "a"}},
            "1-2": {"Throw": {"Error": "B", "Cause": "b"}}}"#,
    );
    assert_eq!(
        answers(&file, 5),
        [
            "A: a",
            "B: b",
            "B: b",
            r#"{"ok":true}"#,
            "The mocked state `S` was invoked for number 4 in test case `C`, and \
             `/MockedResponses/R` ends at 3; add an entry `4` (retries and Map iterations count as \
             well)",
        ]
    );
}

#[test]
fn a_return_may_be_what_other_tools_take_for_nothing() {
    for value in ["null", "false", "0", r#""""#, "[]", "{}"] {
        let file = with_response(&format!(r#"{{"0": {{"Return": {value}}}}}"#));
        assert_eq!(answers(&file, 1), [value]);
    }
}

#[test]
fn states_count_apart_even_when_they_share_a_response() {
    let file = json!({
        "StateMachines": {"M": {"TestCases": {"C": {"S": "R", "T": "R"}}}},
        "MockedResponses": {"R": {"0": {"Return": 0}, "1": {"Return": 1}}},
    });
    let config = MockConfig::parse(file.to_string().as_bytes()).unwrap();
    let case = config.case("M", "C").unwrap();
    let mut counts = Invocations::default();
    let numbers: Vec<u32> =
        ["S", "T", "T", "S"].map(|state| case.next_number(state, &mut counts)).into();
    assert_eq!(numbers, [0, 0, 1, 1]);
    assert!(case.answer("U", 0).is_none());
}

#[test]
fn every_fault_of_a_file_is_reported_with_its_place() {
    for (file, expected) in [
        (
            with_response("{}"),
            "/MockedResponses/R: the response has no entry; number the first `0`",
        ),
        (
            with_response(r#"{"0": {}}"#),
            "/MockedResponses/R/0: the entry has neither `Return` nor `Throw`; it needs one of them",
        ),
        (
            with_response(r#"{"0": {"Return": 1, "Throw": {"Error": "E", "Cause": "C"}}}"#),
            "/MockedResponses/R/0: the entry has both `Return` and `Throw`; keep one of them",
        ),
        (
            with_response(r#"{"0": {"Throw": {"Error": "E"}}}"#),
            "/MockedResponses/R/0/Throw: `Cause` is missing; expected the error's cause, a string",
        ),
        (
            with_response(r#"{"0": {"Throw": {"Error": 5, "Cause": "C"}}}"#),
            "/MockedResponses/R/0/Throw/Error: this is a number; expected the error's name",
        ),
        (
            with_response(r#"{"0": {"Retrun": 1}}"#),
            "/MockedResponses/R/0/Retrun: `Retrun` is unknown in an entry; expected `Return` or \
             `Throw`\n/MockedResponses/R/0: the entry has neither `Return` nor `Throw`; it needs one \
             of them",
        ),
        (
            with_response(r#"{"first": {"Return": 1}}"#),
            "/MockedResponses/R/first: `first` is no invocation; expected a number such as `0` or a \
             range such as `1-2`",
        ),
        (
            with_response(r#"{"0": {"Return": 1}, "3-1": {"Return": 1}}"#),
            "/MockedResponses/R/3-1: the range `3-1` ends before it starts; expected the smaller \
             number first",
        ),
        (
            with_response(r#"{"1": {"Return": 1}}"#),
            "/MockedResponses/R: numbers are consecutive from 0, and 0 is missing before `1`",
        ),
        (
            with_response(r#"{"0": {"Return": 1}, "2-3": {"Return": 1}}"#),
            "/MockedResponses/R: numbers are consecutive from 0, and 1 is missing before `2-3`",
        ),
        (
            with_response(r#"{"0-2": {"Return": 1}, "2": {"Return": 1}}"#),
            "/MockedResponses/R: `0-2` and `2` both answer invocation 2; each number stands once",
        ),
        (
            with_response("{\"0\": {\"Return\": 1},\n\"0\": {\"Return\": 2}}"),
            "line 3, column 3: `0` stands twice in the same object; each name stands once",
        ),
        (
            r#"{"StateMachines": {"M": {"TestCases": {"C": {"S": "Creat"}}}},
                "MockedResponses": {"Create": {"0": {"Return": 1}}}}"#
                .to_owned(),
            "/StateMachines/M/TestCases/C/S: no response is named `Creat`; did you mean `Create`?",
        ),
        (
            r#"{"StateMachines": {"M": {"TestCases": {"C": {"S": "Z"}}}}}"#.to_owned(),
            "/StateMachines/M/TestCases/C/S: no response is named `Z`; it has none",
        ),
        (
            r#"{"StateMachines": {}, "MockedResponse": {}}"#.to_owned(),
            "/MockedResponse: `MockedResponse` is unknown here; it has to be `MockedResponses`",
        ),
        (
            r#"{"StateMachines": {"a/b": {"Cases": {}}}}"#.to_owned(),
            "/StateMachines/a~1b: `TestCases` is missing; expected an object from the names of test \
             cases to their mocked states",
        ),
        (
            "{}".to_owned(),
            "`StateMachines` is missing; expected an object from the names of state machines to \
             their `TestCases`",
        ),
        ("[]".to_owned(), "this is an array; expected an object with `StateMachines`"),
        ("{\n  \"a\": [1,,]\n}".to_owned(), "line 2, column 11: expected value"),
        (
            String::new(),
            "line 1, column 1: the file is empty; expected an object with `StateMachines` and \
             `MockedResponses`",
        ),
    ] {
        let error = MockConfig::parse(file.as_bytes()).unwrap_err().to_string();
        assert_eq!(error, expected, "{file}");
    }
}

#[test]
fn a_file_that_is_not_utf_8_is_refused_at_its_first_wrong_byte() {
    let error = MockConfig::parse(b"{\n \"\xc3\xa9\xff\"").unwrap_err().to_string();
    assert_eq!(error, "line 2, column 4: the file is not UTF-8; save it as UTF-8");
}

#[test]
fn deep_nesting_is_refused_and_not_followed() {
    assert!(MockConfig::parse("[".repeat(100_000).as_bytes()).is_err());
}

#[test]
fn an_unknown_case_is_answered_with_the_known_ones() {
    let config = MockConfig::parse(with_response(r#"{"0": {"Return": 1}}"#).as_bytes()).unwrap();
    assert_eq!(
        config.case("M", "HapyPath").unwrap_err().to_string(),
        "state machine `M` has no test case `HapyPath`; it has `C`"
    );
    let case = |name: &str| json!({name: {}});
    let file = json!({"StateMachines": {"M": {"TestCases": case("HappyPath")}}});
    let config = MockConfig::parse(file.to_string().as_bytes()).unwrap();
    assert_eq!(
        config.case("M", "HapyPath").unwrap_err().to_string(),
        "state machine `M` has no test case `HapyPath`; did you mean `HappyPath`? it has \
         `HappyPath`"
    );
    assert_eq!(
        config.case("N", "C").unwrap_err().to_string(),
        "the mock file has no test cases for state machine `N`; it has some for `M`"
    );
}

#[test]
fn mocks_of_states_that_are_not_there_or_are_no_tasks_are_found() {
    let machine = r#"{"StartAt": "Create", "States": {
        "Create": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Next": "Done"},
        "Done": {"Type": "Pass", "End": true}}}"#;
    let machine = parse::parse(machine).machine.expect("the definition is right");
    let file = json!({
        "StateMachines": {
            "M": {"TestCases": {"C": {"Create": "R", "Crate": "R", "Done": "R"}}},
            "Other": {"TestCases": {"C": {"Elsewhere": "R"}}},
        },
        "MockedResponses": {"R": {"0": {"Return": 1}}},
    });
    let config = MockConfig::parse(file.to_string().as_bytes()).unwrap();
    let faults: Vec<String> =
        config.check_against("M", &machine).iter().map(ToString::to_string).collect();
    assert_eq!(
        faults,
        [
            "/StateMachines/M/TestCases/C/Crate: state machine `M` has no state `Crate`; did you \
             mean `Create`?",
            "/StateMachines/M/TestCases/C/Done: state `Done` is a Pass state; only Task states can \
             be mocked",
        ]
    );
}
