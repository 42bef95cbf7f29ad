//! Leads through the real handlers, against a sandbox that lives as long as the command.

use std::{collections::BTreeSet, path::PathBuf, time::Duration};

use atlas_core::Payload;
use atlas_engine::{Engine, StartRequest, Time};
use atlas_local::{CallLog, Code, Deployment, LEAD_HANDLERS, Services, Setup, outside_services};
use atlas_sandbox::{Latency, Options};
use definitions::lead_to_call;

use crate::{
    behaviour::Behaviour,
    failure::Failure,
    host::{Ended, LongWaits, observer, see_to_end},
    report::{Report, Watch},
    ring::Ring,
};

/// A call goes on for a while, and its callback is waited for meanwhile.
const SILENCE: Duration = Duration::from_secs(10);

/// What to run.
pub(crate) struct Plan {
    /// The leads, one after the other.
    pub(crate) leads: Vec<Payload>,
    /// The folder of the handlers' binaries, unless they run in this process.
    pub(crate) binaries: Option<PathBuf>,
    pub(crate) behaviour: Behaviour,
    pub(crate) time: Time,
}

impl Plan {
    /// Which handlers do the steps, in words.
    pub(crate) fn handled(&self) -> String {
        match &self.binaries {
            None => "real handlers against a sandbox".to_owned(),
            Some(folder) => format!("Lambda binaries of {} against a sandbox", folder.display()),
        }
    }
}

/// Runs a plan until every execution has ended: a report for each lead.
pub(crate) fn run(plan: Plan, watch: Watch) -> Result<Vec<Report>, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::ours(format_args!("cannot start a runtime: {error}")))?;
    let reports = runtime.block_on(run_all(plan, watch));
    // What still waits for a peer that hangs is waited for by nobody.
    runtime.shutdown_background();
    reports
}

async fn run_all(plan: Plan, watch: Watch) -> Result<Vec<Report>, Failure> {
    let Plan { leads, binaries, behaviour: Behaviour { latency, faults, seed }, time } = plan;
    let floor_of = (latency != Latency::none()).then(|| latency.clone());
    let options = Options { latency, faults, seed, ..outside_services::options() };
    let log = CallLog::default();
    let deployment = Deployment::start(Setup {
        services: Services::InProcess(Box::new(options)),
        code: binaries.map_or(Code::InProcess, Code::Binaries),
        handlers: LEAD_HANDLERS.to_vec(),
        time,
        observer: watch.clone().map(observer),
        calls: Some(log.clone()),
        ..Setup::default()
    })
    .await
    .map_err(Failure::ours)?;
    // Whatever was called before a lead came in belongs to no lead.
    log.drain();
    let mut reports = Vec::new();
    for input in leads {
        let ended = take(&deployment.engine(), input, time, watch.clone()).await?;
        let calls = log.drain();
        let ring = Ring::of(&ended, &calls, floor_of.as_ref());
        reports.push(Report { ended, calls, ring });
    }
    deployment.stop().await;
    Ok(reports)
}

/// Takes one lead in, and waits until all that it started has ended.
async fn take(
    engine: &Engine,
    input: Payload,
    time: Time,
    watch: Watch,
) -> Result<Vec<Ended>, Failure> {
    let before = engine.executions().len();
    let state_machine = lead_to_call::NAME.to_owned();
    let request = StartRequest { state_machine, name: None, input, case: None, time };
    engine.start(request).map_err(Failure::ours)?;
    let waits = LongWaits::new(time, "--skip-waits", SILENCE, watch);
    let no_activities = BTreeSet::new();
    let mut ended = see_to_end(engine, &no_activities, waits).await?;
    Ok(ended.split_off(before))
}
