//! `States.StringToJson`, `States.JsonToString` and `States.JsonMerge`.

use serde_json::{Value, json};

use super::arguments::Arguments;
use crate::scope::Scope;

pub(super) fn parse(arguments: &Arguments<'_>, _: &dyn Scope) -> Result<Value, String> {
    let text = arguments.text(0)?;
    if text.trim() == "-0" {
        // A whole number to AWS, which has no negative zero.
        return Ok(json!(0));
    }
    serde_json::from_str(text).map_err(|fault| format!("the argument is not JSON: {fault}"))
}

pub(super) fn print(arguments: &Arguments<'_>, _: &dyn Scope) -> Result<Value, String> {
    Ok(arguments.value(0).to_string().into())
}

pub(super) fn merge(arguments: &Arguments<'_>, _: &dyn Scope) -> Result<Value, String> {
    match arguments.value(2) {
        Value::Bool(false) => {}
        Value::Bool(true) => {
            return Err("only the shallow merging mode, `false`, is supported".to_owned());
        }
        other => return Err(format!("argument 3 must be a boolean, but was: {other}")),
    }
    let object = |at: usize| {
        arguments.value(at).as_object().ok_or_else(|| {
            format!("argument {} must be an object, but was: {}", at + 1, arguments.value(at))
        })
    };
    let mut merged = object(0)?.clone();
    merged.extend(object(1)?.iter().map(|(name, value)| (name.clone(), value.clone())));
    Ok(Value::Object(merged))
}
