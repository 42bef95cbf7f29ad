//! Variables of an expression under another name.

use atlas_asl::jsonata::{Expression, delimited};
use serde_json::Value;

/// Whether some expression in a value reads this variable.
pub(super) fn reads(value: &Value, name: &str) -> bool {
    any(value, &mut |expression| expression.variables().iter().any(|known| known == name))
}

/// Whether some expression in a value reads the state's input, or all that a state has.
pub(super) fn reads_input(value: &Value) -> bool {
    any(value, &mut |expression| expression.states_parts().input)
}

/// Whether some expression holds, or cannot be read.
fn any(value: &Value, holds: &mut dyn FnMut(&Expression) -> bool) -> bool {
    match value {
        Value::String(text) => delimited(text)
            .is_some_and(|source| Expression::parse(source).map_or(true, |it| holds(&it))),
        Value::Array(elements) => elements.iter().any(|it| any(it, holds)),
        Value::Object(fields) => fields.values().any(|it| any(it, holds)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Calls a variable otherwise in every expression of a value.
pub(super) fn rename(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::String(text) if delimited(text).is_some() => *text = renamed(text, from, to),
        Value::Array(elements) => elements.iter_mut().for_each(|it| rename(it, from, to)),
        Value::Object(fields) => fields.values_mut().for_each(|it| rename(it, from, to)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A variable is `$` and its name, outside of quotes.
fn renamed(text: &str, from: &str, to: &str) -> String {
    let mut said = String::new();
    let mut quote = None;
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
        let after = rest[next.len_utf8()..].strip_prefix(from);
        let is_variable = next == '$' && quote.is_none();
        if let (true, Some(after)) = (is_variable, after)
            && !after.starts_with(is_name)
        {
            said.push('$');
            said.push_str(to);
            rest = after;
            continue;
        }
        let mut taken = next.len_utf8();
        match (quote, next) {
            (Some(_), '\\') => {
                taken += rest[taken..].chars().next().map_or(0, char::len_utf8);
            }
            (Some(open), _) if open == next => quote = None,
            (None, '\'' | '"' | '`') => quote = Some(next),
            _ => {}
        }
        said.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    said
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_variable_is_renamed_and_what_only_looks_like_it_is_not() {
        for (before, after) in [
            ("{% $a.b & $ab & '$a' %}", "{% $x.b & $ab & '$a' %}"),
            (r#"{% "\"$a" & $a %}"#, r#"{% "\"$a" & $x %}"#),
            ("$a", "$a"),
            ("{% $states.input.a + $a%}", "{% $states.input.a + $x%}"),
        ] {
            let mut value = json!({ "f": [before] });
            rename(&mut value, "a", "x");
            assert_eq!(value, json!({ "f": [after] }));
        }
    }
}
