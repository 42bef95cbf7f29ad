//! From the model to the compiled machine. What the validator would report as an error can fail here
//! too; it says where.

use std::{collections::HashMap, sync::Arc};

use atlas_asl::{
    choice_rule::CompiledRule,
    diagnostic::{Code, Diagnostic},
    jsonata::{self, Expression, JsonataTemplate},
    jsonpath::Path,
    model::{
        self, Catcher, Count, Flow, Items, JitterStrategy, PathOrNull, QueryLanguage, Retrier,
        State, StateKind, StateMachine, StateName, Text, ToleratedFailure, Transition, WaitUntil,
    },
    payload_template::{self, PayloadTemplate},
    resource::{Pattern, Resource},
};
use serde_json::Value;

use super::{
    Batch, CatchShape, ChoiceTest, CompiledCatcher, CompiledChoice, CompiledMap, CompiledRetrier,
    CompiledState, CompiledTask, CompiledWait, Directory, Io, ItemFormat, JsonPathIo, JsonataIo,
    Kind, LeadsTo, MapItems, Number, Percentage, Program, Reader, ResultPath, Selector, StateIndex,
    Template, Transformation, Words, Writer,
};
use crate::Payload;

impl Program {
    /// Compiles a machine. What the validator would report as an error can fail here; it says where.
    pub fn compile(machine: &StateMachine) -> Result<Self, Vec<Diagnostic>> {
        let mut compiler = Compiler {
            language: machine.query_language,
            states: Vec::new(),
            diagnostics: Vec::new(),
        };
        let start = compiler.flow(&machine.flow, "");
        if !compiler.diagnostics.is_empty() {
            return Err(compiler.diagnostics);
        }
        let states = compiler
            .states
            .into_iter()
            .map(|state| {
                state.expect("every reserved place is filled, or a diagnostic says why not")
            })
            .collect::<Vec<_>>()
            .into();
        Ok(Self { timeout_seconds: machine.timeout_seconds, start, states })
    }
}

struct Compiler {
    language: Option<QueryLanguage>,
    states: Vec<Option<CompiledState>>,
    diagnostics: Vec<Diagnostic>,
}

/// The states of the flow that is being compiled, by name.
type Targets<'a> = HashMap<&'a str, StateIndex>;

impl Compiler {
    fn flow(&mut self, flow: &Flow, pointer: &str) -> StateIndex {
        let first = self.states.len();
        self.states.extend(flow.states.iter().map(|_| None));
        let mut targets = Targets::new();
        for (offset, (name, _)) in flow.states.iter().enumerate() {
            targets.entry(name.as_str()).or_insert(first + offset);
        }
        for (offset, (name, state)) in flow.states.iter().enumerate() {
            let place = format!("{pointer}/States/{}", model::escape_pointer(name.as_str()));
            let compiled = self.state(name, state, &targets, &place);
            self.states[first + offset] = compiled;
        }
        self.target(flow.start_at.as_ref(), &targets, &format!("{pointer}/StartAt"))
    }

    fn target(&mut self, name: Option<&StateName>, targets: &Targets<'_>, at: &str) -> StateIndex {
        match name.and_then(|name| targets.get(name.as_str())) {
            Some(index) => *index,
            None => {
                let message = match name {
                    Some(name) => format!("`{name}` is not a state here"),
                    None => "no state is named".to_owned(),
                };
                self.diagnostics.push(Diagnostic::error(
                    Code::MissingTransitionTarget,
                    at,
                    message,
                ));
                0
            }
        }
    }

    fn state(
        &mut self,
        name: &StateName,
        state: &State,
        targets: &Targets<'_>,
        at: &str,
    ) -> Option<CompiledState> {
        let language = state.language(self.language);
        let before = self.diagnostics.len();
        let kind = self.kind(state, language, targets, at)?;
        let io = self.io(state, language, at);
        let retry = state.retry().iter().map(retrier).collect();
        let catch = state
            .catch()
            .iter()
            .enumerate()
            .map(|(index, catcher)| {
                self.catcher(catcher, language, targets, &format!("{at}/Catch/{index}"))
            })
            .collect();
        let next = match state.transition() {
            Some(Transition::Next(next)) => {
                Some(self.target(Some(next), targets, &format!("{at}/Next")))
            }
            Some(Transition::End) => None,
            None => {
                if !matches!(
                    state.kind,
                    StateKind::Choice(_) | StateKind::Succeed(_) | StateKind::Fail(_)
                ) {
                    self.fault(at, "has neither `Next` nor `End`");
                }
                None
            }
        };
        (self.diagnostics.len() == before).then(|| CompiledState {
            name: name.clone(),
            state_type: state.kind.state_type(),
            io,
            retry,
            catch,
            next,
            kind,
        })
    }

    fn kind(
        &mut self,
        state: &State,
        language: QueryLanguage,
        targets: &Targets<'_>,
        at: &str,
    ) -> Option<Kind> {
        Some(match &state.kind {
            StateKind::Task(task) => {
                let resource = match Resource::parse(&task.resource) {
                    Ok(resource) => Arc::new(resource),
                    Err(invalid) => {
                        self.diagnostics.push(Diagnostic::error(
                            Code::InvalidResource,
                            format!("{at}/Resource"),
                            invalid.to_string(),
                        ));
                        return None;
                    }
                };
                let credentials = task.credentials.as_ref().and_then(|credentials| {
                    self.template(&credentials.0, language, &format!("{at}/Credentials"))
                });
                Kind::Task(Box::new(CompiledTask {
                    resource,
                    timeout: self.count(task.timeout.as_ref(), &format!("{at}/TimeoutSeconds")),
                    heartbeat: self
                        .count(task.heartbeat.as_ref(), &format!("{at}/HeartbeatSeconds")),
                    credentials,
                }))
            }
            StateKind::Pass(pass) => {
                Kind::Pass { result: pass.result.clone().map(Payload::of_machine) }
            }
            StateKind::Choice(choice) => {
                let rules = choice
                    .choices
                    .iter()
                    .enumerate()
                    .filter_map(|(index, rule)| {
                        self.choice_rule(rule, language, targets, &format!("{at}/Choices/{index}"))
                    })
                    .collect();
                let default = choice
                    .default
                    .as_ref()
                    .map(|name| self.target(Some(name), targets, &format!("{at}/Default")));
                Kind::Choice { rules, default }
            }
            StateKind::Wait(wait) => Kind::Wait(match wait.until.as_ref() {
                Some(WaitUntil::Seconds(count)) => {
                    CompiledWait::Seconds(self.count(Some(count), &format!("{at}/Seconds"))?)
                }
                Some(WaitUntil::Timestamp(text)) => CompiledWait::Timestamp(self.words(
                    &Text::Literal(text.clone()),
                    language,
                    &format!("{at}/Timestamp"),
                )?),
                Some(WaitUntil::TimestampPath(path)) => CompiledWait::Timestamp(Words::JsonPath(
                    self.path_or_intrinsic(path, &format!("{at}/TimestampPath"))?,
                )),
                None => {
                    self.fault(at, "does not say until when it waits");
                    return None;
                }
            }),
            StateKind::Succeed(_) => Kind::Succeed,
            StateKind::Fail(fail) => {
                let mut words = |text: Option<&Text>, field: &str| {
                    text.and_then(|text| self.words(text, language, &format!("{at}/{field}")))
                };
                let error = words(fail.error.as_ref(), "Error");
                let cause = words(fail.cause.as_ref(), "Cause");
                Kind::Fail { error, cause }
            }
            StateKind::Parallel(parallel) => {
                let starts = parallel
                    .branches
                    .iter()
                    .enumerate()
                    .map(|(index, branch)| self.flow(branch, &format!("{at}/Branches/{index}")))
                    .collect();
                Kind::Parallel { starts }
            }
            StateKind::Map(map) => Kind::Map(Box::new(self.map(map, language, at)?)),
        })
    }

    fn map(&mut self, map: &model::Map, language: QueryLanguage, at: &str) -> Option<CompiledMap> {
        let field = if map.legacy_iterator { "Iterator" } else { "ItemProcessor" };
        let start = self.flow(&map.processor, &format!("{at}/{field}"));
        let items = match &map.items {
            None => MapItems::Input,
            Some(Items::Path(path)) if path == "$" => MapItems::Input,
            Some(Items::Path(path)) => MapItems::Path(self.path(path, &format!("{at}/ItemsPath"))?),
            Some(Items::Value(value)) => {
                MapItems::Jsonata(self.jsonata_template(value, &format!("{at}/Items"))?)
            }
        };
        let (selector, selector_field) = match (&map.item_selector, &map.parameters) {
            (Some(selector), _) => (Some(selector), "ItemSelector"),
            (None, parameters) => (parameters.as_ref(), "Parameters"),
        };
        let item_selector = selector
            .and_then(|value| self.template(value, language, &format!("{at}/{selector_field}")));
        let batch = map.item_batcher.as_ref().map(|batcher| {
            let at = format!("{at}/ItemBatcher");
            Batch {
                input: batcher
                    .batch_input
                    .as_ref()
                    .and_then(|value| self.template(value, language, &format!("{at}/BatchInput"))),
                max_items: self
                    .count(batcher.max_items_per_batch.as_ref(), &format!("{at}/MaxItemsPerBatch")),
                max_bytes: self.count(
                    batcher.max_input_bytes_per_batch.as_ref(),
                    &format!("{at}/MaxInputBytesPerBatch"),
                ),
            }
        });
        let percentage_at = format!("{at}/ToleratedFailurePercentage");
        let tolerated_failure_percentage = match &map.tolerated_failure_percentage {
            None => None,
            Some(ToleratedFailure::Literal(number)) => Some(Percentage::Literal(*number)),
            Some(ToleratedFailure::Jsonata(text)) => {
                Some(Percentage::Jsonata(self.expression(text, &percentage_at)?))
            }
            Some(ToleratedFailure::Path(path)) => {
                Some(Percentage::Path(self.path(path, &format!("{percentage_at}Path"))?))
            }
        };
        Some(CompiledMap {
            start,
            distributed: map.is_distributed(),
            items,
            item_selector,
            batch,
            reader: map
                .item_reader
                .as_ref()
                .and_then(|reader| self.reader(reader, language, &format!("{at}/ItemReader"))),
            writer: map
                .result_writer
                .as_ref()
                .and_then(|writer| self.writer(writer, language, &format!("{at}/ResultWriter"))),
            max_concurrency: self
                .count(map.max_concurrency.as_ref(), &format!("{at}/MaxConcurrency")),
            tolerated_failure_count: self.count(
                map.tolerated_failure_count.as_ref(),
                &format!("{at}/ToleratedFailureCount"),
            ),
            tolerated_failure_percentage,
            label: map.label.as_deref().map_or_else(|| made_up_label(at).into(), Into::into),
            pointer: format!("{at}/{field}").into(),
            execution_type: map
                .processor_config
                .as_ref()
                .and_then(|config| config.execution_type)
                .unwrap_or_default(),
        })
    }

    fn reader(
        &mut self,
        reader: &model::ItemReader,
        language: QueryLanguage,
        at: &str,
    ) -> Option<Reader> {
        let resource = self.sdk_call(reader.resource.as_deref()?, at)?;
        let (parameters, field) = parameters(language, &reader.parameters, &reader.arguments);
        let none = model::ReaderConfig::default();
        let config = reader.reader_config.as_ref().unwrap_or(&none);
        Some(Reader {
            leads_to: leads_to(&resource, config),
            format: item_format(config),
            resource,
            parameters: parameters
                .and_then(|value| self.template(value, language, &format!("{at}/{field}"))),
            items_pointer: config.items_pointer.clone(),
            max_items: self
                .count(config.max_items.as_ref(), &format!("{at}/ReaderConfig/MaxItems")),
        })
    }

    fn writer(
        &mut self,
        writer: &model::ResultWriter,
        language: QueryLanguage,
        at: &str,
    ) -> Option<Writer> {
        let resource = match writer.resource.as_deref() {
            Some(resource) => Some(self.sdk_call(resource, at)?),
            None => None,
        };
        let (parameters, field) = parameters(language, &writer.parameters, &writer.arguments);
        let config = writer.writer_config.as_ref();
        let transformation = config.and_then(|config| config.transformation.as_deref());
        let output_type = config.and_then(|config| config.output_type.as_deref());
        Some(Writer {
            resource,
            parameters: parameters
                .and_then(|value| self.template(value, language, &format!("{at}/{field}"))),
            transformation: match transformation {
                Some("COMPACT") => Transformation::Compact,
                Some("FLATTEN") => Transformation::Flatten,
                Some(_) | None => Transformation::None,
            },
            is_json_lines: output_type == Some("JSONL"),
        })
    }

    /// `arn:aws:states:::s3:getObject` as the call of the SDK that it stands for.
    fn sdk_call(&mut self, text: &str, at: &str) -> Option<Arc<Resource>> {
        match Resource::parse(text) {
            Ok(
                Resource::Integration { service, action, pattern }
                | Resource::AwsSdk { service, action, pattern },
            ) => Some(Arc::new(Resource::AwsSdk { service, action, pattern })),
            Ok(Resource::Function { .. } | Resource::Activity { .. }) | Err(_) => {
                let message = format!("`{text}` is no call of a service");
                self.diagnostics.push(Diagnostic::error(
                    Code::InvalidResource,
                    format!("{at}/Resource"),
                    message,
                ));
                None
            }
        }
    }

    fn choice_rule(
        &mut self,
        rule: &model::ChoiceRule,
        language: QueryLanguage,
        targets: &Targets<'_>,
        at: &str,
    ) -> Option<CompiledChoice> {
        let test = match &rule.test {
            Some(model::Test::Condition(Value::Bool(literal))) => ChoiceTest::Literal(*literal),
            Some(model::Test::Condition(Value::String(text))) => {
                ChoiceTest::Condition(self.expression(text, &format!("{at}/Condition"))?)
            }
            Some(model::Test::Rule(rule)) => match CompiledRule::compile(rule) {
                Ok(rule) => ChoiceTest::Rule(rule),
                Err(faults) => {
                    for (pointer, message) in faults {
                        self.fault(&format!("{at}{pointer}"), &message);
                    }
                    return None;
                }
            },
            Some(model::Test::Condition(_)) | None => {
                self.fault(at, "has no `Condition` and no comparison that could decide");
                return None;
            }
        };
        Some(CompiledChoice {
            test,
            next: self.target(rule.next.as_ref(), targets, &format!("{at}/Next")),
            output: rule
                .output
                .as_ref()
                .and_then(|value| self.jsonata_template(value, &format!("{at}/Output"))),
            assign: rule
                .assign
                .as_ref()
                .and_then(|value| self.template(value, language, &format!("{at}/Assign"))),
        })
    }

    fn io(&mut self, state: &State, language: QueryLanguage, at: &str) -> Io {
        let place = |field: &str| format!("{at}/{field}");
        let (parameters, arguments, result_selector, result_path) = match &state.kind {
            StateKind::Task(task) => (
                task.parameters.as_ref(),
                task.arguments.as_ref(),
                task.result_selector.as_ref(),
                task.result_path.as_ref(),
            ),
            StateKind::Parallel(parallel) => (
                parallel.parameters.as_ref(),
                parallel.arguments.as_ref(),
                parallel.result_selector.as_ref(),
                parallel.result_path.as_ref(),
            ),
            // `Parameters` of a Map is the older name of its `ItemSelector`.
            StateKind::Map(map) => {
                (None, None, map.result_selector.as_ref(), map.result_path.as_ref())
            }
            StateKind::Pass(pass) => {
                (pass.parameters.as_ref(), None, None, pass.result_path.as_ref())
            }
            StateKind::Choice(_)
            | StateKind::Wait(_)
            | StateKind::Succeed(_)
            | StateKind::Fail(_) => (None, None, None, None),
        };
        match language {
            QueryLanguage::JsonPath => {
                let mut template = |value: Option<&Value>, field: &str| {
                    value.and_then(|value| self.payload_template(value, &place(field)))
                };
                let parameters = template(parameters, "Parameters");
                let result_selector = template(result_selector, "ResultSelector");
                let assign = template(state.assign.as_ref(), "Assign");
                Io::JsonPath(Box::new(JsonPathIo {
                    input_path: self.selector(state.input_path.as_ref(), &place("InputPath")),
                    parameters,
                    result_selector,
                    result_path: self.result_path(result_path, &place("ResultPath")),
                    output_path: self.selector(state.output_path.as_ref(), &place("OutputPath")),
                    assign,
                }))
            }
            QueryLanguage::Jsonata => {
                let mut template = |value: Option<&Value>, field: &str| {
                    value.and_then(|value| self.jsonata_template(value, &place(field)))
                };
                Io::Jsonata(Box::new(JsonataIo {
                    arguments: template(arguments, "Arguments"),
                    output: template(state.output.as_ref(), "Output"),
                    assign: template(state.assign.as_ref(), "Assign"),
                }))
            }
        }
    }

    fn catcher(
        &mut self,
        catcher: &Catcher,
        language: QueryLanguage,
        targets: &Targets<'_>,
        at: &str,
    ) -> CompiledCatcher {
        let shape = match language {
            QueryLanguage::JsonPath => CatchShape::JsonPath {
                result_path: self
                    .result_path(catcher.result_path.as_ref(), &format!("{at}/ResultPath")),
                assign: catcher
                    .assign
                    .as_ref()
                    .and_then(|value| self.payload_template(value, &format!("{at}/Assign"))),
            },
            QueryLanguage::Jsonata => CatchShape::Jsonata {
                output: catcher
                    .output
                    .as_ref()
                    .and_then(|value| self.jsonata_template(value, &format!("{at}/Output"))),
                assign: catcher
                    .assign
                    .as_ref()
                    .and_then(|value| self.jsonata_template(value, &format!("{at}/Assign"))),
            },
        };
        CompiledCatcher {
            errors: catcher.error_equals.clone(),
            next: self.target(catcher.next.as_ref(), targets, &format!("{at}/Next")),
            shape,
        }
    }

    fn selector(&mut self, path: Option<&PathOrNull>, at: &str) -> Selector {
        match path {
            None => Selector::Whole,
            Some(PathOrNull::Null) => Selector::Nothing,
            Some(PathOrNull::Path(path)) if path == "$" => Selector::Whole,
            Some(PathOrNull::Path(path)) => {
                self.path(path, at).map_or(Selector::Whole, Selector::Path)
            }
        }
    }

    fn result_path(&mut self, path: Option<&PathOrNull>, at: &str) -> ResultPath {
        match path {
            None => ResultPath::Replace,
            Some(PathOrNull::Null) => ResultPath::Discard,
            Some(PathOrNull::Path(path)) if path == "$" => ResultPath::Replace,
            Some(PathOrNull::Path(path)) => {
                self.path(path, at).map_or(ResultPath::Replace, ResultPath::Place)
            }
        }
    }

    fn count(&mut self, count: Option<&Count>, at: &str) -> Option<Number> {
        Some(match count? {
            Count::Literal(number) => Number::Literal(*number),
            Count::Jsonata(text) => Number::Jsonata(self.expression(text, at)?),
            Count::Path(path) => Number::Path(self.path(path, &format!("{at}Path"))?),
        })
    }

    fn words(&mut self, text: &Text, language: QueryLanguage, at: &str) -> Option<Words> {
        Some(match text {
            Text::Literal(text)
                if language == QueryLanguage::Jsonata && jsonata::delimited(text).is_some() =>
            {
                Words::Jsonata(self.expression(text, at)?)
            }
            Text::Literal(text) => Words::Literal(text.clone()),
            Text::Path(text) => {
                Words::JsonPath(self.path_or_intrinsic(text, &format!("{at}Path"))?)
            }
        })
    }

    fn path_or_intrinsic(&mut self, text: &str, at: &str) -> Option<payload_template::Expression> {
        payload_template::Expression::parse(text).map_err(|invalid| self.fault(at, &invalid)).ok()
    }

    fn path(&mut self, text: &str, at: &str) -> Option<Path> {
        Path::parse(text).map_err(|invalid| self.fault(at, &invalid.to_string())).ok()
    }

    fn expression(&mut self, text: &str, at: &str) -> Option<Expression> {
        let Some(source) = jsonata::delimited(text) else {
            self.fault(at, "the text is no JSONata expression, which stands between `{%` and `%}`");
            return None;
        };
        Expression::parse(source).map_err(|invalid| self.fault(at, &invalid.to_string())).ok()
    }

    fn template(&mut self, value: &Value, language: QueryLanguage, at: &str) -> Option<Template> {
        match language {
            QueryLanguage::JsonPath => self.payload_template(value, at).map(Template::JsonPath),
            QueryLanguage::Jsonata => self.jsonata_template(value, at).map(Template::Jsonata),
        }
    }

    fn payload_template(&mut self, value: &Value, at: &str) -> Option<PayloadTemplate> {
        PayloadTemplate::compile(value)
            .map_err(|faults| {
                for (pointer, message) in faults {
                    self.fault(&format!("{at}{pointer}"), &message);
                }
            })
            .ok()
    }

    fn jsonata_template(&mut self, value: &Value, at: &str) -> Option<JsonataTemplate> {
        JsonataTemplate::compile(value)
            .map_err(|faults| {
                for (pointer, invalid) in faults {
                    self.fault(&format!("{at}{pointer}"), &invalid.to_string());
                }
            })
            .ok()
    }

    fn fault(&mut self, at: &str, message: &str) {
        self.diagnostics.push(Diagnostic::error(Code::SchemaValidationFailed, at, message));
    }
}

/// `Parameters` in JSONPath, `Arguments` in JSONata.
fn parameters<'a>(
    language: QueryLanguage,
    parameters: &'a Option<Value>,
    arguments: &'a Option<Value>,
) -> (Option<&'a Value>, &'static str) {
    match language {
        QueryLanguage::JsonPath => (parameters.as_ref(), "Parameters"),
        QueryLanguage::Jsonata => (arguments.as_ref(), "Arguments"),
    }
}

fn leads_to(resource: &Resource, config: &model::ReaderConfig) -> LeadsTo {
    let lists = matches!(resource, Resource::AwsSdk { action, .. } if action == "listObjectsV2");
    let directory = if lists {
        match config.transformation.as_deref() {
            Some("LOAD_AND_FLATTEN") => Directory::Listing,
            Some(_) | None => return LeadsTo::Objects,
        }
    } else {
        match (config.manifest_type.as_deref(), config.input_type.as_deref()) {
            (Some("ATHENA_DATA"), _) => Directory::Athena,
            (Some(_), _) | (None, Some("MANIFEST")) => Directory::Inventory,
            (None, _) => return LeadsTo::Items,
        }
    };
    let get_object = Resource::AwsSdk {
        service: "s3".to_owned(),
        action: "getObject".to_owned(),
        pattern: Pattern::RequestResponse,
    };
    LeadsTo::Holders(directory, Arc::new(get_object))
}

fn item_format(config: &model::ReaderConfig) -> ItemFormat {
    match config.input_type.as_deref() {
        None | Some("JSON") => ItemFormat::Json,
        Some("JSONL") => ItemFormat::JsonLines,
        // The files of an inventory, whose headers are in its manifest.
        Some("CSV" | "MANIFEST") => ItemFormat::Csv {
            delimiter: match config.csv_delimiter.as_deref() {
                Some("PIPE") => '|',
                Some("SEMICOLON") => ';',
                Some("SPACE") => ' ',
                Some("TAB") => '\t',
                Some(_) | None => ',',
            },
            headers: match config.csv_header_location.as_deref() {
                Some("GIVEN") => Some(config.csv_headers.clone().unwrap_or_default()),
                Some(_) | None => None,
            },
        },
        Some(other) => ItemFormat::Other(format!("InputType `{other}`")),
    }
}

/// A label for a map that has none. AWS's are random; this one is the same each time, so that the map
/// is found by it again.
fn made_up_label(at: &str) -> String {
    // FNV-1a, twice, for its digits alone.
    let hash = |seed: u64| {
        at.bytes().fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    };
    let digits = format!("{:016x}{:016x}", hash(0), hash(1));
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

fn retrier(retrier: &Retrier) -> CompiledRetrier {
    CompiledRetrier {
        errors: retrier.error_equals.clone(),
        interval_seconds: retrier.interval_seconds.unwrap_or(1),
        max_attempts: retrier.max_attempts.unwrap_or(3),
        backoff_rate: retrier.backoff_rate.unwrap_or(2.0),
        max_delay_seconds: retrier.max_delay_seconds,
        full_jitter: retrier.jitter_strategy == Some(JitterStrategy::Full),
    }
}

#[cfg(test)]
mod tests {
    use atlas_asl::parse::parse;

    use super::*;

    #[test]
    fn a_fault_is_told_at_the_field_that_has_it() {
        for (fields, at) in [
            (
                r#""ItemBatcher": {"MaxItemsPerBatchPath": "$["},"#,
                "ItemBatcher/MaxItemsPerBatchPath",
            ),
            (
                r#""ItemBatcher": {"MaxInputBytesPerBatchPath": "$["},"#,
                "ItemBatcher/MaxInputBytesPerBatchPath",
            ),
            (r#""ToleratedFailurePercentagePath": "$[","#, "ToleratedFailurePercentagePath"),
            (r#""ToleratedFailureCountPath": "$[","#, "ToleratedFailureCountPath"),
            (r#""MaxConcurrencyPath": "$[","#, "MaxConcurrencyPath"),
            (r#""ItemsPath": "$[","#, "ItemsPath"),
        ] {
            let parsed = parse(&format!(
                r#"{{"StartAt": "M", "States": {{"M": {{"Type": "Map", {fields} "End": true,
                    "ItemProcessor": {{"StartAt": "A", "States": {{"A": {{"Type": "Succeed"}}}}}}}}}}}}"#
            ));
            let machine = parsed.machine.expect("the definition is well formed");
            let faults = Program::compile(&machine).expect_err("the path is none");
            let places: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
            assert_eq!(places, [format!("/States/M/{at}")]);
        }
    }
}
