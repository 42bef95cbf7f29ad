//! Payloads that hold expressions: `Arguments`, `Output`, `Assign` and the like.

use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::bounds;
use super::convert::Budget;
use super::expression::{Expression, InvalidExpression, delimited};
use super::failure::{EvaluationFailure, FieldFailure, describe};
use super::session::Session;

/// A payload in which each text that is `{% … %}` is an expression and all else stands for itself.
#[derive(Debug, Clone)]
pub struct JsonataTemplate {
    root: Node,
}

#[derive(Debug, Clone)]
enum Node {
    /// No expression in here.
    Constant(Arc<Value>),
    Expression(Expression),
    Object(Arc<[(String, Node)]>),
    Array(Arc<[Node]>),
}

/// Why a template has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{cause}")]
pub struct TemplateFailure {
    /// The field that failed, such as `Output/result` or `Arguments/List[0]`.
    pub location: String,
    /// AWS's sentence about it.
    pub cause: String,
}

impl JsonataTemplate {
    /// Parses every expression of a payload.
    ///
    /// # Errors
    /// All texts that are no expressions, each with the JSON pointer to it within the payload.
    pub fn compile(payload: &Value) -> Result<Self, Vec<(String, InvalidExpression)>> {
        let mut faults = Vec::new();
        let root = compile(payload, &mut String::new(), &mut faults);
        let root = root.unwrap_or_else(|| constant(payload));
        if faults.is_empty() { Ok(Self { root }) } else { Err(faults) }
    }

    /// The value of a payload without expressions, to be shared.
    #[must_use]
    pub fn constant(&self) -> Option<&Arc<Value>> {
        match &self.root {
            Node::Constant(value) => Some(value),
            Node::Expression(_) | Node::Object(_) | Node::Array(_) => None,
        }
    }

    /// The expression that the payload is, where it is nothing else.
    #[must_use]
    pub fn expression(&self) -> Option<&Expression> {
        match &self.root {
            Node::Expression(expression) => Some(expression),
            Node::Constant(_) | Node::Object(_) | Node::Array(_) => None,
        }
    }

    /// Whether the payload is `{% $states.input %}`, so that the input itself can be passed on.
    #[must_use]
    pub fn whole_input(&self) -> bool {
        self.expression().is_some_and(Expression::is_whole_input)
    }

    /// Every expression, in order.
    #[must_use]
    pub fn expressions(&self) -> Vec<&Expression> {
        let mut found = Vec::new();
        collect(&self.root, &mut found);
        found
    }

    /// Evaluates the payload of a field, such as `Arguments` or `Choices[0]/Output`.
    ///
    /// # Errors
    /// The first expression that has no value.
    pub fn evaluate(
        &self,
        session: &mut Session<'_>,
        field: &str,
    ) -> Result<Value, TemplateFailure> {
        evaluate(&self.root, session, field, &mut Vec::new(), &mut Budget::default())
    }
}

/// `None` where no expression stands in a value.
fn compile(
    value: &Value,
    pointer: &mut String,
    faults: &mut Vec<(String, InvalidExpression)>,
) -> Option<Node> {
    let depth = pointer.len();
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
        Value::String(text) => match Expression::parse(delimited(text)?) {
            Ok(expression) => Some(Node::Expression(expression)),
            Err(fault) => {
                faults.push((pointer.clone(), fault));
                None
            }
        },
        Value::Array(items) => {
            let mut nodes = Vec::with_capacity(items.len());
            for (index, item) in items.iter().enumerate() {
                write!(pointer, "/{index}").expect("a String takes every text");
                nodes.push(compile(item, pointer, faults));
                pointer.truncate(depth);
            }
            let nodes = with_constants(nodes, items.iter())?;
            Some(Node::Array(nodes.into()))
        }
        Value::Object(fields) => {
            let mut nodes = Vec::with_capacity(fields.len());
            for (name, field) in fields {
                pointer.push('/');
                pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
                nodes.push(compile(field, pointer, faults));
                pointer.truncate(depth);
            }
            let nodes = with_constants(nodes, fields.values())?;
            Some(Node::Object(fields.keys().cloned().zip(nodes).collect()))
        }
    }
}

/// The nodes, with constants where there is no expression; `None` where there is none at all.
fn with_constants<'v>(
    nodes: Vec<Option<Node>>,
    values: impl Iterator<Item = &'v Value>,
) -> Option<Vec<Node>> {
    if nodes.iter().all(Option::is_none) {
        return None;
    }
    let pairs = nodes.into_iter().zip(values);
    Some(pairs.map(|(node, value)| node.unwrap_or_else(|| constant(value))).collect())
}

fn constant(value: &Value) -> Node {
    Node::Constant(Arc::new(value.clone()))
}

fn collect<'t>(node: &'t Node, found: &mut Vec<&'t Expression>) {
    match node {
        Node::Constant(_) => {}
        Node::Expression(expression) => found.push(expression),
        Node::Object(fields) => fields.iter().for_each(|(_, field)| collect(field, found)),
        Node::Array(items) => items.iter().for_each(|item| collect(item, found)),
    }
}

/// A step into a payload.
enum Step<'t> {
    Field(&'t str),
    Item(usize),
}

fn evaluate<'t>(
    node: &'t Node,
    session: &mut Session<'_>,
    field: &str,
    place: &mut Vec<Step<'t>>,
    budget: &mut Budget,
) -> Result<Value, TemplateFailure> {
    match node {
        Node::Constant(value) => Ok(Value::clone(value)),
        Node::Expression(expression) => {
            // Each of a template's thousands of fields can be as large as one value may be.
            let within = |value: Value| match budget.spend_on(&value) {
                Ok(()) => Ok(value),
                Err(_) => {
                    Err(FieldFailure::Threw(EvaluationFailure::bound(bounds::MEMORY_EXCEEDED)))
                }
            };
            session.field(expression).and_then(within).map_err(|failure| {
                let location = location(field, place);
                let cause = describe(&failure, expression.source(), &location);
                TemplateFailure { location, cause }
            })
        }
        Node::Object(fields) => {
            let mut object = Map::with_capacity(fields.len());
            for (name, node) in fields.iter() {
                place.push(Step::Field(name));
                object.insert(name.clone(), evaluate(node, session, field, place, budget)?);
                place.pop();
            }
            Ok(Value::Object(object))
        }
        Node::Array(items) => {
            let mut array = Vec::with_capacity(items.len());
            for (index, node) in items.iter().enumerate() {
                place.push(Step::Item(index));
                array.push(evaluate(node, session, field, place, budget)?);
                place.pop();
            }
            Ok(Value::Array(array))
        }
    }
}

/// As AWS writes it: `Output/a/b[0][1]`.
fn location(field: &str, place: &[Step<'_>]) -> String {
    let mut location = field.to_owned();
    for step in place {
        match step {
            Step::Field(name) => {
                location.push('/');
                location.push_str(name);
            }
            Step::Item(index) => {
                write!(location, "[{index}]").expect("a String takes every text");
            }
        }
    }
    location
}

#[cfg(test)]
mod tests {
    use super::super::testing::Fixed;
    use super::*;
    use serde_json::json;

    fn check(payload: &Value, expected: Result<Value, (&str, &str)>) {
        let scope = Fixed::new(json!({"a": 1, "list": [1, 2]}));
        let template = JsonataTemplate::compile(payload).expect("every expression parses");
        let actual = template.evaluate(&mut Session::new(&scope), "Output");
        let expected = expected.map_err(|(location, cause)| TemplateFailure {
            location: location.to_owned(),
            cause: cause.to_owned(),
        });
        assert_eq!(actual, expected, "{payload}");
    }

    #[test]
    fn expressions_are_evaluated_and_all_else_stands_for_itself() {
        check(&json!("{% $states.input.a %}"), Ok(json!(1)));
        check(
            &json!({"a": ["{% $states.input.a + 1 %}", "b", {"c": "{% $states.input.list %}"}]}),
            Ok(json!({"a": [2, "b", {"c": [1, 2]}]})),
        );
        check(&json!({"a": "a {% 1 %}", "n": 1.5}), Ok(json!({"a": "a {% 1 %}", "n": 1.5})));
    }

    #[test]
    fn a_failure_names_the_place_of_its_expression() {
        check(
            &json!({"result": "{% $doesNotExist %}"}),
            Err((
                "Output/result",
                "The JSONata expression '$doesNotExist' specified for the field 'Output/result' returned nothing (undefined).",
            )),
        );
        check(
            &json!({"a": {"b": [[1, "{% $f := function($x){$x} %}"]]}}),
            Err((
                "Output/a/b[0][1]",
                "The JSONata expression '$f := function($x){$x}' specified for the field 'Output/a/b[0][1]' returned an unsupported result type.",
            )),
        );
        check(
            &json!("{% 'a' + 1 %}"),
            Err((
                "Output",
                "The JSONata expression ''a' + 1' specified for the field 'Output' threw an error during evaluation. T2001: The left side of the \"+\" operator must evaluate to a number",
            )),
        );
    }

    #[test]
    fn all_fields_together_are_no_larger_than_one_value_may_be() {
        let list = |count: usize| Value::from(vec!["{% $states.input.text %}"; count]);
        let scope = Fixed::new(json!({"text": "x".repeat(100_000)}));
        let evaluated = |payload| {
            let template = JsonataTemplate::compile(&payload).expect("every expression parses");
            template.evaluate(&mut Session::new(&scope), "Output")
        };
        assert!(evaluated(list(60)).is_ok());
        for payload in [
            list(20_000),
            json!(format!("{{% [{}] %}}", ["$states.input.text"; 20_000].join(","))),
            json!(format!(
                "{{% {{{}}} %}}",
                (0..20_000)
                    .map(|at| format!("'{at}': $states.input.text"))
                    .collect::<Vec<_>>()
                    .join(",")
            )),
        ] {
            assert!(evaluated(payload).unwrap_err().cause.ends_with(bounds::MEMORY_EXCEEDED));
        }
    }

    #[test]
    fn every_fault_has_its_pointer() {
        let payload = json!({"a/b": "{% 1 + %}", "ok": "{% 1 %}", "list": [0, "{% ) %}"]});
        let faults = JsonataTemplate::compile(&payload).expect_err("two faults");
        let pointers: Vec<&str> = faults.iter().map(|(pointer, _)| pointer.as_str()).collect();
        assert_eq!(pointers, ["/a~1b", "/list/1"]);
    }

    #[test]
    fn constants_and_the_whole_input_can_be_shared() {
        let compiled = |payload| JsonataTemplate::compile(&payload).expect("no faults");
        assert!(compiled(json!({"a": [1, "x"]})).constant().is_some());
        assert!(compiled(json!({"a": "{% 1 %}"})).constant().is_none());
        assert!(compiled(json!("{% $states.input %}")).whole_input());
        assert!(compiled(json!("{% ($states.input) %}")).whole_input());
        assert!(!compiled(json!("{% $states.input.a %}")).whole_input());
        assert!(!compiled(json!({"a": "{% $states.input %}"})).whole_input());
        assert_eq!(compiled(json!({"a": "{% 1 %}", "b": ["{% 2 %}"]})).expressions().len(), 2);
    }
}
