//! One state: what all have, and what each type adds. `Choice`, `Parallel` and `Map` have files of
//! their own.

use super::{
    choice,
    document::{Json, Node},
    faults::{Reading, Trail},
    fields::{Fields, wrong_type},
    machine::{MOST_SECONDS, query_language},
    map, parallel, recovery, shapes,
};
use crate::model::{
    Count, Credentials, Fail, Pass, QueryLanguage, State, StateKind, StateName, StateType, Succeed,
    Task, Text, Transition, Wait, WaitUntil,
};

/// Reads a state. One whose type is unknown becomes the type that it looks like, so that what leads
/// to it and away from it is still there.
pub(super) fn state(node: &Node<'_>, trail: &Trail<'_>, reading: &mut Reading<'_>) -> State {
    let Some(bare) = Fields::bare(node, trail, &shapes::ANY_STATE, None, reading) else {
        return State::new(StateKind::Pass(Pass::default()));
    };
    let (own_language, language) = languages(&bare, reading);
    let kind_of = state_type(&bare, reading);
    let shape = kind_of.map_or(&shapes::ANY_STATE, shapes::of_state);
    let fields = match kind_of {
        Some(_) => bare.as_shape(shape, language, reading),
        None => bare,
    };
    State {
        comment: fields.text("Comment", reading),
        query_language: own_language,
        input_path: fields.path_or_null("InputPath", reading),
        output_path: fields.path_or_null("OutputPath", reading),
        output: fields.value("Output", reading),
        assign: fields.object("Assign", reading),
        kind: match kind_of {
            Some(state_type) => kind(state_type, &fields, reading),
            None => {
                StateKind::Pass(Pass { transition: known_transition(&fields), ..Pass::default() })
            }
        },
    }
}

/// The state's own `QueryLanguage`, and the language that its fields are judged by: none where the
/// state has what its machine forbids, for AWS then says nothing of its fields' languages.
fn languages(
    bare: &Fields<'_, '_>,
    reading: &mut Reading<'_>,
) -> (Option<QueryLanguage>, Option<QueryLanguage>) {
    let own = query_language(bare, reading);
    if own == Some(QueryLanguage::JsonPath)
        && reading.machine_language == QueryLanguage::Jsonata
        && let Some(member) = bare.raw("QueryLanguage")
    {
        reading.fault_at(
            bare.trail,
            member.offset,
            "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
            "remove it, or set `QueryLanguage` to `JSONPath` at the top and to `JSONata` in the states that need it"
                .to_owned(),
        );
        return (own, None);
    }
    (own, Some(own.unwrap_or(reading.machine_language)))
}

fn state_type(bare: &Fields<'_, '_>, reading: &mut Reading<'_>) -> Option<StateType> {
    if bare.raw("Type").is_none() {
        bare.require(&["Type"], reading);
        return recovery::likely_type(bare, "");
    }
    let written = bare.text("Type", reading);
    let known = StateType::ALL
        .into_iter()
        .find(|state_type| Some(state_type.as_str()) == written.as_deref());
    if known.is_some() {
        return known;
    }
    if let Some(written) = &written {
        bare.wrong_word("Type", written, &StateType::ALL.map(StateType::as_str), reading);
    }
    recovery::likely_type(bare, &written.unwrap_or_default())
}

fn kind(state_type: StateType, fields: &Fields<'_, '_>, reading: &mut Reading<'_>) -> StateKind {
    match state_type {
        StateType::Task => StateKind::Task(Box::new(task(fields, reading))),
        StateType::Pass => StateKind::Pass(Pass {
            result: fields.value("Result", reading),
            parameters: fields.value("Parameters", reading),
            result_path: fields.path_or_null("ResultPath", reading),
            transition: transition(fields, reading),
        }),
        StateType::Choice => StateKind::Choice(choice::choice(fields, reading)),
        StateType::Wait => StateKind::Wait(wait(fields, reading)),
        StateType::Succeed => StateKind::Succeed(Succeed),
        StateType::Fail => StateKind::Fail(Fail {
            error: text_or_path(fields, "Error", "ErrorPath", reading),
            cause: text_or_path(fields, "Cause", "CausePath", reading),
        }),
        StateType::Parallel => StateKind::Parallel(Box::new(parallel::parallel(fields, reading))),
        StateType::Map => StateKind::Map(Box::new(map::map(fields, reading))),
    }
}

fn task(fields: &Fields<'_, '_>, reading: &mut Reading<'_>) -> Task {
    fields.require(&["Resource"], reading);
    let timeout = fields.count("TimeoutSeconds", "TimeoutSecondsPath", 1..=MOST_SECONDS, reading);
    let heartbeat =
        fields.count("HeartbeatSeconds", "HeartbeatSecondsPath", 1..=MOST_SECONDS, reading);
    if let (Some(Count::Literal(timeout)), Some(Count::Literal(heartbeat))) = (&timeout, &heartbeat)
        && heartbeat >= timeout
        && let Some(member) = fields.get("HeartbeatSeconds")
    {
        reading.fault(
            &fields.trail.field(&member.name, member.offset),
            format!(
                "HeartbeatSeconds ({heartbeat}) is not smaller than TimeoutSeconds ({timeout})"
            ),
            format!("write a number below {timeout}, or raise `TimeoutSeconds`"),
        );
    }
    Task {
        resource: fields.text("Resource", reading).unwrap_or_default(),
        parameters: fields.value("Parameters", reading),
        arguments: fields.value("Arguments", reading),
        result_selector: fields.value("ResultSelector", reading),
        result_path: fields.path_or_null("ResultPath", reading),
        timeout,
        heartbeat,
        credentials: credentials(fields, reading),
        retry: recovery::retry(fields, reading),
        catch: recovery::catch(fields, reading),
        transition: transition(fields, reading),
    }
}

fn credentials(fields: &Fields<'_, '_>, reading: &mut Reading<'_>) -> Option<Credentials> {
    let member = fields.get("Credentials")?;
    if fields.expression(member).is_some() {
        return fields.value("Credentials", reading).map(Credentials);
    }
    if let Json::Object(members) = &member.value.json
        && !members.iter().any(|inner| inner.name == "RoleArn" || inner.name == "RoleArn.$")
    {
        reading.fault(
            &fields.trail.field(&member.name, member.offset),
            "The field 'RoleArn' is required but was missing",
            "add `RoleArn`, the role that the task takes on".to_owned(),
        );
    }
    fields.object("Credentials", reading).map(Credentials)
}

fn wait(fields: &Fields<'_, '_>, reading: &mut Reading<'_>) -> Wait {
    fields.exactly_one(&["SecondsPath", "Seconds", "TimestampPath", "Timestamp"], reading);
    let until = if fields.get("Seconds").is_some() {
        seconds(fields, reading).map(WaitUntil::Seconds)
    } else if let Some(path) = fields.text("SecondsPath", reading) {
        Some(WaitUntil::Seconds(Count::Path(path)))
    } else if let Some(timestamp) = fields.text("Timestamp", reading) {
        Some(WaitUntil::Timestamp(timestamp))
    } else {
        fields.text("TimestampPath", reading).map(WaitUntil::TimestampPath)
    };
    Wait { until, transition: transition(fields, reading) }
}

fn seconds(fields: &Fields<'_, '_>, reading: &mut Reading<'_>) -> Option<Count> {
    match fields.get("Seconds").and_then(|member| fields.expression(member)) {
        Some(expression) => Some(Count::Jsonata(expression)),
        None => fields.whole("Seconds", 0..=MOST_SECONDS, reading).map(Count::Literal),
    }
}

fn text_or_path(
    fields: &Fields<'_, '_>,
    name: &str,
    path_name: &str,
    reading: &mut Reading<'_>,
) -> Option<Text> {
    fields.at_most_one(&[name, path_name], reading);
    match fields.text(name, reading) {
        Some(text) => Some(Text::Literal(text)),
        None => fields.text(path_name, reading).map(Text::Path),
    }
}

/// `Next` or `End`, one of which must be there.
pub(super) fn transition(fields: &Fields<'_, '_>, reading: &mut Reading<'_>) -> Option<Transition> {
    let names = ["Next", "End"];
    let next = fields.get("Next");
    let end = fields.get("End");
    let ends = match end.map(|member| &member.value.json) {
        None => Some(false),
        Some(Json::Boolean(ends)) => Some(*ends),
        Some(_) => None,
    };
    if let Some(member) = end.filter(|_| ends.is_none()) {
        let trail = fields.trail.field(&member.name, member.offset);
        wrong_type(reading, &trail, &member.value, "[BOOLEAN]", "write `true`");
    }
    if ends == Some(true) {
        fields.at_most_one(&names, reading);
    } else if let (None, Some(false)) = (next, ends) {
        reading.fault(
            fields.trail,
            "This object should have only one of the following fields: [Next, End]",
            "add `Next` with the name of a state, or `\"End\": true`".to_owned(),
        );
    }
    match next {
        Some(_) => fields.state_name("Next", reading).map(Transition::Next),
        None => (ends == Some(true)).then_some(Transition::End),
    }
}

/// `Next` or `End` of a state of no known type, as far as they can be understood.
fn known_transition(fields: &Fields<'_, '_>) -> Option<Transition> {
    let written = |name| fields.raw(name).map(|member| &member.value.json);
    match (written("Next"), written("End")) {
        (Some(Json::Text(next)), _) => Some(Transition::Next(StateName::from(next.as_ref()))),
        (_, Some(Json::Boolean(true))) => Some(Transition::End),
        _ => None,
    }
}
