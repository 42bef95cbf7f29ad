//! Iterations: how many at a time, in which order, and what is aborted when one fails.

use expect_test::expect;
use serde_json::{Value, json};

use super::harness::{
    check, check_ends, check_history, child_failed, done, failed, held, machine, outcome,
    run_to_its_end, start,
};
use crate::Command;

fn map(fields: &str) -> String {
    format!(
        r#"{{"M": {{"Type": "Map", {fields} "End": true, "ItemProcessor": {{"StartAt": "A",
            "States": {{"A": {{"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage",
            "End": true}}}}}}}}}}"#
    )
}

#[test]
fn one_at_a_time_means_one_after_the_other() {
    check_history(
        &map(r#""MaxConcurrency": 1,"#),
        &[start(json!([1, 2])), done(1, json!("a")), done(2, json!("b"))],
        expect![[r#"
            1 < 0 ExecutionStarted [1,2]
            2 < 0 MapStateEntered M [1,2]
            3 < 2 MapStateStarted length 2
            4 < 3 MapIterationStarted M index 0
            5 < 4 TaskStateEntered A 1
            6 < 5 TaskScheduled 1
            7 < 6 TaskStarted
            8 < 7 TaskSucceeded "a"
            9 < 8 TaskStateExited A "a"
            10 < 9 MapIterationSucceeded M index 0
            11 < 9 MapIterationStarted M index 1
            12 < 11 TaskStateEntered A 2
            13 < 12 TaskScheduled 2
            14 < 13 TaskStarted
            15 < 14 TaskSucceeded "b"
            16 < 15 TaskStateExited A "b"
            17 < 16 MapIterationSucceeded M index 1
            18 < 17 MapStateSucceeded
            19 < 17 MapStateExited M ["a","b"]
            20 < 19 ExecutionSucceeded ["a","b"]
        "#]],
    );
}

#[test]
fn an_iteration_that_ends_makes_room_for_the_next() {
    check(
        &map(r#""MaxConcurrency": 3,"#),
        &[
            start(json!([1, 2, 3, 4, 5])),
            done(2, json!("b")),
            done(1, json!("a")),
            done(5, json!("e")),
            done(4, json!("d")),
            done(3, json!("c")),
        ],
        expect![[r#"
            +0s start [1,2,3,4,5]
                invoke A #1 1
                invoke A #2 2
                invoke A #3 3
            +0s done #2 "b"
                invoke A #4 4
            +0s done #1 "a"
                invoke A #5 5
            +0s done #5 "e"
            +0s done #4 "d"
            +0s done #3 "c"
                succeed ["a","b","c","d","e"]
        "#]],
    );
}

#[test]
fn an_inline_map_runs_forty_at_most() {
    let items: Vec<u32> = (0..100).collect();
    for (fields, at_once) in [
        ("", 40),
        (r#""MaxConcurrency": 0,"#, 40),
        (r#""MaxConcurrency": 41,"#, 40),
        (r#""MaxConcurrency": 7,"#, 7),
    ] {
        let run = held(&machine(&map(fields)), &[start(json!(items))]);
        assert_eq!(run.lines.matches("invoke").count(), at_once, "{fields}");
    }
    for fields in [
        r#""ItemsPath": "$.items", "MaxConcurrencyPath": "$.n","#,
        r#""QueryLanguage": "JSONata",
            "Items": "{% $states.input.items %}", "MaxConcurrency": "{% $states.input.n %}","#,
    ] {
        let run = held(&machine(&map(fields)), &[start(json!({"n": 5, "items": items}))]);
        assert_eq!(run.lines.matches("invoke").count(), 5, "{fields}");
    }
}

#[test]
fn no_items_give_no_results() {
    check_history(
        &map(""),
        &[start(json!([]))],
        expect![[r#"
        1 < 0 ExecutionStarted []
        2 < 0 MapStateEntered M []
        3 < 2 MapStateStarted length 0
        4 < 3 MapStateSucceeded
        5 < 3 MapStateExited M []
        6 < 5 ExecutionSucceeded []
    "#]],
    );
}

#[test]
fn an_iteration_that_fails_aborts_the_others_and_starts_no_more() {
    check(
        &map(r#""MaxConcurrency": 2,"#),
        &[start(json!([1, 2, 3])), failed(2, "E"), done(1, json!(1))],
        expect![[r#"
            +0s start [1,2,3]
                invoke A #1 1
                invoke A #2 2
            +0s failed #2 E
                cancel #1
                fail E: cause
            +0s done #1 1
                refused: the task has been closed
        "#]],
    );
    check_history(
        &map(r#""MaxConcurrency": 2,"#),
        &[start(json!([1, 2, 3])), failed(2, "E")],
        expect![[r#"
            1 < 0 ExecutionStarted [1,2,3]
            2 < 0 MapStateEntered M [1,2,3]
            3 < 2 MapStateStarted length 3
            4 < 3 MapIterationStarted M index 0
            5 < 3 MapIterationStarted M index 1
            6 < 4 TaskStateEntered A 1
            7 < 6 TaskScheduled 1
            8 < 7 TaskStarted
            9 < 5 TaskStateEntered A 2
            10 < 9 TaskScheduled 2
            11 < 10 TaskStarted
            12 < 11 TaskFailed E cause
            13 < 12 MapIterationAborted M index 0
            14 < 12 TaskStateAborted
            15 < 12 MapIterationFailed M index 1
            16 < 12 TaskStateAborted
            17 < 12 MapStateFailed
            18 < 17 ExecutionFailed E cause
        "#]],
    );
}

#[test]
fn an_item_selector_that_fails_in_the_middle_of_a_run_aborts_what_runs() {
    let selector = r#""ItemSelector": {"n.$": "$$.Map.Item.Value.n"}, "MaxConcurrency": 2,
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}],"#;
    let machine = map(selector).replacen(r#"{"M""#, r#"{"C": {"Type": "Succeed"}, "M""#, 1);
    let machine = format!(r#"{{"StartAt": "M", "States": {machine}}}"#);
    check_history(
        &machine,
        &[start(json!([{"n": 1}, {"n": 2}, {}, {"n": 4}])), done(1, json!(1))],
        expect![[r#"
            1 < 0 ExecutionStarted [{"n":1},{"n":2},{},{"n":4}]
            2 < 0 MapStateEntered M [{"n":1},{"n":2},{},{"n":4}]
            3 < 2 MapStateStarted length 4
            4 < 3 MapIterationStarted M index 0
            5 < 3 MapIterationStarted M index 1
            6 < 4 TaskStateEntered A {"n":1}
            7 < 6 TaskScheduled {"n":1}
            8 < 7 TaskStarted
            9 < 5 TaskStateEntered A {"n":2}
            10 < 9 TaskScheduled {"n":2}
            11 < 10 TaskStarted
            12 < 8 TaskSucceeded 1
            13 < 12 TaskStateExited A 1
            14 < 13 MapIterationSucceeded M index 0
            15 < 13 MapIterationAborted M index 1
            16 < 13 TaskStateAborted
            17 < 3 ExecutionFailed States.Runtime An error occurred while executing the state 'M' (entered at the event id #2). The JSONPath '$$.Map.Item.Value.n' specified for the field 'n.$' could not be found in the input '{"Execution":{"Id":"arn:aws:states:us-east-1:111111111111:execution:machine:run","Input":[{"n":1},{"n":2},{},{"n":4}],"Start… 628 bytes
        "#]],
    );
    check_history(
        &machine,
        &[start(json!([{"n": 1}, {}, {"n": 4}]))],
        expect![[r#"
            1 < 0 ExecutionStarted [{"n":1},{},{"n":4}]
            2 < 0 MapStateEntered M [{"n":1},{},{"n":4}]
            3 < 2 MapStateStarted length 3
            4 < 3 MapIterationStarted M index 0
            5 < 3 MapIterationAborted M index 0
            6 < 3 ExecutionFailed States.Runtime An error occurred while executing the state 'M' (entered at the event id #2). The JSONPath '$$.Map.Item.Value.n' specified for the field 'n.$' could not be found in the input '{"Execution":{"Id":"arn:aws:states:us-east-1:111111111111:execution:machine:run","Input":[{"n":1},{},{"n":4}],"StartTime":"2… 620 bytes
        "#]],
    );
}

#[test]
fn an_item_selector_in_jsonata_that_fails_can_be_caught() {
    check_history(
        r#"{"QueryLanguage": "JSONata", "StartAt": "M", "States": {
            "M": {"Type": "Map", "MaxConcurrency": 1, "Items": "{% $states.input %}",
                "ItemSelector": {"n": "{% $states.context.Map.Item.Value.n %}"}, "End": true,
                "Catch": [{"ErrorEquals": ["States.QueryEvaluationError"], "Next": "C"}],
                "ItemProcessor": {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}},
            "C": {"Type": "Pass", "Output": "{% $states.input.Error %}", "End": true}}}"#,
        &[start(json!([{"n": 1}, {}]))],
        expect![[r#"
            1 < 0 ExecutionStarted [{"n":1},{}]
            2 < 0 MapStateEntered M [{"n":1},{}]
            3 < 2 MapStateStarted length 2
            4 < 3 MapIterationStarted M index 0
            5 < 4 PassStateEntered A {"n":1}
            6 < 5 PassStateExited A {"n":1}
            7 < 6 MapIterationSucceeded M index 0
            8 < 3 EvaluationFailed States.QueryEvaluationError An error occurred while executing the state 'M' (entered at the event id #2). The JSONata expression '$states.context.Map.Item.Value.n' specified for the field 'ItemSelector/n' returned nothing (undefined). ItemSelector/n
            9 < 8 MapStateFailed
            10 < 9 MapStateExited M {"Error":"States.QueryEvaluationError","Cause":"An error occurred while executing the state 'M' (entered at the event id #2). The JSONata expression '$states.context.Map.Item.Value.n' specified for the field 'ItemSelector/n' returned nothing (undefined)."}
            11 < 10 PassStateEntered C {"Error":"States.QueryEvaluationError","Cause":"An error occurred while executing the state 'M' (entered at the event id #2). The JSONata expression '$states.context.Map.Item.Value.n' specified for the field 'ItemSelector/n' returned nothing (undefined)."}
            12 < 11 PassStateExited C "States.QueryEvaluationError"
            13 < 12 ExecutionSucceeded "States.QueryEvaluationError"
        "#]],
    );
}

#[test]
fn maps_nest_in_maps_and_in_parallels() {
    check_ends(&[
        (
            "in each other",
            r#"{"M": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "N", "States": {
                "N": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "A", "States": {
                    "A": {"Type": "Wait", "SecondsPath": "$", "End": true}}}}}}}}"#,
            json!([[3, 1], [], [2]]),
            "succeed [[3,1],[],[2]]",
        ),
        (
            "in a Parallel",
            r#"{"P": {"Type": "Parallel", "End": true, "Branches": [
                {"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": {
                    "StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}}}},
                {"StartAt": "B", "States": {"B": {"Type": "Pass", "Result": 0, "End": true}}}]}}"#,
            json!([1, 2]),
            "succeed [[1,2],0]",
        ),
    ]);
}

#[test]
fn an_inner_map_that_fails_fails_the_outer_one() {
    check_history(
        r#"{"M": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "N", "States": {
            "N": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "A", "States": {
                "A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage",
                    "End": true}}}}}}}}"#,
        &[start(json!([[1, 2], [3]])), failed(2, "E")],
        expect![[r#"
            1 < 0 ExecutionStarted [[1,2],[3]]
            2 < 0 MapStateEntered M [[1,2],[3]]
            3 < 2 MapStateStarted length 2
            4 < 3 MapIterationStarted M index 0
            5 < 3 MapIterationStarted M index 1
            6 < 4 MapStateEntered N [1,2]
            7 < 6 MapStateStarted length 2
            8 < 7 MapIterationStarted N index 0
            9 < 7 MapIterationStarted N index 1
            10 < 5 MapStateEntered N [3]
            11 < 10 MapStateStarted length 1
            12 < 11 MapIterationStarted N index 0
            13 < 8 TaskStateEntered A 1
            14 < 13 TaskScheduled 1
            15 < 14 TaskStarted
            16 < 9 TaskStateEntered A 2
            17 < 16 TaskScheduled 2
            18 < 17 TaskStarted
            19 < 12 TaskStateEntered A 3
            20 < 19 TaskScheduled 3
            21 < 20 TaskStarted
            22 < 18 TaskFailed E cause
            23 < 22 MapIterationAborted N index 0
            24 < 22 TaskStateAborted
            25 < 22 MapIterationFailed N index 1
            26 < 22 TaskStateAborted
            27 < 22 MapStateFailed
            28 < 27 MapIterationFailed M index 0
            29 < 27 MapIterationAborted M index 1
            30 < 27 MapIterationAborted N index 0
            31 < 27 TaskStateAborted
            32 < 27 MapStateAborted
            33 < 27 MapStateFailed
            34 < 33 ExecutionFailed E cause
        "#]],
    );
}

/// The bytes that a Map allocates on its way to its end.
fn bytes_of(definition: &str, input: Value) -> u64 {
    let program = machine(definition);
    let mut execution = None;
    let counted = allocation_counter::measure(|| {
        execution = Some(run_to_its_end(&program, input));
    });
    let execution = execution.expect("it was run");
    let ended = outcome(execution.outcome().expect("it ends"));
    assert!(ended.starts_with("succeed"), "{ended}");
    counted.bytes_total
}

#[test]
fn ten_thousand_iterations_at_once_are_aborted_by_one_that_fails() {
    let definition = r#"{"M": {"Type": "Map", "End": true, "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "A", "States": {"A": {"Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage", "End": true}}}}}"#;
    let items: Vec<u32> = (0..12_000).collect();
    let program = machine(definition);
    let run = super::harness::run(&program, &[start(json!(items)), child_failed(9_999, "E")]);
    assert_eq!(run.lines.matches("    child").count(), 10_000);
    assert_eq!(run.lines.matches("stop child").count(), 9_999);
    let execution =
        super::harness::execution_of(&program, atlas_asl::model::ExecutionType::Standard);
    let recovered = crate::recover(execution, run.journal);
    let unsettled: Vec<_> = recovered.unsettled.iter().map(|one| &one.command).collect();
    assert!(matches!(&unsettled[..], [Command::Finish(_)]));
}

/// What is copied for one item must not grow with the others. How long a Map takes is for `atlas bench`.
#[test]
fn a_map_allocates_in_proportion_to_its_items() {
    let pass = r#""StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}"#;
    let inline = |fields: &str| {
        format!(
            r#"{{"M": {{"Type": "Map", "End": true, "ResultPath": null, {fields},
                "ItemProcessor": {{{pass}}}}}}}"#
        )
    };
    let distributed =
        r#"{"M": {"Type": "Map", "End": true, "ResultPath": null, "ItemsPath": "$.items",
            "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED",
            "ExecutionType": "STANDARD"}, "StartAt": "A", "States": {"A": {"Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage", "End": true}}}}}"#
            .to_owned();
    let jsonata = |selector: &str| {
        format!(
            r#"{{"QueryLanguage": "JSONata", "StartAt": "M", "States": {{"M": {{"Type": "Map",
                "End": true, "Items": "{{% $states.input.items %}}", "Output": 1, "ItemSelector":
                {{"v": "{{% {selector} %}}"}}, "ItemProcessor": {{{pass}}}}}}}}}"#
        )
    };
    for definition in [
        inline(r#""ItemsPath": "$.items", "ItemSelector": {"v.$": "$$.Map.Item.Value"}"#),
        inline(r#""InputPath": "$.items", "ItemSelector": {"v.$": "$$.Map.Item.Index"}"#),
        distributed,
        jsonata("$states.context.Map.Item.Value + 1"),
        // More than a path: the evaluator has to have its own copy of what is read.
        jsonata("$substring($states.context.Map.Item.Value & $states.context.State.Name, 1)"),
        jsonata("$pad($states.context.Execution.Name, $states.context.Map.Item.Index % 9)"),
    ] {
        let of = |count: u32| json!({ "items": (0..count).collect::<Vec<_>>() });
        let (few, many) = (bytes_of(&definition, of(300)), bytes_of(&definition, of(4_800)));
        assert!(many < few * 16 * 2, "300 items: {few}, 4800 items: {many} bytes\n{definition}");
    }
}
