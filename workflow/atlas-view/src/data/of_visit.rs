//! The data of one visit, step by step.

use atlas_core::trial::{Ending, Report};
use serde_json::{Map, Value, json};

use super::{
    compute::Computed,
    known::{iteration, variables},
    recorded::{Recorded, recorded},
    steps::{DataStep, DataSteps, NoSuchVisit},
    token::{self, Token},
    unknowable::{mentions, why_unknowable},
};
use crate::{
    ExecutionView, History, Told,
    view::{Status, Visit},
};

/// The data of a visit, at its last attempt: what the history tells, and between that what follows from the
/// definition. The view is the execution's, from what is told of it, its history and its definition.
pub fn data_steps(
    view: &ExecutionView,
    told: &Told,
    history: &History,
    definition: Option<&Value>,
    visit: u64,
) -> Result<DataSteps, NoSuchVisit> {
    let seen = view.visit(visit).ok_or(NoSuchVisit(visit))?;
    let recorded = recorded(view, history, seen);
    let variables = variables(view, history, seen);
    let state = definition.zip(seen.pointer.as_deref());
    let state = state.and_then(|(definition, pointer)| definition.pointer(pointer));
    let needs_item = state.is_some_and(|state| mentions(state, "Map.Item.Value"));
    let item = if needs_item { item(view, history, definition, seen) } else { None };
    let token = state.and_then(|state| Token::of(state, recorded.arguments.as_ref()));
    let computed = Computed::of(view, told, history, definition);
    let report = computed
        .and_then(|it| it.report(seen, &recorded, &variables, item.as_ref(), token.as_ref()));
    let (report, note) = match report {
        Ok(report) => (Some(report), None),
        Err(why) => (None, Some(why)),
    };
    let steps = Steps {
        visit: seen,
        state: state.unwrap_or(&Value::Null),
        recorded,
        report,
        is_item_known: !needs_item || item.is_some(),
        is_token_known: matches!(token, Some(Token::Known(_))),
        lost: None,
        steps: Vec::new(),
    };
    Ok(DataSteps { visit, steps: steps.all(), variables, note })
}

/// The item of the Map around a visit: what its first state was given, unless an `ItemSelector` made that.
fn item(
    view: &ExecutionView,
    history: &History,
    definition: Option<&Value>,
    visit: &Visit,
) -> Option<Value> {
    let mut inside = visit;
    while inside.iteration.is_none() {
        inside = view.visit(inside.parent?)?;
    }
    let map = view.visit(inside.parent?)?;
    let state = definition?.pointer(map.pointer.as_deref()?)?;
    if state.get("ItemSelector").is_some() || state.get("Parameters").is_some() {
        return None;
    }
    let begun = super::known::begun_by(view, inside);
    let is_in = |it: &&Visit| {
        it.parent == Some(map.id) && it.iteration == inside.iteration && it.id > begun
    };
    let first = view.visits.iter().find(is_in)?;
    iteration(view, visit)?;
    history.event(first.id)?.document("input")
}

/// The steps of a visit while they are put together.
struct Steps<'a> {
    visit: &'a Visit,
    state: &'a Value,
    recorded: Recorded,
    report: Option<Report>,
    is_item_known: bool,
    is_token_known: bool,
    /// Why what follows cannot be computed: a step before it is not known.
    lost: Option<String>,
    steps: Vec<DataStep>,
}

impl Steps<'_> {
    fn all(mut self) -> Vec<DataStep> {
        let input = self.recorded.input.clone();
        self.recorded("StateInput", input, "its input is not in the history");
        self.before_the_result();
        match self.visit.status {
            Status::Caught => self.caught(),
            _ => self.after_the_result(),
        }
        let computed = match self.report.as_ref().map(|report| &report.ending) {
            Some(Ending::Succeeded { output, .. } | Ending::Caught { output, .. }) => {
                Some(output.value().clone())
            }
            Some(Ending::Failed(_) | Ending::Retriable(_)) | None => None,
        };
        self.state_output(computed);
        self.steps
    }

    fn before_the_result(&mut self) {
        let inspected = self.report.as_ref().map(|report| &report.inspection);
        let of = |payload: Option<&atlas_core::Payload>| payload.map(|it| it.value().clone());
        let list = |items: Option<&Vec<atlas_core::Payload>>| {
            items.map(|items| items.iter().map(|item| item.value().clone()).collect::<Value>())
        };
        let input_path = inspected.and_then(|it| of(it.after_input_path.as_ref()));
        let parameters = inspected.and_then(|it| of(it.after_parameters.as_ref()));
        let arguments = inspected.and_then(|it| of(it.after_arguments.as_ref()));
        let items = inspected.and_then(|it| list(it.items.as_ref()));
        let selected = inspected.and_then(|it| list(it.after_item_selector.as_ref()));
        let batches = inspected.and_then(|it| list(it.after_item_batcher.as_ref()));
        let told = self.recorded.arguments.clone();
        self.step("InputPath", &["InputPath"], input_path, None);
        if self.visit.state_type == "Map" {
            self.step("ItemsPath", &["ItemsPath"], items.clone(), None);
            self.step("Items", &["Items"], items, None);
            // Its own items are known here.
            self.is_item_known = true;
            self.step("ItemSelector", &["ItemSelector", "Parameters"], selected, None);
            self.step("ItemBatcher", &["ItemBatcher"], batches, None);
            return;
        }
        self.step("Parameters", &["Parameters"], parameters, told.clone());
        self.step("Arguments", &["Arguments"], arguments, told);
    }

    fn after_the_result(&mut self) {
        let is_pass = self.visit.state_type == "Pass";
        match self.visit.state_type.as_str() {
            "Task" => self.result("TaskResult"),
            "Parallel" | "Map" => self.result("Result"),
            _ => {
                let computed =
                    self.report.as_ref().and_then(|report| report.inspection.result.as_ref());
                let computed = computed.map(|result| result.value().clone());
                self.step("Result", &["Result"], computed, None);
            }
        }
        let inspected = self.report.as_ref().map(|report| &report.inspection);
        let selected = inspected.and_then(|it| it.after_result_selector.as_ref());
        let selected = selected.map(|it| it.value().clone());
        let combined = inspected.and_then(|it| it.after_result_path.as_ref());
        let combined = combined.map(|it| it.value().clone());
        if !is_pass {
            self.step("ResultSelector", &["ResultSelector"], selected, None);
        }
        self.assigned(self.state.get("Assign").cloned());
        self.step("ResultPath", &["ResultPath"], combined, None);
        let output = self.ending_output();
        let told = self.recorded.output.clone();
        self.step("OutputPath", &["OutputPath"], output.clone(), told.clone());
        self.step("Output", &["Output"], output, told);
    }

    /// A failure's way through the catcher that took it.
    fn caught(&mut self) {
        let handler = self.report.as_ref().and_then(|report| report.inspection.handler);
        let catcher = match handler {
            Some(atlas_core::trial::Handler::Catch { index }) => {
                self.state["Catch"].get(index).cloned().unwrap_or_default()
            }
            Some(atlas_core::trial::Handler::Retry { .. }) | None => Value::Null,
        };
        match (self.recorded.error_output.clone(), self.report.as_ref().map(|it| &it.ending)) {
            (None, Some(Ending::Caught { failure, .. })) => {
                let mut output = json!({ "Error": failure.error });
                if let Some(cause) = &failure.cause {
                    output["Cause"] = cause.as_str().into();
                }
                self.push("ErrorOutput", None, Some(output), None);
            }
            (told, _) => {
                self.recorded("ErrorOutput", told, "no event tells of the failure that was caught");
            }
        }
        self.assigned(catcher.get("Assign").cloned());
        let (output, told) = (self.ending_output(), self.recorded.output.clone());
        for name in ["ResultPath", "Output"] {
            if let Some(definition) = catcher.get(name) {
                self.push(name, Some(definition.clone()), output.clone(), told.clone());
            }
        }
    }

    fn ending_output(&self) -> Option<Value> {
        match &self.report.as_ref()?.ending {
            Ending::Succeeded { output, .. } | Ending::Caught { output, .. } => {
                Some(output.value().clone())
            }
            Ending::Failed(_) | Ending::Retriable(_) => None,
        }
    }

    fn result(&mut self, name: &'static str) {
        let why = match self.visit.status {
            Status::Running => "there is no result yet",
            Status::Failed | Status::TimedOut => "the state failed",
            Status::Aborted => "the state was stopped before it had a result",
            Status::Succeeded | Status::Caught if self.visit.state_type == "Map" => {
                "the result is that of a map run, or events are missing"
            }
            Status::Succeeded | Status::Caught => "the result is not in the history",
        };
        let result = self.recorded.result.clone();
        self.recorded(name, result, why);
    }

    fn assigned(&mut self, definition: Option<Value>) {
        let Some(definition) = definition else { return };
        let known = self.report.as_ref().map(|report| &report.inspection.variables);
        let names: Vec<&String> = definition.as_object().into_iter().flat_map(Map::keys).collect();
        let names = names.iter().map(|name| name.strip_suffix(".$").unwrap_or(name));
        let computed = known.filter(|_| self.ending_output().is_some()).map(|known| {
            let value = |name: &str| {
                let (_, value) = known.iter().find(|(known, _)| **known == *name)?;
                Some((name.to_owned(), value.value().clone()))
            };
            Value::Object(names.filter_map(value).collect())
        });
        let told = self.recorded.assigned.clone();
        let lost = self.lost.clone();
        self.push("Assign", Some(definition), computed, told);
        // What is assigned goes nowhere else.
        self.lost = lost;
    }

    fn state_output(&mut self, computed: Option<Value>) {
        let told = self.recorded.output.clone();
        let computed = computed.filter(|it| self.lost.is_none() && !token::is_of_unknown(it));
        let is_left = matches!(self.visit.status, Status::Succeeded | Status::Caught);
        let note = match (&told, &computed) {
            (Some(told), Some(computed)) if !same(told, computed) => Some(DIFFERS.to_owned()),
            (Some(_), _) => None,
            (None, Some(_)) if is_left => None,
            (None, _) => Some(self.why_no_output()),
        };
        self.steps.push(DataStep {
            name: "StateOutput",
            definition: None,
            is_recorded: told.is_some(),
            value: told.or(computed.filter(|_| is_left)),
            note,
        });
    }

    fn why_no_output(&self) -> String {
        match self.visit.status {
            Status::Running => "the state has not been left".to_owned(),
            Status::Succeeded | Status::Caught => "its output is not in the history".to_owned(),
            Status::Failed | Status::Aborted | Status::TimedOut => {
                match self.visit.failure.as_ref().and_then(|failure| failure.error.as_ref()) {
                    Some(error) => format!("the state failed with `{error}`"),
                    None => "the state was not left".to_owned(),
                }
            }
        }
    }

    /// A step that only the history can tell of.
    fn recorded(&mut self, name: &'static str, value: Option<Value>, otherwise: &str) {
        let note = value.is_none().then(|| otherwise.to_owned());
        // What has been computed before it is of no more consequence.
        self.lost.clone_from(&note);
        self.steps.push(DataStep {
            name,
            definition: None,
            is_recorded: value.is_some(),
            value,
            note,
        });
    }

    /// A step that there is only where the definition has a field of it.
    fn step(
        &mut self,
        name: &'static str,
        fields: &[&str],
        computed: Option<Value>,
        told: Option<Value>,
    ) {
        let definition = fields.iter().find_map(|field| self.state.get(field));
        if let Some(definition) = definition.cloned() {
            self.push(name, Some(definition), computed, told);
        }
    }

    fn push(
        &mut self,
        name: &'static str,
        definition: Option<Value>,
        computed: Option<Value>,
        told: Option<Value>,
    ) {
        let of_definition = definition.as_ref();
        // Only what a task is given can hold its token.
        let is_token_known = self.is_token_known && matches!(name, "Parameters" | "Arguments");
        let why = of_definition
            .and_then(|it| why_unknowable(it, self.is_item_known, is_token_known))
            .or(computed.as_ref().filter(|it| token::is_of_unknown(it)).map(|_| token::UNKNOWN));
        let lost = why.map(str::to_owned).or_else(|| self.lost.clone());
        let (value, note) = match (&told, computed) {
            (Some(told), Some(computed)) if lost.is_none() && !same(told, &computed) => {
                (Some(told.clone()), Some(DIFFERS.to_owned()))
            }
            (Some(told), _) => (Some(told.clone()), None),
            (None, Some(computed)) if lost.is_none() => (Some(computed), None),
            (None, _) => (None, Some(lost.clone().unwrap_or_else(|| self.why_not()))),
        };
        // What is recorded is gone on with; but after an output comes nothing but that of the state.
        let is_output = matches!(name, "OutputPath" | "Output" | "ResultPath");
        self.lost = lost.filter(|_| told.is_none() || is_output);
        self.steps.push(DataStep { name, definition, is_recorded: told.is_some(), value, note });
    }

    /// Why a step has no value.
    fn why_not(&self) -> String {
        match self.report.as_ref().map(|report| &report.ending) {
            Some(Ending::Failed(failure)) if self.visit.failure.is_none() => match &failure.error {
                Some(error) => format!("it cannot be computed: `{error}`"),
                None => "it cannot be computed".to_owned(),
            },
            Some(Ending::Failed(_)) => "the state failed before it".to_owned(),
            _ if self.visit.status == Status::Running => "the state has not come to it".to_owned(),
            _ => "it cannot be computed from what the history tells".to_owned(),
        }
    }
}

const DIFFERS: &str = "the definition gives another value now; this is the one of the history";

/// Whether documents are the same, however their numbers are written.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one == other || one.as_f64() == other.as_f64()
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, one)| other.get(name).is_some_and(|it| same(one, it)))
        }
        (one, other) => one == other,
    }
}
