//! The calls to Step Functions against the server of this project, and against moto where it runs.

use atlas_server::{App, AppOptions, Guard, router, serve};
use aws_config::SdkConfig;
use aws_sdk_sfn::{
    Client,
    error::ProvideErrorMetadata,
    operation::describe_execution::DescribeExecutionOutput,
    types::{ExecutionStatus, HistoryEvent, StateMachineType},
};
use definitions::contract::{CallOutcome, CallbackToken, Intake};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{Callbacks, Executions, Sent, Started, StepFunctions, WorkflowError};
use crate::{
    against_peers::{client_config, unique},
    connect::unknown_outcome,
    lex::StepFunctionsWorkflow,
    lex_fulfillment::Workflow,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Served {
    ByAtlas,
    /// It knows less than AWS: it does not check names, takes callbacks that come too late as long as
    /// the execution runs, and forgets tokens when it ends.
    ByMoto,
}

struct Service {
    served: Served,
    config: SdkConfig,
    client: Client,
    steps: StepFunctions,
}

/// Holds a claim to each.
async fn on_each(claim: impl AsyncFn(Service)) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(serve(listener, router(App::new(AppOptions::default()), Guard::of_loopback())));
    let moto = beside::peer("ATLAS_MOTO_ENDPOINT");
    for (served, endpoint) in [(Served::ByAtlas, Some(endpoint)), (Served::ByMoto, moto)] {
        let Some(endpoint) = endpoint else { continue };
        println!("served {served:?}");
        let config = client_config(&endpoint).await;
        let client = Client::new(&config);
        claim(Service { served, config, steps: StepFunctions::new(client.clone()), client }).await;
    }
}

/// An execution that has asked for a callback.
struct Waiting {
    execution_arn: String,
    token: CallbackToken,
}

impl Service {
    async fn create(&self, name: &str, kind: StateMachineType, definition: &Value) -> String {
        let create = self.client.create_state_machine().name(unique(name)).r#type(kind);
        let create = create.definition(definition.to_string());
        let created = create.role_arn("arn:aws:iam::123456789012:role/machine").send().await;
        created.unwrap().state_machine_arn
    }

    /// A machine that runs until it is stopped.
    async fn create_resting(&self) -> String {
        let definition = json!({
            "StartAt": "Rest",
            "States": { "Rest": { "Type": "Wait", "Seconds": 600, "End": true } },
        });
        self.create("rests", StateMachineType::Standard, &definition).await
    }

    /// What a task can hand its token to here; nobody has to take it.
    async fn receiver(&self) -> (&'static str, Value) {
        match self.served {
            Served::ByAtlas => {
                let takes =
                    json!({ "StartAt": "Take", "States": { "Take": { "Type": "Succeed" } } });
                let machine = self.create("takes", StateMachineType::Standard, &takes).await;
                let parameters =
                    json!({ "StateMachineArn": machine, "Input": { "token.$": "$$.Task.Token" } });
                ("states:startExecution", parameters)
            }
            Served::ByMoto => {
                let create = aws_sdk_sqs::Client::new(&self.config).create_queue();
                let created = create.queue_name(unique("tokens")).send().await.unwrap();
                let body = json!({ "token.$": "$$.Task.Token" });
                ("sqs:sendMessage", json!({ "QueueUrl": created.queue_url, "MessageBody": body }))
            }
        }
    }

    /// Starts a machine with a task that waits for its token; `limits` are fields of that task.
    async fn wait_for_a_callback(&self, limits: Value) -> Waiting {
        let (action, parameters) = self.receiver().await;
        let mut ask = json!({
            "Type": "Task",
            "Resource": format!("arn:aws:states:::{action}.waitForTaskToken"),
            "Parameters": parameters,
            "Catch": [{ "ErrorEquals": ["States.Timeout"], "Next": "TooLate" }],
            "End": true,
        });
        ask.as_object_mut().unwrap().extend(limits.as_object().unwrap().clone());
        let asks = json!({
            "StartAt": "Ask",
            "States": { "Ask": ask, "TooLate": { "Type": "Wait", "Seconds": 600, "End": true } },
        });
        let machine = self.create("asks", StateMachineType::Standard, &asks).await;
        let started = self.steps.start_execution(&machine, Some("asking"), &json!({})).await;
        let Started::Running(execution_arn) = started.unwrap() else { panic!("the name is new") };
        self.happened(&execution_arn, |event| event.task_submitted_event_details.is_some()).await;
        let scheduled = |event: &HistoryEvent| event.task_scheduled_event_details.is_some();
        let scheduled = self.happened(&execution_arn, scheduled).await;
        let details = scheduled.task_scheduled_event_details.unwrap();
        let parameters: Value = serde_json::from_str(details.parameters()).unwrap();
        let token =
            ["Input", "MessageBody"].iter().find_map(|field| parameters[field].get("token"));
        let token = serde_json::from_value(token.unwrap().clone()).unwrap();
        Waiting { execution_arn, token }
    }

    /// The execution, once it has ended.
    async fn ended(&self, execution_arn: &str) -> DescribeExecutionOutput {
        loop {
            let execution = self.client.describe_execution().execution_arn(execution_arn);
            let execution = execution.send().await.unwrap();
            if *execution.status() != ExecutionStatus::Running {
                return execution;
            }
        }
    }

    /// An event of the execution, once it has happened. Each question waits for its answer; none of
    /// these services tells by itself.
    async fn happened(
        &self,
        execution_arn: &str,
        is_it: impl Fn(&HistoryEvent) -> bool,
    ) -> HistoryEvent {
        loop {
            let history = self.client.get_execution_history().execution_arn(execution_arn);
            let events = history.send().await.unwrap().events;
            if let Some(event) = events.iter().find(|event| is_it(event)) {
                return event.clone();
            }
            let last = events.last().unwrap();
            assert!(last.execution_failed_event_details.is_none(), "{last:?}");
        }
    }

    async fn stop(&self, execution_arn: &str) {
        self.client.stop_execution().execution_arn(execution_arn).send().await.unwrap();
    }
}

fn outcome() -> CallOutcome {
    unknown_outcome(Some("c-1"), "test")
}

#[tokio::test]
async fn a_name_is_started_once() {
    on_each(async |service| {
        let machine = service.create_resting().await;
        let start = async |name: Option<&str>, input: Value| {
            service.steps.start_execution(&machine, name, &input).await.unwrap()
        };
        let first = start(Some("call-1"), json!({"n": 1})).await;
        let Started::Running(arn) = &first else { panic!("the name is new") };
        assert!(arn.ends_with(":call-1"), "{arn}");
        // While it runs, the same start is the same execution.
        assert_eq!(start(Some("call-1"), json!({"n": 1})).await, first);
        assert_eq!(start(Some("call-1"), json!({"n": 2})).await, Started::AlreadyExists);
        let Started::Running(other) = start(None, json!({"n": 1})).await else {
            panic!("it has no name that was there")
        };
        assert_ne!(other, *arn);
        service.stop(arn).await;
        service.ended(arn).await;
        assert_eq!(start(Some("call-1"), json!({"n": 1})).await, Started::AlreadyExists);
        service.stop(&other).await;
    })
    .await;
}

#[tokio::test]
async fn a_start_that_stays_wrong_is_refused_by_name() {
    on_each(async |service| {
        let machine = service.create_resting().await;
        let check = async |arn: &str, name: &str, refusal: &str| {
            let started = service.steps.start_execution(arn, Some(name), &json!({})).await;
            assert_eq!(started, Err(WorkflowError::Refused(refusal.to_owned())));
        };
        check(&format!("{machine}-none"), "a", "StateMachineDoesNotExist").await;
        check("no-arn", "a", "InvalidArn").await;
        if service.served == Served::ByAtlas {
            check(&machine, "a b", "InvalidName").await;
        }
    })
    .await;
}

#[tokio::test]
async fn the_chat_starts_the_machine_and_does_no_harm_twice() {
    on_each(async |service| {
        let sample = definitions::sample_lead(definitions::CASES[0]);
        let intake: Intake = serde_json::from_str(sample).unwrap();
        let passes = json!({ "StartAt": "Pass", "States": { "Pass": { "Type": "Succeed" } } });
        // An Express machine runs twice; a Standard one has the name already.
        for kind in [StateMachineType::Express, StateMachineType::Standard] {
            let machine = service.create("lead-to-call", kind, &passes).await;
            let workflow = StepFunctionsWorkflow::new(service.client.clone(), machine.clone());
            workflow.start(&intake).await.unwrap();
            workflow.start(&intake).await.unwrap();
        }
        let resting = service.create_resting().await;
        let absent = StepFunctionsWorkflow::new(service.client.clone(), format!("{resting}-none"));
        assert_eq!(absent.start(&intake).await.unwrap_err().0, "StateMachineDoesNotExist");
    })
    .await;
}

#[tokio::test]
async fn a_callback_gives_the_step_its_result() {
    on_each(async |service| {
        let Waiting { execution_arn, token } = service.wait_for_a_callback(json!({})).await;
        let send = async || service.steps.send_task_success(&token, &outcome()).await;
        assert_eq!(send().await, Ok(Sent::Delivered));
        let ended = service.ended(&execution_arn).await;
        assert_eq!(*ended.status(), ExecutionStatus::Succeeded);
        let output: Value = serde_json::from_str(ended.output().unwrap()).unwrap();
        assert_eq!(output, serde_json::to_value(outcome()).unwrap());
        if service.served == Served::ByAtlas {
            assert_eq!(send().await, Ok(Sent::Closed), "a second callback is done, too");
        }
    })
    .await;
}

#[tokio::test]
async fn a_callback_of_a_step_that_has_timed_out_is_closed() {
    on_each(async |service| {
        if service.served == Served::ByMoto {
            return;
        }
        for limits in [json!({"TimeoutSeconds": 1}), json!({"HeartbeatSeconds": 1})] {
            let Waiting { execution_arn, token } = service.wait_for_a_callback(limits).await;
            let is_too_late = |event: &HistoryEvent| {
                let entered = event.state_entered_event_details();
                entered.is_some_and(|entered| entered.name() == "TooLate")
            };
            service.happened(&execution_arn, is_too_late).await;
            let sent = service.steps.send_task_success(&token, &outcome()).await;
            assert_eq!(sent, Ok(Sent::Closed));
            service.stop(&execution_arn).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_token_that_nobody_gave_out_is_named_so() {
    on_each(async |service| {
        let token = serde_json::from_value(json!("AAAAKgAAAAIAAAAA")).unwrap();
        let sent = service.steps.send_task_success(&token, &outcome()).await;
        assert_eq!(sent, Err(WorkflowError::InvalidToken));
        let failed = service.client.send_task_failure().task_token(token.reveal()).send().await;
        assert_eq!(failed.unwrap_err().code(), Some("InvalidToken"));
    })
    .await;
}

#[tokio::test]
async fn a_failure_ends_the_step_under_its_name() {
    on_each(async |service| {
        let Waiting { execution_arn, token } = service.wait_for_a_callback(json!({})).await;
        let fail = service.client.send_task_failure().task_token(token.reveal());
        fail.error("Connect.NotPermitted").send().await.unwrap();
        let ended = service.ended(&execution_arn).await;
        assert_eq!(*ended.status(), ExecutionStatus::Failed);
        assert_eq!(ended.error(), Some("Connect.NotPermitted"));
    })
    .await;
}

#[tokio::test]
async fn a_service_that_is_not_there_is_unavailable() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let client = Client::new(&client_config(&format!("http://{nobody}")).await);
    let steps = StepFunctions::new(client);
    let unavailable = WorkflowError::Unavailable("DispatchFailure".to_owned());
    let started = steps.start_execution("arn", None, &json!({})).await;
    assert_eq!(started, Err(unavailable.clone()));
    let token = serde_json::from_value(json!("T1")).unwrap();
    assert_eq!(steps.send_task_success(&token, &outcome()).await, Err(unavailable));
}
