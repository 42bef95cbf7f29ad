//! States without effect: they go, wherever they stand and whatever stands behind them.

use serde_json::{Value, json};

use crate::examining::examined_unconfirmed;

/// The state that the machine starts at, and those that are left.
fn left(start: &str, states: Value) -> (String, Vec<String>) {
    let found = examined_unconfirmed(&json!({"StartAt": start, "States": states}));
    let rewritten = found.rewritten.map(|(_, rewritten)| rewritten).unwrap();
    let states = rewritten["States"].as_object().unwrap();
    (rewritten["StartAt"].as_str().unwrap().to_owned(), states.keys().cloned().collect())
}

#[test]
fn a_chain_of_them_goes_in_whatever_order_it_is_written() {
    let nothing = |next: &str| json!({"Type": "Pass", "Next": next});
    let short = |next: &str| json!({"Type": "Wait", "Seconds": 0, "Next": next});
    let last = json!({"Type": "Pass", "Result": {"x": 1}, "End": true});
    for states in [
        json!({"A": nothing("B"), "B": short("C"), "C": nothing("Last"), "Last": last}),
        json!({"C": nothing("Last"), "B": short("C"), "A": nothing("B"), "Last": last}),
        json!({"B": short("C"), "Last": last, "C": nothing("Last"), "A": nothing("B")}),
    ] {
        assert_eq!(left("A", states), ("Last".to_owned(), vec!["Last".to_owned()]));
    }
}

#[test]
fn a_loop_of_them_keeps_one_that_leads_to_itself() {
    let states = json!({
        "Start": {"Type": "Pass", "Next": "Which"},
        "Which": {"Type": "Choice", "Default": "Done",
            "Choices": [{"Variable": "$.x", "StringEquals": "for ever", "Next": "A"}]},
        "B": {"Type": "Pass", "Next": "A"},
        "A": {"Type": "Pass", "Next": "B"},
        "Done": {"Type": "Succeed"},
    });
    let (start, kept) = left("Start", states);
    assert_eq!(start, "Which");
    assert_eq!(kept, ["Which", "A", "Done"]);
}
