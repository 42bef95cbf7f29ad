//! The value of a key that ends in `.$` is a path or an intrinsic function call.

use crate::diagnostic::{Code, Diagnostic};
use crate::suggest::suggest;
use crate::validate::context::{Context, Query};
use crate::validate::texts::short;

const FUNCTIONS: &[&str] = &[
    "States.Array",
    "States.ArrayContains",
    "States.ArrayGetItem",
    "States.ArrayLength",
    "States.ArrayPartition",
    "States.ArrayRange",
    "States.ArrayUnique",
    "States.Base64Decode",
    "States.Base64Encode",
    "States.Format",
    "States.Hash",
    "States.JsonMerge",
    "States.JsonToString",
    "States.MathAdd",
    "States.MathRandom",
    "States.StringSplit",
    "States.StringToJson",
    "States.UUID",
];

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for query in cx.steps.iter().flat_map(|step| &step.queries) {
        if let Err(fault) = &query.parsed {
            out.push(
                Diagnostic::error(
                    Code::SchemaValidationFailed,
                    query.pointer.clone(),
                    format!(
                        "The value for the field '{}' must be a valid JSONPath or a valid intrinsic \
                         function call",
                        short(query.key)
                    ),
                )
                .hint(hint(query, fault)),
            );
        }
    }
}

fn hint(query: &Query<'_>, fault: &str) -> String {
    match query.text {
        Some(text) if text.starts_with("States.") => {
            let name = text.split('(').next().unwrap_or(text);
            match suggest(name, FUNCTIONS.iter().copied()) {
                Some(near) if near != name => format!("{fault}; did you mean `{near}`?"),
                Some(_) | None => fault.to_owned(),
            }
        }
        Some(text) if text.starts_with('$') => fault.to_owned(),
        Some(_) | None => {
            let plain = query.key.strip_suffix(".$").or_else(|| query.key.strip_suffix("Path"));
            format!(
                "`{}` takes the value as it stands",
                short(plain.unwrap_or(query.key))
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_state, check_states};

    #[test]
    fn a_key_that_ends_in_dollar_holds_a_query() {
        for (value, expected) in [
            (r#""lead""#, "valid JSONPath or a valid intrinsic function call; `x` takes the value as it stands"),
            ("5", "valid JSONPath or a valid intrinsic function call"),
            (r#""$.a[""#, "valid JSONPath"),
            (r#""States.Fromat('{}', $.a)""#, "did you mean `States.Format`?"),
            (r#""States.Format('{}', $.a""#, "expected `,` or `)`"),
        ] {
            let state = format!(r#""Type": "Pass", "Parameters": {{"list": [{{"x.$": {value}}}]}}"#);
            let place = "/States/A/Parameters/list/0/x.$";
            check_state(&state, Code::SchemaValidationFailed, &[(place, expected)]);
        }
        check_states(
            r#""A": {"Type": "Fail", "ErrorPath": "Unavailable"}"#,
            Code::SchemaValidationFailed,
            &[("/States/A/ErrorPath", "`Error` takes the value as it stands")],
        );
        let right = r#""Type": "Pass", "Parameters": {"a.$": "$", "b.$": "$$.Execution.Id",
                       "c.$": "States.Format('(\\'{}', States.UUID())", "d.$": "${Path}"}"#;
        check_state(right, Code::SchemaValidationFailed, &[]);
    }
}
