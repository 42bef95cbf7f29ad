//! What README.md, workflow/ARCHITECTURE.md and the pages of docs/ name is there.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The text of each document, with its path in the project.
fn documents() -> Vec<(String, String)> {
    let pages = fs::read_dir(root().join("docs")).unwrap();
    let pages = pages.map(|page| page.unwrap().file_name().into_string().unwrap());
    let pages = pages.filter(|page| page.ends_with(".md")).map(|page| format!("docs/{page}"));
    let more = ["README.md", "workflow/ARCHITECTURE.md"].map(str::to_owned);
    let all = pages.chain(more);
    all.map(|path| (path.clone(), fs::read_to_string(root().join(path)).unwrap())).collect()
}

#[test]
fn every_path_that_the_documents_name_exists() {
    let known = files_and_folders(root());
    let mut count = 0;
    let mut missing = Vec::new();
    for (document, text) in documents() {
        for path in paths_in(&text) {
            count += 1;
            // A document may name a file by the end of its path, where it is clear whose.
            let path = path.split('#').next().unwrap().trim_start_matches("../");
            // A heading of the same page; a page tells of the reader's own files as well.
            let is_ours = path.contains('/') || path.ends_with(".rs") || path.ends_with(".md");
            if path.is_empty() || document.starts_with("docs/") && !is_ours {
                continue;
            }
            let end = format!("/{}", path.trim_end_matches('/'));
            if !known.iter().any(|known| known.ends_with(&end)) {
                missing.push(format!("{document}: {path}"));
            }
        }
    }
    assert!(missing.is_empty(), "these do not exist: {missing:#?}");
    assert!(count > 100, "the documents name few paths: {count}");
}

#[test]
fn every_test_that_the_documents_name_exists() {
    let mut known = String::new();
    for path in files_and_folders(root()).iter().filter(|path| path.ends_with(".rs")) {
        known += &fs::read_to_string(root().join(&path[1..])).unwrap();
    }
    let mut count = 0;
    for (document, text) in documents() {
        for test in text.split('`').filter(|span| is_test(span)) {
            count += 1;
            assert!(known.contains(&format!("fn {test}()")), "{document} names `{test}`: nowhere");
        }
    }
    assert!(count > 20, "the documents name few tests: {count}");
}

/// Tests are named by claims: many words.
fn is_test(span: &str) -> bool {
    let is_word = |word: &str| word.bytes().all(|byte| byte.is_ascii_lowercase());
    span.split('_').count() >= 4 && span.split('_').all(|word| !word.is_empty() && is_word(word))
}

#[test]
fn every_alarm_that_the_runbook_names_is_one_of_the_deployment() {
    let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let (runbook, template) = (read("docs/runbook.md"), read("definitions/template.yaml"));
    let cells = runbook.lines().filter_map(|line| line.split(" | ").nth(1));
    let alarms = cells.filter_map(|cell| cell.strip_prefix('`')?.strip_suffix('`'));
    let alarms: Vec<&str> =
        alarms.filter(|it| it.bytes().all(|it| it.is_ascii_alphabetic())).collect();
    assert!(alarms.len() >= 5, "{alarms:?}");
    for alarm in alarms {
        let resource = format!("\n  {alarm}:\n    Type: AWS::CloudWatch::Alarm\n");
        assert!(template.contains(&resource), "there is no alarm {alarm}");
    }
}

#[test]
fn every_link_to_a_heading_finds_it() {
    let headings: BTreeSet<String> = documents()
        .iter()
        .flat_map(|(path, text)| headings(text).map(move |it| format!("{path}#{it}")))
        .collect();
    for (document, text) in documents() {
        let folder = document.rsplit_once('/').map_or("", |(folder, _)| folder);
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for link in links.filter(|link| link.contains('#') && !link.contains("://")) {
            let page = match link.split_once('#').unwrap() {
                ("", heading) => format!("{document}#{heading}"),
                _ if link.starts_with("../") || folder.is_empty() => {
                    link.trim_start_matches("../").to_owned()
                }
                _ => format!("{folder}/{link}"),
            };
            assert!(headings.contains(&page), "{document} links to `{link}`, which is nowhere");
        }
    }
}

/// What a link calls the headings of a document by.
fn headings(text: &str) -> impl Iterator<Item = String> {
    let outside_blocks = text.split("```").step_by(2);
    outside_blocks.flat_map(str::lines).filter_map(|line| {
        let heading = line.trim_start_matches('#').strip_prefix(' ')?;
        let is_heading = line.starts_with('#');
        let kept = |it: &char| it.is_alphanumeric() || " -_".contains(*it);
        let name = heading.to_lowercase().chars().filter(kept).collect::<String>();
        is_heading.then(|| name.replace(' ', "-"))
    })
}

#[test]
fn no_line_of_the_pages_is_longer_than_a_reader_sees() {
    for (document, text) in documents().iter().filter(|(path, _)| !path.starts_with("workflow/")) {
        for (number, line) in (1..).zip(text.lines()) {
            let length = line.chars().count();
            let is_row = line.starts_with('|') && document != "README.md";
            assert!(length <= 120 || is_row, "{document}:{number} has {length} characters");
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
                let is_folder = |word: &&str| word.ends_with('/') && !word.starts_with("//");
                let first = words.next().filter(is_folder);
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
