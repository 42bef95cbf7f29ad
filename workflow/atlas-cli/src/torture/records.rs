//! What the clients of a round remember: what they asked for, and what they were told became of it.

use std::collections::BTreeSet;

use super::shape::Shape;

/// What all clients of a round remember.
#[derive(Debug, Default)]
pub(super) struct Records {
    pub(super) starts: Vec<Start>,
    pub(super) sent: Vec<Sent>,
    /// Executions, by ARN, whose tasks reached somebody.
    pub(super) asked: BTreeSet<String>,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// It took effect: so it was answered.
    Acknowledged,
    /// It may have taken effect, and nobody can know before looking.
    Unknown,
    /// It had no effect: so it was answered.
    Refused,
}

/// An execution that a client asked for.
#[derive(Debug, Clone)]
pub(super) struct Start {
    pub(super) arn: String,
    /// Its name, which is also the `id` in its input.
    pub(super) name: String,
    pub(super) shape: Shape,
    pub(super) effect: Effect,
    /// What became of stopping it, where somebody tried.
    pub(super) stop: Option<Effect>,
    /// What became of redriving it, where somebody tried.
    pub(super) redrive: Option<Effect>,
}

/// A task that somebody ended.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    pub(super) execution: String,
    pub(super) ending: Ending,
    pub(super) effect: Effect,
}

/// How a task was ended. What it says stands nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ending {
    /// With this output, a JSON text.
    Success(String),
    /// With this cause.
    Failure(String),
}
