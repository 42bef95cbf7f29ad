//! `diff`, of executions and of definitions.

use serde_json::json;

use super::account::{Account, passes};
use crate::{harness::Folder, server::Server};

#[test]
fn two_runs_and_two_definitions_differ_where_it_is_said() {
    let folder = Folder::new("operator-diff");
    let server = Server::keeping(&folder, &["--ephemeral"]);
    let account = Account::new(&folder, server.url());
    let machine = account.machine("Passes", &passes());
    let input = |phone: &str| json!({ "lead": { "phone": phone }, "n": 1 }).to_string();
    let first = account.run("Passes", "a", &input("+14155550123"));
    let same = account.run("Passes", "b", &input("+14155550123"));
    let other = account.run("Passes", "c", &input("+14155550199"));
    let diff = |arguments: &[&str]| account.executions(&[&["diff"], arguments].concat());
    assert!(diff(&[&first, &same]).exits(0).err.contains("they do not differ"));
    let found = diff(&[&first, &other]).exits(1).out;
    assert!(found.contains("~\tOnly\t") && found.contains("input/lead/phone"), "{found}");
    assert!(!found.contains("555"), "{found}");
    let document = diff(&[&first, &other, "--json"]).exits(1);
    assert_eq!(document.document()["firstDifference"], 0);

    let mut changed = passes();
    changed["States"]["Only"]["Comment"] = "new".into();
    folder.write("changed.asl.json", changed.to_string());
    let found = diff(&[&machine, "changed.asl.json"]).exits(1).out;
    assert!(found.contains("~\tOnly\t/States/Only\t/Comment: nothing | \"new\""), "{found}");
    diff(&["changed.asl.json", "changed.asl.json"]).exits(0);
    diff(&["changed.asl.json", &first]).refuses(2, &["expected two of a kind"]);
    let file = folder.path("a.json").display().to_string();
    account.executions(&["export", &first, "--out", &file]).exits(0);
    assert_eq!(
        diff(&[&file, &same]).exits(1).out.lines().next().map(|it| it.contains("SUCCEEDED")),
        Some(true)
    );
}

#[test]
fn what_is_personal_is_masked_in_json_by_the_name_of_its_field_and_noted_when_revealed() {
    let folder = Folder::new("operator-diff-masked");
    let server = Server::keeping(&folder, &["--ephemeral"]);
    let account = Account::new(&folder, server.url());
    account.machine("Passes", &passes());
    let run = |name: &str, first: &str| {
        let input = json!({ "lead": { "firstName": first, "lastName": "Lovelace" } });
        let arn = account.run("Passes", name, &input.to_string());
        let file = folder.path(format!("{name}.json")).display().to_string();
        account.executions(&["export", &arn, "--out", &file, "--reveal"]).exits(0);
        (arn, file)
    };
    let (ada, augusta) = (run("a", "Ada"), run("b", "Augusta"));
    let diff = |arguments: &[&str]| {
        account.executions(&[&["diff", "--json"], arguments].concat()).exits(1).out
    };
    for (one, other) in [(&ada.0, &augusta.0), (&ada.1, &augusta.1)] {
        let masked = diff(&[one, other]);
        assert!(masked.contains("/lead/firstName"), "{masked}");
        assert!(!masked.contains("Ada") && !masked.contains("Augusta"), "{masked}");
    }
    assert!(diff(&[&ada.1, &augusta.1, "--reveal"]).contains("Augusta"));
    let noted = folder.read("state/atlas/reveals.log");
    assert!(noted.contains(&format!(" ada executions diff {}\n", ada.1)), "{noted}");
    account.executions(&["stuck", "--json", "--reveal"]).exits(0);
    assert!(folder.read("state/atlas/reveals.log").contains(" ada executions stuck stuck\n"));
}

#[test]
fn what_cannot_be_compared_is_said_with_what_would_have_been_right() {
    let folder = Folder::new("operator-diff-unfit");
    let server = Server::keeping(&folder, &["--ephemeral"]);
    let account = Account::new(&folder, server.url());
    let machine = account.machine("Passes", &passes());
    folder.write("other.json", r#"{"a": 1}"#);
    let diff = |one: &str| account.executions(&["diff", one, one]);
    diff("other.json").refuses(1, &["other.json: neither a definition", "export"]);
    let named = diff("Passes").exits(1).err;
    assert!(
        named.contains(&format!("`Passes` is a machine; expected its ARN, {machine}")),
        "{named}"
    );
}
