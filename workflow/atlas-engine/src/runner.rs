//! How a task leaves the engine where it is neither mocked nor done by the engine itself.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, OnceLock},
};

use atlas_asl::resource::Resource;
use atlas_core::{Failure, Identity, Payload, TaskRequest};
use tokio::sync::Semaphore;

/// Performs the tasks that the engine cannot: calls a handler, a function, a service.
///
/// A task that nobody waits for any more is cancelled by dropping its future.
pub trait TaskRunner: Send + Sync {
    /// Starts one task.
    fn run(&self, call: TaskCall) -> Answering;

    /// The turns of which such a task needs one while it is under way, where there are only so many.
    /// To an execution that skips its waits it takes no time to wait for one.
    fn turns(&self, _request: &TaskRequest) -> Option<Arc<Semaphore>> {
        None
    }
}

/// A task on its way.
pub type Answering = Pin<Box<dyn Future<Output = TaskAnswer> + Send>>;

/// One task, and whose it is.
#[derive(Debug)]
pub struct TaskCall {
    /// The execution.
    pub identity: Arc<Identity>,
    /// The task. Its token, where it has one, stands in the parameters as the definition says.
    pub request: Box<TaskRequest>,
    /// Where an HTTP task leaves what it sent and was answered, if somebody wants to see it.
    pub watched: Option<Watched>,
}

/// Where the exchange of an HTTP task is left.
pub type Watched = Arc<OnceLock<HttpExchange>>;

/// What an HTTP task sent and was answered. It holds what the task's connection added: its credentials,
/// and what else is secret.
#[derive(Clone)]
pub struct HttpExchange {
    /// The method.
    pub method: String,
    /// What was sent.
    pub sent: HttpMessage,
    /// The same without what the connection added.
    pub without_secrets: HttpMessage,
    /// The answer, where there was one: its status and what the status is called.
    pub answer: Option<(u16, &'static str, HttpMessage)>,
}

/// One way of an HTTP exchange.
#[derive(Clone, Default)]
pub struct HttpMessage {
    /// The URL that it goes to, or comes from.
    pub url: String,
    /// The headers, in order.
    pub headers: Vec<(String, String)>,
    /// The body, where there is one.
    pub body: Option<String>,
}

impl fmt::Debug for HttpExchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpExchange(…)")
    }
}

impl fmt::Debug for HttpMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpMessage(…)")
    }
}

/// What came of a call.
#[derive(Debug, Clone)]
pub enum TaskAnswer {
    /// The service answered. That is the task's result; with `.waitForTaskToken` the answer to
    /// the request alone, with `.sync` the result of the job.
    Answered(Payload),
    /// The service, or the way to it, failed.
    Failed(Failure),
}

/// Runs nothing: each task fails, and its error says how to go on.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoRunner;

impl TaskRunner for NoRunner {
    fn run(&self, call: TaskCall) -> Answering {
        let failure = not_reachable(&call.request.resource, call.request.state.as_str());
        Box::pin(std::future::ready(TaskAnswer::Failed(failure)))
    }
}

/// The failure of a task whose service cannot be reached from here.
///
/// `States.TaskFailed` and `States.ALL` match every name but `States.Runtime`, and a machine must not
/// take a service that was never there for one that failed: so it is `States.Runtime`, which AWS
/// gives to what no retry can mend.
pub fn not_reachable(resource: &Resource, state: &str) -> Failure {
    Failure {
        error: Some("States.Runtime".to_owned()),
        cause: Some(format!(
            "State `{state}` calls `{resource}`, and nothing here performs that: mock the state in a \
             mock file, or give the engine a handler or an endpoint for it"
        )),
    }
}
