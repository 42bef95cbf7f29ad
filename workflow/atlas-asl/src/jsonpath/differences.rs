//! Where the dialect of Step Functions parts from RFC 9535, held against the RFC's own suite.
//!
//! A row names the cases of the suite that it covers, by the beginning of their names or by what their
//! selector contains, and says how many of these part from the RFC; every other case has to come out as the RFC
//! says.

use serde_json::Value;

use super::Path;
use crate::{scope::fixed::Fixed, shared_cases};

/// One difference.
struct Difference {
    /// Which cases it covers.
    covers: fn(name: &str, selector: &str) -> bool,
    /// How many of them come out otherwise; the others as the RFC says.
    differing: usize,
    /// What Step Functions does instead, and how we know.
    reason: &'static str,
}

const DIFFERENCES: &[Difference] = &[
    Difference {
        covers: |name, selector| {
            name.starts_with("functions")
                || name.starts_with("whitespace, functions")
                || ["length(", "count(", "match(", "search(", "value("]
                    .iter()
                    .any(|function| selector.contains(function))
        },
        differing: 83,
        reason: "Jayway's functions end a path: `$.a.length()`; it has none within filters",
    },
    Difference {
        covers: |name, _| {
            name.starts_with("filter, multiple selectors")
                || ["name and index", "and slice", "wildcard and", "multiple wildcards", "multiple"]
                    .iter()
                    .any(|mix| {
                        name.starts_with("basic, multiple selectors, ") && name.contains(mix)
                    })
                || name == "filter, non-singular existence, multiple"
        },
        differing: 16,
        reason: "Jayway's brackets hold names, or indexes, or one of the others, never a mixture",
    },
    Difference {
        covers: |name, selector| {
            selector.ends_with("['a','d']")
                || selector.ends_with("['x','y']")
                || name.starts_with("whitespace, selectors,") && name.contains("comma")
        },
        differing: 11,
        reason: "several names at the end of a path give one object of those members in Jayway",
    },
    Difference {
        covers: |name, _| {
            name.starts_with("filter, existence, without")
                || name.starts_with("filter, absolute existence, without")
                || name == "filter, name segment on primitive, selects nothing"
                || name == "filter, object data"
        },
        differing: 4,
        reason: "Jayway asks an object itself whether it passes a filter, not each of its members",
    },
    Difference {
        covers: |name, selector| {
            ["equals number", "equals numeric string"].iter().any(|it| name.contains(it))
                || name.contains("greater than") && selector.contains("10")
        },
        differing: 14,
        reason: "Jayway compares a number and a text as texts",
    },
    Difference {
        covers: |name, _| {
            ["absent from index", "empty node list and"].iter().any(|it| name.contains(it))
                || name.contains("or equal to null")
                || name.contains("or equal to true")
                || name.contains("or equal to false")
        },
        differing: 8,
        reason: "in Jayway what is absent equals nothing, and only numbers and texts have an order",
    },
    Difference {
        covers: |name, _| name.starts_with("filter, non-singular existence"),
        differing: 3,
        reason: "in Jayway an indefinite path always exists: its result is an array",
    },
    Difference {
        covers: |name, _| name.contains("non-singular query"),
        differing: 28,
        reason: "Jayway compares the array that an indefinite path gives",
    },
    Difference {
        covers: |name, _| name == "filter, nested" || name.contains("bracket and question mark"),
        differing: 5,
        reason: "Jayway's filters stand in parentheses; the suite's inner ones do not",
    },
    Difference {
        covers: |_, selector| {
            ["$.&", "$.1"].contains(&selector)
                || selector.starts_with("$[0")
                || selector.starts_with("$[-0")
        },
        differing: 8,
        reason: "Jayway takes any name after a dot, and leading zeros (`$.m.k-1` is a name in AWS too)",
    },
    Difference {
        covers: |name, _| {
            name.starts_with("name selector")
                && (name.contains("embedded U+") || name.contains("escape"))
        },
        differing: 75,
        reason: "Jayway takes control characters in quotes, and any character after a backslash as itself",
    },
    Difference {
        covers: |name, _| {
            name.starts_with("whitespace, selectors,")
                && ["root and", "bracket and bracket"].iter().any(|place| name.contains(place))
        },
        differing: 12,
        reason: "Jayway takes no blanks between the steps of a path",
    },
    Difference {
        covers: |_, selector| selector.chars().filter(char::is_ascii_digit).count() >= 12,
        differing: 14,
        reason: "Jayway's indexes are 32-bit numbers",
    },
    Difference {
        covers: |name, selector| {
            (name.starts_with("slice selector") || name.starts_with("whitespace, slice"))
                && (selector.matches(':').count() >= 2 || selector == "$[:]")
        },
        differing: 37,
        reason: "Jayway pays a slice's step no heed, and a slice has a start or an end",
    },
    Difference {
        covers: |_, selector| ["$[-5:7]", "$[1:-1]"].contains(&selector),
        differing: 2,
        reason: "Jayway counts from a negative start up to the end as written, so mixed signs differ",
    },
];

/// A filter of the suite as Step Functions takes it, in parentheses.
fn in_parentheses(selector: &str) -> String {
    match (selector.find("[?"), selector.rfind(']')) {
        (Some(start), Some(end)) if start + 2 <= end && selector.matches("[?").count() == 1 => {
            let end = closing(selector, start).unwrap_or(end);
            format!("{}({}){}", &selector[..start + 2], &selector[start + 2..end], &selector[end..])
        }
        _ => selector.to_owned(),
    }
}

/// Where the bracket that opens here closes, texts in quotes left aside.
fn closing(selector: &str, start: usize) -> Option<usize> {
    let (mut depth, mut quote) = (0, None);
    for (at, c) in selector.char_indices().skip_while(|(at, _)| *at < start) {
        match (quote, c) {
            (Some(open), _) => quote = (open != c).then_some(open),
            (None, '\'' | '"') => quote = Some(c),
            (None, '[') => depth += 1,
            (None, ']') => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            (None, _) => {}
        }
    }
    None
}

#[test]
fn the_rest_of_the_dialect_is_rfc_9535() {
    let Some(suite) = shared_cases::read("suites/jsonpath/cts.json") else { return };
    let mut wrong = Vec::new();
    let mut differing = vec![0; DIFFERENCES.len()];
    for case in suite["tests"].as_array().unwrap() {
        let (name, selector) = (case["name"].as_str().unwrap(), case["selector"].as_str().unwrap());
        let Err(difference) = check(case, &in_parentheses(selector)) else { continue };
        match DIFFERENCES.iter().position(|row| (row.covers)(name, selector)) {
            Some(row) => differing[row] += 1,
            None => wrong.push(format!("{name}: {selector}: {difference}")),
        }
    }
    for (row, differing) in DIFFERENCES.iter().zip(differing) {
        assert_eq!(differing, row.differing, "cases that show a difference: {}", row.reason);
    }
    assert!(wrong.is_empty(), "{} cases differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Whether a case comes out as the suite says: a definite path as the one value, or as none.
fn check(case: &Value, selector: &str) -> Result<(), String> {
    let path = match (Path::parse(selector), case["invalid_selector"] == true) {
        (Err(_), true) => return Ok(()),
        (Ok(_), true) => return Err("should be refused".to_owned()),
        (Err(refused), false) => return Err(refused.reason),
        (Ok(path), false) => path,
    };
    let scope = Fixed::of(case["document"].clone());
    let found = match path.find(&scope) {
        Ok(found) if path.is_definite() => Value::Array(vec![found.into_owned()]),
        Ok(found) => found.into_owned(),
        Err(_) => Value::Array(Vec::new()),
    };
    let right = match case.get("results") {
        Some(results) => results.as_array().unwrap().contains(&found),
        None => case["result"] == found,
    };
    if right { Ok(()) } else { Err(format!("found {found}, not {}", case["result"])) }
}
