//! What an expression reads from outside: workflow variables and parts of `$states`.

use std::collections::{HashMap, HashSet};

use jsonata_core::ast::{AstNode, BinaryOp, PathStep, Stage};
use jsonata_core::value::with_stack;

use crate::scope::ContextPart;

/// The parts of `$states` that an expression may read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StatesParts {
    /// `$states.input`.
    pub input: bool,
    /// `$states.context`, or some of it.
    pub context: ContextParts,
    /// `$states.result`.
    pub result: bool,
    /// `$states.errorOutput`.
    pub error_output: bool,
}

impl StatesParts {
    const ALL: Self =
        Self { input: true, context: ContextParts::ALL, result: true, error_output: true };

    /// Adds what these fields lead to, one within the other.
    fn add(&mut self, fields: &[&str]) {
        match fields {
            [] => *self = Self::ALL,
            ["input", ..] => self.input = true,
            ["context", within @ ..] => self.context.add(within),
            ["result", ..] => self.result = true,
            ["errorOutput", ..] => self.error_output = true,
            [..] => {}
        }
    }
}

/// The parts of the context object that an expression may read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ContextParts(u8);

impl ContextParts {
    /// The whole of it, whatever it holds.
    pub const ALL: Self = Self(u8::MAX);

    /// Whether the expression reads nothing of it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the expression may read this part.
    #[must_use]
    pub fn holds(self, part: ContextPart) -> bool {
        self.0 & bit(part) != 0
    }

    fn add(&mut self, fields: &[&str]) {
        match ContextPart::of(fields.iter().copied()) {
            Some((part, _)) => self.0 |= bit(part),
            None => *self = Self::ALL,
        }
    }
}

/// One of eight bits; `ALL` has them all, and so is more than each part together.
fn bit(part: ContextPart) -> u8 {
    1 << part as u8
}

/// What one expression reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Reads {
    /// Names that the expression does not bind itself, `states` excluded, in order of appearance.
    /// Names of functions are among them: a workflow variable may hide one.
    pub(super) names: Vec<String>,
    pub(super) states: StatesParts,
    /// Whether `$states` stands in the expression at all.
    pub(super) reads_states: bool,
    /// The functions that are called by name, each once.
    pub(super) called: Vec<String>,
    /// Names that are looked up in the input document.
    pub(super) top_level: Vec<String>,
    /// Each place that is read from outside: a name, `states` among them, and the fields within it as far as
    /// they are named. Whatever is below it may be read.
    pub(super) places: Vec<Vec<String>>,
}

/// Walks a parsed expression.
pub(super) fn of(tree: &AstNode) -> Reads {
    let mut walk = Walk {
        reads: Reads::default(),
        seen: HashSet::new(),
        called: HashSet::new(),
        top_level: HashSet::new(),
        bound: Bound::default(),
        context: Context::Document,
    };
    walk.node(tree);
    walk.reads
}

/// Whether a name is a function that JSONata or Step Functions brings along.
pub(super) fn is_function(name: &str) -> bool {
    FUNCTIONS.binary_search(&name).is_ok()
}

/// The functions that JSONata and Step Functions bring along. Sorted, for the search.
pub(crate) const FUNCTIONS: &[&str] = &[
    "abs",
    "append",
    "assert",
    "average",
    "base64decode",
    "base64encode",
    "boolean",
    "ceil",
    "contains",
    "count",
    "decodeUrl",
    "decodeUrlComponent",
    "distinct",
    "each",
    "encodeUrl",
    "encodeUrlComponent",
    "error",
    "eval",
    "exists",
    "filter",
    "floor",
    "formatBase",
    "formatInteger",
    "formatNumber",
    "fromMillis",
    "hash",
    "join",
    "keys",
    "length",
    "lookup",
    "lowercase",
    "map",
    "match",
    "max",
    "merge",
    "millis",
    "min",
    "not",
    "now",
    "number",
    "pad",
    "parse",
    "parseInteger",
    "partition",
    "power",
    "random",
    "range",
    "reduce",
    "replace",
    "reverse",
    "round",
    "shuffle",
    "sift",
    "single",
    "sort",
    "split",
    "spread",
    "sqrt",
    "string",
    "substring",
    "substringAfter",
    "substringBefore",
    "sum",
    "toMillis",
    "trim",
    "type",
    "uppercase",
    "uuid",
    "zip",
];

/// What a bare field name is looked up in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    /// The input document, which Step Functions does not have.
    Document,
    /// A value that the expression itself brought.
    Item,
}

/// Names that the expression binds, innermost last.
#[derive(Default)]
struct Bound {
    names: Vec<String>,
    counts: HashMap<String, usize>,
}

impl Bound {
    fn push(&mut self, name: &str) {
        *self.counts.entry(name.to_owned()).or_default() += 1;
        self.names.push(name.to_owned());
    }

    fn holds(&self, name: &str) -> bool {
        self.counts.get(name).is_some_and(|&count| count > 0)
    }

    fn depth(&self) -> usize {
        self.names.len()
    }

    fn leave(&mut self, depth: usize) {
        for name in self.names.drain(depth..) {
            if let Some(count) = self.counts.get_mut(&name) {
                *count -= 1;
            }
        }
    }
}

struct Walk {
    reads: Reads,
    seen: HashSet<String>,
    called: HashSet<String>,
    top_level: HashSet<String>,
    bound: Bound,
    context: Context,
}

impl Walk {
    fn node(&mut self, node: &AstNode) {
        with_stack(|| self.node_here(node));
    }

    fn node_here(&mut self, node: &AstNode) {
        match node {
            AstNode::String(_)
            | AstNode::Number(_)
            | AstNode::Boolean(_)
            | AstNode::Null
            | AstNode::Undefined
            | AstNode::Placeholder
            | AstNode::Regex { .. }
            | AstNode::ParentVariable(_)
            | AstNode::Wildcard
            | AstNode::Descendant
            | AstNode::Parent(_) => {}
            AstNode::Name(name) => {
                if self.context == Context::Document && self.top_level.insert(name.clone()) {
                    self.reads.top_level.push(name.clone());
                }
            }
            AstNode::Variable(name) => self.variable(name, &[]),
            AstNode::Path { steps } => self.path(steps),
            AstNode::Binary { op: BinaryOp::ColonEqual, lhs, rhs } => {
                // A function may call itself by the name that it is bound to.
                if let AstNode::Variable(name) = &**lhs {
                    self.bound.push(name);
                }
                self.node(rhs);
            }
            AstNode::Binary { lhs, rhs, .. } => {
                self.node(lhs);
                self.node(rhs);
            }
            AstNode::Unary { operand, .. } => self.node(operand),
            AstNode::Function { name, args, .. } => {
                if self.called.insert(name.clone()) {
                    self.reads.called.push(name.clone());
                }
                self.variable(name, &[]);
                self.all(args);
            }
            AstNode::Call { procedure, args } => {
                self.node(procedure);
                self.all(args);
            }
            AstNode::Lambda { params, body, .. } => {
                let depth = self.bound.depth();
                params.iter().for_each(|name| self.bound.push(name));
                self.node(body);
                self.bound.leave(depth);
            }
            AstNode::Array(items) | AstNode::ArrayGroup(items) => self.all(items),
            AstNode::Object(pairs) => self.pairs(pairs),
            AstNode::ObjectTransform { input, pattern } => {
                let depth = self.bound.depth();
                self.node(input);
                self.within(Context::Item, |walk| walk.pairs(pattern));
                self.bound.leave(depth);
            }
            AstNode::Block(items) => {
                let depth = self.bound.depth();
                self.all(items);
                self.bound.leave(depth);
            }
            AstNode::Conditional { condition, then_branch, else_branch } => {
                self.node(condition);
                self.node(then_branch);
                if let Some(otherwise) = else_branch {
                    self.node(otherwise);
                }
            }
            AstNode::FunctionApplication(inner) => self.node(inner),
            AstNode::Sort { input, terms } => {
                self.node(input);
                self.within(Context::Item, |walk| {
                    for (term, _) in terms {
                        walk.node(term);
                    }
                });
            }
            AstNode::Transform { location, update, delete } => self.within(Context::Item, |walk| {
                walk.node(location);
                walk.node(update);
                if let Some(fields) = delete {
                    walk.node(fields);
                }
            }),
        }
    }

    fn path(&mut self, steps: &[PathStep]) {
        let outer = self.context;
        for (index, step) in steps.iter().enumerate() {
            match &step.node {
                AstNode::Variable(name) => self.variable(name, &fields_after(steps, index)),
                node => self.node(node),
            }
            self.context = Context::Item;
            step.focus.iter().for_each(|name| self.bound.push(name));
            step.index_var.iter().for_each(|name| self.bound.push(name));
            for stage in &step.stages {
                match stage {
                    Stage::Filter(filter) => self.node(filter),
                    Stage::Index(name) => self.bound.push(name),
                    Stage::KeepArray => {}
                }
            }
        }
        self.context = outer;
    }

    /// A variable, with the fields that are read from it, one within the other.
    fn variable(&mut self, name: &str, fields: &[&str]) {
        if name.is_empty() || self.bound.holds(name) {
            return;
        }
        let place: Vec<String> =
            std::iter::once(&name).chain(fields).map(|part| (*part).to_owned()).collect();
        if !self.reads.places.contains(&place) {
            self.reads.places.push(place);
        }
        if name == "states" {
            self.reads.reads_states = true;
            self.reads.states.add(fields);
        } else if self.seen.insert(name.to_owned()) {
            self.reads.names.push(name.to_owned());
        }
    }

    fn all(&mut self, nodes: &[AstNode]) {
        for node in nodes {
            self.node(node);
        }
    }

    fn pairs(&mut self, pairs: &[(AstNode, AstNode)]) {
        for (key, value) in pairs {
            self.node(key);
            self.node(value);
        }
    }

    fn within(&mut self, context: Context, walk: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.context, context);
        walk(self);
        self.context = outer;
    }
}

/// The fields that are read from the value of a step, one within the other, as far as they are named:
/// none where the path may come back to the step.
fn fields_after(steps: &[PathStep], index: usize) -> Vec<&str> {
    let comes_back =
        |step: &PathStep| step.focus.is_some() || step.ancestor_label.is_some() || step.is_tuple;
    let mut fields = Vec::new();
    if steps.iter().any(comes_back) {
        return fields;
    }
    for pair in steps[index..].windows(2) {
        match pair {
            [step, PathStep { node: AstNode::Name(field), .. }] if step.stages.is_empty() => {
                fields.push(field.as_str());
            }
            _ => break,
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::super::Expression;
    use super::*;

    fn check(source: &str, variables: &[&str], states: StatesParts, top_level: &[&str]) {
        let expression = Expression::parse(source).expect(source);
        assert_eq!(expression.variables(), variables, "variables of {source}");
        assert_eq!(expression.states_parts(), states, "parts of {source}");
        assert_eq!(
            expression.top_level_references(),
            top_level,
            "top-level references of {source}"
        );
    }

    const NONE: StatesParts =
        StatesParts { input: false, context: ContextParts(0), result: false, error_output: false };
    const INPUT: StatesParts = StatesParts { input: true, ..NONE };

    #[test]
    fn the_list_of_functions_is_sorted() {
        assert!(FUNCTIONS.is_sorted());
    }

    #[test]
    fn names_from_outside_are_found_and_names_bound_inside_are_not() {
        check("1", &[], NONE, &[]);
        check("$x", &["x"], NONE, &[]);
        check("$states", &[], StatesParts::ALL, &[]);
        check("$states.input.a", &[], INPUT, &[]);
        check("$states[0].input", &[], StatesParts::ALL, &[]);
        check("$x.y + $x.z + $w", &["x", "w"], NONE, &[]);
        check("($a := $b; $a + $c)", &["b", "c"], NONE, &[]);
        check("($f := function($n) { $n = 0 ? $z : $f($n - 1) }; $f(3))", &["z"], NONE, &[]);
        check("($a := 1; $a) + $a", &["a"], NONE, &[]);
        check("$map($list, $uppercase)", &["list"], NONE, &[]);
        check("$map($states.input.list, function($v, $i) { $v.a + $i })", &[], INPUT, &[]);
        check("$custom($x)", &["custom", "x"], NONE, &[]);
        check("$orders@$o.items[$o.id = id]", &["orders"], NONE, &[]);
        check("$orders#$i[$i < $most]", &["orders", "most"], NONE, &[]);
    }

    #[test]
    fn the_parts_of_the_context_object_are_told_apart() {
        for (source, expected) in [
            ("$states.input", Some(&[][..])),
            ("$states.context.Execution.Input.a & ''", Some(&[ContextPart::ExecutionInput])),
            ("$states.context.Execution.Id & ''", Some(&[ContextPart::Execution])),
            ("$states.context.Map.Item.Value[a = 1]", Some(&[ContextPart::Map])),
            (
                "$states.context.Task.Token & $states.context.State.Name",
                Some(&[ContextPart::State, ContextPart::Task]),
            ),
            ("$states.context.Execution.Input[0].a", Some(&[ContextPart::ExecutionInput])),
            ("$states.context.Execution[Id = '1'].Name", None),
            ("$states.context.Execution", None),
            ("$states.context.Execution.(Id)", None),
            ("$states.context[0].Map", None),
            ("$states.context.*", None),
            ("$states.context", None),
            ("$states", None),
            ("($c := $states.context; $c.Map)", None),
            ("$states.context.Map.Item.(%.%.Task)", None),
            ("$states.context.Map@$m.Task", None),
            ("$lookup($states.context, 'Map')", None),
        ] {
            let parts = Expression::parse(source).expect(source).states_parts().context;
            let held: Vec<ContextPart> =
                ContextPart::EACH.into_iter().filter(|part| parts.holds(*part)).collect();
            assert_eq!((parts != ContextParts::ALL).then_some(&*held), expected, "{source}");
        }
    }

    #[test]
    fn a_field_of_no_document_is_a_top_level_reference() {
        check("phone", &[], NONE, &["phone"]);
        check("states.input", &[], NONE, &["states"]);
        check("$x.phone", &["x"], NONE, &[]);
        check("$x[phone = 1]{kind: name}", &["x"], NONE, &[]);
        check("$x.(phone & name)", &["x"], NONE, &[]);
        check("{'a': b}", &[], NONE, &["b"]);
    }
}
