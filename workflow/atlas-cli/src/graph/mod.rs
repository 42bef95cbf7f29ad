//! A state machine as a drawing: one graph without a layout, one file per format over it.

mod structure;

mod condition;

mod walk;

mod ascii;
mod dot;
mod mermaid;

mod layout;
mod rows;
mod wires;

mod svg;

#[cfg(test)]
pub(crate) mod samples;

use atlas_asl::model::StateMachine;
use clap::ValueEnum;

pub(crate) use structure::Graph;
pub(crate) use walk::loops;

/// What to draw for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A Mermaid flowchart, for Markdown.
    Mermaid,
    /// Graphviz.
    Dot,
    /// A picture that stands alone.
    Svg,
    /// Text for a terminal.
    Ascii,
}

/// Draws a machine, whatever is wrong with it.
pub(crate) fn draw(machine: &StateMachine, format: Format) -> String {
    let graph = Graph::of(machine);
    match format {
        Format::Mermaid => mermaid::render(&graph),
        Format::Dot => dot::render(&graph),
        Format::Svg => svg::render(&graph),
        Format::Ascii => ascii::render(&graph),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMATS: [Format; 4] = [Format::Mermaid, Format::Dot, Format::Svg, Format::Ascii];

    #[test]
    fn ten_thousand_states_are_drawn_in_room_that_grows_with_them() {
        for (shape, machine) in [
            ("chain", samples::chain(10_000)),
            ("every state catches to the last", samples::chain_with_catch(10_000)),
            ("every choice leads to the next and to the last", samples::ladder(10_000)),
            ("every state leads back to the first", samples::sawtooth(10_000)),
            ("one choice among all", samples::fan(10_000)),
        ] {
            for format in FORMATS {
                let drawing = draw(&machine, format);
                assert!(drawing.len() < 20_000_000, "{shape} as {format:?}: {}", drawing.len());
            }
        }
    }

    #[test]
    fn deep_nesting_is_drawn() {
        let machine = samples::nested(300);
        for format in FORMATS {
            assert!(draw(&machine, format).contains("Level299"), "{format:?}");
        }
    }

    #[test]
    fn empty_and_broken_machines_are_drawn() {
        for machine in [samples::empty(), samples::broken()] {
            for format in FORMATS {
                assert!(!draw(&machine, format).is_empty(), "{format:?}");
            }
        }
    }

    #[test]
    fn every_state_is_named_in_every_format() {
        for machine in [samples::lead(), samples::call()] {
            for format in FORMATS {
                let drawing = draw(&machine, format);
                for located in machine.states() {
                    assert!(drawing.contains(located.name.as_str()), "{format:?} {located:?}");
                }
            }
        }
    }
}
