//! Data on its way into a state and out of it, in both query languages.
//!
//! JSONPath: `InputPath` and `Parameters` before the state; `ResultSelector`, `Assign`,
//! `ResultPath` and `OutputPath` after it. JSONata: `Arguments` before, `Assign` and `Output` after.

use atlas_asl::{
    jsonata::{FieldFailure, JsonataTemplate, Session, describe},
    jsonpath::Path,
    payload_template::PayloadTemplate,
    scope::Scope,
};
use serde_json::{Map, Value, json};

use crate::{
    Failure, Payload, TaskToken,
    branch::{BranchId, MapItem},
    failure::StateFailure,
    history::Assigned,
    program::{
        CatchShape, ChoiceTest, CompiledCatcher, CompiledChoice, Io, Kind, MapItems, Number,
        Percentage, ResultPath, Selector, Template, Words,
    },
    scope::StateScope,
    states::Shaped,
    step::Cx,
};

/// What a state works on: the effective input in JSONPath, the arguments in JSONata.
pub(crate) fn arguments(
    cx: &Cx<'_>,
    id: BranchId,
    token: Option<&TaskToken>,
) -> Result<Payload, StateFailure> {
    match &cx.state(id).io {
        Io::JsonPath(io) => {
            let effective = effective_input(cx, id)?;
            match &io.parameters {
                None => Ok(effective),
                Some(template) => {
                    let scope = StateScope::new(cx, id, effective.value()).with_token(token);
                    json_path_template(template, &scope).map(Payload::from)
                }
            }
        }
        Io::Jsonata(io) => {
            let input = &cx.branch(id).input;
            match &io.arguments {
                None => Ok(input.clone()),
                Some(template) if template.whole_input() => Ok(input.clone()),
                Some(template) => {
                    let scope = StateScope::new(cx, id, input.value()).with_token(token);
                    jsonata_template(template, &scope, "Arguments").map(Payload::from)
                }
            }
        }
    }
}

/// What a state hands on that adds nothing: Wait, Succeed, the default of a Choice.
pub(crate) fn passed_through(cx: &Cx<'_>, id: BranchId) -> Result<Shaped, StateFailure> {
    match &cx.state(id).io {
        Io::JsonPath(io) => {
            let effective = effective_input(cx, id)?;
            let scope = StateScope::new(cx, id, effective.value());
            let assigned =
                assign(io.assign.as_ref(), |template| json_path_template(template, &scope))?;
            Ok(Shaped { output: select(cx, id, &io.output_path, effective)?, assigned })
        }
        Io::Jsonata(io) => {
            let input = &cx.branch(id).input;
            let scope = StateScope::new(cx, id, input.value());
            jsonata_output(&scope, io.output.as_ref(), io.assign.as_ref(), "", input)
        }
    }
}

/// What a state hands on that has a result: Task, Pass, Parallel, Map.
pub(crate) fn result(cx: &Cx<'_>, id: BranchId, result: Payload) -> Result<Shaped, StateFailure> {
    let state = cx.state(id);
    let input = &cx.branch(id).input;
    match &state.io {
        Io::JsonPath(io) => {
            let selected = match &io.result_selector {
                None => result,
                Some(template) => {
                    let scope = StateScope::new(cx, id, result.value());
                    Payload::from(json_path_template(template, &scope)?)
                }
            };
            let scope = StateScope::new(cx, id, selected.value());
            let assigned =
                assign(io.assign.as_ref(), |template| json_path_template(template, &scope))?;
            let combined = combine(&io.result_path, input, &selected)?;
            Ok(Shaped { output: select(cx, id, &io.output_path, combined)?, assigned })
        }
        Io::Jsonata(io) => {
            let scope = StateScope::new(cx, id, input.value());
            let scope = match state.kind {
                Kind::Task(_) | Kind::Parallel { .. } | Kind::Map(_) => {
                    scope.with_result(result.value())
                }
                Kind::Pass { .. }
                | Kind::Choice { .. }
                | Kind::Wait(_)
                | Kind::Succeed
                | Kind::Fail { .. } => scope,
            };
            jsonata_output(&scope, io.output.as_ref(), io.assign.as_ref(), "", &result)
        }
    }
}

/// What a catcher hands on.
pub(crate) fn caught(
    cx: &Cx<'_>,
    id: BranchId,
    catcher: &CompiledCatcher,
    failure: &Failure,
) -> Result<Shaped, StateFailure> {
    let input = &cx.branch(id).input;
    let error_output = Payload::from(error_output(failure));
    match &catcher.shape {
        CatchShape::JsonPath { result_path, assign: template } => {
            let scope = StateScope::new(cx, id, error_output.value());
            let assigned =
                assign(template.as_ref(), |template| json_path_template(template, &scope))?;
            Ok(Shaped { output: combine(result_path, input, &error_output)?, assigned })
        }
        CatchShape::Jsonata { output, assign } => {
            let scope =
                StateScope::new(cx, id, input.value()).with_error_output(error_output.value());
            let output = output.as_ref();
            let mut shaped =
                jsonata_output(&scope, output, assign.as_ref(), "Catch/", &error_output)?;
            if output.is_none() {
                shaped.output = error_output.clone();
            }
            Ok(shaped)
        }
    }
}

/// The error output of AWS: `Error`, and `Cause` where there is one.
fn error_output(failure: &Failure) -> Value {
    match failure {
        // Recorded for a token that came back without either (test_sfn_send_task_failure…).
        Failure { error: None, cause: None } => json!({ "Error": null, "Cause": null }),
        Failure { error, cause } => {
            let mut fields = Map::new();
            fields.insert("Error".to_owned(), json!(error));
            fields.insert("Cause".to_owned(), json!(cause.as_deref().unwrap_or_default()));
            Value::Object(fields)
        }
    }
}

/// The first rule that holds.
pub(crate) fn first_match<'r>(
    cx: &Cx<'_>,
    id: BranchId,
    rules: &'r [CompiledChoice],
) -> Result<Option<&'r CompiledChoice>, StateFailure> {
    let effective = effective_input(cx, id)?;
    let scope = StateScope::new(cx, id, effective.value());
    let mut session = Session::new(&scope);
    for (index, rule) in rules.iter().enumerate() {
        let holds = match &rule.test {
            ChoiceTest::Literal(literal) => *literal,
            ChoiceTest::Rule(rule) => rule
                .matches(&scope)
                .map_err(|failure| StateFailure::runtime(failure.to_string()))?,
            ChoiceTest::Condition(expression) => {
                let field = format_args!("Choices[{index}]/Condition");
                let failed = |failure: &FieldFailure| {
                    let field = field.to_string();
                    let cause = describe(failure, expression.source(), &field);
                    StateFailure::evaluation(Some(field), cause)
                };
                match session.field(expression) {
                    Ok(Value::Bool(holds)) => holds,
                    Ok(value) => {
                        return Err(failed(&FieldFailure::UnexpectedType {
                            expected: "boolean",
                            value,
                        }));
                    }
                    Err(failure) => return Err(failed(&failure)),
                }
            }
        };
        if holds {
            return Ok(Some(rule));
        }
    }
    Ok(None)
}

/// What a Choice hands on that has taken a rule: the rule's own `Assign` and `Output` count, not the
/// state's.
pub(crate) fn chosen(
    cx: &Cx<'_>,
    id: BranchId,
    rule: &CompiledChoice,
) -> Result<Shaped, StateFailure> {
    match &cx.state(id).io {
        Io::JsonPath(io) => {
            let effective = effective_input(cx, id)?;
            let scope = StateScope::new(cx, id, effective.value());
            let assigned =
                assign(rule.assign.as_ref(), |template| evaluate(template, &scope, "Assign"))?;
            Ok(Shaped { output: select(cx, id, &io.output_path, effective)?, assigned })
        }
        Io::Jsonata(_) => {
            let input = &cx.branch(id).input;
            let scope = StateScope::new(cx, id, input.value());
            let assign = match &rule.assign {
                Some(Template::Jsonata(template)) => Some(template),
                Some(Template::JsonPath(_)) | None => None,
            };
            jsonata_output(&scope, rule.output.as_ref(), assign, "", input)
        }
    }
}

/// The items of a Map.
pub(crate) fn items(
    cx: &Cx<'_>,
    id: BranchId,
    items: &MapItems,
) -> Result<Vec<Payload>, StateFailure> {
    let effective = effective_input(cx, id)?;
    let scope = StateScope::new(cx, id, effective.value());
    let is_jsonata = matches!(cx.state(id).io, Io::Jsonata(_));
    let found = match items {
        MapItems::Input => std::borrow::Cow::Borrowed(effective.value()),
        MapItems::Path(path) => path.find(&scope).map_err(path_failure)?,
        MapItems::Jsonata(template) => {
            let value = jsonata_template(template, &scope, "Items")?;
            if !value.is_array() {
                let source = template.expression().map_or("", |expression| expression.source());
                let failure = FieldFailure::UnexpectedType { expected: "array", value };
                return Err(StateFailure::evaluation(
                    Some("Items".to_owned()),
                    describe(&failure, source, "Items"),
                ));
            }
            std::borrow::Cow::Owned(value)
        }
    };
    match &*found {
        Value::Array(values) => Ok(values.iter().cloned().map(Payload::from).collect()),
        // Recorded: test_map_state_items_input_types.
        value if is_jsonata => Err(StateFailure::evaluation(
            None,
            format!("Map state input must be an array but was: {value}"),
        )),
        _ => {
            let path = match items {
                MapItems::Path(path) => path.source(),
                MapItems::Input | MapItems::Jsonata(_) => "$",
            };
            Err(StateFailure::runtime(format!("Reference path \"{path}\" must point to array.")))
        }
    }
}

/// The input of one iteration: its `ItemSelector`, evaluated.
pub(crate) fn item(
    cx: &Cx<'_>,
    id: BranchId,
    selector: &Template,
    item: &MapItem,
) -> Result<Payload, StateFailure> {
    let effective = effective_input(cx, id)?;
    let scope = StateScope::new(cx, id, effective.value()).with_item(item);
    evaluate(selector, &scope, "ItemSelector").map(Payload::from)
}

/// A template of the state, with its input in scope.
pub(crate) fn template(
    cx: &Cx<'_>,
    id: BranchId,
    template: &Template,
    field: &str,
) -> Result<Value, StateFailure> {
    let effective = effective_input(cx, id)?;
    let scope = StateScope::new(cx, id, effective.value());
    evaluate(template, &scope, field)
}

/// A count of something: seconds, items, iterations.
pub(crate) fn number(
    cx: &Cx<'_>,
    id: BranchId,
    number: &Number,
    field: &str,
) -> Result<u64, StateFailure> {
    match number {
        Number::Literal(number) => Ok(*number),
        Number::Path(path) => {
            let value = at_path(cx, id, path)?;
            let is_of_map = field.starts_with("Max") || field.starts_with("Tolerated");
            match (value.as_u64(), value.as_i64(), is_of_map) {
                (Some(number), _, _) => Ok(number),
                (None, Some(_), false) => Err(StateFailure::runtime(format!(
                    "The {field}Path parameter references a negative value: {} == {value}",
                    path.source()
                ))),
                (None, _, false) => Err(StateFailure::runtime(format!(
                    "The {field}Path parameter cannot be parsed as a long value: {} == {value}",
                    path.source()
                ))),
                (None, Some(_), true) => {
                    Err(StateFailure::runtime(format!("{field} cannot be negative.")))
                }
                (None, None, true) => Err(not_a(path, field, &value, "integer")),
            }
        }
        Number::Jsonata(expression) => {
            let input = &cx.branch(id).input;
            let scope = StateScope::new(cx, id, input.value());
            let mut session = Session::new(&scope);
            let failed = |failure: &FieldFailure| {
                StateFailure::evaluation(
                    Some(field.to_owned()),
                    describe(failure, expression.source(), field),
                )
            };
            let value = session.field(expression).map_err(|failure| failed(&failure))?;
            whole_number(&value)
                .ok_or_else(|| failed(&FieldFailure::UnexpectedType { expected: "number", value }))
        }
    }
}

/// `ToleratedFailureCount`.
pub(crate) fn tolerated_count(
    cx: &Cx<'_>,
    id: BranchId,
    count: &Number,
) -> Result<usize, StateFailure> {
    let count = number(cx, id, count, "ToleratedFailureCount")?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// `ToleratedFailurePercentage`.
pub(crate) fn tolerated_percentage(
    cx: &Cx<'_>,
    id: BranchId,
    percentage: &Percentage,
) -> Result<f64, StateFailure> {
    const FIELD: &str = "ToleratedFailurePercentage";
    let number = match percentage {
        Percentage::Literal(number) => *number,
        Percentage::Path(path) => {
            let value = at_path(cx, id, path)?;
            value.as_f64().ok_or_else(|| not_a(path, FIELD, &value, "float"))?
        }
        Percentage::Jsonata(expression) => {
            let input = &cx.branch(id).input;
            let scope = StateScope::new(cx, id, input.value());
            let failed = |failure: &FieldFailure| {
                StateFailure::evaluation(
                    Some(FIELD.to_owned()),
                    describe(failure, expression.source(), FIELD),
                )
            };
            let value = Session::new(&scope).field(expression).map_err(|it| failed(&it))?;
            value.as_f64().ok_or_else(|| {
                failed(&FieldFailure::UnexpectedType { expected: "number", value })
            })?
        }
    };
    if (0.0..=100.0).contains(&number) {
        Ok(number)
    } else {
        Err(StateFailure::runtime(format!("{FIELD} must be between 0 and 100.")))
    }
}

/// A text: `Error`, `Cause`, `Timestamp`.
pub(crate) fn words(
    cx: &Cx<'_>,
    id: BranchId,
    words: &Words,
    field: &str,
) -> Result<String, StateFailure> {
    let effective = effective_input(cx, id)?;
    let scope = StateScope::new(cx, id, effective.value());
    let value = match words {
        Words::Literal(text) => return Ok(text.clone()),
        Words::JsonPath(expression) => expression
            .evaluate(&format!("{field}Path"), &scope)
            .map_err(|failure| StateFailure::state(failure.error_name(), failure.to_string()))?,
        Words::Jsonata(expression) => {
            let failed = |failure: &FieldFailure| {
                StateFailure::evaluation(
                    Some(field.to_owned()),
                    describe(failure, expression.source(), field),
                )
            };
            match Session::new(&scope).field(expression).map_err(|failure| failed(&failure))? {
                value @ Value::String(_) => value,
                value => {
                    return Err(failed(&FieldFailure::UnexpectedType {
                        expected: "string",
                        value,
                    }));
                }
            }
        }
    };
    Ok(match value {
        Value::String(text) => text,
        other => other.to_string(),
    })
}

/// The results of branches or iterations, in order.
pub(crate) fn array_of(results: Vec<Option<Payload>>) -> Payload {
    let values =
        results.into_iter().map(|result| result.map_or(Value::Null, Payload::into_value)).collect();
    Payload::from(Value::Array(values))
}

fn effective_input(cx: &Cx<'_>, id: BranchId) -> Result<Payload, StateFailure> {
    let input = cx.branch(id).input.clone();
    match &cx.state(id).io {
        Io::JsonPath(io) => select(cx, id, &io.input_path, input),
        Io::Jsonata(_) => Ok(input),
    }
}

fn select(
    cx: &Cx<'_>,
    id: BranchId,
    selector: &Selector,
    from: Payload,
) -> Result<Payload, StateFailure> {
    match selector {
        Selector::Whole => Ok(from),
        Selector::Nothing => Ok(Payload::empty()),
        Selector::Path(path) => {
            let scope = StateScope::new(cx, id, from.value());
            let found = path.find(&scope).map_err(path_failure)?;
            Ok(Payload::from(found.into_owned()))
        }
    }
}

fn combine(path: &ResultPath, input: &Payload, result: &Payload) -> Result<Payload, StateFailure> {
    match path {
        ResultPath::Replace => Ok(result.clone()),
        ResultPath::Discard => Ok(input.clone()),
        ResultPath::Place(path) => {
            path.place(input.value().clone(), result.value().clone()).map(Payload::from).map_err(
                |failure| StateFailure::state("States.ResultPathMatchFailure", failure.to_string()),
            )
        }
    }
}

fn at_path(cx: &Cx<'_>, id: BranchId, path: &Path) -> Result<Value, StateFailure> {
    let effective = effective_input(cx, id)?;
    let scope = StateScope::new(cx, id, effective.value());
    path.find(&scope).map(std::borrow::Cow::into_owned).map_err(path_failure)
}

fn not_a(path: &Path, field: &str, value: &Value, wanted: &str) -> StateFailure {
    let shown = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    StateFailure::runtime(format!(
        "The {field}Path field refers to value \"{shown}\" which is not a valid {wanted}: {}",
        path.source()
    ))
}

fn path_failure(failure: atlas_asl::jsonpath::PathFailure) -> StateFailure {
    StateFailure::runtime(failure.to_string())
}

fn json_path_template(
    template: &PayloadTemplate,
    scope: &dyn Scope,
) -> Result<Value, StateFailure> {
    template
        .evaluate(scope)
        .map_err(|failure| StateFailure::state(failure.error_name(), failure.to_string()))
}

fn jsonata_template(
    template: &JsonataTemplate,
    scope: &dyn Scope,
    field: &str,
) -> Result<Value, StateFailure> {
    in_session(template, &mut Session::new(scope), field)
}

fn in_session(
    template: &JsonataTemplate,
    session: &mut Session<'_>,
    field: &str,
) -> Result<Value, StateFailure> {
    template
        .evaluate(session, field)
        .map_err(|failure| StateFailure::evaluation(Some(failure.location), failure.cause))
}

fn evaluate(template: &Template, scope: &dyn Scope, field: &str) -> Result<Value, StateFailure> {
    match template {
        Template::JsonPath(template) => json_path_template(template, scope),
        Template::Jsonata(template) => jsonata_template(template, scope, field),
    }
}

fn assign<T>(
    template: Option<&T>,
    evaluate: impl FnOnce(&T) -> Result<Value, StateFailure>,
) -> Result<Option<Assigned>, StateFailure> {
    let Some(template) = template else { return Ok(None) };
    Ok(match evaluate(template)? {
        Value::Object(fields) if !fields.is_empty() => Some(
            fields
                .into_iter()
                .map(|(name, value)| (name.into_boxed_str(), Payload::from(value)))
                .collect(),
        ),
        _ => None,
    })
}

/// `Assign` and `Output` of a JSONata state; both see the variables as they were.
fn jsonata_output(
    scope: &StateScope<'_>,
    output: Option<&JsonataTemplate>,
    assign_template: Option<&JsonataTemplate>,
    prefix: &str,
    default: &Payload,
) -> Result<Shaped, StateFailure> {
    let mut session = Session::new(scope);
    let assigned = assign(assign_template, |template| {
        in_session(template, &mut session, &format!("{prefix}Assign"))
    })?;
    let output = match output {
        None => default.clone(),
        Some(template) => {
            Payload::from(in_session(template, &mut session, &format!("{prefix}Output"))?)
        }
    };
    Ok(Shaped { output, assigned })
}

/// A JSON number without a fraction, not below 0: JSONata computes in floating point.
fn whole_number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let number = value.as_f64()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked to be whole and in range"
        )]
        (number.fract() == 0.0 && (0.0..9e15).contains(&number)).then_some(number as u64)
    })
}
