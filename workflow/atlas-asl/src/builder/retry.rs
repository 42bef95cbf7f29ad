//! `Retry`: which errors are tried again, how often and when.

use std::marker::PhantomData;

use super::step::ErrorNames;
use crate::model::{JitterStrategy, Retrier};

/// What Lambda raises when the function never got to answer: worth another try for any function that
/// can run twice. Either Lambda did not get to it, or its process ended or took too long, which
/// runtimes of old tell as `Lambda.Unknown` (Step Functions Developer Guide, "Handle transient Lambda
/// service exceptions").
pub const LAMBDA_TRANSIENT_ERRORS: [&str; 7] = [
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    LAMBDA_THROTTLED,
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Sandbox.Timedout",
];

/// What Lambda raises when as many of the function run as may: it was not invoked, so whatever it does
/// was not done (Lambda API Reference, `Invoke`, `TooManyRequestsException`).
pub const LAMBDA_THROTTLED: &str = "Lambda.TooManyRequestsException";

/// Stands for every error, where a list of errors would stand.
#[derive(Debug, Clone, Copy)]
pub struct AnyError;

/// One element of `Retry`, of errors that an `E` names.
#[derive(Debug, Clone)]
#[must_use = "a Retry does something once a state has it"]
pub struct Retry<E> {
    pub(super) retrier: Retrier,
    errors: PhantomData<fn() -> E>,
}

impl<E: ErrorNames> Retry<E> {
    /// On these errors of the step.
    pub fn on(errors: impl IntoIterator<Item = E>) -> Self {
        Self::named(errors.into_iter().map(|error| error.name()))
    }

    /// On what Lambda raises when the function never got to answer.
    pub fn on_lambda_transient() -> Self {
        Self::named(LAMBDA_TRANSIENT_ERRORS)
    }

    /// On the same but [`LAMBDA_THROTTLED`], which another retrier of the state has.
    pub fn on_lambda_faults() -> Self {
        Self::named(LAMBDA_TRANSIENT_ERRORS.into_iter().filter(|name| *name != LAMBDA_THROTTLED))
    }

    /// On [`LAMBDA_THROTTLED`] as well.
    pub fn or_on_lambda_throttling(mut self) -> Self {
        self.retrier.error_equals.push(LAMBDA_THROTTLED.to_owned());
        self
    }

    /// On a timeout or a missed heartbeat.
    pub fn on_timeout() -> Self {
        Self::named(["States.Timeout"])
    }
}

impl Retry<AnyError> {
    /// On every error: `States.ALL`, for `.retry_all(…)`.
    pub fn on_all() -> Self {
        Self::named(["States.ALL"])
    }
}

impl<E> Retry<E> {
    fn named<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let error_equals = names.into_iter().map(str::to_owned).collect();
        Self { retrier: Retrier { error_equals, ..Retrier::default() }, errors: PhantomData }
    }

    /// Why.
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.retrier.comment = Some(comment.into());
        self
    }

    /// `IntervalSeconds`: the first delay.
    pub fn interval_seconds(mut self, seconds: u64) -> Self {
        self.retrier.interval_seconds = Some(seconds);
        self
    }

    /// `MaxAttempts`: how often it is tried again.
    pub fn max_attempts(mut self, attempts: u64) -> Self {
        self.retrier.max_attempts = Some(attempts);
        self
    }

    /// `BackoffRate`: what each delay is multiplied by.
    pub fn backoff_rate(mut self, rate: f64) -> Self {
        self.retrier.backoff_rate = Some(rate);
        self
    }

    /// `MaxDelaySeconds`.
    pub fn max_delay_seconds(mut self, seconds: u64) -> Self {
        self.retrier.max_delay_seconds = Some(seconds);
        self
    }

    /// `JitterStrategy` `FULL`: a delay is anything up to what it would have been.
    pub fn full_jitter(mut self) -> Self {
        self.retrier.jitter_strategy = Some(JitterStrategy::Full);
        self
    }
}
