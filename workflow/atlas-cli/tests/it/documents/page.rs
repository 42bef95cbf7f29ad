//! A page of the documentation, and the blocks of commands in it.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// What a block that no test runs begins with; the reader sees why.
pub(super) const NOT_TRIED: &str = "# not tried by the tests: ";

/// Commands that stand together.
#[derive(Debug)]
pub(super) struct Block {
    /// The line that the block begins at.
    pub(super) line: usize,
    pub(super) text: String,
}

impl Block {
    /// Why no test runs it.
    pub(super) fn reason_against(&self) -> Option<&str> {
        self.text.lines().next()?.strip_prefix(NOT_TRIED)
    }
}

/// The root of the project.
pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}

/// README.md and the pages of docs/, by their paths in the project.
pub(super) fn all() -> Vec<String> {
    let of_docs = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let is_page = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "md");
    let name = |path: PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    let of_docs = of_docs.filter(is_page).map(|path| format!("docs/{}", name(path)));
    let mut all: Vec<String> = of_docs.chain(["README.md".to_owned()]).collect();
    all.sort();
    all
}

pub(super) fn read(page: &str) -> String {
    fs::read_to_string(root().join(page)).unwrap()
}

/// The blocks of commands: those of the language `sh`, and of none.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<(Block, &str)> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let Some(language) = line.trim_start().strip_prefix("```") else {
            if let Some((block, language)) = &mut open {
                assert!(
                    is_shell(language) || !line.starts_with("atlas "),
                    "line {number}: a command of ours in a block of `{language}`"
                );
                block.text += line;
                block.text.push('\n');
            }
            continue;
        };
        match open.take() {
            None => open = Some((Block { line: number, text: String::new() }, language.trim())),
            Some((block, language)) if is_shell(language) => blocks.push(block),
            Some(_) => {}
        }
    }
    assert!(open.is_none(), "the last block has no end");
    blocks
}

fn is_shell(language: &str) -> bool {
    ["", "sh"].contains(&language)
}

#[test]
fn blocks_of_commands_are_told_from_others() {
    let text = "# A\n```\natlas run\n```\n```text\nno command\n```\n```sh\n# not tried by the tests: \
                slow\natlas bench\n```\n";
    let found: Vec<_> = blocks(text)
        .iter()
        .map(|block| (block.line, block.reason_against().map(str::to_owned)))
        .collect();
    assert_eq!(found, [(2, None), (8, Some("slow".to_owned()))]);
}
