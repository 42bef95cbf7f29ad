//! Where two documents differ.

use serde::Serialize;
use serde_json::Value;

/// A place where two documents differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ValueChange {
    /// JSON pointer of the place.
    pub pointer: String,
    /// What the first has there; not there where it has nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<Value>,
    /// What the second has there; not there where it has nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub right: Option<Value>,
}

/// Where two documents differ, in the order of the first, and at most so many places. An object is compared
/// field by field, an array place by place.
pub fn values(left: &Value, right: &Value, most: usize) -> Vec<ValueChange> {
    let mut changes = Vec::new();
    compare(left, right, &mut String::new(), most, &mut changes);
    changes
}

fn compare(
    left: &Value,
    right: &Value,
    at: &mut String,
    most: usize,
    changes: &mut Vec<ValueChange>,
) {
    if changes.len() >= most || left == right {
        return;
    }
    let mut inside = |step: &str, left: Option<&Value>, right: Option<&Value>| {
        let length = at.len();
        at.push('/');
        at.push_str(&step.replace('~', "~0").replace('/', "~1"));
        match (left, right) {
            (Some(left), Some(right)) => compare(left, right, at, most, changes),
            _ if changes.len() < most => changes.push(ValueChange {
                pointer: at.clone(),
                left: left.cloned(),
                right: right.cloned(),
            }),
            _ => {}
        }
        at.truncate(length);
    };
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            for (name, value) in left {
                inside(name, Some(value), right.get(name));
            }
            for (name, value) in right.iter().filter(|(name, _)| !left.contains_key(*name)) {
                inside(name, None, Some(value));
            }
        }
        (Value::Array(left), Value::Array(right)) => {
            for place in 0..left.len().max(right.len()) {
                inside(&place.to_string(), left.get(place), right.get(place));
            }
        }
        (left, right) => changes.push(ValueChange {
            pointer: at.clone(),
            left: Some(left.clone()),
            right: Some(right.clone()),
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(left: Value, right: Value, expected: &[&str]) {
        let told: Vec<String> = values(&left, &right, 4)
            .into_iter()
            .map(|change| {
                let side = |value: Option<Value>| value.map_or("-".to_owned(), |it| it.to_string());
                format!("{} {} {}", change.pointer, side(change.left), side(change.right))
            })
            .collect();
        assert_eq!(told, expected, "{left} {right}");
    }

    #[test]
    fn each_place_that_differs_is_told_of_by_its_pointer() {
        check(json!({ "a": 1 }), json!({ "a": 1 }), &[]);
        check(json!(1), json!("1"), &[r#" 1 "1""#]);
        check(
            json!({ "a": { "b/c": 1, "d": null }, "e": 2 }),
            json!({ "a": { "b/c": 2 }, "e": 2, "f": [] }),
            &["/a/b~1c 1 2", "/a/d null -", "/f - []"],
        );
        check(json!([1, { "a": 1 }]), json!([1, { "a": 2 }, 3]), &["/1/a 1 2", "/2 - 3"]);
        check(json!([1, 2, 3, 4, 5, 6]), json!([]), &["/0 1 -", "/1 2 -", "/2 3 -", "/3 4 -"]);
    }
}
