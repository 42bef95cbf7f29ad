//! Text from a definition on a terminal or in a drawing: state names are any text, so what would
//! move the cursor, colour the screen or turn the line round is shown escaped, never sent.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The text with everything invisible or commanding written out: `\n`, `\u{1b}`, `\u{202e}`.
pub fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() || is_formatting(character) {
            cleaned.extend(character.escape_default());
        } else {
            cleaned.push(character);
        }
    }
    cleaned
}

/// How many columns the text takes.
pub fn columns(text: &str) -> usize {
    text.width()
}

/// Cleaned, and cut to this many columns with `…` where it is longer.
pub fn fit(text: &str, width: usize) -> String {
    let cleaned = clean(text);
    if columns(&cleaned) <= width {
        return cleaned;
    }
    let mut cut = String::new();
    let mut used = 1;
    for character in cleaned.chars() {
        used += character.width().unwrap_or(0);
        if used > width {
            break;
        }
        cut.push(character);
    }
    if width > 0 {
        cut.push('…');
    }
    cut
}

/// `fit`, filled up with spaces on the right.
pub fn column(text: &str, width: usize) -> String {
    let mut cell = fit(text, width);
    let used = columns(&cell);
    cell.extend(std::iter::repeat_n(' ', width.saturating_sub(used)));
    cell
}

/// Characters that show nothing and change how their neighbours are shown.
fn is_formatting(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hostile_reaches_the_terminal() {
        for (text, width, expected) in [
            ("CreateLead", 20, "CreateLead"),
            ("a\nb", 20, "a\\nb"),
            ("\u{1b}[31mred", 20, "\\u{1b}[31mred"),
            ("abc\u{202e}cba", 20, "abc\\u{202e}cba"),
            ("zero\u{200b}width", 30, "zero\\u{200b}width"),
            ("a long name", 6, "a lon…"),
            ("電話をかける", 7, "電話を…"),
            ("電話をかける", 6, "電話…"),
            ("x", 0, ""),
        ] {
            assert_eq!(fit(text, width), expected, "{text:?}");
            assert!(columns(&fit(text, width)) <= width);
        }
    }

    #[test]
    fn a_column_is_as_wide_as_asked() {
        for text in ["", "short", "電話", "a very long name indeed"] {
            assert_eq!(columns(&column(text, 9)), 9, "{text:?}");
        }
    }
}
