//! The committed template.

use std::{fs, path::Path};

use atlas_deploy::files;

#[test]
fn the_committed_template_is_what_is_rendered() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../definitions");
    for (name, text) in files("packages", None) {
        let committed = fs::read_to_string(folder.join(&name)).unwrap_or_default();
        // A checkout may have turned the line breaks.
        assert!(
            committed.replace("\r\n", "\n") == text,
            "definitions/{name} is stale: run `cargo run -- deploy template --out definitions` and commit it"
        );
    }
}

#[test]
fn packages_are_where_they_are_said_to_be() {
    let [(name, text), ..] = &files("../target/lambda-packages", None)[..] else {
        panic!("no files")
    };
    assert_eq!(name, "template.yaml");
    assert!(text.contains("CodeUri: \"../target/lambda-packages/CreateLeadHandler.zip\"\n"));
}
