//! Arbitrary machines that AWS's shape rules allow, with every field of the model.

mod states;

mod map;

mod fields;

use atlas_asl::model::*;
use proptest::{collection::vec, option, prelude::*, sample::select};

use self::{
    fields::{name, object, only, path_or_null, text, value},
    map::map,
    states::{choice, fail, parallel, pass, task, wait},
};

/// A machine with states nested at most two flows deep.
pub(crate) fn machine() -> BoxedStrategy<StateMachine> {
    option::of(select(vec![QueryLanguage::JsonPath, QueryLanguage::Jsonata]))
        .prop_flat_map(|query_language| {
            (
                option::of(text()),
                option::of(Just("1.0".to_owned())),
                option::of(0..=99_999_999_u64),
                flow(query_language.unwrap_or_default(), 2),
            )
                .prop_map(move |(comment, version, timeout_seconds, flow)| {
                    StateMachine { comment, version, query_language, timeout_seconds, flow }
                })
        })
        .boxed()
}

fn flow(machine: QueryLanguage, depth: u32) -> BoxedStrategy<Flow> {
    let states = vec((name(), state(machine, depth)), 0..4).prop_map(|mut states| {
        let mut seen = std::collections::HashSet::new();
        states.retain(|(name, _)| seen.insert(name.clone()));
        states
    });
    (name(), states)
        .prop_map(|(start_at, states)| Flow { start_at: Some(start_at), states })
        .boxed()
}

fn state(machine: QueryLanguage, depth: u32) -> BoxedStrategy<State> {
    let languages = match machine {
        QueryLanguage::JsonPath => {
            vec![None, Some(QueryLanguage::JsonPath), Some(QueryLanguage::Jsonata)]
        }
        QueryLanguage::Jsonata => vec![None, Some(QueryLanguage::Jsonata)],
    };
    select(languages)
        .prop_flat_map(move |query_language| {
            let language = query_language.unwrap_or(machine);
            let common = (
                option::of(text()),
                only(language, QueryLanguage::JsonPath, path_or_null()),
                only(language, QueryLanguage::JsonPath, path_or_null()),
                only(language, QueryLanguage::Jsonata, value()),
                option::of(object()),
            );
            (common, kind(language, machine, depth)).prop_map(
                move |((comment, input_path, output_path, output, assign), kind)| {
                    let mut state = State {
                        comment,
                        query_language,
                        input_path,
                        output_path,
                        output,
                        assign,
                        kind,
                    };
                    if let StateKind::Succeed(_) | StateKind::Fail(_) = state.kind {
                        state.assign = None;
                    }
                    if let StateKind::Fail(_) = state.kind {
                        state.input_path = None;
                        state.output_path = None;
                        state.output = None;
                    }
                    state
                },
            )
        })
        .boxed()
}

fn kind(language: QueryLanguage, machine: QueryLanguage, depth: u32) -> BoxedStrategy<StateKind> {
    let flat = prop_oneof![
        task(language).prop_map(|task| StateKind::Task(Box::new(task))),
        pass(language).prop_map(StateKind::Pass),
        choice(language).prop_map(StateKind::Choice),
        wait(language).prop_map(StateKind::Wait),
        Just(StateKind::Succeed(Succeed)),
        fail(language).prop_map(StateKind::Fail),
    ];
    if depth == 0 {
        return flat.boxed();
    }
    prop_oneof![
        4 => flat,
        1 => parallel(language, machine, depth - 1)
            .prop_map(|parallel| StateKind::Parallel(Box::new(parallel))),
        1 => map(language, machine, depth - 1).prop_map(|map| StateKind::Map(Box::new(map))),
    ]
    .boxed()
}
