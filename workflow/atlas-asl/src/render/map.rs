//! The Map state and its parts.

use serde_json::Value;

use super::{flow, ordered::Object};
use crate::model::{
    ItemBatcher, ItemReader, Items, Map, ProcessorConfig, ProcessorMode, ReaderConfig,
    ResultWriter, ToleratedFailure, WriterConfig,
};

pub(super) fn write(map: &Map, object: &mut Object) {
    object.text("Label", map.label.as_deref());
    match &map.items {
        None => {}
        Some(Items::Path(path)) => object.text("ItemsPath", Some(path)),
        Some(Items::Value(value)) => object.value("Items", Some(value)),
    }
    if let Some(item_reader) = &map.item_reader {
        object.field("ItemReader", reader(item_reader));
    }
    object.value("Parameters", map.parameters.as_ref());
    object.value("ItemSelector", map.item_selector.as_ref());
    if let Some(item_batcher) = &map.item_batcher {
        object.field("ItemBatcher", batcher(item_batcher));
    }
    object.count("MaxConcurrency", "MaxConcurrencyPath", map.max_concurrency.as_ref());
    object.count(
        "ToleratedFailureCount",
        "ToleratedFailureCountPath",
        map.tolerated_failure_count.as_ref(),
    );
    match &map.tolerated_failure_percentage {
        None => {}
        Some(ToleratedFailure::Literal(percentage)) => {
            object.value("ToleratedFailurePercentage", Some(&Value::from(*percentage)));
        }
        Some(ToleratedFailure::Jsonata(expression)) => {
            object.text("ToleratedFailurePercentage", Some(expression));
        }
        Some(ToleratedFailure::Path(path)) => {
            object.text("ToleratedFailurePercentagePath", Some(path));
        }
    }
    let name = if map.legacy_iterator { "Iterator" } else { "ItemProcessor" };
    object.field(name, processor(map));
    if let Some(result_writer) = &map.result_writer {
        object.field("ResultWriter", writer(result_writer));
    }
    object.value("ResultSelector", map.result_selector.as_ref());
    object.path_or_null("ResultPath", map.result_path.as_ref());
}

fn processor(map: &Map) -> Object {
    let mut object = Object::new();
    object.text("Comment", map.processor_comment.as_deref());
    if let Some(config) = &map.processor_config {
        object.field("ProcessorConfig", processor_config(config));
    }
    flow::write(&map.processor, &mut object);
    object
}

fn processor_config(config: &ProcessorConfig) -> Object {
    let mut object = Object::new();
    let mode = config.mode.map(|mode| match mode {
        ProcessorMode::Inline => "INLINE",
        ProcessorMode::Distributed => "DISTRIBUTED",
    });
    object.text("Mode", mode);
    let execution_type = config.execution_type.map(|execution_type| execution_type.as_str());
    object.text("ExecutionType", execution_type);
    object
}

fn batcher(batcher: &ItemBatcher) -> Object {
    let mut object = Object::new();
    object.value("BatchInput", batcher.batch_input.as_ref());
    object.count("MaxItemsPerBatch", "MaxItemsPerBatchPath", batcher.max_items_per_batch.as_ref());
    object.count(
        "MaxInputBytesPerBatch",
        "MaxInputBytesPerBatchPath",
        batcher.max_input_bytes_per_batch.as_ref(),
    );
    object
}

fn reader(reader: &ItemReader) -> Object {
    let mut object = Object::new();
    object.text("Resource", reader.resource.as_deref());
    if let Some(config) = &reader.reader_config {
        object.field("ReaderConfig", reader_config(config));
    }
    object.value("Parameters", reader.parameters.as_ref());
    object.value("Arguments", reader.arguments.as_ref());
    object
}

fn reader_config(config: &ReaderConfig) -> Object {
    let mut object = Object::new();
    object.text("InputType", config.input_type.as_deref());
    object.text("Transformation", config.transformation.as_deref());
    object.text("CSVDelimiter", config.csv_delimiter.as_deref());
    object.text("CSVHeaderLocation", config.csv_header_location.as_deref());
    if let Some(headers) = &config.csv_headers {
        object.texts("CSVHeaders", headers);
    }
    object.text("ManifestType", config.manifest_type.as_deref());
    object.text("ItemsPointer", config.items_pointer.as_deref());
    object.count("MaxItems", "MaxItemsPath", config.max_items.as_ref());
    object
}

fn writer(writer: &ResultWriter) -> Object {
    let mut object = Object::new();
    object.text("Resource", writer.resource.as_deref());
    object.value("Parameters", writer.parameters.as_ref());
    object.value("Arguments", writer.arguments.as_ref());
    if let Some(config) = &writer.writer_config {
        object.field("WriterConfig", writer_config(config));
    }
    object
}

fn writer_config(config: &WriterConfig) -> Object {
    let mut object = Object::new();
    object.text("Transformation", config.transformation.as_deref());
    object.text("OutputType", config.output_type.as_deref());
    object
}
