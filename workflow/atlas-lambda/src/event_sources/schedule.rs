//! A schedule that invokes a function, as an EventBridge rule does.

use std::{fmt, sync::Arc};

use atlas_core::Payload;
use atlas_engine::Place;
use serde_json::json;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{self, Instant, MissedTickBehavior},
};
use uuid::Uuid;

use super::{rate::Rate, running::RunningSource};
use crate::{
    asynchronous::EventDropped,
    functions::Functions,
    invoke::{InvocationType, InvokeRequest},
    name::FunctionName,
    stop,
};

/// A rule that invokes a function at a rate, for the first time when the period is over once.
#[derive(Clone)]
pub struct Schedule {
    /// The function.
    pub function: FunctionName,
    /// The region and account of both.
    pub place: Place,
    /// The rule's name, which each event's `resources` hold.
    pub rule: String,
    /// How often.
    pub rate: Rate,
    /// Is told how each event ended, after the retries of an event.
    pub observer: Arc<dyn Fn(Result<(), EventDropped>) + Send + Sync>,
}

impl Schedule {
    /// A schedule whose events nobody is told of.
    pub fn new(function: FunctionName, place: Place, rule: impl Into<String>, rate: Rate) -> Self {
        Self { function, place, rule: rule.into(), rate, observer: Arc::new(|_| {}) }
    }

    /// Starts it. Once it is stopped, invocations under way are finished, and retries called off.
    pub fn start(self, functions: Arc<Functions>) -> RunningSource {
        RunningSource::start(|stopped| run(self, functions, stopped))
    }

    fn request(&self) -> InvokeRequest {
        let Place { region, account } = &self.place;
        let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let event = json!({
            "version": "0",
            "id": Uuid::new_v4().to_string(),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": &**account,
            "time": now,
            "region": &**region,
            "resources": [format!("arn:aws:events:{region}:{account}:rule/{}", self.rule)],
            "detail": {},
        });
        InvokeRequest {
            invocation_type: InvocationType::Event,
            ..InvokeRequest::new(self.function.clone(), self.place.clone(), Payload::from(event))
        }
    }
}

impl fmt::Debug for Schedule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Schedule")
            .field("function", &self.function)
            .field("rate", &self.rate)
            .finish_non_exhaustive()
    }
}

async fn run(schedule: Schedule, functions: Arc<Functions>, mut stopped: watch::Receiver<bool>) {
    let give_up = stopped.clone();
    let period = schedule.rate.period();
    let mut ticks = time::interval_at(Instant::now() + period, period);
    // A machine that slept has missed what it has missed.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut events = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = stop::raised(&mut stopped) => break,
            _ = ticks.tick() => {}
        }
        let (functions, request) = (Arc::clone(&functions), schedule.request());
        let (observer, give_up) = (Arc::clone(&schedule.observer), give_up.clone());
        events.spawn(async move { observer(functions.deliver(request, give_up).await) });
        while events.try_join_next().is_some() {}
    }
    while events.join_next().await.is_some() {}
}
