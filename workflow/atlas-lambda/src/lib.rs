//! AWS Lambda on one machine: functions, what invokes them, and how they answer.
//!
//! A function is code in this process ([`Function`]) or a binary that speaks the Lambda Runtime API
//! ([`BinarySettings`]). Tasks of state machines ([`LambdaTasks`]), `aws lambda invoke`
//! ([`invoke_api`]), queues ([`SqsMapping`]) and schedules ([`Schedule`]) reach both the same way,
//! through [`Functions`], and see the errors that Lambda gives.
//!
//! It knows no handler, no sandbox, no command line and no stdout: what a binary prints goes to the
//! caller's sink.
//!
//! ```no_run
//! # async fn show() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//!
//! use atlas_lambda::{BinarySettings, FunctionSettings, Functions, Invocation, LambdaTasks};
//! use serde_json::json;
//!
//! let mut functions = Functions::new();
//! let greeting = |_: Invocation| std::future::ready(Ok(json!({"hello": "world"}).into()));
//! functions.add("Greeting", FunctionSettings::default(), greeting)?;
//! let binary = BinarySettings::new("target/debug/CreateLeadHandler");
//! functions.add_binary("CreateLeadHandler", FunctionSettings::default(), binary)?;
//! let runner = LambdaTasks::new(Arc::new(functions));
//! # let _ = runner;
//! # Ok(())
//! # }
//! ```

mod function;

mod body;

mod function_error;

mod name;

mod settings;

mod functions;

mod invoke;

mod in_process;

mod log_tail;

mod stop;

mod asynchronous;

mod record;

mod binary;

mod task_runner;

mod service_answer;

mod event_sources;

pub mod invoke_api;

pub use asynchronous::EventDropped;
pub use binary::{BinarySettings, OutputLine, Sink, Stream};
pub use body::Body;
pub use event_sources::{
    InvalidMapping, InvalidRate, MappingEvent, Message, Queue, QueueError, Rate, RunningSource,
    Schedule, SqsMapping,
};
pub use function::{Function, Invocation};
pub use function_error::FunctionError;
pub use functions::{AddError, Functions};
pub use invoke::{InvocationType, InvokeError, InvokeRequest, Invoked, LogType};
pub use log_tail::LogTail;
pub use name::{FunctionName, InvalidFunctionName};
pub use record::{Init, InvocationRecord, Recording, VariablesOf};
pub use settings::FunctionSettings;
pub use task_runner::LambdaTasks;
