//! The report in Markdown.

use crate::{
    comparison::Comparison,
    document::{Part, Table, Told, of_comparison, of_report},
    report::Report,
};

/// The report as a document.
pub fn markdown(report: &Report) -> String {
    written("Profile", of_report(report))
}

/// Before and after as a document.
pub fn markdown_of_comparison(comparison: &Comparison) -> String {
    written("Before and after", of_comparison(comparison))
}

fn written(title: &str, parts: Vec<Part<'_>>) -> String {
    let mut out = format!("# {title}\n\n");
    // A title whose plot is left out stands over nothing.
    let mut above = None;
    for part in parts {
        let text = match part {
            Part::Title(title) => {
                above = Some(title);
                continue;
            }
            Part::Plot(_) => continue,
            Part::Sentences(sentences) => lines(sentences.iter().map(|text| cell(text))),
            Part::Table(table) => written_table(&table),
            Part::Findings(findings) => lines((1..).zip(&findings).map(finding)),
            Part::List(entries) => lines(entries.iter().map(|text| format!("- {}", cell(text)))),
        };
        if let Some(title) = above.take() {
            out.push_str(&format!("## {title}\n\n"));
        }
        out.push_str(&text);
        out.push('\n');
    }
    out
}

fn finding((number, told): (usize, &Told)) -> String {
    let Told { what, certainty, place, details } = told;
    let details: String = details.iter().map(|text| format!("\n   - {}", cell(text))).collect();
    format!("{number}. **{what}**{certainty}: {}{details}", cell(place))
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.map(|line| line + "\n").collect()
}

fn written_table(table: &Table) -> String {
    let row = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let head = row(table.head.iter().map(|name| (*name).to_owned()).collect());
    let rule = row(table.head.iter().map(|_| "---".to_owned()).collect());
    let rows = table.rows.iter().map(|cells| row(cells.iter().map(|it| cell(it.text())).collect()));
    lines([head, rule].into_iter().chain(rows))
}

/// What a definition names may hold anything: here it is text, in one line.
fn cell(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' | '#' => {
                safe.push('\\');
                safe.push(letter);
            }
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            // These turn the direction of writing.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => safe.push('\u{fffd}'),
            letter if letter.is_control() => safe.push(' '),
            letter => safe.push(letter),
        }
    }
    safe
}
