//! The handlers as Lambda functions of this machine: in this process, or as built binaries.

use std::{path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use atlas_lambda::{
    BinarySettings, Body, Function, FunctionError, FunctionSettings, Functions, Invocation,
};
use handlers::{
    environment::Environment,
    functions::{self, Handler},
    observe::{self, Sink},
};
use tokio::task::JoinSet;

use crate::{CallLog, Code, StartError};

/// Longer than any step waits for its handler: the machine's own timeout decides.
const TIMEOUT: Duration = Duration::from_secs(60);

/// All of these handlers, each ready to be invoked.
pub(crate) async fn start(
    wanted: &[Handler],
    code: &Code,
    variables: &[(String, String)],
    calls: CallLog,
) -> Result<Functions, StartError> {
    let calls = Some(calls);
    match code {
        Code::InProcess => in_process(wanted, variables, calls).await,
        Code::Binaries(folder) => binaries(wanted, folder, variables, calls),
    }
}

/// Built at the same time: each takes its secret and warms its connections.
async fn in_process(
    wanted: &[Handler],
    variables: &[(String, String)],
    calls: Option<CallLog>,
) -> Result<Functions, StartError> {
    let environment: Environment = variables.iter().cloned().collect();
    let mut building = JoinSet::new();
    for &handler in wanted {
        let (environment, calls) =
            (environment.clone(), calls.as_ref().map(|calls| calls.of(handler.name())));
        building.spawn(async move {
            let built = functions::of(handler, &environment);
            let built = seen(calls.clone(), built).await;
            (handler, built.map(|handler| InProcess { handler, calls }))
        });
    }
    let mut functions = Functions::new();
    while let Some(built) = building.join_next().await {
        let (handler, built) = built.expect("building a handler does not panic");
        let function = built.map_err(|source| StartError::Handler { handler, source })?;
        functions.add(handler.name(), settings(), function)?;
    }
    Ok(functions)
}

fn binaries(
    wanted: &[Handler],
    folder: &Path,
    variables: &[(String, String)],
    calls: Option<CallLog>,
) -> Result<Functions, StartError> {
    let mut functions = Functions::new();
    for handler in wanted {
        let program = folder.join(handler.name());
        if !program.is_file() {
            return Err(StartError::NoBinary { handler: *handler, folder: folder.to_owned() });
        }
        let calls = calls.clone();
        let binary = BinarySettings {
            variables: variables.to_vec(),
            sink: Arc::new(move |line| {
                if let Some(calls) = &calls {
                    calls.take_line(line.function, line.text);
                }
            }),
            ..BinarySettings::new(program)
        };
        functions.add_binary(handler.name(), settings(), binary)?;
    }
    Ok(functions)
}

fn settings() -> FunctionSettings {
    FunctionSettings { timeout: TIMEOUT, ..FunctionSettings::default() }
}

/// A handler in this process.
struct InProcess {
    handler: Arc<dyn functions::Function>,
    calls: Option<Arc<dyn Sink>>,
}

/// Does something, and lets `calls` see what is called meanwhile.
async fn seen<T>(calls: Option<Arc<dyn Sink>>, doing: impl Future<Output = T>) -> T {
    match calls {
        Some(calls) => observe::scoped(calls, doing).await,
        None => doing.await,
    }
}

#[async_trait]
impl Function for InProcess {
    async fn invoke(&self, invocation: Invocation) -> Result<Body, FunctionError> {
        let answering = self.handler.invoke(invocation.payload.value().clone());
        match seen(self.calls.clone(), answering).await {
            Ok(answer) => Ok(answer.into()),
            Err(error) => Err(FunctionError::new(error.error_type, error.error_message)),
        }
    }
}
