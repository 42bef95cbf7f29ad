//! One depth-first walk through every group: what comes before what, which edges lead back, and
//! which states stand in a loop.

use atlas_asl::model::StateType;

use super::{Graph, structure::Kind};

/// What the walk found.
pub(super) struct Walk {
    /// Per group, its nodes so that every edge but those that lead back leads onwards.
    pub(super) order: Vec<Vec<usize>>,
    /// Per edge: it leads back to a state on the way to it.
    pub(super) back: Vec<bool>,
    /// Per node: the start of its group leads to it.
    pub(super) reached: Vec<bool>,
}

impl Walk {
    /// Walks a graph from the start of each group, then from every state that was not reached.
    pub(super) fn through(graph: &Graph) -> Self {
        let mut walk = Self {
            order: Vec::with_capacity(graph.groups.len()),
            back: vec![false; graph.edges.len()],
            reached: vec![false; graph.nodes.len()],
        };
        let mut seen = vec![Seen::No; graph.nodes.len()];
        let mut entered = vec![false; graph.nodes.len()];
        for edge in &graph.edges {
            entered[edge.to] |= edge.from != edge.to;
        }
        for group in &graph.groups {
            let mut unreached = Vec::new();
            let mut main = Vec::new();
            if let Some(start) = group.start {
                walk.descend(graph, start, &mut seen, &mut main);
                for node in &main {
                    walk.reached[*node] = true;
                }
            }
            for node in group.nodes.iter().rev() {
                if seen[*node] == Seen::No && !entered[*node] {
                    walk.descend(graph, *node, &mut seen, &mut unreached);
                }
            }
            for node in group.nodes.iter().rev() {
                if seen[*node] == Seen::No {
                    walk.descend(graph, *node, &mut seen, &mut unreached);
                }
            }
            main.reverse();
            unreached.reverse();
            main.extend(unreached);
            walk.order.push(main);
        }
        walk
    }

    /// Appends what `root` leads to, last first. The last exit is walked first, so that the first
    /// one comes first in the reversed order.
    fn descend(&mut self, graph: &Graph, root: usize, seen: &mut [Seen], out: &mut Vec<usize>) {
        seen[root] = Seen::OnTheWay;
        let mut way = vec![(root, graph.nodes[root].exits.len())];
        while let Some((node, left)) = way.last_mut() {
            let node = *node;
            if *left == 0 {
                seen[node] = Seen::Done;
                out.push(node);
                way.pop();
                continue;
            }
            *left -= 1;
            let edge = graph.nodes[node].exits[*left];
            let to = graph.edges[edge].to;
            match seen[to] {
                Seen::No => {
                    seen[to] = Seen::OnTheWay;
                    way.push((to, graph.nodes[to].exits.len()));
                }
                Seen::OnTheWay => self.back[edge] = true,
                Seen::Done => {}
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    No,
    OnTheWay,
    Done,
}

/// Per node: it may run more than once in one execution, because a road leads back to it or
/// because it stands inside a Map or inside a state that may.
pub(crate) fn loops(graph: &Graph) -> Vec<bool> {
    let mut repeats = in_cycle(graph);
    for group in &graph.groups {
        let Some(holder) = group.holder else { continue };
        let is_map = graph.nodes[holder].kind == Kind::State(StateType::Map);
        if is_map || repeats[holder] {
            for node in &group.nodes {
                repeats[*node] = true;
            }
        }
    }
    repeats
}

/// Per node: some way from it leads back to it (Tarjan's strongly connected components).
fn in_cycle(graph: &Graph) -> Vec<bool> {
    let count = graph.nodes.len();
    let mut cyclic = vec![false; count];
    let mut number = vec![usize::MAX; count];
    let mut low = vec![0; count];
    let mut open = vec![false; count];
    let mut stack = Vec::new();
    let mut next = 0;
    for root in 0..count {
        if number[root] != usize::MAX {
            continue;
        }
        let mut way = vec![(root, 0)];
        while let Some((node, exit)) = way.last_mut() {
            let node = *node;
            if *exit == 0 && number[node] == usize::MAX {
                number[node] = next;
                low[node] = next;
                next += 1;
                open[node] = true;
                stack.push(node);
            }
            if let Some(edge) = graph.nodes[node].exits.get(*exit) {
                *exit += 1;
                let to = graph.edges[*edge].to;
                if number[to] == usize::MAX {
                    way.push((to, 0));
                } else if open[to] {
                    low[node] = low[node].min(number[to]);
                    cyclic[node] |= to == node;
                }
                continue;
            }
            way.pop();
            if let Some((parent, _)) = way.last() {
                low[*parent] = low[*parent].min(low[node]);
            }
            if low[node] == number[node] {
                let alone = stack.last() == Some(&node);
                while let Some(member) = stack.pop() {
                    open[member] = false;
                    cyclic[member] |= !alone;
                    if member == node {
                        break;
                    }
                }
            }
        }
    }
    cyclic
}
