//! What fields hold: retriers and catchers, names, paths, expressions, texts and values.

use atlas_asl::model::*;
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::Value;

pub(super) fn retry() -> BoxedStrategy<Vec<Retrier>> {
    let retrier = (
        option::of(text()),
        vec(text(), 1..3),
        option::of(0..=99_999_999_u64),
        option::of(0..=99_999_999_u64),
        option::of(1.0..1e9),
        option::of(1..=31_622_400_u64),
        option::of(select(vec![JitterStrategy::Full, JitterStrategy::None])),
    )
        .prop_map(
            |(
                comment,
                error_equals,
                interval_seconds,
                max_attempts,
                backoff_rate,
                max_delay_seconds,
                jitter_strategy,
            )| Retrier {
                comment,
                error_equals,
                interval_seconds,
                max_attempts,
                backoff_rate,
                max_delay_seconds,
                jitter_strategy,
            },
        );
    vec(retrier, 0..3).boxed()
}

pub(super) fn catch(language: QueryLanguage) -> BoxedStrategy<Vec<Catcher>> {
    let catcher =
        (
            option::of(text()),
            vec(text(), 1..3),
            name(),
            only(language, QueryLanguage::JsonPath, path_or_null()),
            option::of(object()),
            only(language, QueryLanguage::Jsonata, value()),
        )
            .prop_map(|(comment, error_equals, next, result_path, assign, output)| {
                Catcher { comment, error_equals, next: Some(next), result_path, assign, output }
            });
    vec(catcher, 0..3).boxed()
}

/// A field of one language: sometimes there in that language, never in the other.
pub(super) fn only<T: std::fmt::Debug + Clone + 'static>(
    language: QueryLanguage,
    of: QueryLanguage,
    strategy: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Option<T>> {
    if language == of { option::of(strategy).boxed() } else { Just(None).boxed() }
}

pub(super) fn count(language: QueryLanguage, least: u64, most: u64) -> BoxedStrategy<Count> {
    let literal = (least..=most).prop_map(Count::Literal);
    match language {
        QueryLanguage::JsonPath => prop_oneof![literal, path().prop_map(Count::Path)].boxed(),
        QueryLanguage::Jsonata => {
            prop_oneof![literal, expression().prop_map(Count::Jsonata)].boxed()
        }
    }
}

pub(super) fn transition() -> BoxedStrategy<Option<Transition>> {
    prop_oneof![Just(Transition::End), name().prop_map(Transition::Next)].prop_map(Some).boxed()
}

pub(super) fn name() -> BoxedStrategy<StateName> {
    prop_oneof![
        select(vec!["A", "B", "CreateLead"]).prop_map(StateName::from),
        text().prop_map(StateName::from)
    ]
    .boxed()
}

pub(super) fn path_or_null() -> BoxedStrategy<PathOrNull> {
    prop_oneof![Just(PathOrNull::Null), path().prop_map(PathOrNull::Path)].boxed()
}

pub(super) fn path() -> BoxedStrategy<String> {
    select(vec!["$", "$.a.b", "$$.Task.Token", "$x[0]"]).prop_map(str::to_owned).boxed()
}

pub(super) fn expression() -> BoxedStrategy<String> {
    text().prop_map(|inner| format!("{{% {inner} %}}")).boxed()
}

/// Any text, with what JSON has to escape and what pointers have to.
pub(super) fn text() -> BoxedStrategy<String> {
    prop_oneof![
        "[a-z]{0,6}",
        "\\PC{0,6}",
        vec(any::<char>(), 0..4).prop_map(|characters| characters.into_iter().collect()),
        select(vec!["~1/", "\"\\", "\u{1}\n", "é📞", "{% x %}", "${Arn}"]).prop_map(str::to_owned),
    ]
    .boxed()
}

pub(super) fn number() -> BoxedStrategy<Value> {
    prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        proptest::num::f64::NORMAL.prop_map(Value::from),
    ]
    .boxed()
}

pub(super) fn value() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number(),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec((text(), inner), 0..3)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
    .boxed()
}

pub(super) fn object() -> BoxedStrategy<Value> {
    vec((text(), value()), 0..3)
        .prop_map(|fields| Value::Object(fields.into_iter().collect()))
        .boxed()
}
