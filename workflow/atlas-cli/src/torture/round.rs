//! One round: a new folder, a load, a server that comes and goes, and a verdict.

use std::{
    fs,
    path::{Path, PathBuf},
    process,
    sync::{Arc, atomic::AtomicU64},
    time::{Duration, Instant},
};

use tokio::{
    sync::{Notify, mpsc, watch},
    task::JoinSet,
    time::sleep,
};

use super::{
    api::Api,
    chance::Chance,
    keeper::{Keeper, Tally, Trouble, Unwanted},
    listener::Listener,
    records::{Effect, Records, Sent, Start},
    starter::Starter,
    tasks::Enders,
    testimony::{Testimony, still_running},
    verdict::{Violation, violations},
};
use crate::{chaos::Chaos, failure::Failure};

/// What may happen to the server beside being killed, one round after the other, and how often it is killed
/// under load: less often where it ends by itself.
const TURNS: [(Option<Chaos>, u64); 3] =
    [(None, 3), (Some(Chaos::PowerLoss), 1), (Some(Chaos::FailingFsync), 3)];
/// How many requests come of one start, about.
const REQUESTS_OF_A_START: u64 = 3;
/// Where nothing has ended for so long, what still runs is stuck.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is asked whether all have ended.
const LOOK: Duration = Duration::from_millis(50);

/// What is tried.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// The program that serves.
    pub(crate) program: PathBuf,
    pub(crate) seed: u64,
    pub(crate) clients: u32,
    /// How many executions each client starts in a round.
    pub(crate) starts: u32,
}

/// One round of a plan.
#[derive(Debug)]
pub(crate) struct Round<'a> {
    plan: &'a Plan,
    number: u64,
    chaos: Option<Chaos>,
    kills: u64,
    answered: Arc<AtomicU64>,
}

/// What came of a round.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// What happened to the server beside being killed.
    pub(crate) chaos: &'static str,
    pub(crate) kills: u64,
    pub(crate) losses: u64,
    /// Acknowledged starts.
    pub(crate) starts: usize,
    /// Acknowledged ends of tasks.
    pub(crate) callbacks: usize,
    /// Acknowledged stops.
    pub(crate) stops: usize,
    /// Acknowledged redrives.
    pub(crate) redrives: usize,
    /// Executions that went on after a start of the server.
    pub(crate) recovered: u64,
    /// Executions that were held against the records.
    pub(crate) verified: usize,
    pub(crate) took: Duration,
    /// What must not be: the execution's ARN, and what it is.
    pub(crate) violations: Vec<(String, String)>,
    /// Where the journal of a round with violations is.
    pub(crate) folder: Option<PathBuf>,
}

impl<'a> Round<'a> {
    /// The round of this number, from 1.
    pub(crate) fn of(plan: &'a Plan, number: u64) -> Self {
        let turn = usize::try_from(number.saturating_sub(1) % TURNS.len() as u64).unwrap_or(0);
        let (chaos, kills) = TURNS[turn];
        Self { plan, number, chaos, kills, answered: Arc::default() }
    }

    /// How many requests the server has answered so far.
    pub(crate) fn answered(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.answered)
    }

    /// Lives through it.
    pub(crate) async fn pass(&self) -> Result<Outcome, Failure> {
        let began = Instant::now();
        let (id, number) = (process::id(), self.number);
        let folder = std::env::temp_dir().join(format!("atlas-torture-{id}-{number}"));
        let mut records = Records::default();
        let (tally, testimony) = match self.torture(&folder, &mut records).await {
            Ok(passed) => passed,
            Err((_, Trouble::Ours(failure))) => return Err(failure),
            Err((tally, Trouble::Unwanted(Unwanted(what)))) => {
                let mut outcome = self.outcome(began, &records, tally);
                outcome.violations = vec![("the server".to_owned(), what)];
                outcome.folder = Some(folder);
                return Ok(outcome);
            }
        };
        let found = violations(&records, &testimony);
        let mut outcome = self.outcome(began, &records, tally);
        outcome.verified = testimony.told.len();
        outcome.violations =
            found.into_iter().map(|Violation { execution, what }| (execution, what)).collect();
        if outcome.violations.is_empty() {
            fs::remove_dir_all(&folder).map_err(Failure::ours)?;
        } else {
            outcome.folder = Some(folder);
        }
        Ok(outcome)
    }

    fn outcome(&self, began: Instant, records: &Records, tally: Tally) -> Outcome {
        let is_done = |effect: Option<Effect>| effect == Some(Effect::Acknowledged);
        let count = |which: fn(&Start) -> Option<Effect>| {
            records.starts.iter().filter(|start| is_done(which(start))).count()
        };
        let Tally { kills, losses, recovered } = tally;
        Outcome {
            chaos: self.chaos.map_or("kill", Chaos::as_str),
            kills,
            losses,
            starts: count(|start| Some(start.effect)),
            callbacks: records.sent.iter().filter(|sent| is_done(Some(sent.effect))).count(),
            stops: count(|start| start.stop),
            redrives: count(|start| start.redrive),
            recovered,
            verified: 0,
            took: began.elapsed(),
            violations: Vec::new(),
            folder: None,
        }
    }

    async fn torture(
        &self,
        folder: &Path,
        records: &mut Records,
    ) -> Result<(Tally, Testimony), (Tally, Trouble)> {
        let seed = (self.plan.seed, self.number);
        let (tasks, to_end) = mpsc::unbounded_channel();
        let listener = Listener::start(seed, tasks).await;
        let listener = listener.map_err(|error| (Tally::default(), error.into()))?;
        let mut keeper = Keeper::new(&self.plan.program, folder, listener.address);
        let lived = self.live(&mut keeper, listener, to_end, records).await;
        lived.map(|testimony| (keeper.tally, testimony)).map_err(|trouble| (keeper.tally, trouble))
    }

    async fn live(
        &self,
        keeper: &mut Keeper,
        listener: Listener,
        to_end: mpsc::UnboundedReceiver<super::tasks::Task>,
        records: &mut Records,
    ) -> Result<Testimony, Trouble> {
        let mut api = Api::new(keeper.whereabouts(), Arc::clone(&self.answered));
        let (is_over, over) = watch::channel(false);
        let (is_closing, closing) = watch::channel(false);
        let enders = || Enders {
            api: api.another(),
            seed: (self.plan.seed, self.number),
            number: Arc::default(),
        };
        let answering = enders();
        let number = Arc::clone(&answering.number);
        let answering = tokio::spawn(answering.answer(to_end, over));
        let mut working: JoinSet<Vec<Sent>> = JoinSet::new();
        for worker in 0..2_u32.max(self.plan.clients / 4) {
            let worker_of = Enders { number: Arc::clone(&number), ..enders() };
            working.spawn(worker_of.work(format!("worker-{worker}"), closing.clone()));
        }

        let loading = self.load(&api);
        let loaded = Arc::new(Notify::new());
        let telling = Arc::clone(&loaded);
        let loading = tokio::spawn(async move {
            let clients = loading.join_all().await;
            telling.notify_one();
            clients
        });
        let mut chance = Chance::new(self.plan.seed, self.number, 0);
        let kill_at = self.kills(&mut chance);
        keeper.torture(self.chaos, &mut chance, kill_at, &self.answered, &loaded).await?;
        keeper.restart_plainly().await?;
        is_over.send_replace(true);
        let clients = loading.await.expect("a client does not panic and is not aborted");

        let (is_given_up, given_up) = watch::channel(false);
        let mut ending: JoinSet<Vec<Start>> = JoinSet::new();
        for client in clients {
            let (mut starter, known) = client.map_err(|what| Trouble::Unwanted(Unwanted(what)))?;
            let given_up = given_up.clone();
            ending.spawn(async move { starter.end(known, given_up).await });
        }
        records.starts = see_to_end(&mut api, keeper, &mut ending).await?;
        // What still runs is stuck, and the verdict will tell.
        is_given_up.send_replace(true);
        records.starts.extend(ending.join_all().await.into_iter().flatten());
        is_closing.send_replace(true);
        records.sent = working.join_all().await.into_iter().flatten().collect();
        records.asked = listener.asked();
        drop(listener);
        // The calls of the server that is killed were the last that could hand out a token.
        keeper.restart_plainly().await?;
        records.sent.extend(answering.await.expect("it does not panic and is not aborted"));
        // What is told now was read from the disk.
        let testimony = Testimony::hear(&mut api).await;
        testimony.map_err(|what| Trouble::Unwanted(Unwanted(what)))
    }

    /// Lets clients start executions. Each answers with itself and with what it remembers.
    fn load(&self, api: &Api) -> JoinSet<Result<(Starter, Vec<Start>), String>> {
        let mut loading = JoinSet::new();
        for client in 0..self.plan.clients {
            let mut starter = Starter {
                api: api.another(),
                chance: Chance::new(self.plan.seed, self.number, 1 + u64::from(client)),
                name: format!("c{client}"),
            };
            let starts = self.plan.starts;
            loading.spawn(async move {
                starter.prepare().await?;
                let known = starter.load(starts).await;
                Ok((starter, known))
            });
        }
        loading
    }

    /// At how many answers the server is killed.
    fn kills(&self, chance: &mut Chance) -> Vec<u64> {
        let starts = u64::from(self.plan.clients) * u64::from(self.plan.starts);
        let mut kills: Vec<u64> =
            (0..self.kills).map(|_| chance.below(starts * REQUESTS_OF_A_START)).collect();
        kills.sort_unstable();
        kills
    }
}

/// Waits until nothing runs any more and no client begins anything, as long as anything comes of it;
/// answers with what the clients remember that are done.
async fn see_to_end(
    api: &mut Api,
    keeper: &mut Keeper,
    ending: &mut JoinSet<Vec<Start>>,
) -> Result<Vec<Start>, Trouble> {
    let mut known = Vec::new();
    let (mut running, mut since) = (usize::MAX, Instant::now());
    loop {
        keeper.check()?;
        while let Some(done) = ending.try_join_next() {
            known.extend(done.expect("a client does not panic and is not aborted"));
        }
        let left = still_running(api).await.len();
        if left == 0 && ending.is_empty() {
            return Ok(known);
        }
        if left < running {
            (running, since) = (left, Instant::now());
        }
        if since.elapsed() > PATIENCE {
            return Ok(known);
        }
        sleep(LOOK).await;
    }
}

impl Outcome {
    /// Whether nothing was lost, doubled or damaged.
    pub(crate) fn is_clean(&self) -> bool {
        self.violations.is_empty()
    }
}
