//! Rows in columns: a table on a terminal, and for whoever reads them with a program lines with tabs between
//! the columns, without a head.

use std::io::{self, IsTerminal as _, Write};

use comfy_table::{ContentArrangement, presets::UTF8_FULL_CONDENSED};

use crate::{label::clean, terminal};

/// What is printed as a table.
#[derive(Debug)]
pub(crate) struct Table {
    heads: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new<const N: usize>(heads: [&'static str; N]) -> Self {
        Self { heads: heads.to_vec(), rows: Vec::new() }
    }

    /// A row; whatever would move a cursor in it is written out.
    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.iter().map(|cell| clean(cell)).collect());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// On stdout.
    pub(crate) fn print(&self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let shown = if out.is_terminal() { self.drawn(terminal::width()) } else { self.plain() };
        out.write_all(shown.as_bytes())
    }

    /// As a table this wide.
    pub(crate) fn drawn(&self, width: usize) -> String {
        if self.is_empty() {
            return String::new();
        }
        let mut table = comfy_table::Table::new();
        table
            .load_style(UTF8_FULL_CONDENSED)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(u16::try_from(width).unwrap_or(u16::MAX))
            .set_header(self.heads.clone())
            .add_rows(&self.rows);
        format!("{table}\n")
    }

    /// As lines of cells with tabs between them.
    pub(crate) fn plain(&self) -> String {
        let mut text = String::new();
        for row in &self.rows {
            text.push_str(row.join("\t").trim_end());
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_reach_neither_terminal_nor_program_as_commands() {
        let mut table = Table::new(["NAME", "STATUS"]);
        table.row(["a\tb\n\u{1b}[2J".to_owned(), "FAILED".to_owned()]);
        assert_eq!(table.plain(), "a\\tb\\n\\u{1b}[2J\tFAILED\n");
        let drawn = table.drawn(80);
        assert!(drawn.contains("NAME") && drawn.contains("a\\tb\\n\\u{1b}[2J"), "{drawn}");
        assert!(!drawn.contains('\u{1b}'));
    }
}
