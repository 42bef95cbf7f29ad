//! What durability costs, and what waiting does: `cargo bench -p atlas-journal`.
//!
//! Each execution is one of the STANDARD lead-to-call machine: a client starts it, is given the token of
//! its call, sends the callback and waits for the end; each of the three answers waits for the disk.
//! Arguments name what to measure: `throughput`, `waiting`, `history`, `listing`; `--million` waits with
//! a million, and lists a million.

mod calls;

mod history;

mod listing;

mod throughput;

mod waiting;

use std::{
    fs,
    path::{Path, PathBuf},
};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, folder] = &arguments[..]
        && mode == waiting::RECOVER
    {
        return waiting::recover(Path::new(folder));
    }
    let wanted: Vec<&String> = arguments.iter().filter(|one| !one.starts_with('-')).collect();
    let is_wanted =
        |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str()));
    if is_wanted("throughput") {
        throughput::measure();
    }
    if is_wanted("history") {
        history::measure();
    }
    let has_million = arguments.iter().any(|one| one == "--million");
    if is_wanted("listing") {
        listing::measure(if has_million { 1_000_000 } else { 100_000 });
    }
    if is_wanted("waiting") {
        waiting::measure(&[1_000, 10_000, 100_000, 1_000_000][..if has_million { 4 } else { 3 }]);
    }
}

/// A folder of this name without anything in it, on the disk where the build is.
fn empty_folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{name}"));
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("what a benchmark left can be removed");
    }
    folder
}
