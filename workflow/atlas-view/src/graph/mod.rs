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
mod samples;

use std::collections::HashSet;

use atlas_asl::model::StateMachine;
use structure::Graph;

/// What to draw for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
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
pub fn draw(machine: &StateMachine, format: Format) -> String {
    let graph = Graph::of(machine);
    match format {
        Format::Mermaid => mermaid::render(&graph),
        Format::Dot => dot::render(&graph),
        Format::Svg => svg::render(&graph),
        Format::Ascii => ascii::render(&graph),
    }
}

/// The picture of a machine for a page that has styles for it: it brings no style of its own, each state says
/// where it stands (`data-state`, a JSON pointer) and what it is (`data-type`), and the classes are those of
/// the picture that stands alone.
pub fn draw_for_page(machine: &StateMachine) -> String {
    svg::render_for_page(&Graph::of(machine))
}

/// The states that one execution may visit more than once, by name.
pub fn repeated(machine: &StateMachine) -> HashSet<String> {
    let graph = Graph::of(machine);
    let repeats = walk::loops(&graph);
    let nodes = graph.nodes.into_iter().zip(repeats);
    nodes.filter(|(_, again)| *again).map(|(node, _)| node.name).collect()
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
