//! What the handlers called, as they tell it themselves: in process by their sink, as binaries by the
//! lines that they print.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use handlers::observe::{Line, Sink};

use crate::ExternalCall;

/// The calls of all functions. Cheap to clone; all clones are one log.
#[derive(Clone)]
pub struct CallLog {
    /// None where nobody takes them out again.
    kept: Option<Arc<Mutex<Vec<ExternalCall>>>>,
    told: Option<Listener>,
}

/// Hears of each call.
type Listener = Arc<dyn Fn(&ExternalCall) + Send + Sync>;

impl Default for CallLog {
    /// One that keeps calls until they are taken out.
    fn default() -> Self {
        Self { kept: Some(Arc::default()), told: None }
    }
}

impl CallLog {
    /// One that keeps nothing.
    pub(crate) const fn of_nothing() -> Self {
        Self { kept: None, told: None }
    }

    /// The same, and this is told of each call as well.
    pub(crate) fn telling(self, told: impl Fn(&ExternalCall) + Send + Sync + 'static) -> Self {
        Self { told: Some(Arc::new(told)), ..self }
    }

    /// A sink for one function.
    pub(crate) fn of(&self, function: &'static str) -> Arc<dyn Sink> {
        Arc::new(FunctionLog { function, log: self.clone() })
    }

    /// Takes a line that a function printed; only those about calls are kept.
    pub(crate) fn take_line(&self, function: &str, line: &str) {
        self.keep(ExternalCall::of_line(function, line));
    }

    /// Takes everything out.
    pub fn drain(&self) -> Vec<ExternalCall> {
        let Some(kept) = &self.kept else { return Vec::new() };
        std::mem::take(&mut *kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn keep(&self, call: Option<ExternalCall>) {
        let Some(call) = call else { return };
        if let Some(told) = &self.told {
            told(&call);
        }
        if let Some(kept) = &self.kept {
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(call);
        }
    }
}

impl fmt::Debug for CallLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallLog").field("kept", &self.kept).finish_non_exhaustive()
    }
}

struct FunctionLog {
    function: &'static str,
    log: CallLog,
}

impl Sink for FunctionLog {
    fn take(&self, line: &Line) {
        let Line::Call(call) = line else { return };
        self.log.keep(Some(ExternalCall {
            function: self.function.to_owned(),
            service: call.service.name().to_owned(),
            operation: call.operation.clone().into_owned(),
            outcome: call.outcome.to_string(),
            fault: call.fault,
            started_ms: call.started_at.as_microsecond() as f64 / 1e3,
            took_ms: call.duration.as_secs_f64() * 1e3,
        }));
    }
}
