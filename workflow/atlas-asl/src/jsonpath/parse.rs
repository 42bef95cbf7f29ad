//! Reads a path from left to right, one character at a time.

use super::{
    InvalidPath, Path,
    function::Function,
    parse_filter,
    path::{Root, Step},
};

/// The deepest that filters, parentheses and arguments may stand in each other.
const DEEPEST: usize = 32;

/// A place in a text that is being read.
pub(super) struct Cursor<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

/// Reads a whole text as a path.
pub(super) fn parse(text: &str) -> Result<Path, InvalidPath> {
    let mut cursor = Cursor { text, at: 0, depth: 0 };
    if !cursor.take("$") {
        return Err(cursor.error("a path starts with `$`"));
    }
    let path = read(&mut cursor, Inside::Field)?;
    match cursor.peek() {
        None => Ok(path),
        Some(_) => Err(cursor.error("expected `.`, `[` or the end")),
    }
}

/// Where a path stands, which decides what ends it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    /// It is the whole text.
    Field,
    /// Within a filter or the arguments of a function: blanks, operators, commas and brackets end it.
    Filter,
}

/// Reads a path whose `$` or, within a filter, whose `@` has just been taken.
pub(super) fn read(cursor: &mut Cursor<'_>, inside: Inside) -> Result<Path, InvalidPath> {
    let start = cursor.at - 1;
    let root = if cursor.text[start..].starts_with('@') {
        Root::Current
    } else if cursor.take("$") {
        Root::Context
    } else {
        let name = cursor.take_while(|c| c.is_alphanumeric() || c == '_');
        if name.is_empty() { Root::Input } else { Root::Variable(name.into()) }
    };
    let mut steps = Vec::new();
    loop {
        if let Some(Step::Function(_)) = steps.last() {
            break;
        }
        if cursor.take("..") {
            steps.push(Step::Descendants);
            if cursor.take("[") {
                steps.push(bracket(cursor)?);
            } else {
                steps.push(after_dot(cursor, inside)?);
            }
        } else if cursor.take(".") {
            steps.push(after_dot(cursor, inside)?);
        } else if cursor.take("[") {
            steps.push(bracket(cursor)?);
        } else {
            break;
        }
    }
    Ok(Path::new(&cursor.text[start..cursor.at], root, steps))
}

/// A name, `*` or a function.
fn after_dot(cursor: &mut Cursor<'_>, inside: Inside) -> Result<Step, InvalidPath> {
    if cursor.take("*") {
        return Ok(Step::Wildcard);
    }
    let name = cursor.take_while(|c| match c {
        '.' | '[' | '(' | ' ' => false,
        '\t' | '\n' | '\r' => false,
        '<' | '>' | '=' | '~' | '!' | '&' | '|' | ')' | ',' | ']' => inside == Inside::Field,
        _ => !c.is_control(),
    });
    if name.is_empty() {
        return Err(cursor.error("expected a name or `*` after `.`"));
    }
    if !cursor.take("(") {
        return match cursor.peek() {
            Some(' ') if inside == Inside::Field => {
                Err(cursor.error("a name with blanks stands in brackets: `['my name']`"))
            }
            _ => Ok(Step::Name(name.into())),
        };
    }
    let mut arguments = Vec::new();
    cursor.enter()?;
    cursor.skip_blanks();
    while !cursor.take(")") {
        if !arguments.is_empty() && !cursor.take(",") {
            return Err(cursor.error("expected `,` or `)`"));
        }
        arguments.push(parse_filter::operand(cursor)?);
        cursor.skip_blanks();
    }
    cursor.leave();
    Function::new(name, arguments)
        .map(Step::Function)
        .ok_or_else(|| cursor.error(&format!("there is no function `{name}()`")))
}

/// What stands after `[`, up to and with its `]`.
fn bracket(cursor: &mut Cursor<'_>) -> Result<Step, InvalidPath> {
    cursor.skip_blanks();
    let step = match cursor.peek() {
        Some('\'' | '"') => names(cursor)?,
        Some('*') => {
            cursor.take("*");
            Step::Wildcard
        }
        Some('?') => {
            cursor.take("?");
            cursor.skip_blanks();
            if cursor.peek() != Some('(') {
                return Err(cursor.error("a filter stands in parentheses: `[?(@.price > 1)]`"));
            }
            cursor.enter()?;
            let filter = parse_filter::filter(cursor)?;
            cursor.leave();
            Step::Filter(filter)
        }
        Some('-' | ':' | '0'..='9') => numbers(cursor)?,
        _ => {
            return Err(
                cursor.error("expected a quoted name, an index, a slice, `*` or `?(` after `[`")
            );
        }
    };
    cursor.skip_blanks();
    if cursor.take("]") { Ok(step) } else { Err(cursor.error("expected `]`")) }
}

fn names(cursor: &mut Cursor<'_>) -> Result<Step, InvalidPath> {
    let mut names: Vec<Box<str>> = Vec::new();
    loop {
        cursor.skip_blanks();
        names.push(cursor.quoted()?.into());
        cursor.skip_blanks();
        if !cursor.take(",") {
            break;
        }
    }
    Ok(match <[Box<str>; 1]>::try_from(names) {
        Ok([name]) => Step::Name(name),
        Err(names) => Step::Names(names),
    })
}

fn numbers(cursor: &mut Cursor<'_>) -> Result<Step, InvalidPath> {
    let first = cursor.integer()?;
    cursor.skip_blanks();
    if cursor.take(":") {
        cursor.skip_blanks();
        let last = cursor.integer()?;
        cursor.skip_blanks();
        if cursor.take(":") {
            // Jayway takes a step and pays it no heed.
            cursor.skip_blanks();
            cursor.integer()?;
        }
        return match (first, last) {
            (None, None) => Err(cursor.error("a slice has a start or an end: `[0:]`")),
            _ => Ok(Step::Slice(first, last)),
        };
    }
    let expected = |cursor: &Cursor<'_>| cursor.error("expected an index");
    let mut indexes = vec![first.ok_or_else(|| expected(cursor))?];
    while cursor.take(",") {
        cursor.skip_blanks();
        indexes.push(cursor.integer()?.ok_or_else(|| expected(cursor))?);
        cursor.skip_blanks();
    }
    Ok(match indexes[..] {
        [index] => Step::Index(index),
        _ => Step::Indexes(indexes),
    })
}

impl<'t> Cursor<'t> {
    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The text from here on.
    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// Goes past this text, if it stands here.
    pub(super) fn take(&mut self, text: &str) -> bool {
        let here = self.rest().starts_with(text);
        if here {
            self.at += text.len();
        }
        here
    }

    /// Goes past the characters that belong, and gives them.
    pub(super) fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    pub(super) fn skip_blanks(&mut self) {
        self.take_while(|c| matches!(c, ' ' | '\t' | '\n' | '\r'));
    }

    /// Notes that something nests here, and refuses what nests too deep.
    pub(super) fn enter(&mut self) -> Result<(), InvalidPath> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.error("filters nest too deep; 32 levels are the most"));
        }
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// A text in single or double quotes, its backslashes resolved.
    pub(super) fn quoted(&mut self) -> Result<String, InvalidPath> {
        let quote = if self.take("'") {
            '\''
        } else if self.take("\"") {
            '"'
        } else {
            return Err(self.error("expected a quoted name"));
        };
        let mut text = String::new();
        let mut rest = self.rest().char_indices();
        while let Some((at, c)) = rest.next() {
            if c == quote {
                self.at += at + 1;
                return Ok(text);
            }
            if c != '\\' {
                text.push(c);
                continue;
            }
            match rest.next().map(|(_, escaped)| escaped) {
                Some('n') => text.push('\n'),
                Some('r') => text.push('\r'),
                Some('t') => text.push('\t'),
                Some('b') => text.push('\u{8}'),
                Some('f') => text.push('\u{c}'),
                Some('u') => {
                    let code: String = rest.by_ref().take(4).map(|(_, digit)| digit).collect();
                    let mut units = vec![unit(&code).ok_or_else(|| {
                        self.error("`\\u` is followed by four hexadecimal digits")
                    })?];
                    if (0xD800..0xDC00).contains(&units[0]) {
                        let next: String = rest.by_ref().take(6).map(|(_, digit)| digit).collect();
                        units.extend(next.strip_prefix("\\u").and_then(unit));
                    }
                    text.push_str(
                        &String::from_utf16(&units)
                            .map_err(|_| self.error("a surrogate needs its other half"))?,
                    );
                }
                Some(c) => text.push(c),
                None => break,
            }
        }
        Err(self.error("the quote is never closed"))
    }

    /// A whole number, if one stands here.
    fn integer(&mut self) -> Result<Option<i64>, InvalidPath> {
        let digits = self.take_while(|c| c == '-' || c.is_ascii_digit());
        if digits.is_empty() {
            return Ok(None);
        }
        // Jayway reads Java's `int`.
        digits
            .parse::<i32>()
            .map(|number| Some(number.into()))
            .map_err(|_| self.error("an index is a whole number of 32 bits"))
    }

    /// What is wrong here.
    pub(super) fn error(&self, reason: &str) -> InvalidPath {
        InvalidPath {
            path: self.text.to_owned(),
            reason: reason.to_owned(),
            position: self.text[..self.at].chars().count() + 1,
        }
    }
}

fn unit(digits: &str) -> Option<u16> {
    let hexadecimal = digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    hexadecimal.then(|| u16::from_str_radix(digits, 16).ok()).flatten()
}
