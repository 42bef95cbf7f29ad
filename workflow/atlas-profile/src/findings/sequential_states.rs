//! States in sequence of which the later need nothing of the earlier, by the data flow of the definition.

use std::collections::{BTreeMap, HashMap};

use atlas_asl::data_flow::{DataFlow, Sequence};

use super::{
    Certainty, Evidence, Finding, Kind,
    evidence::{Changes, runs_of},
};
use crate::{place::Place, schedule::SeenVisit};

pub(super) fn look(evidence: &Evidence<'_>, found: &mut Vec<Finding>) {
    let mut known: HashMap<String, Option<DataFlow>> = HashMap::new();
    for one in evidence.runs.iter().flat_map(|run| run.executions()) {
        let arn = &one.view.state_machine_arn;
        if known.contains_key(arn) {
            continue;
        }
        let machine = one.definition.as_ref().and_then(|definition| {
            let text = definition.to_string();
            atlas_asl::parse::parse(&text).machine
        });
        known.insert(arn.clone(), machine.map(|machine| DataFlow::of(&machine)));
    }
    // Of each sequence, what to change in which run.
    let mut by_sequence: BTreeMap<(String, usize), (Changes, f64)> = BTreeMap::new();
    for (run, (schedule, told)) in evidence.schedules.iter().zip(evidence.runs).enumerate() {
        let mut containers: BTreeMap<(usize, usize), Vec<&SeenVisit>> = BTreeMap::new();
        for visit in &schedule.visits {
            containers.entry((visit.execution, visit.container)).or_default().push(visit);
        }
        for ((execution, _), visits) in containers {
            let arn = &told.executions()[execution].view.state_machine_arn;
            let Some(Some(flow)) = known.get(arn) else { continue };
            for (number, sequence) in flow.sequences().iter().enumerate() {
                let entry = by_sequence.entry((arn.clone(), number)).or_default();
                apply(sequence, &visits, run, entry);
            }
        }
    }
    for ((arn, number), (changes, total)) in by_sequence {
        let Some(Some(flow)) = known.get(&arn) else { continue };
        let Some(sequence) = flow.sequences().get(number) else { continue };
        let Some(gain) = evidence.worthwhile(&changes) else { continue };
        let free = sequence.independent();
        let machine = arn.split(':').nth(6).unwrap_or(&arn).to_owned();
        let names: Vec<String> = free.iter().map(|pair| pair.words()).collect();
        let orders: Vec<String> = sequence.remaining_orders();
        let remedy = if orders.is_empty() {
            "put them into branches of a Parallel".to_owned()
        } else {
            format!("put them into branches of a Parallel, if this may be: {}", orders.join("; "))
        };
        let first = free.first();
        found.push(Finding {
            kind: Kind::SequentialStates,
            place: Place {
                machine: Some(machine),
                state: first.map(|pair| pair.later.name.clone()),
                pointer: first.map(|pair| pair.later.pointer.clone()),
                ..Place::default()
            },
            certainty: Certainty::Proven,
            runs: runs_of(changes.keys().copied()),
            count: changes.len(),
            mean_ms: evidence.per_run(total),
            cause: names.join("; "),
            remedy,
            gain: Some(gain),
        });
    }
}

/// Lets each state of the sequence begin after those that it needs, where the visits went through it once.
fn apply(
    sequence: &Sequence,
    visits: &[&SeenVisit],
    run: usize,
    (changes, total): &mut (Changes, f64),
) {
    let pointers: Vec<&str> = sequence.states().iter().map(|it| it.pointer.as_str()).collect();
    let mut once: HashMap<&str, &SeenVisit> = HashMap::new();
    for visit in visits {
        let Some(pointer) = visit.place.pointer.as_deref() else { continue };
        let is_one = pointers.contains(&pointer);
        if is_one && (!visit.succeeded || once.insert(pointer, visit).is_some()) {
            return;
        }
    }
    if once.len() < pointers.len() {
        return;
    }
    // What came before the sequence comes before all of it.
    let begins = once.values().map(|visit| visit.start).fold(f64::INFINITY, f64::min);
    let before: Vec<_> = visits
        .iter()
        .filter(|visit| visit.start + visit.took <= begins && !is_of(&pointers, visit))
        .map(|visit| visit.item)
        .collect();
    let change = changes.entry(run).or_default();
    for state in sequence.states() {
        let visit = once[state.pointer.as_str()];
        let needed = state.needs.iter().map(|needed| once[pointers[*needed]].item);
        change.after.insert(visit.item, needed.chain(before.iter().copied()).collect());
        *total += visit.took;
    }
}

fn is_of(pointers: &[&str], visit: &SeenVisit) -> bool {
    visit.place.pointer.as_deref().is_some_and(|pointer| pointers.contains(&pointer))
}
