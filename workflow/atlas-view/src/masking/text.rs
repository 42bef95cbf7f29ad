//! Phone numbers, e-mail addresses and task tokens in any words, by what they look like.

/// Fewer digits after a `+` are no phone number (an offset from UTC has four).
const LEAST_DIGITS: usize = 7;
/// No address is longer.
const MOST_OF_ADDRESS: usize = 320;

/// A token of ours has 64 characters, one of AWS's several hundred.
const LEAST_OF_TOKEN: usize = 60;

/// The text with every phone number as `+…`, every e-mail address as `…@…` and every task token as `(token)`.
pub fn hidden(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(character) = characters.get(at) {
        let is_first = at == 0 || !is_of_token(characters[at - 1]);
        if let Some(length) = is_first.then(|| token(&characters[at..])).flatten() {
            shown.push_str("(token)");
            at += length;
        } else if *character == '+'
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

/// How long the task token is that begins here. A digest, a path or a name has no such mix of characters.
fn token(characters: &[char]) -> Option<usize> {
    let (mut length, mut upper, mut lower, mut digits) = (0, 0, 0, 0);
    for character in characters.iter().take_while(|other| is_of_token(**other)) {
        length += 1;
        upper += usize::from(character.is_ascii_uppercase());
        lower += usize::from(character.is_ascii_lowercase());
        digits += usize::from(character.is_ascii_digit());
    }
    let is_mixed = upper * 5 >= length && lower * 5 >= length && digits * 20 >= length;
    (length >= LEAST_OF_TOKEN && is_mixed).then_some(length)
}

fn is_of_token(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '+' | '/' | '=' | '-' | '_')
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
