//! `atlas erase` where something fails or is not there: what it says is left to do.

use std::fs;

use serde_json::json;

use super::{
    account::{Account, passes},
    erasing::{EMAIL, PHONE, ada, files_with},
};
use crate::{harness::Folder, server::Server};

/// A folder that nobody serves, with an execution of Ada's.
fn left_with_ada(folder: &Folder) {
    let server = Server::start(folder, &[]);
    let account = Account::new(folder, server.url());
    account.machine("Passes", &passes());
    account.run("Passes", "ada", &ada().to_string());
    server.kill();
}

const ERASE: [&str; 6] = ["erase", "--data", "kept", "--phone", PHONE, "--yes"];

fn of_folder(more: &[&'static str]) -> Vec<&'static str> {
    [&ERASE, more].concat()
}

#[test]
fn where_the_report_cannot_be_written_nothing_is_erased() {
    let folder = Folder::new("operator-erase-unwritable");
    left_with_ada(&folder);
    let refused = folder.atlas(&of_folder(&["--report", "none/report.json"])).exits(2);
    assert!(refused.err.contains("report.json: cannot be written"), "{}", refused.err);
    assert_ne!(files_with(&folder.path("kept"), EMAIL), [""; 0]);
}

#[test]
fn what_is_erased_in_part_is_reported_with_the_keys_that_lead_elsewhere() {
    let folder = Folder::new("operator-erase-half");
    left_with_ada(&folder);
    // The journal cannot be written anew.
    fs::create_dir(folder.path("kept/journal.redb.new")).unwrap();
    let ran = folder.atlas(&of_folder(&["--json", "--report", "report.json"])).exits(1);
    let report = ran.document();
    assert_eq!(folder.read("report.json"), ran.out);
    assert_eq!(report["erased"], json!([]), "{report}");
    assert_eq!(report["notErased"][0]["place"], "executions", "{report}");
    assert!(report["failed"][0].as_str().unwrap().contains("journal"), "{report}");
    assert_eq!(report["keys"], json!(["key-of-ada"]), "{report}");
    assert!(report["notReached"].to_string().contains("Salesforce"), "{report}");

    fs::remove_dir(folder.path("kept/journal.redb.new")).unwrap();
    let report = folder.atlas(&of_folder(&["--json"])).document();
    assert_eq!(report["notErased"], json!(null), "{report}");
    assert_eq!(files_with(&folder.path("kept"), EMAIL), [""; 0]);
}
