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
        } else if is_begin_of_local(&characters[..at])
            && let Some(length) = local_number(&characters[at..])
        {
            shown.push_str("+…");
            at += length;
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

/// Whether a number without a `+` may begin behind this: not within a word, an id or another number.
fn is_begin_of_local(before: &[char]) -> bool {
    before.last().is_none_or(|last| !is_of_address(*last) && *last != '$')
}

/// How long the number is that begins here, as in North America they are written without a `+`: `(415) 555-0101`,
/// `415-555-0101`, with dots or spaces instead, or with a `1` before it. Digits alone are more often an id.
fn local_number(characters: &[char]) -> Option<usize> {
    let country = match characters {
        ['1', ' ' | '-' | '.', ..] => 2,
        _ => 0,
    };
    let rest = &characters[country..];
    let (area, separator, behind_area) = match rest {
        ['(', a, b, c, ')', separator @ (' ' | '-' | '.'), ..] => ([a, b, c], Some(separator), 6),
        ['(', a, b, c, ')', ..] => ([a, b, c], None, 5),
        [a, b, c, separator @ (' ' | '-' | '.'), ..] => ([a, b, c], Some(separator), 4),
        _ => return None,
    };
    let in_brackets = rest.first() == Some(&'(');
    let [a, b, c, between @ (' ' | '-' | '.'), last @ ..] = &rest[behind_area..] else {
        return None;
    };
    let is_code =
        |[a, b, c]: [&char; 3]| matches!(a, '2'..='9') && b.is_ascii_digit() && c.is_ascii_digit();
    let is_number = last.len() >= 4 && last[..4].iter().all(char::is_ascii_digit);
    let is_even = in_brackets || separator == Some(between);
    // A full stop may end a sentence.
    let is_end = match last.get(4..).unwrap_or_default() {
        ['.', after, ..] => !after.is_alphanumeric(),
        [after, ..] => *after == '.' || !is_of_address(*after),
        [] => true,
    };
    let is_one = is_code(area) && is_code([a, b, c]) && is_number && is_even && is_end;
    is_one.then_some(country + behind_area + 8)
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
            ("call (415) 555-0101.", "call +…."),
            ("(415)555-0101, 415-555-0101; 1-415-555-0101", "+…, +…; +…"),
            ("tel:415.555.0101 or 415 555 0101", "tel:+… or +…"),
            ("'1 (415) 555-0101'", "'+…'"),
        ] {
            assert_eq!(hidden(text), expected, "{text}");
        }
    }

    #[test]
    fn ids_digests_moments_and_accounts_are_no_numbers_of_a_telephone() {
        for text in [
            "4155550101",
            "123456789012",
            "arn:aws:states:us-east-1:415555010123:execution:m:415-555-01012",
            "1763770530123",
            "2026-11-20 09:15:30.123",
            "0190b6c3-4155-7555-8010-1aa0f0e0d0c0",
            "order-415-555-0101",
            "415-555-0101-7",
            "415-555-0101.json",
            "a415-555-0101",
            "415-555.0101",
            "112-555-0101",
            "415-155-0101",
            "10.415.555.0101",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "(415) 555",
            "took 415 555 ms",
            "1-",
            "",
        ] {
            assert_eq!(hidden(text), text);
        }
    }
}
