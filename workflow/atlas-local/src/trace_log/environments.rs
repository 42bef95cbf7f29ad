//! A handler in this process as Lambda would have it: in environments, each of which is built when it is needed,
//! serves one invocation at a time, and is used again.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use async_trait::async_trait;
use atlas_lambda::{Body, Function, FunctionError, Init, Invocation, InvocationRecord};
use handlers::{
    environment::Environment,
    functions::{self, Handler},
    observe::{self, Sink},
};
use uuid::Uuid;

use super::TraceLog;

/// The environments of one handler.
pub(crate) struct Environments {
    handler: Handler,
    variables: Vec<(String, String)>,
    memory_megabytes: u32,
    calls: Option<Arc<dyn Sink>>,
    log: TraceLog,
    idle: Mutex<Vec<Built>>,
}

/// A handler that was built, and the name of its environment.
struct Built {
    name: String,
    handler: Arc<dyn functions::Function>,
}

impl Environments {
    pub(crate) fn new(
        handler: Handler,
        variables: Vec<(String, String)>,
        memory_megabytes: u32,
        calls: Option<Arc<dyn Sink>>,
        log: TraceLog,
    ) -> Self {
        Self { handler, variables, memory_megabytes, calls, log, idle: Mutex::default() }
    }

    /// Builds an environment.
    async fn build(&self) -> Result<(Built, Init), FunctionError> {
        let (started_at, began) = (SystemTime::now(), Instant::now());
        let name = format!("{}/{}", self.handler.name(), Uuid::new_v4().simple());
        let own = self.log.variables(&name);
        let is_own = |name: &String| own.iter().any(|(known, _)| known == name);
        let others = self.variables.iter().filter(|(name, _)| !is_own(name)).cloned();
        let variables: Environment = others.chain(own.clone()).collect();
        let built = self.seen(functions::of(self.handler, &variables)).await;
        let handler = built.map_err(|error| {
            FunctionError::new("Runtime.InitError".to_owned(), error.to_string())
        })?;
        let init = Init { started_at, process: Duration::ZERO, runtime: began.elapsed() };
        Ok((Built { name, handler }, init))
    }

    /// Lets the sink of calls see what is called meanwhile.
    async fn seen<T>(&self, doing: impl Future<Output = T>) -> T {
        match &self.calls {
            Some(calls) => observe::scoped(Arc::clone(calls), doing).await,
            None => doing.await,
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Built>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Function for Environments {
    async fn invoke(&self, invocation: Invocation) -> Result<Body, FunctionError> {
        let used = self.idle().pop();
        let (built, init) = match used {
            Some(built) => (built, None),
            None => {
                let (built, init) = self.build().await?;
                (built, Some(init))
            }
        };
        let started_at = SystemTime::now();
        let answer = self.seen(built.handler.invoke(invocation.payload.value().clone())).await;
        self.log.add(InvocationRecord {
            function: self.handler.name().into(),
            request_id: invocation.request_id,
            trace_id: invocation.trace_id,
            execution_arn: invocation.execution_arn,
            environment: built.name.clone(),
            init,
            started_at,
            ended_at: SystemTime::now(),
            is_failed: answer.is_err(),
            memory_megabytes: self.memory_megabytes,
            used_megabytes: None,
        });
        self.idle().push(built);
        match answer {
            Ok(answer) => Ok(answer.into()),
            Err(error) => Err(FunctionError::new(error.error_type, error.error_message)),
        }
    }
}
