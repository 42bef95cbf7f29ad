//! Reads a call and its arguments.

use serde_json::Value;

use super::{
    InvalidIntrinsic,
    call::{Argument, Call, Function},
};
use crate::jsonpath::Path;

/// The deepest that calls may stand in each other; AWS takes ten.
const DEEPEST: usize = 10;

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

/// Reads a whole text as a call.
pub(super) fn parse(text: &str) -> Result<Call, InvalidIntrinsic> {
    let mut reader = Reader { text, at: 0 };
    reader.skip_blanks();
    let call = reader.call(1)?;
    reader.skip_blanks();
    if reader.rest().is_empty() {
        Ok(call)
    } else {
        Err(reader.error("expected the end after the call"))
    }
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn take(&mut self, text: &str) -> bool {
        let here = self.rest().starts_with(text);
        if here {
            self.at += text.len();
        }
        here
    }

    fn take_while(&mut self, mut belongs: impl FnMut(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn skip_blanks(&mut self) {
        self.take_while(char::is_whitespace);
    }

    fn call(&mut self, depth: usize) -> Result<Call, InvalidIntrinsic> {
        if !self.take("States.") {
            return Err(self.error("expected `States.` and the name of a function"));
        }
        if depth > DEEPEST {
            return Err(self.error("intrinsic functions nest at most 10 deep"));
        }
        let start = self.at;
        let name = self.take_while(char::is_alphanumeric);
        let Some(function) = Function::from_name(name) else {
            self.at = start;
            return Err(self.error(&format!("there is no function `States.{name}`")));
        };
        if !self.take("(") {
            return Err(self.error("expected `(`"));
        }
        let mut arguments = Vec::new();
        self.skip_blanks();
        if !self.take(")") {
            loop {
                self.skip_blanks();
                arguments.push(self.argument(depth)?);
                self.skip_blanks();
                if self.take(")") {
                    break;
                }
                if !self.take(",") {
                    return Err(self.error("expected `,` or `)`"));
                }
            }
        }
        let arity = function.arity();
        if !arity.contains(&arguments.len()) {
            let takes = match (arity.start(), arity.end()) {
                (least, most) if least == most => least.to_string(),
                (least, most) if *most >= 1000 => format!("at least {least}"),
                (least, most) => format!("{least} to {most}"),
            };
            return Err(self.error(&format!(
                "`States.{}` takes {takes} arguments, not {}",
                function.name(),
                arguments.len()
            )));
        }
        Ok(Call { function, arguments })
    }

    fn argument(&mut self, depth: usize) -> Result<Argument, InvalidIntrinsic> {
        match self.rest().chars().next() {
            Some('\'') => self.quoted(),
            Some('$') => {
                let start = self.at;
                let path = self.path_text().trim_end();
                Path::parse(path).map(Argument::Path).map_err(|refused| {
                    self.at = start;
                    self.error(&refused.to_string())
                })
            }
            Some('S') => self.call(depth + 1).map(Argument::Call),
            _ => {
                let start = self.at;
                let word =
                    self.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.'));
                match serde_json::from_str(word) {
                    Ok(value) => Ok(Argument::Literal(value)),
                    Err(_) => {
                        self.at = start;
                        Err(self.error(
                            "expected a string in single quotes, a number, `null`, `true`, `false`, a path or another call",
                        ))
                    }
                }
            }
        }
    }

    /// A text in single quotes. `\'`, `\{`, `\}` and `\\` are the characters themselves.
    fn quoted(&mut self) -> Result<Argument, InvalidIntrinsic> {
        self.take("'");
        let rest = self.rest();
        let mut value = String::new();
        let mut characters = rest.char_indices().peekable();
        while let Some((at, c)) = characters.next() {
            match (c, characters.peek().map(|(_, next)| *next)) {
                ('\'', _) => {
                    self.at += at + 1;
                    let written = rest[..at].to_owned();
                    return Ok(Argument::Text { value: Value::String(value), written });
                }
                ('\\', Some(escaped @ ('\'' | '{' | '}' | '\\'))) => {
                    characters.next();
                    value.push(escaped);
                }
                (c, _) => value.push(c),
            }
        }
        Err(self.error("the quote is never closed"))
    }

    /// The text of a path: up to the comma or bracket that ends the argument.
    fn path_text(&mut self) -> &'t str {
        let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
        self.take_while(|c| {
            match (quote, c) {
                (Some(_), _) if escaped => escaped = false,
                (Some(_), '\\') => escaped = true,
                (Some(open), _) => {
                    if c == open {
                        quote = None;
                    }
                }
                (None, '\'' | '"') if depth > 0 => quote = Some(c),
                (None, '[' | '(') => depth += 1,
                (None, ')' | ',') if depth == 0 => return false,
                (None, ']' | ')') => depth = depth.saturating_sub(1),
                (None, _) => {}
            }
            true
        })
    }

    fn error(&self, reason: &str) -> InvalidIntrinsic {
        InvalidIntrinsic {
            call: self.text.to_owned(),
            reason: reason.to_owned(),
            position: self.text[..self.at].chars().count() + 1,
        }
    }
}
