//! Whether a text is a call of an intrinsic function: a known name, and brackets that close.

use crate::suggest::suggest;

const FUNCTIONS: &[&str] = &[
    "States.Format",
    "States.StringToJson",
    "States.JsonToString",
    "States.Array",
    "States.ArrayPartition",
    "States.ArrayContains",
    "States.ArrayRange",
    "States.ArrayGetItem",
    "States.ArrayLength",
    "States.ArrayUnique",
    "States.Base64Encode",
    "States.Base64Decode",
    "States.Hash",
    "States.JsonMerge",
    "States.MathRandom",
    "States.MathAdd",
    "States.StringSplit",
    "States.UUID",
];

/// Says what is wrong with a call, where something is.
pub(super) fn check(text: &str) -> Result<(), String> {
    let (name, rest) = text
        .split_once('(')
        .ok_or_else(|| format!("`{text}` is no call: a function's name is followed by `(…)`"))?;
    if !FUNCTIONS.contains(&name) {
        return Err(match suggest(name, FUNCTIONS.iter().copied()) {
            Some(near) => format!("there is no function `{name}`; did you mean `{near}`?"),
            None => format!("there is no function `{name}`"),
        });
    }
    let (mut depth, mut is_quoted, mut is_escaped) = (1_u32, false, false);
    for character in rest.chars() {
        if depth == 0 && !character.is_whitespace() {
            return Err(format!("`{text}` goes on behind its last bracket"));
        }
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '\'' => is_quoted = !is_quoted,
            '(' if !is_quoted => depth += 1,
            ')' if !is_quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    match (is_quoted, depth) {
        (true, _) => Err(format!("a text in `{text}` has no closing quote")),
        (false, 0) => Ok(()),
        (false, _) => Err(format!("`{text}` has no closing bracket")),
    }
}
