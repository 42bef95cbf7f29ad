//! The handlers as Lambda functions of this machine: in this process, or as built binaries.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

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

use crate::{CallLog, Code, StartError, TraceLog, trace_log::Environments};

/// Longer than any step waits for its handler: the machine's own timeout decides.
const TIMEOUT: Duration = Duration::from_secs(60);

/// What is started.
pub(crate) struct Wanted<'a> {
    pub(crate) handlers: &'a [Handler],
    pub(crate) code: &'a Code,
    /// Binaries that are functions beside the handlers, or in place of one.
    pub(crate) binaries: &'a [PathBuf],
    pub(crate) variables: &'a [(String, String)],
    /// Those of single handlers, which go first.
    pub(crate) variables_of: &'a [(Handler, Vec<(String, String)>)],
    pub(crate) calls: CallLog,
    pub(crate) traces: Option<TraceLog>,
}

impl Wanted<'_> {
    /// The variables of a function: its own, then those of all.
    fn variables(&self, function: &str) -> Vec<(String, String)> {
        let own = self.variables_of.iter().filter(|(handler, _)| handler.name() == function);
        let mut all: Vec<_> = own.flat_map(|(_, variables)| variables).cloned().collect();
        for (name, value) in self.variables {
            if !all.iter().any(|(known, _)| known == name) {
                all.push((name.clone(), value.clone()));
            }
        }
        all
    }
}

/// All of them, each ready to be invoked.
pub(crate) async fn start(wanted: Wanted<'_>) -> Result<Functions, StartError> {
    let mut functions = Functions::new();
    for program in wanted.binaries {
        add_binary(&mut functions, &file_name(program), program, &wanted)?;
    }
    let is_replaced =
        |handler: &Handler| wanted.binaries.iter().any(|it| file_name(it) == handler.name());
    let handlers: Vec<Handler> =
        wanted.handlers.iter().copied().filter(|handler| !is_replaced(handler)).collect();
    match wanted.code {
        Code::InProcess => in_process(&mut functions, &handlers, &wanted).await?,
        Code::Binaries(folder) => {
            for handler in handlers {
                let program = folder.join(handler.name());
                if !program.is_file() {
                    return Err(StartError::NoBinary { handler, folder: folder.clone() });
                }
                add_binary(&mut functions, handler.name(), &program, &wanted)?;
            }
        }
    }
    Ok(functions)
}

/// Built at the same time: each takes its secret and warms its connections. Where traces are kept, they are
/// built when they are invoked instead.
async fn in_process(
    functions: &mut Functions,
    handlers: &[Handler],
    wanted: &Wanted<'_>,
) -> Result<(), StartError> {
    let sink = |handler: Handler| Some(wanted.calls.of(handler.name()));
    if let Some(traces) = &wanted.traces {
        for &handler in handlers {
            let environments = Environments::new(
                handler,
                wanted.variables(handler.name()),
                settings().memory_megabytes,
                sink(handler),
                traces.clone(),
            );
            functions.add(handler.name(), settings(), environments)?;
        }
        return Ok(());
    }
    let mut building = JoinSet::new();
    for &handler in handlers {
        let environment: Environment = wanted.variables(handler.name()).into_iter().collect();
        let calls = sink(handler);
        building.spawn(async move {
            let built = functions::of(handler, &environment);
            let built = seen(calls.clone(), built).await;
            (handler, built.map(|handler| InProcess { handler, calls }))
        });
    }
    while let Some(built) = building.join_next().await {
        let (handler, built) = built.expect("building a handler does not panic");
        let function = built.map_err(|source| StartError::Handler { handler, source })?;
        functions.add(handler.name(), settings(), function)?;
    }
    Ok(())
}

fn add_binary(
    functions: &mut Functions,
    name: &str,
    program: &Path,
    wanted: &Wanted<'_>,
) -> Result<(), StartError> {
    let calls = wanted.calls.clone();
    let binary = BinarySettings {
        variables: wanted.variables(name),
        sink: Arc::new(move |line| calls.take_line(line.function, line.text)),
        recording: wanted.traces.as_ref().map(TraceLog::recording),
        ..BinarySettings::new(program)
    };
    Ok(functions.add_binary(name, settings(), binary)?)
}

fn file_name(program: &Path) -> String {
    program.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
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
