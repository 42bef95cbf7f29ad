//! What AWS makes of the template: the SAM translator is the code that expands it there.

use std::{collections::BTreeSet, process::Command};

use atlas_deploy::{template, without_comments};
use definitions::{machines, resources::FUNCTIONS};
use serde_json::{Value, json};

use crate::judged::written;

/// The template as YAML reads it, and as the translator expands it.
fn expanded(name: &str, revision: Option<&str>) -> Option<Value> {
    let python = beside::peer("ATLAS_CLOUDFORMATION_PYTHON")?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/expand.py");
    let output = Command::new(python)
        .arg(script)
        .arg(written(name, revision).join("template.yaml"))
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn another_revision_publishes_every_function_and_what_names_it_and_the_same_publishes_none() {
    let versions = |name: &str, revision: &str| -> Option<BTreeSet<String>> {
        let both = expanded(name, Some(revision))?;
        let resources = both["expanded"]["Resources"].as_object().unwrap();
        let versions = resources.iter().filter(|(_, one)| one["Type"] == "AWS::Lambda::Version");
        // Lambda refuses a version of what did not change, and a machine is published where its text did.
        for function in FUNCTIONS {
            let description =
                resources[function.name]["Properties"]["Description"].as_str().unwrap();
            assert!(description.contains(revision) && description.len() <= 256, "{description}");
        }
        Some(versions.map(|(name, _)| name.clone()).collect())
    };
    let Some(first) = versions("revision-first", "until-21:00") else { return };
    assert_eq!(first.len(), FUNCTIONS.len());
    let second = versions("revision-second", "until-20:00").unwrap();
    assert!(first.is_disjoint(&second), "{first:?} {second:?}");
    assert_eq!(versions("revision-again", "until-21:00").unwrap(), first);
}

#[test]
fn the_template_reads_as_it_was_meant_and_expands_to_versions_that_stay() {
    let Some(both) = expanded("expanded", None) else { return };

    // No quote was forgotten, no indentation wrong: the YAML says what the model says.
    assert_eq!(both["read"], without_comments(&template("packages", None)));

    let resources = both["expanded"]["Resources"].as_object().unwrap();
    let of_type = |name: &str, kind: &str| {
        let mut found = resources
            .iter()
            .filter(|(own, one)| own.starts_with(name) && one["Type"] == kind)
            .map(|(own, one)| (own.clone(), one));
        let one = found.next().unwrap_or_else(|| panic!("{name} has no {kind}"));
        assert!(found.next().is_none(), "{name} has more than one {kind}");
        one
    };
    for function in FUNCTIONS {
        let (version, published) = of_type(function.name, "AWS::Lambda::Version");
        assert_eq!(published["DeletionPolicy"], "Retain", "{version}");
        let (_, alias) = of_type(function.name, "AWS::Lambda::Alias");
        let names = &alias["Properties"]["FunctionVersion"]["Fn::GetAtt"][0];
        assert_eq!(*names, json!(version));
    }
    for machine in machines() {
        let (version, published) =
            of_type(&format!("{}V", machine.name), "AWS::StepFunctions::StateMachineVersion");
        assert_eq!(published["DeletionPolicy"], "Retain", "{version}");
        assert_eq!(published["UpdateReplacePolicy"], "Retain", "{version}");
        let (_, alias) =
            of_type(&format!("{}A", machine.name), "AWS::StepFunctions::StateMachineAlias");
        let points = &alias["Properties"]["DeploymentPreference"]["StateMachineVersionArn"];
        assert_eq!(*points, json!({ "Ref": version }));
        // What an execution in flight calls next is what it would have called when it began.
        let substitutions = &resources[machine.name]["Properties"]["DefinitionSubstitutions"];
        for (name, value) in substitutions.as_object().unwrap() {
            let Some(named) = name.strip_suffix("Arn") else { continue };
            let version = value["Ref"].as_str().unwrap();
            assert!(version.starts_with(&format!("{named}Version")), "{name}: {version}");
        }
    }
}
