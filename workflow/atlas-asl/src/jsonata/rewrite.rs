//! Changes to a parsed expression, so that the evaluator keeps to our clock and our bounds.

use jsonata_core::ast::{AstNode, BinaryOp, PathStep, Stage};
use jsonata_core::value::with_stack;

use super::functions::{BOUNDED_TEXT, BOUNDED_WIDTH};

/// Whether a node stands inside a function, where it can run again and again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Outside,
    InFunction,
}

/// The names of the guards that were put in.
pub(super) fn rewrite(tree: &mut AstNode) -> Vec<&'static str> {
    let mut guards = Vec::new();
    node(tree, Place::Outside, &mut guards);
    guards.sort_unstable();
    guards.dedup();
    guards
}

fn node(tree: &mut AstNode, place: Place, guards: &mut Vec<&'static str>) {
    with_stack(|| {
        children(tree, place, guards);
        here(tree, place, guards);
    });
}

fn here(tree: &mut AstNode, place: Place, guards: &mut Vec<&'static str>) {
    match tree {
        // Two variable parts joined again and again double in length each time.
        AstNode::Binary { op: BinaryOp::Concatenate, lhs, rhs }
            if place == Place::InFunction
                && !matches!(**lhs, AstNode::String(_))
                && !matches!(**rhs, AstNode::String(_)) =>
        {
            guard(tree, BOUNDED_TEXT, guards);
        }
        AstNode::Function { name, args, .. } if name == "pad" => {
            // With its text from the context the width comes first.
            let width = if args.len() == 1 { 0 } else { 1 };
            if let Some(width) = args.get_mut(width)
                && !matches!(width, AstNode::Placeholder)
            {
                guard(width, BOUNDED_WIDTH, guards);
            }
        }
        // `$now` with a picture is `$fromMillis` of this moment.
        AstNode::Function { name, args, .. } if name == "now" && !args.is_empty() => {
            "fromMillis".clone_into(name);
            args.insert(0, call("millis", Vec::new()));
            guards.push("millis");
        }
        _ => {}
    }
}

fn call(name: &str, args: Vec<AstNode>) -> AstNode {
    AstNode::Function { name: name.to_owned(), args, is_builtin: true }
}

fn guard(tree: &mut AstNode, name: &'static str, guards: &mut Vec<&'static str>) {
    let inner = std::mem::replace(tree, AstNode::Null);
    *tree = call(name, vec![inner]);
    guards.push(name);
}

fn children(tree: &mut AstNode, place: Place, guards: &mut Vec<&'static str>) {
    match tree {
        AstNode::String(_)
        | AstNode::Name(_)
        | AstNode::Number(_)
        | AstNode::Boolean(_)
        | AstNode::Null
        | AstNode::Undefined
        | AstNode::Placeholder
        | AstNode::Regex { .. }
        | AstNode::Variable(_)
        | AstNode::ParentVariable(_)
        | AstNode::Wildcard
        | AstNode::Descendant
        | AstNode::Parent(_) => {}
        AstNode::Path { steps } => {
            for PathStep { node: step, stages, .. } in steps {
                node(step, place, guards);
                for stage in stages {
                    if let Stage::Filter(filter) = stage {
                        node(filter, place, guards);
                    }
                }
            }
        }
        AstNode::Binary { lhs, rhs, .. } => {
            node(lhs, place, guards);
            node(rhs, place, guards);
        }
        AstNode::Unary { operand, .. } => node(operand, place, guards),
        AstNode::Function { args, .. } => all(args, place, guards),
        AstNode::Call { procedure, args } => {
            node(procedure, place, guards);
            all(args, place, guards);
        }
        AstNode::Lambda { body, .. } => node(body, Place::InFunction, guards),
        AstNode::Array(items) | AstNode::ArrayGroup(items) | AstNode::Block(items) => {
            all(items, place, guards);
        }
        AstNode::Object(pairs) => all_pairs(pairs, place, guards),
        AstNode::ObjectTransform { input, pattern } => {
            node(input, place, guards);
            all_pairs(pattern, place, guards);
        }
        AstNode::Conditional { condition, then_branch, else_branch } => {
            node(condition, place, guards);
            node(then_branch, place, guards);
            if let Some(otherwise) = else_branch {
                node(otherwise, place, guards);
            }
        }
        AstNode::FunctionApplication(inner) => node(inner, place, guards),
        AstNode::Sort { input, terms } => {
            node(input, place, guards);
            for (term, _) in terms {
                node(term, place, guards);
            }
        }
        AstNode::Transform { location, update, delete } => {
            node(location, Place::InFunction, guards);
            node(update, Place::InFunction, guards);
            if let Some(fields) = delete {
                node(fields, Place::InFunction, guards);
            }
        }
    }
}

fn all(nodes: &mut [AstNode], place: Place, guards: &mut Vec<&'static str>) {
    for tree in nodes {
        node(tree, place, guards);
    }
}

fn all_pairs(pairs: &mut [(AstNode, AstNode)], place: Place, guards: &mut Vec<&'static str>) {
    for (key, value) in pairs {
        node(key, place, guards);
        node(value, place, guards);
    }
}
