use super::{Parsed, parse};
use crate::diagnostic::Position;

/// Each fault as `line:column pointer message | hint`.
fn faults(text: &str) -> Vec<String> {
    parse(text)
        .diagnostics
        .iter()
        .map(|found| {
            let Position { line, column } = found.position.unwrap();
            let hint = found.hint.as_deref().map(|hint| format!(" | {hint}")).unwrap_or_default();
            let (code, pointer, message) = (found.code, &found.pointer, &found.message);
            match code.as_str() {
                "SCHEMA_VALIDATION_FAILED" => {
                    format!("{line}:{column} {pointer} {message}{hint}")
                }
                other => format!("{line}:{column} {pointer} {other} {message}{hint}"),
            }
        })
        .collect()
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(faults(text), expected, "{text}");
}

/// Checks one state of a machine; its text begins at line 2, column 1.
#[track_caller]
fn check_state(state: &str, expected: &[&str]) {
    check(&format!("{{\"StartAt\": \"A\", \"States\": {{\"A\":\n{state}\n}}}}"), expected);
}

/// The same in a JSONata machine.
#[track_caller]
fn check_jsonata(state: &str, expected: &[&str]) {
    check(
        &format!(
            "{{\"QueryLanguage\": \"JSONata\", \"StartAt\": \"A\", \"States\": {{\"A\":\n{state}\n}}}}"
        ),
        expected,
    );
}

#[test]
fn what_is_not_json_is_one_fault_at_its_place() {
    let cases = [
        ("", "1:1 MISSING_DESCRIPTION"),
        (" \n\t ", "1:1 MISSING_DESCRIPTION"),
        ("\u{feff}{}", "1:1 INVALID_JSON_DESCRIPTION the text begins with a byte order mark"),
        (
            "not a definition",
            "1:1 INVALID_JSON_DESCRIPTION Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
        ),
        ("{\n  \"StartAt\": NaN\n}", "2:14 INVALID_JSON_DESCRIPTION Unrecognized token 'NaN'"),
        ("{\"é\": -Infinity}", "1:7 INVALID_JSON_DESCRIPTION Unrecognized token 'Infinity'"),
        ("{\"a\": True}", "1:7 INVALID_JSON_DESCRIPTION Unrecognized token 'True'"),
        ("{\"a\": 1,\n}", "1:8 INVALID_JSON_DESCRIPTION a comma with nothing after it"),
        ("[1, 2,]", "1:6 INVALID_JSON_DESCRIPTION a comma with nothing after it"),
        ("{\"a\": 1 \"b\": 2}", "1:8 INVALID_JSON_DESCRIPTION a comma is missing"),
        ("{'a': 1}", "1:2 INVALID_JSON_DESCRIPTION a string in single quotes"),
        ("{a: 1}", "1:2 INVALID_JSON_DESCRIPTION a field name without quotes begins with `a`"),
        ("{} // no", "1:4 INVALID_JSON_DESCRIPTION comments are not JSON"),
        ("{\"a\" 1}", "1:6 INVALID_JSON_DESCRIPTION `1` where the `:`"),
        ("{} {}", "1:4 INVALID_JSON_DESCRIPTION `{` after the end of the definition"),
        ("{\"a\": [1, 2", "1:7 INVALID_JSON_DESCRIPTION this `[` is never closed"),
        ("{\"a\": \"b", "1:7 INVALID_JSON_DESCRIPTION this string is never closed"),
        (
            "{\"a\": \"b\n\"}",
            "1:9 INVALID_JSON_DESCRIPTION control character U+000A inside a string",
        ),
        ("{\"a\": \"\\x\"}", "1:8 INVALID_JSON_DESCRIPTION this escape is not JSON's"),
        ("{\"a\": 0x10}", "1:7 INVALID_JSON_DESCRIPTION this is not a number of JSON"),
        ("{\"a\":\u{a0}1}", "1:6 INVALID_JSON_DESCRIPTION unexpected character U+00A0"),
        ("{\"a\": 01}", "1:8 INVALID_JSON_DESCRIPTION a comma is missing"),
        ("{\"a\": }", "1:7 INVALID_JSON_DESCRIPTION unexpected `}`"),
    ];
    for (text, expected) in cases {
        let found = faults(text);
        let [only] = found.as_slice() else { panic!("{text}: {found:?}") };
        let (line_column, rest) = only.split_once(' ').unwrap();
        assert!(format!("{line_column}{rest}").starts_with(expected), "{text}: {only}");
        assert!(only.contains(" | "), "{text} without a hint: {only}");
    }
}

#[test]
fn a_definition_nested_10_000_deep_is_one_line() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let text = format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
        let Parsed { machine, diagnostics, .. } = parse(&text);
        assert_eq!(machine, None);
        assert_eq!(diagnostics.len(), 1);
        let shown = diagnostics[0].to_string();
        assert!(shown.contains("TOO_DEEPLY_NESTED") && !shown.contains('\n'), "{shown}");
    }
}

#[test]
fn states_nested_to_the_limit_are_read() {
    let (open, close) =
        (r#"{"StartAt":"P","States":{"P":{"Type":"Parallel","End":true,"Branches":["#, "]}}}");
    let inner = r#"{"StartAt":"S","States":{"S":{"Type":"Succeed"}}}"#;
    let text = format!("{}{inner}{}", open.repeat(31), close.repeat(31));
    check(&text, &[]);
    let text = format!("{}{inner}{}", open.repeat(32), close.repeat(32));
    assert_eq!(parse(&text).diagnostics[0].code.as_str(), "TOO_DEEPLY_NESTED");
}

#[test]
fn rules_nested_to_the_limit_are_read() {
    let (open, close) = (r#"{"Not":"#.repeat(120), "}".repeat(120));
    let rule = format!(r#"{open}{{"Variable": "$.a", "IsNull": true}}{close}"#);
    let rule = rule.replacen('{', r#"{"Next": "A", "#, 1);
    check_state(&format!(r#"{{"Type": "Choice", "Choices": [{rule}]}}"#), &[]);
}

#[test]
fn numbers_keep_their_value() {
    let text = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true,
        "Result":[1.0, 1e2, -0.5, 18446744073709551615, -9223372036854775808]}}}"#;
    let value = crate::render::to_value(&parse(text).machine.unwrap());
    assert_eq!(
        value["States"]["A"]["Result"].to_string(),
        "[1.0,100.0,-0.5,18446744073709551615,-9223372036854775808]"
    );
}

#[test]
fn required_fields_are_missed_all_at_once() {
    check(
        "{}",
        &[
            "1:1  These fields are required: [StartAt, States] | a state machine has `StartAt` and `States`",
        ],
    );
    check(
        r#"{"Comment": "x", "StartAt": "State_1"}"#,
        &["1:1  These fields are required: [States] | a state machine has `States`"],
    );
    check_state(
        r#"{"Type": "Task", "End": true}"#,
        &["1:29 /States/A These fields are required: [Resource] | a Task state has `Resource`"],
    );
    check_state(
        r#"{"Resource": "arn", "Next": "B", "TimeoutSeconds": 0}"#,
        &[
            "1:29 /States/A These fields are required: [Type] | a state has `Type`",
            "2:34 /States/A/TimeoutSeconds Minimum value is 1 | write a whole number from 1 to 99999999",
        ],
    );
}

#[test]
fn values_of_the_wrong_type_are_named() {
    check(
        "[]",
        &[
            "1:1  Expected value of type [OBJECT] | write a state machine as an object, not an array",
        ],
    );
    check_state(
        r#"{"Type": "Task", "Resource": 5, "TimeoutSeconds": "x", "HeartbeatSeconds": 1.5, "End": "yes"}"#,
        &[
            "2:18 /States/A/Resource Expected value of type [STRING] | write a text in double quotes, not the number `5`",
            "2:33 /States/A/TimeoutSeconds Expected value of type Integer | write a whole number from 1 to 99999999, not the text `x`",
            "2:56 /States/A/HeartbeatSeconds Expected value of type Integer | write a whole number from 1 to 99999999, not the number `1.5`",
            "2:81 /States/A/End Expected value of type [BOOLEAN] | write `true`, not the text `yes`",
        ],
    );
    check(
        r#"{"StartAt": "A", "States": {"A": 5}}"#,
        &[
            "1:29 /States/A Expected value of type [OBJECT] | write a state as an object, not the number `5`",
        ],
    );
}

#[test]
fn unknown_fields_are_named_with_what_was_meant() {
    check_state(
        r#"{"Type": "Task", "Resorce": "arn", "Resource": "arn", "End": true}"#,
        &[
            "2:18 /States/A Field 'Resorce' is not supported | `Resorce` is not a field of a Task state; did you mean `Resource`?",
        ],
    );
    check_state(
        r#"{"Type": "Pass", "Resource": "arn", "Catch": [], "End": true}"#,
        &[
            "2:18 /States/A Field 'Resource' is not supported | `Resource` is not a field of a Pass state; it belongs to a Task state",
            "2:37 /States/A Field 'Catch' is not supported | `Catch` is not a field of a Pass state; it belongs to states of type `Task`, `Parallel` or `Map`",
        ],
    );
    check_state(
        r#"{"Type": "Succeed", "Wibble": 1}"#,
        &[
            "2:21 /States/A Field 'Wibble' is not supported | a Succeed state has the fields `Comment`, `QueryLanguage`, `InputPath` and `OutputPath`",
        ],
    );
    check_state(
        r#"{"Type": "tsak", "Resource": "arn", "Rety": [], "End": true}"#,
        &[
            "2:2 /States/A/Type Value should be one of the following: [Task, Pass, Choice, Wait, Succeed, Fail, Parallel, Map] | did you mean `Task`?",
            "2:37 /States/A Field 'Rety' is not supported | `Rety` is not a field of a Task state; did you mean `Retry`?",
        ],
    );
}

#[test]
fn fields_of_the_other_language_are_refused() {
    check_state(
        r#"{"Type": "Pass", "Output": 1, "End": true}"#,
        &[
            "2:18 /States/A The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage | write it as `OutputPath`, `ResultSelector` or `ResultPath`",
        ],
    );
    check_jsonata(
        r#"{"Type": "Wait", "InputPath": "$", "SecondsPath": "$.s", "End": true}"#,
        &[
            "2:18 /States/A The QueryLanguage is set to 'JSONata', but field 'InputPath' is only supported for the 'JSONPath' QueryLanguage | write it as `$states.input` in the expressions that need it",
            "2:36 /States/A The QueryLanguage is set to 'JSONata', but field 'SecondsPath' is only supported for the 'JSONPath' QueryLanguage | write it as `Seconds`",
        ],
    );
    check_jsonata(
        r#"{"Type": "Pass", "QueryLanguage": "JSONPath", "InputPath": "$", "End": true}"#,
        &[
            "2:18 /States/A 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine | remove it, or set `QueryLanguage` to `JSONPath` at the top and to `JSONata` in the states that need it",
        ],
    );
    check_state(
        r#"{"Type": "Pass", "QueryLanguage": "jsonata", "Output": "{% 1 %}", "End": true}"#,
        &[
            "2:18 /States/A/QueryLanguage Value should be one of the following: [JSONPath, JSONata] | did you mean `JSONata`?",
        ],
    );
    check_state(
        r#"{"Type": "Map", "QueryLanguage": "JSONata", "Items": [], "End": true, "ItemProcessor":
          {"QueryLanguage": "JSONata", "StartAt": "B", "States": {"B": {"Type": "Pass", "Output": 1, "End": true}}}}"#,
        &[
            "3:12 /States/A/ItemProcessor Field 'QueryLanguage' is not supported | an item processor has the fields `Comment`, `ProcessorConfig`, `StartAt` and `States`",
            "3:89 /States/A/ItemProcessor/States/B The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage | write it as `OutputPath`, `ResultSelector` or `ResultPath`",
        ],
    );
}

#[test]
fn fields_that_exclude_each_other_are_refused_together() {
    check_state(
        r#"{"Type": "Pass", "Next": "B", "End": true}"#,
        &[
            "2:31 /States/A There should only be one of the following fields: [Next, End] | keep `Next` or `End`",
        ],
    );
    check_state(
        r#"{"Type": "Pass"}"#,
        &[
            "1:29 /States/A This object should have only one of the following fields: [Next, End] | add `Next` with the name of a state, or `\"End\": true`",
        ],
    );
    check_state(
        r#"{"Type": "Wait", "Seconds": 1, "SecondsPath": "$.s", "End": true}"#,
        &[
            "2:18 /States/A There should only be one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp] | keep `SecondsPath` or `Seconds`",
        ],
    );
    check_jsonata(
        r#"{"Type": "Wait", "End": true}"#,
        &[
            "1:57 /States/A This object should have only one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp] | add `Seconds` or `Timestamp`",
        ],
    );
    check_state(
        r#"{"Type": "Fail", "Error": "E", "ErrorPath": "$.e"}"#,
        &[
            "2:32 /States/A There should only be one of the following fields: [Error, ErrorPath] | keep `Error` or `ErrorPath`",
        ],
    );
}

#[test]
fn numbers_out_of_range_are_refused() {
    check(
        r#"{"StartAt": "A", "TimeoutSeconds": 100000000, "States": {"A": {"Type": "Succeed"}}}"#,
        &[
            "1:18 /TimeoutSeconds Maximum value is 99999999 | write a whole number from 0 to 99999999",
        ],
    );
    check_state(
        r#"{"Type": "Task", "Resource": "arn", "TimeoutSeconds": 5, "HeartbeatSeconds": 5, "End": true, "Retry": [
          {"ErrorEquals": [], "IntervalSeconds": -1, "MaxAttempts": 999999999999999999999999999999999999999999, "BackoffRate": 0.5, "MaxDelaySeconds": 31622401, "JitterStrategy": "full"}]}"#,
        &[
            "2:58 /States/A/HeartbeatSeconds HeartbeatSeconds (5) is not smaller than TimeoutSeconds (5) | write a number below 5, or raise `TimeoutSeconds`",
            "3:12 /States/A/Retry/0/ErrorEquals Value cannot be empty | name an error, or `States.ALL`",
            "3:31 /States/A/Retry/0/IntervalSeconds Minimum value is 0 | write a whole number from 0 to 99999999",
            "3:54 /States/A/Retry/0/MaxAttempts Maximum value is 99999999 | write a whole number from 0 to 99999999",
            "3:113 /States/A/Retry/0/BackoffRate Minimum value is 1.0",
            "3:133 /States/A/Retry/0/MaxDelaySeconds Maximum value is 31622400 | write a whole number from 1 to 31622400",
            "3:162 /States/A/Retry/0/JitterStrategy Value should be one of the following: [NONE, FULL] | did you mean `FULL`?",
        ],
    );
    check_state(
        r#"{"Type": "Map", "MaxConcurrency": -1, "ToleratedFailurePercentage": 100.5, "Iterator": {"StartAt": "B", "States": {}}, "End": true}"#,
        &[
            "2:17 /States/A/MaxConcurrency Minimum value is 0 | write a whole number",
            "2:39 /States/A/ToleratedFailurePercentage Maximum value is 100.0",
        ],
    );
}

#[test]
fn choice_rules_have_one_test() {
    check_state(
        r#"{"Type": "Choice", "Choices": [
          {"Variable": "$.a", "StringEquals": "x", "IsNull": true, "Next": "B"},
          {"Variable": "$.a", "Next": "B"},
          {"Next": "B"},
          {"And": [{"Variable": "$.a", "NumericEquals": "1", "Next": "C"}], "Or": [], "Next": "B"},
          {"Not": {"Variable": "$.a", "IsPresent": true, "Comment": "fine"}},
          {"Condition": true, "Next": "B"}]}"#,
        &[
            "3:52 /States/A/Choices/0 There should only be one of the following fields: [StringEquals, IsNull] | put each comparison into an element of `And` or `Or`",
            &format!(
                "4:11 /States/A/Choices/1 This object should have only one of the following fields: [{}] | add a comparison, such as `StringEquals`",
                crate::model::Operator::ALL
                    .iter()
                    .map(|o| o.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
            "5:11 /States/A/Choices/2 The object must have only one of the following fields, [And, Or, Not, Variable, Condition] | add a `Variable` and a comparison, or `And`, `Or`, `Not`",
            "6:40 /States/A/Choices/3/And/0/NumericEquals Expected value of type [NUMBER] | write a number, not the text `1`",
            "6:62 /States/A/Choices/3/And/0 Field 'Next' is not supported | only the outermost rule has `Next`",
            "6:77 /States/A/Choices/3 The object must have only one of the following fields, [And, Or, Not, Variable, Condition] | keep `And` or `Or`",
            "7:11 /States/A/Choices/4 These fields are required: [Next] | a choice rule has `Next`",
            "8:12 /States/A/Choices/5 The QueryLanguage is set to 'JSONPath', but field 'Condition' is only supported for the 'JSONata' QueryLanguage | write it as `Variable` with a comparison",
        ],
    );
    check_state(
        r#"{"Type": "Choice", "Choices": []}"#,
        &["2:20 /States/A/Choices Value cannot be empty | add a rule"],
    );
}

#[test]
fn maps_have_a_processor_that_fits_its_mode() {
    check_state(
        r#"{"Type": "Map", "End": true}"#,
        &[
            "1:29 /States/A This object should have only one of the following fields: [ItemProcessor, Iterator] | add `ItemProcessor` or `Iterator`",
        ],
    );
    check_state(
        r#"{"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "B", "States": {}, "ProcessorConfig": {"Mode": "DISTRIBUTED"}},
          "ItemReader": {"Resource": "arn", "ReaderConfig": {"InputType": "CSV", "MaxItems": 1, "MaxItemsPath": "$.n"}},
          "ResultWriter": {"WriterConfig": {"OutputType": "XML"}}}"#,
        &[
            "2:78 /States/A/ItemProcessor/ProcessorConfig These fields are required: [ExecutionType] | a processor config has `ExecutionType`",
            "3:45 /States/A/ItemReader/ReaderConfig The field 'CSVHeaderLocation' is required | add it: `FIRST_ROW` or `GIVEN`",
            "3:97 /States/A/ItemReader/ReaderConfig There should only be one of the following fields: [MaxItems, MaxItemsPath] | keep `MaxItems` or `MaxItemsPath`",
            "4:45 /States/A/ResultWriter/WriterConfig/OutputType Value should be one of the following: [JSON, JSONL] | `XML` is none of them",
        ],
    );
}

#[test]
fn an_input_type_stands_where_it_says_something() {
    let map = |resource: &str, config: &str| {
        format!(
            r#"{{"Type": "Map", "End": true, "ItemProcessor": {{"ProcessorConfig":
                {{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}, "StartAt": "B",
                "States": {{"B": {{"Type": "Pass", "End": true}}}}}},
"ItemReader": {{"Resource": "arn:aws:states:::s3:{resource}", "ReaderConfig": {config}}}}}"#
        )
    };
    check_jsonata(
        &map("listObjectsV2", r#"{"Transformation": "LOAD_AND_FLATTEN"}"#),
        &[
            "5:65 /States/A/ItemReader/ReaderConfig These fields are required: [InputType] | a reader config has `InputType`",
        ],
    );
    check_jsonata(
        &map("getObject", r#"{"ManifestType": "S3_INVENTORY", "InputType": "JSON"}"#),
        &[
            "5:110 /States/A/ItemReader/ReaderConfig Field 'InputType' is not supported | remove it: the files of an inventory are CSV",
        ],
    );
}

#[test]
fn credentials_name_a_role() {
    check_jsonata(
        r#"{"Type": "Task", "Resource": "arn", "Credentials": {}, "End": true}"#,
        &[
            "2:37 /States/A/Credentials The field 'RoleArn' is required but was missing | add `RoleArn`, the role that the task takes on",
        ],
    );
}

#[test]
fn what_stands_twice_is_found_at_the_second() {
    let text = "{\"StartAt\": \"A\", \"StartAt\": \"B\", \"States\": {\n\"A\": {\"Type\": \"Succeed\"},\n\"A\": {\"Type\": \"Pass\", \"Result\": {\"x\": 1,\n\"x\": 2}, \"End\": true}}}";
    check(
        text,
        &[
            "1:18  Field 'StartAt' stands here twice | remove one of the two",
            "3:1 /States/A DUPLICATE_STATE_NAME two states have the name `A` | rename one of them; state names are unique in a state machine",
            "4:1 /States/A/Result Field 'x' stands here twice | remove one of the two",
        ],
    );
    let machine = parse(text).machine.unwrap();
    assert_eq!(machine.flow.states.len(), 2);
    let again = parse(&crate::render::render(&machine)).machine;
    assert_eq!(again, Some(machine));
}

#[test]
fn faults_in_branches_and_processors_have_their_places() {
    let text = r#"{"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [
  {"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "T", "States": {
    "a/b~c": {"Type": "Task", "Resource": "arn", "End": true,
      "Catch": [{"ErrorEquals": ["E"]}]}}}}}},
  7]}}}"#;
    check(
        text,
        &[
            "4:17 /States/P/Branches/0/States/M/ItemProcessor/States/a~1b~0c/Catch/0 These fields are required: [Next] | a catcher has `Next`",
            "5:3 /States/P/Branches/1 Expected value of type [OBJECT] | write a branch as an object, not the number `7`",
        ],
    );
    let places = parse(text).places;
    let found =
        |pointer: &str| places.find(pointer).map(|place: Position| (place.line, place.column));
    let state = "/States/P/Branches/0/States/M/ItemProcessor/States/a~1b~0c";
    assert_eq!(found(state), Some((3, 5)));
    assert_eq!(found(&format!("{state}/Catch/0/Next")), Some((4, 17)));
    assert_eq!(found(""), Some((1, 1)));
}

#[test]
fn a_value_gives_the_same_faults_without_lines() {
    let (machine, diagnostics) = super::parse_value(&serde_json::json!({"StartAt": "A"}));
    assert!(machine.is_some());
    assert_eq!(diagnostics.len(), 1);
    assert_eq!(diagnostics[0].position, None);
}
