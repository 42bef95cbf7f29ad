//! What is to be written, in the order in which it came.

use std::sync::Arc;

use atlas_core::Timestamp;
use atlas_engine::archive::{Stage, Status};

/// One thing to write.
#[derive(Debug)]
pub(crate) enum Entry {
    Place {
        name: String,
        number: u32,
    },
    Document {
        name: String,
        document: Option<String>,
    },
    Machine {
        key: String,
        document: String,
    },
    Begin(Box<Begun>),
    Fact {
        number: u64,
        place: u64,
        line: String,
    },
    Keys {
        number: u64,
        terms: Vec<String>,
    },
    Note(Box<Noted>),
    Token {
        token: Box<str>,
        number: u64,
        task: u32,
    },
    MapRun {
        arn: Box<str>,
        number: u64,
    },
    Rest {
        place: u32,
        number: u64,
        until: Option<i64>,
        waiters: String,
    },
    Wake {
        place: u32,
        number: u64,
    },
    Forget {
        number: u64,
    },
    /// What is forgotten is erased: the file has to be written anew.
    Erased,
}

/// An execution begins.
#[derive(Debug)]
pub(crate) struct Begun {
    pub(crate) number: u64,
    pub(crate) place: u32,
    pub(crate) arn: Arc<str>,
    pub(crate) header: String,
    /// Under which it is found while it runs, and these are counted.
    pub(crate) terms: Vec<String>,
    /// Under which it is found as well, whatever becomes of it.
    pub(crate) keys: Vec<String>,
    pub(crate) started_at: Timestamp,
    /// Its first fact.
    pub(crate) line: String,
}

/// An execution stands otherwise than before.
#[derive(Debug)]
pub(crate) struct Noted {
    pub(crate) number: u64,
    pub(crate) place: u32,
    /// Under which it was found, and is found now.
    pub(crate) old_terms: Vec<String>,
    pub(crate) new_terms: Vec<String>,
    pub(crate) before: Status,
    pub(crate) stage: Stage,
}

impl Entry {
    /// Roughly what it takes.
    pub(crate) fn bytes(&self) -> usize {
        const SMALL: usize = 128;
        SMALL
            + match self {
                Self::Document { name, document } => {
                    name.len() + document.as_ref().map_or(0, String::len)
                }
                Self::Machine { key, document } => key.len() + document.len(),
                Self::Begin(begun) => begun.header.len() + begun.line.len(),
                Self::Fact { line, .. } => line.len(),
                Self::Keys { terms, .. } => terms.iter().map(String::len).sum(),
                Self::Place { .. }
                | Self::Note(_)
                | Self::Token { .. }
                | Self::MapRun { .. }
                | Self::Rest { .. }
                | Self::Wake { .. }
                | Self::Forget { .. }
                | Self::Erased => 0,
            }
    }
}
