//! `atlas erase` where something fails or is not there: what it says is left to do.

use std::fs;

use serde_json::json;

use super::{
    account::{Account, passes},
    erasing::{EMAIL, PHONE, account, ada, bob, call, exported, files_with},
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
    folder.write("before.json", "{}");
    let refused = folder.atlas(&of_folder(&["--report", "before.json"])).exits(2);
    assert!(refused.err.contains("before.json: there is such a file already"), "{}", refused.err);
    assert_eq!(folder.read("before.json"), "{}");
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
    assert!(report["failed"].to_string().contains("the journal in"), "{report}");
    assert_eq!(report["keys"], json!(["key-of-ada"]), "{report}");
    assert!(report["notReached"].to_string().contains("Salesforce"), "{report}");

    fs::remove_dir(folder.path("kept/journal.redb.new")).unwrap();
    let report = folder.atlas(&of_folder(&["--json"])).document();
    assert_eq!(report["notErased"], json!(null), "{report}");
    assert_eq!(files_with(&folder.path("kept"), EMAIL), [""; 0]);
}

#[test]
fn of_exported_files_only_those_of_one_execution_go_and_no_link_is_written_through() {
    let folder = Folder::new("operator-erase-exported");
    left_with_ada(&folder);
    folder.atlas(&["data", "export", "--data", "kept", "exported/data"]).exits(0);
    fs::create_dir(folder.path("outside")).unwrap();
    folder.write("exported/of-ada.json", exported(&ada()).to_string());
    let both = json!([exported(&ada()), exported(&bob())]);
    let stays = [
        ("exported/both.json", both.to_string()),
        ("exported/all.json", json!({ "executions": both }).to_string()),
        ("exported/ada-and.json", {
            let mut with_bob = exported(&ada());
            with_bob["others"] = json!([bob()]);
            with_bob.to_string()
        }),
        ("outside/ada.json", exported(&ada()).to_string()),
    ];
    for (name, text) in &stays {
        folder.write(name, text);
    }
    for (to, link) in
        [("../outside/ada.json", "file.json"), ("../outside", "folder"), ("-", "gone")]
    {
        std::os::unix::fs::symlink(to, folder.path("exported").join(link)).unwrap();
    }
    let report = folder.atlas(&of_folder(&["--exported", "exported", "--json"])).document();
    let of = |list: &str, place: &str| {
        let places = report[list].as_array().unwrap().iter();
        let found = places.filter(|it| it["place"] == place).map(|it| it["names"].clone());
        found.collect::<Vec<_>>()
    };
    let erased = &of("erased", "exported files")[0];
    assert_eq!(erased.as_array().unwrap().len(), 2, "{report}");
    assert_eq!(files_with(&folder.path("exported/data"), EMAIL), [""; 0]);
    assert!(!folder.path("exported/of-ada.json").exists());
    let named = ["ada-and.json", "all.json", "both.json", "file.json", "folder", "gone"]
        .map(|name| format!("exported/{name}"));
    assert_eq!(of("notReached", "files that mention them"), [json!(named)], "{report}");
    for (name, text) in &stays {
        assert_eq!(folder.read(name), *text, "{name}");
    }
}

#[test]
fn where_the_records_are_not_known_it_is_no_success_and_the_keys_are_told() {
    let folder = Folder::new("operator-erase-no-records");
    left_with_ada(&folder);
    let alone = "an address alone finds no call";
    let by_phone = folder.atlas(&of_folder(&["--dry-run"])).exits(1).out;
    assert!(!by_phone.contains(alone), "{by_phone}");
    let by_email = ["erase", "--data", "kept", "--email", EMAIL, "--yes"];
    let said = folder.atlas(&by_email).exits(1).out;
    for words in [
        "were not looked at",
        "--dynamodb-endpoint",
        alone,
        "keys:\n  key-of-ada\n",
        "Interaction_Key__c = key-of-ada",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

/// A dead letter may tell of a contact alone, whose id stands in the records.
#[test]
fn where_dead_letters_cannot_be_looked_through_the_records_stay_that_lead_to_them() {
    let folder = Folder::new("operator-erase-no-queues");
    let server = Server::of_kept_pipeline(&folder, &["--skip-waits"]);
    let mut account = account(&folder, &server);
    call(&account, &ada());
    let known = account.more.len();
    // Nobody listens there.
    account.more.push(("AWS_ENDPOINT_URL_SQS".to_owned(), "http://127.0.0.1:9".to_owned()));
    let erase = ["erase", "--phone", PHONE, "--yes", "--json"];
    let report = account.atlas(&erase).exits(1).document();
    let places = |which: &str| -> Vec<String> {
        let all = report[which].as_array().into_iter().flatten();
        all.map(|it| it["place"].as_str().unwrap().to_owned()).collect()
    };
    let records = "records of leads and calls".to_owned();
    assert!(places("notErased").contains(&records), "{report}");
    assert!(places("erased").contains(&"executions".to_owned()), "{report}");
    assert!(report["failed"].to_string().contains("dead letters"), "{report}");

    account.more.truncate(known);
    let report = account.atlas(&erase).exits(0).document();
    let places: Vec<&str> =
        report["erased"].as_array().unwrap().iter().filter_map(|it| it["place"].as_str()).collect();
    assert!(places.contains(&records.as_str()), "{report}");
    assert_eq!(report["notErased"], json!(null), "{report}");
}
