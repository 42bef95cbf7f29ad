//! EXPRESS and STANDARD as types, and a state that is complete.

use std::marker::PhantomData;

use super::typed::Typed;
use crate::model;

/// The two kinds of machine. Sealed: AWS has no third.
pub trait Kind: sealed::Sealed {
    /// The kind as a value.
    const EXECUTION_TYPE: model::ExecutionType;
}

mod sealed {
    pub trait Sealed {}
}

/// Types that a value only stands for.
pub(super) type Marker<T> = PhantomData<fn() -> T>;

/// Up to five minutes, at least once; without callbacks, `.sync` and activities.
#[derive(Debug, Clone, Copy)]
pub enum Express {}

/// Up to a year, once; with callbacks, `.sync` and activities.
#[derive(Debug, Clone, Copy)]
pub enum Standard {}

impl sealed::Sealed for Express {}
impl sealed::Sealed for Standard {}

impl Kind for Express {
    const EXECUTION_TYPE: model::ExecutionType = model::ExecutionType::Express;
}

impl Kind for Standard {
    const EXECUTION_TYPE: model::ExecutionType = model::ExecutionType::Standard;
}

/// A state that says where it leads, for machines of kind `K`. Only such a state can be added to
/// a machine, a branch or a processor of that kind.
///
/// `X` is its exit: [`Leads`] elsewhere, or [`Ends`] with an output.
#[derive(Debug, Clone)]
#[must_use = "a state does something once a machine has it"]
pub struct State<K, X> {
    pub(super) state: model::State,
    marker: PhantomData<fn() -> (K, X)>,
}

impl<K: Kind, X> State<K, X> {
    pub(super) fn new(state: model::State) -> Self {
        Self { state, marker: PhantomData }
    }

    /// `Comment`.
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.state.comment = Some(comment.into());
        self
    }
}

/// The exit of a state that leads to another, or that fails.
#[derive(Debug, Clone, Copy)]
pub enum Leads {}

/// The exit of a state that ends its flow with an `O`.
#[derive(Debug, Clone, Copy)]
pub struct Ends<O>(PhantomData<fn() -> O>);

/// The exits that a state may have in a flow whose output is an `O`.
pub trait Exit<O> {}

impl<O> Exit<O> for Leads {}
impl<O: Typed> Exit<O> for Ends<O> {}
