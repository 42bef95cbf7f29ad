//! `Type: Choice` and its rules.

use super::{
    document::{Json, Member, Node},
    faults::{Reading, Trail},
    fields::{Fields, wrong_type},
    shapes,
};
use crate::model::{Choice, ChoiceRule, Comparison, Operator, QueryLanguage, Rule, Test};

/// What a rule has one of.
const SELECTORS: [&str; 5] = ["And", "Or", "Not", "Variable", "Condition"];

pub(super) fn choice(fields: &Fields<'_, '_>, reading: &mut Reading<'_>) -> Choice {
    fields.require(&["Choices"], reading);
    Choice { choices: rules(fields, reading), default: fields.state_name("Default", reading) }
}

/// `Choices`. A rule that cannot be read stays as an empty one, so that the others keep their index.
fn rules(fields: &Fields<'_, '_>, reading: &mut Reading<'_>) -> Vec<ChoiceRule> {
    let Some((member, elements)) = fields.elements("Choices", reading) else { return Vec::new() };
    let trail = fields.trail.field(&member.name, member.offset);
    if elements.is_empty() {
        reading.fault(&trail, "Value cannot be empty", "add a rule".to_owned());
    }
    let mut rules = Vec::with_capacity(elements.len());
    for (index, element) in elements.iter().enumerate() {
        let trail = trail.element(index, element.offset);
        let inner = Fields::open(element, &trail, &shapes::CHOICE_RULE, fields.language, reading);
        rules.push(match inner {
            Some(inner) => choice_rule(&inner, reading),
            None => {
                ChoiceRule { comment: None, test: None, next: None, assign: None, output: None }
            }
        });
    }
    rules
}

fn choice_rule(fields: &Fields<'_, '_>, reading: &mut Reading<'_>) -> ChoiceRule {
    fields.require(&["Next"], reading);
    ChoiceRule {
        comment: fields.text("Comment", reading),
        test: test(fields, reading),
        next: fields.state_name("Next", reading),
        assign: fields.object("Assign", reading),
        output: fields.value("Output", reading),
    }
}

fn test(fields: &Fields<'_, '_>, reading: &mut Reading<'_>) -> Option<Test> {
    match fields.get("Condition") {
        Some(member) => {
            one_selector(fields, reading);
            condition(fields, member, reading)
        }
        None => rule(fields, reading).map(Test::Rule),
    }
}

fn condition(
    fields: &Fields<'_, '_>,
    member: &Member<'_>,
    reading: &mut Reading<'_>,
) -> Option<Test> {
    if let Json::Text(_) | Json::Boolean(_) = member.value.json {
        return fields.value("Condition", reading).map(Test::Condition);
    }
    let trail = fields.trail.field(&member.name, member.offset);
    let hint = "write an expression: `\"{% … %}\"`";
    wrong_type(reading, &trail, &member.value, "[STRING]", hint);
    None
}

/// Notes a rule that tests nothing, or by two means at once.
fn one_selector(fields: &Fields<'_, '_>, reading: &mut Reading<'_>) {
    let mut present = SELECTORS.iter().filter_map(|name| fields.get(name));
    let first = present.next();
    let second = present.next();
    let unread = SELECTORS.iter().any(|name| fields.raw(name).is_some());
    let (offset, hint) = match (first, second) {
        (Some(first), Some(second)) => {
            (second.offset, format!("keep `{}` or `{}`", first.name, second.name))
        }
        (None, _) if !unread => {
            let hint = match fields.language {
                Some(QueryLanguage::Jsonata) => "add a `Condition`: `\"{% … %}\"`",
                Some(QueryLanguage::JsonPath) | None => {
                    "add a `Variable` and a comparison, or `And`, `Or`, `Not`"
                }
            };
            (fields.trail.offset, hint.to_owned())
        }
        (None | Some(_), _) => return,
    };
    reading.fault_at(
        fields.trail,
        offset,
        format!(
            "The object must have only one of the following fields, [{}]",
            SELECTORS.join(", ")
        ),
        hint,
    );
}

fn rule(fields: &Fields<'_, '_>, reading: &mut Reading<'_>) -> Option<Rule> {
    one_selector(fields, reading);
    if fields.get("And").is_some() {
        nested(fields, "And", reading).map(Rule::And)
    } else if fields.get("Or").is_some() {
        nested(fields, "Or", reading).map(Rule::Or)
    } else if let Some(member) = fields.get("Not") {
        let trail = fields.trail.field(&member.name, member.offset);
        inner_rule(&member.value, &trail, fields.language, reading).map(Box::new).map(Rule::Not)
    } else {
        comparison(fields, reading).map(Rule::Compare)
    }
}

fn nested(fields: &Fields<'_, '_>, name: &str, reading: &mut Reading<'_>) -> Option<Vec<Rule>> {
    let (member, elements) = fields.elements(name, reading)?;
    let trail = fields.trail.field(&member.name, member.offset);
    if elements.is_empty() {
        reading.fault(&trail, "Value cannot be empty", "add a rule".to_owned());
    }
    let mut rules = Vec::with_capacity(elements.len());
    for (index, element) in elements.iter().enumerate() {
        let trail = trail.element(index, element.offset);
        let rule = inner_rule(element, &trail, fields.language, reading);
        // One that cannot be read stays as one that tests nothing: the others keep their index.
        rules.push(rule.unwrap_or(Rule::And(Vec::new())));
    }
    Some(rules)
}

fn inner_rule(
    node: &Node<'_>,
    trail: &Trail<'_>,
    language: Option<QueryLanguage>,
    reading: &mut Reading<'_>,
) -> Option<Rule> {
    let fields = Fields::open(node, trail, &shapes::NESTED_RULE, language, reading)?;
    fields.text("Comment", reading);
    rule(&fields, reading)
}

fn comparison(fields: &Fields<'_, '_>, reading: &mut Reading<'_>) -> Option<Comparison> {
    let variable = fields.text("Variable", reading);
    fields.get("Variable")?;
    let mut operators = fields.members().iter().filter_map(|member| {
        Operator::from_name(&member.name)
            .filter(|_| fields.get(&member.name).is_some())
            .map(|operator| (operator, member))
    });
    let Some((operator, member)) = operators.next() else {
        let all: Vec<&str> = Operator::ALL.iter().map(|operator| operator.as_str()).collect();
        reading.fault(
            fields.trail,
            format!(
                "This object should have only one of the following fields: [{}]",
                all.join(", ")
            ),
            "add a comparison, such as `StringEquals`".to_owned(),
        );
        return None;
    };
    if let Some((second, other)) = operators.find(|(second, _)| *second != operator) {
        reading.fault_at(
            fields.trail,
            other.offset,
            format!(
                "There should only be one of the following fields: [{}, {}]",
                operator.as_str(),
                second.as_str()
            ),
            "put each comparison into an element of `And` or `Or`".to_owned(),
        );
    }
    judge_operand(fields, operator, member, reading);
    let operand = fields.value(operator.as_str(), reading)?;
    Some(Comparison { variable: variable?, operator, operand })
}

fn judge_operand(
    fields: &Fields<'_, '_>,
    operator: Operator,
    member: &Member<'_>,
    reading: &mut Reading<'_>,
) {
    let name = operator.as_str();
    let (expected, hint) = if name.ends_with("Path") {
        ("[STRING]", "write a path such as `\"$.limit\"`")
    } else if name.starts_with("Numeric") {
        ("[NUMBER]", "write a number")
    } else if name.starts_with("Boolean") || name.starts_with("Is") {
        ("[BOOLEAN]", "write `true` or `false`")
    } else {
        ("[STRING]", "write a text in double quotes")
    };
    let fits = match &member.value.json {
        Json::Text(_) => expected == "[STRING]",
        Json::Number(_) => expected == "[NUMBER]",
        Json::Boolean(_) => expected == "[BOOLEAN]",
        Json::Null | Json::Array(_) | Json::Object(_) => false,
    };
    if !fits {
        let trail = fields.trail.field(&member.name, member.offset);
        wrong_type(reading, &trail, &member.value, expected, hint);
    }
}
