//! Where everything stands in a picture: each group is laid out for itself in rows, from the
//! innermost out, then placed into the state that holds it.
//!
//! Edges to the next row run through the gap between the rows; longer ones and those that lead
//! back run beside all rows, one lane for each target. Nothing here is worse than n log n.

use std::collections::HashMap;

use super::{
    Graph,
    rows::{arrange, rank},
    structure::{Edge, Road},
    walk::Walk,
    wires::route,
};
use crate::label::{clean, columns, fit};

/// Widths of a character, as wide fonts have it.
const NAME_CHARACTER: f64 = 8.2;
pub(super) const SMALL_CHARACTER: f64 = 6.6;
/// State names wrap at this many columns.
const NAME_COLUMNS: usize = 28;
const LABEL_COLUMNS: usize = 44;
pub(super) const PADDING: f64 = 16.0;
pub(super) const HEADER: f64 = 40.0;
pub(super) const GROUP_HEADER: f64 = 20.0;
pub(super) const MARKER: f64 = 14.0;

/// A rectangle by its upper left corner.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Area {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// The line of an edge, with an arrow at its end.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) points: Vec<(f64, f64)>,
    pub(super) dashed: bool,
    pub(super) title: String,
}

/// Words on an edge.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) anchor: &'static str,
    pub(super) text: String,
}

/// A whole picture, in absolute coordinates.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) nodes: Vec<Area>,
    pub(super) groups: Vec<Area>,
    /// Centres of the start and end markers of each group.
    pub(super) starts: Vec<Option<(f64, f64)>>,
    pub(super) ends: Vec<Option<(f64, f64)>>,
    pub(super) wires: Vec<Wire>,
    pub(super) words: Vec<Words>,
}

/// A name in lines short enough for its box.
pub(super) fn name_lines(name: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for character in clean(name).chars() {
        let wide = columns(character.encode_utf8(&mut [0; 4]));
        if used + wide > NAME_COLUMNS {
            lines.push(String::new());
            used = 0;
        }
        used += wide;
        if let Some(line) = lines.last_mut() {
            line.push(character);
        }
    }
    lines
}

/// The second line of a box: type and detail.
pub(super) fn caption(node: &super::structure::Node) -> String {
    if node.detail.is_empty() {
        node.kind.word().to_owned()
    } else {
        format!("{} · {}", node.kind.word(), fit(&node.detail, LABEL_COLUMNS))
    }
}

/// Lays a graph out.
pub(super) fn lay_out(graph: &Graph) -> Layout {
    let walk = Walk::through(graph);
    let mut sizes = vec![(0.0, 0.0); graph.nodes.len()];
    let mut plans: Vec<Option<Plan>> = Vec::new();
    plans.resize_with(graph.groups.len(), || None);
    // A group stands after the one around it, so the innermost are sized first.
    for group in (0..graph.groups.len()).rev() {
        for node in &graph.groups[group].nodes {
            sizes[*node] = size(graph, *node, &plans);
        }
        plans[group] = Some(Plan::of(graph, group, &walk, &sizes));
    }
    place(graph, plans, &sizes)
}

fn size(graph: &Graph, index: usize, plans: &[Option<Plan>]) -> (f64, f64) {
    let node = &graph.nodes[index];
    let lines = name_lines(&node.name);
    let name = lines.iter().map(|line| wide(columns(line), NAME_CHARACTER)).fold(0.0, f64::max);
    let words = name.max(wide(columns(&caption(node)), SMALL_CHARACTER));
    // Slanted sides and points need room beside the words.
    let (mut width, mut height) = (words + 44.0, 28.0 + 17.0 * wide(lines.len(), 1.0));
    if !node.groups.is_empty() {
        let inside = node.groups.iter().filter_map(|group| plans[*group].as_ref());
        let (mut sum, mut tallest) = (PADDING, 0.0_f64);
        for plan in inside {
            sum += plan.width + PADDING;
            tallest = tallest.max(plan.height);
        }
        width = width.max(sum);
        height += tallest + PADDING;
    }
    (width.max(110.0), height)
}

#[expect(clippy::cast_precision_loss, reason = "counts of characters and lines are small")]
pub(super) fn wide(count: usize, each: f64) -> f64 {
    count as f64 * each
}

/// Gives every group its place, from the outermost in.
fn place(graph: &Graph, plans: Vec<Option<Plan>>, sizes: &[(f64, f64)]) -> Layout {
    let mut layout = Layout {
        nodes: vec![Area::default(); graph.nodes.len()],
        groups: vec![Area::default(); graph.groups.len()],
        ..Layout::default()
    };
    let inner: Vec<(f64, f64)> = plans
        .iter()
        .map(|plan| plan.as_ref().map_or((0.0, 0.0), |plan| (plan.width, plan.height)))
        .collect();
    for (index, plan) in plans.into_iter().enumerate() {
        let Some(plan) = plan else { continue };
        let area = &mut layout.groups[index];
        (area.width, area.height) = (plan.width, plan.height);
        if graph.groups[index].holder.is_none() {
            (layout.width, layout.height) = (plan.width, plan.height);
        }
        let (x, y) = (area.x, area.y);
        layout.starts.push(plan.start.map(|(cx, cy)| (x + cx, y + cy)));
        layout.ends.push(plan.end.map(|(cx, cy)| (x + cx, y + cy)));
        layout.wires.extend(plan.wires.into_iter().map(|mut wire| {
            for point in &mut wire.points {
                *point = (point.0 + x, point.1 + y);
            }
            wire
        }));
        layout.words.extend(plan.words.into_iter().map(|words| Words {
            x: words.x + x,
            y: words.y + y,
            ..words
        }));
        for (node, (left, top)) in plan.nodes {
            let (width, height) = sizes[node];
            layout.nodes[node] = Area { x: x + left, y: y + top, width, height };
            let groups = &graph.nodes[node].groups;
            let header = HEADER + 17.0 * wide(name_lines(&graph.nodes[node].name).len() - 1, 1.0);
            let sum: f64 = groups.iter().map(|group| inner[*group].0 + PADDING).sum();
            let mut at = x + left + (width - sum + PADDING) / 2.0;
            for group in groups {
                layout.groups[*group].x = at;
                layout.groups[*group].y = y + top + header;
                at += inner[*group].0 + PADDING;
            }
        }
    }
    layout
}

/// One group laid out, its own upper left corner being the origin.
pub(super) struct Plan {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) nodes: Vec<(usize, (f64, f64))>,
    pub(super) start: Option<(f64, f64)>,
    pub(super) end: Option<(f64, f64)>,
    pub(super) wires: Vec<Wire>,
    pub(super) words: Vec<Words>,
}

/// A box of the group being laid out: a state or a marker.
pub(super) struct Item {
    pub(super) width: f64,
    pub(super) height: f64,
    /// As wide as its box, and as the words on the edges into it.
    pub(super) cell: f64,
    pub(super) row: usize,
    pub(super) x: f64,
}

/// An edge of the group being laid out.
pub(super) struct Link {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) back: bool,
    pub(super) dashed: bool,
    pub(super) labels: Vec<String>,
    pub(super) title: String,
}

impl Plan {
    fn of(graph: &Graph, group: usize, walk: &Walk, sizes: &[(f64, f64)]) -> Self {
        let order = &walk.order[group];
        let (mut items, links) = collect(graph, group, walk, sizes);
        rank(&mut items, &links, order.len());
        for link in &links {
            if items[link.to].row != items[link.from].row + 1 {
                continue;
            }
            let longest = link.labels.iter().map(|label| columns(label)).max().unwrap_or(0);
            let cell = wide(longest, SMALL_CHARACTER);
            items[link.to].cell = items[link.to].cell.max(cell);
        }
        let rows = arrange(&mut items, &links);
        let mut plan = route(&mut items, &links, &rows);
        let ends = order.iter().any(|node| graph.nodes[*node].ends);
        let tops = std::mem::take(&mut plan.nodes);
        plan.nodes = tops
            .iter()
            .filter_map(|(item, corner)| order.get(*item).map(|node| (*node, *corner)))
            .collect();
        let centre = |item: usize| {
            tops.iter()
                .find(|(candidate, _)| *candidate == item)
                .map(|(_, (x, y))| (x + MARKER / 2.0, y + MARKER / 2.0))
        };
        if graph.groups[group].start.is_some() {
            plan.start = centre(order.len());
        }
        if ends {
            plan.end = centre(order.len() + 1);
        }
        if graph.groups[group].holder.is_some() {
            let label = wide(columns(&fit(&graph.groups[group].label, 60)), SMALL_CHARACTER);
            plan.inset(GROUP_HEADER, label + 2.0 * PADDING);
        } else {
            plan.inset(PADDING, 0.0);
        }
        plan
    }

    /// Makes room at the top, and as much width as the header needs.
    fn inset(&mut self, down: f64, least: f64) {
        let right = (least - self.width).max(0.0) / 2.0;
        let moved = |(x, y): (f64, f64)| (x + right, y + down);
        for (_, corner) in &mut self.nodes {
            *corner = moved(*corner);
        }
        for marker in [&mut self.start, &mut self.end].into_iter().flatten() {
            *marker = moved(*marker);
        }
        for wire in &mut self.wires {
            for point in &mut wire.points {
                *point = moved(*point);
            }
        }
        for words in &mut self.words {
            (words.x, words.y) = moved((words.x, words.y));
        }
        self.width += 2.0 * right;
        self.height += down;
    }
}

/// The states in walking order, then the start and the end marker, and the links between them.
fn collect(
    graph: &Graph,
    group: usize,
    walk: &Walk,
    sizes: &[(f64, f64)],
) -> (Vec<Item>, Vec<Link>) {
    let order = &walk.order[group];
    let (start, end) = (order.len(), order.len() + 1);
    let item = |width: f64, height: f64| Item { width, height, cell: width, row: 0, x: 0.0 };
    let mut items: Vec<Item> =
        order.iter().map(|node| item(sizes[*node].0, sizes[*node].1)).collect();
    items.push(item(MARKER, MARKER));
    items.push(item(MARKER, MARKER));
    let local: HashMap<usize, usize> =
        order.iter().enumerate().map(|(at, node)| (*node, at)).collect();
    let mut links: Vec<Link> = Vec::new();
    let link =
        |from, to, title| Link { from, to, back: false, dashed: false, labels: Vec::new(), title };
    if let Some(first) = graph.groups[group].start {
        links.push(link(start, local[&first], "start".to_owned()));
    }
    let mut known: HashMap<(usize, usize, bool), usize> = HashMap::new();
    for node in order {
        let from = local[node];
        for index in &graph.nodes[*node].exits {
            let edge = &graph.edges[*index];
            let dashed = edge.road == Road::Catch;
            let to = local[&edge.to];
            let at = *known.entry((from, to, dashed)).or_insert_with(|| {
                let title = format!("{} → {}", graph.nodes[*node].name, graph.nodes[edge.to].name);
                links.push(Link { back: walk.back[*index], dashed, ..link(from, to, title) });
                links.len() - 1
            });
            describe(&mut links[at], edge);
        }
        if graph.nodes[*node].ends {
            links.push(link(from, end, format!("{} → end", graph.nodes[*node].name)));
        }
    }
    (items, links)
}

/// Puts an edge's words on its link; three lines at most.
fn describe(link: &mut Link, edge: &Edge) {
    if edge.label.is_empty() {
        return;
    }
    link.title.push_str(&format!("\n{}", edge.label));
    match link.labels.len() {
        0..=1 => link.labels.push(fit(&edge.label, LABEL_COLUMNS)),
        2 => link.labels.push("…".to_owned()),
        _ => {}
    }
}
