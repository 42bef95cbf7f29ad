//! Files as teams have them.

use std::{fs, path::Path};

use atlas_import::{Definition, Source};
use expect_test::{Expect, expect};

use crate::examining::{examined_as, told};

/// What is found in each machine of a file, each with its line.
#[expect(clippy::needless_pass_by_value, reason = "as everywhere with expectations")]
fn check(file: &str, expected: Expect) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/machines").join(file);
    let source = Source::read(&fs::read_to_string(path).unwrap()).unwrap();
    let mut all = String::new();
    for machine in &source.machines {
        let name = machine.name.as_deref().unwrap_or("-");
        let execution_type = machine.execution_type.unwrap_or_default();
        all += &format!("{name} {}\n", execution_type.as_str());
        let text = match &machine.definition {
            Definition::Here(text) => text,
            Definition::File { path, at } => {
                all += &format!("{} in {path}\n", at.line);
                continue;
            }
            Definition::Elsewhere { words, at } => {
                all += &format!("{} {words}\n", at.line);
                continue;
            }
        };
        let found = examined_as(
            &text.text,
            execution_type,
            source.is_template.then_some(&text.placeholders),
        );
        let line = |pointer: &str, within| text.place(pointer, within).map_or(0, |it| it.line);
        for diagnostic in &found.diagnostics {
            all += &format!("{} {diagnostic}\n", line(&diagnostic.pointer, diagnostic.position));
        }
        for finding in &found.findings {
            all += &format!("{} {}", line(&finding.pointer, finding.position), told(finding));
        }
        let trial = found.trial.unwrap().unwrap();
        assert_eq!(trial.differences, [], "{file}");
        all += &format!("{} cases, {} succeed\n", trial.cases, trial.succeeded);
        if let Some(timed) = trial.timed {
            all += &format!(
                "{} ms, then {} ms; {} transitions, then {}\n",
                timed.original_millis,
                timed.rewritten_millis,
                timed.original_entered,
                timed.rewritten_entered
            );
        }
    }
    expected.assert_eq(&all);
}

#[test]
fn the_sequential_pipeline_is_told_what_our_two_machines_do() {
    check(
        "lead-to-call.asl.json",
        expect![[r#"
            - STANDARD
            5 TASK_WITHOUT_TIMEOUT no `TimeoutSeconds` bounds `CreateLead`, `SaveLead`, `GenerateScenario`, `UpdateLead`, nor the machine (advice only)
            5 NO_RETRY_FOR_TRANSIENT_ERRORS one `Lambda.ServiceException`, `Lambda.AWSLambdaException`, `Lambda.SdkClientException`, `Lambda.TooManyRequestsException` fails `CreateLead`, `GenerateScenario`, `UpdateLead`: nothing retries it (to confirm)
              the functions of `CreateLead`, `GenerateScenario`, `UpdateLead` bear it to be called twice with the same input: some of these errors come after one has run
            5 NO_CATCH_ALL nobody catches `States.ALL` of `CreateLead`, `SaveLead`, `InvokeOutboundCall`, `UpdateLead` (advice only)
            82 CALLBACK_WITHOUT_TIMEOUT a token that is never sent back holds `InvokeOutboundCall`, and with it the execution, for up to a year (advice only)
            82 NO_RETRY_FOR_TRANSIENT_ERRORS one `Lambda.ServiceException`, `Lambda.AWSLambdaException`, `Lambda.SdkClientException`, `Lambda.TooManyRequestsException` fails `InvokeOutboundCall`: nothing retries it (advice only)
            5 SEQUENTIAL_STATES `CreateLead` then `SaveLead` and `GenerateScenario` need nothing of each other, and run one behind the other (to confirm)
              `SaveLead` may be left out where `GenerateScenario` fails first
              `GenerateScenario` is called even where `CreateLead` or `SaveLead` fails, or before that has ended
            44 UNREAD_RESULT nobody reads `$.saved`, which `SaveLead` sets, and it is gone before the end (safe)
            82 SPLIT_BEFORE_WAIT `InvokeOutboundCall` needs STANDARD; `CreateLead`, `SaveLead`, `GenerateScenario` before it do not (advice only)
            20 cases, 7 succeed
            60610 ms, then 60410 ms; 5 transitions, then 7
        "#]],
    );
}

#[test]
fn a_sam_application_with_definitions_in_files_and_in_the_template() {
    check(
        "sam-app.yaml",
        expect![[r#"
        OrderWorkflow STANDARD
        10 in statemachine/order.asl.json
        NotifyWorkflow EXPRESS
        29 NO_CATCH_ALL nobody catches `States.ALL` of `Publish`, `Remember` (advice only)
        26 PASS_WITHOUT_EFFECT `Prepare` hands on what it is given, and does nothing else (safe)
        3 cases, 1 succeed
        40 ms, then 40 ms; 3 transitions, then 2
    "#]],
    );
    check(
        "statemachine/order.asl.json",
        expect![[r#"
            - STANDARD
            4 NO_CATCH_ALL nobody catches `States.ALL` of `GetCustomer`, `GetStock` (advice only)
            1 STANDARD_COULD_BE_EXPRESS nothing here needs STANDARD: no callback, job, activity or distributed map, and it takes about 220 ms; its timeouts allow 30 s (advice only)
            4 SEQUENTIAL_STATES `GetCustomer` and `GetStock` need nothing of each other, and run one behind the other (safe)
            39 DIRECT_LAMBDA_ARN `Reserve` names a function's ARN as its `Resource` (advice only)
            44 UNREAD_RESULT nobody reads `$.reservation`, which `Reserve` sets, and it is gone before the end (safe)
            6 cases, 2 succeed
            220 ms, then 210 ms; 5 transitions, then 6
        "#]],
    );
}

#[test]
fn a_template_that_the_cdk_wrote() {
    check(
        "cdk.template.json",
        expect![[r#"
            ReportMachineE5F60718 STANDARD
            8 NO_CATCH_ALL nobody catches `States.ALL` of `Start job`, `Ask`, `Send` (advice only)
            8 NO_RETRY_FOR_TRANSIENT_ERRORS one `Lambda.TooManyRequestsException` fails `Send`: nothing retries it (to confirm)
              the functions of `Send` bear it to be called twice with the same input: some of these errors come after one has run
            8 POLLING_LOOP `Ask` asks every 60 s, behind `Wait a minute`, until it is done (advice only)
            8 PASS_WITHOUT_EFFECT `Nothing` hands on what it is given, and does nothing else (safe)
            15 cases, 1 succeed
            60400 ms, then 60400 ms; 6 transitions, then 5
        "#]],
    );
}

#[test]
fn a_definition_in_a_text_of_a_template() {
    check(
        "cloudformation.yaml",
        expect![[r#"
            Approval STANDARD
            18 TASK_WITHOUT_TIMEOUT no `TimeoutSeconds` bounds `Check`, nor the machine (advice only)
            18 NO_RETRY_FOR_TRANSIENT_ERRORS one `Lambda.ServiceException`, `Lambda.AWSLambdaException`, `Lambda.SdkClientException`, `Lambda.TooManyRequestsException` fails `Check`: nothing retries it (to confirm)
              the functions of `Check` bear it to be called twice with the same input: some of these errors come after one has run
            28 CALLBACK_WITHOUT_TIMEOUT a token that is never sent back holds `Approve`, and with it the execution, for up to a year (advice only)
            28 NO_CATCH_ALL nobody catches `States.ALL` of `Approve`, `Check` (advice only)
            14 SEQUENTIAL_MAP `Items` takes one item after the other (advice only)
            20 DIRECT_LAMBDA_ARN `Check` names a function's ARN as its `Resource` (advice only)
            7 cases, 1 succeed
            60400 ms, then 60400 ms; 4 transitions, then 4
            Elsewhere STANDARD
            44 its `DefinitionS3Location` says that it is in S3; download the object and name that file
        "#]],
    );
}

#[test]
fn a_definition_in_yaml() {
    check(
        "variables.asl.yaml",
        expect![[r#"
            - STANDARD
            5 NO_RETRY_FOR_TRANSIENT_ERRORS one `Lambda.ServiceException`, `Lambda.AWSLambdaException`, `Lambda.SdkClientException`, `Lambda.TooManyRequestsException` fails `Score`: nothing retries it (to confirm)
              the functions of `Score` bear it to be called twice with the same input: some of these errors come after one has run
            5 NO_CATCH_ALL nobody catches `States.ALL` of `Score`, `Explain`, `Enrich` (advice only)
            2 STANDARD_COULD_BE_EXPRESS nothing here needs STANDARD: no callback, job, activity or distributed map, and it takes about 2500 ms; its timeouts allow 50 s (advice only)
            5 SEQUENTIAL_STATES `Score` then `Explain` and `Enrich` need nothing of each other, and run one behind the other (to confirm)
              `Explain` may be left out where `Enrich` fails first
              `Enrich` is called even where `Score` or `Explain` fails, or before that has ended
            11 cases, 4 succeed
            2500 ms, then 2200 ms; 5 transitions, then 6
        "#]],
    );
}
