//! Reads what stands in `[?(…)]`: `||` over `&&` over `!` over comparisons.

use regex::RegexBuilder;
use serde_json::Value;

use super::{
    InvalidPath,
    filter::{Filter, Operand, Operator},
    parse::{Cursor, Inside, read},
};

/// A condition, up to the bracket that ends it.
pub(super) fn filter(cursor: &mut Cursor<'_>) -> Result<Filter, InvalidPath> {
    let mut any = vec![all(cursor)?];
    while joined(cursor, "||") {
        any.push(all(cursor)?);
    }
    Ok(single_or(any, Filter::Any))
}

fn all(cursor: &mut Cursor<'_>) -> Result<Filter, InvalidPath> {
    let mut all = vec![term(cursor)?];
    while joined(cursor, "&&") {
        all.push(term(cursor)?);
    }
    Ok(single_or(all, Filter::All))
}

fn joined(cursor: &mut Cursor<'_>, operator: &str) -> bool {
    cursor.skip_blanks();
    cursor.take(operator)
}

fn single_or(mut filters: Vec<Filter>, join: fn(Vec<Filter>) -> Filter) -> Filter {
    match filters.pop() {
        Some(filter) if filters.is_empty() => filter,
        last => {
            filters.extend(last);
            join(filters)
        }
    }
}

/// A condition in parentheses, a negation, a comparison or a path alone.
fn term(cursor: &mut Cursor<'_>) -> Result<Filter, InvalidPath> {
    cursor.skip_blanks();
    let mut negations = 0_usize;
    while cursor.rest().starts_with('!') {
        cursor.take("!");
        cursor.skip_blanks();
        negations += 1;
    }
    let term = if cursor.take("(") {
        cursor.enter()?;
        let inner = filter(cursor)?;
        cursor.leave();
        cursor.skip_blanks();
        if !cursor.take(")") {
            return Err(cursor.error("expected `)`"));
        }
        inner
    } else {
        comparison(cursor)?
    };
    Ok(if negations % 2 == 1 { Filter::Not(Box::new(term)) } else { term })
}

fn comparison(cursor: &mut Cursor<'_>) -> Result<Filter, InvalidPath> {
    let left = operand(cursor)?;
    cursor.skip_blanks();
    let ends = match cursor.peek() {
        None | Some(')') => true,
        Some('&' | '|') => true,
        Some(_) => false,
    };
    if ends {
        return match left {
            Operand::Path(path) => Ok(Filter::Exists(path)),
            Operand::Literal(_) | Operand::Pattern(_) => {
                Err(cursor.error("a literal alone is no condition; compare it"))
            }
        };
    }
    let Some(operator) = operator(cursor) else {
        return Err(cursor.error("expected a comparison, `&&`, `||` or `)`"));
    };
    let right = operand(cursor)?;
    Ok(Filter::Compare(left, operator, right))
}

fn operator(cursor: &mut Cursor<'_>) -> Option<Operator> {
    let rest = cursor.rest();
    let (text, operator) = Operator::ALL.iter().find(|(text, _)| {
        let word = text.chars().all(|c| c.is_ascii_alphabetic());
        let after = rest.get(text.len()..).and_then(|rest| rest.chars().next());
        rest.get(..text.len()).is_some_and(|start| start.eq_ignore_ascii_case(text))
            && !(word && after.is_some_and(|c| c.is_alphanumeric()))
    })?;
    let _ = cursor.take(rest.get(..text.len())?);
    Some(*operator)
}

/// A path, a literal or a pattern.
pub(super) fn operand(cursor: &mut Cursor<'_>) -> Result<Operand, InvalidPath> {
    cursor.skip_blanks();
    match cursor.peek() {
        Some('$' | '@') => {
            if !cursor.take("$") {
                cursor.take("@");
            }
            Ok(Operand::Path(read(cursor, Inside::Filter)?))
        }
        Some('\'' | '"') => Ok(Operand::Literal(Value::String(cursor.quoted()?))),
        Some('/') => pattern(cursor),
        Some('[' | '{') => json(cursor),
        _ => word(cursor),
    }
}

fn pattern(cursor: &mut Cursor<'_>) -> Result<Operand, InvalidPath> {
    let error = cursor.error("expected a pattern: `/…/` or `/…/i`");
    cursor.take("/");
    let mut escaped = false;
    let body = take_until(cursor, |c| {
        let ends = c == '/' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    if !cursor.take("/") {
        return Err(error);
    }
    let flags = cursor.take_while(|c| c.is_ascii_alphabetic());
    let mut builder = RegexBuilder::new(&format!("^(?:{})$", body.replace("\\/", "/")));
    builder.size_limit(1 << 20);
    for flag in flags.chars() {
        match flag {
            'i' => builder.case_insensitive(true),
            'm' => builder.multi_line(true),
            's' => builder.dot_matches_new_line(true),
            'x' => builder.ignore_whitespace(true),
            'd' | 'u' | 'U' => &mut builder,
            _ => return Err(cursor.error("a pattern's flags are `i`, `m`, `s` and `x`")),
        };
    }
    builder.build().map(Operand::Pattern).map_err(|_| error)
}

/// A JSON array or object; Jayway's also takes single quotes.
fn json(cursor: &mut Cursor<'_>) -> Result<Operand, InvalidPath> {
    let error = cursor.error("expected a JSON array or object");
    let mut depth = 0_usize;
    let mut quote = None;
    let mut escaped = false;
    let mut done = false;
    let mut strict = String::new();
    take_until(cursor, |c| {
        if done {
            return true;
        }
        match (quote, c) {
            (Some(_), _) if escaped => {
                if c == '\'' {
                    strict.pop();
                }
                escaped = false;
                strict.push(c);
                return false;
            }
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if c == open => {
                quote = None;
                strict.push('"');
                return false;
            }
            (Some(_), '"') => strict.push('\\'),
            (Some(_), _) => {}
            (None, '\'' | '"') => {
                quote = Some(c);
                strict.push('"');
                return false;
            }
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => {
                depth = depth.saturating_sub(1);
                done = depth == 0;
            }
            (None, _) => {}
        }
        strict.push(c);
        false
    });
    serde_json::from_str(&strict).map(Operand::Literal).map_err(|_| error)
}

/// A number, `true`, `false` or `null`.
fn word(cursor: &mut Cursor<'_>) -> Result<Operand, InvalidPath> {
    let error = cursor.error("expected a path, a literal or a pattern");
    let word = cursor.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.'));
    serde_json::from_str(word).map(Operand::Literal).map_err(|_| error)
}

fn take_until<'t>(cursor: &mut Cursor<'t>, mut ends: impl FnMut(char) -> bool) -> &'t str {
    let rest = cursor.rest();
    let end = rest.char_indices().find(|(_, c)| ends(*c)).map_or(rest.len(), |(at, _)| at);
    let taken = &rest[..end];
    cursor.take(taken);
    taken
}
