//! One state: its type first, what it takes in before what it does, where it leads last.

use serde_json::Value;

use super::{
    flow, map,
    ordered::{Object, Ordered},
};
use crate::model::{
    Catcher, Choice, ChoiceRule, Count, Fail, JitterStrategy, Parallel, Pass, Retrier, Rule, State,
    StateKind, Task, Test, Text, Transition, Wait, WaitUntil,
};

pub(super) fn write(state: &State) -> Object {
    let mut object = Object::new();
    object.text("Type", Some(state.kind.state_type().as_str()));
    object.text("Comment", state.comment.as_deref());
    object.text("QueryLanguage", state.query_language.map(|language| language.as_str()));
    object.path_or_null("InputPath", state.input_path.as_ref());
    match &state.kind {
        StateKind::Task(task) => write_task(task, &mut object),
        StateKind::Pass(pass) => write_pass(pass, &mut object),
        StateKind::Choice(choice) => write_choices(choice, &mut object),
        StateKind::Wait(wait) => write_wait(wait, &mut object),
        StateKind::Succeed(_) => {}
        StateKind::Fail(fail) => write_fail(fail, &mut object),
        StateKind::Parallel(parallel) => write_parallel(parallel, &mut object),
        StateKind::Map(map) => map::write(map, &mut object),
    }
    object.value("Assign", state.assign.as_ref());
    object.value("Output", state.output.as_ref());
    object.path_or_null("OutputPath", state.output_path.as_ref());
    object.array("Retry", state.retry().iter().map(retrier));
    object.array("Catch", state.catch().iter().map(catcher));
    if let StateKind::Choice(choice) = &state.kind {
        object.text("Default", choice.default.as_ref().map(|name| name.as_str()));
    }
    match state.transition() {
        Some(Transition::Next(next)) => object.text("Next", Some(next.as_str())),
        Some(Transition::End) => object.value("End", Some(&Value::Bool(true))),
        None => {}
    }
    object
}

fn write_task(task: &Task, object: &mut Object) {
    object.text("Resource", Some(&task.resource));
    object.value("Parameters", task.parameters.as_ref());
    object.value("Arguments", task.arguments.as_ref());
    object.value("Credentials", task.credentials.as_ref().map(|credentials| &credentials.0));
    object.count("TimeoutSeconds", "TimeoutSecondsPath", task.timeout.as_ref());
    object.count("HeartbeatSeconds", "HeartbeatSecondsPath", task.heartbeat.as_ref());
    object.value("ResultSelector", task.result_selector.as_ref());
    object.path_or_null("ResultPath", task.result_path.as_ref());
}

fn write_pass(pass: &Pass, object: &mut Object) {
    object.value("Parameters", pass.parameters.as_ref());
    object.value("Result", pass.result.as_ref());
    object.path_or_null("ResultPath", pass.result_path.as_ref());
}

fn write_choices(choice: &Choice, object: &mut Object) {
    let rules = choice.choices.iter().map(|rule| choice_rule(rule).into()).collect();
    object.field("Choices", Ordered::Array(rules));
}

fn choice_rule(choice_rule: &ChoiceRule) -> Object {
    let mut object = Object::new();
    object.text("Comment", choice_rule.comment.as_deref());
    match &choice_rule.test {
        None => {}
        Some(Test::Condition(condition)) => object.value("Condition", Some(condition)),
        Some(Test::Rule(rule)) => write_rule(rule, &mut object),
    }
    object.value("Assign", choice_rule.assign.as_ref());
    object.value("Output", choice_rule.output.as_ref());
    object.text("Next", choice_rule.next.as_ref().map(|name| name.as_str()));
    object
}

fn write_rule(rule: &Rule, object: &mut Object) {
    match rule {
        Rule::And(rules) => object.field("And", nested(rules)),
        Rule::Or(rules) => object.field("Or", nested(rules)),
        Rule::Not(inner) => {
            let mut negated = Object::new();
            write_rule(inner, &mut negated);
            object.field("Not", negated);
        }
        Rule::Compare(comparison) => {
            object.text("Variable", Some(&comparison.variable));
            object.value(comparison.operator.as_str(), Some(&comparison.operand));
        }
    }
}

fn nested(rules: &[Rule]) -> Ordered {
    Ordered::Array(
        rules
            .iter()
            .map(|rule| {
                let mut object = Object::new();
                write_rule(rule, &mut object);
                object.into()
            })
            .collect(),
    )
}

fn write_wait(wait: &Wait, object: &mut Object) {
    match &wait.until {
        None => {}
        Some(WaitUntil::Seconds(Count::Path(path))) => object.text("SecondsPath", Some(path)),
        Some(WaitUntil::Seconds(count)) => object.count("Seconds", "SecondsPath", Some(count)),
        Some(WaitUntil::Timestamp(timestamp)) => object.text("Timestamp", Some(timestamp)),
        Some(WaitUntil::TimestampPath(path)) => object.text("TimestampPath", Some(path)),
    }
}

fn write_fail(fail: &Fail, object: &mut Object) {
    write_text(object, "Error", "ErrorPath", fail.error.as_ref());
    write_text(object, "Cause", "CausePath", fail.cause.as_ref());
}

fn write_text(object: &mut Object, name: &str, path_name: &str, text: Option<&Text>) {
    match text {
        None => {}
        Some(Text::Literal(text)) => object.text(name, Some(text)),
        Some(Text::Path(path)) => object.text(path_name, Some(path)),
    }
}

fn write_parallel(parallel: &Parallel, object: &mut Object) {
    object.value("Parameters", parallel.parameters.as_ref());
    object.value("Arguments", parallel.arguments.as_ref());
    let branches = parallel.branches.iter().enumerate().map(|(index, branch)| {
        let mut object = Object::new();
        let comment = parallel.branch_comments.get(index).and_then(Option::as_deref);
        object.text("Comment", comment);
        flow::write(branch, &mut object);
        object.into()
    });
    object.field("Branches", Ordered::Array(branches.collect()));
    object.value("ResultSelector", parallel.result_selector.as_ref());
    object.path_or_null("ResultPath", parallel.result_path.as_ref());
}

fn retrier(retrier: &Retrier) -> Object {
    let mut object = Object::new();
    object.text("Comment", retrier.comment.as_deref());
    object.texts("ErrorEquals", &retrier.error_equals);
    object.number("IntervalSeconds", retrier.interval_seconds);
    object.number("MaxAttempts", retrier.max_attempts);
    object.value("BackoffRate", retrier.backoff_rate.map(Value::from).as_ref());
    object.number("MaxDelaySeconds", retrier.max_delay_seconds);
    let jitter = retrier.jitter_strategy.map(|strategy| match strategy {
        JitterStrategy::Full => "FULL",
        JitterStrategy::None => "NONE",
    });
    object.text("JitterStrategy", jitter);
    object
}

fn catcher(catcher: &Catcher) -> Object {
    let mut object = Object::new();
    object.text("Comment", catcher.comment.as_deref());
    object.texts("ErrorEquals", &catcher.error_equals);
    object.value("Assign", catcher.assign.as_ref());
    object.value("Output", catcher.output.as_ref());
    object.path_or_null("ResultPath", catcher.result_path.as_ref());
    object.text("Next", catcher.next.as_ref().map(|name| name.as_str()));
    object
}
