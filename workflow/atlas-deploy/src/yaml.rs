//! YAML as CloudFormation reads it, of JSON in its long form: `{"Ref": "X"}` becomes `!Ref X`.
//!
//! A field `#` is a comment on the object that it stands in. The same value always gives the same text.

use serde_json::{Map, Value};

/// The name of a field that is a comment.
const COMMENT: &str = "#";
/// Where a comment is broken.
const WIDTH: usize = 116;

/// The text of a template.
pub fn render(template: &Value) -> String {
    let mut text = String::new();
    match template {
        Value::Object(fields) => object(fields, 0, &mut text),
        other => text.push_str(&scalar(other)),
    }
    text
}

/// The same template as CloudFormation understands it: no comments.
pub fn without_comments(template: &Value) -> Value {
    match template {
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| *name != COMMENT)
            .map(|(name, value)| (name.clone(), without_comments(value)))
            .collect(),
        Value::Array(items) => items.iter().map(without_comments).collect(),
        other => other.clone(),
    }
}

fn object(fields: &Map<String, Value>, depth: usize, text: &mut String) {
    comment(fields, depth, text);
    for (name, value) in fields.iter().filter(|(name, _)| *name != COMMENT) {
        // What stands at the top is told apart by a free line, and so is each resource.
        if depth == 0 && !text.is_empty() || depth == 1 && is_section(value) {
            text.push('\n');
        }
        indent(depth, text);
        text.push_str(&string(name));
        text.push(':');
        after_key(value, depth, text);
    }
}

/// A resource or a parameter, which is read as a whole.
fn is_section(value: &Value) -> bool {
    value.as_object().is_some_and(|fields| fields.contains_key("Type") && fields.len() > 1)
}

fn comment(fields: &Map<String, Value>, depth: usize, text: &mut String) {
    let Some(words) = fields.get(COMMENT).and_then(Value::as_str) else { return };
    let mut line = String::new();
    for word in words.split(' ') {
        if !line.is_empty() && 2 * depth + 3 + line.len() + word.len() > WIDTH {
            comment_line(&line, depth, text);
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    comment_line(&line, depth, text);
}

fn comment_line(line: &str, depth: usize, text: &mut String) {
    indent(depth, text);
    text.push_str("# ");
    text.push_str(line);
    text.push('\n');
}

/// What follows `name:` or a tag.
fn after_key(value: &Value, depth: usize, text: &mut String) {
    if let Some(attribute) = attribute(value) {
        text.push_str(&format!(" !GetAtt {attribute}\n"));
        return;
    }
    if let Some((tag, argument)) = intrinsic(value) {
        text.push(' ');
        text.push_str(&tag);
        after_key(argument, depth, text);
        return;
    }
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            text.push('\n');
            object(fields, depth + 1, text);
        }
        Value::Array(items) if !items.is_empty() => {
            text.push('\n');
            for item in items {
                list_item(item, depth + 1, text);
            }
        }
        Value::String(lines) if lines.contains('\n') => {
            text.push_str(" |-\n");
            for line in lines.lines() {
                if !line.is_empty() {
                    indent(depth + 1, text);
                    text.push_str(line);
                }
                text.push('\n');
            }
        }
        other => {
            text.push(' ');
            text.push_str(&scalar(other));
            text.push('\n');
        }
    }
}

fn list_item(item: &Value, depth: usize, text: &mut String) {
    match item {
        Value::Object(fields) if intrinsic(item).is_none() && !fields.is_empty() => {
            comment(fields, depth, text);
            let mut whole = String::new();
            let fields: Map<String, Value> = fields
                .iter()
                .filter(|(name, _)| *name != COMMENT)
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            object(&fields, depth + 1, &mut whole);
            // The first field stands beside the dash.
            indent(depth, text);
            text.push_str("- ");
            text.push_str(whole.trim_start());
        }
        other => {
            indent(depth, text);
            text.push('-');
            after_key(other, depth, text);
        }
    }
}

/// The short form of a function of CloudFormation, with what it is applied to.
fn intrinsic(value: &Value) -> Option<(String, &Value)> {
    let fields = value.as_object().filter(|fields| fields.len() == 1)?;
    let (name, argument) = fields.iter().next()?;
    match name.as_str() {
        "Ref" | "Condition" if argument.is_string() => Some((format!("!{name}"), argument)),
        _ => name.strip_prefix("Fn::").map(|short| (format!("!{short}"), argument)),
    }
}

/// `Queue.Arn` of `{"Fn::GetAtt": ["Queue", "Arn"]}`.
fn attribute(value: &Value) -> Option<String> {
    let named = value.get("Fn::GetAtt")?.as_array()?;
    let names: Option<Vec<&str>> = named.iter().map(Value::as_str).collect();
    Some(names?.join("."))
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => string(text),
        Value::Object(_) => "{}".to_owned(),
        Value::Array(_) => "[]".to_owned(),
        other => other.to_string(),
    }
}

/// Plain where nobody can take it for something else, else as JSON writes it, which YAML reads alike.
fn string(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { Value::from(text).to_string() }
}

fn is_plain(text: &str) -> bool {
    let reserved = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || b" _-./:,;()'$<>=+*^|`".contains(&byte);
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/')
        && !text.ends_with([' ', ':'])
        && text.bytes().all(safe)
        && !text.contains(": ")
        && !reserved.contains(&text.to_ascii_lowercase().as_str())
}

fn indent(depth: usize, text: &mut String) {
    text.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn functions_are_written_short_and_comments_above_what_they_are_about() {
        let template = json!({
            "Transform": "AWS::Serverless-2016-10-31",
            "Resources": {
                "Queue": {
                    "#": "Why it is there.",
                    "Type": "AWS::SQS::Queue",
                    "Properties": {
                        "Kept": 60, "Name": {"Fn::Sub": "${AWS::StackName}-Queue"},
                        "Target": {"Fn::GetAtt": ["Other", "Arn"]},
                        "When": {"Fn::If": ["Yes", {"Ref": "A"}, {"Ref": "AWS::NoValue"}]},
                        "Statement": [{"#": "No narrower one.", "Effect": "Allow", "Resource": "*"}],
                        "Nothing": [], "Version": "2012-10-17",
                    },
                },
            },
        });
        let expected = "Transform: AWS::Serverless-2016-10-31

Resources:

  Queue:
    # Why it is there.
    Type: AWS::SQS::Queue
    Properties:
      Kept: 60
      Name: !Sub \"${AWS::StackName}-Queue\"
      Target: !GetAtt Other.Arn
      When: !If
        - Yes
        - !Ref A
        - !Ref AWS::NoValue
      Statement:
        # No narrower one.
        - Effect: Allow
          Resource: \"*\"
      Nothing: []
      Version: \"2012-10-17\"
";
        assert_eq!(render(&template), expected.replace("- Yes", "- \"Yes\""));
        let plain = without_comments(&template);
        assert!(!plain.to_string().contains('#'), "{plain}");
    }

    #[test]
    fn a_text_that_could_be_something_else_is_quoted() {
        let check = |text: &str, expected: &str| assert_eq!(string(text), expected);
        check("Plain words, and more.", "Plain words, and more.");
        check("no", "\"no\"");
        check("08:00", "\"08:00\"");
        check("a: b", "\"a: b\"");
        check("{{resolve:x}}", "\"{{resolve:x}}\"");
        check("", "\"\"");
        check("# none", "\"# none\"");
    }
}
