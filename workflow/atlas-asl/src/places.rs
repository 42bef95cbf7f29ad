//! Where each value of a document stands in its text.

use crate::diagnostic::{Diagnostic, Position};

/// The places of every value of a document, and the lines of its text.
#[derive(Debug, Clone, Default)]
pub struct Places {
    root: Option<Place>,
    line_starts: Vec<usize>,
    /// How many characters stand before every `BLOCK`-th byte: a text may be one long line.
    characters: Vec<usize>,
    text: String,
}

const BLOCK: usize = 1_024;

/// Where one value stands, and the values in it.
///
/// A tree instead of a map from pointers: a long name above many values costs its length once.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Byte offset of the value, or of its key in an object.
    pub(crate) offset: usize,
    /// What it holds.
    pub(crate) below: Below,
}

/// What a value holds.
#[derive(Debug, Clone)]
pub(crate) enum Below {
    /// Neither object nor array.
    Nothing,
    /// An object's fields, sorted by name, those of one name in the order written.
    Fields(Vec<(Box<str>, Place)>),
    /// An array's elements.
    Elements(Vec<Place>),
}

impl Places {
    /// Places in this text, none known yet.
    pub fn new(text: &str) -> Self {
        let line_starts =
            std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let is_start = |byte: &&u8| **byte & 0xc0 != 0x80;
        let counts =
            text.as_bytes().chunks(BLOCK).map(|block| block.iter().filter(is_start).count());
        let characters = std::iter::once(0)
            .chain(counts.scan(0, |before, count| {
                *before += count;
                Some(*before)
            }))
            .collect();
        Self { root: None, line_starts, characters, text: text.to_owned() }
    }

    /// Notes the places of the whole document.
    pub(crate) fn fill(&mut self, root: Place) {
        self.root = Some(root);
    }

    /// The line and column of a byte offset.
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.line_starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.line_starts.get(line).copied().unwrap_or_default();
        let column = self.characters_before(offset) - self.characters_before(start);
        Position {
            line: u32::try_from(line + 1).unwrap_or(u32::MAX),
            column: u32::try_from(column + 1).unwrap_or(u32::MAX),
        }
    }

    fn characters_before(&self, offset: usize) -> usize {
        let block = offset / BLOCK;
        let bytes = self.text.as_bytes().get(block * BLOCK..offset).unwrap_or_default();
        let within = bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
        self.characters.get(block).copied().unwrap_or_default() + within
    }

    /// Where the value of this pointer stands, or the nearest thing around it that stands anywhere.
    pub fn find(&self, pointer: &str) -> Option<Position> {
        let mut place = self.root.as_ref()?;
        for token in pointer.split('/').skip(1) {
            match place.field(&token.replace("~1", "/").replace("~0", "~")) {
                Some(inner) => place = inner,
                None => break,
            }
        }
        Some(self.position(place.offset))
    }

    /// Gives each diagnostic without a position the place of its pointer.
    pub fn locate(&self, diagnostics: &mut [Diagnostic]) {
        for diagnostic in diagnostics.iter_mut().filter(|diagnostic| diagnostic.position.is_none())
        {
            diagnostic.position = self.find(&diagnostic.pointer);
        }
    }
}

impl Place {
    fn field(&self, token: &str) -> Option<&Place> {
        match &self.below {
            Below::Nothing => None,
            Below::Fields(fields) => {
                let at = fields.partition_point(|(name, _)| name.as_ref() < token);
                fields.get(at).filter(|(name, _)| name.as_ref() == token).map(|(_, place)| place)
            }
            Below::Elements(elements) => elements.get(token.parse::<usize>().ok()?),
        }
    }
}
