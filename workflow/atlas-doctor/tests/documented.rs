//! The page for users lists every check, what it must be allowed to read, and every kind of finding.

use std::{fs, path::Path};

use atlas_doctor::{Check, kinds};

const BEGINNING: &str = "## What it finds\n";
const WIDTH: usize = 118;

#[test]
fn the_page_tells_every_finding_as_the_program_does() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/doctor.md");
    let page = fs::read_to_string(page).unwrap_or_default().replace("\r\n", "\n");
    let found = page.split_once(BEGINNING).map_or("", |(_, rest)| rest);
    let expected = findings();
    assert!(found == expected, "`{}` of docs/doctor.md should be\n{expected}", BEGINNING.trim());
}

/// All checks, as Markdown.
fn findings() -> String {
    let mut text = String::new();
    for check in Check::ALL {
        text.push_str(&format!("\n### {check}\n\n"));
        let permissions: Vec<String> =
            check.permissions().iter().map(|permission| format!("`{permission}`")).collect();
        if !permissions.is_empty() {
            text.push_str(&wrapped(&format!("Reads by {}.", permissions.join(", ")), ""));
            text.push('\n');
        }
        for kind in kinds(check) {
            let item = format!("- `{}`, {}: {}.", kind.code, kind.severity, kind.meaning);
            text.push_str(&wrapped(&item, "  "));
            text.push_str(&wrapped(&format!("  *Do:* {}.", kind.remedy), "  "));
        }
    }
    text
}

/// Lines of words that are not too long; `indent` stands before all but the first.
fn wrapped(text: &str, indent: &str) -> String {
    let mut lines = String::new();
    let first: String = text.chars().take_while(|letter| *letter == ' ').collect();
    let mut line = first;
    for word in text.split_whitespace() {
        let is_new = line.trim().is_empty();
        if !is_new && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push_str(&line);
            lines.push('\n');
            line = indent.to_owned() + word;
        } else {
            if !is_new {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines + &line + "\n"
}
