//! The rules of a Choice state in the JSONPath query language, compiled, and whether they hold.
//!
//! A value of the wrong type makes a comparison false; only a path that finds nothing is a failure, and
//! `IsPresent` is how to ask before. Both as recorded (v2-choice_operators).

use std::cmp::Ordering;

use serde_json::{Number, Value};

use crate::{
    jsonpath::{Path, compare_numbers},
    model::{Comparison, Operator, Rule},
    scope::Scope,
    text_pattern::TextPattern,
    timestamp_text::parse_timestamp,
};

/// The deepest that `And`, `Or` and `Not` may nest; definitions of that depth do not parse.
const DEEPEST: usize = 256;

/// A compiled rule.
#[derive(Debug, Clone)]
pub struct CompiledRule {
    test: Test,
}

#[derive(Debug, Clone)]
enum Test {
    And(Vec<Test>),
    Or(Vec<Test>),
    Not(Box<Test>),
    /// The variable, and what it has to be.
    Compare(Path, Demand),
}

#[derive(Debug, Clone)]
enum Demand {
    /// `IsPresent`.
    Present(bool),
    /// The other `Is…` operators.
    Type(Type, bool),
    /// `StringMatches`.
    Matches(TextPattern),
    /// A comparison with a literal.
    Literal(Kind, Relation, Value),
    /// A `…Path` comparison.
    Path(Kind, Relation, Path),
}

#[derive(Debug, Clone, Copy)]
enum Type {
    Null,
    Numeric,
    String,
    Boolean,
    Timestamp,
}

/// What both sides of a comparison have to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    String,
    Numeric,
    Boolean,
    Timestamp,
}

#[derive(Debug, Clone, Copy)]
enum Relation {
    Equals,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
}

/// A path of a rule that finds nothing, in AWS's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Invalid path '{path}': The choice state's condition path references an invalid value.")]
pub struct ChoiceFailure {
    /// The path as written.
    pub path: String,
}

impl ChoiceFailure {
    /// The name of the error.
    pub const ERROR_NAME: &'static str = "States.Runtime";
}

impl CompiledRule {
    /// Compiles a rule. All faults at once, each with its JSON pointer below the rule.
    pub fn compile(rule: &Rule) -> Result<Self, Vec<(String, String)>> {
        let mut faults = Vec::new();
        let test = compile(rule, "", 0, &mut faults);
        match test {
            Some(test) if faults.is_empty() => Ok(Self { test }),
            _ => Err(faults),
        }
    }

    /// Whether the rule holds. `And` and `Or` look no further than they need to.
    pub fn matches(&self, scope: &dyn Scope) -> Result<bool, ChoiceFailure> {
        self.test.holds(scope)
    }
}

fn compile(
    rule: &Rule,
    pointer: &str,
    depth: usize,
    faults: &mut Vec<(String, String)>,
) -> Option<Test> {
    if depth > DEEPEST {
        faults.push((pointer.to_owned(), format!("is nested deeper than {DEEPEST} levels")));
        return None;
    }
    let mut each = |rules: &[Rule], name: &str| {
        let tests: Vec<Option<Test>> = rules
            .iter()
            .enumerate()
            .map(|(at, rule)| compile(rule, &format!("{pointer}/{name}/{at}"), depth + 1, faults))
            .collect();
        tests.into_iter().collect::<Option<Vec<Test>>>()
    };
    match rule {
        Rule::And(rules) => each(rules, "And").map(Test::And),
        Rule::Or(rules) => each(rules, "Or").map(Test::Or),
        Rule::Not(rule) => compile(rule, &format!("{pointer}/Not"), depth + 1, faults)
            .map(|test| Test::Not(Box::new(test))),
        Rule::Compare(comparison) => {
            let variable = Path::parse(&comparison.variable);
            let demand = demand(comparison);
            if let Err(refused) = &variable {
                faults.push((format!("{pointer}/Variable"), refused.to_string()));
            }
            if let Err(reason) = &demand {
                let field = comparison.operator.as_str();
                faults.push((format!("{pointer}/{field}"), reason.clone()));
            }
            Some(Test::Compare(variable.ok()?, demand.ok()?))
        }
    }
}

fn demand(comparison: &Comparison) -> Result<Demand, String> {
    let operand = &comparison.operand;
    let boolean = || operand.as_bool().ok_or_else(|| format!("{operand} is no boolean"));
    Ok(match comparison.operator {
        Operator::IsPresent => Demand::Present(boolean()?),
        Operator::IsNull => Demand::Type(Type::Null, boolean()?),
        Operator::IsNumeric => Demand::Type(Type::Numeric, boolean()?),
        Operator::IsString => Demand::Type(Type::String, boolean()?),
        Operator::IsBoolean => Demand::Type(Type::Boolean, boolean()?),
        Operator::IsTimestamp => Demand::Type(Type::Timestamp, boolean()?),
        Operator::StringMatches => {
            let pattern = operand.as_str().ok_or_else(|| format!("{operand} is no string"))?;
            Demand::Matches(TextPattern::new(pattern))
        }
        operator => {
            let (kind, relation, takes_path) = relation(operator);
            if takes_path {
                let path = operand.as_str().ok_or_else(|| format!("{operand} is no path"))?;
                let path = Path::parse(path).map_err(|refused| refused.to_string())?;
                Demand::Path(kind, relation, path)
            } else if kind.includes(operand) {
                Demand::Literal(kind, relation, operand.clone())
            } else {
                return Err(format!("{operand} is no {}", kind.as_str()));
            }
        }
    })
}

/// What an operator compares, how, and whether its operand is a path.
fn relation(operator: Operator) -> (Kind, Relation, bool) {
    let name = operator.as_str();
    let (name, takes_path) = match name.strip_suffix("Path") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let kinds = [
        ("String", Kind::String),
        ("Numeric", Kind::Numeric),
        ("Boolean", Kind::Boolean),
        ("Timestamp", Kind::Timestamp),
    ];
    let found = kinds.iter().find_map(|(prefix, kind)| Some((*kind, name.strip_prefix(prefix)?)));
    let (kind, rest) = found.expect("every operator but `Is…` begins with one of the four kinds");
    let relation = match rest {
        "LessThan" => Relation::Less,
        "GreaterThan" => Relation::Greater,
        "LessThanEquals" => Relation::LessOrEqual,
        "GreaterThanEquals" => Relation::GreaterOrEqual,
        _ => Relation::Equals,
    };
    (kind, relation, takes_path)
}

impl Test {
    /// Recursion is as deep as `compile` lets a rule be.
    fn holds(&self, scope: &dyn Scope) -> Result<bool, ChoiceFailure> {
        match self {
            Self::And(tests) => {
                for test in tests {
                    if !test.holds(scope)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Or(tests) => {
                for test in tests {
                    if test.holds(scope)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::Not(test) => Ok(!test.holds(scope)?),
            Self::Compare(variable, Demand::Present(expected)) => {
                Ok(variable.find(scope).is_ok() == *expected)
            }
            Self::Compare(variable, demand) => {
                let value = variable.find(scope).map_err(|_| failure(variable))?;
                Ok(match demand {
                    Demand::Present(expected) => *expected,
                    Demand::Type(which, expected) => which.includes(&value) == *expected,
                    Demand::Matches(pattern) => {
                        value.as_str().is_some_and(|text| pattern.matches(text))
                    }
                    Demand::Literal(kind, relation, operand) => {
                        relation.holds(kind.compare(&value, operand))
                    }
                    Demand::Path(kind, relation, path) => {
                        let operand = path.find(scope).map_err(|_| failure(path))?;
                        relation.holds(kind.compare(&value, &operand))
                    }
                })
            }
        }
    }
}

fn failure(path: &Path) -> ChoiceFailure {
    ChoiceFailure { path: path.source().to_owned() }
}

impl Type {
    fn includes(self, value: &Value) -> bool {
        match self {
            Self::Null => value.is_null(),
            Self::Numeric => value.is_number(),
            Self::String => value.is_string(),
            Self::Boolean => value.is_boolean(),
            Self::Timestamp => value.as_str().and_then(parse_timestamp).is_some(),
        }
    }
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Numeric => "number",
            Self::Boolean => "boolean",
            Self::Timestamp => "RFC3339 timestamp",
        }
    }

    fn includes(self, value: &Value) -> bool {
        self.compare(value, value).is_some()
    }

    /// How two values compare; `None` where one of them is of another kind.
    fn compare(self, left: &Value, right: &Value) -> Option<Ordering> {
        fn both<'a, T>(
            read: impl Fn(&'a Value) -> Option<T>,
            left: &'a Value,
            right: &'a Value,
        ) -> Option<(T, T)> {
            Some((read(left)?, read(right)?))
        }
        match self {
            // As Java does, by UTF-16 units.
            Self::String => both(Value::as_str, left, right)
                .map(|(left, right)| left.encode_utf16().cmp(right.encode_utf16())),
            Self::Numeric => both(Value::as_number, left, right)
                .map(|(left, right): (&Number, &Number)| compare_numbers(left, right)),
            Self::Boolean => {
                both(Value::as_bool, left, right).map(|(left, right)| left.cmp(&right))
            }
            Self::Timestamp => both(|value| parse_timestamp(value.as_str()?), left, right)
                .map(|(left, right)| left.cmp(&right)),
        }
    }
}

impl Relation {
    fn holds(self, ordering: Option<Ordering>) -> bool {
        ordering.is_some_and(match self {
            Self::Equals => Ordering::is_eq,
            Self::Less => Ordering::is_lt,
            Self::Greater => Ordering::is_gt,
            Self::LessOrEqual => Ordering::is_le,
            Self::GreaterOrEqual => Ordering::is_ge,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::CompiledRule;
    use crate::{
        model::{Comparison, Operator, Rule},
        scope::fixed::Fixed,
        shared_cases,
    };

    fn compare(variable: &str, operator: Operator, operand: Value) -> Rule {
        Rule::Compare(Comparison { variable: variable.to_owned(), operator, operand })
    }

    fn check(rule: Rule, expected: Result<bool, &str>) {
        let scope =
            Fixed::of(json!({"n": 5, "s": "a*c", "t": "2016-03-14T01:59:00Z", "null": null}));
        let compiled = CompiledRule::compile(&rule).unwrap();
        let found = compiled.matches(&scope).map_err(|failure| failure.to_string());
        assert_eq!(found, expected.map_err(str::to_owned), "{rule:?}");
    }

    #[test]
    fn every_operator_decides() {
        for (variable, operator, operand, expected) in [
            ("$.s", Operator::StringMatches, json!(r"a\*c"), true),
            ("$.n", Operator::StringMatches, json!("*"), false),
            ("$.n", Operator::NumericLessThan, json!(5.5), true),
            ("$.n", Operator::NumericEqualsPath, json!("$.n"), true),
            ("$.n", Operator::StringEqualsPath, json!("$.n"), false),
            ("$.t", Operator::TimestampEquals, json!("2016-03-14T02:59:00+01:00"), true),
            ("$.t", Operator::TimestampGreaterThanEqualsPath, json!("$.t"), true),
            ("$.t", Operator::IsTimestamp, json!(true), true),
            ("$.s", Operator::IsTimestamp, json!(false), true),
            ("$.null", Operator::IsNull, json!(true), true),
            ("$.null", Operator::IsPresent, json!(true), true),
            ("$.missing", Operator::IsPresent, json!(false), true),
            ("$.missing", Operator::IsPresent, json!(true), false),
            ("$.n", Operator::IsNumeric, json!(true), true),
            ("$.n", Operator::IsBoolean, json!(false), true),
        ] {
            check(compare(variable, operator, operand), Ok(expected));
        }
    }

    #[test]
    fn a_path_that_finds_nothing_fails_unless_the_rule_gets_by_without_it() {
        let text =
            "Invalid path '$.x': The choice state's condition path references an invalid value.";
        let missing = || compare("$.x", Operator::IsNull, json!(true));
        let holds = || compare("$.n", Operator::NumericEquals, json!(5));
        check(missing(), Err(text));
        check(compare("$.n", Operator::NumericEqualsPath, json!("$.x")), Err(text));
        check(Rule::Or(vec![holds(), missing()]), Ok(true));
        check(Rule::And(vec![Rule::Not(Box::new(holds())), missing()]), Ok(false));
        check(Rule::And(vec![holds(), missing()]), Err(text));
    }

    #[test]
    fn all_faults_are_found_at_once_each_with_its_place() {
        let faults = CompiledRule::compile(&Rule::And(vec![
            compare("x", Operator::NumericEquals, json!("5")),
            Rule::Not(Box::new(compare("$.x", Operator::IsNull, json!("yes")))),
            compare("$.x", Operator::TimestampEquals, json!("2016-03-14")),
            compare("$.x", Operator::StringEqualsPath, json!("y")),
        ]))
        .unwrap_err();
        let places: Vec<&str> = faults.iter().map(|(pointer, _)| pointer.as_str()).collect();
        assert_eq!(
            places,
            [
                "/And/0/Variable",
                "/And/0/NumericEquals",
                "/And/1/Not/IsNull",
                "/And/2/TimestampEquals",
                "/And/3/StringEqualsPath"
            ]
        );
    }

    #[test]
    fn choices_fall_as_they_fell_on_aws() {
        let Some(cases) = shared_cases::read("conformance/v2-choice_operators.json") else {
            return;
        };
        let mut compared = 0;
        for case in cases.as_array().unwrap() {
            let mut rule = None;
            let mut outputs = case["expected"]["cases"].as_array().unwrap().iter();
            for call in case["calls"].as_array().unwrap() {
                let request = &call["request"];
                if let Some(definition) = request["definition"].as_str() {
                    let definition: Value = serde_json::from_str(definition).unwrap();
                    let choice = &definition["States"]["CheckValues"]["Choices"][0];
                    let (operator, operand) = choice
                        .as_object()
                        .unwrap()
                        .iter()
                        .find_map(|(name, value)| Some((Operator::from_name(name)?, value.clone())))
                        .unwrap();
                    rule = Some(compare(choice["Variable"].as_str().unwrap(), operator, operand));
                }
                if call["op"] == "StartExecution" {
                    let rule = rule.as_ref().unwrap();
                    let input = request["input"].as_str().unwrap();
                    let scope = Fixed::of(serde_json::from_str(input).unwrap());
                    let found = CompiledRule::compile(rule).unwrap().matches(&scope).unwrap();
                    let expected =
                        outputs.next().unwrap()["output"]["TestResult.$"] == "ConditionTrue";
                    assert_eq!(found, expected, "{rule:?} of {input}");
                    compared += 1;
                }
            }
        }
        assert!(compared > 200, "only {compared} cases were compared");
    }
}
