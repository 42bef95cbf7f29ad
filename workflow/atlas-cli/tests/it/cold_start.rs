//! `atlas bench cold-start`: every handler is started, has its work to do, does it, and is measured. How long it
//! takes is nobody's concern here.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::harness::Folder;

/// Whom a test measures here: one that logs in, and one that is started by a queue.
const HANDLERS: [&str; 2] = ["CreateLeadHandler", "CallEndedHandler"];

/// The handlers' binaries, which a build of the whole workspace leaves beside `atlas`.
fn binaries() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_BIN_EXE_atlas")).parent().unwrap().to_owned();
    let are_there = HANDLERS.iter().all(|handler| folder.join(handler).is_file());
    if !are_there {
        assert!(std::env::var_os("ATLAS_STRICT").is_none(), "the handlers are not built");
        println!("skipped: the handlers are not built; cargo build -p handlers builds them");
    }
    are_there.then_some(folder)
}

/// The figures of a candidate are all there, and are of something that happened.
fn check(found: &Value, name: &str) {
    assert_eq!(found["of"], name, "{found}");
    assert_eq!(found["runs"], 1, "{found}");
    let number = |name: &str, part: &str| found[name][part].as_f64().unwrap();
    for part in ["median", "p10", "p90"] {
        let (ready, answer) =
            (number("readyMilliseconds", part), number("firstAnswerMilliseconds", part));
        assert!(0.0 < ready && ready < answer, "{found}");
    }
    assert!(found["peakMemoryMegabytes"].as_f64().unwrap() > 1.0, "{found}");
    assert!(found["zipBytes"].as_u64().unwrap() > 100_000, "{found}");
}

#[test]
fn each_handler_does_its_work_and_the_table_is_whole() {
    let Some(binaries) = binaries() else { return };
    let folder = Folder::new("cold-start");
    let binaries = binaries.display().to_string();
    let is_beside = std::env::var_os("ATLAS_PYTHON_HANDLERS").is_some_and(|it| !it.is_empty());
    if !is_beside {
        assert!(std::env::var_os("ATLAS_STRICT").is_none(), "ATLAS_PYTHON_HANDLERS is not set");
        println!("skipped beside Python: `eval \"$(.ci/peers start)\"` installs the handlers");
    }
    let mut command =
        vec!["bench", "cold-start", "--functions", &binaries, "--runs", "1", "--json"];
    command.extend(HANDLERS.iter().flat_map(|handler| ["--handler", handler]));
    command.extend(is_beside.then_some("--peers"));
    let document = folder.atlas(&command).exits(0).document();
    let rows = document.as_array().unwrap();
    assert_eq!(rows.len(), HANDLERS.len());
    for (row, handler) in rows.iter().zip(HANDLERS) {
        assert_eq!(row["handler"], handler);
        check(&row["found"][0], "Rust");
        if is_beside {
            check(&row["found"][1], "Python");
        }
    }
}

#[test]
fn what_is_not_there_is_said_before_anything_starts() {
    let folder = Folder::new("cold-start-nothing");
    folder
        .atlas(&["bench", "cold-start"])
        .refuses(2, &["`target/lambda/CreateLeadHandler`", "atlas package"]);
    let nothing = [("ATLAS_PYTHON_HANDLERS".to_owned(), String::new())];
    let ran = folder.atlas_with(&nothing, &["bench", "cold-start", "--peers"], "");
    ran.refuses(2, &["ATLAS_PYTHON_HANDLERS", ".ci/peers start"]);
}
