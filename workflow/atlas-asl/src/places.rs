//! Where each value of a document stands in its text.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Position};

/// The byte offsets of every value of a document, by JSON pointer.
#[derive(Debug, Clone, Default)]
pub struct Places {
    offsets: HashMap<String, usize>,
    line_starts: Vec<usize>,
    text: String,
}

impl Places {
    /// Places in this text, none known yet.
    pub fn new(text: &str) -> Self {
        let line_starts =
            std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { offsets: HashMap::new(), line_starts, text: text.to_owned() }
    }

    /// Notes where the value of this pointer begins: at its key, in an object.
    pub fn insert(&mut self, pointer: String, offset: usize) {
        self.offsets.entry(pointer).or_insert(offset);
    }

    /// The line and column of a byte offset.
    pub fn position(&self, offset: usize) -> Position {
        let line = self.line_starts.partition_point(|start| *start <= offset) - 1;
        let column = self.text[self.line_starts[line]..]
            .char_indices()
            .take_while(|(at, _)| self.line_starts[line] + at < offset)
            .count();
        Position {
            line: u32::try_from(line + 1).unwrap_or(u32::MAX),
            column: u32::try_from(column + 1).unwrap_or(u32::MAX),
        }
    }

    /// Where the value of this pointer stands, or the nearest thing around it that stands anywhere.
    pub fn find(&self, pointer: &str) -> Option<Position> {
        let mut pointer = pointer;
        loop {
            if let Some(offset) = self.offsets.get(pointer) {
                return Some(self.position(*offset));
            }
            pointer = &pointer[..pointer.rfind('/')?];
        }
    }

    /// Gives each diagnostic without a position the place of its pointer.
    pub fn locate(&self, diagnostics: &mut [Diagnostic]) {
        for diagnostic in diagnostics.iter_mut().filter(|diagnostic| diagnostic.position.is_none())
        {
            diagnostic.position = self.find(&diagnostic.pointer);
        }
    }
}
