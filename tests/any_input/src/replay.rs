//! Every input that is known: those that were written and those that the fuzz targets found.

use crate::corpus::{inputs, line};

fn check(corpus: &str, holds: fn(&[u8])) {
    let inputs = inputs(corpus).unwrap();
    assert!(inputs.len() >= 20, "a corpus of {} inputs", inputs.len());
    for (number, input) in (1..).zip(inputs) {
        println!("line {number}");
        holds(&input);
    }
}

#[test]
fn any_definition_is_read_judged_written_and_run() {
    check(include_str!("../corpora/definition.jsonl"), crate::definition::check);
}

#[test]
fn any_path_is_read_and_followed() {
    check(include_str!("../corpora/path.jsonl"), crate::path::check);
}

#[test]
fn any_call_of_an_intrinsic_function_is_read_and_evaluated() {
    check(include_str!("../corpora/intrinsic.jsonl"), crate::intrinsic::check);
}

#[test]
fn any_expression_is_read_and_evaluated_within_its_bounds() {
    check(include_str!("../corpora/jsonata.jsonl"), crate::jsonata::check);
}

#[test]
fn any_request_is_answered() {
    check(include_str!("../corpora/request.jsonl"), crate::request::check);
}

#[test]
fn any_template_is_read_and_its_machines_are_taken_apart() {
    check(include_str!("../corpora/template.jsonl"), crate::template::check);
}

#[test]
fn a_corpus_holds_any_bytes() {
    for input in [&b"a\0\n\"\xc3\xa9"[..], b"", b"\xff\0"] {
        assert_eq!(inputs(&line(input)), Ok(vec![input.to_vec()]));
    }
    assert_eq!(inputs("\"a\"\n{}"), Err("line 2 is no input".to_owned()));
}
