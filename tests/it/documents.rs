//! What README.md and workflow/ARCHITECTURE.md name is there.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

const DOCUMENTS: [&str; 2] = ["README.md", "workflow/ARCHITECTURE.md"];

#[test]
fn every_path_that_the_documents_name_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let known = files_and_folders(root);
    for document in DOCUMENTS {
        let text = fs::read_to_string(root.join(document)).unwrap();
        let named = paths_in(&text);
        assert!(named.len() >= 5, "{document} names few paths: {named:?}");
        for path in named {
            // A document may name a file by the end of its path, where it is clear whose.
            let end = format!("/{}", path.trim_end_matches('/'));
            assert!(
                known.iter().any(|known| known.ends_with(&end)),
                "{document} names `{path}`, which does not exist"
            );
        }
    }
}

#[test]
fn paths_are_told_from_other_words() {
    let text = "See [it](docs/it.md) and [that](https://example.com/x.md). `accept.rs`, \
                `states/task.rs` and `.ci/run`; `atlas run`, `Wait`, `16,000/s`.\n\
                ```\na-crate/src/   what it is, or/and not\nls a/b.json\n```\n`c.json`";
    let expected = [
        "docs/it.md",
        "accept.rs",
        "states/task.rs",
        ".ci/run",
        "a-crate/src/",
        "a/b.json",
        "c.json",
    ];
    assert_eq!(paths_in(text), expected.into_iter().map(str::to_owned).collect());
}

/// What looks like a path: in a link, in a code span, and in a listing.
fn paths_in(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (index, block) in text.split("```").enumerate() {
        if index % 2 == 1 {
            let words = block.lines().flat_map(|line| {
                let mut words = line.split_whitespace();
                let first = words.next().filter(|word| word.ends_with('/'));
                first.into_iter().chain(words.filter(|word| is_file(word)))
            });
            // What a command of an example reads and writes is the reader's own.
            found.extend(words.filter(|word| word.contains('/')).map(str::to_owned));
            continue;
        }
        let spans = block.split('`').skip(1).step_by(2);
        let is_path = |word: &&str| {
            is_file(word)
                || (word.contains('/') && !word.contains(char::is_whitespace) && is_plain(word))
        };
        found.extend(spans.filter(is_path).map(str::to_owned));
        let links = block.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        found.extend(links.filter(|link| !link.contains("://")).map(str::to_owned));
    }
    // Built, not kept.
    found.retain(|path| !path.starts_with("target/"));
    found
}

fn is_file(word: &str) -> bool {
    is_plain(word) && [".rs", ".json", ".md", ".toml"].iter().any(|end| word.ends_with(end))
}

fn is_plain(word: &str) -> bool {
    word.chars().all(|character| character.is_alphanumeric() || "/._-".contains(character))
}

/// The path of everything in the repository, each with a slash before it.
fn files_and_folders(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![(root.to_owned(), PathBuf::from("/"))];
    while let Some((folder, path)) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let path = path.join(entry.file_name());
            found.push(path.to_str().unwrap().to_owned());
            let is_source = ![Some("target"), Some(".git")].contains(&entry.file_name().to_str());
            if entry.file_type().unwrap().is_dir() && is_source {
                open.push((entry.path(), path));
            }
        }
    }
    found
}
