//! The machine runs, its handler answers, a channel hears of it; and the page shows this very code.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    sync::Arc,
    thread,
};

use atlas_asl::{model::ExecutionType, parse::parse, render::render};
use atlas_core::{Outcome, Payload};
use atlas_engine::{Engine, EngineOptions, StartRequest, Time};
use atlas_lambda::{Body, FunctionError, FunctionSettings, Functions, Invocation, LambdaTasks};
use handlers::functions::FunctionError as Raised;
use serde_json::json;

use super::{
    handler::{Deps, run},
    machine::definition,
    webhook::Webhook,
};
use crate::documents::page::read;

const PAGE: &str = "docs/extending.md";
const CODE: [&str; 4] = [
    include_str!("contract.rs"),
    include_str!("machine.rs"),
    include_str!("handler.rs"),
    include_str!("webhook.rs"),
];

/// A channel that answers so many requests with these status lines.
fn channel(answers: &'static [&'static str]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let head: Vec<String> =
                lines.map(Result::unwrap).take_while(|line| !line.is_empty()).collect();
            assert!(head[0].starts_with("PUT /notes/k-1 "), "{head:?}");
            write!(stream, "HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                .unwrap();
        }
    });
    address
}

async fn outcome(base: String) -> (Outcome, Vec<&'static str>) {
    let webhook = Webhook::new(reqwest::Client::new(), base);
    let deps = Arc::new(Deps { sales: Arc::new(webhook) });
    let handler = move |invocation: Invocation| {
        let deps = Arc::clone(&deps);
        async move {
            let input = serde_json::from_value(invocation.payload.value().clone()).unwrap();
            let answer = run(input, &deps).await.map_err(Raised::from);
            let answer = answer.map(|output| Body::from(serde_json::to_value(output).unwrap()));
            answer.map_err(|error| FunctionError::new(error.error_type, error.error_message))
        }
    };
    let mut functions = Functions::new();
    functions.add("NotifySalesHandler", FunctionSettings::default(), handler).unwrap();
    let runner = Arc::new(LambdaTasks::new(Arc::new(functions)));
    let engine = Engine::new(EngineOptions { runner, ..EngineOptions::default() });
    // As a deployment does.
    let text = render(&definition()).replace("${NotifySalesHandlerArn}", "NotifySalesHandler");
    let machine = parse(&text).machine.unwrap();
    engine.create_state_machine("Sales", ExecutionType::Standard, &machine).unwrap();
    let started = engine.start(StartRequest {
        state_machine: "Sales".to_owned(),
        name: None,
        input: Payload::from(
            json!({"interactionKey": "k-1", "leadId": "00Q1", "outcome": "ANSWERED"}),
        ),
        case: None,
        time: Time::SkippingWaits,
    });
    let execution = started.unwrap().execution_arn;
    let outcome = engine.wait(&execution).await.unwrap();
    let history = engine.history(&execution).unwrap();
    (outcome, history.iter().map(|event| event.event_type()).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_step_of_the_page_tells_the_channel_and_is_tried_again_where_that_refuses() {
    let (ended, events) = outcome(channel(&["503 Service Unavailable", "201 Created"])).await;
    assert!(matches!(ended, Outcome::Succeeded { .. }), "{ended:?}");
    let count = |name: &str| events.iter().filter(|event| **event == name).count();
    assert_eq!((count("TaskFailed"), count("TaskSucceeded")), (1, 1), "{events:?}");
}

#[test]
fn the_page_shows_the_code_that_is_tried() {
    let code = CODE.concat();
    let page = read(PAGE);
    let blocks: Vec<&str> =
        page.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() >= 4, "{} blocks", blocks.len());
    // What stands in the project's own crates is public there.
    let code = code.replace("pub(crate) ", "pub ");
    for block in blocks {
        assert!(code.contains(block), "it is in no file of the test:\n{block}");
    }
}
