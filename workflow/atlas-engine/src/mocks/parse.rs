//! From the bytes of a mock file to its test cases.

use std::{collections::HashMap, sync::Arc};

use atlas_core::{Failure, Payload};
use serde_json::{Map, Value};

use super::{
    MockAnswer, MockCase, MockConfig, MockFault, MockFaultKind, MockFileError, MockedResponse,
    MockedState,
    numbers::{Numbers, check_consecutive},
    strict_json::Strict,
};

type Responses = HashMap<Box<str>, Arc<MockedResponse>>;

pub(super) fn parse(bytes: &[u8]) -> Result<MockConfig, MockFileError> {
    let document = read(bytes).map_err(|fault| MockFileError { faults: vec![fault] })?;
    let mut faults = Vec::new();
    let config = config(&document, &mut faults);
    if faults.is_empty() { Ok(config) } else { Err(MockFileError { faults }) }
}

fn read(bytes: &[u8]) -> Result<Value, MockFault> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let column = String::from_utf8_lossy(&before[line_start..]).chars().count() + 1;
        MockFault::new("", MockFaultKind::NotUtf8 { line, column })
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match serde_json::from_str(text) {
        Ok(Strict(document)) => Ok(document),
        Err(error) => {
            let (line, column) = (error.line().max(1), error.column().max(1));
            let message = error.to_string();
            let place = format!(" at line {} column {}", error.line(), error.column());
            let message = match message.strip_suffix(&place) {
                _ if text.trim().is_empty() => {
                    "the file is empty; expected an object with `StateMachines` and \
                     `MockedResponses`"
                        .to_owned()
                }
                Some(stripped) => stripped.to_owned(),
                None => message,
            };
            Err(MockFault::new("", MockFaultKind::Malformed { line, column, message }))
        }
    }
}

fn config(document: &Value, faults: &mut Vec<MockFault>) -> MockConfig {
    let Some(fields) = object(document, "", "an object with `StateMachines`", faults) else {
        return MockConfig::default();
    };
    let responses = match (fields.get("MockedResponses"), fields.get("MockedResponse")) {
        (Some(responses), _) => responses_of(responses, faults),
        (None, Some(_)) => {
            let found = "MockedResponse".to_owned();
            faults.push(MockFault::new(
                "/MockedResponse",
                MockFaultKind::MisspelledResponses { found },
            ));
            // What the cases name cannot be judged.
            return MockConfig::default();
        }
        (None, None) => Responses::new(),
    };
    let Some(machines) = fields.get("StateMachines") else {
        faults.push(MockFault::new(
            "",
            MockFaultKind::Missing {
                field: "StateMachines",
                expected: "an object from the names of state machines to their `TestCases`",
            },
        ));
        return MockConfig::default();
    };
    let mut config = MockConfig::default();
    let expected = "an object from the names of state machines to their `TestCases`";
    for (name, machine) in
        object(machines, "/StateMachines", expected, faults).into_iter().flatten()
    {
        let pointer = format!("/StateMachines/{}", escaped(name));
        let cases = cases_of(machine, &pointer, &responses, faults);
        config.machines.push((name.as_str().into(), cases));
    }
    config
}

fn cases_of(
    machine: &Value,
    pointer: &str,
    responses: &Responses,
    faults: &mut Vec<MockFault>,
) -> Vec<Arc<MockCase>> {
    let Some(fields) = object(machine, pointer, "an object with `TestCases`", faults) else {
        return Vec::new();
    };
    let expected = "an object from the names of test cases to their mocked states";
    let Some(cases) = fields.get("TestCases") else {
        let missing = MockFaultKind::Missing { field: "TestCases", expected };
        faults.push(MockFault::new(pointer, missing));
        return Vec::new();
    };
    let pointer = format!("{pointer}/TestCases");
    let mut known = Vec::new();
    for (name, case) in object(cases, &pointer, expected, faults).into_iter().flatten() {
        let pointer = format!("{pointer}/{}", escaped(name));
        let states = states_of(case, &pointer, responses, faults);
        known.push(Arc::new(MockCase { name: name.as_str().into(), states }));
    }
    known
}

fn states_of(
    case: &Value,
    pointer: &str,
    responses: &Responses,
    faults: &mut Vec<MockFault>,
) -> HashMap<Box<str>, MockedState> {
    let mut states = HashMap::new();
    let expected = "an object from the names of states to the names of responses";
    for (state, name) in object(case, pointer, expected, faults).into_iter().flatten() {
        let pointer = || format!("{pointer}/{}", escaped(state));
        let Value::String(name) = name else {
            faults.push(MockFault::new(pointer(), wrong_type(name, "the name of a response")));
            continue;
        };
        match responses.get(name.as_str()) {
            Some(response) => {
                let index = states.len();
                let mocked = MockedState { index, response: Arc::clone(response) };
                states.insert(state.as_str().into(), mocked);
            }
            None => {
                let mut known: Vec<String> =
                    responses.keys().map(|name| name.clone().into_string()).collect();
                known.sort();
                let suggestion = super::check::suggested(name, &known);
                let kind = MockFaultKind::UnknownResponse { name: name.clone(), suggestion, known };
                faults.push(MockFault::new(pointer(), kind));
            }
        }
    }
    states
}

fn responses_of(responses: &Value, faults: &mut Vec<MockFault>) -> Responses {
    let expected = "an object from the names of responses to their numbered entries";
    let mut known = Responses::new();
    for (name, entries) in
        object(responses, "/MockedResponses", expected, faults).into_iter().flatten()
    {
        let pointer = format!("/MockedResponses/{}", escaped(name));
        let answers = answers_of(entries, &pointer, faults);
        known.insert(
            name.as_str().into(),
            Arc::new(MockedResponse { name: name.as_str().into(), answers }),
        );
    }
    known
}

fn answers_of(
    entries: &Value,
    pointer: &str,
    faults: &mut Vec<MockFault>,
) -> Vec<(u32, MockAnswer)> {
    let expected = "an object from invocation numbers to `Return` or `Throw`";
    let Some(entries) = object(entries, pointer, expected, faults) else { return Vec::new() };
    if entries.is_empty() {
        faults.push(MockFault::new(pointer, MockFaultKind::NoEntry));
    }
    let mut numbered: Vec<(Numbers, &str, MockAnswer)> = Vec::new();
    let mut all_numbers_are_known = true;
    for (key, entry) in entries {
        let pointer = format!("{pointer}/{}", escaped(key));
        let answer = answer_of(entry, &pointer, faults);
        match Numbers::parse(key) {
            Ok(numbers) => {
                // A wrong answer still takes its numbers.
                let answer = answer.unwrap_or(MockAnswer::Throw(Failure::default()));
                numbered.push((numbers, key, answer));
            }
            Err(kind) => {
                faults.push(MockFault::new(pointer, kind));
                all_numbers_are_known = false;
            }
        }
    }
    numbered.sort_by_key(|(numbers, ..)| (numbers.first, numbers.last));
    if all_numbers_are_known {
        let numbers: Vec<(Numbers, &str)> =
            numbered.iter().map(|(numbers, key, _)| (*numbers, *key)).collect();
        let wrong = check_consecutive(&numbers);
        faults.extend(wrong.into_iter().map(|kind| MockFault::new(pointer, kind)));
    }
    numbered.into_iter().map(|(numbers, _, answer)| (numbers.last, answer)).collect()
}

fn answer_of(entry: &Value, pointer: &str, faults: &mut Vec<MockFault>) -> Option<MockAnswer> {
    let fields = object(entry, pointer, "an object with `Return` or `Throw`", faults)?;
    for key in fields.keys().filter(|key| !matches!(key.as_str(), "Return" | "Throw")) {
        let expected = "`Return` or `Throw`";
        faults.push(unknown_field(pointer, key, "an entry", expected));
    }
    // A `Return` of `null` or `false` is a result like any other, so presence decides.
    match (fields.get("Return"), fields.get("Throw")) {
        (Some(result), None) => Some(MockAnswer::Return(Payload::from(result.clone()))),
        (None, Some(thrown)) => throw_of(thrown, &format!("{pointer}/Throw"), faults),
        (Some(_), Some(_)) => {
            faults.push(MockFault::new(pointer, MockFaultKind::BothAnswers));
            None
        }
        (None, None) => {
            faults.push(MockFault::new(pointer, MockFaultKind::NeitherAnswer));
            None
        }
    }
}

fn throw_of(thrown: &Value, pointer: &str, faults: &mut Vec<MockFault>) -> Option<MockAnswer> {
    let fields = object(thrown, pointer, "an object with `Error` and `Cause`", faults)?;
    for key in fields.keys().filter(|key| !matches!(key.as_str(), "Error" | "Cause")) {
        faults.push(unknown_field(pointer, key, "`Throw`", "`Error` and `Cause`"));
    }
    let mut text = |field: &'static str, expected: &'static str| match fields.get(field) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(other) => {
            let kind = wrong_type(other, expected);
            faults.push(MockFault::new(format!("{pointer}/{field}"), kind));
            None
        }
        None => {
            faults.push(MockFault::new(pointer, MockFaultKind::Missing { field, expected }));
            None
        }
    };
    let (error, cause) =
        (text("Error", "the error's name"), text("Cause", "the error's cause, a string"));
    Some(MockAnswer::Throw(Failure { error: Some(error?), cause: Some(cause?) }))
}

fn unknown_field(
    pointer: &str,
    key: &str,
    place: &'static str,
    expected: &'static str,
) -> MockFault {
    let kind = MockFaultKind::UnknownField { found: key.to_owned(), place, expected };
    MockFault::new(format!("{pointer}/{}", escaped(key)), kind)
}

fn object<'a>(
    value: &'a Value,
    pointer: &str,
    expected: &'static str,
    faults: &mut Vec<MockFault>,
) -> Option<&'a Map<String, Value>> {
    if let Value::Object(fields) = value {
        return Some(fields);
    }
    faults.push(MockFault::new(pointer, wrong_type(value, expected)));
    None
}

fn wrong_type(value: &Value, expected: &'static str) -> MockFaultKind {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    MockFaultKind::WrongType { found, expected }
}

/// A name as a part of a JSON pointer.
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
