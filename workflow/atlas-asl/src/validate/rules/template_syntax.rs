//! The value of a key that ends in `.$` is a path or an intrinsic function call.

use crate::diagnostic::{Code, Diagnostic};
use crate::validate::context::{Context, Query};
use crate::validate::texts::short;

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
        Some(text) if text.starts_with('$') || text.starts_with("States.") => fault.to_owned(),
        Some(_) | None => format!(
            "`{}` without `.$` takes the value as it stands",
            short(query.key.strip_suffix(".$").unwrap_or(query.key))
        ),
    }
}
