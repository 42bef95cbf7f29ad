//! A large definition is read in room that grows with its length, however hostile it is.

use std::fmt::Write;

use atlas_asl::parse::{Parsed, parse};

/// So many bytes may be taken at any moment for each that is read.
const BYTES_FOR_A_BYTE: u64 = 2_000;

/// Reads a definition, and judges what room that took.
fn read(what: &str, text: &str) -> Parsed {
    let mut parsed = None;
    let counted = allocation_counter::measure(|| parsed = Some(parse(text)));
    let for_a_byte = counted.bytes_max / text.len() as u64;
    assert!(for_a_byte < BYTES_FOR_A_BYTE, "{what}: {for_a_byte} bytes for each byte");
    parsed.expect("it was read")
}

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
fn a_definition_of_one_mebibyte_is_read() {
    let parsed = read("a chain", &chain(1 << 20));
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
}

#[test]
fn hostile_definitions_of_one_mebibyte_are_refused() {
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
        assert!(!read(what, &text).diagnostics.is_empty(), "{what}");
    }
}
