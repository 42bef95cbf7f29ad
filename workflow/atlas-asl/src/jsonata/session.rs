//! The evaluations of one state, which share what has been converted for the evaluator.
//!
//! The evaluator's values cannot leave a thread, so a session lives within one synchronous call.

use std::panic::{self, AssertUnwindSafe};

use indexmap::IndexMap;
use jsonata_core::ast::AstNode;
use jsonata_core::evaluator::{Context, Evaluator};
use jsonata_core::value::JValue;
use serde_json::Value;

use super::bounds;
use super::convert::{self, NoJson};
use super::direct::Stop;
use super::expression::Expression;
use super::failure::{EvaluationFailure, FieldFailure};
use super::functions::{self, Impure};
use super::reads::{ContextParts, StatesParts};
use super::wording;
use crate::scope::{ContextPart, Scope};

/// What an expression evaluates to.
#[derive(Debug, Clone, PartialEq)]
pub enum Evaluated {
    /// A JSON value.
    Value(Value),
    /// Nothing: JSONata's undefined.
    Undefined,
    /// A function, or a value that holds one.
    Unsupported,
}

/// Evaluates expressions over one scope, which must not change meanwhile.
pub struct Session<'a> {
    scope: &'a dyn Scope,
    input: Option<JValue>,
    context: Option<JValue>,
    /// The parts of the context object, each as `ContextPart` counts them.
    context_parts: [Option<JValue>; ContextPart::EACH.len()],
    result: Option<JValue>,
    error_output: Option<JValue>,
    /// `$states` with the parts that it holds.
    states: Vec<(StatesParts, JValue)>,
    variables: Vec<(String, Option<JValue>)>,
}

impl<'a> Session<'a> {
    /// A session that has not converted anything yet.
    #[must_use]
    pub fn new(scope: &'a dyn Scope) -> Self {
        Self {
            scope,
            input: None,
            context: None,
            context_parts: Default::default(),
            result: None,
            error_output: None,
            states: Vec::new(),
            variables: Vec::new(),
        }
    }

    /// Evaluates one expression.
    ///
    /// # Errors
    /// When the evaluation ends with an error of JSONata or exceeds a bound.
    pub fn evaluate(&mut self, expression: &Expression) -> Result<Evaluated, EvaluationFailure> {
        if let Some(direct) = expression.direct() {
            match direct.evaluate(self.scope) {
                Ok(evaluated) => return Ok(evaluated),
                Err(Stop::Failed(failure)) => return Err(*failure),
                Err(Stop::BeyondUs) => {}
            }
        }
        self.evaluate_whole(expression)
    }

    /// Evaluates the expression of one field, where undefined and a function are failures too.
    ///
    /// # Errors
    /// When the field has no value.
    pub fn field(&mut self, expression: &Expression) -> Result<Value, FieldFailure> {
        match self.evaluate(expression) {
            Ok(Evaluated::Value(value)) => Ok(value),
            Ok(Evaluated::Undefined) => Err(FieldFailure::Undefined),
            Ok(Evaluated::Unsupported) => Err(FieldFailure::Unsupported),
            Err(failure) => Err(FieldFailure::Threw(failure)),
        }
    }

    /// The value in the scope that the expression names, without a copy; `None` when the expression
    /// is more than a path, or must be evaluated to know.
    #[must_use]
    pub fn lookup(&self, expression: &Expression) -> Option<&'a Value> {
        expression.direct()?.lookup(self.scope)
    }

    /// Evaluates with the evaluator, whatever the form of the expression.
    pub(super) fn evaluate_whole(
        &mut self,
        expression: &Expression,
    ) -> Result<Evaluated, EvaluationFailure> {
        let mut bindings = Vec::new();
        let parts = expression.states_parts();
        if parts != StatesParts::default() || expression.reads_states() {
            bindings.push(("states".to_owned(), self.states(parts)));
        }
        let mut draws = false;
        for name in expression.names() {
            draws |= functions::draws(name);
            if let Some(value) = self.variable(name) {
                bindings.push((name.clone(), value));
            }
        }
        let impure = Impure {
            now_millis: self.scope.now_millis(),
            seed: if draws { self.scope.random() } else { 0 },
        };
        run(expression, &JValue::Undefined, bindings, &impure)
    }

    fn states(&mut self, parts: StatesParts) -> JValue {
        if let Some((_, states)) = self.states.iter().find(|(held, _)| *held == parts) {
            return states.clone();
        }
        let scope = self.scope;
        let mut fields = IndexMap::with_capacity(4);
        if parts.input {
            add(&mut fields, "input", Some(scope.input()), &mut self.input);
        }
        if let Some(context) = self.context(parts.context) {
            fields.insert("context".to_owned(), context);
        }
        if parts.result {
            add(&mut fields, "result", scope.result(), &mut self.result);
        }
        if parts.error_output {
            add(&mut fields, "errorOutput", scope.error_output(), &mut self.error_output);
        }
        let states = JValue::object(fields);
        self.states.push((parts, states.clone()));
        states
    }

    /// The context object with the parts that an expression reads: the execution's input is in it, so
    /// a copy of all of it for each item of a Map would take time in proportion to the square.
    fn context(&mut self, parts: ContextParts) -> Option<JValue> {
        if parts == ContextParts::ALL {
            let scope = self.scope;
            let whole = || convert::into_evaluator(scope.context());
            return Some(self.context.get_or_insert_with(whole).clone());
        }
        if parts.is_empty() {
            return None;
        }
        let (mut context, mut execution) = (IndexMap::new(), IndexMap::new());
        for part in ContextPart::EACH.into_iter().filter(|part| parts.holds(*part)) {
            let Some(value) = self.context_part(part) else { continue };
            match part.fields() {
                ["Execution", field] => drop(execution.insert((*field).to_owned(), value)),
                fields => {
                    context.extend(fields.last().map(|field| ((*field).to_owned(), value)));
                }
            }
        }
        if let Some(JValue::Object(fields)) = context.get("Execution") {
            execution.extend(fields.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        if !execution.is_empty() {
            context.insert("Execution".to_owned(), JValue::object(execution));
        }
        Some(JValue::object(context))
    }

    fn context_part(&mut self, part: ContextPart) -> Option<JValue> {
        let kept = &mut self.context_parts[part as usize];
        if kept.is_none() {
            *kept = self.scope.context_part(part).map(convert::into_evaluator);
        }
        kept.clone()
    }

    fn variable(&mut self, name: &str) -> Option<JValue> {
        if let Some((_, value)) = self.variables.iter().find(|(known, _)| known == name) {
            return value.clone();
        }
        let value = self.scope.variable(name).map(convert::into_evaluator);
        self.variables.push((name.to_owned(), value.clone()));
        value
    }
}

/// Adds a field of `$states`, converted once.
fn add(
    fields: &mut IndexMap<String, JValue>,
    name: &str,
    value: Option<&Value>,
    kept: &mut Option<JValue>,
) {
    if let Some(value) = value {
        let value = kept.get_or_insert_with(|| convert::into_evaluator(value));
        fields.insert(name.to_owned(), value.clone());
    }
}

/// Evaluates over an input document, which Step Functions always leaves undefined.
pub(super) fn run(
    expression: &Expression,
    document: &JValue,
    bindings: Vec<(String, JValue)>,
    impure: &Impure,
) -> Result<Evaluated, EvaluationFailure> {
    let mut context = Context::new();
    for (name, value) in bindings {
        context.bind(name, value);
    }
    let mut evaluator = Evaluator::with_options(context, bounds::options());
    let names = expression.names().iter().map(String::as_str);
    functions::register(&mut evaluator, names.chain(expression.guards().iter().copied()), impure);
    let tree: &AstNode = expression.tree();
    // The evaluator is not ours, and an arithmetic overflow in it is no reason to end a server's thread.
    let evaluated = panic::catch_unwind(AssertUnwindSafe(|| evaluator.evaluate(tree, document)))
        .map_err(|_panic| EvaluationFailure::bound(bounds::CANNOT))?;
    let value = evaluated
        .map_err(|error| wording::failure(error.message(), expression.called_functions()))?;
    if value.is_undefined() {
        return Ok(Evaluated::Undefined);
    }
    match convert::from_evaluator(&value) {
        Ok(value) => Ok(Evaluated::Value(value)),
        Err(NoJson::Function) => Ok(Evaluated::Unsupported),
        Err(NoJson::TooLarge) => Err(EvaluationFailure::bound(bounds::MEMORY_EXCEEDED)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Fixed;
    use super::*;
    use serde_json::json;

    fn scope() -> Fixed {
        let input = json!({
            "a": {"b": 7}, "list": [{"n": 1}, {"n": 2}], "one": [{"n": 1}], "none": null,
            "big": 9_007_199_254_740_993_i64, "whole": 10.0
        });
        Fixed::new(input)
            .with_result(json!({"ok": true}))
            .with_variable("x", json!({"y": [1, 2, 3]}))
            .with_variable("string", json!("a variable that hides a function"))
    }

    fn check(source: &str, expected: Result<Evaluated, (&str, &str)>) {
        let outcome = scope()
            .evaluate(source)
            .map_err(|failure| (failure.code.unwrap_or_default(), failure.message));
        let expected = expected.map_err(|(code, message)| (code.to_owned(), message.to_owned()));
        assert_eq!(outcome, expected, "{source}");
    }

    fn value(source: &str, value: Value) {
        check(source, Ok(Evaluated::Value(value)));
    }

    #[test]
    fn everything_in_scope_can_be_read() {
        value("$states.input.a.b", json!(7));
        value("$states.result", json!({"ok": true}));
        value("$states.context.Execution.Name", json!("run"));
        value("$states.input.list.n", json!([1, 2]));
        value("$states.input.one.n", json!(1));
        value("$states.input.none", Value::Null);
        value("$x.y[1]", json!(2));
        value("$sum($x.y) + $states.input.a.b", json!(13));
        value("$keys($states)", json!(["input", "context", "result"]));
        value("$string", json!("a variable that hides a function"));
        value("$variable := 1", json!(1));
        value(
            "$map($x.y, function($v) { $v = 1 ? 'pass' : 'failed' })",
            json!(["pass", "failed", "failed"]),
        );
    }

    #[test]
    fn without_an_input_document_and_unknown_names_are_undefined() {
        for source in ["$", "$$", "$.a", "$missing", "$missing.a", "$states.errorOutput.Error"] {
            check(source, Ok(Evaluated::Undefined));
        }
    }

    #[test]
    fn a_function_is_no_value() {
        check("$fn := function($x){$x}", Ok(Evaluated::Unsupported));
        check("$uppercase", Ok(Evaluated::Unsupported));
        check("[1, $uppercase]", Ok(Evaluated::Unsupported));
    }

    #[test]
    fn numbers_keep_their_form() {
        value("$states.input.a.b * 2", json!(14));
        value("5 / 2", json!(2.5));
        value("$sum([0.5, 0.5])", json!(1));
        value("$states.input.big", json!(9_007_199_254_740_993_i64));
        value("$states.input.whole", json!(10.0));
        value("1e20", json!(1e20));
        value("1 / 0", json!("Infinity"));
    }

    #[test]
    fn errors_read_as_the_reference_writes_them() {
        for (source, code, message) in [
            ("'a' + 1", "T2001", "The left side of the \"+\" operator must evaluate to a number"),
            ("1 * 'a'", "T2002", "The right side of the \"*\" operator must evaluate to a number"),
            (
                "1 < 'a'",
                "T2009",
                "The values 1 and \"a\" either side of operator \"<\" must be of the same data type",
            ),
            (
                "true < 1",
                "T2010",
                "The expressions either side of operator \"<\" must evaluate to numeric or string values",
            ),
            (
                "$sum('a')",
                "T0412",
                "Argument 1 of function \"sum\" must be an array of \"numbers\"",
            ),
            (
                "$abs('a')",
                "T0410",
                "Argument 1 of function \"abs\" does not match function signature",
            ),
            ("$nothing(1)", "T1006", "Attempted to invoke a non-function"),
            ("$number('x')", "D3030", "Unable to cast value to a number: \"x\""),
            ("$error('boom')", "D3137", "boom"),
        ] {
            check(source, Err((code, message)));
        }
    }

    #[test]
    fn a_mere_path_can_be_borrowed() {
        let scope = scope();
        let session = Session::new(&scope);
        let lookup = |source| session.lookup(&Expression::parse(source).expect("parses"));
        assert!(std::ptr::eq(lookup("$states.input").expect("is there"), scope.input()));
        assert_eq!(lookup("$x.y"), Some(&json!([1, 2, 3])));
        assert_eq!(lookup("$x.missing"), None);
        assert_eq!(lookup("$x.y & ''"), None);
    }
}
