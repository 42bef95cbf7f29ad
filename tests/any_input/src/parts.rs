//! An input that is several texts: a zero byte stands between them.

use serde_json::Value;

/// The texts of an input; `None` where it is no UTF-8, which none of our readers of texts ever sees.
pub(crate) fn texts(input: &[u8]) -> Option<Vec<&str>> {
    Some(std::str::from_utf8(input).ok()?.split('\0').collect())
}

/// A document of the input, or one that has something of everything where the input gives none.
pub(crate) fn document(text: Option<&str>) -> Value {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_else(|| {
        serde_json::json!({
            "a": {"b": [1, -2.5, "three", null, true, {"c": "é😀"}], "c": {"d": {}}},
            "items": [{"n": 1, "tag": "x"}, {"n": "2", "tag": "y"}, {"n": 3.5}, []],
            "text": "2026-11-21T01:02:03Z", "flag": false, "nothing": null, "n": 7,
            "list": [3, 1, 2], "empty": [], "é": "ü", "a-b": {"c d": 1}
        })
    })
}
