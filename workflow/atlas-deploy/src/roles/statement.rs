//! What a policy allows, a statement for each thing.

use serde_json::{Value, json};

/// A statement that allows these actions on one thing.
pub(super) fn allow(actions: &[&str], resource: Value) -> Value {
    json!({ "Effect": "Allow", "Action": actions, "Resource": resource })
}

/// A statement on everything, which has to say why.
pub(super) fn allow_on_all(why: &str, actions: &[&str]) -> Value {
    json!({ "#": why, "Effect": "Allow", "Action": actions, "Resource": "*" })
}
