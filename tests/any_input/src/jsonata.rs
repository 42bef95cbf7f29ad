//! JSONata as Step Functions speaks it: reading an expression and evaluating it within its bounds.

use std::time::{Duration, Instant};

use atlas_asl::jsonata::{Evaluated, Expression, FieldFailure, JsonataTemplate, Session, describe};
use serde_json::{Value, json};

use crate::{
    parts::{document, texts},
    scene::Scene,
};

/// What no value may pass: the evaluator's bound on one value, as text, with escapes and commas.
const MOST_BYTES: usize = 64 << 20;

/// What took longer is evaluated once only: its next evaluation may be the one that the evaluator's own
/// clock ends.
const QUICK: Duration = Duration::from_millis(500);

/// An expression, and what is `$states.input` to it.
pub fn check(input: &[u8]) {
    let Some(parts) = texts(input) else { return };
    let text = parts[0];
    let expression = match Expression::parse(text) {
        Ok(expression) => expression,
        Err(refused) => {
            assert!(!refused.message.is_empty(), "{text} is refused without a word");
            return;
        }
    };
    assert_eq!(expression.source(), text);
    assert_eq!(Expression::parse(expression.source()).as_ref(), Ok(&expression));
    let again = Expression::parse(text).expect("it was an expression just now");
    assert_eq!(again.variables(), expression.variables());
    let input = document(parts.get(1).copied());
    let scene = Scene::of(input.clone());
    let mut session = Session::new(&scene);
    let began = Instant::now();
    let evaluated = session.evaluate(&expression);
    if began.elapsed() > QUICK {
        return;
    }
    if let Some(found) = session.lookup(&expression) {
        assert_eq!(evaluated, Ok(Evaluated::Value(found.clone())), "{text}");
    }
    if expression.is_whole_input() {
        assert_eq!(evaluated, Ok(Evaluated::Value(input.clone())), "{text}");
    }
    let again = Session::new(&Scene::of(input.clone())).evaluate(&expression);
    assert_eq!(evaluated, again, "the same chance and time give the same value");
    let field = match evaluated {
        Ok(Evaluated::Value(value)) => {
            assert!(value.to_string().len() <= MOST_BYTES, "{text} is too long");
            Ok(value)
        }
        Ok(Evaluated::Undefined) => Err(FieldFailure::Undefined),
        Ok(Evaluated::Unsupported) => Err(FieldFailure::Unsupported),
        Err(failure) => Err(FieldFailure::Threw(failure)),
    };
    in_a_template(text, &input, field);
}

/// A field of a template gives what its expression gives, or says why not.
fn in_a_template(text: &str, input: &Value, expected: Result<Value, FieldFailure>) {
    let source = text.trim();
    if source != text {
        return;
    }
    let template = JsonataTemplate::compile(&json!({"f": [format!("{{% {text} %}}")]}));
    let template = template.expect("it was an expression just now");
    let given = template.evaluate(&mut Session::new(&Scene::of(input.clone())), "Output");
    match (given, expected) {
        (Ok(given), Ok(expected)) => assert_eq!(given, json!({"f": [expected]}), "{text}"),
        (Err(failed), Err(expected)) => {
            assert_eq!(failed.location, "Output/f[0]");
            assert_eq!(failed.cause, describe(&expected, source, "Output/f[0]"));
        }
        (given, expected) => panic!("{text}: {given:?}, not {expected:?}"),
    }
}
