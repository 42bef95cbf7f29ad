//! `atlas load`: many leads at once while services fail.

use serde_json::json;

use crate::harness::Folder;

#[test]
fn leads_that_come_at_once_are_neither_lost_nor_rung_twice() {
    let folder = Folder::new("load");
    let faults = ["*:500:0.08", "*:reset-after:0.1", "contact-events:twice:0.3"];
    let faults = faults.iter().flat_map(|fault| ["--fault", fault]);
    let arguments = ["load", "--leads", "24", "--first-seed", "7", "--json"];
    let arguments: Vec<&str> = arguments.into_iter().chain(faults).collect();
    let document = folder.atlas(&arguments).exits(0).document();
    let storm = &document[0];
    assert_eq!((&storm["seed"], &storm["leads"]), (&json!(7), &json!(24)));
    assert_eq!(
        (&storm["rungTwice"], &storm["lost"], &storm["open"]),
        (&json!([]), &json!({}), &json!([]))
    );
    let known = ["reported", "unreported", "parked"].map(|field| storm[field].as_u64().unwrap());
    assert_eq!(known.iter().sum::<u64>(), 24, "{storm}");
}

#[test]
fn a_lead_that_nobody_can_keep_is_called_lost() {
    let folder = Folder::new("load-lost");
    let down = ["--fault", "salesforce:500:1", "--fault", "dynamodb:500:1"];
    let ran = folder.atlas(&[&["load", "--leads", "2"], &down[..]].concat()).exits(1);
    assert!(ran.out.contains("lost load0"), "{}", ran.out);
    assert!(ran.err.contains("a lead was lost"), "{}", ran.err);
}
