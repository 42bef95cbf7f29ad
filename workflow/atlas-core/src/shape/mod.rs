//! Data on its way into a state and out of it, in both query languages.
//!
//! JSONPath: `InputPath` and `Parameters` before the state; `ResultSelector`, `Assign`,
//! `ResultPath` and `OutputPath` after it. JSONata: `Arguments` before, `Assign` and `Output` after.

mod io;

mod caught;

mod choice;

mod items;

mod read_items;

mod manifest;

mod csv;

mod numbers;

mod words;

mod paths;

mod templates;

pub(crate) use caught::caught;
pub(crate) use choice::{chosen, first_match};
pub use csv::rows as csv_rows;
pub(crate) use io::{arguments, assigned, jsonata_result, passed_through, result, selected};
pub(crate) use items::{array_of, item, items};
pub(crate) use manifest::{Inventory, athena_objects, inventory};
pub(crate) use numbers::{number, tolerated_count, tolerated_percentage};
pub(crate) use paths::{combine, effective_input, select};
pub(crate) use read_items::{items_in, listed_objects};
pub(crate) use templates::template;
pub(crate) use words::words;
