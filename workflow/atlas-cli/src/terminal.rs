//! The terminal that stdout is: how wide it is, and whether it wants colour.

use std::io::IsTerminal;

use crate::tree::Colour;

/// Where nobody says how wide the output may be.
const USUAL_COLUMNS: usize = 100;
const LEAST_COLUMNS: usize = 40;
const MOST_COLUMNS: usize = 200;
const USUAL_LINES: usize = 40;
const LEAST_LINES: usize = 5;

/// How many columns a drawing may take.
pub(crate) fn width() -> usize {
    let asked = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let columns = asked.or_else(|| {
        let (width, _) = terminal_size::terminal_size_of(std::io::stdout())?;
        Some(usize::from(width.0))
    });
    columns.unwrap_or(USUAL_COLUMNS).clamp(LEAST_COLUMNS, MOST_COLUMNS)
}

/// How many lines a drawing may take that is drawn again in its place.
pub(crate) fn height() -> usize {
    let size = terminal_size::terminal_size_of(std::io::stdout());
    size.map_or(USUAL_LINES, |(_, height)| usize::from(height.0).saturating_sub(1).max(LEAST_LINES))
}

/// Colour on a terminal, unless somebody asked for none (no-color.org).
pub(crate) fn colour() -> Colour {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    if unwanted || dumb || !std::io::stdout().is_terminal() { Colour::Plain } else { Colour::Ansi }
}
