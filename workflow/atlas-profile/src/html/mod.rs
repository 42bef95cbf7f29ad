//! The report as a page of its own: everything is in it, nothing is loaded, nothing runs.

mod page;

mod text;

mod plots;

pub use page::{html, html_of_comparison};
