//! A state machine made ready to run: names resolved to indices, paths and expressions compiled.

mod compile;

use std::sync::Arc;

use atlas_asl::{
    choice_rule::CompiledRule,
    jsonata::{Expression, JsonataTemplate},
    jsonpath::Path,
    model::{ExecutionType, StateName, StateType},
    payload_template::{self, PayloadTemplate},
    resource::Resource,
};

use crate::Payload;

/// Where a state stands in `Program::states`.
pub(crate) type StateIndex = usize;

/// A compiled machine. It never changes; executions share it.
#[derive(Debug)]
pub struct Program {
    pub(crate) timeout_seconds: Option<u64>,
    pub(crate) start: StateIndex,
    pub(crate) states: Arc<[CompiledState]>,
}

/// The processor of a distributed map: what each of its child executions runs.
#[derive(Debug, Clone)]
pub struct Processor {
    /// The map's label, given or made up; unique within the machine.
    pub label: Arc<str>,
    /// Where the processor stands in the definition, as a JSON pointer.
    pub pointer: Arc<str>,
    /// The kind of its executions.
    pub execution_type: ExecutionType,
    /// The states of the machine, entered at the processor's first one.
    pub program: Arc<Program>,
}

impl Program {
    /// The processor of the distributed map of this label.
    pub fn processor(&self, label: &str) -> Option<Processor> {
        self.states.iter().find_map(|state| match &state.kind {
            Kind::Map(map) if map.distributed && *map.label == *label => {
                Some(self.processor_of(map))
            }
            _ => None,
        })
    }

    pub(crate) fn processor_of(&self, map: &CompiledMap) -> Processor {
        Processor {
            label: Arc::clone(&map.label),
            pointer: Arc::clone(&map.pointer),
            execution_type: map.execution_type,
            program: Arc::new(Self {
                timeout_seconds: None,
                start: map.start,
                states: Arc::clone(&self.states),
            }),
        }
    }
}

/// A compiled state.
#[derive(Debug)]
pub(crate) struct CompiledState {
    pub(crate) name: StateName,
    pub(crate) state_type: StateType,
    pub(crate) io: Io,
    pub(crate) retry: Vec<CompiledRetrier>,
    pub(crate) catch: Vec<CompiledCatcher>,
    /// `None`: the state ends its flow.
    pub(crate) next: Option<StateIndex>,
    pub(crate) kind: Kind,
}

impl CompiledState {
    /// A distributed map: each of its iterations is an execution.
    pub(crate) fn is_map_run(&self) -> bool {
        matches!(&self.kind, Kind::Map(map) if map.distributed)
    }
}

/// How a state's data is prepared before it and shaped after it.
#[derive(Debug)]
pub(crate) enum Io {
    JsonPath(Box<JsonPathIo>),
    Jsonata(Box<JsonataIo>),
}

#[derive(Debug, Default)]
pub(crate) struct JsonPathIo {
    pub(crate) input_path: Selector,
    pub(crate) parameters: Option<PayloadTemplate>,
    pub(crate) result_selector: Option<PayloadTemplate>,
    pub(crate) result_path: ResultPath,
    pub(crate) output_path: Selector,
    pub(crate) assign: Option<PayloadTemplate>,
}

#[derive(Debug, Default)]
pub(crate) struct JsonataIo {
    pub(crate) arguments: Option<JsonataTemplate>,
    pub(crate) output: Option<JsonataTemplate>,
    pub(crate) assign: Option<JsonataTemplate>,
}

/// `InputPath` or `OutputPath`.
#[derive(Debug, Default)]
pub(crate) enum Selector {
    /// `$`: everything, as it is.
    #[default]
    Whole,
    /// `null`: the empty object.
    Nothing,
    Path(Path),
}

/// `ResultPath`.
#[derive(Debug, Default)]
pub(crate) enum ResultPath {
    /// `$`: the result is the output.
    #[default]
    Replace,
    /// `null`: the result is thrown away.
    Discard,
    Place(Path),
}

#[derive(Debug)]
pub(crate) struct CompiledRetrier {
    pub(crate) errors: Vec<String>,
    pub(crate) interval_seconds: u64,
    pub(crate) max_attempts: u64,
    pub(crate) backoff_rate: f64,
    pub(crate) max_delay_seconds: Option<u64>,
    pub(crate) full_jitter: bool,
}

#[derive(Debug)]
pub(crate) struct CompiledCatcher {
    pub(crate) errors: Vec<String>,
    pub(crate) next: StateIndex,
    pub(crate) shape: CatchShape,
}

/// How a catcher shapes its output.
#[derive(Debug)]
pub(crate) enum CatchShape {
    JsonPath { result_path: ResultPath, assign: Option<PayloadTemplate> },
    Jsonata { output: Option<JsonataTemplate>, assign: Option<JsonataTemplate> },
}

/// A whole number that a state takes from its definition or from its data.
#[derive(Debug)]
pub(crate) enum Number {
    Literal(u64),
    Jsonata(Expression),
    Path(Path),
}

/// A percentage, likewise.
#[derive(Debug)]
pub(crate) enum Percentage {
    Literal(f64),
    Jsonata(Expression),
    Path(Path),
}

/// A text of a Fail state or a timestamp of a Wait state.
#[derive(Debug)]
pub(crate) enum Words {
    Literal(String),
    Jsonata(Expression),
    /// A path or an intrinsic function.
    JsonPath(payload_template::Expression),
}

/// What the state's type adds.
#[derive(Debug)]
pub(crate) enum Kind {
    Task(Box<CompiledTask>),
    Pass { result: Option<Payload> },
    Choice { rules: Vec<CompiledChoice>, default: Option<StateIndex> },
    Wait(CompiledWait),
    Succeed,
    Fail { error: Option<Words>, cause: Option<Words> },
    Parallel { starts: Vec<StateIndex> },
    Map(Box<CompiledMap>),
}

#[derive(Debug)]
pub(crate) struct CompiledTask {
    pub(crate) resource: Arc<Resource>,
    pub(crate) timeout: Option<Number>,
    pub(crate) heartbeat: Option<Number>,
    pub(crate) credentials: Option<Template>,
}

#[derive(Debug)]
pub(crate) struct CompiledChoice {
    pub(crate) test: ChoiceTest,
    pub(crate) next: StateIndex,
    pub(crate) output: Option<JsonataTemplate>,
    pub(crate) assign: Option<Template>,
}

#[derive(Debug)]
pub(crate) enum ChoiceTest {
    Rule(CompiledRule),
    Literal(bool),
    Condition(Expression),
}

#[derive(Debug)]
pub(crate) enum CompiledWait {
    Seconds(Number),
    Timestamp(Words),
}

/// A template in the language of its state.
#[derive(Debug)]
pub(crate) enum Template {
    JsonPath(PayloadTemplate),
    Jsonata(JsonataTemplate),
}

#[derive(Debug)]
pub(crate) struct CompiledMap {
    pub(crate) start: StateIndex,
    pub(crate) distributed: bool,
    pub(crate) items: MapItems,
    /// `ItemSelector`, or `Parameters`, its older name.
    pub(crate) item_selector: Option<Template>,
    pub(crate) batch: Option<Batch>,
    pub(crate) reader: Option<Reader>,
    pub(crate) writer: Option<Writer>,
    pub(crate) max_concurrency: Option<Number>,
    pub(crate) tolerated_failure_count: Option<Number>,
    pub(crate) tolerated_failure_percentage: Option<Percentage>,
    /// `Label`, or one made up from the state's place, so that it is always the same.
    pub(crate) label: Arc<str>,
    /// Where the processor stands in the definition.
    pub(crate) pointer: Arc<str>,
    /// `ExecutionType` of a distributed map.
    pub(crate) execution_type: ExecutionType,
}

/// `ItemReader`.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) resource: Arc<Resource>,
    pub(crate) parameters: Option<Template>,
    pub(crate) leads_to: LeadsTo,
    pub(crate) format: ItemFormat,
    /// `ItemsPointer`: where in a JSON document the items are.
    pub(crate) items_pointer: Option<String>,
    pub(crate) max_items: Option<Number>,
}

/// What the answer to the reader's call holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LeadsTo {
    /// The items, in an object.
    Items,
    /// Objects of a bucket, which are the items.
    Objects,
    /// Objects of a bucket that hold the items, and are read by this call.
    Holders(Directory, Arc<Resource>),
}

/// What names the objects that hold the items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Directory {
    /// `s3:listObjectsV2` with `LOAD_AND_FLATTEN`.
    Listing,
    /// The manifest of an S3 inventory.
    Inventory,
    /// The manifest of an Athena `UNLOAD`.
    Athena,
}

/// How the items stand in an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ItemFormat {
    Json,
    JsonLines,
    /// Headers are in the first row where none are given.
    Csv {
        delimiter: char,
        headers: Option<Vec<String>>,
    },
    /// One that is not read here.
    Other(String),
}

/// `ResultWriter`.
#[derive(Debug)]
pub(crate) struct Writer {
    /// `None`: the results stay in the state's output, transformed.
    pub(crate) resource: Option<Arc<Resource>>,
    pub(crate) parameters: Option<Template>,
    pub(crate) transformation: Transformation,
    pub(crate) is_json_lines: bool,
}

/// `Transformation` of a `WriterConfig`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transformation {
    /// The results with the metadata of their executions.
    None,
    /// The results alone.
    Compact,
    /// The results alone, arrays among them taken apart.
    Flatten,
}

#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) input: Option<Template>,
    pub(crate) max_items: Option<Number>,
    pub(crate) max_bytes: Option<Number>,
}

#[derive(Debug)]
pub(crate) enum MapItems {
    /// The effective input itself.
    Input,
    Path(Path),
    Jsonata(JsonataTemplate),
}
