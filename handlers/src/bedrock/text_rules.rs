//! What a text may hold that a model wrote and a voice will speak; and how foreign text is made
//! harmless.

/// More points than this nobody listens to.
pub const MAX_TALKING_POINTS: usize = 5;

/// Why a text is not taken. It is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BrokenRule {
    /// Nothing in it.
    #[error("it is blank")]
    Blank,
    /// Longer than its slot.
    #[error("it is longer than {0} characters")]
    TooLong(usize),
    /// Control or invisible characters.
    #[error("it holds control characters")]
    Control,
    /// SSML, HTML, Markdown, code.
    #[error("it holds markup")]
    Markup,
    /// An address on the web, or of a mailbox.
    #[error("it holds a URL or an address")]
    Address,
    /// A run of digits that a phone could call.
    #[error("it holds a phone number")]
    PhoneNumber,
    /// A brace that is none of our slots.
    #[error("it holds a slot that is not known")]
    Slot,
}

/// More digits than a year or a price has.
const MAX_DIGITS: usize = 6;

/// Checks a text against the rules that hold for every text of a model.
pub(super) fn check(text: &str, max_characters: usize, slots: &[&str]) -> Result<(), BrokenRule> {
    if text.trim().is_empty() {
        return Err(BrokenRule::Blank);
    }
    if text.chars().count() > max_characters {
        return Err(BrokenRule::TooLong(max_characters));
    }
    if text.chars().any(is_hidden) {
        return Err(BrokenRule::Control);
    }
    let without_slots = slots.iter().fold(text.to_owned(), |text, slot| text.replace(slot, " "));
    if without_slots.contains(['{', '}']) {
        return Err(BrokenRule::Slot);
    }
    if without_slots.contains(['<', '>', '`', '*', '[', ']', '#', '|', '\\', '_', '~'])
        || has_entity(&without_slots)
    {
        return Err(BrokenRule::Markup);
    }
    if has_address(&without_slots) {
        return Err(BrokenRule::Address);
    }
    if has_phone_number(&without_slots) {
        return Err(BrokenRule::PhoneNumber);
    }
    Ok(())
}

/// Control characters, and those that show nothing or turn the direction of what follows.
pub(super) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Foreign text as one plain line: hidden characters become spaces, spaces collapse, the rest of a
/// text that is too long is left away.
pub fn plain(text: &str, max_characters: usize) -> String {
    // A bound on what is looked at, so that a text of megabytes costs no more than a long one.
    let shown = text.chars().take(max_characters.saturating_mul(4));
    let spaced: String = shown.map(|c| if is_hidden(c) { ' ' } else { c }).collect();
    let line = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(max_characters).collect::<String>().trim_end().to_owned()
}

/// Text for SSML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// What [`escape`] was given.
pub fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn has_entity(text: &str) -> bool {
    text.split('&').skip(1).any(|rest| {
        let name = rest.split(';').next().unwrap_or_default();
        name.len() < rest.len() && !name.is_empty() && !name.contains(char::is_whitespace)
    })
}

fn has_address(text: &str) -> bool {
    let lower = text.to_lowercase();
    lower.contains("://")
        || lower.contains("www.")
        || lower.contains('@')
        || lower.split_whitespace().any(is_like_a_domain)
}

/// `example.com`, `sub.example.co.uk/path`: a dot between two letters or digits.
fn is_like_a_domain(word: &str) -> bool {
    let mut parts = word.split(['.', '。', '．']).peekable();
    while let Some(part) = parts.next() {
        let Some(next) = parts.peek() else { return false };
        let letters = next.chars().take_while(|c| c.is_alphabetic()).count();
        if part.chars().next_back().is_some_and(char::is_alphanumeric) && letters >= 2 {
            return true;
        }
    }
    false
}

/// A run of many digits, whatever separates them.
fn has_phone_number(text: &str) -> bool {
    let mut digits = 0;
    for character in text.chars() {
        if character.is_numeric() {
            digits += 1;
            if digits > MAX_DIGITS {
                return true;
            }
        } else if !matches!(character, ' ' | '-' | '.' | '(' | ')' | '/' | '+' | '\u{a0}' | '–') {
            digits = 0;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_with_markup_addresses_or_numbers_are_not_taken() {
        let slots = ["{firstName}", "{company}"];
        let check = |text: &str, expected: Result<(), BrokenRule>| {
            assert_eq!(check(text, 80, &slots), expected, "{text:?}");
        };
        check("Hello {firstName}, how is {company}?", Ok(()));
        check("Fast. Secure. 20 % off in 2026, Q&A at 9.30.", Ok(()));
        check("¿Qué tal, {firstName}?", Ok(()));
        check(" \n", Err(BrokenRule::Blank));
        check(&"x".repeat(81), Err(BrokenRule::TooLong(80)));
        check("a\u{0}b", Err(BrokenRule::Control));
        check("a\u{202e}b", Err(BrokenRule::Control));
        check("<break time='10s'/>", Err(BrokenRule::Markup));
        check("&lt;speak&gt;", Err(BrokenRule::Markup));
        check("**now**", Err(BrokenRule::Markup));
        check("[here](x)", Err(BrokenRule::Markup));
        check("see https://x", Err(BrokenRule::Address));
        check("see evil.example/now", Err(BrokenRule::Address));
        check("mail a@b", Err(BrokenRule::Address));
        check("call +1 (415) 555-0123", Err(BrokenRule::PhoneNumber));
        check("call ٠١٢٣٤٥٦٧", Err(BrokenRule::PhoneNumber));
        check("Hi {lastName}", Err(BrokenRule::Slot));
        check("Hi {{firstName}}", Err(BrokenRule::Slot));
    }

    #[test]
    fn foreign_text_becomes_one_plain_line_of_bounded_length() {
        assert_eq!(plain("  a\u{0}\nb\t\u{202e}c ", 80), "a b c");
        assert_eq!(plain(&"ä".repeat(100_000), 10), "ä".repeat(10));
        assert_eq!(plain("\u{0}\u{1}", 10), "");
    }

    #[test]
    fn escapes_come_back() {
        let text = "Marks & Spencer <i> &amp;";
        assert_eq!(escape(text), "Marks &amp; Spencer &lt;i&gt; &amp;amp;");
        assert_eq!(unescape(&escape(text)), text);
    }
}
