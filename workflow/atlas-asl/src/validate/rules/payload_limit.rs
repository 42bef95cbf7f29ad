//! A payload that can pass 256 KiB (262,144 bytes), which fails the execution.
//!
//! Three shapes are judged, each of which grows by itself:
//! - a literal that alone fills four fifths of the limit;
//! - one object that holds the state's whole input beside the execution's whole input, so that it is
//!   up to twice as long as either;
//! - an inline Map over items of unknown number which keeps the whole answer of `lambda:invoke` per
//!   item (about 1 KiB of headers each, so some 250 items), or gives every item a copy of the whole
//!   input and keeps what comes back.
//!
//! A Map that drops its result (`ResultPath: null`) or chooses from it (`ResultSelector`, `Output`) is
//! not judged, nor one with items written out in the definition.

use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{
    Items, Map, PathOrNull, QueryLanguage, State, StateKind, Transition, escape_pointer,
};
use crate::resource::Resource;
use crate::validate::context::{Context, Step};
use crate::validate::fields::Content;

/// Four fifths of 262,144 bytes.
const NEAR_LIMIT: usize = 209_715;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for step in &cx.steps {
        check_literals(step, out);
        check_doubled(step, out);
    }
    for flow in &cx.flows {
        let Some(parent) = flow.parent.map(|parent| &cx.steps[parent]) else { continue };
        let StateKind::Map(map) = &parent.state.kind else { continue };
        let has_written_items = matches!(&map.items, Some(Items::Value(Value::Array(_))));
        if map.is_distributed() || has_written_items || !keeps_result(parent.state, map) {
            continue;
        }
        for step in cx.steps_of(flow).iter().filter(|step| is_raw_answer(step)) {
            out.push(warning(
                format!("{}/Resource", step.pointer),
                format!(
                    "the Map `{}` keeps the whole answer of `lambda:invoke` for each item, \
                     about 1 KiB of headers included",
                    parent.name
                ),
                "select `$.Payload` with `ResultSelector` or `OutputPath` (`Output` in JSONata)",
            ));
        }
        let selector = map.item_selector.as_ref().map(|selector| ("ItemSelector", selector));
        let selector =
            selector.or(map.parameters.as_ref().map(|parameters| ("Parameters", parameters)));
        if let Some((field, Value::Object(fields))) = selector
            && let Some((key, _)) = fields.iter().find(|(_, value)| is_whole_input(value))
        {
            out.push(warning(
                format!("{}/{field}/{}", parent.pointer, escape_pointer(key)),
                "every item carries a copy of the whole input, and the result keeps every item".to_owned(),
                "select the fields that an item needs",
            ));
        }
    }
}

fn warning(pointer: String, message: String, hint: &str) -> Diagnostic {
    Diagnostic::warning(Code::PayloadMayExceedLimit, pointer, message).hint(hint)
}

fn check_literals(step: &Step<'_>, out: &mut Vec<Diagnostic>) {
    let result = match &step.state.kind {
        StateKind::Pass(pass) => pass.result.as_ref(),
        _ => None,
    };
    let fields = step.fields.iter().filter_map(|field| match field.content {
        Content::Template(value) | Content::Jsonata(value) => Some((field.pointer.as_ref(), value)),
        _ => None,
    });
    for (name, value) in result.map(|value| ("Result", value)).into_iter().chain(fields) {
        let bytes = serde_json::to_string(value).map_or(0, |text| text.len());
        if bytes > NEAR_LIMIT {
            out.push(warning(
                format!("{}/{name}", step.pointer),
                format!("this literal has {bytes} bytes of the 262144 that a payload can have"),
                "keep it in S3 or DynamoDB, and pass its key",
            ));
        }
    }
}

/// The state's input beside the execution's, in one object.
fn check_doubled(step: &Step<'_>, out: &mut Vec<Diagnostic>) {
    for field in &step.fields {
        let (Content::Template(Value::Object(fields)) | Content::Jsonata(Value::Object(fields))) =
            field.content
        else {
            continue;
        };
        let is = |value: &Value, forms: [&str; 2]| {
            value.as_str().is_some_and(|text| forms.contains(&bare(text)))
        };
        let own = fields.values().any(|value| is(value, ["$", "$states.input"]));
        let execution = fields
            .iter()
            .find(|(_, v)| is(v, ["$$.Execution.Input", "$states.context.Execution.Input"]));
        if let (true, Some((key, _))) = (own, execution) {
            out.push(warning(
                format!("{}/{}/{}", step.pointer, field.pointer, escape_pointer(key)),
                "the execution's whole input beside the state's: up to twice the bytes".to_owned(),
                "select the fields that are needed",
            ));
        }
    }
}

fn bare(text: &str) -> &str {
    crate::jsonata::delimited(text).unwrap_or(text)
}

fn is_whole_input(value: &Value) -> bool {
    value.as_str().is_some_and(|text| {
        matches!(
            bare(text),
            "$" | "$states.input" | "$$.Execution.Input" | "$states.context.Execution.Input"
        )
    })
}

fn keeps_result(state: &State, map: &Map) -> bool {
    map.result_selector.is_none()
        && state.output.is_none()
        && map.result_path != Some(PathOrNull::Null)
        && state.output_path.is_none()
}

/// The last state of an iteration, with all that `lambda:invoke` answers.
fn is_raw_answer(step: &Step<'_>) -> bool {
    let StateKind::Task(task) = &step.state.kind else { return false };
    let is_invoke = matches!(&step.resource, Some(Resource::Integration { service, .. })
        if service == "lambda");
    let is_kept = match step.language {
        QueryLanguage::JsonPath => {
            task.result_selector.is_none()
                && task.result_path != Some(PathOrNull::Null)
                && step.state.output_path.is_none()
        }
        QueryLanguage::Jsonata => step.state.output.is_none(),
    };
    is_invoke && is_kept && task.transition == Some(Transition::End)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::tests::{check_state, check_states};

    #[test]
    fn what_grows_by_itself_is_named() {
        let long = "x".repeat(NEAR_LIMIT);
        check_state(
            &format!(r#""Type": "Pass", "Result": "{long}""#),
            Code::PayloadMayExceedLimit,
            &[("/States/A/Result", "of the 262144")],
        );
        check_state(
            r#""Type": "Pass", "Parameters": {"own.$": "$", "all.$": "$$.Execution.Input"}"#,
            Code::PayloadMayExceedLimit,
            &[("/States/A/Parameters/all.$", "up to twice")],
        );
        let map = |fields: &str, task: &str| {
            format!(
                r#""M": {{"Type": "Map", "End": true, {fields} "ItemProcessor": {{"StartAt": "T",
                    "States": {{"T": {{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                        "Parameters": {{"FunctionName": "f"}}, {task} "End": true}}}}}}}}"#
            )
        };
        let raw = [("/States/M/ItemProcessor/States/T/Resource", "about 1 KiB of headers")];
        let code = Code::PayloadMayExceedLimit;
        check_states(&map("", ""), code, &raw);
        check_states(&map(r#""ResultPath": null,"#, ""), code, &[]);
        check_states(&map("", r#""OutputPath": "$.Payload","#), code, &[]);
        let copies = [("/States/M/ItemSelector/all.$", "copy of the whole input")];
        let selector = r#""ItemSelector": {"all.$": "$"},"#;
        check_states(&map(selector, r#""OutputPath": "$.Payload","#), code, &copies);
    }
}
