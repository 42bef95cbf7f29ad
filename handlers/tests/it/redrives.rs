//! A call's execution is stopped after the phone rang, and redriven before or after the call ended.

use std::{sync::Arc, time::Duration};

use atlas_core::Outcome;
use atlas_engine::Observer;
use atlas_local::{Code, Deployment, Services, Setup};
use definitions::{call, resources::CONTACT_EVENTS};
use handlers::functions::Handler;
use serde_json::json;
use tokio::sync::mpsc;

use crate::{
    deployed::{invoke, quick},
    lead::{Told, all_ended, start, told},
    payloads::{batch, contact_end, lead},
};

/// What happens once the phone has rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    /// Somebody stops the execution.
    Stop,
    /// Somebody redrives it.
    Redrive,
    /// The call ends, and its event comes.
    CallEnds,
}
use Deed::{CallEnds, Redrive, Stop};

/// Tells of each call that is placed and waits for its callback: by the ARN of its execution.
fn placed_calls() -> (Observer, mpsc::UnboundedReceiver<Arc<str>>) {
    let (tell, told) = mpsc::unbounded_channel();
    let observer: Observer = Arc::new(move |execution, event| {
        let is_call = execution.contains(&format!(":{}:", call::NAME));
        if is_call && event.event_type() == "TaskSubmitted" {
            let _gone = tell.send(Arc::clone(execution));
        }
    });
    (observer, told)
}

async fn check(deeds: &[Deed]) {
    let (observer, mut placed) = placed_calls();
    let mut setup = Setup { code: Code::InProcess, observer: Some(observer), ..quick(&[]) };
    if let Services::InProcess(options) = &mut setup.services {
        // The event that this test brings is the only one.
        options.connect.talk = Duration::from_secs(60 * 60);
    }
    let deployment = Deployment::start(setup).await.unwrap();
    let engine = deployment.engine();
    start(&engine, lead("redriven-1", "+14155550123"));
    let execution = placed.recv().await.unwrap();
    let mut is_over = false;
    for deed in deeds {
        match deed {
            Stop => {
                engine.stop(&execution, None, None).unwrap();
            }
            Redrive => {
                engine.redrive(&execution, None).unwrap();
                // Where the call goes on, the new token is stored before the event comes.
                if !is_over {
                    placed.recv().await.unwrap();
                }
            }
            CallEnds => {
                is_over = true;
                let counters = deployment.sandbox().unwrap().counters();
                let contact = counters["contacts"].as_object().unwrap().keys().next().unwrap();
                let event = contact_end(contact).to_string();
                let batch = batch(CONTACT_EVENTS.name, [("m-1", event)]);
                let answer = invoke(&deployment, Handler::CallEnded, batch).await;
                assert_eq!(answer, Ok(json!({"batchItemFailures": []})), "{deeds:?}");
            }
        }
    }
    let outcome = engine.wait(&execution).await.unwrap();
    assert!(matches!(outcome, Outcome::Succeeded { .. }), "{deeds:?}: {outcome:?}");
    all_ended(&engine).await;
    assert_eq!(told(&deployment), Told::answered(1), "{deeds:?}");
    deployment.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redrive_rings_nobody_again_and_reports_the_call_whenever_it_comes() {
    check(&[Stop, Redrive, CallEnds]).await;
    check(&[Stop, CallEnds, Redrive]).await;
    check(&[Stop, Redrive, Stop, Redrive, CallEnds]).await;
    check(&[Stop, Redrive, Stop, CallEnds, Redrive]).await;
    check(&[Stop, CallEnds, CallEnds, Redrive]).await;
}
