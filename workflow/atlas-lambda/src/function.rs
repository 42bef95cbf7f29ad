//! What a function is to Lambda: something that takes an invocation and answers.

use std::{future::Future, sync::Arc, time::SystemTime};

use async_trait::async_trait;
use atlas_core::Payload;

use crate::{body::Body, function_error::FunctionError, log_tail::LogTail};

/// A function that runs in this process.
///
/// Its own timeout, its concurrency and its panics are looked after by [`crate::Functions`]. Like on
/// Lambda, nobody who stops waiting for the answer stops the function.
#[async_trait]
pub trait Function: Send + Sync {
    /// Answers one invocation.
    async fn invoke(&self, invocation: Invocation) -> Result<Body, FunctionError>;
}

#[async_trait]
impl<F, Answering> Function for F
where
    F: Fn(Invocation) -> Answering + Send + Sync,
    Answering: Future<Output = Result<Body, FunctionError>> + Send,
{
    async fn invoke(&self, invocation: Invocation) -> Result<Body, FunctionError> {
        self(invocation).await
    }
}

/// One invocation, as a function sees it.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// What it is invoked with.
    pub payload: Payload,
    /// Its id.
    pub request_id: String,
    /// When the function will be timed out.
    pub deadline: SystemTime,
    /// The X-Ray header: `Root=1-…;Parent=…;Sampled=0`.
    pub trace_id: String,
    /// The function's ARN, with the qualifier that was invoked.
    pub function_arn: String,
    /// The execution whose task it is.
    pub execution_arn: Option<Arc<str>>,
    /// `ClientContext`, decoded: JSON.
    pub client_context: Option<String>,
    /// The log that whoever invokes may ask for.
    pub log: LogTail,
}
