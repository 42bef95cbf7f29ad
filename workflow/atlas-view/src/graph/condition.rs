//! A Choice's test in one line: `$.attempt < 3 and $.outcome = "BUSY"`.

use atlas_asl::model::{Comparison, Operator, Rule, Test};
use serde_json::Value;

/// Deeper nesting of `And`, `Or` and `Not` than this is shown as `…`.
const MAX_DEPTH: usize = 8;
/// Longer texts than this many bytes get no further part.
const MAX_LENGTH: usize = 400;

/// What a rule asks.
pub(super) fn text(test: &Test) -> String {
    match test {
        Test::Condition(Value::String(expression)) => bare(expression).to_owned(),
        Test::Condition(literal) => literal.to_string(),
        Test::Rule(rule) => {
            let mut out = String::new();
            write_rule(rule, 0, &mut out);
            out
        }
    }
}

/// A JSONata expression without its delimiters; any other text as it is.
pub(super) fn bare(expression: &str) -> &str {
    expression
        .strip_prefix("{%")
        .and_then(|rest| rest.strip_suffix("%}"))
        .map_or(expression, str::trim)
}

fn write_rule(rule: &Rule, depth: usize, out: &mut String) {
    if depth > MAX_DEPTH || out.len() > MAX_LENGTH {
        out.push('…');
        return;
    }
    match rule {
        Rule::And(rules) => write_joined(rules, " and ", depth, out),
        Rule::Or(rules) => write_joined(rules, " or ", depth, out),
        Rule::Not(inner) => {
            out.push_str("not (");
            write_rule(inner, depth + 1, out);
            out.push(')');
        }
        Rule::Compare(comparison) => write_comparison(comparison, out),
    }
}

fn write_joined(rules: &[Rule], word: &str, depth: usize, out: &mut String) {
    let nested = depth > 0 && rules.len() > 1;
    if nested {
        out.push('(');
    }
    for (index, rule) in rules.iter().enumerate() {
        if index > 0 {
            out.push_str(word);
        }
        if out.len() > MAX_LENGTH {
            out.push('…');
            break;
        }
        write_rule(rule, depth + 1, out);
    }
    if nested {
        out.push(')');
    }
}

fn write_comparison(comparison: &Comparison, out: &mut String) {
    out.push_str(&comparison.variable);
    let name = comparison.operator.as_str();
    if let Some(quality) = name.strip_prefix("Is") {
        let is = if comparison.operand == Value::Bool(false) { " is not " } else { " is " };
        out.push_str(is);
        out.push_str(&quality.to_lowercase());
        return;
    }
    out.push_str(symbol(comparison.operator));
    match (&comparison.operand, name.ends_with("Path")) {
        (Value::String(path), true) => out.push_str(path),
        (operand, _) => out.push_str(&operand.to_string()),
    }
}

fn symbol(operator: Operator) -> &'static str {
    let name = operator.as_str();
    let name = name.strip_suffix("Path").unwrap_or(name);
    if name.ends_with("LessThanEquals") {
        " ≤ "
    } else if name.ends_with("GreaterThanEquals") {
        " ≥ "
    } else if name.ends_with("LessThan") {
        " < "
    } else if name.ends_with("GreaterThan") {
        " > "
    } else if name.ends_with("Matches") {
        " matches "
    } else {
        " = "
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn compare(variable: &str, operator: Operator, operand: Value) -> Rule {
        Rule::Compare(Comparison { variable: variable.to_owned(), operator, operand })
    }

    #[test]
    fn a_test_reads_as_one_line() {
        let small = compare("$.n", Operator::NumericLessThanEquals, json!(3));
        let busy = compare("$.outcome", Operator::StringEquals, json!("BUSY"));
        let other = compare("$.a", Operator::StringEqualsPath, json!("$.b"));
        let absent = compare("$.phone", Operator::IsPresent, json!(false));
        let deep = (0..500).fold(absent.clone(), |inner, _| Rule::Not(Box::new(inner)));
        for (test, expected) in [
            (Test::Condition(json!("{% $n < 3 %}")), "$n < 3"),
            (Test::Condition(json!(true)), "true"),
            (Test::Rule(absent), "$.phone is not present"),
            (Test::Rule(other.clone()), "$.a = $.b"),
            (
                Test::Rule(Rule::And(vec![small, Rule::Or(vec![busy, other])])),
                r#"$.n ≤ 3 and ($.outcome = "BUSY" or $.a = $.b)"#,
            ),
            (Test::Rule(deep), "not (not (not (not (not (not (not (not (not (…)))))))))"),
        ] {
            assert_eq!(text(&test), expected);
        }
    }
}
