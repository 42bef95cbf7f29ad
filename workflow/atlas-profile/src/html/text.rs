//! Text in a page: whatever a definition or a trace names stays text.

/// Escapes text for an element or an attribute. Control characters become spaces, and those that turn the
/// direction of writing the sign for what cannot be shown; marks of a direction are left out.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\u{200e}' | '\u{200f}' => {}
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => safe.push('\u{fffd}'),
            letter if letter.is_control() => safe.push(' '),
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_direction_stay_text() {
        for (text, expected) in [
            ("a", "a"),
            ("<script>'\"&", "&lt;script&gt;&#39;&quot;&amp;"),
            ("a\u{202e}b\nc\u{200f}", "a\u{fffd}b c"),
            ("\u{202a}\u{2066}\u{2069}", "\u{fffd}\u{fffd}\u{fffd}"),
        ] {
            assert_eq!(escape(text), expected);
        }
    }
}
