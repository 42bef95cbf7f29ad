//! Where a process stands, as its calls of the Runtime API tell: it starts, asks for an invocation,
//! has one, answers, asks again.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot, watch};

use crate::{function::Invocation, function_error::FunctionError, functions::Outcome};

/// Both ends of one process's Runtime API.
pub(super) struct Link {
    phase: watch::Sender<Phase>,
    current: Mutex<Option<Current>>,
    send: mpsc::UnboundedSender<Invocation>,
    receive: AsyncMutex<mpsc::UnboundedReceiver<Invocation>>,
}

/// Where a process stands.
#[derive(Debug, Clone)]
pub(super) enum Phase {
    /// It has not asked for an invocation yet.
    Starting,
    /// It waits for an invocation.
    Ready,
    /// It has one.
    Busy,
    /// It has answered and not asked again.
    Answered,
    /// It said that it cannot start.
    InitFailed(FunctionError),
}

struct Current {
    request_id: String,
    is_taken: bool,
    tell: oneshot::Sender<Outcome>,
}

/// Why a call of the Runtime API is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The process does not stand where this call can be made.
    OutOfTurn,
    /// It has no invocation of this id.
    UnknownRequest,
}

impl Link {
    pub(super) fn new() -> Self {
        let (send, receive) = mpsc::unbounded_channel();
        Self {
            phase: watch::Sender::new(Phase::Starting),
            current: Mutex::default(),
            send,
            receive: AsyncMutex::new(receive),
        }
    }

    /// Where the process stands, and how that changes.
    pub(super) fn phases(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }

    /// Hands an invocation to a process that waits for one. The answer comes unless the process ends.
    pub(super) fn deliver(&self, invocation: Invocation) -> oneshot::Receiver<Outcome> {
        let (tell, told) = oneshot::channel();
        let request_id = invocation.request_id.clone();
        let mut current = self.current();
        *current = Some(Current { request_id, is_taken: false, tell });
        self.phase.send_replace(Phase::Busy);
        self.send.send(invocation).expect("the receiving end stands in the same place");
        told
    }

    /// The process asks for an invocation.
    pub(super) async fn next(&self) -> Result<Invocation, Refusal> {
        self.ask()?;
        let invocation = self.receive.lock().await.recv().await;
        if let Some(current) = &mut *self.current() {
            current.is_taken = true;
        }
        Ok(invocation.expect("the sending end stands in the same place"))
    }

    fn ask(&self) -> Result<(), Refusal> {
        let current = self.current();
        let phase = self.phase.borrow().clone();
        match phase {
            Phase::Starting | Phase::Answered => {
                self.phase.send_replace(Phase::Ready);
                Ok(())
            }
            Phase::Ready => Ok(()),
            // It asks anew, for its first connection broke before the invocation reached it.
            Phase::Busy if current.as_ref().is_some_and(|current| !current.is_taken) => Ok(()),
            Phase::Busy | Phase::InitFailed(_) => Err(Refusal::OutOfTurn),
        }
    }

    /// Whether the process may answer an invocation of this id now.
    pub(super) fn check(&self, request_id: &str) -> Result<(), Refusal> {
        match &*self.current() {
            Some(current) if current.request_id == request_id && current.is_taken => Ok(()),
            Some(_) => Err(Refusal::UnknownRequest),
            None => Err(Refusal::OutOfTurn),
        }
    }

    /// The process answers an invocation, once.
    pub(super) fn answer(&self, request_id: &str, outcome: Outcome) -> Result<(), Refusal> {
        self.check(request_id)?;
        let mut current = self.current();
        let Some(Current { tell, .. }) = current.take() else { return Err(Refusal::OutOfTurn) };
        self.phase.send_replace(Phase::Answered);
        // Whoever waited may have timed it out a moment ago.
        let _gone = tell.send(outcome);
        Ok(())
    }

    /// The process says that it cannot start.
    pub(super) fn init_failed(&self, error: FunctionError) -> Result<(), Refusal> {
        let _current = self.current();
        let is_starting = matches!(*self.phase.borrow(), Phase::Starting);
        if !is_starting {
            return Err(Refusal::OutOfTurn);
        }
        self.phase.send_replace(Phase::InitFailed(error));
        Ok(())
    }

    fn current(&self) -> MutexGuard<'_, Option<Current>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
