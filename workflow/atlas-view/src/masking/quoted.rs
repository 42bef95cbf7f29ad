//! Fields of documents that a text quotes, cut off or not: AWS's sentences show the input that a path was not
//! found in.

use super::fields::{Kind, LONGEST_NAME};

/// The text with the values of fields that are to be masked, as `"firstName": "…"`, however often their
/// quotation marks are escaped.
pub(super) fn masked(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(found) = rest.find('"') {
        let (before, from_quote) = rest.split_at(found);
        shown.push_str(before);
        match field(before, from_quote) {
            Some((name_and_colon, mask, after)) => {
                shown.push_str(name_and_colon);
                shown.push_str(&mask);
                rest = after;
            }
            None => {
                shown.push('"');
                rest = &from_quote[1..];
            }
        }
    }
    shown.push_str(rest);
    shown
}

/// A field that begins with this quotation mark and is to be masked: its name and what follows up to its value,
/// what is shown for the value, and the text behind that.
fn field<'a>(before: &str, from_quote: &'a str) -> Option<(&'a str, String, &'a str)> {
    let escapes = before.len() - before.trim_end_matches('\\').len();
    let mark = format!("{}\"", "\\".repeat(escapes));
    let name = &from_quote[1..];
    let end = name.char_indices().map(|(at, _)| at).take(LONGEST_NAME + 1);
    let end = end.take_while(|at| !name[*at..].starts_with('"')).last()?;
    let end = end + name[end..].chars().next()?.len_utf8();
    let kind = Kind::of(name[..end].trim_end_matches('\\'))?;
    let value = name[end..].strip_prefix('"')?.trim_start().strip_prefix(':')?.trim_start();
    let head = &from_quote[..from_quote.len() - value.len()];
    let Some(text) = value.strip_prefix(mark.as_str()) else {
        let number = value.find(|other: char| !other.is_ascii_digit()).unwrap_or(value.len());
        return (number > 0).then(|| (head, kind.mask().to_owned(), &value[number..]));
    };
    let after = &text[end_of(text, escapes)..];
    Some((head, format!("{mark}{}", kind.mask()), after))
}

/// Where the text of a value ends: at a quotation mark that is not escaped more often than its first one.
fn end_of(text: &str, escapes: usize) -> usize {
    let mut from = 0;
    while let Some(found) = text[from..].find('"') {
        let at = from + found;
        let escaped = text[..at].len() - text[..at].trim_end_matches('\\').len();
        if escaped <= escapes {
            return at - escaped;
        }
        from = at + 1;
    }
    text.len()
}
