//! Which parsed expressions have the simple form.

use jsonata_core::ast::{AstNode, BinaryOp, PathStep as ParsedStep, Stage, UnaryOp};
use jsonata_core::functions;
use serde_json::Value;

use super::{Direct, Function, Operator, Order, Path, PathStep, Pattern, Root};
use crate::jsonata::convert::number_value;
use crate::jsonata::reads;
use crate::scope::ContextPart;

/// Deeper expressions are left to the evaluator, which grows its stack.
const DEPTH: usize = 40;

/// The simple form of an expression, if it has one.
pub(in crate::jsonata) fn compile(tree: &AstNode) -> Option<Direct> {
    node(tree, DEPTH)
}

fn node(tree: &AstNode, depth: usize) -> Option<Direct> {
    let depth = depth.checked_sub(1)?;
    match tree {
        AstNode::String(_) | AstNode::Number(_) | AstNode::Boolean(_) | AstNode::Null => {
            literal(tree).map(Direct::Literal)
        }
        AstNode::Variable(name) => root(name, Vec::new()).map(Direct::Path),
        AstNode::Path { steps } => path(steps).map(Direct::Path),
        AstNode::Block(items) => match items.as_slice() {
            [only] => node(only, depth),
            _ => None,
        },
        AstNode::Binary { op, lhs, rhs } => binary(*op, lhs, rhs, depth),
        AstNode::Unary { op: UnaryOp::Negate, operand } => {
            Some(Direct::Negate(boxed(operand, depth)?))
        }
        AstNode::Conditional { condition, then_branch, else_branch } => Some(Direct::Conditional {
            condition: boxed(condition, depth)?,
            then: boxed(then_branch, depth)?,
            otherwise: match else_branch {
                Some(otherwise) => Some(boxed(otherwise, depth)?),
                None => None,
            },
        }),
        AstNode::Array(items) => all(items, depth).map(Direct::Array),
        AstNode::Object(pairs) => object(pairs, depth),
        AstNode::Function { name, args, is_builtin: true } => function(name, args, depth),
        _ => None,
    }
}

fn boxed(tree: &AstNode, depth: usize) -> Option<Box<Direct>> {
    node(tree, depth).map(Box::new)
}

fn all(items: &[AstNode], depth: usize) -> Option<Vec<Direct>> {
    items.iter().map(|item| node(item, depth)).collect()
}

fn literal(tree: &AstNode) -> Option<Value> {
    match tree {
        AstNode::String(text) => Some(Value::from(text.as_str())),
        AstNode::Number(number) => Some(number_value(*number)),
        AstNode::Boolean(flag) => Some(Value::Bool(*flag)),
        AstNode::Null => Some(Value::Null),
        _ => None,
    }
}

fn path(steps: &[ParsedStep]) -> Option<Path> {
    let (first, rest) = steps.split_first()?;
    let AstNode::Variable(name) = &first.node else {
        return None;
    };
    let mut compiled = Vec::new();
    indexes(first, &mut compiled)?;
    for step in rest {
        let AstNode::Name(field) = &step.node else {
            return None;
        };
        compiled.push(PathStep::Field(field.clone()));
        indexes(step, &mut compiled)?;
    }
    root(name, compiled)
}

/// Appends the `[n]` of a step; `None` where there is more to it.
fn indexes(step: &ParsedStep, compiled: &mut Vec<PathStep>) -> Option<()> {
    let is_plain = step.focus.is_none()
        && step.index_var.is_none()
        && step.ancestor_label.is_none()
        && !step.is_tuple;
    if !is_plain {
        return None;
    }
    for stage in &step.stages {
        let Stage::Filter(filter) = stage else {
            return None;
        };
        compiled.push(PathStep::Index(index(filter)?));
    }
    Some(())
}

/// A whole number, which selects by position; any other filter looks at each item.
fn index(filter: &AstNode) -> Option<i64> {
    let literal = match filter {
        AstNode::Unary { op: UnaryOp::Negate, operand } => {
            number_value(-as_number(operand)?).as_i64()
        }
        filter => number_value(as_number(filter)?).as_i64(),
    };
    literal.filter(|index| i32::try_from(*index).is_ok())
}

fn as_number(node: &AstNode) -> Option<f64> {
    match node {
        AstNode::Number(number) => Some(*number),
        _ => None,
    }
}

fn root(name: &str, mut steps: Vec<PathStep>) -> Option<Path> {
    if name != "states" {
        // The name of a function is a value where no variable hides it.
        let is_variable = !name.is_empty() && !reads::is_function(name);
        return is_variable.then(|| Path { root: Root::Variable(name.to_owned()), steps });
    }
    let mut fields = steps.iter().map_while(|step| match step {
        PathStep::Field(field) => Some(field.as_str()),
        PathStep::Index(_) => None,
    });
    let (root, taken) = match fields.next()? {
        "input" => (Root::Input, 1),
        "context" => match ContextPart::of(fields) {
            Some((part, taken)) => (Root::ContextPart(part), 1 + taken),
            None => (Root::Context, 1),
        },
        "result" => (Root::Result, 1),
        "errorOutput" => (Root::ErrorOutput, 1),
        _ => return None,
    };
    steps.drain(..taken);
    Some(Path { root, steps })
}

fn binary(op: BinaryOp, lhs: &AstNode, rhs: &AstNode, depth: usize) -> Option<Direct> {
    if op == BinaryOp::In {
        let AstNode::Array(items) = rhs else {
            return None;
        };
        let items: Option<Vec<Value>> = items.iter().map(literal).collect();
        return Some(Direct::In(boxed(lhs, depth)?, items?));
    }
    let calculate = |operator| move |left, right| Direct::Calculate(operator, left, right);
    let compare = |order| move |left, right| Direct::Compare(order, left, right);
    let (left, right) = (boxed(lhs, depth), boxed(rhs, depth));
    let (left, right) = (left?, right?);
    Some(match op {
        BinaryOp::Add => calculate(Operator::Add)(left, right),
        BinaryOp::Subtract => calculate(Operator::Subtract)(left, right),
        BinaryOp::Multiply => calculate(Operator::Multiply)(left, right),
        BinaryOp::Divide => calculate(Operator::Divide)(left, right),
        BinaryOp::Modulo => calculate(Operator::Remainder)(left, right),
        BinaryOp::Equal => Direct::Equal(left, right),
        BinaryOp::NotEqual => Direct::NotEqual(left, right),
        BinaryOp::LessThan => compare(Order::Less)(left, right),
        BinaryOp::LessThanOrEqual => compare(Order::LessOrEqual)(left, right),
        BinaryOp::GreaterThan => compare(Order::Greater)(left, right),
        BinaryOp::GreaterThanOrEqual => compare(Order::GreaterOrEqual)(left, right),
        BinaryOp::And => Direct::And(left, right),
        BinaryOp::Or => Direct::Or(left, right),
        BinaryOp::Concatenate => Direct::Concatenate(left, right),
        _ => return None,
    })
}

/// Keys must be literal and different: the evaluator groups the values of equal keys.
fn object(pairs: &[(AstNode, AstNode)], depth: usize) -> Option<Direct> {
    let mut fields: Vec<(String, Direct)> = Vec::with_capacity(pairs.len());
    let mut seen = std::collections::HashSet::with_capacity(pairs.len());
    for (key, value) in pairs {
        let AstNode::String(key) = key else {
            return None;
        };
        if !seen.insert(key.as_str()) {
            return None;
        }
        fields.push((key.clone(), node(value, depth)?));
    }
    Some(Direct::Object(fields))
}

fn function(name: &str, args: &[AstNode], depth: usize) -> Option<Direct> {
    match (name, args) {
        ("contains", [text, AstNode::String(part)]) => {
            Some(Direct::ContainsText(boxed(text, depth)?, part.clone()))
        }
        ("contains", [text, AstNode::Regex { pattern, flags }]) => {
            Some(Direct::ContainsPattern(boxed(text, depth)?, pattern_of(pattern, flags)?))
        }
        ("merge", [AstNode::Array(items)]) => all(items, depth).map(Direct::Merge),
        (_, [only]) => {
            let function = match name {
                "not" => Function::Not,
                "boolean" => Function::Boolean,
                "exists" => Function::Exists,
                "type" => Function::Type,
                "length" => Function::Length,
                "string" => Function::String,
                "uppercase" => Function::Uppercase,
                "lowercase" => Function::Lowercase,
                _ => return None,
            };
            Some(Direct::Call(function, boxed(only, depth)?))
        }
        _ => None,
    }
}

/// Built by the evaluator's own rules. A pattern that matches the empty text is an error there.
fn pattern_of(pattern: &str, flags: &str) -> Option<Pattern> {
    let regex = functions::string::build_regex(pattern, flags).ok()?;
    if regex.is_match("") {
        return None;
    }
    Some(Box::new(move |text| regex.is_match(text)))
}
