//! What a trial tells: how the state ended, and what its data was after each step.

use atlas_asl::model::StateName;

use crate::{Failure, Payload};

/// What came of a trial.
#[derive(Debug, Clone)]
pub struct Report {
    /// How the state ended.
    pub ending: Ending,
    /// Its data on the way.
    pub inspection: Inspection,
}

/// How a state ended.
#[derive(Debug, Clone)]
pub enum Ending {
    /// It handed on an output.
    Succeeded {
        /// The output.
        output: Payload,
        /// The state that follows, where one does.
        next: Option<StateName>,
    },
    /// It failed, and nothing dealt with that.
    Failed(Failure),
    /// It failed, and would be tried again.
    Retriable(Failure),
    /// It failed, and a catcher took that.
    Caught {
        /// Why it failed.
        failure: Failure,
        /// What the catcher handed on.
        output: Payload,
        /// The catcher's state.
        next: StateName,
    },
}

/// A state's data after each step that it got to. A step that the state's type or query language
/// does not have stays empty.
#[derive(Debug, Clone, Default)]
pub struct Inspection {
    /// After `Arguments`.
    pub after_arguments: Option<Payload>,
    /// After `InputPath`.
    pub after_input_path: Option<Payload>,
    /// After `Parameters`.
    pub after_parameters: Option<Payload>,
    /// The items of a Map, in either query language and from wherever.
    pub items: Option<Vec<Payload>>,
    /// The items of a Map after `ItemsPath`.
    pub after_items_path: Option<Vec<Payload>>,
    /// The items of a Map after `ItemsPointer`.
    pub after_items_pointer: Option<Vec<Payload>>,
    /// The input of each iteration after `ItemSelector`.
    pub after_item_selector: Option<Vec<Payload>>,
    /// The batches after `ItemBatcher`.
    pub after_item_batcher: Option<Vec<Payload>>,
    /// `ToleratedFailureCount`, evaluated.
    pub tolerated_failure_count: Option<u64>,
    /// `ToleratedFailurePercentage`, evaluated.
    pub tolerated_failure_percentage: Option<f64>,
    /// `MaxConcurrency`, evaluated; 0 is without limit.
    pub max_concurrency: Option<u64>,
    /// The raw result.
    pub result: Option<Payload>,
    /// After `ResultSelector`.
    pub after_result_selector: Option<Payload>,
    /// After `ResultPath`.
    pub after_result_path: Option<Payload>,
    /// The variables after the state, those that were given among them.
    pub variables: Vec<(Box<str>, Payload)>,
    /// Who dealt with a failure.
    pub handler: Option<Handler>,
}

/// Who dealt with a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handler {
    /// An entry of `Retry`.
    Retry {
        /// Its place in the list.
        index: usize,
        /// How long it waits before the next attempt; the longest, where it draws lots.
        backoff_seconds: u64,
    },
    /// An entry of `Catch`.
    Catch {
        /// Its place in the list.
        index: usize,
    },
}
