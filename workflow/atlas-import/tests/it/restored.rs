//! A template that is written again says what it said, with another definition in it.

use std::{fs, path::Path};

use atlas_asl::model::ExecutionType;
use atlas_import::{Definition, Source, diff::unified};
use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::examining::examined_as;

#[expect(clippy::needless_pass_by_value, reason = "as everywhere with expectations")]
fn check(template: &str, expected: Expect) {
    let source = Source::read(template).unwrap();
    let [machine] = &source.machines[..] else { panic!("{template}") };
    let Definition::Here(text) = &machine.definition else { panic!("{template}") };
    let same: Value = serde_json::from_str(&text.text).unwrap();
    let again: Value = serde_json::from_str(&source.with_definition(text, &same)).unwrap();
    let before: Value = serde_json::from_str(template).unwrap();
    assert_eq!(again, before, "nothing is lost");
    let found = examined_as(&text.text, ExecutionType::Standard, Some(&text.placeholders));
    let (_, rewritten) = found.rewritten.unwrap();
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap();
    let rewritten: Value = serde_json::from_str(&source.with_definition(text, &rewritten)).unwrap();
    expected.assert_eq(&unified(&pretty(&before), &pretty(&rewritten), "template"));
}

#[test]
fn a_join_of_the_cdk_is_one_again() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/machines/cdk.template.json");
    check(
        &fs::read_to_string(path).unwrap(),
        expect![[r#"
            --- a/template
            +++ b/template
            @@ -31,7 +31,7 @@
                           {
                             "Ref": "ReportJob"
                           },
            -              "\",\"RunId.$\":\"$.job.JobRunId\"},\"ResultPath\":\"$.run\",\"Next\":\"Done?\"},\"Done?\":{\"Type\":\"Choice\",\"Choices\":[{\"Variable\":\"$.run.JobRun.JobRunState\",\"StringEquals\":\"SUCCEEDED\",\"Next\":\"Nothing\"},{\"Variable\":\"$.run.JobRun.JobRunState\",\"StringEquals\":\"FAILED\",\"Next\":\"Failed\"}],\"Default\":\"Wait a minute\"},\"Nothing\":{\"Type\":\"Pass\",\"Next\":\"Send\"},\"Failed\":{\"Type\":\"Fail\",\"Error\":\"Report.Failed\"},\"Send\":{\"Type\":\"Task\",\"Resource\":\"arn:",
            +              "\",\"RunId.$\":\"$.job.JobRunId\"},\"ResultPath\":\"$.run\",\"Next\":\"Done?\"},\"Done?\":{\"Type\":\"Choice\",\"Choices\":[{\"Variable\":\"$.run.JobRun.JobRunState\",\"StringEquals\":\"SUCCEEDED\",\"Next\":\"Send\"},{\"Variable\":\"$.run.JobRun.JobRunState\",\"StringEquals\":\"FAILED\",\"Next\":\"Failed\"}],\"Default\":\"Wait a minute\"},\"Failed\":{\"Type\":\"Fail\",\"Error\":\"Report.Failed\"},\"Send\":{\"Type\":\"Task\",\"Resource\":\"arn:",
                           {
                             "Ref": "AWS::Partition"
                           },
            @@ -42,7 +42,7 @@
                               "Arn"
                             ]
                           },
            -              "\",\"Payload.$\":\"$.run\"},\"Retry\":[{\"ErrorEquals\":[\"Lambda.ClientExecutionTimeoutException\",\"Lambda.ServiceException\",\"Lambda.AWSLambdaException\",\"Lambda.SdkClientException\"],\"IntervalSeconds\":2,\"MaxAttempts\":6,\"BackoffRate\":2}],\"End\":true}},\"TimeoutSeconds\":3600}"
            +              "\",\"Payload.$\":\"$.run\"},\"Retry\":[{\"ErrorEquals\":[\"Lambda.ClientExecutionTimeoutException\",\"Lambda.ServiceException\",\"Lambda.AWSLambdaException\",\"Lambda.SdkClientException\",\"Lambda.TooManyRequestsException\"],\"IntervalSeconds\":2,\"MaxAttempts\":6,\"BackoffRate\":2}],\"End\":true}},\"TimeoutSeconds\":3600}"
                         ]
                       ]
                     },
        "#]],
    );
}

#[test]
fn functions_in_an_object_are_themselves_again() {
    let states = json!({
        "Nothing": {"Type": "Pass", "Next": "Call"},
        "Call": {"Type": "Task", "TimeoutSeconds": 5, "End": true,
            "Resource": {"Fn::Sub": "arn:${AWS::Partition}:states:::sqs:sendMessage"},
            "Parameters": {
                "QueueUrl": {"Ref": "Queue"}, "MessageBody": {"Fn::If": ["Loud", "!", "."]},
                "MessageGroupId": {"Fn::Sub": ["${Own}-${Queue.QueueName}-${!Kept}", {"Own": {"Ref": "Stage"}}]}
            }}
    });
    let template = json!({"Resources": {"M": {"Type": "AWS::Serverless::StateMachine", "Properties": {
        "Definition": {"StartAt": "Nothing", "States": states}, "Tracing": {"Enabled": true}
    }}}});
    check(
        &template.to_string(),
        expect![[r#"
        --- a/template
        +++ b/template
        @@ -4,12 +4,8 @@
               "Type": "AWS::Serverless::StateMachine",
               "Properties": {
                 "Definition": {
        -          "StartAt": "Nothing",
        +          "StartAt": "Call",
                   "States": {
        -            "Nothing": {
        -              "Type": "Pass",
        -              "Next": "Call"
        -            },
                     "Call": {
                       "Type": "Task",
                       "TimeoutSeconds": 5,
    "#]],
    );
}

#[test]
fn a_substituted_text_is_one_again() {
    let definition = "{\"StartAt\": \"N\", \"States\": {\"N\": {\"Type\": \"Pass\", \"Next\": \"C\"},\n\
        \"C\": {\"Type\": \"Pass\", \"Result\": \"${Queue.Arn} ${!Kept} ${AWS::Region}\", \"End\": true}}}";
    let source = json!({"Resources": {"M": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {
        "DefinitionString": {"Fn::Sub": definition}
    }}}});
    let text = source.to_string();
    let source = Source::read(&text).unwrap();
    let Definition::Here(machine) = &source.machines[0].definition else { panic!("{text}") };
    let value: Value = serde_json::from_str(&machine.text).unwrap();
    let again: Value = serde_json::from_str(&source.with_definition(machine, &value)).unwrap();
    let said = &again["Resources"]["M"]["Properties"]["DefinitionString"]["Fn::Sub"];
    assert!(said.as_str().unwrap().contains("${Queue.Arn} ${!Kept} ${AWS::Region}"), "{said}");
}

#[test]
fn what_only_looks_like_a_name_of_ours_stays_a_text() {
    let before =
        r#"{"StartAt":"N","States":{"N":{"Type":"Pass","Next":"C"},"C":{"Type":"Pass","Result":""#;
    let after = r#"","End":true}}}"#;
    let join = |parts: Value| {
        let mut all = vec![json!(before)];
        all.extend(parts.as_array().unwrap().clone());
        all.push(json!(after));
        json!({"DefinitionString": {"Fn::Join": ["", all]}})
    };
    let object = |first: Value, second: Value| {
        json!({"Definition": {"StartAt": "N", "States": {"N": {"Type": "Pass", "Next": "C"},
            "C": {"Type": "Pass", "Result": [first, second], "End": true}}}})
    };
    let reference = json!({"Ref": "T"});
    for (properties, kept) in [
        // `${` and `T}` come together as no function.
        (join(json!(["${T} ", reference, " ${T2}${T}"])), json!({"T3": reference})),
        (join(json!([reference, "$", "{T}"])), json!({"T2": reference})),
        (object(reference.clone(), json!("${T}")), json!({"T2": reference})),
        (object(json!("${T} ${Other}"), reference.clone()), json!({"T2": reference})),
        (
            json!({"DefinitionString": {"Fn::Sub": format!("{before}${{!T}} ${{T}}{after}")}}),
            json!({"T2": reference}),
        ),
        (object(reference.clone(), json!("${Other}")), json!({"T": reference})),
    ] {
        let template = json!({"Resources": {"M": {
            "Type": "AWS::Serverless::StateMachine", "Properties": properties}}});
        let source = Source::read(&template.to_string()).unwrap();
        let Definition::Here(text) = &source.machines[0].definition else { panic!("{template}") };
        let names: serde_json::Map<String, Value> =
            text.placeholders.list().iter().map(|it| (it.name.clone(), it.is.clone())).collect();
        assert_eq!(Value::Object(names), kept, "{template}");
        let same: Value = serde_json::from_str(&text.text).unwrap();
        let again: Value = serde_json::from_str(&source.with_definition(text, &same)).unwrap();
        assert_eq!(joined(&again), joined(&template));
    }
}

/// A template with the texts that follow each other in a `Fn::Join` as one.
fn joined(value: &Value) -> Value {
    match value {
        Value::Array(elements) => {
            let mut all: Vec<Value> = Vec::new();
            for element in elements {
                match (all.last_mut(), element) {
                    (Some(Value::String(before)), Value::String(text)) if elements.len() > 2 => {
                        before.push_str(text);
                    }
                    _ => all.push(joined(element)),
                }
            }
            Value::Array(all)
        }
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), joined(value))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

#[test]
fn every_byte_outside_of_a_definition_stays() {
    let machines = [
        (
            r#""Definition": "#,
            r#"{"StartAt": "N", "States": {"N": {"Type": "Pass", "Next": "C"}, "C": {"Type": "Succeed"}}}"#,
            r#"{
          "StartAt": "C",
          "States": {
            "C": {
              "Type": "Succeed"
            }
          }
        }"#,
        ),
        (
            r#""DefinitionString":"#,
            r#"{"Fn::Sub": "{\"StartAt\": \"N\", \"States\": {\"N\": {\"Type\": \"Pass\", \"Next\": \"C\"}, \"C\": {\"Type\": \"Succeed\"}}}"}"#,
            r#"{
          "Fn::Sub": "{\"StartAt\":\"C\",\"States\":{\"C\":{\"Type\":\"Succeed\"}}}"
        }"#,
        ),
    ];
    for (field, definition, rewritten) in machines {
        let text = |definition: &str| {
            [
                "{ \"Metadata\": [12345678901234567890123, 1.50, 1e3, \"\\u00e9\\/\"],\n  \"Resources\": {\n    \"M\": {\n",
                "      \"Type\": \"AWS::Serverless::StateMachine\",\n      \"Properties\": {\n        ",
                field,
                definition,
                ",\n        \"Tags\":{} }}}\n}\n\n",
            ]
            .concat()
        };
        let source = Source::read(&text(definition)).unwrap();
        let Definition::Here(here) = &source.machines[0].definition else { panic!("{field}") };
        let found = examined_as(&here.text, ExecutionType::Standard, Some(&here.placeholders));
        let (_, value) = found.rewritten.unwrap();
        assert_eq!(source.with_definition(here, &value), text(rewritten));
    }
}

#[test]
fn a_number_that_the_template_fills_in_is_no_error_and_stays() {
    let call = |timeout: Value| {
        json!({"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage",
        "TimeoutSeconds": timeout, "Parameters": {"QueueUrl": "q", "MessageBody": "m"}, "End": true})
    };
    let choice = json!({"Fn::If": ["Loud", 5, 60]});
    let check = |timeout: Value, is_wrong: bool| {
        let template = json!({"Resources": {"M": {"Type": "AWS::Serverless::StateMachine",
            "Properties": {"Definition": {"StartAt": "N", "States": {
                "N": {"Type": "Pass", "Next": "Call"}, "Call": call(timeout)}}}}}});
        let source = Source::read(&template.to_string()).unwrap();
        let Definition::Here(text) = &source.machines[0].definition else { panic!("{template}") };
        let found = examined_as(&text.text, ExecutionType::Standard, Some(&text.placeholders));
        assert_eq!(!found.diagnostics.is_empty(), is_wrong, "{:?}", found.diagnostics);
        assert_eq!(found.rewritten, None);
        found
    };
    let found = check(choice, false);
    assert_eq!(found.filled_in, ["/States/Call/TimeoutSeconds"]);
    assert!(found.findings.iter().all(|it| it.code.as_str() != "TASK_WITHOUT_TIMEOUT"));
    assert!(found.findings.iter().all(|it| it.position.is_some()));
    assert_eq!(found.trial.unwrap().unwrap().succeeded, 1);
    // A text stays a text, whatever is substituted in it.
    assert_eq!(check(json!("${Timeout}"), true).filled_in, Vec::<String>::new());
}
