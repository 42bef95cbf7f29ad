//! `atlas torture`: a server that is killed and whose disk fails loses, doubles and damages nothing.

use serde_json::json;

use crate::harness::Folder;

#[test]
fn nothing_is_lost_by_kills_losses_of_power_and_syncs_that_fail() {
    let folder = Folder::new("torture");
    // One round of each.
    let arguments = ["torture", "--rounds", "3", "--clients", "5", "--starts", "10", "--json"];
    let document = folder.atlas(&arguments).exits(0).document();
    let rounds = document["rounds"].as_array().unwrap();
    let with: Vec<&str> = rounds.iter().map(|round| round["with"].as_str().unwrap()).collect();
    assert_eq!(with, ["kill", "power-loss", "failing-fsync"]);
    for round in rounds {
        assert_eq!(
            (&round["isClean"], &round["violations"]),
            (&json!(true), &json!([])),
            "{round}"
        );
        let count = |what: &str| round[what].as_u64().unwrap();
        // Some ask once, and some of those are never answered.
        assert!(count("starts") >= 30 && count("verified") >= count("starts"), "{round}");
        assert!(
            count("kills") + count("losses") >= 3
                && count("callbacks") > 0
                && count("recovered") > 0,
            "{round}"
        );
    }
}

#[test]
fn what_cannot_be_tried_is_refused() {
    let folder = Folder::new("torture-arguments");
    for (arguments, words) in [
        (&["--rounds", "0"][..], "--rounds"),
        (&["--minutes", "1", "--rounds", "1"], "--minutes"),
        (&["--clients", "0"], "--clients"),
        (&["--starts", "many"], "--starts"),
    ] {
        folder.atlas(&[&["torture"], arguments].concat()).refuses(2, &[words]);
    }
}
