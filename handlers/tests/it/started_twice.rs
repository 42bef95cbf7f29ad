//! An asynchronous Express execution may run more than once.

use std::collections::BTreeSet;

use atlas_core::Outcome;
use atlas_local::{Code, Deployment, Setup};
use definitions::call;

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
