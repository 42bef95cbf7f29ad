//! Whether a deployed definition is the rendered one, with anything in place of its `${…}`.

use std::collections::BTreeMap;

use serde_json::Value;

/// What stands in place of each `${…}`, or the JSON pointer of the first place that differs.
pub(crate) fn substituted(
    rendered: &Value,
    deployed: &Value,
) -> Result<BTreeMap<String, String>, String> {
    let mut found = BTreeMap::new();
    compare(rendered, deployed, &mut String::new(), &mut found)?;
    Ok(found)
}

fn compare(
    rendered: &Value,
    deployed: &Value,
    place: &mut String,
    found: &mut BTreeMap<String, String>,
) -> Result<(), String> {
    let length = place.len();
    match (rendered, deployed) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let names = ours.keys().chain(theirs.keys().filter(|name| !ours.contains_key(*name)));
            for name in names {
                place.push('/');
                place.push_str(&name.replace('~', "~0").replace('/', "~1"));
                match (ours.get(name), theirs.get(name)) {
                    (Some(ours), Some(theirs)) => compare(ours, theirs, place, found)?,
                    _ => return Err(place.clone()),
                }
                place.truncate(length);
            }
            Ok(())
        }
        (Value::Array(ours), Value::Array(theirs)) if ours.len() == theirs.len() => {
            for (index, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                place.push_str(&format!("/{index}"));
                compare(ours, theirs, place, found)?;
                place.truncate(length);
            }
            Ok(())
        }
        (Value::String(ours), Value::String(theirs)) if fits(ours, theirs, found) => Ok(()),
        (ours, theirs) if ours == theirs => Ok(()),
        _ => Err(place.clone()),
    }
}

/// Whether a text is another one with something in place of each `${…}`.
fn fits(pattern: &str, text: &str, found: &mut BTreeMap<String, String>) -> bool {
    let Some((before, rest)) = pattern.split_once("${") else { return pattern == text };
    let Some((name, after)) = rest.split_once('}') else { return pattern == text };
    let Some(text) = text.strip_prefix(before) else { return false };
    // What follows up to the next `${…}` says where this one ends.
    let next = after.split("${").next().unwrap_or_default();
    let end = if next.is_empty() { Some(text.len()) } else { text.find(next) };
    let Some(end) = end else { return false };
    let value = &text[..end];
    if found.get(name).is_some_and(|known| known != value) {
        return false;
    }
    found.insert(name.to_owned(), value.to_owned());
    fits(after, &text[end..], found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_definition_fits_whatever_was_substituted_and_differs_at_a_place() {
        let rendered = json!({"a": {"Arn": "${F}"}, "b": ["x ${N} y", 1], "c": "${F}:1"});
        let check = |deployed: Value, expected: Result<&[(&str, &str)], &str>| {
            let found = substituted(&rendered, &deployed);
            let expected = expected.map(|pairs| {
                pairs
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                    .collect()
            });
            assert_eq!(found, expected.map_err(str::to_owned), "{deployed}");
        };
        check(
            json!({"c": "arn:f:1", "a": {"Arn": "arn:f"}, "b": ["x 7 y", 1]}),
            Ok(&[("F", "arn:f"), ("N", "7")]),
        );
        check(json!({"a": {"Arn": "f"}, "b": ["x 7 z", 1], "c": "f:1"}), Err("/b/0"));
        check(json!({"a": {"Arn": "f"}, "b": ["x 7 y", 2], "c": "f:1"}), Err("/b/1"));
        check(json!({"a": {"Arn": "f"}, "b": ["x 7 y", 1], "c": "g:1"}), Err("/c"));
        check(json!({"a": {"Arn": "f"}, "b": ["x 7 y", 1], "c": "f:1", "d/e": 1}), Err("/d~1e"));
    }
}
