//! Payload templates of the JSONPath query language: `Parameters`, `ResultSelector`, `ItemSelector`, `Assign`.
//!
//! A field whose name ends in `.$` holds a path or an intrinsic function; everything else is literal.
//! Compiled once; what holds no path stays one shared constant.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::{
    intrinsics::{Intrinsic, IntrinsicFailure},
    jsonpath::{Path, PathFailure, Root},
    scope::Scope,
    text_length::{MOST_BYTES, bytes_within},
};

/// The deepest template that is compiled; definitions of that depth do not parse.
const DEEPEST: usize = 256;

/// A compiled payload template. Cheap to clone.
#[derive(Debug, Clone)]
pub struct PayloadTemplate {
    root: Arc<Node>,
}

#[derive(Debug)]
enum Node {
    Constant(Arc<Value>),
    Object(Vec<(String, Node)>),
    Array(Vec<Node>),
    /// The field as AWS names it, with its `.$`, and what it holds.
    Computed {
        field: String,
        expression: Expression,
    },
}

/// A path or a call: what may stand in a field that ends in `.$`, in `ErrorPath` and in `CausePath`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// A path.
    Path(Path),
    /// A call of an intrinsic function.
    Intrinsic(Intrinsic),
}

/// A field that could not be computed. Displays as AWS words it, without the state in front.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateFailure {
    /// A path finds nothing.
    #[error("{text}")]
    Path {
        /// The field, as AWS names it: `value.$`.
        field: String,
        /// The path, and what stopped it.
        failure: Box<PathFailure>,
        /// AWS's sentence.
        text: String,
    },
    /// A call fails.
    #[error("{failure}")]
    Intrinsic {
        /// The field, as AWS names it: `value.$`.
        field: String,
        /// The call, and what stopped it.
        failure: IntrinsicFailure,
    },
    /// What was computed is longer than a document may be.
    #[error("The template's value has more than {MOST_BYTES} bytes.")]
    TooLong,
}

impl TemplateFailure {
    /// The name that `Retry` and `Catch` match: AWS was recorded to say `States.Runtime` of a missing
    /// path (v2-scenarios, test_invalid_jsonpath), not the specification's `States.ParameterPathFailure`.
    pub const fn error_name(&self) -> &'static str {
        match self {
            Self::Path { .. } => "States.Runtime",
            Self::Intrinsic { failure, .. } => failure.error_name(),
            Self::TooLong => "States.DataLimitExceeded",
        }
    }
}

impl Expression {
    /// Parses a path (`$…`) or a call (`States.…`); the message says what is wrong and why.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.starts_with('$') {
            Path::parse(text).map(Self::Path).map_err(|refused| refused.to_string())
        } else if text.starts_with("States.") {
            Intrinsic::parse(text).map(Self::Intrinsic).map_err(|refused| refused.to_string())
        } else {
            Err(format!("`{text}` starts with neither `$` nor `States.`"))
        }
    }

    /// As written.
    pub fn source(&self) -> &str {
        match self {
            Self::Path(path) => path.source(),
            Self::Intrinsic(call) => call.source(),
        }
    }

    /// The value, for the field that AWS would blame: `value.$`, `ErrorPath`.
    pub fn evaluate(&self, field: &str, scope: &dyn Scope) -> Result<Value, TemplateFailure> {
        match self {
            Self::Path(path) => match path.find(scope) {
                Ok(value) => Ok(value.into_owned()),
                Err(failure) => {
                    let input = match path.root() {
                        Root::Context => scope.context(),
                        Root::Input | Root::Variable(_) | Root::Current => scope.input(),
                    };
                    let text = failure.for_field(field, input);
                    Err(TemplateFailure::Path {
                        field: field.to_owned(),
                        failure: Box::new(failure),
                        text,
                    })
                }
            },
            Self::Intrinsic(call) => call
                .evaluate(scope)
                .map_err(|failure| TemplateFailure::Intrinsic { field: field.to_owned(), failure }),
        }
    }
}

impl PayloadTemplate {
    /// Compiles a template. All faults at once, each with its JSON pointer below the template.
    pub fn compile(template: &Value) -> Result<Self, Vec<(String, String)>> {
        let mut faults = Vec::new();
        let root = compile(template, &mut String::new(), 0, &mut faults);
        if faults.is_empty() { Ok(Self { root: Arc::new(root) }) } else { Err(faults) }
    }

    /// The value, where nothing in the template needs computing.
    pub fn constant(&self) -> Option<&Arc<Value>> {
        match &*self.root {
            Node::Constant(value) => Some(value),
            Node::Object(_) | Node::Array(_) | Node::Computed { .. } => None,
        }
    }

    /// The template with each `.$` field computed.
    pub fn evaluate(&self, scope: &dyn Scope) -> Result<Value, TemplateFailure> {
        self.root.evaluate(scope, &mut { MOST_BYTES })
    }
}

impl Node {
    /// Recursion is as deep as `compile` lets a template be. What is computed takes from `left`: a
    /// template can name the whole input in each of its thousands of fields.
    fn evaluate(&self, scope: &dyn Scope, left: &mut usize) -> Result<Value, TemplateFailure> {
        match self {
            Self::Constant(value) => Ok(value.as_ref().clone()),
            Self::Array(elements) => {
                elements.iter().map(|element| element.evaluate(scope, left)).collect()
            }
            Self::Object(members) => {
                let mut object = Map::new();
                for (name, node) in members {
                    object.insert(name.clone(), node.evaluate(scope, left)?);
                }
                Ok(Value::Object(object))
            }
            Self::Computed { field, expression } => {
                let value = expression.evaluate(field, scope)?;
                *left -= bytes_within(&value, *left).ok_or(TemplateFailure::TooLong)?;
                Ok(value)
            }
        }
    }
}

fn compile(
    template: &Value,
    pointer: &mut String,
    depth: usize,
    faults: &mut Vec<(String, String)>,
) -> Node {
    if depth > DEEPEST {
        faults.push((pointer.clone(), format!("is nested deeper than {DEEPEST} levels")));
        return Node::Constant(Arc::new(Value::Null));
    }
    let here = pointer.len();
    let compiled = match template {
        Value::Object(members) => {
            let mut compiled = Vec::with_capacity(members.len());
            for (name, value) in members {
                pointer.push('/');
                pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
                compiled.push(match name.strip_suffix(".$") {
                    Some(plain) => (plain.to_owned(), computed(name, value, pointer, faults)),
                    None => (name.clone(), compile(value, pointer, depth + 1, faults)),
                });
                pointer.truncate(here);
            }
            Node::Object(in_order(compiled))
        }
        Value::Array(elements) => {
            let mut compiled = Vec::with_capacity(elements.len());
            for (at, value) in elements.iter().enumerate() {
                pointer.push_str(&format!("/{at}"));
                compiled.push(compile(value, pointer, depth + 1, faults));
                pointer.truncate(here);
            }
            Node::Array(compiled)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            return Node::Constant(Arc::new(template.clone()));
        }
    };
    let constant = match &compiled {
        Node::Object(members) => members.iter().all(|(_, node)| matches!(node, Node::Constant(_))),
        Node::Array(elements) => elements.iter().all(|node| matches!(node, Node::Constant(_))),
        Node::Constant(_) | Node::Computed { .. } => false,
    };
    if constant { Node::Constant(Arc::new(template.clone())) } else { compiled }
}

/// The members in the order in which AWS has them, which shows wherever JSON is told as text: the literal
/// ones as written, then the computed ones as a Java `HashMap` of their names has them (every recorded
/// template agrees).
fn in_order(members: Vec<(String, Node)>) -> Vec<(String, Node)> {
    let (mut computed, mut members): (Vec<_>, Vec<_>) =
        members.into_iter().partition(|(_, node)| matches!(node, Node::Computed { .. }));
    let mut buckets = 16;
    while computed.len() * 4 > buckets * 3 {
        buckets *= 2;
    }
    computed.sort_by_key(|(name, _)| {
        let hash = name
            .encode_utf16()
            .fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)));
        (hash ^ (hash >> 16)) as usize & (buckets - 1)
    });
    members.append(&mut computed);
    members
}

fn computed(field: &str, value: &Value, pointer: &str, faults: &mut Vec<(String, String)>) -> Node {
    let reason = match value.as_str().map(Expression::parse) {
        Some(Ok(expression)) => {
            return Node::Computed { field: field.to_owned(), expression };
        }
        Some(Err(reason)) => reason,
        None => format!("{value} is no string"),
    };
    faults.push((
        pointer.to_owned(),
        format!(
            "The value for the field '{field}' must be a valid JSONPath or a valid intrinsic function call ({reason})"
        ),
    ));
    Node::Constant(Arc::new(Value::Null))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::PayloadTemplate;
    use crate::{scope::fixed::Fixed, shared_cases};

    fn check(template: Value, expected: Result<Value, (&str, &str)>) {
        let scope = Fixed::of(json!({"name": "Ada", "list": [1, 2]}));
        let template = PayloadTemplate::compile(&template).unwrap();
        let found = template.evaluate(&scope);
        let found = found.map_err(|failure| (failure.error_name(), failure.to_string()));
        assert_eq!(found, expected.map_err(|(name, text)| (name, text.to_owned())));
    }

    #[test]
    fn fields_that_end_in_a_dollar_are_computed_wherever_they_stand() {
        check(
            json!({"a": 1, "b.$": "$.name", "c": [{"d.$": "States.ArrayLength($.list)"}, "$.name"]}),
            Ok(json!({"a": 1, "b": "Ada", "c": [{"d": 2}, "$.name"]})),
        );
    }

    #[test]
    fn failures_are_worded_as_aws_words_them() {
        // Recorded: v2-scenarios, test_invalid_jsonpath.
        check(
            json!({"value.$": "$.no"}),
            Err((
                "States.Runtime",
                r#"The JSONPath '$.no' specified for the field 'value.$' could not be found in the input '{"name":"Ada","list":[1,2]}'"#,
            )),
        );
        check(
            json!({"value.$": "States.Format('{}',  States.ArrayLength($.no))"}),
            Err((
                "States.Runtime",
                r#"The function 'States.Format('{}',  States.ArrayLength($.no))' had the following error: The JsonPath argument for the field '$.no' could not be found in the input '{"name":"Ada","list":[1,2]}'"#,
            )),
        );
        check(
            json!({"value.$": "States.ArrayGetItem($.list, 2)"}),
            Err((
                "States.IntrinsicFailure",
                "The function 'States.ArrayGetItem($.list, 2)' had the following error: the index 2 is out of bounds for an array of 2",
            )),
        );
    }

    /// Recorded: test_map_state_item_selector, test_reference_assign, test_start_execution_sync2; the others
    /// in 2026.
    #[test]
    fn members_have_the_order_of_aws() {
        for (fields, expected) in [
            ("i.$ v.$", "v i"),
            (
                "input.$ execution.$ state.$ definitionMarker",
                "definitionMarker input execution state",
            ),
            ("execution.$ state.$ attempt.$ input.$", "execution input state attempt"),
            ("entered.$ marker", "marker entered"),
            (
                "original_input.$ iteration_input_value.$ iteration_index.$ from_input_constant.$ \
                 constant_value",
                "constant_value iteration_input_value from_input_constant iteration_index \
                 original_input",
            ),
            (
                "mergedJson.$ parsedJson.$ stringifiedJson.$",
                "parsedJson mergedJson stringifiedJson",
            ),
            ("StateMachineArn.$ Input.$ Name.$", "Input StateMachineArn Name"),
        ] {
            let template: Value =
                fields.split(' ').map(|field| (field.to_owned(), json!("$.name"))).collect();
            let scope = Fixed::of(json!({"name": "Ada"}));
            let found = PayloadTemplate::compile(&template).unwrap().evaluate(&scope).unwrap();
            let names: Vec<&str> = found.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(names.join(" "), expected);
        }
    }

    #[test]
    fn what_is_computed_is_no_longer_than_a_document_may_be() {
        let fields = |count: usize| {
            let fields = (0..count).map(|at| (format!("f{at}.$"), json!("$.text")));
            Value::Object(fields.collect())
        };
        let scope = Fixed::of(json!({"text": "x".repeat(262_140 / 4)}));
        let evaluated = |count| PayloadTemplate::compile(&fields(count)).unwrap().evaluate(&scope);
        assert!(evaluated(3).is_ok());
        assert_eq!(evaluated(20_000).unwrap_err().error_name(), "States.DataLimitExceeded");
    }

    #[test]
    fn a_template_without_paths_is_one_shared_constant() {
        let template = PayloadTemplate::compile(&json!({"a": [1, {"b": "$.c"}]})).unwrap();
        let copy = template.clone();
        assert!(Arc::ptr_eq(template.constant().unwrap(), copy.constant().unwrap()));
        assert!(PayloadTemplate::compile(&json!([{"a.$": "$"}])).unwrap().constant().is_none());
    }

    #[test]
    fn all_faults_are_found_at_once_each_with_its_place() {
        let faults = PayloadTemplate::compile(&json!({
            "a.$": "plain", "b": [{"c/d.$": "$.x["}], "e.$": 5, "f.$": "States.Nope()", "g.$": "$.fine"
        }))
        .unwrap_err();
        let places: Vec<&str> = faults.iter().map(|(pointer, _)| pointer.as_str()).collect();
        assert_eq!(places, ["/a.$", "/b/0/c~1d.$", "/e.$", "/f.$"]);
        assert!(faults[0].1.starts_with(
            "The value for the field 'a.$' must be a valid JSONPath or a valid intrinsic function call"
        ));
    }

    /// Runs every recorded case of one Pass state whose `Parameters` call intrinsic functions.
    #[test]
    fn intrinsic_functions_give_what_aws_gave() {
        let Some(cases) = shared_cases::read("conformance/v2-intrinsic_functions.json") else {
            return;
        };
        let mut compared = 0;
        for case in cases.as_array().unwrap() {
            let mut template = None;
            let mut outputs = Vec::new();
            recorded_outputs(&case["expected"], &mut outputs);
            let mut outputs = outputs.into_iter();
            for call in case["calls"].as_array().unwrap() {
                let request = &call["request"];
                if let Some(definition) = request["definition"].as_str() {
                    let definition: Value = serde_json::from_str(definition).unwrap();
                    template = definition["States"]["State_0"].get("Parameters").cloned();
                }
                let Some(template) = &template else { continue };
                if call["op"] == "StartExecution" {
                    let input = request["input"].as_str().unwrap_or("{}");
                    let mut scope = Fixed::of(serde_json::from_str(input).unwrap());
                    scope.context = json!({"Execution": {"Input": scope.input}});
                    let found =
                        PayloadTemplate::compile(template).unwrap().evaluate(&scope).unwrap();
                    let expected = outputs.next().unwrap();
                    let random = ["RandomNumberGenerated", "generated-uuid"]
                        .iter()
                        .any(|mask| expected["FunctionResult"] == *mask);
                    assert!(
                        random || found == expected,
                        "{template} of {input}: {found}, not {expected}"
                    );
                    compared += 1;
                }
            }
        }
        assert!(compared > 40, "only {compared} cases were compared");
    }

    fn recorded_outputs(value: &Value, outputs: &mut Vec<Value>) {
        match value {
            Value::Object(members) => {
                outputs.extend(
                    members
                        .get("executionSucceededEventDetails")
                        .map(|details| details["output"].clone()),
                );
                members.values().for_each(|member| recorded_outputs(member, outputs));
            }
            Value::Array(elements) => {
                elements.iter().for_each(|element| recorded_outputs(element, outputs));
            }
            _ => {}
        }
    }
}
