//! Functions that answer as the recorded ones did. The account of an execution says which case it
//! belongs to.

use std::{future, sync::Arc};

use atlas_engine::runner::{Answering, NoRunner, TaskCall, TaskRunner};
use atlas_lambda::{Body, FunctionError, FunctionSettings, Functions, Invocation, LambdaTasks};
use beside::Case;

/// The account under which a case is replayed.
pub(crate) fn account_of(index: usize) -> String {
    format!("{index:012}")
}

/// The functions of every case.
pub(crate) struct RecordedLambdas {
    cases: Arc<Vec<Case>>,
    tasks: Vec<LambdaTasks>,
}

impl RecordedLambdas {
    pub(crate) fn new(cases: &Arc<Vec<Case>>) -> Self {
        let tasks = (0..cases.len()).map(|index| LambdaTasks::new(functions(cases, index)));
        Self { cases: Arc::clone(cases), tasks: tasks.collect() }
    }
}

impl TaskRunner for RecordedLambdas {
    fn run(&self, call: TaskCall) -> Answering {
        let account = call.identity.execution_arn.split(':').nth(4).unwrap_or_default();
        let index = account.parse().unwrap_or(usize::MAX);
        let Some((case, tasks)) = self.cases.get(index).zip(self.tasks.get(index)) else {
            return NoRunner.run(call);
        };
        // Functions of these cases sleep until the state's timeout has passed.
        let is_slow = call.request.timeout_seconds.is_some()
            && (case.area.contains("timeout") || case.id.contains("timeout"));
        if is_slow { Box::pin(future::pending()) } else { tasks.run(call) }
    }
}

/// The functions of one case. One that was not there when it was recorded is not there now.
fn functions(cases: &Arc<Vec<Case>>, index: usize) -> Arc<Functions> {
    let mut functions = Functions::new();
    for (name, invocations) in &cases[index].lambdas {
        if invocations.iter().any(|invocation| !invocation.is_found) {
            continue;
        }
        let (cases, recorded) = (Arc::clone(cases), name.clone());
        let function = move |invocation: Invocation| {
            future::ready(answer(&cases[index], &recorded, &invocation))
        };
        functions
            .add(name, FunctionSettings::default(), function)
            .expect("a name is recorded once");
    }
    Arc::new(functions)
}

fn answer(case: &Case, name: &str, invocation: &Invocation) -> Result<Body, FunctionError> {
    let recorded = beside::invocation_of(case, name, invocation.payload.value())
        .expect("a function is there because it was recorded");
    let body = Body::read(recorded.result.as_bytes());
    if recorded.is_error { Err(FunctionError::from(body)) } else { Ok(body) }
}
