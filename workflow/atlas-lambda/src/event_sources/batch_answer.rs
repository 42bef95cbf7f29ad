//! Which messages of a batch a function says have failed (`ReportBatchItemFailures`).
//!
//! An answer that says nothing means that all succeeded; one that cannot be read, that none did
//! (Lambda Developer Guide, "Success and failure conditions").

use std::collections::HashSet;

use serde_json::Value;

use crate::body::Body;

/// The ids of the messages that failed, or `None` where all did. An id that is not of the batch
/// leaves open which one is meant, so nothing counts as done.
pub(super) fn failed<'a>(answer: &'a Body, ids: &HashSet<&str>) -> Option<HashSet<&'a str>> {
    let failures = match answer.json()? {
        Value::Null => return Some(HashSet::new()),
        Value::Object(answer) => match answer.get("batchItemFailures") {
            None | Some(Value::Null) => return Some(HashSet::new()),
            Some(failures) => failures.as_array()?,
        },
        _ => return None,
    };
    failures
        .iter()
        .map(|failure| failure.get("itemIdentifier")?.as_str().filter(|id| ids.contains(id)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(answer: &str, expected: Option<&[&str]>) {
        let ids = HashSet::from(["a", "b", "c"]);
        let answer = Body::read(answer.as_bytes());
        let expected = expected.map(|ids| ids.iter().copied().collect());
        assert_eq!(failed(&answer, &ids), expected, "{}", answer.text());
    }

    #[test]
    fn an_answer_that_names_no_failure_is_a_success() {
        for answer in ["null", "{}", r#"{"batchItemFailures":[]}"#, r#"{"batchItemFailures":null}"#]
        {
            check(answer, Some(&[]));
        }
    }

    #[test]
    fn named_messages_have_failed() {
        check(
            r#"{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"c"}]}"#,
            Some(&["b", "c"]),
        );
    }

    #[test]
    fn an_answer_that_cannot_be_understood_is_a_failure_of_all() {
        for answer in [
            "",
            "done",
            "[]",
            r#""done""#,
            r#"{"batchItemFailures":"a"}"#,
            r#"{"batchItemFailures":[{"itemIdentifier":""}]}"#,
            r#"{"batchItemFailures":[{"itemIdentifier":null}]}"#,
            r#"{"batchItemFailures":[{"messageId":"a"}]}"#,
            r#"{"batchItemFailures":["a"]}"#,
            r#"{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"other"}]}"#,
        ] {
            check(answer, None);
        }
    }
}
