//! One storm: leads that all come at once while services fail.

use std::time::{Duration, Instant};

use atlas_engine::{Description, Engine, StartRequest, Time};
use atlas_local::{Deployment, LEAD_HANDLERS, Services, Setup, outside_services};
use definitions::{lead_to_call, resources::CALLS};

use super::{
    SandboxProcess, Verdict,
    leads::lead,
    verdict::{SentLead, Testimony},
};
use crate::failure::Failure;

/// A fifth of the calls to each service goes wrong, in each way that it can.
const WEATHER: [&str; 11] = [
    "*:500:0.05",
    "*:throttle:0.05",
    "*:reset:0.04",
    "*:reset-after:0.05",
    "*:hang:0.005",
    "*:hang-after:0.005",
    "contact-events:late:0.05",
    "contact-events:twice:0.05",
    "contact-events:out-of-order:0.05",
    "contact-events:never:0.03",
    "contact-events:early:0.02",
];
/// The tables and queues are not what is tried here, so nobody waits for a turn with Connect.
const NO_PACE: [&str; 2] = ["CONNECT_REQUESTS_PER_SECOND", "CONNECT_CONCURRENT_CALLS"];
/// An execution that has not ended by then is stuck.
const PATIENCE: Duration = Duration::from_secs(600);

/// What goes wrong where nobody says what shall.
pub(crate) fn weather() -> Vec<String> {
    WEATHER.map(str::to_owned).to_vec()
}

/// What is tried.
pub(crate) struct Storm<'a> {
    pub(crate) leads: u32,
    pub(crate) faults: &'a [String],
    pub(crate) seed: u64,
}

impl Storm<'_> {
    /// Sends all leads, waits until everything has ended, and judges by the sandbox's testimony.
    pub(crate) async fn pass(&self) -> Result<(Verdict, Duration), Failure> {
        let sandbox = SandboxProcess::start(self.faults, self.seed).await?;
        let began = Instant::now();
        let environment = outside_services::environment_at(sandbox.url(), None);
        let unlimited = |name: &str| (name.to_owned(), "1000000".to_owned());
        let deployment = Deployment::start(Setup {
            services: Services::Elsewhere(environment),
            handlers: LEAD_HANDLERS.to_vec(),
            variables: NO_PACE.map(unlimited).to_vec(),
            time: Time::SkippingWaits,
            ..Setup::default()
        })
        .await
        .map_err(Failure::ours)?;
        let mut sent = send(&deployment.engine(), self.leads)?;
        see_to_end(&deployment.engine(), &mut sent).await?;
        let took = began.elapsed();
        let testimony = Testimony {
            leads: sandbox.ask("leads").await?,
            rings: sandbox.ask("rings").await?,
            items: sandbox.ask(&format!("items/{}", CALLS.name)).await?,
        };
        deployment.stop().await;
        Ok((Verdict::of(&sent, &testimony), took))
    }
}

fn send(engine: &Engine, leads: u32) -> Result<Vec<SentLead>, Failure> {
    let mut sent = Vec::new();
    for index in 0..leads {
        let (input, lead) = lead(index);
        let state_machine = lead_to_call::NAME.to_owned();
        let name = Some(lead.key.clone());
        let time = Time::SkippingWaits;
        let request = StartRequest { state_machine, name, input, case: None, time };
        engine.start(request).map_err(Failure::ours)?;
        sent.push(lead);
    }
    Ok(sent)
}

/// Waits until all executions have ended, those that were started by others too.
async fn see_to_end(engine: &Engine, sent: &mut [SentLead]) -> Result<(), Failure> {
    let all_ended = async {
        loop {
            let executions = engine.executions();
            let Some(open) = executions.iter().find(|it| it.outcome.is_none()) else {
                return Ok::<(), Failure>(());
            };
            engine.wait(&open.execution_arn).await.map_err(Failure::ours)?;
        }
    };
    // Those that are stuck are told of by name.
    if let Ok(ended) = tokio::time::timeout(PATIENCE, all_ended).await {
        ended?;
    }
    let executions = engine.executions();
    for lead in sent {
        let own = || executions.iter().filter(|it| it.execution_arn.contains(&lead.key));
        lead.has_ended = own().all(|it| it.outcome.is_some());
        lead.failures = own().filter_map(failure).collect();
    }
    Ok(())
}

/// How an execution ended that did not succeed.
fn failure(execution: &Description) -> Option<String> {
    let failure = execution.outcome.as_ref()?.failure()?;
    let words = [Some(execution.status()), failure.error.as_deref(), failure.cause.as_deref()];
    let words: Vec<&str> = words.into_iter().flatten().collect();
    Some(format!("{}: {}", execution.state_machine_name, words.join(" ")))
}
