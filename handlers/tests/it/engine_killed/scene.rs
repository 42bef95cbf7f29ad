//! One lead, in a world in which the engine dies at one moment.

use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use atlas_engine::Place;
use atlas_sandbox::Sandbox;
use definitions::{call, lead_to_call, resources::CONTACT_EVENTS};
use handlers::functions::Handler;
use serde_json::json;
use tokio::{sync::watch, task::JoinSet, time::interval};

use super::{
    asker::Asker,
    engine::{Start, Victim, Whereabouts, live},
};
use crate::{
    deployed::{quick_services, quick_variables},
    kill_points::{
        call::Call,
        proxy::{KillPoint, Proxy},
    },
    lead::{Told, told_by},
    payloads::lead,
};

/// Longer than any scene takes that comes to its end.
const NEVER: Duration = Duration::from_secs(60);
/// How often it is looked whether a queue is empty.
const LOOK: Duration = Duration::from_millis(50);

/// When the engine dies.
#[derive(Debug, Clone)]
pub(crate) enum Death {
    /// At a call that leaves it.
    At(KillPoint),
    /// At a moment of its own.
    Within(String),
}

/// What is there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scene {
    pub(crate) handlers: &'static [Handler],
    pub(crate) faults: &'static [&'static str],
    pub(crate) look: Look,
}

/// How the end of the call is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// By what the engine knows, which leaves it because somebody looks.
    Describes,
    /// By what is on the disk.
    Lists,
}

/// What has happened, beside that all is well.
pub(crate) struct Played {
    pub(crate) has_died: bool,
    /// The calls that left an engine.
    pub(crate) calls: Vec<Call>,
    /// Its own moments.
    pub(crate) moments: Vec<String>,
}

impl Scene {
    /// Plays it; the engine dies at this moment, if at any.
    pub(crate) async fn play(self, death: Option<Death>) -> Played {
        let at = &format!("{death:?}");
        let sandbox = Sandbox::start(quick_services(self.faults)).await.unwrap();
        let victim = Victim::default();
        let killed = victim.clone();
        let (point, end) = match death {
            Some(Death::At(point)) => (Some(point), None),
            Some(Death::Within(moment)) => (None, Some(moment)),
            None => (None, None),
        };
        let proxy = Proxy::start(point, move || killed.kill()).await;
        proxy.lead_to_services(sandbox.base_url());
        let names: Vec<&str> = self.handlers.iter().map(|handler| handler.name()).collect();
        let folder = Folder::new();
        let start = Start {
            folder: folder.0.clone(),
            services: proxy.url.clone(),
            variables: quick_variables(),
            handlers: names.join(","),
            end,
        };
        let (whereabouts, seen) = watch::channel(Whereabouts::default());
        let moments = Arc::new(Mutex::new(Vec::new()));
        let mut living = JoinSet::new();
        living.spawn(live(start, victim, whereabouts, Arc::clone(&moments)));
        let mut asker = Asker { whereabouts: seen.clone(), client: reqwest::Client::new() };
        let judged = tokio::time::timeout(NEVER, judge(self.look, &mut asker, &sandbox, at));
        let judged = tokio::select! {
            () = introduce(&proxy, seen.clone()) => unreachable!("it goes on until all is over"),
            judged = judged => judged,
        };
        if judged.is_err() {
            let past = moments.lock().unwrap();
            panic!("{at}: it does not come to its end: {past:?}, {:?}", proxy.calls());
        }
        let has_died = seen.borrow().deaths > 0;
        living.shutdown().await;
        sandbox.stop().await;
        let moments = std::mem::take(&mut *moments.lock().unwrap());
        Played { has_died, calls: proxy.calls(), moments }
    }
}

/// Lets handlers reach the engine wherever it is.
async fn introduce(proxy: &Proxy, mut whereabouts: watch::Receiver<Whereabouts>) {
    loop {
        proxy.lead_to_engine(whereabouts.borrow_and_update().url.clone());
        whereabouts.changed().await.unwrap();
    }
}

/// A lead comes, and everything ends as if nothing had happened.
async fn judge(look: Look, asker: &mut Asker, sandbox: &Sandbox, at: &str) {
    let place = Place::default();
    let workflow = place.state_machine_arn(lead_to_call::NAME);
    let input = lead("killed-1", "+14155550123").to_string();
    let request = json!({"stateMachineArn": workflow.to_string(), "input": input});
    let taken = asker.ask("StartSyncExecution", &request).await;
    assert_eq!(taken["status"], "SUCCEEDED", "{at}: {taken}");
    let output: serde_json::Value =
        serde_json::from_str(taken["output"].as_str().unwrap()).unwrap();
    let placed = output["callExecutionArn"].as_str().unwrap();
    let machine = place.state_machine_arn(call::NAME).to_string();
    let expected = [(placed.to_owned(), "SUCCEEDED".to_owned())];
    if look == Look::Describes {
        assert_eq!(asker.end_of(placed).await, "SUCCEEDED", "{at}");
        // Whoever was told of an end finds it on the disk.
        assert_eq!(asker.list(&machine).await, expected, "{at}");
    }
    assert_eq!(asker.ends_of(&machine).await, expected, "{at}");
    // What a dead process had taken from the queue is brought again.
    let mut looks = interval(LOOK);
    while waiting(sandbox) > 0 {
        looks.tick().await;
    }
    assert_eq!(told_by(sandbox), Told::answered(1), "{at}");
    assert_eq!(asker.ends_of(&machine).await, expected, "{at}");
}

/// How many contact events have not been taken for good.
fn waiting(sandbox: &Sandbox) -> u64 {
    let counters = sandbox.counters();
    let queue = &counters["queues"][CONTACT_EVENTS.name];
    ["visible", "inFlight", "delayed"].iter().map(|depth| queue[*depth].as_u64().unwrap()).sum()
}

/// A folder for a journal, which goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("engine-killed-{}-{number}", std::process::id());
        Self(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left lies where `cargo clean` finds it.
        let _ = fs::remove_dir_all(&self.0);
    }
}
