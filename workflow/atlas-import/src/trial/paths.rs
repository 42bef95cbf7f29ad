//! Which fields a definition reads, and of what kind they have to be: what a made-up document must have.

use std::collections::BTreeMap;

use atlas_asl::{
    jsonata::{Expression, delimited},
    model::Operator,
    payload_template,
};
use serde_json::{Value, json};

use crate::limits::MOST_FIELDS;

/// A step of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Name(String),
    /// Some element of a list.
    Element,
}

/// What is read, and as what.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wanted {
    pub(super) steps: Vec<Step>,
    pub(super) kind: Kind,
}

/// What a field has to be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Any,
    Number,
    Moment,
    List,
    /// JSON in a text.
    JsonText,
    /// Something that decides: one of these, or none of them.
    OneOf(Vec<Value>),
    /// It is asked whether it is there.
    Maybe,
    /// Something is put into it.
    Object,
}

/// All that a definition reads, with duplicates.
pub(super) fn wanted(definition: &Value) -> Vec<Wanted> {
    let mut found = Vec::new();
    let variables = assigned(definition);
    let mut open = vec![definition];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(elements) => open.extend(elements),
            Value::Object(fields) => {
                for (name, value) in fields {
                    match value {
                        Value::String(text) => {
                            read_text(name, text, fields, &variables, &mut found)
                        }
                        Value::Array(_) | Value::Object(_) => open.push(value),
                        Value::Null | Value::Bool(_) | Value::Number(_) => {}
                    }
                }
            }
            Value::String(text) => jsonata(text, &Kind::Any, &variables, &mut found),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
        if found.len() >= MOST_FIELDS {
            break;
        }
    }
    found
}

fn read_text(
    name: &str,
    text: &str,
    fields: &serde_json::Map<String, Value>,
    variables: &Variables,
    found: &mut Vec<Wanted>,
) {
    let kind = match name {
        "SecondsPath"
        | "TimeoutSecondsPath"
        | "HeartbeatSecondsPath"
        | "MaxConcurrencyPath"
        | "ToleratedFailureCountPath"
        | "ToleratedFailurePercentagePath"
        | "Seconds" => Kind::Number,
        "TimestampPath" | "Timestamp" => Kind::Moment,
        "ItemsPath" | "Items" => Kind::List,
        "Variable" => compared(fields),
        _ => Kind::Any,
    };
    if name == "ResultPath" {
        found.extend(put_into(text));
        return;
    }
    if text.starts_with("{%") {
        return jsonata(text, &kind, variables, found);
    }
    let is_path = name.ends_with(".$")
        || matches!(name, "InputPath" | "OutputPath" | "ErrorPath" | "CausePath" | "Variable")
        || name.ends_with("Path");
    if is_path {
        path_or_call(text, &kind, variables, found);
    }
}

/// `$.results` of the `ResultPath` `$.results.lead`, which nothing but an object takes.
fn put_into(path: &str) -> Option<Wanted> {
    let mut steps = steps_of_path(path, &Variables::new())?;
    steps.pop();
    (!steps.is_empty()).then_some(Wanted { steps, kind: Kind::Object })
}

/// What the comparison beside `Variable` compares with.
fn compared(fields: &serde_json::Map<String, Value>) -> Kind {
    for (name, operand) in fields {
        let Some(operator) = Operator::from_name(name) else { continue };
        let words = operator.as_str();
        return match operator {
            Operator::IsPresent => Kind::Maybe,
            Operator::IsNull => Kind::OneOf(vec![Value::Null]),
            Operator::IsNumeric => Kind::OneOf(vec![json!(7)]),
            Operator::IsBoolean => Kind::OneOf(vec![json!(true)]),
            Operator::IsString | Operator::IsTimestamp => {
                Kind::OneOf(vec![json!("2026-11-20T00:00:00Z")])
            }
            Operator::StringMatches => Kind::OneOf(vec![Value::from(
                operand.as_str().unwrap_or_default().replace('*', "x"),
            )]),
            _ if words.ends_with("Path") && words.starts_with("Numeric") => Kind::Number,
            _ if words.ends_with("Path") => Kind::Any,
            _ if words.starts_with("Timestamp") => Kind::OneOf(vec![
                operand.clone(),
                json!("1999-01-01T00:00:00Z"),
                json!("2999-01-01T00:00:00Z"),
            ]),
            _ if words.starts_with("Numeric") => Kind::OneOf(around(operand)),
            Operator::BooleanEquals => Kind::OneOf(vec![json!(true), json!(false)]),
            _ => Kind::OneOf(vec![operand.clone()]),
        };
    }
    Kind::Any
}

/// A number, one below it and one above.
fn around(number: &Value) -> Vec<Value> {
    match (number.as_i64(), number.as_f64()) {
        (Some(whole), _) => {
            vec![number.clone(), json!(whole.saturating_sub(1)), json!(whole.saturating_add(1))]
        }
        (None, Some(number)) => vec![json!(number), json!(number - 1.0), json!(number + 1.0)],
        (None, None) => vec![number.clone()],
    }
}

fn path_or_call(text: &str, kind: &Kind, variables: &Variables, found: &mut Vec<Wanted>) {
    let mut add = |path: &str, kind: Kind| {
        if let Some(steps) = steps_of_path(path, variables) {
            found.push(Wanted { steps, kind });
        }
    };
    match payload_template::Expression::parse(text) {
        Ok(payload_template::Expression::Path(_)) => add(text, kind.clone()),
        Ok(payload_template::Expression::Intrinsic(call)) => {
            let kind = match () {
                () if text.contains("StringToJson") => Kind::JsonText,
                () if text.contains("MathAdd") || text.contains("MathRandom") => Kind::Number,
                () if text.contains("Array") => Kind::List,
                () => Kind::Any,
            };
            for inner in call.paths() {
                add(inner.source(), kind.clone());
            }
        }
        Err(_) => {}
    }
}

/// What variables were assigned from, as far as that is a place in a result or in the input.
type Variables = BTreeMap<String, Vec<Step>>;

fn assigned(definition: &Value) -> Variables {
    let mut found = Variables::new();
    let mut open = vec![definition];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(elements) => open.extend(elements),
            Value::Object(fields) => {
                open.extend(fields.values());
                let Some(Value::Object(assigned)) = fields.get("Assign") else { continue };
                for (name, value) in assigned {
                    let Some(text) = value.as_str() else { continue };
                    let none = Variables::new();
                    let steps = match name.strip_suffix(".$") {
                        Some(_) => steps_of_path(text, &none),
                        None => delimited(text).and_then(|source| {
                            let expression = Expression::parse(source).ok()?;
                            let mut places = expression.places();
                            let place = places.next().filter(|_| places.next().is_none())?;
                            steps_of_place(place, &none)
                        }),
                    };
                    let name = name.strip_suffix(".$").unwrap_or(name);
                    found.extend(steps.map(|steps| (name.to_owned(), steps)));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}

/// The steps of a path, as far as they are names and elements. Whether it begins with the input or a result does
/// not matter: a document is made for all of them.
fn steps_of_path(text: &str, variables: &Variables) -> Option<Vec<Step>> {
    let rest = text.trim_start_matches('$');
    let at = rest.find(['.', '[']).unwrap_or(rest.len());
    let (variable, mut rest) = rest.split_at(at);
    let mut steps = variables.get(variable).cloned().unwrap_or_default();
    if text.starts_with("$$") {
        let known = ["Execution.Input", "Map.Item.Value"];
        rest = known.iter().find_map(|it| rest.strip_prefix('.')?.strip_prefix(*it))?;
    }
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("['") {
            let Some((name, after)) = after.split_once("']") else { break };
            steps.push(Step::Name(name.to_owned()));
            rest = after;
        } else if let Some(after) = rest.strip_prefix('[') {
            let Some((_, after)) = after.split_once(']') else { break };
            steps.push(Step::Element);
            rest = after;
        } else if let Some(after) = rest.strip_prefix("..") {
            rest = after;
        } else if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let (name, after) = after.split_at(end);
            if name.ends_with("()") {
                break;
            }
            steps.push(if name == "*" { Step::Element } else { Step::Name(name.to_owned()) });
            rest = after;
        } else {
            break;
        }
    }
    (!steps.is_empty()).then_some(steps)
}

/// The steps of a place that an expression reads.
fn steps_of_place(place: &[String], variables: &Variables) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let names: &[String] = match place {
        [states, part, rest @ ..] if states == "states" && part != "context" => rest,
        [states, _, execution, input, rest @ ..]
            if states == "states" && execution == "Execution" && input == "Input" =>
        {
            rest
        }
        [states, ..] if states == "states" => return None,
        [variable, rest @ ..] => {
            steps = variables.get(variable).cloned().unwrap_or_default();
            rest
        }
        [] => return None,
    };
    steps.extend(names.iter().cloned().map(Step::Name));
    (!steps.is_empty()).then_some(steps)
}

/// What an expression reads, and what it compares that with.
fn jsonata(text: &str, kind: &Kind, variables: &Variables, found: &mut Vec<Wanted>) {
    let Some(source) = delimited(text) else { return };
    let Ok(expression) = Expression::parse(source) else { return };
    for place in expression.places() {
        let Some(steps) = steps_of_place(place, variables) else { continue };
        let written = format!("${}", place.join("."));
        let kind = if *kind == Kind::Any { by_operator(source, &written) } else { kind.clone() };
        found.push(Wanted { steps, kind });
    }
}

/// By what stands around a place in an expression: a function, a comparison or arithmetic.
fn by_operator(source: &str, place: &str) -> Kind {
    let mut literals = Vec::new();
    let mut is_number = false;
    for (at, _) in source.match_indices(place) {
        let after = &source[at + place.len()..];
        if after
            .starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_' || next == '.')
        {
            continue;
        }
        match function_before(&source[..at]) {
            "number" | "abs" | "floor" | "ceil" | "round" | "power" | "sqrt" | "sum" | "max"
            | "min" | "average" | "formatNumber" | "formatInteger" | "formatBase"
            | "fromMillis" => is_number = true,
            "toMillis" => return Kind::Moment,
            "parse" => return Kind::JsonText,
            _ => {}
        }
        let after = after.trim_start();
        let operator: &str = ["!=", ">=", "<=", "=", ">", "<", "+", "-", "*", "/", "%"]
            .into_iter()
            .find(|operator| after.starts_with(operator))
            .unwrap_or_default();
        let operand = after[operator.len()..].trim_start();
        match operator {
            "" => {}
            "+" | "-" | "*" | "/" | "%" => is_number = true,
            _ => match literal(operand) {
                Some(Value::Number(number)) => literals.append(&mut around(&Value::Number(number))),
                Some(Value::Bool(_)) => literals.extend([json!(true), json!(false)]),
                Some(literal) => literals.push(literal),
                None => {}
            },
        }
    }
    match (literals.is_empty(), is_number) {
        (false, _) => Kind::OneOf(literals),
        (true, true) => Kind::Number,
        (true, false) => Kind::Any,
    }
}

/// The function whose first argument begins behind this; empty where none does.
fn function_before(source: &str) -> &str {
    let Some(before) = source.trim_end().strip_suffix('(') else { return "" };
    let before = before.trim_end();
    let name = before.trim_end_matches(|letter: char| letter.is_ascii_alphanumeric());
    if name.ends_with('$') { &before[name.len()..] } else { "" }
}

fn literal(text: &str) -> Option<Value> {
    for quote in ['\'', '"'] {
        if let Some(rest) = text.strip_prefix(quote) {
            return Some(Value::from(rest.split_once(quote)?.0));
        }
    }
    let end = text.find(|next: char| !(next.is_ascii_alphanumeric() || next == '.' || next == '-'));
    let word = &text[..end.unwrap_or(text.len())];
    serde_json::from_str(word).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_found_with_its_kind() {
        let definition = json!({"States": {
            "A": {"Type": "Task", "Parameters": {"x.$": "$.a.b[0].c", "n.$": "States.MathAdd($.n, 1)"}},
            "B": {"Type": "Choice", "Choices": [{"Variable": "$.a.status", "StringEquals": "OK"}]},
            "P": {"Type": "Pass", "ResultPath": "$.all.of[0].p"}, "Q": {"Type": "Pass", "ResultPath": "$.q"},
            "C": {"Type": "Map", "ItemsPath": "$.items", "ItemSelector": {"v.$": "$$.Map.Item.Value.id"}},
            "V": {"Type": "Task", "Assign": {"w": "{% $states.result.Payload %}"}},
            "D": {"Type": "Choice", "Choices": [{"Condition": "{% $states.input.tries < 3 and $w.ok = true %}"}]},
            "N": {"Type": "Task", "Assign": {"r": "{% $round( $number($states.result.Item.N), 2) + $sum($x.m) %}"}},
            "T": {"Type": "Wait", "Seconds": 1, "Output": "{% $toMillis($states.input.at) + $parse($states.input.j).k %}"},
            "E": {"Type": "Pass", "Output": {"y": ["{% $states.result.Payload.y & 'x' %}"]}}
        }});
        let mut told: Vec<String> = wanted(&definition)
            .into_iter()
            .map(|wanted| {
                let steps: Vec<String> = wanted
                    .steps
                    .into_iter()
                    .map(|step| match step {
                        Step::Name(name) => name,
                        Step::Element => "[]".to_owned(),
                    })
                    .collect();
                format!("{} {:?}", steps.join("."), wanted.kind)
            })
            .collect();
        told.sort();
        expect_test::expect![[r#"
            Item.N Number
            Payload Any
            Payload.ok OneOf([Bool(true), Bool(false)])
            Payload.y Any
            a.b.[].c Any
            a.status OneOf([String("OK")])
            all.of.[] Object
            at Moment
            id Any
            items List
            j JsonText
            m Number
            n Number
            tries OneOf([Number(3), Number(2), Number(4)])"#]]
        .assert_eq(&told.join("\n"));
    }
}
