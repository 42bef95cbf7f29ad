//! Each page, run from its first command to its last.

use super::{
    page::{Block, all, blocks, read},
    place::{Place, asks_a_server},
    runbook,
};

/// A test of its own for each page.
macro_rules! pages {
    ($($claim:ident: $page:literal,)*) => {
        const PAGES: &[&str] = &[$($page),*];
        $(#[test]
        fn $claim() {
            check($page);
        })*
    };
}

pages! {
    the_commands_of_the_readme_run: "README.md",
    the_commands_about_benchmarks_run: "docs/benchmarks.md",
    the_commands_about_the_console_run: "docs/console.md",
    the_commands_about_contributing_run: "docs/contributing.md",
    the_commands_about_costs_run: "docs/cost.md",
    the_commands_about_data_run: "docs/data.md",
    the_commands_about_deploying_run: "docs/deploying.md",
    the_commands_about_developing_run: "docs/developing.md",
    the_commands_about_extending_run: "docs/extending.md",
    the_commands_about_the_doctor_run: "docs/doctor.md",
    the_commands_about_figures_run: "docs/figures.md",
    the_commands_about_importing_run: "docs/importing.md",
    the_commands_about_operating_run: "docs/operating.md",
    the_commands_about_packaging_run: "docs/packaging.md",
    the_commands_about_personal_data_run: "docs/personal-data.md",
    the_commands_about_profiling_run: "docs/profiling.md",
    the_commands_about_running_run: "docs/running.md",
    the_commands_about_the_sandbox_run: "docs/sandbox.md",
}

/// A machine of the tests of `atlas-import`.
macro_rules! imported {
    ($file:literal) => {
        include_str!(concat!("../../../../atlas-import/tests/machines/", $file))
    };
}

/// What pages take for granted: page, file, content.
const FILES: &[(&str, &str, &str)] = &[
    ("docs/developing.md", "machine.asl.json", MACHINE),
    ("docs/developing.md", "template.asl.json", TEMPLATE),
    ("docs/developing.md", "MockConfigFile.json", MOCKS),
    ("docs/developing.md", "input.json", r#"{"n": 2}"#),
    ("docs/developing.md", "state.json", STATE),
    ("docs/importing.md", "lead-to-call.asl.json", imported!("lead-to-call.asl.json")),
    ("docs/importing.md", "cdk.template.json", imported!("cdk.template.json")),
    ("docs/importing.md", "cloudformation.yaml", imported!("cloudformation.yaml")),
    ("docs/personal-data.md", "number.txt", "+14155550123\n"),
    ("docs/personal-data.md", "address.txt", "ada@example.com\n"),
];

const MACHINE: &str = r#"{"StartAt": "Which", "States": {
    "Which": {"Type": "Choice", "Default": "Call",
        "Choices": [{"Variable": "$.n", "IsPresent": true, "Next": "Rest"}]}, "Call": {"Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"},
    "Retry": [{"ErrorEquals": ["States.TaskFailed"], "MaxAttempts": 2}],
    "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Rest"}], "Next": "Rest"},
    "Rest": {"Type": "Wait", "Seconds": 0, "End": true}}}"#;
const TEMPLATE: &str = r#"{"StartAt": "Name", "States": {"Name": {"Type": "Pass",
    "Result": {"TableName": "${TableName}"}, "End": true}}}"#;
const MOCKS: &str = r#"{"StateMachines": {"machine": {"TestCases": {"Outage": {"Call": "Down"}}}},
    "MockedResponses": {"Down": {"0-2": {"Throw": {"Error": "Down", "Cause": "an outage"}}}}}"#;
const STATE: &str = r#"{"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true,
    "Parameters": {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/000000000000/q", "MessageBody.$": "$"}}"#;

/// How the server was started that a page asks, beside that it skips waits: page, arguments.
const SERVERS: &[(&str, &[&str])] =
    &[("docs/developing.md", &["--mocks", "definitions/MockConfigFile.json"])];

/// The blocks that no test runs: page, why. Each costs the reader's trust, so there are few.
const NOT_TRIED: &[(&str, &str)] = &[
    ("docs/benchmarks.md", "minutes, with other programs that have to be installed"),
    ("docs/contributing.md", "it installs programs, which takes minutes"),
    ("docs/doctor.md", "they ask AWS"),
    ("docs/doctor.md", "they ask AWS"),
    ("docs/deploying.md", "this needs an account"),
    ("docs/deploying.md", "this needs an account"),
    ("docs/deploying.md", "this needs an account"),
    ("docs/figures.md", "it needs the packages of a release build"),
    ("docs/packaging.md", "a release build takes minutes"),
];

fn check(page: &str) {
    let blocks = blocks(&read(page));
    let tried: Vec<&Block> =
        blocks.iter().filter(|block| block.reason_against().is_none()).collect();
    let asks_aws_cli = |block: &&Block| block.text.lines().any(|line| line.starts_with("aws "));
    if tried.iter().any(asks_aws_cli) && beside::peer("ATLAS_BOTO3_PYTHON").is_none() {
        return;
    }
    let mut place = Place::new(page);
    for (_, name, content) in FILES.iter().filter(|(of, ..)| *of == page) {
        place.folder.write(name, content);
    }
    if asks_a_server(&blocks) {
        let more = SERVERS.iter().find(|(of, _)| *of == page).map_or(&[][..], |(_, more)| more);
        place = place.serving(&[&["--skip-waits"], more].concat());
    }
    let ran = place.run(&tried);
    assert_eq!(ran.code, 0, "{page}\n{}\n{}", ran.out, ran.err);
    assert!(!ran.err.contains("panicked"), "{page}\n{}", ran.err);
}

#[test]
fn every_page_with_commands_has_a_test() {
    let mut tested: Vec<&str> = PAGES.to_vec();
    tested.push(runbook::PAGE);
    tested.sort_unstable();
    let with_commands: Vec<String> =
        all().into_iter().filter(|page| !blocks(&read(page)).is_empty()).collect();
    assert_eq!(with_commands, tested);
}

#[test]
fn every_block_that_no_test_runs_is_known() {
    let mut found = Vec::new();
    for page in all() {
        for block in blocks(&read(&page)) {
            let why = block.reason_against().map(str::to_owned);
            found.extend(why.map(|why| (page.clone(), why)));
        }
    }
    let known = NOT_TRIED.iter().map(|(page, why)| ((*page).to_owned(), (*why).to_owned()));
    let mut known: Vec<_> = known.collect();
    found.sort_unstable();
    known.sort_unstable();
    assert_eq!(found, known);
}
