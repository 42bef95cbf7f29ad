//! The evaluator's error messages in the words of the reference, which are AWS's.

use super::bounds;
use super::expression::is_code;
use super::failure::EvaluationFailure;

/// The failure for a message of the evaluator. `functions` are the functions that the expression
/// calls: where a message does not name its function and only one is called, that is the one.
pub(super) fn failure(text: &str, functions: &[String]) -> EvaluationFailure {
    let text = text.strip_prefix("Signature validation failed: ").unwrap_or(text);
    match text.split_once(": ") {
        Some((code, message)) if is_code(code) => coded(code, message, functions),
        _ => EvaluationFailure::bound(text),
    }
}

fn coded(code: &str, message: &str, functions: &[String]) -> EvaluationFailure {
    match code {
        "U1001" | "D1011" => return EvaluationFailure::bound(bounds::STACK_EXCEEDED),
        "D1012" => return EvaluationFailure::bound(bounds::TIME_EXCEEDED),
        "D2015" => return EvaluationFailure::bound(bounds::MEMORY_EXCEEDED),
        _ => {}
    }
    EvaluationFailure::coded(code, words(code, message, functions))
}

fn words(code: &str, message: &str, functions: &[String]) -> String {
    match code {
        "T0410" | "T0411" | "T0412" => argument_words(code, message, functions),
        "T1006" => "Attempted to invoke a non-function".to_owned(),
        "T2001" => operator_words(message, "left"),
        "T2002" => operator_words(message, "right"),
        "T2003" => {
            "The left side of the range operator (..) must evaluate to an integer".to_owned()
        }
        "T2004" => {
            "The right side of the range operator (..) must evaluate to an integer".to_owned()
        }
        "T2008" => {
            "The expressions within an order-by clause must evaluate to numeric or string values"
                .to_owned()
        }
        "D3001" => "Attempting to invoke string function on Infinity or NaN".to_owned(),
        "D3010" => "Second argument of replace function cannot be an empty string".to_owned(),
        "D3020" => "Third argument of split function must evaluate to a positive number".to_owned(),
        "D3030" => match quoted(message, '\'') {
            Some(value) => format!("Unable to cast value to a number: {}", json(value)),
            None => message.to_owned(),
        },
        "D3050" => {
            "The second argument of reduce function must be a function with at least two arguments"
                .to_owned()
        }
        _ => message.to_owned(),
    }
}

/// The evaluator may say only which argument it is, and leave the function out.
fn argument_words(code: &str, message: &str, functions: &[String]) -> String {
    if message.contains("of function \"") {
        return message.to_owned();
    }
    let named = message
        .split_once("of function ")
        .and_then(|(_, rest)| rest.split_whitespace().next())
        .map(|name| name.trim_start_matches('$'))
        .filter(|name| !matches!(*name, "does" | "must" | "undefined"));
    let function = match (named, functions) {
        (Some(name), _) => name,
        (None, [only]) => only.as_str(),
        (None, _) => return message.to_owned(),
    };
    let index = message
        .split_once("rgument ")
        .and_then(|(_, rest)| rest.split(|c: char| !c.is_ascii_digit()).next())
        .filter(|digits| !digits.is_empty())
        .unwrap_or("1");
    match code {
        "T0410" => {
            format!("Argument {index} of function \"{function}\" does not match function signature")
        }
        "T0411" => format!(
            "Context value is not a compatible type with argument {index} of function \"{function}\""
        ),
        _ => match message.split_once("an array of ") {
            Some((_, of)) => format!(
                "Argument {index} of function \"{function}\" must be an array of \"{}\"",
                plural(of)
            ),
            None => message.to_owned(),
        },
    }
}

fn plural(of: &str) -> String {
    let of = of.trim_matches('"').to_lowercase();
    if of.ends_with('s') { of } else { of + "s" }
}

fn operator_words(message: &str, side: &str) -> String {
    let operator = message
        .split_once(" of the ")
        .and_then(|(_, rest)| rest.split_once(" operator"))
        .map_or("+", |(operator, _)| operator.trim_matches('"'));
    format!("The {side} side of the \"{operator}\" operator must evaluate to a number")
}

fn quoted(message: &str, mark: char) -> Option<&str> {
    let (_, rest) = message.split_once(mark)?;
    rest.rsplit_once(mark).map(|(value, _)| value)
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
