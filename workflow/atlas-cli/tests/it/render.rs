//! `atlas render`: the definitions that we deploy.

use crate::harness::Folder;

const FILES: [&str; 2] = ["AtlasEngineWorkflow.asl.json", "AtlasEngineCallWorkflow.asl.json"];

#[test]
fn what_is_rendered_is_fresh_and_judged_fine() {
    let folder = Folder::new("render-out");
    let ran = folder.atlas(&["render", "--out", "deep/er"]).exits(0);
    assert_eq!((ran.out.as_str(), ran.err.lines().count()), ("", 2));
    for file in FILES {
        let (_, rendered) =
            definitions::rendered().into_iter().find(|(name, _)| *name == file).unwrap();
        assert_eq!(folder.read(&format!("deep/er/{file}")), rendered);
    }
    folder.atlas(&["render", "--out", "deep/er", "--check"]).exits(0);
    assert_eq!(folder.atlas(&["render", "--out", "deep/er"]).exits(0).err, "", "nothing to write");
    let paths = FILES.map(|file| format!("deep/er/{file}"));
    folder.atlas(&["validate", &paths[0], "--type", "express"]).exits(0);
    folder.atlas(&["validate", &paths[1]]).exits(0);
}

#[test]
fn what_is_stale_or_missing_is_named_and_left_alone() {
    let folder = Folder::new("render-check");
    let check = ["render", "--out", "out", "--check"];
    folder.atlas(&check).refuses(1, &[FILES[0], FILES[1], "atlas render --out out"]);
    assert!(!folder.path("out").exists(), "a check writes nothing");
    folder.atlas(&["render", "--out", "out"]).exits(0);
    let stale = format!("out/{}", FILES[1]);
    folder.write(&stale, "{}");
    let ran = folder.atlas(&check).exits(1);
    assert!(ran.err.contains(FILES[1]) && !ran.err.contains(FILES[0]), "{}", ran.err);
    assert_eq!(folder.read(&stale), "{}");
    folder.write("file", "");
    folder.atlas(&["render", "--out", "file"]).refuses(2, &["file", "expected a folder"]);
}
