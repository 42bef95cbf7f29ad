//! Somebody is erased: what a folder holds of them is found, removed, and what was freed is written over.

mod search;

mod rewrite;

mod shred;

mod of_folder;

mod of_store;

pub use self::shred::shred_file;
pub(crate) use self::{
    of_folder::holds,
    rewrite::{is_unfinished, mark_unfinished, rewrite},
    search::search,
    shred::{Replaced, leftover_of, leftovers, replace, rewriting, shred_leftovers},
};
