//! JSONPath: reading a path, following it, and putting a value where it leads.

use atlas_asl::{
    jsonpath::{Path, Root},
    scope::Scope,
};
use serde_json::json;

use crate::{
    parts::{document, texts},
    scene::Scene,
};

/// A path, and the document that it is applied to.
pub fn check(input: &[u8]) {
    let Some(parts) = texts(input) else { return };
    let text = parts[0];
    let path = match Path::parse(text) {
        Ok(path) => path,
        Err(refused) => {
            let places = 1..=text.chars().count() + 1;
            assert!(places.contains(&refused.position), "{refused}: {}", refused.position);
            assert!(refused.to_string().chars().count() < 1_000, "{refused}");
            return;
        }
    };
    assert_eq!(path.to_string(), text);
    assert_eq!(Path::parse(path.source()).as_ref(), Ok(&path), "it was a path just now");
    let scene = Scene::of(document(parts.get(1).copied()));
    let found = path.find(&scene);
    assert_eq!(found, path.find(&scene), "it finds what it found");
    match &found {
        Ok(found) if !path.is_definite() && !text.ends_with(')') => {
            assert!(found.is_array(), "{found}")
        }
        Ok(_) | Err(_) => {}
    }
    if path.is_reference() && *path.root() == Root::Input {
        is_placed(&path, scene);
    }
}

/// What is put where a reference path leads is found there.
fn is_placed(path: &Path, scene: Scene) {
    let marker = json!({"put": "here"});
    let before = scene.input().clone();
    let finds = path.find(&scene).is_ok();
    if let Ok(after) = path.place(before.clone(), marker.clone()) {
        let after = Scene::of(after);
        assert_eq!(path.find(&after).as_deref(), Ok(&marker), "{path}");
        assert_eq!(path.conflict_in(after.input()), None, "{path}");
    } else {
        assert!(!finds, "{path} leads somewhere in {before}");
    }
}
