//! What a drawing shows, without where: states, the groups inside Parallel and Map, and the roads
//! between them. Every renderer reads this and nothing of the model.

use std::collections::{HashMap, VecDeque};

use atlas_asl::model::{
    Count, Fail, Flow, State, StateKind, StateMachine, StateType, Task, Text, Transition, Wait,
    WaitUntil,
};

use super::condition;

/// A machine as groups, nodes and edges, each known by its index.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    /// The machine itself first; a group always stands after the one around it.
    pub(crate) groups: Vec<Group>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) edges: Vec<Edge>,
}

/// A flow of states: the machine, a branch of a Parallel, the processor of a Map.
#[derive(Debug)]
pub(crate) struct Group {
    /// What it is to the state that holds it: `branch 2`, `each item`.
    pub(crate) label: String,
    /// Where it stands in the definition, as a JSON pointer.
    pub(crate) pointer: String,
    pub(crate) holder: Option<usize>,
    pub(crate) nodes: Vec<usize>,
    pub(crate) start: Option<usize>,
}

/// A state.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) name: String,
    /// Where it stands in the definition, as a JSON pointer.
    pub(crate) pointer: String,
    pub(crate) kind: Kind,
    /// What one wants to know besides the type: the integration, how long, which error.
    pub(crate) detail: String,
    pub(crate) group: usize,
    /// The groups inside it.
    pub(crate) groups: Vec<usize>,
    /// `End: true`.
    pub(crate) ends: bool,
    /// Its edges: choices in order, otherwise, next, catchers in order.
    pub(crate) exits: Vec<usize>,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A state of the definition.
    State(StateType),
    /// A name that something leads to and no state has.
    Missing,
}

impl Kind {
    /// The word for it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::State(state_type) => state_type.as_str(),
            Self::Missing => "no such state",
        }
    }
}

/// A way from one state to another of the same group.
#[derive(Debug)]
pub(crate) struct Edge {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) road: Road,
    /// The condition, the error names, or nothing.
    pub(crate) label: String,
}

/// Why an edge is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Road {
    /// `Next`.
    Next,
    /// A rule of a Choice.
    Choice,
    /// `Default`.
    Otherwise,
    /// A catcher.
    Catch,
}

/// A flow that is not in the graph yet.
struct Waiting<'a> {
    flow: &'a Flow,
    holder: Option<usize>,
    label: String,
    pointer: String,
}

impl Graph {
    /// The graph of a machine, whatever is wrong with it.
    pub(crate) fn of(machine: &StateMachine) -> Self {
        let mut graph = Self::default();
        let mut waiting = VecDeque::from([Waiting {
            flow: &machine.flow,
            holder: None,
            label: String::new(),
            pointer: String::new(),
        }]);
        while let Some(next) = waiting.pop_front() {
            graph.add_flow(next, &mut waiting);
        }
        graph
    }

    fn add_flow<'a>(&mut self, next: Waiting<'a>, waiting: &mut VecDeque<Waiting<'a>>) {
        let Waiting { flow, holder, label, pointer } = next;
        let group = self.groups.len();
        self.groups.push(Group { label, pointer, holder, nodes: Vec::new(), start: None });
        if let Some(holder) = holder {
            self.nodes[holder].groups.push(group);
        }
        let first = self.nodes.len();
        let mut by_name: HashMap<&str, usize> = HashMap::with_capacity(flow.states.len());
        for (name, state) in &flow.states {
            let kind = Kind::State(state.kind.state_type());
            let node = self.add_node(name.as_str(), kind, group);
            by_name.entry(name.as_str()).or_insert(node);
            self.nodes[node].detail = detail(state);
            self.nodes[node].ends = state.transition() == Some(&Transition::End);
            match &state.kind {
                StateKind::Parallel(parallel) => {
                    for (index, branch) in parallel.branches.iter().enumerate() {
                        let mut label = format!("branch {}", index + 1);
                        if let Some(Some(comment)) = parallel.branch_comments.get(index) {
                            label.push_str(": ");
                            label.push_str(comment);
                        }
                        let pointer = format!("{}/Branches/{index}", self.nodes[node].pointer);
                        waiting.push_back(Waiting {
                            flow: branch,
                            holder: Some(node),
                            label,
                            pointer,
                        });
                    }
                }
                StateKind::Map(map) => {
                    let field = if map.legacy_iterator { "Iterator" } else { "ItemProcessor" };
                    let pointer = format!("{}/{field}", self.nodes[node].pointer);
                    let label = "each item".to_owned();
                    let flow = &map.processor;
                    waiting.push_back(Waiting { flow, holder: Some(node), label, pointer });
                }
                StateKind::Task(_)
                | StateKind::Pass(_)
                | StateKind::Choice(_)
                | StateKind::Wait(_)
                | StateKind::Succeed(_)
                | StateKind::Fail(_) => {}
            }
        }
        for (index, (_, state)) in flow.states.iter().enumerate() {
            for (target, road, label) in roads(state) {
                let to = match by_name.get(target) {
                    Some(to) => *to,
                    None => {
                        let missing = self.add_node(target, Kind::Missing, group);
                        by_name.insert(target, missing);
                        missing
                    }
                };
                let edge = self.edges.len();
                self.edges.push(Edge { from: first + index, to, road, label });
                self.nodes[first + index].exits.push(edge);
            }
        }
        if let Some(start) = &flow.start_at {
            self.groups[group].start = Some(match by_name.get(start.as_str()) {
                Some(start) => *start,
                None => self.add_node(start.as_str(), Kind::Missing, group),
            });
        }
    }

    fn add_node(&mut self, name: &str, kind: Kind, group: usize) -> usize {
        let node = self.nodes.len();
        let escaped = name.replace('~', "~0").replace('/', "~1");
        self.nodes.push(Node {
            name: name.to_owned(),
            pointer: format!("{}/States/{escaped}", self.groups[group].pointer),
            kind,
            detail: String::new(),
            group,
            groups: Vec::new(),
            ends: false,
            exits: Vec::new(),
        });
        self.groups[group].nodes.push(node);
        node
    }
}

/// Where a state leads and why, main ways before catchers.
fn roads(state: &State) -> Vec<(&str, Road, String)> {
    let mut roads = Vec::new();
    if let StateKind::Choice(choice) = &state.kind {
        for rule in &choice.choices {
            if let Some(next) = &rule.next {
                let label = rule.test.as_ref().map(condition::text).unwrap_or_default();
                roads.push((next.as_str(), Road::Choice, label));
            }
        }
        if let Some(default) = &choice.default {
            roads.push((default.as_str(), Road::Otherwise, "otherwise".to_owned()));
        }
    }
    if let Some(Transition::Next(next)) = state.transition() {
        roads.push((next.as_str(), Road::Next, String::new()));
    }
    for catcher in state.catch() {
        if let Some(next) = &catcher.next {
            roads.push((next.as_str(), Road::Catch, catcher.error_equals.join(", ")));
        }
    }
    roads
}

fn detail(state: &State) -> String {
    match &state.kind {
        StateKind::Task(task) => integration(task),
        StateKind::Wait(wait) => until(wait),
        StateKind::Fail(Fail { error: Some(Text::Literal(text) | Text::Path(text)), .. }) => {
            text.clone()
        }
        StateKind::Map(map) if map.is_distributed() => "distributed".to_owned(),
        StateKind::Fail(_)
        | StateKind::Map(_)
        | StateKind::Pass(_)
        | StateKind::Choice(_)
        | StateKind::Succeed(_)
        | StateKind::Parallel(_) => String::new(),
    }
}

/// The part of a resource's ARN that says what is called.
fn integration(task: &Task) -> String {
    let resource = task.resource.as_str();
    if let Some((_, action)) = resource.split_once(":states:::") {
        return action.to_owned();
    }
    if let Some((_, function)) = resource.split_once(":function:") {
        return format!("function {function}");
    }
    if let Some((_, activity)) = resource.split_once(":activity:") {
        return format!("activity {activity}");
    }
    resource.to_owned()
}

fn until(wait: &Wait) -> String {
    match &wait.until {
        Some(WaitUntil::Seconds(Count::Literal(seconds))) => format!("{seconds} s"),
        Some(WaitUntil::Seconds(Count::Jsonata(expression))) => {
            format!("{} s", condition::bare(expression))
        }
        Some(WaitUntil::Seconds(Count::Path(path))) => format!("{path} s"),
        Some(WaitUntil::Timestamp(timestamp)) => format!("until {}", condition::bare(timestamp)),
        Some(WaitUntil::TimestampPath(path)) => format!("until {path}"),
        None => String::new(),
    }
}
