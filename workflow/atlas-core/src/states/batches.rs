//! `ItemBatcher` of a distributed map: `{"BatchInput": …, "Items": […]}` is the input of each execution.

use serde_json::{Map, Value};

use crate::{
    Payload,
    branch::BranchId,
    failure::StateFailure,
    program::{Batch, Number},
    shape,
    step::Cx,
};

/// Groups items into batches; beside each, of how many items it is.
pub(crate) fn batches(
    cx: &Cx<'_>,
    id: BranchId,
    batch: &Batch,
    items: Vec<Payload>,
) -> Result<(Vec<Payload>, Vec<usize>), StateFailure> {
    let limit = |number: Option<&Number>, field| match number {
        Some(number) => Ok(match shape::number(cx, id, number, field)? {
            0 => usize::MAX,
            limit => usize::try_from(limit).unwrap_or(usize::MAX),
        }),
        None => Ok(usize::MAX),
    };
    let most_items = limit(batch.max_items.as_ref(), "MaxItemsPerBatch")?;
    let most_bytes = limit(batch.max_bytes.as_ref(), "MaxInputBytesPerBatch")?;
    let input = batch
        .input
        .as_ref()
        .map(|input| shape::template(cx, id, input, "BatchInput"))
        .transpose()?;
    let envelope = input.as_ref().map_or(0, |input| input.to_string().len()) + 32;
    let close = |held: Vec<Value>| {
        let mut fields = Map::new();
        if let Some(input) = &input {
            fields.insert("BatchInput".to_owned(), input.clone());
        }
        fields.insert("Items".to_owned(), Value::Array(held));
        Payload::from(Value::Object(fields))
    };
    let (mut batches, mut sizes) = (Vec::new(), Vec::new());
    let mut held = Vec::new();
    let mut bytes = envelope;
    for item in items {
        let size = item.text().len() + 1;
        if !held.is_empty() && (held.len() >= most_items || bytes + size > most_bytes) {
            sizes.push(held.len());
            batches.push(close(std::mem::take(&mut held)));
            bytes = envelope;
        }
        bytes += size;
        held.push(item.value().clone());
    }
    if !held.is_empty() {
        sizes.push(held.len());
        batches.push(close(held));
    }
    Ok((batches, sizes))
}
