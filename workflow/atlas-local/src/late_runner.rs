//! A runner that is there before its functions are: they want to reach the API that runs on it.

use std::sync::{Arc, OnceLock};

use atlas_engine::runner::{Answering, NoRunner, TaskCall, TaskRunner};

/// Hands tasks to the runner that is set later.
#[derive(Clone, Default)]
pub(crate) struct LateRunner(Arc<OnceLock<Arc<dyn TaskRunner>>>);

impl LateRunner {
    /// From now on tasks go there. The first that is set stays.
    pub(crate) fn set(&self, runner: Arc<dyn TaskRunner>) {
        let _ = self.0.set(runner);
    }
}

impl TaskRunner for LateRunner {
    fn run(&self, call: TaskCall) -> Answering {
        match self.0.get() {
            Some(runner) => runner.run(call),
            None => NoRunner.run(call),
        }
    }
}
