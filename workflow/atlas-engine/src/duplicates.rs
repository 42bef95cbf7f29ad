//! Asynchronous EXPRESS executions that run twice, on purpose.
//!
//! AWS runs them at least once: where the state of one is lost, it is run again from its beginning, under
//! the same ARN and with the same input (developer guide, "Execution guarantees"). Nobody is told. A
//! synchronous one runs at most once.

use std::{
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
};

use atlas_asl::model::ExecutionType;
use atlas_core::{Execution, Fact, Identity, Payload};
use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore as _, SeedableRng as _};
use tokio::sync::oneshot;

use crate::{
    cell::{Body, Cell, Mocking, StartedBy},
    engine::Inner,
    machines::Machine,
    queue::Queue,
    run::Run,
};

/// Which EXPRESS executions run twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DuplicateExpress {
    /// Of so many one, about: 1 is each.
    pub one_in: NonZeroU32,
    /// The same number chooses the same ones, by the order in which they begin.
    pub seed: u64,
}

/// How often an execution may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guarantee {
    /// Whoever starts it does not wait for its end.
    AtLeastOnce,
    /// Whoever starts it waits.
    AtMostOnce,
}

/// Chooses executions.
#[derive(Debug)]
pub(crate) struct Duplicates {
    one_in: NonZeroU32,
    random: Mutex<ChaCha8Rng>,
}

/// When an execution runs again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    BesideTheFirst,
    AfterTheFirst,
}

impl Duplicates {
    pub(crate) fn new(DuplicateExpress { one_in, seed }: DuplicateExpress) -> Self {
        Self { one_in, random: Mutex::new(ChaCha8Rng::seed_from_u64(seed)) }
    }

    fn draw(&self) -> Option<Again> {
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        let is_chosen = random.next_u32().is_multiple_of(self.one_in.get());
        let is_later = random.next_u32().is_multiple_of(2);
        is_chosen.then_some(if is_later { Again::AfterTheFirst } else { Again::BesideTheFirst })
    }
}

/// What the second run is made of.
struct Second {
    identity: Arc<Identity>,
    machine: Arc<Machine>,
    run: Arc<Run>,
    started_by: Option<StartedBy>,
    mocking: Option<Mocking>,
    input: Payload,
}

impl Inner {
    /// Has an execution that has just begun run a second time, if it is chosen.
    pub(crate) fn perhaps_run_again(self: &Arc<Self>, cell: &Cell, body: &mut Body) {
        if cell.identity.execution_type != ExecutionType::Express {
            return;
        }
        let Some(again) = self.duplicates.as_ref().and_then(Duplicates::draw) else { return };
        let Some(input) = body.execution.input().cloned() else { return };
        let (end, ended) = oneshot::channel();
        if again == Again::AfterTheFirst && body.execution.outcome().is_none() {
            body.waiters.push(end);
        } else {
            drop(end);
        }
        let second = Second {
            identity: Arc::clone(&cell.identity),
            machine: Arc::clone(&cell.machine),
            run: Arc::clone(&cell.run),
            started_by: cell.started_by.clone(),
            mocking: cell.mocking.clone(),
            input,
        };
        let engine = Arc::clone(self);
        self.runtime.spawn(async move {
            // How the first ended does not matter.
            let _ended = ended.await;
            engine.run_second(second).await;
        });
    }

    /// Runs an execution that nobody can ask for: whoever asks by its ARN is told of the first run.
    async fn run_second(self: &Arc<Self>, second: Second) {
        let Second { identity, machine, run, started_by, mocking, input } = second;
        let execution = Execution::new(Arc::clone(&machine.program), identity);
        let sequence = self.next_number();
        let run_of_cell = Arc::clone(&run);
        let cell = Arc::new(Cell::new(
            execution,
            machine,
            sequence,
            run_of_cell,
            started_by,
            mocking,
            None,
        ));
        let (end, ended) = oneshot::channel();
        let mut queue = Queue::default();
        run.enter();
        {
            let mut body = cell.lock();
            body.last_at = run.clock.now();
            body.waiters.push(end);
            let fact = Fact::Started { input, seed: self.seed() };
            // One that cannot be kept has broken itself, and told whoever waits below.
            let _taken = self.accept(&cell, &mut body, fact, &mut queue);
        }
        run.leave();
        self.drive(&mut queue, &run);
        // Its timers and the finder of its tokens would let it go.
        let _ended = ended.await;
        drop(cell);
    }
}
