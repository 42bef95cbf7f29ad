//! Contact events come early, late, twice, in any order, or never.

use std::time::Duration;

use atlas_local::{Code, Deployment, Services, Setup};
use tokio::task::JoinSet;

use crate::{
    deployed::quick,
    lead::{Told, all_ended, start, told},
    payloads::lead,
};

const LEADS: usize = 4;

async fn check(faults: &'static [&'static str]) {
    let mut setup = Setup { code: Code::InProcess, ..quick(faults) };
    if let Services::InProcess(options) = &mut setup.services {
        options.connect.talk = Duration::ZERO;
    }
    let deployment = Deployment::start(setup).await.unwrap();
    let engine = deployment.engine();
    for number in 0..LEADS {
        start(&engine, lead(&format!("events-{number}"), &format!("+1415555020{number}")));
    }
    let ended = all_ended(&engine).await;
    assert_eq!(ended.len(), 2 * LEADS, "{faults:?}: {ended:?}");
    assert!(ended.iter().all(|(_, status)| *status == "SUCCEEDED"), "{faults:?}: {ended:?}");
    assert_eq!(told(&deployment), Told::answered(LEADS), "{faults:?}");
    deployment.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn however_its_events_come_each_lead_is_rung_once_and_reported() {
    let checks: [&[&str]; 7] = [
        &[],
        &["contact-events:early:1"],
        &["contact-events:late:1"],
        &["contact-events:twice:1"],
        &["contact-events:out-of-order:1"],
        &["contact-events:never:1"],
        &["contact-events:early:1", "contact-events:twice:1", "contact-events:out-of-order:1"],
    ];
    let checks: JoinSet<()> = checks.into_iter().map(check).collect();
    checks.join_all().await;
}
