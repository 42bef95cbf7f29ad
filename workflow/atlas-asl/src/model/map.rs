//! The Map state and its parts.

use serde_json::Value;

use super::{Catcher, Count, Flow, Retrier, Transition};

/// `Type: Map`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Map {
    /// `ItemProcessor`, or `Iterator`, its older name.
    pub processor: Flow,
    /// `ProcessorConfig`.
    pub processor_config: Option<ProcessorConfig>,
    /// The document says `Iterator`.
    pub legacy_iterator: bool,
    /// `Comment` of the processor.
    pub processor_comment: Option<String>,
    /// `ItemsPath` or `Items`.
    pub items: Option<Items>,
    /// `ItemSelector`.
    pub item_selector: Option<Value>,
    /// `ItemBatcher`.
    pub item_batcher: Option<ItemBatcher>,
    /// `ItemReader`.
    pub item_reader: Option<ItemReader>,
    /// `ResultWriter`.
    pub result_writer: Option<ResultWriter>,
    /// `MaxConcurrency`, `MaxConcurrencyPath`; 0 is without limit.
    pub max_concurrency: Option<Count>,
    /// `ToleratedFailureCount`, `ToleratedFailureCountPath`.
    pub tolerated_failure_count: Option<Count>,
    /// `ToleratedFailurePercentage`, `ToleratedFailurePercentagePath`.
    pub tolerated_failure_percentage: Option<ToleratedFailure>,
    /// `Label`.
    pub label: Option<String>,
    /// `Parameters` (JSONPath): the older name of `ItemSelector`.
    pub parameters: Option<Value>,
    /// `ResultSelector` (JSONPath).
    pub result_selector: Option<Value>,
    /// `ResultPath` (JSONPath).
    pub result_path: Option<super::PathOrNull>,
    /// `Retry`.
    pub retry: Vec<Retrier>,
    /// `Catch`.
    pub catch: Vec<Catcher>,
    /// `Next` or `End`.
    pub transition: Option<Transition>,
}

/// Where a Map takes its items from.
#[derive(Debug, Clone, PartialEq)]
pub enum Items {
    /// `ItemsPath` (JSONPath).
    Path(String),
    /// `Items` (JSONata): an array, or a `"{% … %}"` expression.
    Value(Value),
}

/// `ToleratedFailurePercentage`: a number from 0 to 100 in one of its three forms.
#[derive(Debug, Clone, PartialEq)]
pub enum ToleratedFailure {
    /// A number.
    Literal(f64),
    /// `"{% … %}"`.
    Jsonata(String),
    /// `ToleratedFailurePercentagePath`.
    Path(String),
}

/// `ProcessorConfig`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProcessorConfig {
    /// `Mode`; `INLINE` where absent.
    pub mode: Option<ProcessorMode>,
    /// `ExecutionType` of the children of a DISTRIBUTED map.
    pub execution_type: Option<ExecutionType>,
}

/// `Mode` of a `ProcessorConfig`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProcessorMode {
    /// `INLINE`: iterations are part of the execution.
    Inline,
    /// `DISTRIBUTED`: iterations are child executions of a map run.
    Distributed,
}

/// The two kinds of state machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ExecutionType {
    /// `STANDARD`: up to a year, runs once, holds callbacks.
    #[default]
    Standard,
    /// `EXPRESS`: up to five minutes, at least once, no callbacks.
    Express,
}

impl ExecutionType {
    /// The word in AWS's API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::Express => "EXPRESS",
        }
    }
}

/// `ItemBatcher`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ItemBatcher {
    /// `BatchInput`.
    pub batch_input: Option<Value>,
    /// `MaxItemsPerBatch`, `MaxItemsPerBatchPath`.
    pub max_items_per_batch: Option<Count>,
    /// `MaxInputBytesPerBatch`, `MaxInputBytesPerBatchPath`.
    pub max_input_bytes_per_batch: Option<Count>,
}

/// `ItemReader`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ItemReader {
    /// `Resource`.
    pub resource: Option<String>,
    /// `ReaderConfig`.
    pub reader_config: Option<ReaderConfig>,
    /// `Parameters` (JSONPath).
    pub parameters: Option<Value>,
    /// `Arguments` (JSONata).
    pub arguments: Option<Value>,
}

/// `ReaderConfig` of an `ItemReader`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReaderConfig {
    /// `InputType`: `CSV`, `JSON`, `JSONL`, `PARQUET`, `MANIFEST`.
    pub input_type: Option<String>,
    /// `Transformation`: `NONE`, `LOAD_AND_FLATTEN`.
    pub transformation: Option<String>,
    /// `CSVDelimiter`.
    pub csv_delimiter: Option<String>,
    /// `CSVHeaderLocation`: `FIRST_ROW`, `GIVEN`.
    pub csv_header_location: Option<String>,
    /// `CSVHeaders`.
    pub csv_headers: Option<Vec<String>>,
    /// `ManifestType`.
    pub manifest_type: Option<String>,
    /// `ItemsPointer`.
    pub items_pointer: Option<String>,
    /// `MaxItems`, `MaxItemsPath`.
    pub max_items: Option<Count>,
}

/// `ResultWriter`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ResultWriter {
    /// `Resource`.
    pub resource: Option<String>,
    /// `Parameters` (JSONPath).
    pub parameters: Option<Value>,
    /// `Arguments` (JSONata).
    pub arguments: Option<Value>,
    /// `WriterConfig`.
    pub writer_config: Option<WriterConfig>,
}

/// `WriterConfig` of a `ResultWriter`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WriterConfig {
    /// `Transformation`: `NONE`, `COMPACT`, `FLATTEN`.
    pub transformation: Option<String>,
    /// `OutputType`: `JSON`, `JSONL`.
    pub output_type: Option<String>,
}
