//! What is wrong with a text that is not JSON, and what would have been.

use std::ops::ControlFlow;

use jsonc_parser::{
    ParseStringErrorKind,
    errors::{ParseError, ParseErrorKind},
};

use crate::diagnostic::{Code, Diagnostic, Position};

/// The first thing that keeps a text from being JSON.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}; {hint}")]
pub struct Malformed {
    pub(super) offset: usize,
    code: Code,
    message: String,
    hint: String,
}

impl Malformed {
    fn new(offset: usize, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            offset,
            code: Code::InvalidJsonDescription,
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// There is no text.
    pub(super) fn empty() -> Self {
        Self {
            code: Code::MissingDescription,
            ..Self::new(
                0,
                "the definition is empty",
                "write a JSON object with `StartAt` and `States`",
            )
        }
    }

    /// The byte at which it stands.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Whether it nests too deep to be read.
    pub fn is_too_deep(&self) -> bool {
        self.code == Code::TooDeeplyNested
    }

    pub(super) fn into_diagnostic(self, position: Position) -> Diagnostic {
        let mut diagnostic = Diagnostic::error(self.code, "", self.message).hint(self.hint);
        diagnostic.position = Some(position);
        diagnostic
    }
}

/// Finds what the JSON parser would let pass, and nesting that is too deep for it.
pub(super) fn scan(text: &str, max_depth: usize) -> Option<Malformed> {
    if text.starts_with('\u{feff}') {
        return Some(Malformed::new(
            0,
            "the text begins with a byte order mark",
            "save it as UTF-8 without a byte order mark",
        ));
    }
    let mut scan = Scan { depth: 0, max_depth, inside: Inside::Nothing };
    // Every byte that matters is ASCII, and bytes of other characters are all above ASCII.
    let found = text.bytes().enumerate().try_for_each(|(at, byte)| match scan.step(byte) {
        None => ControlFlow::Continue(()),
        Some(fault) => ControlFlow::Break((at, fault)),
    });
    let ControlFlow::Break((at, fault)) = found else { return None };
    Some(match fault {
        Fault::TooDeep => Malformed {
            code: Code::TooDeeplyNested,
            ..Malformed::new(
                at,
                format!("the definition is nested more than {max_depth} levels deep"),
                "move inner flows into state machines of their own",
            )
        },
        Fault::Control => Malformed::new(
            at,
            format!("control character U+{:04X} inside a string", text.as_bytes()[at]),
            "write it as an escape such as `\\n`, or close the string with `\"` before it",
        ),
        Fault::Character => {
            let character = text[at..].chars().next().unwrap_or_default();
            Malformed::new(
                at,
                format!("unexpected character {}", shown(character)),
                "outside strings JSON has only ASCII text, spaces, tabs and line breaks",
            )
        }
    })
}

struct Scan {
    depth: usize,
    max_depth: usize,
    inside: Inside,
}

enum Inside {
    Nothing,
    Text,
    Escape,
}

enum Fault {
    TooDeep,
    Control,
    Character,
}

impl Scan {
    fn step(&mut self, byte: u8) -> Option<Fault> {
        match self.inside {
            Inside::Text | Inside::Escape if byte < b' ' => return Some(Fault::Control),
            Inside::Escape => self.inside = Inside::Text,
            Inside::Text => match byte {
                b'"' => self.inside = Inside::Nothing,
                b'\\' => self.inside = Inside::Escape,
                _ => {}
            },
            Inside::Nothing => match byte {
                b'"' => self.inside = Inside::Text,
                b'{' | b'[' => {
                    self.depth += 1;
                    if self.depth > self.max_depth {
                        return Some(Fault::TooDeep);
                    }
                }
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                b'\t' | b'\n' | b'\r' => {}
                byte if !(b' '..0x7f).contains(&byte) => return Some(Fault::Character),
                _ => {}
            },
        }
        None
    }
}

fn shown(character: char) -> String {
    if character.is_control() || character.is_whitespace() {
        format!("U+{:04X}", u32::from(character))
    } else {
        format!("`{character}`")
    }
}

/// Says in our words what the JSON parser found.
pub(super) fn explain(text: &str, error: &ParseError) -> Malformed {
    use ParseErrorKind as Kind;
    let offset = text.floor_char_boundary(error.range().start);
    let rest = &text[offset..];
    let found = rest.chars().next().map_or_else(|| "the end of the text".to_owned(), shown);
    match error.kind() {
        Kind::UnexpectedWord | Kind::NonFiniteNumbersNotAllowed => unrecognized(offset, rest),
        Kind::UnexpectedToken if rest.starts_with(char::is_alphabetic) => {
            unrecognized(offset, rest)
        }
        Kind::CommentsNotAllowed | Kind::UnterminatedCommentBlock => Malformed::new(
            offset,
            "comments are not JSON",
            "put the text into a `Comment` field, which states and rules have",
        ),
        Kind::TrailingCommasNotAllowed => Malformed::new(
            offset,
            "a comma with nothing after it",
            "remove the comma before the closing bracket",
        ),
        Kind::ExpectedComma => {
            Malformed::new(offset, "a comma is missing", "put `,` between two fields or elements")
        }
        Kind::SingleQuotedStringsNotAllowed => {
            Malformed::new(offset, "a string in single quotes", "use double quotes: `\"`")
        }
        Kind::ExpectedStringObjectProperty => Malformed::new(
            offset,
            format!("a field name without quotes begins with {found}"),
            "put it in double quotes",
        ),
        Kind::ExpectedColonAfterObjectKey => Malformed::new(
            offset,
            format!("{found} where the `:` after a field name should be"),
            "write `\"Name\": value`",
        ),
        Kind::ExpectedObjectValue => {
            Malformed::new(offset, "a field has no value", "write `\"Name\": value`")
        }
        Kind::MultipleRootJsonValues => Malformed::new(
            offset,
            format!("{found} after the end of the definition"),
            "a definition is one JSON object and nothing else",
        ),
        Kind::UnterminatedArray => {
            Malformed::new(offset, "this `[` is never closed", "add the missing `]`")
        }
        Kind::UnterminatedObject => {
            Malformed::new(offset, "this `{` is never closed", "add the missing `}`")
        }
        Kind::String(kind) => string(offset, kind),
        Kind::BareDecimalPointNumbersNotAllowed
        | Kind::ExpectedDigit
        | Kind::ExpectedDigitFollowingNegativeSign
        | Kind::ExpectedPlusMinusOrDigitInNumberLiteral
        | Kind::HexadecimalNumbersNotAllowed
        | Kind::UnaryPlusNumbersNotAllowed => Malformed::new(
            offset,
            "this is not a number of JSON",
            "write it in decimal, with digits on both sides of a point and no `+`: `-12.5e3`",
        ),
        Kind::UnexpectedCloseBrace
        | Kind::UnexpectedCloseBracket
        | Kind::UnexpectedColon
        | Kind::UnexpectedComma
        | Kind::UnexpectedToken
        | Kind::UnexpectedTokenInObject
        | Kind::NestingDepthExceeded => Malformed::new(
            offset,
            format!("unexpected {found}"),
            "expected a value, a field name in double quotes or a closing bracket",
        ),
    }
}

/// AWS's text for a word that JSON does not have.
fn unrecognized(offset: usize, rest: &str) -> Malformed {
    let signed = rest.strip_prefix('-').unwrap_or(rest);
    let word: String = signed.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let hint = match word.as_str() {
        "NaN" | "Infinity" => "JSON has no such number; use `null`".to_owned(),
        _ => match crate::suggest::suggest(&word, ["true", "false", "null"]) {
            Some(right) => format!("did you mean `{right}`?"),
            None => "a definition is a JSON object: `{\"StartAt\": …, \"States\": {…}}`; text stands in double quotes".to_owned(),
        },
    };
    Malformed::new(
        offset,
        format!(
            "Unrecognized token '{word}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
        ),
        hint,
    )
}

fn string(offset: usize, kind: &ParseStringErrorKind) -> Malformed {
    match kind {
        ParseStringErrorKind::UnterminatedStringLiteral => {
            Malformed::new(offset, "this string is never closed", "add the missing `\"`")
        }
        ParseStringErrorKind::ExpectedFourHexDigits
        | ParseStringErrorKind::ExpectedTwoHexDigits
        | ParseStringErrorKind::InvalidUnicodeEscapeSequence(_) => Malformed::new(
            offset,
            "this is no Unicode escape",
            "write four hexadecimal digits, and both halves of a surrogate pair: `\\uD83D\\uDCDE`",
        ),
        ParseStringErrorKind::InvalidEscapeInSingleQuoteString
        | ParseStringErrorKind::InvalidEscapeInDoubleQuoteString
        | ParseStringErrorKind::InvalidEscape => Malformed::new(
            offset,
            "this escape is not JSON's",
            "JSON has `\\\"`, `\\\\`, `\\/`, `\\b`, `\\f`, `\\n`, `\\r`, `\\t` and `\\uXXXX`; write a backslash as `\\\\`",
        ),
    }
}
