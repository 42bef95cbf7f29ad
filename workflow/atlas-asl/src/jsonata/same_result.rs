//! The direct evaluation and the evaluator agree on every expression that the first takes.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::direct::Stop;
use super::testing::Fixed;
use super::{Evaluated, EvaluationFailure, Expression, Session};

/// What both ways must have in common: an error is compared by its code, because the direct way
/// knows the values that the evaluator's texts leave out.
fn outcome(result: Result<Evaluated, EvaluationFailure>) -> Result<Evaluated, Option<String>> {
    result.map_err(|failure| failure.code)
}

/// Whether the direct way took the expression.
fn check(source: &str, scope: &Fixed) -> bool {
    let expression = Expression::parse(source).expect(source);
    let Some(direct) = expression.direct() else {
        return false;
    };
    let direct = match direct.evaluate(scope) {
        Ok(value) => Ok(value),
        Err(Stop::Failed(failure)) => Err(*failure),
        Err(Stop::BeyondUs) => return false,
    };
    let whole = Session::new(scope).evaluate_whole(&expression);
    assert_eq!(outcome(direct), outcome(whole), "{source}");
    true
}

fn scope(input: Value, variable: Value) -> Fixed {
    Fixed::new(input).with_result(json!({"ok": true})).with_variable("x", variable)
}

fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-5_i64..20).prop_map(Value::from),
        prop_oneof![Just(0.5), Just(1.25), Just(1e20), Just(123_456.789)].prop_map(Value::from),
        prop_oneof![Just(""), Just("a"), Just("+4915112345"), Just("é😀")].prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((prop_oneof![Just("a"), Just("b"), Just("c")], inner), 0..4)
                .prop_map(|fields| fields
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect()),
        ]
    })
}

fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("1"),
        Just("0"),
        Just("2.5"),
        Just("'a'"),
        Just("''"),
        Just("true"),
        Just("null"),
        Just("$states.input"),
        Just("$states.input.a"),
        Just("$states.input.a.b"),
        Just("$states.input.b"),
        Just("$states.context.Execution.Name"),
        Just("$states.context.Execution.Input.a"),
        Just("$states.context.Execution"),
        Just("$states.context.Map.Item.Value"),
        Just("$states.result.ok"),
        Just("$states.errorOutput.Error"),
        Just("$x"),
        Just("$x.a"),
        Just("$x.b.c"),
        Just("$x[0]"),
        Just("$x[1].a"),
        Just("$x[-1].b"),
        Just("$x.a[0]"),
        Just("$x.b[-2].c"),
        Just("$x.b[0][0]"),
        Just("$states.input[0].a"),
        Just("$states.input.c[-1]"),
        Just("$missing"),
    ]
    .prop_map(str::to_owned);
    leaf.prop_recursive(4, 16, 3, |inner| {
        let operator = prop_oneof![
            Just("="),
            Just("!="),
            Just("<"),
            Just("<="),
            Just(">"),
            Just(">="),
            Just("and"),
            Just("or"),
            Just("&"),
            Just("+"),
            Just("-"),
            Just("*"),
        ];
        let function = prop_oneof![
            Just("not"),
            Just("boolean"),
            Just("exists"),
            Just("type"),
            Just("length"),
            Just("string"),
            Just("uppercase"),
            Just("lowercase"),
        ];
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            (two.clone(), operator).prop_map(|((l, r), op)| format!("({l} {op} {r})")),
            (inner.clone(), function).prop_map(|(argument, name)| format!("${name}({argument})")),
            inner.clone().prop_map(|operand| format!("-({operand})")),
            inner.clone().prop_map(|item| format!("({item} in ['a', 1, null, true])")),
            inner.clone().prop_map(|text| format!("$contains({text}, 'a')")),
            inner.clone().prop_map(|text| format!("$contains({text}, /^\\+[1-9][0-9]{{1,14}}$/)")),
            (two.clone(), inner.clone()).prop_map(|((c, t), e)| format!("({c} ? {t} : {e})")),
            two.clone().prop_map(|(c, t)| format!("({c} ? {t})")),
            two.clone().prop_map(|(a, b)| format!("{{'a': {a}, 'b': {b}}}")),
            two.clone().prop_map(|(a, b)| format!("[{a}, {b}]")),
            inner.prop_map(|a| format!("[[{a}]]")),
            two.prop_map(|(a, b)| format!("$merge([{a}, {b}])")),
        ]
    })
}

/// The parts that an expression reads are all that the evaluator needs of the context object.
#[test]
fn the_parts_of_the_context_object_give_what_the_whole_gives() {
    let scope = scope(json!({"a": 1}), json!([1]));
    for source in [
        "$states.context.Execution.Input.a & $states.context.Execution.Name",
        "[$states.context.Execution.Name, $states.context.Task.Token, $states.context.State.Name]",
        "$states.context.Execution[Name = 'run'].Input.a",
        "$states.context.Execution@$e.$e.Name",
        "$states.context.Execution.Input.(%.Name)",
        "$states.context.Execution.Input.b.(%.%.Name)",
        "$states.context.Execution.Input.b[0].c",
        "$states.context.(Execution.Name & State.Name)",
        "$states.context.*.Name",
        "$states.context.**.Name",
        "$keys($states.context)",
        "$keys($states.context.Execution)",
        "($c := $states.context; $c.Execution.Name & $states.context.State.Name)",
        "$states.(context.Execution.Name)",
        "$states.context.Nothing.Name",
        "$map([1, 2], function($v) { $states.context.Map.Item.Index + $v })",
    ] {
        let expression = Expression::parse(source).expect(source);
        let parts = Session::new(&scope).evaluate_whole(&expression);
        // `$states` by itself makes the session convert all of it.
        let all = Expression::parse(&format!("($states; {source})")).expect(source);
        let whole = Session::new(&scope).evaluate_whole(&all);
        assert_eq!(outcome(parts), outcome(whole), "{source}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn both_ways_agree(source in expression(), input in document(), variable in document()) {
        check(&source, &scope(input, variable));
    }
}

#[test]
fn what_the_lead_to_call_machines_say_is_evaluated_directly() {
    let input = json!({
        "lead": {"phone": "+4915112345678", "name": "Ada"},
        "interactionKey": "key-1",
        "attempt": 1
    });
    let scope = Fixed::new(input)
        .with_variable("call", json!({"outcome": "BUSY"}))
        .with_variable("attempt", json!(1))
        .with_variable("maxAttempts", json!(3));
    for source in [
        "$states.input.lead.phone",
        "$exists($states.input.interactionKey) and $type($states.input.interactionKey) = 'string' and $contains($states.input.lead.phone, /^\\+[1-9][0-9]{1,14}$/)",
        "$call.outcome in ['BUSY', 'NO_ANSWER'] and $attempt < $maxAttempts",
        "'call-' & $states.input.interactionKey",
        "$merge([$states.input.lead, {'attempt': $attempt + 1}])",
        "{'phone': $states.input.lead.phone, 'attempt': $attempt}",
        "$length($states.input.lead.name) > 2 ? 'long' : 'short'",
    ] {
        assert!(check(source, &scope), "{source}");
    }
}

#[test]
fn an_item_of_an_array_is_found_directly() {
    let scope = scope(
        json!({"list": [{"n": 1}, {"n": 2}, null], "one": {"n": 7}, "none": null, "deep": [[1, 2]]}),
        json!([{"leadId": "00Q1"}, {"scenario": {"tone": "warm"}}]),
    );
    for (source, is_direct) in [
        ("$x[0].leadId", true),
        ("$x[1].scenario.tone", true),
        ("$x[-1].scenario", true),
        ("$x[2].leadId", true),
        ("$x[-3]", true),
        ("$states.input.list[2]", true),
        ("$states.input.list[0][0].n", true),
        ("$states.input.list[0][1].n", true),
        ("$states.input.one[0].n", true),
        ("$states.input.one[-1].n", true),
        ("$states.input.one[1].n", true),
        ("$states.input.one.n[0]", true),
        ("$states.input.none[0]", true),
        ("$states.input.none[1]", true),
        ("$states.input.missing[0].n", true),
        ("$states.input.deep[0]", false),
        ("$states.input.deep[0][1]", false),
        ("$states.input.list.n[0]", false),
        ("$states.input.list[0.5].n", false),
        ("$states.input.list[-0.5].n", false),
        ("$states.input.list[n = 1].n", false),
        ("$states.input.list[1e30]", false),
        ("$states.input.list[[0, 1]].n", false),
        ("$states.input.list[0]#$i", false),
        ("$states.input.list[]", false),
        ("$states[0].input.one", false),
    ] {
        assert_eq!(check(source, &scope), is_direct, "{source}");
    }
}
