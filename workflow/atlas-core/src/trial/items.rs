//! The items of a Map that is tried: what each iteration would be given, and whether it bears the
//! iterations that have failed.

use serde_json::Value;

use super::attempt::{ItemsRead, Trial};
use crate::{
    Failure, Payload,
    branch::MapItem,
    failure::{Origin, StateFailure},
    program::{CompiledMap, Io, Kind},
    shape,
    states::batches::batches,
};

/// Evaluates what the state says of its items, and answers with how many iterations there are.
pub(super) fn prepare(
    trial: &mut Trial,
    map: &CompiledMap,
    items_read: Option<ItemsRead>,
) -> Result<usize, StateFailure> {
    let id = trial.id;
    let is_json_path = matches!(trial.state().io, Io::JsonPath(_));
    let (input, mut items, are_pointed_at) = match items_read {
        Some(ItemsRead { items, are_pointed_at }) => {
            (shape::effective_input(&trial.cx(), id)?, items, are_pointed_at)
        }
        None => {
            let (input, items) = shape::items(&trial.cx(), id, &map.items)?;
            (input, items, false)
        }
    };
    trial.inspection.items = Some(items.clone());
    if are_pointed_at {
        trial.inspection.after_items_pointer = Some(items.clone());
    } else if is_json_path {
        trial.inspection.after_items_path = Some(items.clone());
    }
    let mut count = items.len();
    if let Some(selector) = &map.item_selector {
        let cx = trial.cx();
        items = (0u32..)
            .zip(items)
            .map(|(index, value)| shape::item(&cx, id, &input, selector, &MapItem { index, value }))
            .collect::<Result<_, _>>()?;
        trial.inspection.after_item_selector = Some(items.clone());
    }
    if let (Some(batch), true) = (&map.batch, map.distributed) {
        let (batched, _sizes) = batches(&trial.cx(), id, batch, items)?;
        count = batched.len();
        trial.inspection.after_item_batcher =
            Some(batched.iter().map(with_items_as_text).collect());
    }
    let concurrency = match &map.max_concurrency {
        Some(number) => shape::number(&trial.cx(), id, number, "MaxConcurrency")?,
        None => 0,
    };
    trial.inspection.max_concurrency = Some(concurrency);
    if let Some(number) = &map.tolerated_failure_count {
        let count = shape::tolerated_count(&trial.cx(), id, number)?;
        trial.inspection.tolerated_failure_count = u64::try_from(count).ok();
    }
    if let Some(percentage) = &map.tolerated_failure_percentage {
        let percentage = shape::tolerated_percentage(&trial.cx(), id, percentage)?;
        trial.inspection.tolerated_failure_percentage = Some(percentage);
    }
    Ok(count)
}

/// AWS shows the items of a batch as the texts that they are sent as.
fn with_items_as_text(batch: &Payload) -> Payload {
    let mut shown = batch.value().clone();
    for item in shown["Items"].as_array_mut().into_iter().flatten() {
        *item = Value::String(item.to_string());
    }
    Payload::from(shown)
}

/// Recorded (test_map_state_failure_count): where the state names no threshold, none is passed.
pub(super) fn threshold(trial: &Trial) -> Result<(), StateFailure> {
    let Kind::Map(map) = &trial.state().kind else { return Ok(()) };
    let failed = trial.iterations_failed;
    let inspection = &trial.inspection;
    let is_over_count = inspection
        .tolerated_failure_count
        .is_some_and(|most| u64::try_from(failed).is_ok_and(|failed| failed > most));
    #[expect(clippy::cast_precision_loss, reason = "items are counted in thousands")]
    let share = failed as f64 * 100.0 / (trial.items.max(1)) as f64;
    let is_over_share = inspection.tolerated_failure_percentage.is_some_and(|most| share > most);
    if map.distributed && (is_over_count || is_over_share) {
        return Err(StateFailure {
            failure: Failure {
                error: Some("States.ExceedToleratedFailureThreshold".to_owned()),
                cause: Some("The specified tolerated failure threshold was exceeded".to_owned()),
            },
            origin: Origin::Child,
        });
    }
    Ok(())
}
