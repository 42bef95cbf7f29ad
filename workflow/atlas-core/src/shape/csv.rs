//! Rows of comma-separated values (RFC 4180), with any delimiter, and with backslashes as AWS takes them: one
//! before a backslash, a quote or the delimiter stands for that, any other is removed ("ItemReader (Map)",
//! Step Functions Developer Guide).

/// The rows of comma-separated values that hold anything.
pub fn rows(text: &str, delimiter: char) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field) = (Vec::new(), Vec::new(), String::new());
    let (mut is_quoted, mut was_quoted) = (false, false);
    let mut characters = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(character) = characters.next() {
        if character == '\\' {
            let is_special = |next: &char| matches!(next, '\\' | '"') || *next == delimiter;
            field.extend(characters.next_if(is_special));
            continue;
        }
        if is_quoted {
            match character {
                '"' if characters.peek() == Some(&'"') => {
                    characters.next();
                    field.push('"');
                }
                '"' => is_quoted = false,
                other => field.push(other),
            }
            continue;
        }
        match character {
            '"' if field.is_empty() && !was_quoted => {
                is_quoted = true;
                was_quoted = true;
            }
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' | '\r' => {
                row.push(std::mem::take(&mut field));
                close(&mut rows, &mut row, was_quoted);
                was_quoted = false;
            }
            other if other == delimiter => {
                row.push(std::mem::take(&mut field));
                was_quoted = false;
            }
            other => field.push(other),
        }
    }
    if !field.is_empty() || !row.is_empty() || was_quoted {
        row.push(field);
        close(&mut rows, &mut row, was_quoted);
    }
    rows
}

/// A line without anything is no row.
fn close(rows: &mut Vec<Vec<String>>, row: &mut Vec<String>, was_quoted: bool) {
    let row = std::mem::take(row);
    if row.len() > 1 || was_quoted || row.iter().any(|field| !field.is_empty()) {
        rows.push(row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_delimiters_line_ends_and_quotes() {
        for (text, delimiter, expected) in [
            ("a,b\nc,d\n", ',', vec![vec!["a", "b"], vec!["c", "d"]]),
            ("a,b\r\nc,d", ',', vec![vec!["a", "b"], vec!["c", "d"]]),
            ("\"a,\n\"\"b\"\"\",c", ',', vec![vec!["a,\n\"b\"", "c"]]),
            ("a;;\n\n;b", ';', vec![vec!["a", "", ""], vec!["", "b"]]),
            ("\u{feff}a\tb", '\t', vec![vec!["a", "b"]]),
            ("a\"b,\"\"", ',', vec![vec!["a\"b", ""]]),
            ("C:\\\\Files,a\\,b,\\x\\\"", ',', vec![vec!["C:\\Files", "a,b", "x\""]]),
            ("", ',', vec![]),
        ] {
            assert_eq!(rows(text, delimiter), expected, "{text:?}");
        }
    }
}
