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
