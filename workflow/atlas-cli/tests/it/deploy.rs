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
