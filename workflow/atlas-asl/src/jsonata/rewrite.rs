//! Changes to a parsed expression, so that the evaluator keeps to our clock and our bounds.

use jsonata_core::ast::{AstNode, BinaryOp, PathStep, Stage, UnaryOp};
use jsonata_core::value::with_stack;

use super::guards;

/// Whether a node stands inside a function, where it can run again and again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Outside,
    InFunction,
}

/// Values can be made to hold each other so often only where there is a function, or where so many
/// names are bound.
const BINDINGS_THAT_MULTIPLY: usize = 3;

struct Rewriter {
    guards: Vec<&'static str>,
    /// A value may be far larger than the memory that it takes.
    multiplies: bool,
}

/// The names of the guards that were put in.
pub(super) fn rewrite(tree: &mut AstNode) -> Vec<&'static str> {
    let mut rewriter = Rewriter { guards: Vec::new(), multiplies: false };
    let mut bindings = 0;
    rewriter.multiplies = multiplies(tree, &mut bindings);
    rewriter.node(tree, Place::Outside);
    let mut guards = rewriter.guards;
    guards.sort_unstable();
    guards.dedup();
    guards
}

/// Whether there is a function, or enough bindings.
fn multiplies(tree: &AstNode, bindings: &mut usize) -> bool {
    if let AstNode::Binary { op: BinaryOp::ColonEqual, .. } = tree {
        *bindings += 1;
    }
    matches!(tree, AstNode::Lambda { .. })
        || *bindings >= BINDINGS_THAT_MULTIPLY
        || with_stack(|| below(tree).into_iter().any(|tree| multiplies(tree, bindings)))
}

impl Rewriter {
    fn node(&mut self, tree: &mut AstNode, place: Place) {
        with_stack(|| {
            self.children(tree, place);
            self.here(tree, place);
        });
    }

    fn here(&mut self, tree: &mut AstNode, place: Place) {
        match tree {
            AstNode::Binary { op, lhs, rhs } => {
                match op {
                    // The call has what it is given as its first argument.
                    BinaryOp::ChainPipe if is_judged_as_a_whole(rhs) => {
                        if let AstNode::Function { args, .. } = &mut **rhs {
                            args.insert(0, std::mem::replace(lhs, AstNode::Null));
                        }
                        *tree = std::mem::replace(rhs, AstNode::Null);
                        return self.here(tree, place);
                    }
                    BinaryOp::ChainPipe if matches!(**rhs, AstNode::Transform { .. }) => {
                        self.guard_tree(lhs);
                    }
                    BinaryOp::Concatenate => {
                        self.guard_tree(lhs);
                        self.guard_tree(rhs);
                    }
                    BinaryOp::Equal | BinaryOp::NotEqual | BinaryOp::In
                        if !is_literal(lhs) && !is_literal(rhs) =>
                    {
                        self.guard_tree(lhs);
                        self.guard_tree(rhs);
                    }
                    _ => {}
                }
                let is_text = |node: &AstNode| matches!(node, AstNode::String(_));
                match op {
                    // Two variable parts joined again and again double in length each time.
                    BinaryOp::Concatenate
                        if place == Place::InFunction && !is_text(lhs) && !is_text(rhs) =>
                    {
                        self.guard(tree, guards::TEXT);
                    }
                    BinaryOp::Range if !is_literal(lhs) || !is_literal(rhs) || self.multiplies => {
                        self.guard(tree, guards::RANGE);
                    }
                    _ => {}
                }
            }
            AstNode::Function { name, args, .. }
                if !args.iter().any(|argument| matches!(argument, AstNode::Placeholder)) =>
            {
                match (name.as_str(), args.len()) {
                    ("pad", 1..) => {
                        // With its text from the context the width comes first.
                        let width = if args.len() == 1 { 0 } else { 1 };
                        self.guard(&mut args[width], guards::WIDTH);
                    }
                    ("substring", count) => {
                        let first = usize::from(count > 1);
                        for index in args.iter_mut().skip(first).filter(|index| !is_literal(index))
                        {
                            self.guard(index, guards::INDEX);
                        }
                    }
                    ("replace", 3..) => self.guard_replace(args),
                    ("join", 2) => {
                        self.guard(&mut args[0], guards::HELD);
                        self.guard(&mut args[1], guards::SEPARATOR);
                    }
                    ("string", 1..) => self.guard_tree(&mut args[0]),
                    ("distinct", 1) => {
                        guards::DISTINCT.clone_into(name);
                        self.guards.push(guards::DISTINCT);
                    }
                    ("formatInteger", 2) if !writes_digits(&args[1]) => {
                        self.guard(&mut args[0], guards::HELD);
                        self.guard(&mut args[1], guards::NUMERAL);
                    }
                    (
                        "now" | "fromMillis" | "toMillis" | "formatInteger" | "parseInteger"
                        | "formatNumber",
                        1..,
                    ) => {
                        let value = usize::from(args.len() > 1 && name != "now");
                        for picture in args.iter_mut().skip(value).filter(|it| !is_modest(it)) {
                            self.guard(picture, guards::PICTURE);
                        }
                        // With a picture it is `$fromMillis` of this moment.
                        if name == "now" {
                            "fromMillis".clone_into(name);
                            args.insert(0, call("millis", Vec::new()));
                            self.guards.push("millis");
                        }
                    }
                    ("map" | "each", 2) => {
                        if let AstNode::Lambda { body, .. } = &mut args[1] {
                            self.guard(body, guards::RESULT);
                        }
                    }
                    _ => {}
                }
            }
            AstNode::Path { steps } => self.guard_steps(steps),
            _ => {}
        }
    }

    fn guard(&mut self, tree: &mut AstNode, name: &'static str) {
        let inner = std::mem::replace(tree, AstNode::Null);
        *tree = call(name, vec![inner]);
        self.guards.push(name);
    }

    fn guard_tree(&mut self, tree: &mut AstNode) {
        if self.multiplies && !is_literal(tree) {
            self.guard(tree, guards::TREE);
        }
    }

    fn guard_replace(&mut self, args: &mut [AstNode]) {
        let [text, pattern, replacement, ..] = args else { return };
        if matches!(replacement, AstNode::Lambda { .. }) {
            return;
        }
        self.guard(text, guards::HELD);
        let regex = match pattern {
            AstNode::Regex { .. } => Some(pattern.clone()),
            _ => {
                self.guard(pattern, guards::HELD);
                None
            }
        };
        self.guard(replacement, guards::REPLACEMENT);
        if let (AstNode::Function { args, .. }, Some(regex)) = (replacement, regex) {
            args.push(regex);
        }
    }

    fn guard_steps(&mut self, steps: &mut [PathStep]) {
        let reads_all =
            |step: &PathStep| matches!(step.node, AstNode::Wildcard | AstNode::Descendant);
        if let [first, rest @ ..] = steps
            && rest.iter().any(reads_all)
            && matches!(first.node, AstNode::Variable(_))
        {
            self.guard_tree(&mut first.node);
        }
        for step in steps.iter_mut().skip(1).filter(|step| makes_much(&step.node)) {
            match &mut step.node {
                AstNode::FunctionApplication(inner) => self.guard(inner, guards::RESULT),
                AstNode::Block(_) | AstNode::Function { .. } | AstNode::Array(_) => {
                    self.guard(&mut step.node, guards::RESULT);
                }
                _ => {}
            }
        }
    }

    fn children(&mut self, tree: &mut AstNode, place: Place) {
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
                    self.node(step, place);
                    for stage in stages {
                        if let Stage::Filter(filter) = stage {
                            self.node(filter, place);
                        }
                    }
                }
            }
            AstNode::Binary { lhs, rhs, .. } => {
                self.node(lhs, place);
                self.node(rhs, place);
            }
            AstNode::Unary { operand, .. } => self.node(operand, place),
            AstNode::Function { args, .. } => self.all(args, place),
            AstNode::Call { procedure, args } => {
                self.node(procedure, place);
                self.all(args, place);
            }
            AstNode::Lambda { body, .. } => self.node(body, Place::InFunction),
            AstNode::Array(items) | AstNode::ArrayGroup(items) | AstNode::Block(items) => {
                self.all(items, place);
            }
            AstNode::Object(pairs) => self.all_pairs(pairs, place),
            AstNode::ObjectTransform { input, pattern } => {
                self.node(input, place);
                self.all_pairs(pattern, place);
            }
            AstNode::Conditional { condition, then_branch, else_branch } => {
                self.node(condition, place);
                self.node(then_branch, place);
                if let Some(otherwise) = else_branch {
                    self.node(otherwise, place);
                }
            }
            AstNode::FunctionApplication(inner) => self.node(inner, place),
            AstNode::Sort { input, terms } => {
                self.node(input, place);
                for (term, _) in terms {
                    self.node(term, place);
                }
            }
            AstNode::Transform { location, update, delete } => {
                self.node(location, Place::InFunction);
                self.node(update, Place::InFunction);
                if let Some(fields) = delete {
                    self.node(fields, Place::InFunction);
                }
            }
        }
    }

    fn all(&mut self, nodes: &mut [AstNode], place: Place) {
        for tree in nodes {
            self.node(tree, place);
        }
    }

    fn all_pairs(&mut self, pairs: &mut [(AstNode, AstNode)], place: Place) {
        for (key, value) in pairs {
            self.node(key, place);
            self.node(value, place);
        }
    }
}

fn call(name: &str, args: Vec<AstNode>) -> AstNode {
    AstNode::Function { name: name.to_owned(), args, is_builtin: true }
}

/// A call whose arguments are judged together.
fn is_judged_as_a_whole(tree: &AstNode) -> bool {
    let AstNode::Function { name, args, .. } = tree else { return false };
    let is_partial = args.iter().any(|argument| matches!(argument, AstNode::Placeholder));
    match (name.as_str(), args.len()) {
        ("replace", 2 | 3) | ("join", 1) => !is_partial,
        _ => false,
    }
}

/// A number of ordinary size, a text or the like, which needs no guard.
fn is_literal(tree: &AstNode) -> bool {
    match tree {
        AstNode::String(_) | AstNode::Boolean(_) | AstNode::Null => true,
        AstNode::Number(number) => number.abs() < 1e6,
        AstNode::Unary { op: UnaryOp::Negate, operand } => is_literal(operand),
        _ => false,
    }
}

/// An argument that is no picture out of bounds.
fn is_modest(tree: &AstNode) -> bool {
    match tree {
        AstNode::String(picture) => guards::is_modest(picture),
        AstNode::Number(_) => true,
        _ => false,
    }
}

/// A picture that is known to write an integer with digits, and not as a Roman numeral.
fn writes_digits(tree: &AstNode) -> bool {
    matches!(tree, AstNode::String(picture) if !guards::is_roman(picture) && guards::is_modest(picture))
}

/// Whether something in here can make much of little.
fn makes_much(tree: &AstNode) -> bool {
    let is_maker = match tree {
        AstNode::Binary { op, .. } => *op == BinaryOp::Range,
        AstNode::Function { name, .. } => {
            ["range", "pad", "replace", "join", guards::RANGE].contains(&name.as_str())
        }
        _ => false,
    };
    is_maker || with_stack(|| below(tree).into_iter().any(makes_much))
}

/// The nodes right below one.
fn below(tree: &AstNode) -> Vec<&AstNode> {
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
        | AstNode::Parent(_) => Vec::new(),
        AstNode::Path { steps } => {
            let filters =
                steps.iter().flat_map(|step| &step.stages).filter_map(|stage| match stage {
                    Stage::Filter(filter) => Some(&**filter),
                    _ => None,
                });
            steps.iter().map(|step| &step.node).chain(filters).collect()
        }
        AstNode::Binary { lhs, rhs, .. } => vec![&**lhs, &**rhs],
        AstNode::Unary { operand, .. } => vec![&**operand],
        AstNode::Function { args, .. } => args.iter().collect(),
        AstNode::Call { procedure, args } => std::iter::once(&**procedure).chain(args).collect(),
        AstNode::Lambda { body, .. } => vec![&**body],
        AstNode::Array(items) | AstNode::ArrayGroup(items) | AstNode::Block(items) => {
            items.iter().collect()
        }
        AstNode::Object(pairs) => pairs.iter().flat_map(|(key, value)| [key, value]).collect(),
        AstNode::ObjectTransform { input, pattern } => std::iter::once(&**input)
            .chain(pattern.iter().flat_map(|(key, value)| [key, value]))
            .collect(),
        AstNode::Conditional { condition, then_branch, else_branch } => {
            [Some(&**condition), Some(&**then_branch), else_branch.as_deref()]
                .into_iter()
                .flatten()
                .collect()
        }
        AstNode::FunctionApplication(inner) => vec![&**inner],
        AstNode::Sort { input, terms } => {
            std::iter::once(&**input).chain(terms.iter().map(|(term, _)| term)).collect()
        }
        AstNode::Transform { location, update, delete } => {
            [Some(&**location), Some(&**update), delete.as_deref()].into_iter().flatten().collect()
        }
    }
}
