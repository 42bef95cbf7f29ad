//! The states: each type with its own fields, but for the Map.

use atlas_asl::model::*;
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};

use super::{
    fields::{
        catch, count, expression, name, number, object, only, path, path_or_null, retry, text,
        transition, value,
    },
    flow,
};

pub(super) fn task(language: QueryLanguage) -> BoxedStrategy<Task> {
    let times = prop_oneof![
        (option::of(count(language, 5, 99_999_999)), option::of(count(language, 1, 4))),
        Just((None, Some(Count::Literal(99_999_999)))),
    ];
    (
        text(),
        only(language, QueryLanguage::JsonPath, value()),
        only(language, QueryLanguage::Jsonata, value()),
        only(language, QueryLanguage::JsonPath, value()),
        only(language, QueryLanguage::JsonPath, path_or_null()),
        times,
        credentials(language),
        retry(),
        catch(language),
        transition(),
    )
        .prop_map(
            |(
                resource,
                parameters,
                arguments,
                result_selector,
                result_path,
                (timeout, heartbeat),
                credentials,
                retry,
                catch,
                transition,
            )| Task {
                resource,
                parameters,
                arguments,
                result_selector,
                result_path,
                timeout,
                heartbeat,
                credentials,
                retry,
                catch,
                transition,
            },
        )
        .boxed()
}

fn credentials(language: QueryLanguage) -> BoxedStrategy<Option<Credentials>> {
    let values = match language {
        QueryLanguage::JsonPath => vec![json!({"RoleArn.$": "$.role"}), json!({"RoleArn": "arn"})],
        QueryLanguage::Jsonata => vec![json!({"RoleArn": "arn"}), json!("{% $role %}")],
    };
    option::of(select(values).prop_map(Credentials)).boxed()
}

pub(super) fn pass(language: QueryLanguage) -> BoxedStrategy<Pass> {
    (
        only(language, QueryLanguage::JsonPath, value()),
        only(language, QueryLanguage::JsonPath, value()),
        only(language, QueryLanguage::JsonPath, path_or_null()),
        transition(),
    )
        .prop_map(|(result, parameters, result_path, transition)| Pass {
            result,
            parameters,
            result_path,
            transition,
        })
        .boxed()
}

pub(super) fn choice(language: QueryLanguage) -> BoxedStrategy<Choice> {
    let test = match language {
        QueryLanguage::JsonPath => rule().prop_map(Test::Rule).boxed(),
        QueryLanguage::Jsonata => prop_oneof![
            expression().prop_map(|text| Test::Condition(Value::from(text))),
            any::<bool>().prop_map(|literal| Test::Condition(Value::from(literal))),
        ]
        .boxed(),
    };
    let rule = (
        option::of(text()),
        test,
        name(),
        option::of(object()),
        only(language, QueryLanguage::Jsonata, value()),
    )
        .prop_map(|(comment, test, next, assign, output)| ChoiceRule {
            comment,
            test: Some(test),
            next: Some(next),
            assign,
            output,
        });
    (vec(rule, 1..4), option::of(name()))
        .prop_map(|(choices, default)| Choice { choices, default })
        .boxed()
}

fn rule() -> BoxedStrategy<Rule> {
    let operand = |operator: Operator| {
        let name = operator.as_str();
        if name.ends_with("Path") {
            path().prop_map(Value::from).boxed()
        } else if name.starts_with("Numeric") {
            number().boxed()
        } else if name.starts_with("Boolean") || name.starts_with("Is") {
            any::<bool>().prop_map(Value::from).boxed()
        } else {
            text().prop_map(Value::from).boxed()
        }
    };
    let comparison = (path(), select(Operator::ALL)).prop_flat_map(move |(variable, operator)| {
        operand(operator).prop_map(move |operand| {
            Rule::Compare(Comparison { variable: variable.clone(), operator, operand })
        })
    });
    comparison
        .prop_recursive(3, 8, 3, |inner| {
            prop_oneof![
                vec(inner.clone(), 1..3).prop_map(Rule::And),
                vec(inner.clone(), 1..3).prop_map(Rule::Or),
                inner.prop_map(|rule| Rule::Not(Box::new(rule))),
            ]
        })
        .boxed()
}

pub(super) fn wait(language: QueryLanguage) -> BoxedStrategy<Wait> {
    let until = match language {
        QueryLanguage::JsonPath => prop_oneof![
            count(language, 0, 99_999_999).prop_map(WaitUntil::Seconds),
            text().prop_map(WaitUntil::Timestamp),
            path().prop_map(WaitUntil::TimestampPath),
        ]
        .boxed(),
        QueryLanguage::Jsonata => prop_oneof![
            count(language, 0, 99_999_999).prop_map(WaitUntil::Seconds),
            expression().prop_map(WaitUntil::Timestamp),
        ]
        .boxed(),
    };
    (until, transition())
        .prop_map(|(until, transition)| Wait { until: Some(until), transition })
        .boxed()
}

pub(super) fn fail(language: QueryLanguage) -> BoxedStrategy<Fail> {
    let text = move || {
        let path = path().prop_map(Text::Path);
        let literal = text().prop_map(Text::Literal);
        match language {
            QueryLanguage::JsonPath => option::of(prop_oneof![literal, path]).boxed(),
            QueryLanguage::Jsonata => option::of(literal).boxed(),
        }
    };
    (text(), text()).prop_map(|(error, cause)| Fail { error, cause }).boxed()
}

pub(super) fn parallel(
    language: QueryLanguage,
    machine: QueryLanguage,
    depth: u32,
) -> BoxedStrategy<Parallel> {
    (
        vec((flow(machine, depth), option::of(text())), 0..3),
        only(language, QueryLanguage::JsonPath, value()),
        only(language, QueryLanguage::Jsonata, value()),
        only(language, QueryLanguage::JsonPath, value()),
        only(language, QueryLanguage::JsonPath, path_or_null()),
        retry(),
        catch(language),
        transition(),
    )
        .prop_map(
            |(
                branches,
                parameters,
                arguments,
                result_selector,
                result_path,
                retry,
                catch,
                transition,
            )| {
                let (branches, mut branch_comments): (Vec<Flow>, Vec<Option<String>>) =
                    branches.into_iter().unzip();
                while branch_comments.pop_if(|comment| comment.is_none()).is_some() {}
                Parallel {
                    branches,
                    branch_comments,
                    parameters,
                    arguments,
                    result_selector,
                    result_path,
                    retry,
                    catch,
                    transition,
                }
            },
        )
        .boxed()
}
