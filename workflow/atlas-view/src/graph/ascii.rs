//! A flow for terminals: chains run down, arms of a Choice and catchers are indented, groups of a
//! Parallel or Map hang below it. Every state is shown once; `→` leads to a state shown elsewhere,
//! `↩` to one on the way here.

use std::rc::Rc;

use atlas_asl::model::StateType;

use super::{
    Graph,
    structure::{Edge, Kind, Node, Road},
    walk::Walk,
};
use crate::label::fit;

/// Longer texts than this many columns are cut.
const MAX_TEXT: usize = 90;
/// Arms in arms beyond this get a block of their own, so that lines stay short.
const MAX_LEVEL: usize = 12;

/// The drawing.
pub(super) fn render(graph: &Graph) -> String {
    let walk = Walk::through(graph);
    let mut drawing =
        Drawing { graph, heads: heads(graph, &walk), walk, late: Vec::new(), out: String::new() };
    drawing.late.resize_with(graph.groups.len(), Vec::new);
    let mut steps = vec![Step::Block { group: 0, next: 0, prefix: Rc::from(""), any: false }];
    while let Some(step) = steps.pop() {
        match step {
            Step::Line(prefix, text) => drawing.line(&prefix, &text),
            Step::Block { group, next, prefix, any } => {
                drawing.block(group, next, prefix, any, &mut steps);
            }
            Step::State { node, prefix, level } => drawing.state(node, &prefix, level, &mut steps),
        }
    }
    if drawing.out.is_empty() {
        drawing.out.push_str("(no states)\n");
    }
    drawing.out
}

enum Step {
    Line(Rc<str>, String),
    Block { group: usize, next: usize, prefix: Rc<str>, any: bool },
    State { node: usize, prefix: Rc<str>, level: usize },
}

struct Drawing<'a> {
    graph: &'a Graph,
    walk: Walk,
    /// Per node: it begins a block of its own, as several roads lead to it or none.
    heads: Vec<bool>,
    /// Per group: states that stood too deep in arms and wait for a block.
    late: Vec<Vec<usize>>,
    out: String,
}

fn heads(graph: &Graph, walk: &Walk) -> Vec<bool> {
    let mut entries = vec![0_usize; graph.nodes.len()];
    for (edge, back) in graph.edges.iter().zip(&walk.back) {
        if !back {
            entries[edge.to] += 1;
        }
    }
    for group in &graph.groups {
        if let Some(start) = group.start {
            entries[start] = usize::MAX;
        }
    }
    entries.into_iter().map(|count| count != 1).collect()
}

impl Drawing<'_> {
    fn line(&mut self, prefix: &str, text: &str) {
        let line = format!("{prefix}{text}");
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    /// Draws the next block of a group, and remembers where to go on.
    fn block(
        &mut self,
        group: usize,
        next: usize,
        prefix: Rc<str>,
        any: bool,
        steps: &mut Vec<Step>,
    ) {
        let order = &self.walk.order[group];
        let found = (next..order.len()).find(|at| self.heads[order[*at]]);
        let (node, next) = match found {
            Some(at) => (order[at], at + 1),
            None => match self.late[group].pop() {
                Some(node) => (node, order.len()),
                None => return,
            },
        };
        if any {
            self.line(&prefix, "");
        }
        if !self.walk.reached[node] {
            self.line(&prefix, "(not reached from the start)");
        } else if group == 0 && self.graph.groups[group].start == Some(node) {
            self.line(&prefix, "● start");
            self.line(&prefix, "│");
        }
        steps.push(Step::Block { group, next, prefix: Rc::clone(&prefix), any: true });
        steps.push(Step::State { node, prefix, level: 0 });
    }

    /// Draws a state and leaves what hangs on it as steps, the first one on top.
    fn state(&mut self, index: usize, prefix: &Rc<str>, level: usize, steps: &mut Vec<Step>) {
        let graph = self.graph;
        let node = &graph.nodes[index];
        self.line(prefix, &caption(node));
        let mut following = Vec::new();
        for group in &node.groups {
            let label = format!("┊ {}", fit(&graph.groups[*group].label, MAX_TEXT));
            following.push(Step::Line(Rc::clone(prefix), label));
            let inner = Rc::from(format!("{prefix}┊   "));
            following.push(Step::Block { group: *group, next: 0, prefix: inner, any: false });
        }
        let next = node.exits.iter().find(|edge| graph.edges[**edge].road == Road::Next).copied();
        let arms = node.exits.iter().copied().filter(|edge| graph.edges[*edge].road != Road::Next);
        let goes_on = next.is_some() || node.ends;
        let mut arms = arms.peekable();
        while let Some(edge) = arms.next() {
            let last = arms.peek().is_none() && !goes_on;
            self.arm(edge, last, prefix, level, &mut following);
        }
        if let Some(edge) = next {
            match self.elsewhere(edge) {
                Some(reference) => {
                    following.push(Step::Line(Rc::clone(prefix), format!("└─{reference}")));
                }
                None => {
                    following.push(Step::Line(Rc::clone(prefix), "│".to_owned()));
                    let node = graph.edges[edge].to;
                    following.push(Step::State { node, prefix: Rc::clone(prefix), level });
                }
            }
        } else if node.ends {
            following.push(Step::Line(Rc::clone(prefix), "│".to_owned()));
            following.push(Step::Line(Rc::clone(prefix), "◉ end".to_owned()));
        }
        steps.extend(following.into_iter().rev());
    }

    fn arm(
        &mut self,
        index: usize,
        last: bool,
        prefix: &Rc<str>,
        level: usize,
        following: &mut Vec<Step>,
    ) {
        let edge = &self.graph.edges[index];
        let corner = if last { '└' } else { '├' };
        let mut text = match edge.road {
            Road::Catch => format!("{corner}╌ Catch {}", fit(&edge.label, MAX_TEXT)),
            Road::Next | Road::Choice | Road::Otherwise => {
                format!("{corner}─ {}", fit(&edge.label, MAX_TEXT))
            }
        };
        let elsewhere = self.elsewhere(index).or_else(|| {
            (level >= MAX_LEVEL).then(|| {
                self.late[self.graph.nodes[edge.to].group].push(edge.to);
                reference('→', edge, self.graph)
            })
        });
        if let Some(reference) = elsewhere {
            text.push_str(&reference);
            following.push(Step::Line(Rc::clone(prefix), text));
            return;
        }
        following.push(Step::Line(Rc::clone(prefix), text));
        let inner = Rc::from(format!("{prefix}{}", if last { "   " } else { "│  " }));
        following.push(Step::State { node: edge.to, prefix: inner, level: level + 1 });
    }

    /// The reference to draw where an edge's target is not drawn below it.
    fn elsewhere(&self, index: usize) -> Option<String> {
        let edge = &self.graph.edges[index];
        if self.walk.back[index] {
            Some(reference('↩', edge, self.graph))
        } else {
            self.heads[edge.to].then(|| reference('→', edge, self.graph))
        }
    }
}

fn reference(arrow: char, edge: &Edge, graph: &Graph) -> String {
    format!(" {arrow} {}", fit(&graph.nodes[edge.to].name, MAX_TEXT))
}

fn caption(node: &Node) -> String {
    let symbol = match node.kind {
        Kind::State(StateType::Task) => '□',
        Kind::State(StateType::Pass) => '▷',
        Kind::State(StateType::Choice) => '◇',
        Kind::State(StateType::Wait) => '◷',
        Kind::State(StateType::Succeed) => '✓',
        Kind::State(StateType::Fail) => '✗',
        Kind::State(StateType::Parallel) => '∥',
        Kind::State(StateType::Map) => '≡',
        Kind::Missing => '?',
    };
    let detail = if node.detail.is_empty() {
        String::new()
    } else {
        format!(" {}", fit(&node.detail, MAX_TEXT))
    };
    format!("{symbol} {} [{}]{detail}", fit(&node.name, MAX_TEXT), node.kind.word())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::graph::samples;

    #[test]
    fn the_lead_machine_as_text() {
        expect![[r#"
            ● start
            │
            ◇ CheckLead [Choice]
            ├─ $exists($states.input.lead.phone)
            │  ∥ Prepare [Parallel]
            │  ┊ branch 1
            │  ┊   □ CreateLead [Task] lambda:invoke
            │  ┊   │
            │  ┊   ◉ end
            │  ┊ branch 2
            │  ┊   □ GenerateScenario [Task] lambda:invoke
            │  ┊   ├╌ Catch States.ALL
            │  ┊   │  ▷ UseTemplateScenario [Pass]
            │  ┊   │  │
            │  ┊   │  ◉ end
            │  ┊   │
            │  ┊   ◉ end
            │  ┊ branch 3
            │  ┊   ▷ PrepareCallContext [Pass]
            │  ┊   │
            │  ┊   ◉ end
            │  ├╌ Catch States.ALL → ParkLead
            │  │
            │  □ StartCall [Task] states:startExecution
            │  ├╌ Catch StepFunctions.ExecutionAlreadyExistsException
            │  │  ✓ CallAlreadyStarted [Succeed]
            │  ├╌ Catch States.ALL → ParkLead
            │  │
            │  ◉ end
            └─ otherwise
               ✗ InvalidLead [Fail] Input.Invalid

            □ ParkLead [Task] dynamodb:putItem
            │
            ✗ LeadParked [Fail] Lead.Parked
        "#]]
        .assert_eq(&render(&Graph::of(&samples::lead())));
    }

    #[test]
    fn a_loop_leads_back_by_name() {
        expect![[r#"
            ● start
            │
            □ InvokeOutboundCall [Task] lambda:invoke.waitForTaskToken
            ├╌ Catch Connect.DestinationNotAllowed, Connect.NotPermitted, Call.NotAllowed
            │  ▷ NotPlaced [Pass]
            │  └─ → UpdateLead
            ├╌ Catch States.ALL
            │  ▷ OutcomeUnknown [Pass]
            │  └─ → UpdateLead
            │
            ◇ ShouldRedial [Choice]
            ├─ $outcome in ['BUSY', 'NO_ANSWER'] and $attempt < $maxAttempts
            │  ◷ WaitToRedial [Wait] 300 s
            │  └─ ↩ InvokeOutboundCall
            └─ otherwise → UpdateLead

            □ UpdateLead [Task] lambda:invoke
            ├╌ Catch States.ALL
            │  □ ParkOutcome [Task] dynamodb:putItem
            │  │
            │  ✗ OutcomeParked [Fail] Outcome.Parked
            │
            ✓ Done [Succeed]
        "#]]
        .assert_eq(&render(&Graph::of(&samples::call())));
    }

    #[test]
    fn what_is_broken_is_shown_as_broken() {
        expect![[r#"
            ● start
            │
            ▷ First [Pass]
            │
            ? Nowhere [no such state]

            (not reached from the start)
            ▷ Alone [Pass]
            │
            ▷ AfterAlone [Pass]
            │
            ◉ end

            (not reached from the start)
            ∥ Hollow [Parallel]
            ┊ branch 1
            │
            ◉ end

            (not reached from the start)
            ∥ BranchLess [Parallel]
            │
            ◉ end

            (not reached from the start)
            ▷ Round [Pass]
            └─ ↩ Round
        "#]]
        .assert_eq(&render(&Graph::of(&samples::broken())));
    }

    #[test]
    fn hostile_names_stay_on_their_line() {
        expect![[r#"
            ● start
            │
            ◇ end [Choice]
            ├─ $a = "x" & `y` %%
            │  ▷ quote" --> x[ [Pass]
            │  │
            │  ▷ <script>alert(1)</script>&amp; [Pass]
            │  │
            │  ▷ back\slash \N [Pass]
            │  │
            │  ▷ #35; %% `md` ; [Pass]
            │  │
            │  ▷ \u{1b}[31m\u{202e}電話 📞 [Pass]
            │  │
            │  ▷ ]]> [Pass]
            │  │
            │  ◉ end
            └─ otherwise
               ≡ subgraph\nend [Map]
               ┊ each item
               ┊   ▷ class [Pass]
               ┊   │
               ┊   ◉ end
               │
               ◉ end
        "#]]
        .assert_eq(&render(&Graph::of(&samples::hostile())));
    }

    #[test]
    fn every_state_is_shown_once() {
        for machine in [
            samples::lead(),
            samples::call(),
            samples::ladder(500),
            samples::sawtooth(100),
            samples::nested(50),
        ] {
            let drawing = render(&Graph::of(&machine));
            let is_state = |line: &&str| {
                StateType::ALL.iter().any(|kind| line.contains(&format!(" [{}]", kind.as_str())))
            };
            let shown = drawing.lines().filter(is_state).count();
            assert_eq!(shown, machine.states().len(), "{drawing}");
        }
    }
}
