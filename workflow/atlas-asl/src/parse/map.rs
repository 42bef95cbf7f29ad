//! `Type: Map` and its processor.

use super::{
    document::Json,
    faults::Reading,
    fields::{Fields, wrong_type},
    items, machine, recovery, shapes,
    states::transition,
};
use crate::model::{
    ExecutionType, Flow, Items, Map, ProcessorConfig, ProcessorMode, ToleratedFailure,
};

pub(super) fn map(fields: &Fields<'_, '_>, reading: &mut Reading<'_>) -> Map {
    fields.exactly_one(&["ItemProcessor", "Iterator"], reading);
    let mut map = Map {
        items: items_of(fields, reading),
        item_selector: fields.value("ItemSelector", reading),
        item_batcher: items::batcher(fields, reading),
        item_reader: items::reader(fields, reading),
        result_writer: items::writer(fields, reading),
        max_concurrency: fields.count(
            "MaxConcurrency",
            "MaxConcurrencyPath",
            0..=u64::MAX,
            reading,
        ),
        tolerated_failure_count: fields.count(
            "ToleratedFailureCount",
            "ToleratedFailureCountPath",
            0..=u64::MAX,
            reading,
        ),
        tolerated_failure_percentage: tolerated_percentage(fields, reading),
        label: fields.text("Label", reading),
        parameters: fields.value("Parameters", reading),
        result_selector: fields.value("ResultSelector", reading),
        result_path: fields.path_or_null("ResultPath", reading),
        retry: recovery::retry(fields, reading),
        catch: recovery::catch(fields, reading),
        transition: transition(fields, reading),
        ..Map::default()
    };
    processor(fields, &mut map, reading);
    map
}

fn processor(fields: &Fields<'_, '_>, map: &mut Map, reading: &mut Reading<'_>) {
    let Some(member) = fields.get("ItemProcessor").or_else(|| fields.get("Iterator")) else {
        return;
    };
    map.legacy_iterator = member.name == "Iterator";
    let trail = fields.trail.field(&member.name, member.offset);
    let inner = Fields::open(&member.value, &trail, &shapes::PROCESSOR, None, reading);
    let Some(inner) = inner else {
        map.processor = Flow::default();
        return;
    };
    map.processor_comment = inner.text("Comment", reading);
    map.processor_config = processor_config(&inner, reading);
    map.processor = machine::flow(&inner, reading);
}

fn processor_config(
    processor: &Fields<'_, '_>,
    reading: &mut Reading<'_>,
) -> Option<ProcessorConfig> {
    let member = processor.get("ProcessorConfig")?;
    let trail = processor.trail.field(&member.name, member.offset);
    let fields = Fields::open(&member.value, &trail, &shapes::PROCESSOR_CONFIG, None, reading)?;
    let modes = [("INLINE", ProcessorMode::Inline), ("DISTRIBUTED", ProcessorMode::Distributed)];
    let types = [("STANDARD", ExecutionType::Standard), ("EXPRESS", ExecutionType::Express)];
    let mode = fields.word("Mode", &modes, reading);
    let execution_type = fields.word("ExecutionType", &types, reading);
    match (mode, fields.get("ExecutionType")) {
        (Some(ProcessorMode::Distributed), None) => fields.require(&["ExecutionType"], reading),
        (Some(ProcessorMode::Inline), Some(member)) => reading.fault_at(
            fields.trail,
            member.offset,
            "Field 'ExecutionType' is not supported",
            "remove it, or set `Mode` to `DISTRIBUTED`".to_owned(),
        ),
        (None | Some(_), _) => {}
    }
    Some(ProcessorConfig { mode, execution_type })
}

fn items_of(fields: &Fields<'_, '_>, reading: &mut Reading<'_>) -> Option<Items> {
    fields.at_most_one(&["ItemsPath", "Items"], reading);
    let Some(member) = fields.get("Items") else {
        return fields.text("ItemsPath", reading).map(Items::Path);
    };
    if let Json::Null | Json::Boolean(_) | Json::Number(_) = member.value.json {
        let trail = fields.trail.field(&member.name, member.offset);
        let hint = "write an array, or an expression for one: `\"{% … %}\"`";
        wrong_type(reading, &trail, &member.value, "[ARRAY]", hint);
        return None;
    }
    fields.value("Items", reading).map(Items::Value)
}

fn tolerated_percentage(
    fields: &Fields<'_, '_>,
    reading: &mut Reading<'_>,
) -> Option<ToleratedFailure> {
    const NAME: &str = "ToleratedFailurePercentage";
    const PATH_NAME: &str = "ToleratedFailurePercentagePath";
    fields.at_most_one(&[NAME, PATH_NAME], reading);
    let Some(member) = fields.get(NAME) else {
        return fields.text(PATH_NAME, reading).map(ToleratedFailure::Path);
    };
    match fields.expression(member) {
        Some(expression) => Some(ToleratedFailure::Jsonata(expression)),
        None => fields.number(NAME, 0.0..=100.0, reading).map(ToleratedFailure::Literal),
    }
}
