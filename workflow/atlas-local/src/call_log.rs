//! What the handlers called, as they tell it themselves: in process by their sink, as binaries by the
//! lines that they print.

use std::sync::{Arc, Mutex, PoisonError};

use handlers::observe::{Line, Sink};

use crate::ExternalCall;

/// The calls of all functions. Cheap to clone; all clones are one log.
#[derive(Debug, Clone, Default)]
pub struct CallLog(Arc<Mutex<Vec<ExternalCall>>>);

impl CallLog {
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
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn keep(&self, call: Option<ExternalCall>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(call);
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
