//! Until when a Wait waits.

use expect_test::expect;
use serde_json::json;

use super::harness::{check, fires, machine, outcome, run_to_its_end, start};

#[test]
fn a_wait_ends_at_its_time_and_a_time_that_has_passed_at_once() {
    let rows = [
        (
            r#""Seconds": 0"#,
            expect![[r#"
            +0s start {"n":6,"at":"2026-11-21T03:00:00+01:00"}
                timer 1 +0s
            +0s timer 1 fires
                succeed {"n":6,"at":"2026-11-21T03:00:00+01:00"}
        "#]],
        ),
        (
            r#""Timestamp": "2026-11-21T01:00:30Z""#,
            expect![[r#"
            +0s start {"n":6,"at":"2026-11-21T03:00:00+01:00"}
                timer 1 +30s
            +30s timer 1 fires
                succeed {"n":6,"at":"2026-11-21T03:00:00+01:00"}
        "#]],
        ),
        (
            r#""Timestamp": "2001-01-01T00:00:00Z""#,
            expect![[r#"
            +0s start {"n":6,"at":"2026-11-21T03:00:00+01:00"}
                timer 1 +-816915600s
            +0s timer 1 fires
                succeed {"n":6,"at":"2026-11-21T03:00:00+01:00"}
        "#]],
        ),
        (
            r#""TimestampPath": "$.at""#,
            expect![[r#"
            +0s start {"n":6,"at":"2026-11-21T03:00:00+01:00"}
                timer 1 +3600s
            +3600s timer 1 fires
                succeed {"n":6,"at":"2026-11-21T03:00:00+01:00"}
        "#]],
        ),
        (
            r#""SecondsPath": "$.n""#,
            expect![[r#"
            +0s start {"n":6,"at":"2026-11-21T03:00:00+01:00"}
                timer 1 +6s
            +6s timer 1 fires
                succeed {"n":6,"at":"2026-11-21T03:00:00+01:00"}
        "#]],
        ),
        (
            r#""QueryLanguage": "JSONata", "Seconds": "{% $states.input.n / 2 %}""#,
            expect![[r#"
            +0s start {"n":6,"at":"2026-11-21T03:00:00+01:00"}
                timer 1 +3s
            +3s timer 1 fires
                succeed {"n":6,"at":"2026-11-21T03:00:00+01:00"}
        "#]],
        ),
        (
            r#""QueryLanguage": "JSONata", "Timestamp": "{% $states.input.at %}""#,
            expect![[r#"
            +0s start {"n":6,"at":"2026-11-21T03:00:00+01:00"}
                timer 1 +3600s
            +3600s timer 1 fires
                succeed {"n":6,"at":"2026-11-21T03:00:00+01:00"}
        "#]],
        ),
    ];
    for (fields, expected) in rows {
        check(
            &format!(r#"{{"A": {{"Type": "Wait", {fields}, "End": true}}}}"#),
            &[start(json!({"n": 6, "at": "2026-11-21T03:00:00+01:00"})), fires()],
            expected,
        );
    }
}

#[test]
fn a_wait_that_cannot_know_its_end_fails() {
    let rows = [
        (
            "a text for seconds",
            r#""SecondsPath": "$.at""#,
            expect![[
                r#"The SecondsPath parameter cannot be parsed as a long value: $.at == "later""#
            ]],
        ),
        (
            "a fraction",
            r#""SecondsPath": "$.f""#,
            expect!["The SecondsPath parameter cannot be parsed as a long value: $.f == 1.5"],
        ),
        (
            "a negative number",
            r#""SecondsPath": "$.m""#,
            expect!["The SecondsPath parameter references a negative value: $.m == -1"],
        ),
        (
            "no such field",
            r#""SecondsPath": "$.x""#,
            expect!["Invalid path '$.x' : No results for path: $['x']"],
        ),
        ("too long", r#""SecondsPath": "$.l""#, expect!["Wait state delay is too long."]),
        (
            "the end of time",
            r#""TimestampPath": "$.end""#,
            expect!["Wait state delay is too long."],
        ),
        (
            "no time",
            r#""TimestampPath": "$.n""#,
            expect![
                "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: $.n == 1"
            ],
        ),
        (
            "a fraction, in JSONata",
            r#""QueryLanguage": "JSONata", "Seconds": "{% 1.5 %}""#,
            expect![
                "The JSONata expression '1.5' specified for the field 'Seconds' returned an unexpected value. Expected a whole number that is not negative, but was: 1.5"
            ],
        ),
        (
            "no number, in JSONata",
            r#""QueryLanguage": "JSONata", "Seconds": "{% 'x' %}""#,
            expect![
                "The JSONata expression ''x'' specified for the field 'Seconds' returned an unexpected result type. Expected 'number', but was 'string' for value: \"x\""
            ],
        ),
        (
            "negative, in JSONata",
            r#""QueryLanguage": "JSONata", "Seconds": "{% -1 %}""#,
            expect![
                "The JSONata expression '-1' specified for the field 'Seconds' returned an unexpected value. Expected a whole number that is not negative, but was: -1"
            ],
        ),
    ];
    for (claim, fields, expected) in rows {
        let program = machine(&format!(r#"{{"A": {{"Type": "Wait", {fields}, "End": true}}}}"#));
        let input = json!({"at": "later", "f": 1.5, "m": -1, "l": 99_999_999_999_u64, "n": 1,
            "end": "9999-12-31T23:59:59Z"});
        let execution = run_to_its_end(&program, input);
        let ended = outcome(execution.outcome().expect(claim));
        expected.assert_eq(ended.split_once("#2). ").map_or(&*ended, |(_, why)| why));
    }
}
