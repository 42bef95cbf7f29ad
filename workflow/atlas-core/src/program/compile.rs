//! From the model to the compiled machine. What the validator would report as an error can fail here
//! too; it says where.

mod map;

mod fields;

use std::{collections::HashMap, sync::Arc};

use atlas_asl::{
    choice_rule::CompiledRule,
    diagnostic::{Code, Diagnostic},
    model::{
        self, Catcher, Flow, JitterStrategy, QueryLanguage, Retrier, State, StateKind,
        StateMachine, StateName, Text, Transition, WaitUntil,
    },
    resource::Resource,
};
use serde_json::Value;

use super::{
    CatchShape, ChoiceTest, CompiledCatcher, CompiledChoice, CompiledRetrier, CompiledState,
    CompiledTask, CompiledWait, Io, JsonPathIo, JsonataIo, Kind, Program, StateIndex, Words,
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

    fn fault(&mut self, at: &str, message: &str) {
        self.diagnostics.push(Diagnostic::error(Code::SchemaValidationFailed, at, message));
    }
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
