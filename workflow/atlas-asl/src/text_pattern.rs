//! `StringMatches`: a text in which `*` stands for any characters, none included.

/// A compiled pattern: the literal pieces between its stars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextPattern {
    pieces: Vec<String>,
}

impl TextPattern {
    /// Compiles a pattern. `\*` is a star and `\\` a backslash; AWS takes any other character as itself.
    pub(crate) fn new(pattern: &str) -> Self {
        let mut pieces = vec![String::new()];
        let mut characters = pattern.chars().peekable();
        while let Some(c) = characters.next() {
            let literal = match (c, characters.peek()) {
                ('*', _) => {
                    pieces.push(String::new());
                    continue;
                }
                ('\\', Some(escaped @ ('*' | '\\'))) => {
                    let escaped = *escaped;
                    characters.next();
                    escaped
                }
                (c, _) => c,
            };
            if let Some(piece) = pieces.last_mut() {
                piece.push(literal);
            }
        }
        Self { pieces }
    }

    /// Whether the whole text matches. Each piece is looked for once: the first place is as good as any.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let [first, middle @ .., last] = &self.pieces[..] else {
            return self.pieces.first().is_some_and(|only| only == text);
        };
        let Some(rest) = text.strip_prefix(first.as_str()) else { return false };
        let Some(mut rest) = rest.strip_suffix(last.as_str()) else { return false };
        for piece in middle {
            match rest.split_once(piece.as_str()) {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::TextPattern;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("foo*.log", "foo.log", true),
            ("foo*.log", "foo23.log", true),
            ("*.log", "zebra.log", true),
            ("foo*.*", "foobar.zebra", true),
            ("foo*.log", "foo.logs", false),
            ("ab*ba", "aba", false),
            ("a*b*c", "a-c-b-c", true),
            ("a*b*c", "acb", false),
            (r"a\*", "a*", true),
            (r"a\*", "ab", false),
            (r"a\\*", r"a\b", true),
            (r"a\b", r"a\b", true),
            ("é*ü", "é-ü", true),
            ("", "", true),
            ("", "x", false),
        ] {
            assert_eq!(TextPattern::new(pattern).matches(text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn hostile_patterns_take_no_time() {
        let pattern = TextPattern::new(&"*a".repeat(2_000));
        assert!(!pattern.matches(&format!("{}b", "a".repeat(1_999))));
    }
}
