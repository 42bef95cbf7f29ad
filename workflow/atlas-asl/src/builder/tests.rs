//! What the parts of the builder make together.

use serde_json::json;

use super::*;
use crate::{
    diagnostic::Code,
    model::ExecutionType,
    render::to_value,
    validate::{NoContract, validate},
};

shape! {
    /// What a dial step takes.
    pub struct Call, CallArguments {
        /// The number.
        pub number: String,
        /// Whom to ask for.
        pub extension: Option<String>,
        /// The callback's token.
        pub token: String,
    }
}

raises! {
    /// What it can raise.
    pub(super) enum DialError {
        /// Nobody there.
        NoAnswer = "Dial.NoAnswer",
    }
}

struct Dial;

impl Step for Dial {
    const HANDLER: &'static str = "Dial";
    type Input = Call;
    type Output = String;
    type Error = DialError;
}

impl CallbackStep for Dial {}

const ANSWER: Variable<String> = Variable::new("answer");

fn dial() -> Machine<Standard, Call, String> {
    Machine::standard().start("Dial", |call: Expr<Call>| {
        Task::lambda(Dial)
            .wait_for_task_token(|token| CallArguments {
                number: call.number(),
                extension: None,
                token: token.cast(),
            })
            .timeout_seconds(60)
            .catch_all(Catch::on_all().assign(&ANSWER, |failure| failure.error()).next("Rest"))
            .catch(Catch::on([DialError::NoAnswer]).next("Rest"))
            .retry_all(Retry::on_all().max_attempts(1))
            .retry(Retry::on_lambda_transient().max_attempts(2).full_jitter())
            .end()
    })
}

#[test]
fn a_callback_task_renders_with_what_catches_everything_last() {
    let machine = dial().state("Rest", Wait::seconds(5).output(ANSWER.get()).end());
    assert_eq!(
        to_value(&machine.build()),
        json!({
            "QueryLanguage": "JSONata",
            "StartAt": "Dial",
            "States": {
                "Dial": {
                    "Type": "Task",
                    "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
                    "Arguments": {
                        "FunctionName": "${DialArn}",
                        "Payload": {
                            "number": "{% $states.input.number %}",
                            "token": "{% $states.context.Task.Token %}"
                        }
                    },
                    "TimeoutSeconds": 60,
                    "Retry": [
                        {
                            "ErrorEquals": LAMBDA_TRANSIENT_ERRORS,
                            "MaxAttempts": 2,
                            "JitterStrategy": "FULL"
                        },
                        {"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}
                    ],
                    "Catch": [
                        {"ErrorEquals": ["Dial.NoAnswer"], "Next": "Rest"},
                        {
                            "ErrorEquals": ["States.ALL"],
                            "Assign": {"answer": "{% $states.errorOutput.Error %}"},
                            "Next": "Rest"
                        }
                    ],
                    "End": true
                },
                "Rest": {"Type": "Wait", "Seconds": 5, "Output": "{% $answer %}", "End": true}
            }
        })
    );
}

#[test]
fn what_a_name_or_a_raw_expression_gets_wrong_the_validator_says() {
    let check = |machine: Machine<Standard, Call, String>, code: Code, pointer: &str| {
        let found = validate(&machine.build(), ExecutionType::Standard, &NoContract);
        let at = |code| found.iter().any(|one| one.code == code && one.pointer == pointer);
        assert!(at(code), "no {code} at {pointer} in {found:?}");
    };
    let rest = || Wait::seconds(5).output(ANSWER.get());
    check(dial(), Code::MissingTransitionTarget, "/States/Dial/Catch/0/Next");
    check(
        dial().state("Rest", rest().end()).state("Island", rest().end()),
        Code::MissingTransitionTarget,
        "/States/Island",
    );
    check(
        dial().state("Rest", rest().end()).state("Rest", rest().end()),
        Code::DuplicateStateName,
        "/States/Rest",
    );
    check(
        dial().state("Rest", Succeed::output(Expr::<String>::raw("$answer &"))),
        Code::InvalidJsonataExpression,
        "/States/Rest/Output",
    );
}
