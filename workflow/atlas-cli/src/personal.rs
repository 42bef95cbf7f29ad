//! Phone numbers and e-mail addresses in other people's words: what goes to stderr may end up in a
//! log, so there they are hidden. stdout is the user's own data and shows them.

/// Fewer digits after a `+` are no phone number (an offset from UTC has four).
const LEAST_DIGITS: usize = 7;
/// No address is longer.
const MOST_OF_ADDRESS: usize = 320;

/// The text with every phone number as `+…` and every e-mail address as `…@…`.
pub(crate) fn hidden(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(character) = characters.get(at) {
        if *character == '+'
            && let Some(length) = phone_number(&characters[at + 1..])
        {
            shown.push_str("+…");
            at += 1 + length;
        } else if is_of_address(*character) {
            let ahead = characters[at..].iter().take(MOST_OF_ADDRESS);
            let word = ahead.take_while(|other| is_of_address(**other)).count();
            let word = &characters[at..at + word];
            if is_address(word) {
                shown.push_str("…@…");
                at += word.len();
            } else {
                // A number may begin in the middle of it.
                let rest = &word[1..];
                let length = rest.iter().position(|other| *other == '+').unwrap_or(rest.len());
                shown.extend(&word[..=length]);
                at += 1 + length;
            }
        } else {
            shown.push(*character);
            at += 1;
        }
    }
    shown
}

/// How long the number is that begins here, punctuation included.
fn phone_number(characters: &[char]) -> Option<usize> {
    let (mut digits, mut length) = (0, 0);
    for (at, character) in characters.iter().enumerate() {
        if character.is_ascii_digit() {
            digits += 1;
            length = at + 1;
        } else if !matches!(character, ' ' | '-' | '.' | '(' | ')') {
            break;
        }
    }
    (digits >= LEAST_DIGITS).then_some(length)
}

fn is_of_address(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '@' | '.' | '_' | '%' | '+' | '-')
}

fn is_address(word: &[char]) -> bool {
    let Some(sign) = word.iter().position(|character| *character == '@') else { return false };
    let named = |part: &[char]| part.iter().any(|character| character.is_alphanumeric());
    named(&word[..sign]) && named(&word[sign + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_addresses_are_hidden_and_nothing_else_is() {
        for (text, expected) in [
            ("", ""),
            ("call +14155550123 now", "call +… now"),
            ("'+1 (415) 555-0123'", "'+…'"),
            ("{\"phone\":\"+14155550123\",\"n\":1}", "{\"phone\":\"+…\",\"n\":1}"),
            ("ada@example.com", "…@…"),
            ("<ada.lovelace+demo@example.co.uk>", "<…@…>"),
            ("tel+14155550123", "tel+…"),
            ("josé@exámple.es", "…@…"),
            ("2026-11-20T09:15:30-06:00", "2026-11-20T09:15:30-06:00"),
            ("2026-11-20T09:15:30.123+0530", "2026-11-20T09:15:30.123+0530"),
            ("`@FILE` or `-`, 1 + 1", "`@FILE` or `-`, 1 + 1"),
            ("arn:aws:states:us-east-1:123456789012:x", "arn:aws:states:us-east-1:123456789012:x"),
        ] {
            assert_eq!(hidden(text), expected, "{text}");
        }
    }
}
