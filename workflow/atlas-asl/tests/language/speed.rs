//! A large definition is read in time that grows with its length.

use std::{fmt::Write, time::Instant};

use atlas_asl::parse::parse;

/// A chain of Task states, at least this many bytes long.
fn chain(bytes: usize) -> String {
    let mut text = String::from("{\"StartAt\": \"S0\", \"States\": {\n");
    let mut index = 0;
    while text.len() < bytes {
        writeln!(
            text,
            r#""S{index}": {{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {{"FunctionName": "f", "Payload": {{"a.$": "$.a", "list": [1, 2, 3]}}}}, "Retry": [{{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}}], "Next": "S{}"}},"#,
            index + 1
        )
        .expect("writing to a string succeeds");
        index += 1;
    }
    writeln!(text, r#""S{index}": {{"Type": "Succeed"}}}}}}"#)
        .expect("writing to a string succeeds");
    text
}

#[test]
fn a_definition_of_one_mebibyte_is_read_at_once() {
    let text = chain(1 << 20);
    let start = Instant::now();
    let parsed = parse(&text);
    let taken = start.elapsed();
    println!("{} bytes parsed in {taken:?}", text.len());
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    // Unoptimised and on a busy machine; 100 ms is what an optimised build is held to.
    assert!(taken.as_secs() < 5, "{taken:?}");
}

#[test]
fn hostile_definitions_of_one_mebibyte_are_read_at_once() {
    let cases = [
        ("faults on one line", format!("{{\"States\": [{}0]}}", "0,".repeat(500_000))),
        (
            "faulty states",
            format!(
                "{{\"StartAt\": \"A\", \"States\": {{{}\"A\": 0}}}}",
                "\"A\":0,".repeat(170_000)
            ),
        ),
        (
            "faulty rules under a long name",
            format!(
                "{{\"StartAt\":\"A\",\"States\":{{\"{}\":{{\"Type\":\"Choice\",\"Choices\":[{}0]}}}}}}",
                "a".repeat(500_000),
                "0,".repeat(250_000)
            ),
        ),
        ("unknown fields", format!("{{{}\"StartAt\": 0}}", "\"Startat\":0,".repeat(80_000))),
    ];
    for (what, text) in cases {
        let start = Instant::now();
        let parsed = parse(&text);
        let taken = start.elapsed();
        println!("{what}: {} faults in {taken:?}", parsed.diagnostics.len());
        assert!(taken.as_secs() < 20, "{what}: {taken:?}");
    }
}
