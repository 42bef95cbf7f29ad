//! `ResultPath`: puts a value where a reference path points, making the objects on its way.

use serde_json::{Map, Value};

use super::{Path, Root, path::Step};

/// A reference path that cannot be applied to a value.
///
/// AWS calls it `States.ReferencePathConflict`, not the specification's `States.ResultPathMatchFailure`:
/// that is what executions on AWS report for `ResultPath` on an array and for a missing `ItemsPath`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Unable to apply step \"{step}\" to input {input}")]
pub struct ResultPathFailure {
    /// The name or index that found no place.
    pub step: String,
    /// The whole value that the path was applied to, as JSON.
    pub input: String,
}

impl ResultPathFailure {
    /// The name that `Retry` and `Catch` match.
    pub const ERROR_NAME: &'static str = "States.ReferencePathConflict";
}

impl Path {
    /// Puts `value` into `target` where this path points; `$` replaces all of it.
    ///
    /// Missing names are added, with objects in between. A scalar, a `null` or an array where a name
    /// is to be applied is a failure, and so is an index that the array does not have.
    pub fn place(&self, mut target: Value, value: Value) -> Result<Value, ResultPathFailure> {
        if let Some(step) = self.first_conflict(&target, Missing::IsMade) {
            return Err(self.conflict(step, &target));
        }
        let mut here = &mut target;
        for step in self.steps() {
            here = match (step, here) {
                (Step::Name(name), Value::Object(members)) => {
                    members.entry(name.as_ref()).or_insert_with(|| Value::Object(Map::new()))
                }
                (Step::Index(index), Value::Array(elements)) => {
                    let length = elements.len();
                    let place = place_of(*index, length).and_then(|at| elements.get_mut(at));
                    place.expect("the index was found in range just above")
                }
                (_, here) => here,
            };
        }
        *here = value;
        Ok(target)
    }

    /// Why this reference path finds nothing in a value, in AWS's words for reference paths (`ItemsPath`).
    ///
    /// `None` where it does find something.
    pub fn conflict_in(&self, value: &Value) -> Option<ResultPathFailure> {
        self.first_conflict(value, Missing::Conflicts).map(|step| self.conflict(step, value))
    }

    fn first_conflict(&self, value: &Value, missing: Missing) -> Option<&Step> {
        let mut here = value;
        if !matches!(self.root(), Root::Input) && missing == Missing::IsMade {
            return self.steps().first();
        }
        for step in self.steps() {
            here = match (step, here) {
                (Step::Name(name), Value::Object(members)) => match members.get(&**name) {
                    Some(member) => member,
                    // All further names are made too; an index has no array to be applied to.
                    None if missing == Missing::IsMade => {
                        let rest =
                            self.steps().iter().skip_while(|other| !std::ptr::eq(*other, step));
                        return rest.skip(1).find(|step| !matches!(step, Step::Name(_)));
                    }
                    None => return Some(step),
                },
                (Step::Index(index), Value::Array(elements)) => {
                    let at = place_of(*index, elements.len());
                    match at.and_then(|at| elements.get(at)) {
                        Some(element) => element,
                        None => return Some(step),
                    }
                }
                _ => return Some(step),
            };
        }
        None
    }

    fn conflict(&self, step: &Step, value: &Value) -> ResultPathFailure {
        let step = match step {
            Step::Name(name) => name.to_string(),
            Step::Index(index) => index.to_string(),
            other => other.to_string(),
        };
        ResultPathFailure { step, input: value.to_string() }
    }
}

/// What a name means that an object lacks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    IsMade,
    Conflicts,
}

fn place_of(index: i64, length: usize) -> Option<usize> {
    let index = if index < 0 { i64::try_from(length).ok()?.checked_add(index)? } else { index };
    usize::try_from(index).ok().filter(|at| *at < length)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Path;

    fn check(path: &str, target: Value, expected: Result<Value, &str>) {
        let path = Path::parse(path).unwrap();
        let placed = path.place(target, json!(1)).map_err(|failure| failure.to_string());
        assert_eq!(placed, expected.map_err(str::to_owned), "{path}");
    }

    #[test]
    fn a_result_goes_where_its_path_points() {
        check("$", json!({"a": 2}), Ok(json!(1)));
        check("$.a", json!({"a": 2, "b": 3}), Ok(json!({"a": 1, "b": 3})));
        check("$.b.c", json!({"a": 2}), Ok(json!({"a": 2, "b": {"c": 1}})));
        check("$['b'].c", json!({"b": {"d": 0}}), Ok(json!({"b": {"d": 0, "c": 1}})));
        check("$.a[1]", json!({"a": [5, 6]}), Ok(json!({"a": [5, 1]})));
        check("$.a[0].b", json!({"a": [{}]}), Ok(json!({"a": [{"b": 1}]})));
    }

    #[test]
    fn a_path_that_cannot_be_applied_says_which_step() {
        check("$.r", json!([1]), Err("Unable to apply step \"r\" to input [1]"));
        check("$.a.b", json!({"a": 5}), Err("Unable to apply step \"b\" to input {\"a\":5}"));
        check("$.r", json!("text"), Err("Unable to apply step \"r\" to input \"text\""));
        check("$.a[2]", json!({"a": [5]}), Err("Unable to apply step \"2\" to input {\"a\":[5]}"));
        check("$.a[0]", json!({}), Err("Unable to apply step \"0\" to input {}"));
        check(
            "$.a[*]",
            json!({"a": [5]}),
            Err("Unable to apply step \"[*]\" to input {\"a\":[5]}"),
        );
    }

    #[test]
    fn a_missing_reference_is_a_conflict() {
        let path = Path::parse("$.discovery.objects").unwrap();
        assert_eq!(path.conflict_in(&json!({"discovery": {"objects": []}})), None);
        let conflict = path.conflict_in(&json!({"discovery": {}})).unwrap();
        assert_eq!(
            conflict.to_string(),
            r#"Unable to apply step "objects" to input {"discovery":{}}"#
        );
    }
}
