//! An asynchronous Express execution may run more than once.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU32,
    sync::Arc,
};

use atlas_core::Outcome;
use atlas_engine::{DuplicateExpress, Observer};
use atlas_local::{Code, Deployment, Setup};
use definitions::{call, lead_to_call};
use tokio::sync::mpsc;

use crate::{
    deployed::quick,
    lead::{Told, all_ended, start, told},
    payloads::lead,
};

/// Runs it as often at once as each number says, one number after the other.
async fn check(runs: &[usize]) {
    let setup = Setup { code: Code::InProcess, ..quick(&[]) };
    let deployment = Deployment::start(setup).await.unwrap();
    let engine = deployment.engine();
    let mut calls = BTreeSet::new();
    for at_once in runs {
        let input = || lead("twice-1", "+14155550123");
        let started: Vec<_> = (0..*at_once).map(|_| start(&engine, input())).collect();
        for execution in started {
            let Outcome::Succeeded { output } = engine.wait(&execution).await.unwrap() else {
                panic!("{runs:?}: {execution} fails");
            };
            calls.insert(output.value()["callExecutionArn"].as_str().unwrap().to_owned());
        }
    }
    let ended = all_ended(&engine).await;
    assert!(ended.iter().all(|(_, status)| *status == "SUCCEEDED"), "{runs:?}: {ended:?}");
    let placed = ended.iter().filter(|(machine, _)| machine == call::NAME).count();
    assert_eq!((placed, calls.len()), (1, 1), "{runs:?}: {calls:?}");
    assert_eq!(told(&deployment), Told::answered(1), "{runs:?}");
    deployment.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_express_execution_that_runs_twice_rings_once() {
    check(&[2]).await;
    check(&[1, 1]).await;
    check(&[3, 2]).await;
}

/// Tells of each end of a run of the machine that takes the lead: its ARN.
fn ends() -> (Observer, mpsc::UnboundedReceiver<Arc<str>>) {
    let (tell, told) = mpsc::unbounded_channel();
    let observer: Observer = Arc::new(move |execution, event| {
        let is_lead = execution.contains(&format!(":express:{}:", lead_to_call::NAME));
        if is_lead && event.event_type() == "ExecutionSucceeded" {
            let _gone = tell.send(Arc::clone(execution));
        }
    });
    (observer, told)
}

#[tokio::test(flavor = "multi_thread")]
async fn leads_whose_executions_the_engine_runs_twice_ring_once_each() {
    const LEADS: usize = 6;
    let (observer, mut ended) = ends();
    // Some second runs come beside the first, others after it.
    let duplicate_express = Some(DuplicateExpress { one_in: NonZeroU32::MIN, seed: 1 });
    let setup =
        Setup { code: Code::InProcess, observer: Some(observer), duplicate_express, ..quick(&[]) };
    let deployment = Deployment::start(setup).await.unwrap();
    let engine = deployment.engine();
    let started: BTreeSet<String> = (0..LEADS)
        .map(|number| {
            start(&engine, lead(&format!("twice-{number}"), &format!("+1415555011{number}")))
        })
        .collect();
    let mut runs: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..2 * LEADS {
        let execution = ended.recv().await.unwrap();
        *runs.entry(execution.to_string()).or_default() += 1;
    }
    let expected: BTreeMap<String, usize> = started.into_iter().map(|arn| (arn, 2)).collect();
    assert_eq!(runs, expected);
    let ended = all_ended(&engine).await;
    assert!(ended.iter().all(|(_, status)| *status == "SUCCEEDED"), "{ended:?}");
    let placed = ended.iter().filter(|(machine, _)| machine == call::NAME).count();
    assert_eq!(placed, LEADS);
    assert_eq!(told(&deployment), Told::answered(LEADS));
    deployment.stop().await;
}
