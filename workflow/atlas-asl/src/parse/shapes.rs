//! Which fields each object of a definition has, and in which query language. Data only.
//!
//! Held to `ValidateStateMachineDefinition` as measured on AWS in September 2026 (8 state types by 50
//! fields), and to the `Comment` fields of the recorded definitions.

use crate::model::{Operator, QueryLanguage, StateType};

/// The fields of one kind of object.
#[derive(Debug)]
pub(super) struct Shape {
    /// What it is, in a sentence: "a Task state".
    pub(super) what: &'static str,
    /// Fields of both languages.
    both: &'static [&'static str],
    /// Fields of JSONPath only.
    json_path: &'static [&'static str],
    /// Fields of JSONata only.
    jsonata: &'static [&'static str],
    /// The comparison operators are fields of it too (JSONPath).
    operators: bool,
}

/// Whether an object has a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// In both languages.
    Always,
    /// In this language only.
    Only(QueryLanguage),
    /// In none.
    Never,
}

impl Shape {
    /// Whether objects of this kind have the field.
    pub(super) fn standing(&self, name: &str) -> Standing {
        if self.both.contains(&name) {
            Standing::Always
        } else if self.json_path.contains(&name)
            || self.operators && Operator::from_name(name).is_some()
        {
            Standing::Only(QueryLanguage::JsonPath)
        } else if self.jsonata.contains(&name) {
            Standing::Only(QueryLanguage::Jsonata)
        } else {
            Standing::Never
        }
    }

    /// The fields that fit the language; all where it is not known.
    pub(super) fn names(
        &self,
        language: Option<QueryLanguage>,
    ) -> impl Iterator<Item = &'static str> {
        let json_path = language != Some(QueryLanguage::Jsonata);
        let jsonata = language != Some(QueryLanguage::JsonPath);
        self.both
            .iter()
            .chain(self.json_path.iter().filter(move |_| json_path))
            .chain(self.jsonata.iter().filter(move |_| jsonata))
            .copied()
            .chain(
                Operator::ALL
                    .iter()
                    .filter(move |_| self.operators && json_path)
                    .map(|operator| operator.as_str()),
            )
    }
}

/// The shape of a state of this type.
pub(super) const fn of_state(state_type: StateType) -> &'static Shape {
    match state_type {
        StateType::Task => &TASK,
        StateType::Pass => &PASS,
        StateType::Choice => &CHOICE,
        StateType::Wait => &WAIT,
        StateType::Succeed => &SUCCEED,
        StateType::Fail => &FAIL,
        StateType::Parallel => &PARALLEL,
        StateType::Map => &MAP,
    }
}

/// The state types that have this field.
pub(super) fn states_with(name: &str) -> Vec<&'static str> {
    StateType::ALL
        .into_iter()
        .filter(|state_type| of_state(*state_type).standing(name) != Standing::Never)
        .map(StateType::as_str)
        .collect()
}

const NONE: Shape = Shape { what: "", both: &[], json_path: &[], jsonata: &[], operators: false };

pub(super) const MACHINE: Shape = Shape {
    what: "a state machine",
    both: &["Comment", "QueryLanguage", "StartAt", "States", "TimeoutSeconds", "Version"],
    ..NONE
};

pub(super) const BRANCH: Shape =
    Shape { what: "a branch", both: &["Comment", "StartAt", "States"], ..NONE };

pub(super) const PROCESSOR: Shape = Shape {
    what: "an item processor",
    both: &["Comment", "ProcessorConfig", "StartAt", "States"],
    ..NONE
};

/// A state whose type is not known yet.
pub(super) const ANY_STATE: Shape =
    Shape { what: "a state", both: &["Type", "Comment", "QueryLanguage", "Next", "End"], ..NONE };

const TASK: Shape = Shape {
    what: "a Task state",
    both: &[
        "Type",
        "Comment",
        "QueryLanguage",
        "Resource",
        "TimeoutSeconds",
        "HeartbeatSeconds",
        "Credentials",
        "Retry",
        "Catch",
        "Assign",
        "Next",
        "End",
    ],
    json_path: &[
        "InputPath",
        "Parameters",
        "ResultSelector",
        "ResultPath",
        "OutputPath",
        "TimeoutSecondsPath",
        "HeartbeatSecondsPath",
    ],
    jsonata: &["Arguments", "Output"],
    ..NONE
};

const PASS: Shape = Shape {
    what: "a Pass state",
    both: &["Type", "Comment", "QueryLanguage", "Assign", "Next", "End"],
    json_path: &["InputPath", "Parameters", "Result", "ResultPath", "OutputPath"],
    jsonata: &["Output"],
    ..NONE
};

const CHOICE: Shape = Shape {
    what: "a Choice state",
    both: &["Type", "Comment", "QueryLanguage", "Choices", "Default", "Assign"],
    json_path: &["InputPath", "OutputPath"],
    jsonata: &["Output"],
    ..NONE
};

const WAIT: Shape = Shape {
    what: "a Wait state",
    both: &["Type", "Comment", "QueryLanguage", "Seconds", "Timestamp", "Assign", "Next", "End"],
    json_path: &["InputPath", "OutputPath", "SecondsPath", "TimestampPath"],
    jsonata: &["Output"],
    ..NONE
};

const SUCCEED: Shape = Shape {
    what: "a Succeed state",
    both: &["Type", "Comment", "QueryLanguage"],
    json_path: &["InputPath", "OutputPath"],
    jsonata: &["Output"],
    ..NONE
};

const FAIL: Shape = Shape {
    what: "a Fail state",
    both: &["Type", "Comment", "QueryLanguage", "Error", "Cause"],
    json_path: &["ErrorPath", "CausePath"],
    ..NONE
};

const PARALLEL: Shape = Shape {
    what: "a Parallel state",
    both: &[
        "Type",
        "Comment",
        "QueryLanguage",
        "Branches",
        "Retry",
        "Catch",
        "Assign",
        "Next",
        "End",
    ],
    json_path: &["InputPath", "Parameters", "ResultSelector", "ResultPath", "OutputPath"],
    jsonata: &["Arguments", "Output"],
    ..NONE
};

const MAP: Shape = Shape {
    what: "a Map state",
    both: &[
        "Type",
        "Comment",
        "QueryLanguage",
        "ItemProcessor",
        "Iterator",
        "ItemSelector",
        "ItemBatcher",
        "ItemReader",
        "ResultWriter",
        "MaxConcurrency",
        "ToleratedFailureCount",
        "ToleratedFailurePercentage",
        "Label",
        "Retry",
        "Catch",
        "Assign",
        "Next",
        "End",
    ],
    json_path: &[
        "InputPath",
        "ItemsPath",
        "Parameters",
        "MaxConcurrencyPath",
        "ToleratedFailureCountPath",
        "ToleratedFailurePercentagePath",
        "ResultSelector",
        "ResultPath",
        "OutputPath",
    ],
    jsonata: &["Items", "Output"],
    ..NONE
};

pub(super) const CHOICE_RULE: Shape = Shape {
    what: "a choice rule",
    both: &["Comment", "Next", "Assign"],
    json_path: &["Variable", "And", "Or", "Not"],
    jsonata: &["Condition", "Output"],
    operators: true,
};

pub(super) const NESTED_RULE: Shape = Shape {
    what: "a rule inside a choice rule",
    both: &["Comment"],
    json_path: &["Variable", "And", "Or", "Not"],
    operators: true,
    ..NONE
};

pub(super) const RETRIER: Shape = Shape {
    what: "a retrier",
    both: &[
        "Comment",
        "ErrorEquals",
        "IntervalSeconds",
        "MaxAttempts",
        "BackoffRate",
        "MaxDelaySeconds",
        "JitterStrategy",
    ],
    ..NONE
};

pub(super) const CATCHER: Shape = Shape {
    what: "a catcher",
    both: &["Comment", "ErrorEquals", "Next", "Assign"],
    json_path: &["ResultPath"],
    jsonata: &["Output"],
    ..NONE
};

pub(super) const PROCESSOR_CONFIG: Shape =
    Shape { what: "a processor config", both: &["Mode", "ExecutionType"], ..NONE };

pub(super) const ITEM_BATCHER: Shape = Shape {
    what: "an item batcher",
    both: &["BatchInput", "MaxItemsPerBatch", "MaxInputBytesPerBatch"],
    json_path: &["MaxItemsPerBatchPath", "MaxInputBytesPerBatchPath"],
    ..NONE
};

pub(super) const ITEM_READER: Shape = Shape {
    what: "an item reader",
    both: &["Resource", "ReaderConfig"],
    json_path: &["Parameters"],
    jsonata: &["Arguments"],
    ..NONE
};

pub(super) const READER_CONFIG: Shape = Shape {
    what: "a reader config",
    both: &[
        "InputType",
        "Transformation",
        "CSVDelimiter",
        "CSVHeaderLocation",
        "CSVHeaders",
        "ManifestType",
        "ItemsPointer",
        "MaxItems",
    ],
    json_path: &["MaxItemsPath"],
    ..NONE
};

pub(super) const RESULT_WRITER: Shape = Shape {
    what: "a result writer",
    both: &["Resource", "WriterConfig"],
    json_path: &["Parameters"],
    jsonata: &["Arguments"],
    ..NONE
};

pub(super) const WRITER_CONFIG: Shape =
    Shape { what: "a writer config", both: &["Transformation", "OutputType"], ..NONE };
