//! What AWS's linter and a validator of the language say.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use atlas_deploy::files;

/// Writes the files of a deployment into a folder of the test's own.
pub(crate) fn written(name: &str, revision: Option<&str>) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    for (file, text) in files("packages", revision) {
        fs::write(folder.join(file), text).unwrap();
    }
    folder
}

/// What a program says, and whether it is content.
fn say(command: &mut Command) -> (bool, String) {
    let output = command.env("AWS_DEFAULT_REGION", "us-east-1").output().unwrap();
    let words = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(words).unwrap())
}

#[test]
fn cfn_lint_finds_nothing_and_nothing_is_kept_from_it() {
    let Some(python) = beside::peer("ATLAS_CLOUDFORMATION_PYTHON") else { return };
    let template = written("cfn-lint", Some("2026-11-22")).join("template.yaml");
    let text = fs::read_to_string(&template).unwrap();
    assert!(!text.contains("cfn-lint"), "nothing is suppressed");
    let program = Path::new(&python).with_file_name("cfn-lint");
    // Notes count as well; and no configuration is read but one in the folder that it is started in.
    let lint = |path: &Path| {
        let mut command = Command::new(&program);
        command.args(["--include-checks", "I", "--"]).arg(path);
        say(command.current_dir(path.parent().unwrap()))
    };
    assert_eq!(lint(&template), (true, String::new()));

    // It does look: what no region knows is found.
    let wrong = template.with_file_name("wrong.yaml");
    fs::write(&wrong, text.replace("AWS::SQS::QueuePolicy", "AWS::SQS::Policy")).unwrap();
    let (fine, words) = lint(&wrong);
    assert!(!fine && words.contains("E3006"), "{words}");
}

#[test]
fn the_machines_are_fine_for_asl_validator() {
    let Some(validator) = beside::peer("ATLAS_ASL_VALIDATOR") else { return };
    let folder = written("asl-validator", None);
    let validate = |path: &Path| say(Command::new(&validator).arg("--json-path").arg(path));
    for (name, _) in definitions::rendered() {
        let (fine, words) = validate(&folder.join(&name));
        assert!(fine && words.contains("is valid"), "{name}: {words}");
    }
    let wrong = folder.join("wrong.json");
    fs::write(&wrong, r#"{"StartAt": "A", "States": {"A": {"Type": "Pass"}}}"#).unwrap();
    assert!(!validate(&wrong).0);
}
