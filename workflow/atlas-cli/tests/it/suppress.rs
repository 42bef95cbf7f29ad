//! `atlas suppress`: the list of numbers that must not be called.

use serde_json::Value;

use crate::harness::{Folder, Ran, Sandbox};

const NUMBER: &str = "+14155550123";

#[test]
fn a_number_is_put_on_the_list_shown_by_its_hash_and_taken_off() {
    let folder = Folder::new("suppress");
    let sandbox = Sandbox::start(&folder);
    let suppress = |arguments: &[&str], input: &str| {
        folder.atlas_with(&sandbox.variables, &[&["suppress"], arguments].concat(), input)
    };
    let list = || suppress(&["list", "--json"], "").exits(0).document();
    assert_eq!(list(), Value::Array(Vec::new()));

    let added = |ran: Ran| ran.exits(0).err;
    let first = added(suppress(&["add", NUMBER, "--reason", "wrote to us"], ""));
    assert_eq!(first, "1 put on the list, 0 there before\n");
    let again = added(suppress(&["add", "-"], "+14155550123\n\n +4915112345678 \n"));
    assert_eq!(again, "1 put on the list, 1 there before\n");

    let listed = list();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert_eq!(listed[0]["reason"], "wrote to us", "the first reason stays");
    let shown = suppress(&["list"], "").exits(0).out;
    assert!(shown.contains("wrote to us") && !shown.contains("555"), "{shown}");

    assert_eq!(
        suppress(&["remove", NUMBER], "").exits(0).err,
        "1 taken off the list, 0 not on it\n"
    );
    assert_eq!(
        suppress(&["remove", NUMBER], "").exits(1).err,
        "0 taken off the list, 1 not on it\n"
    );
    assert_eq!(list().as_array().unwrap().len(), 1);
}

#[test]
fn what_is_no_number_is_refused_and_not_repeated() {
    let folder = Folder::new("suppress-refused");
    let refused = |given: &str, input: &str| {
        folder.atlas_reading(&["suppress", "add", given], input).exits(1).err
    };
    let said = refused("0415555012", "");
    assert!(said.contains("expected one in E.164") && !said.contains("0415555012"), "{said}");
    let said = refused("-", "+14155550123\nring me\n");
    assert!(said.contains("line 2: no number") && !said.contains("ring me"), "{said}");
    assert!(refused("-", "\n").contains("no number is given"));
}

#[test]
fn a_variable_that_is_missing_is_named() {
    let folder = Folder::new("suppress-missing");
    let variables = [("AWS_REGION", "us-east-1"), ("PHONE_HASH_KEY", "")];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let ran = folder.atlas_with(&variables, &["suppress", "list"], "");
    ran.refuses(2, &["`PHONE_HASH_KEY` is missing", "expected at least 16 bytes"]);
}
