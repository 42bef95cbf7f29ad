//! The part of a long text that a message shows: what is around the place that it is about.

/// Texts up to this length are shown whole.
const LONGEST: usize = 160;
/// How much of a longer one is shown before the place, and after it.
const AROUND: usize = 60;

/// The text around a place, which is counted in characters from 1.
pub(crate) fn excerpt(text: &str, position: usize) -> String {
    let length = text.chars().count();
    if length <= LONGEST {
        return text.to_owned();
    }
    let first = position.min(length).saturating_sub(AROUND);
    let last = position.saturating_add(AROUND).min(length);
    let shown: String = text.chars().skip(first).take(last - first).collect();
    let before = if first > 0 { "…" } else { "" };
    let after = if last < length { "…" } else { "" };
    format!("{before}{shown}{after}")
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn a_long_text_is_shown_around_the_place() {
        let long = format!("{}é{}", "a".repeat(100), "b".repeat(100));
        for (text, position, expected) in [
            ("$.lead[", 7, "$.lead[".to_owned()),
            (&long, 101, format!("…{}é{}…", "a".repeat(59), "b".repeat(60))),
            (&long, 1, format!("{}…", "a".repeat(61))),
            (&long, 201, format!("…{}", "b".repeat(60))),
            (&long, usize::MAX, format!("…{}", "b".repeat(60))),
        ] {
            assert_eq!(excerpt(text, position), expected, "{position}");
        }
    }
}
