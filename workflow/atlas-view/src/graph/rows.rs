//! Which row each box of a group stands in, and where in it.

use std::collections::HashMap;

use super::layout::{Item, Link, wide};

const BETWEEN: f64 = 34.0;

/// Rows by the longest way that leads to a box; row 0 is the start marker's.
pub(super) fn rank(items: &mut [Item], links: &[Link], states: usize) {
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); items.len()];
    for link in links.iter().filter(|link| !link.back) {
        below[link.from].push(link.to);
    }
    for item in items.iter_mut().take(states) {
        item.row = 1;
    }
    // Walking order is topological once the edges that lead back are left out.
    for from in 0..states {
        for to in std::mem::take(&mut below[from]) {
            items[to].row = items[to].row.max(items[from].row + 1);
        }
    }
    items[states + 1].row = items[states + 1].row.max(1);
}

/// Orders each row and gives every box the x of its centre.
pub(super) fn arrange(items: &mut [Item], links: &[Link]) -> Vec<Vec<usize>> {
    let used = used(items.len(), links);
    let height = items.iter().map(|item| item.row).max().unwrap_or(0) + 1;
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); height];
    for (index, item) in items.iter().enumerate() {
        if used[index] {
            rows[item.row].push(index);
        }
    }
    let mut above: Vec<Vec<(usize, bool)>> = vec![Vec::new(); items.len()];
    let mut below: Vec<Vec<(usize, bool)>> = vec![Vec::new(); items.len()];
    for link in links.iter().filter(|link| items[link.to].row == items[link.from].row + 1) {
        above[link.to].push((link.from, link.dashed));
        below[link.from].push((link.to, link.dashed));
    }
    let mut position = vec![0.0; items.len()];
    for row in &rows {
        number(row, &mut position);
    }
    for _ in 0..3 {
        for row in rows.iter_mut() {
            sort_by_neighbours(row, &above, &mut position);
        }
        for row in rows.iter_mut().rev() {
            sort_by_neighbours(row, &below, &mut position);
        }
    }
    for row in rows.iter_mut() {
        sort_by_neighbours(row, &above, &mut position);
    }
    for row in &rows {
        spread(row, &above, items);
    }
    for row in rows.iter().rev() {
        spread(row, &below, items);
    }
    for row in &rows {
        spread(row, &above, items);
    }
    rows
}

/// Per box: it is drawn. States always are, markers where something links them.
fn used(count: usize, links: &[Link]) -> Vec<bool> {
    let mut used = vec![true; count];
    used[count - 2] = links.iter().any(|link| link.from == count - 2);
    used[count - 1] = links.iter().any(|link| link.to == count - 1);
    used
}

fn number(row: &[usize], position: &mut [f64]) {
    for (at, index) in row.iter().enumerate() {
        position[*index] = wide(at, 1.0);
    }
}

fn sort_by_neighbours(row: &mut [usize], near: &[Vec<(usize, bool)>], position: &mut [f64]) {
    let wanted: HashMap<usize, f64> = row
        .iter()
        .map(|index| {
            let near = &near[*index];
            let sum: f64 = near.iter().map(|(other, _)| position[*other]).sum();
            let mean = if near.is_empty() { position[*index] } else { sum / wide(near.len(), 1.0) };
            // What only a catcher leads to stands right of the main way.
            let aside = !near.is_empty() && near.iter().all(|(_, dashed)| *dashed);
            (*index, if aside { mean + 0.4 } else { mean })
        })
        .collect();
    row.sort_by(|left, right| wanted[left].total_cmp(&wanted[right]));
    number(row, position);
}

/// Moves the boxes of a row as near to their neighbours' middles as their order and width allow:
/// where two would overlap they become one block around their common mean.
fn spread(row: &[usize], near: &[Vec<(usize, bool)>], items: &mut [Item]) {
    struct Block {
        weight: f64,
        sum: f64,
        members: usize,
    }
    let mut offsets = Vec::with_capacity(row.len());
    let mut blocks: Vec<Block> = Vec::new();
    let mut offset = 0.0;
    for (at, index) in row.iter().enumerate() {
        if at > 0 {
            offset += (items[row[at - 1]].cell + items[*index].cell) / 2.0 + BETWEEN;
        }
        offsets.push(offset);
        let (mut sum, mut weight) = (0.0, 0.0);
        for (other, dashed) in &near[*index] {
            let share = if *dashed { 0.02 } else { 1.0 };
            sum += items[*other].x * share;
            weight += share;
        }
        let wanted = if weight > 0.0 { sum / weight } else { items[*index].x };
        let weight = weight.clamp(0.01, 1.0);
        blocks.push(Block { weight, sum: (wanted - offset) * weight, members: 1 });
        while let [.., left, right] = blocks.as_slice() {
            if left.sum / left.weight <= right.sum / right.weight {
                break;
            }
            let Some(right) = blocks.pop() else { break };
            if let Some(left) = blocks.last_mut() {
                left.weight += right.weight;
                left.sum += right.sum;
                left.members += right.members;
            }
        }
    }
    let mut at = 0;
    for block in blocks {
        for _ in 0..block.members {
            items[row[at]].x = block.sum / block.weight + offsets[at];
            at += 1;
        }
    }
}
