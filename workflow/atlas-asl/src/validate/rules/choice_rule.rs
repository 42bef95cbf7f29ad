//! A Choice has rules, and `And` and `Or` have something to combine.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Rule, StateKind, Test};
use crate::validate::context::Context;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for step in &cx.steps {
        let StateKind::Choice(choice) = &step.state.kind else { continue };
        if choice.choices.is_empty() {
            out.push(empty(format!("{}/Choices", step.pointer), "a Choice state has at least one rule"));
        }
        for (index, rule) in choice.choices.iter().enumerate() {
            if let Some(Test::Rule(rule)) = &rule.test {
                check_rule(format!("{}/Choices/{index}", step.pointer), rule, out);
            }
        }
    }
}

fn check_rule(pointer: String, rule: &Rule, out: &mut Vec<Diagnostic>) {
    let mut open = vec![(pointer, rule)];
    while let Some((pointer, rule)) = open.pop() {
        let (name, rules) = match rule {
            Rule::And(rules) => ("And", rules),
            Rule::Or(rules) => ("Or", rules),
            Rule::Not(rule) => {
                open.push((format!("{pointer}/Not"), rule));
                continue;
            }
            Rule::Compare(_) => continue,
        };
        if rules.is_empty() {
            out.push(empty(format!("{pointer}/{name}"), "give it the rules that it combines"));
        }
        for (index, rule) in rules.iter().enumerate() {
            open.push((format!("{pointer}/{name}/{index}"), rule));
        }
    }
}

fn empty(pointer: String, hint: &str) -> Diagnostic {
    Diagnostic::error(Code::SchemaValidationFailed, pointer, "Value cannot be empty").hint(hint)
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_states};

    #[test]
    fn a_choice_has_rules() {
        check_states(
            r#""A": {"Type": "Choice", "Choices": [], "Default": "B"}, "B": {"Type": "Succeed"}"#,
            Code::SchemaValidationFailed,
            &[("/States/A/Choices", "Value cannot be empty")],
        );
        check_states(
            r#""A": {"Type": "Choice", "Default": "B", "Choices": [{"Not": {"And": []}, "Next": "B"}]},
               "B": {"Type": "Succeed"}"#,
            Code::SchemaValidationFailed,
            &[("/States/A/Choices/0/Not/And", "Value cannot be empty")],
        );
    }
}
