//! A unified diff of two texts.

use similar::TextDiff;

/// The changes with three lines around each; empty where there are none.
pub fn unified(original: &str, rewritten: &str, file: &str) -> String {
    let diff = TextDiff::from_lines(original, rewritten);
    let (before, after) = (format!("a/{file}"), format!("b/{file}"));
    diff.unified_diff().context_radius(3).header(&before, &after).to_string()
}
