//! The runner of a deployment: it is there before its functions are, which want to reach the API that
//! runs on it, and it begins no more than this machine carries.

use std::sync::Arc;

use atlas_core::TaskRequest;
use atlas_engine::runner::{Answering, TaskCall, TaskRunner};
use tokio::sync::{Semaphore, SetOnce};

/// On AWS each invocation has a processor of its own. Here they share a few: of a thousand at once
/// each would take longer than its clients wait, so the others wait for their turn. More than there
/// are processors, for most of them wait for an answer.
const AT_ONCE: usize = 64;

/// Hands tasks to the runner that is set later. Cheap to clone; all clones are one runner.
#[derive(Clone)]
pub(crate) struct LateRunner {
    runner: Arc<SetOnce<Arc<dyn TaskRunner>>>,
    turns: Arc<Semaphore>,
}

impl Default for LateRunner {
    fn default() -> Self {
        Self { runner: Arc::default(), turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl LateRunner {
    /// From now on tasks go there. The first that is set stays.
    pub(crate) fn set(&self, runner: Arc<dyn TaskRunner>) {
        let _ = self.runner.set(runner);
    }
}

impl TaskRunner for LateRunner {
    fn run(&self, call: TaskCall) -> Answering {
        if let Some(runner) = self.runner.get() {
            return runner.run(call);
        }
        // What an earlier process began may ask for it before it is there.
        let late = Arc::clone(&self.runner);
        Box::pin(async move { late.wait().await.run(call).await })
    }

    fn turns(&self, _request: &TaskRequest) -> Option<Arc<Semaphore>> {
        Some(Arc::clone(&self.turns))
    }
}
