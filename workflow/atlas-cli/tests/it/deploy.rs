//! `atlas deploy template`: the files of a deployment.

use crate::harness::Folder;

const FILES: [&str; 3] =
    ["template.yaml", "AtlasEngineWorkflow.asl.json", "AtlasEngineCallWorkflow.asl.json"];

#[test]
fn the_template_stands_beside_the_machines_that_it_names() {
    let folder = Folder::new("deploy-template");
    let ran = folder.atlas(&["deploy", "template", "--packages", "zips"]).exits(0);
    assert_eq!((ran.out.as_str(), ran.err.lines().count()), ("", FILES.len()));
    let template = folder.read("deployment/template.yaml");
    assert!(template.contains("CodeUri: zips/CreateLeadHandler.zip\n"), "{template}");
    for file in &FILES[1..] {
        assert!(template.contains(&format!("DefinitionUri: {file}\n")), "{file}");
        assert!(folder.path(format!("deployment/{file}")).exists(), "{file}");
    }
    folder.atlas(&["deploy", "template", "--packages", "zips", "--check"]).exits(0);
    let other = ["deploy", "template", "--check"];
    folder.atlas(&other).refuses(1, &["template.yaml", "atlas deploy template --out deployment"]);
}

#[test]
fn packages_may_end_with_a_slash_and_a_revision_stands_in_each_function() {
    let folder = Folder::new("deploy-revision");
    let arguments =
        |revision| ["deploy", "template", "--packages", "../zips/", "--revision", revision];
    folder.atlas(&arguments("2026-11-22T10:00:00Z")).exits(0);
    let template = folder.read("deployment/template.yaml");
    assert!(template.contains("/zips/CreateLeadHandler.zip") && !template.contains("//Create"));
    let published = template.matches("Revision 2026-11-22T10:00:00Z.").count();
    assert_eq!(published, template.matches("AutoPublishAliasAllProperties").count());
    let long = "x".repeat(65);
    for wrong in ["", "two words", "${Name}", &long] {
        folder.atlas(&arguments(wrong)).refuses(2, &["--revision", "64"]);
    }
}

#[test]
fn a_format_that_is_not_written_says_what_to_do_instead() {
    let folder = Folder::new("deploy-formats");
    let check = |format: &str, instead: &str| {
        let arguments = ["deploy", "template", "--format", format];
        folder.atlas(&arguments).refuses(2, &[instead, ".asl.json"]);
        assert!(!folder.path("deployment").exists(), "{format}");
    };
    check("terraform", "templatefile");
    check("cdk-json", "CfnInclude");
}
