//! How the edges of one group run: through the gaps between rows, and along lanes beside them.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
};

use super::layout::{Item, Link, MARKER, PADDING, Plan, SMALL_CHARACTER, Wire, Words, wide};
use crate::label::columns;

const TRACK: f64 = 17.0;
const LANE: f64 = 14.0;
const LINE: f64 = 14.0;

/// A piece of wire in the gap below a row.
struct Piece {
    gap: usize,
    left: f64,
    right: f64,
    track: usize,
}

/// Leads every link through gaps and lanes, then stacks rows and gaps.
pub(super) fn route(items: &mut [Item], links: &[Link], rows: &[Vec<usize>]) -> Plan {
    let lanes = lanes(items, links);
    let drawn = || rows.iter().flatten();
    let left = drawn().map(|index| items[*index].x - items[*index].cell / 2.0);
    let right = drawn().map(|index| items[*index].x + items[*index].cell / 2.0);
    let (left, right) = (left.fold(f64::MAX, f64::min), right.fold(f64::MIN, f64::max));
    if left > right {
        return Plan {
            width: 80.0,
            height: 16.0,
            nodes: Vec::new(),
            start: None,
            end: None,
            wires: Vec::new(),
            words: Vec::new(),
        };
    }
    let lane_x = |lane: &Lane| {
        let far = 18.0 + wide(lane.number, LANE);
        if lane.back { left - far } else { right + far }
    };

    let mut pieces: Vec<Piece> = Vec::new();
    let mut adjacent: HashMap<(usize, bool), usize> = HashMap::new();
    let mut into: HashMap<(usize, usize), usize> = HashMap::new();
    let mut roads = Vec::with_capacity(links.len());
    for link in links {
        let exit = exit(&items[link.from], link.dashed);
        let gap = items[link.from].row;
        let lane = lanes.of(link, items);
        let Some(lane) = lane else {
            let entry = entry(&items[link.to], exit);
            let piece = (exit != entry).then(|| {
                let at = *adjacent.entry((link.from, link.dashed)).or_insert_with(|| {
                    pieces.push(Piece { gap, left: exit, right: exit, track: 0 });
                    pieces.len() - 1
                });
                pieces[at].left = pieces[at].left.min(entry);
                pieces[at].right = pieces[at].right.max(entry);
                at
            });
            roads.push((exit, entry, piece, None));
            continue;
        };
        let far = lane_x(&lanes.all[lane]);
        let entry = entry(&items[link.to], far);
        let words = link.labels.iter().map(|label| columns(label)).max().unwrap_or(0);
        let words = wide(words, SMALL_CHARACTER) + 8.0;
        let reach = if far > exit { far.max(exit + words) } else { far.min(exit - words) };
        pieces.push(Piece { gap, left: exit.min(reach), right: exit.max(reach), track: 0 });
        let out = pieces.len() - 1;
        let at = *into.entry((link.to, lane)).or_insert_with(|| {
            let gap = items[link.to].row.saturating_sub(1);
            pieces.push(Piece { gap, left: far.min(entry), right: far.max(entry), track: 0 });
            pieces.len() - 1
        });
        roads.push((exit, entry, Some(out), Some((far, at))));
    }
    let tracks = assign_tracks(&mut pieces, rows.len());

    let mut lines = vec![0_usize; rows.len()];
    let mut stacked: HashMap<usize, usize> = HashMap::new();
    for (link, road) in links.iter().zip(&roads) {
        if road.3.is_none() {
            let count = stacked.entry(link.to).or_insert(0);
            *count = (*count + link.labels.len()).min(4);
            let gap = items[link.from].row;
            lines[gap] = lines[gap].max(*count);
        }
    }
    let mut tops = Vec::with_capacity(rows.len());
    let mut track_tops = Vec::with_capacity(rows.len());
    let mut y = 0.0;
    for (row, members) in rows.iter().enumerate() {
        tops.push(y);
        y += members.iter().map(|index| items[*index].height).fold(0.0, f64::max);
        y += 14.0;
        track_tops.push(y);
        y += wide(tracks[row], TRACK) + wide(lines[row], LINE) + 14.0;
    }
    let last_gap = tracks.last().copied().unwrap_or(0);
    let height = if last_gap == 0 { y - 28.0 } else { y - 10.0 };

    let mut plan = Plan {
        width: 0.0,
        height: height + PADDING,
        nodes: Vec::with_capacity(items.len()),
        start: None,
        end: None,
        wires: Vec::with_capacity(links.len()),
        words: Vec::new(),
    };
    for row in rows {
        for index in row {
            let item = &items[*index];
            plan.nodes.push((*index, (item.x - item.width / 2.0, tops[item.row])));
        }
    }
    let track_y = |piece: usize| {
        let piece = &pieces[piece];
        track_tops[piece.gap] + wide(piece.track, TRACK) + TRACK * 0.7
    };
    stacked.clear();
    for (link, (exit, entry, piece, lane)) in links.iter().zip(&roads) {
        let from = &items[link.from];
        let top = tops[items[link.to].row];
        let mut points = vec![(*exit, tops[from.row] + from.height)];
        if let Some(piece) = piece {
            points.push((*exit, track_y(*piece)));
            if let Some((far, into)) = lane {
                points.push((*far, track_y(*piece)));
                points.push((*far, track_y(*into)));
                points.push((*entry, track_y(*into)));
            } else {
                points.push((*entry, track_y(*piece)));
            }
        }
        points.push((*entry, top));
        match (piece, lane) {
            (Some(piece), Some((far, _))) if !link.labels.is_empty() => {
                let rightwards = far > exit;
                plan.words.push(Words {
                    x: if rightwards { exit + 5.0 } else { exit - 5.0 },
                    y: track_y(*piece) - 3.5,
                    anchor: if rightwards { "start" } else { "end" },
                    text: link.labels.join(" / "),
                });
            }
            _ => {
                let count = stacked.entry(link.to).or_insert(0);
                let target = &items[link.to];
                for label in link.labels.iter().rev().take(4_usize.saturating_sub(*count)) {
                    let half = wide(columns(label), SMALL_CHARACTER) / 2.0;
                    let room = (target.cell / 2.0 - half).max(0.0);
                    plan.words.push(Words {
                        x: entry.clamp(target.x - room, target.x + room),
                        y: top - 13.0 - wide(*count, LINE),
                        anchor: "middle",
                        text: label.clone(),
                    });
                    *count += 1;
                }
            }
        }
        plan.wires.push(Wire { points, dashed: link.dashed, title: link.title.clone() });
    }
    fit_width(&mut plan, left, right);
    plan
}

/// Moves everything right of the left padding, and measures how wide it is.
fn fit_width(plan: &mut Plan, left: f64, right: f64) {
    let (mut least, mut most) = (left, right);
    for (x, _) in plan.wires.iter().flat_map(|wire| &wire.points) {
        least = least.min(*x);
        most = most.max(*x);
    }
    for words in &plan.words {
        let width = wide(columns(&words.text), SMALL_CHARACTER);
        let from = match words.anchor {
            "start" => words.x,
            "end" => words.x - width,
            _ => words.x - width / 2.0,
        };
        least = least.min(from);
        most = most.max(from + width);
    }
    let shift = PADDING - least;
    plan.width = most - least + 2.0 * PADDING;
    for (_, corner) in &mut plan.nodes {
        corner.0 += shift;
    }
    for point in plan.wires.iter_mut().flat_map(|wire| &mut wire.points) {
        point.0 += shift;
    }
    for words in &mut plan.words {
        words.x += shift;
    }
}

/// Where an edge leaves its box: catchers to the right of the middle.
fn exit(item: &Item, dashed: bool) -> f64 {
    if dashed { item.x + (item.width / 4.0).min(48.0) } else { item.x }
}

/// Where an edge meets its box: straight below its exit if it can, else near the middle on the side
/// that it comes from.
fn entry(item: &Item, from: f64) -> f64 {
    let aside = (item.width / 4.0).min(27.0);
    let off = (from - item.x).abs();
    // Far enough from where the edges that come from aside meet the box.
    let clear = off <= aside - 9.0 || (off >= aside + 9.0 && off <= 56.0);
    if clear && off <= item.width / 2.0 - 24.0 {
        from
    } else if item.width <= MARKER {
        item.x
    } else if from < item.x {
        item.x - aside
    } else {
        item.x + aside
    }
}

/// A vertical beside the rows, shared by all edges of one kind to one target.
struct Lane {
    back: bool,
    number: usize,
    first: usize,
    last: usize,
}

struct Lanes {
    all: Vec<Lane>,
    by_target: HashMap<(usize, bool, bool), usize>,
}

impl Lanes {
    fn of(&self, link: &Link, items: &[Item]) -> Option<usize> {
        lane_key(link, items).and_then(|key| self.by_target.get(&key).copied())
    }
}

/// `None` for an edge to the next row, which needs no lane.
fn lane_key(link: &Link, items: &[Item]) -> Option<(usize, bool, bool)> {
    let (from, to) = (items[link.from].row, items[link.to].row);
    (to != from + 1).then_some((link.to, to <= from, link.dashed))
}

/// Numbers the lanes outwards so that no two with a row in common share one.
fn lanes(items: &[Item], links: &[Link]) -> Lanes {
    let mut lanes = Lanes { all: Vec::new(), by_target: HashMap::new() };
    for link in links {
        let Some(key) = lane_key(link, items) else { continue };
        let (from, to) = (items[link.from].row, items[link.to].row);
        let at = *lanes.by_target.entry(key).or_insert_with(|| {
            lanes.all.push(Lane { back: key.1, number: 0, first: usize::MAX, last: 0 });
            lanes.all.len() - 1
        });
        let lane = &mut lanes.all[at];
        lane.first = lane.first.min(from).min(to.saturating_sub(1));
        lane.last = lane.last.max(from).max(to);
    }
    for back in [false, true] {
        let side: Vec<usize> =
            (0..lanes.all.len()).filter(|lane| lanes.all[*lane].back == back).collect();
        let spans: Vec<(f64, f64)> = side
            .iter()
            .map(|lane| (wide(lanes.all[*lane].first, 1.0), wide(lanes.all[*lane].last, 1.0)))
            .collect();
        let (numbers, _) = colour(&spans);
        for (lane, number) in side.into_iter().zip(numbers) {
            lanes.all[lane].number = number;
        }
    }
    lanes
}

/// Gives the pieces of each gap their tracks, and counts the tracks of each gap.
fn assign_tracks(pieces: &mut [Piece], gaps: usize) -> Vec<usize> {
    let mut by_gap: Vec<Vec<usize>> = vec![Vec::new(); gaps];
    for (index, piece) in pieces.iter().enumerate() {
        by_gap[piece.gap].push(index);
    }
    by_gap
        .into_iter()
        .map(|members| {
            let spans: Vec<(f64, f64)> = members
                .iter()
                .map(|piece| (pieces[*piece].left - 6.0, pieces[*piece].right + 6.0))
                .collect();
            let (tracks, count) = colour(&spans);
            for (piece, track) in members.into_iter().zip(tracks) {
                pieces[piece].track = track;
            }
            count
        })
        .collect()
}

/// Numbers intervals so that no two of one number overlap, with as few numbers as can be.
fn colour(spans: &[(f64, f64)]) -> (Vec<usize>, usize) {
    let mut by_start: Vec<usize> = (0..spans.len()).collect();
    by_start.sort_by(|left, right| spans[*left].0.total_cmp(&spans[*right].0));
    let mut numbers = vec![0; spans.len()];
    let mut free: BinaryHeap<Reverse<usize>> = BinaryHeap::new();
    let mut busy: BinaryHeap<(Reverse<Ordered>, usize)> = BinaryHeap::new();
    let mut count = 0;
    for index in by_start {
        while let Some((Reverse(Ordered(end)), number)) = busy.peek() {
            if *end >= spans[index].0 {
                break;
            }
            free.push(Reverse(*number));
            busy.pop();
        }
        let number = free.pop().map_or_else(
            || {
                count += 1;
                count - 1
            },
            |Reverse(number)| number,
        );
        numbers[index] = number;
        busy.push((Reverse(Ordered(spans[index].1)), number));
    }
    (numbers, count)
}

/// A coordinate in order.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Ordered(f64);

impl Eq for Ordered {}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}
