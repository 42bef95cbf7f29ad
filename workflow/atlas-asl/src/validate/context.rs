//! What every rule sees: the flows and states of a machine, flattened and looked up once.

use std::cell::Cell;
use std::collections::HashMap;

use super::Contract;
use super::fields::{self, Content, Field, Place};
use super::texts::{self, placeholder};
use crate::intrinsics::Intrinsic;
use crate::jsonata::{Expression, InvalidExpression, delimited};
use crate::jsonpath::{InvalidPath, Path, Root};
use crate::model::{
    ExecutionType, Flow, Map, QueryLanguage, State, StateKind, StateMachine, StateName, Task,
    escape_pointer,
};
use crate::resource::Resource;
use crate::suggest::suggest;

/// A machine, laid out for the rules.
pub(super) struct Context<'a> {
    pub(super) machine: &'a StateMachine,
    pub(super) contract: &'a dyn Contract,
    /// The machine's own flow first, then those inside its states; a flow stands behind the one
    /// that it is nested in.
    pub(super) flows: Vec<FlowContext<'a>>,
    /// The states of all flows, flow by flow, in the order written.
    pub(super) steps: Vec<Step<'a>>,
    /// The first flow that has a state of each name.
    flow_of: HashMap<&'a str, usize>,
    /// How many more names may be compared for a suggestion.
    comparisons: Cell<usize>,
}

/// Enough for every fault of an honest document; one with a thousand wrong names among thousands
/// would take minutes.
const MOST_COMPARISONS: usize = 20_000;

/// A flow and where it stands.
pub(super) struct FlowContext<'a> {
    /// JSON pointer of the object that holds `StartAt` and `States`.
    pub(super) pointer: String,
    pub(super) flow: &'a Flow,
    /// The state that it is nested in, by its index in `steps`.
    pub(super) parent: Option<usize>,
    /// Its executions are of their own: the processor of a DISTRIBUTED map.
    pub(super) is_distributed: bool,
    /// How it runs: as the machine does, or as the DISTRIBUTED map around it says.
    pub(super) kind: ExecutionType,
    /// The index of its first state in `steps`.
    pub(super) first: usize,
    index: HashMap<&'a str, usize>,
}

/// A state and where it stands.
pub(super) struct Step<'a> {
    /// JSON pointer of the state.
    pub(super) pointer: String,
    pub(super) name: &'a StateName,
    pub(super) state: &'a State,
    pub(super) language: QueryLanguage,
    /// The index of its flow in `flows`.
    pub(super) flow: usize,
    /// What a Task calls, where its `Resource` says so.
    pub(super) resource: Option<Resource>,
    /// What its query language reads.
    pub(super) fields: Vec<Field<'a>>,
    /// Its JSONata expressions, parsed.
    pub(super) expressions: Vec<Located>,
    /// Texts that open an expression and do not close it, with their places. A text with white space
    /// before its `{%` is a literal, as AWS recorded.
    pub(super) unclosed: Vec<String>,
    /// What its path fields hold, parsed.
    pub(super) paths: Vec<LocatedPath<'a>>,
    /// What its keys that end in `.$` hold, parsed.
    pub(super) queries: Vec<Query<'a>>,
    /// The workflow variables that it reads, with the places where it does.
    pub(super) variables: Vec<(String, String)>,
}

/// A path and where it stands.
pub(super) struct LocatedPath<'a> {
    /// JSON pointer of the text.
    pub(super) pointer: String,
    pub(super) text: &'a str,
    pub(super) content: Content<'a>,
    pub(super) parsed: Result<Path, InvalidPath>,
}

/// The value of a key that ends in `.$`, or of a field that takes a path or a function.
pub(super) struct Query<'a> {
    /// JSON pointer of the value.
    pub(super) pointer: String,
    pub(super) key: &'a str,
    /// The value, where it is a text.
    pub(super) text: Option<&'a str>,
    /// What is wrong with it, where something is.
    pub(super) parsed: Result<(), String>,
}

/// An expression and where it stands.
pub(super) struct Located {
    /// JSON pointer of the text.
    pub(super) pointer: String,
    pub(super) place: Place,
    pub(super) parsed: Result<Expression, InvalidExpression>,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        machine: &'a StateMachine,
        kind: ExecutionType,
        contract: &'a dyn Contract,
    ) -> Self {
        let mut flows = vec![FlowContext::new(String::new(), &machine.flow, None, kind)];
        let mut steps = Vec::new();
        let mut next = 0;
        while next < flows.len() {
            let flow = flows[next].flow;
            flows[next].first = steps.len();
            for (name, state) in &flow.states {
                let pointer =
                    format!("{}/States/{}", flows[next].pointer, escape_pointer(name.as_str()));
                nested(&mut flows, next, steps.len(), &pointer, state);
                let language = state.language(machine.query_language);
                let fields = fields::of(state, language);
                let mut step = Step {
                    name,
                    state,
                    language,
                    flow: next,
                    resource: match &state.kind {
                        StateKind::Task(task) => {
                            Resource::parse(&texts::without_placeholders(&task.resource)).ok()
                        }
                        _ => None,
                    },
                    fields: Vec::new(),
                    expressions: Vec::new(),
                    unclosed: Vec::new(),
                    paths: Vec::new(),
                    queries: Vec::new(),
                    variables: Vec::new(),
                    pointer,
                };
                for field in &fields {
                    step.read(field);
                }
                step.fields = fields;
                steps.push(step);
            }
            next += 1;
        }
        let mut flow_of = HashMap::with_capacity(steps.len());
        for step in &steps {
            flow_of.entry(step.name.as_str()).or_insert(step.flow);
        }
        let comparisons = Cell::new(MOST_COMPARISONS);
        Self { machine, contract, flows, steps, flow_of, comparisons }
    }

    /// The first flow that has a state of this name.
    pub(super) fn flow_of(&self, name: &str) -> Option<&FlowContext<'a>> {
        self.flow_of.get(name).map(|flow| &self.flows[*flow])
    }

    /// The name nearest to a wrong one, as long as there is time to look for it.
    pub(super) fn suggest<'n>(
        &self,
        wrong: &str,
        names: impl Iterator<Item = &'n str>,
    ) -> Option<&'n str> {
        let left = self.comparisons.get();
        let mut used = 0;
        let near = suggest(wrong, names.take(left).inspect(|_| used += 1));
        self.comparisons.set(left - used);
        near
    }

    /// The Tasks.
    pub(super) fn tasks(&self) -> impl Iterator<Item = (&Step<'a>, &'a Task)> {
        self.steps.iter().filter_map(|step| match &step.state.kind {
            StateKind::Task(task) => Some((step, &**task)),
            _ => None,
        })
    }

    /// The Map states.
    pub(super) fn maps(&self) -> impl Iterator<Item = (&Step<'a>, &'a Map)> {
        self.steps.iter().filter_map(|step| match &step.state.kind {
            StateKind::Map(map) => Some((step, &**map)),
            _ => None,
        })
    }

    /// The states of a flow.
    pub(super) fn steps_of(&self, flow: &FlowContext<'a>) -> &[Step<'a>] {
        &self.steps[flow.first..flow.first + flow.flow.states.len()]
    }

    /// The Parallel and Map states around a state, nearest first.
    pub(super) fn around(&self, step: &Step<'a>) -> impl Iterator<Item = &Step<'a>> {
        std::iter::successors(self.parent(step), |outer| self.parent(outer))
    }

    fn parent(&self, step: &Step<'a>) -> Option<&Step<'a>> {
        self.flows[step.flow].parent.map(|parent| &self.steps[parent])
    }

    /// How the flow of this state runs.
    pub(super) fn kind_of(&self, step: &Step<'a>) -> ExecutionType {
        self.flows[step.flow].kind
    }
}

impl<'a> Step<'a> {
    /// Parses what a field holds.
    fn read(&mut self, field: &Field<'a>) {
        match field.content {
            Content::Jsonata(value) => {
                for leaf in texts::leaves(value) {
                    if let Some(text) = leaf.text {
                        self.read_jsonata(field, &leaf.pointer, text);
                    }
                }
            }
            Content::JsonataText(text) => self.read_jsonata(field, "", text),
            Content::Path(text) | Content::ReferencePath(text) => self.read_path(field, text),
            Content::PathOrFunction(text) => {
                let key = if field.pointer == "ErrorPath" { "ErrorPath" } else { "CausePath" };
                let pointer = format!("{}/{}", self.pointer, field.pointer);
                self.read_query(pointer, key, Some(text));
            }
            Content::Template(value) => {
                for leaf in texts::leaves(value) {
                    let Some(key) = leaf.key.filter(|key| key.ends_with(".$")) else { continue };
                    let pointer = format!("{}/{}{}", self.pointer, field.pointer, leaf.pointer);
                    self.read_query(pointer, key, leaf.text);
                }
            }
        }
    }

    fn read_path(&mut self, field: &Field<'a>, text: &'a str) {
        if placeholder(text).is_some() {
            return;
        }
        let pointer = format!("{}/{}", self.pointer, field.pointer);
        let parsed = Path::parse(text);
        if let Ok(path) = &parsed {
            self.read_variable(&pointer, path);
        }
        self.paths.push(LocatedPath { pointer, text, content: field.content, parsed });
    }

    fn read_query(&mut self, pointer: String, key: &'a str, text: Option<&'a str>) {
        let parsed = match text {
            None => Err("it is no text".to_owned()),
            Some(text) if placeholder(text).is_some() => Ok(()),
            Some(text) if text.starts_with("States.") => match Intrinsic::parse(text) {
                Ok(call) => {
                    for path in call.paths() {
                        self.read_variable(&pointer, path);
                    }
                    Ok(())
                }
                Err(invalid) => Err(invalid.to_string()),
            },
            Some(text) => match Path::parse(text) {
                Ok(path) => {
                    self.read_variable(&pointer, &path);
                    Ok(())
                }
                Err(invalid) => Err(invalid.to_string()),
            },
        };
        self.queries.push(Query { pointer, key, text, parsed });
    }

    fn read_variable(&mut self, pointer: &str, path: &Path) {
        if let Root::Variable(name) = path.root() {
            self.variables.push((pointer.to_owned(), name.to_string()));
        }
    }

    fn read_jsonata(&mut self, field: &Field<'a>, below: &str, text: &'a str) {
        let pointer = || format!("{}/{}{below}", self.pointer, field.pointer);
        if let Some(source) = delimited(text) {
            let pointer = pointer();
            let parsed = Expression::parse(source);
            if let Ok(expression) = &parsed {
                let names = expression.variables();
                self.variables.extend(names.into_iter().map(|name| (pointer.clone(), name)));
            }
            self.expressions.push(Located { pointer, place: field.place, parsed });
        } else if text.starts_with("{%") || (is_condition(field) && placeholder(text).is_none()) {
            let pointer = pointer();
            self.unclosed.push(pointer);
        }
    }
}

/// A text that decides: nothing but an expression can be true or false.
fn is_condition(field: &Field<'_>) -> bool {
    field.pointer.ends_with("/Condition")
}

impl<'a> FlowContext<'a> {
    fn new(pointer: String, flow: &'a Flow, parent: Option<usize>, kind: ExecutionType) -> Self {
        let mut index = HashMap::with_capacity(flow.states.len());
        for (at, (name, _)) in flow.states.iter().enumerate() {
            index.entry(name.as_str()).or_insert(at);
        }
        Self { pointer, flow, parent, is_distributed: false, kind, first: 0, index }
    }

    /// Which of the flow's states has this name, the first where there are several.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.index.get(name).copied()
    }
}

/// Adds the flows inside a state.
fn nested<'a>(
    flows: &mut Vec<FlowContext<'a>>,
    around: usize,
    parent: usize,
    pointer: &str,
    state: &'a State,
) {
    let kind = flows[around].kind;
    match &state.kind {
        StateKind::Parallel(parallel) => {
            for (index, branch) in parallel.branches.iter().enumerate() {
                let pointer = format!("{pointer}/Branches/{index}");
                flows.push(FlowContext::new(pointer, branch, Some(parent), kind));
            }
        }
        StateKind::Map(map) => {
            let pointer = format!("{pointer}/{}", processor_field(map));
            let mut flow = FlowContext::new(pointer, &map.processor, Some(parent), kind);
            flow.is_distributed = map.is_distributed();
            if flow.is_distributed {
                let config = map.processor_config.as_ref();
                flow.kind = config.and_then(|config| config.execution_type).unwrap_or_default();
            }
            flows.push(flow);
        }
        StateKind::Task(_)
        | StateKind::Pass(_)
        | StateKind::Choice(_)
        | StateKind::Wait(_)
        | StateKind::Succeed(_)
        | StateKind::Fail(_) => {}
    }
}

/// The name under which the document holds a Map's processor.
pub(super) fn processor_field(map: &Map) -> &'static str {
    if map.legacy_iterator { "Iterator" } else { "ItemProcessor" }
}
