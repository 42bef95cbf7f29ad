//! What a Map reads its items from, how it batches them and where it writes results.

use super::{faults::Reading, fields::Fields, shapes};
use crate::model::{ItemBatcher, ItemReader, ReaderConfig, ResultWriter, WriterConfig};

const MOST_ITEMS: u64 = 100_000_000;

/// `ItemBatcher`.
pub(super) fn batcher(map: &Fields<'_, '_>, reading: &mut Reading<'_>) -> Option<ItemBatcher> {
    let member = map.get("ItemBatcher")?;
    let trail = map.trail.field(&member.name, member.offset);
    let fields = Fields::open(&member.value, &trail, &shapes::ITEM_BATCHER, map.language, reading)?;
    Some(ItemBatcher {
        batch_input: fields.value("BatchInput", reading),
        max_items_per_batch: fields.count(
            "MaxItemsPerBatch",
            "MaxItemsPerBatchPath",
            0..=u64::MAX,
            reading,
        ),
        max_input_bytes_per_batch: fields.count(
            "MaxInputBytesPerBatch",
            "MaxInputBytesPerBatchPath",
            0..=u64::MAX,
            reading,
        ),
    })
}

/// `ItemReader`.
pub(super) fn reader(map: &Fields<'_, '_>, reading: &mut Reading<'_>) -> Option<ItemReader> {
    let member = map.get("ItemReader")?;
    let trail = map.trail.field(&member.name, member.offset);
    let fields = Fields::open(&member.value, &trail, &shapes::ITEM_READER, map.language, reading)?;
    fields.require(&["Resource"], reading);
    Some(ItemReader {
        resource: fields.text("Resource", reading),
        reader_config: reader_config(&fields, reading),
        parameters: fields.value("Parameters", reading),
        arguments: fields.value("Arguments", reading),
    })
}

fn reader_config(reader: &Fields<'_, '_>, reading: &mut Reading<'_>) -> Option<ReaderConfig> {
    let member = reader.get("ReaderConfig")?;
    let trail = reader.trail.field(&member.name, member.offset);
    let fields =
        Fields::open(&member.value, &trail, &shapes::READER_CONFIG, reader.language, reading)?;
    let types = ["CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"];
    let delimiters = ["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"];
    let config = ReaderConfig {
        input_type: fields.worded_text("InputType", &types, reading),
        transformation: fields.worded_text(
            "Transformation",
            &["NONE", "LOAD_AND_FLATTEN"],
            reading,
        ),
        csv_delimiter: fields.worded_text("CSVDelimiter", &delimiters, reading),
        csv_header_location: fields.worded_text(
            "CSVHeaderLocation",
            &["FIRST_ROW", "GIVEN"],
            reading,
        ),
        csv_headers: fields.texts("CSVHeaders", reading),
        manifest_type: fields.worded_text(
            "ManifestType",
            &["ATHENA_DATA", "S3_INVENTORY"],
            reading,
        ),
        items_pointer: fields.text("ItemsPointer", reading),
        max_items: fields.count("MaxItems", "MaxItemsPath", 0..=MOST_ITEMS, reading),
    };
    judge_csv(&fields, &config, reading);
    judge_input_type(&fields, &config, reading);
    Some(config)
}

/// What `CSV` asks for, and what the other types forbid.
fn judge_csv(fields: &Fields<'_, '_>, config: &ReaderConfig, reading: &mut Reading<'_>) {
    match (config.input_type.as_deref(), fields.get("CSVHeaderLocation")) {
        (Some("CSV"), None) => reading.fault(
            fields.trail,
            "The field 'CSVHeaderLocation' is required",
            "add it: `FIRST_ROW` or `GIVEN`".to_owned(),
        ),
        (Some("JSON"), Some(member)) => reading.fault_at(
            fields.trail,
            member.offset,
            "Field 'CSVHeaderLocation' is not supported",
            "remove it, or set `InputType` to `CSV`".to_owned(),
        ),
        (None | Some(_), _) => {}
    }
    if config.csv_header_location.as_deref() == Some("GIVEN") {
        fields.require(&["CSVHeaders"], reading);
    }
}

/// `InputType` says what objects hold ("ItemReader (Map)", Step Functions Developer Guide): it must where
/// they are loaded, and must not where they are an inventory's.
fn judge_input_type(fields: &Fields<'_, '_>, config: &ReaderConfig, reading: &mut Reading<'_>) {
    if config.transformation.as_deref() == Some("LOAD_AND_FLATTEN") {
        fields.require(&["InputType"], reading);
    }
    if let (Some("S3_INVENTORY"), Some(member)) =
        (config.manifest_type.as_deref(), fields.get("InputType"))
    {
        reading.fault_at(
            fields.trail,
            member.offset,
            "Field 'InputType' is not supported",
            "remove it: the files of an inventory are CSV".to_owned(),
        );
    }
}

/// `ResultWriter`.
pub(super) fn writer(map: &Fields<'_, '_>, reading: &mut Reading<'_>) -> Option<ResultWriter> {
    let member = map.get("ResultWriter")?;
    let trail = map.trail.field(&member.name, member.offset);
    let fields =
        Fields::open(&member.value, &trail, &shapes::RESULT_WRITER, map.language, reading)?;
    Some(ResultWriter {
        resource: fields.text("Resource", reading),
        parameters: fields.value("Parameters", reading),
        arguments: fields.value("Arguments", reading),
        writer_config: writer_config(&fields, reading),
    })
}

fn writer_config(writer: &Fields<'_, '_>, reading: &mut Reading<'_>) -> Option<WriterConfig> {
    let member = writer.get("WriterConfig")?;
    let trail = writer.trail.field(&member.name, member.offset);
    let fields = Fields::open(&member.value, &trail, &shapes::WRITER_CONFIG, None, reading)?;
    Some(WriterConfig {
        transformation: fields.worded_text(
            "Transformation",
            &["NONE", "COMPACT", "FLATTEN"],
            reading,
        ),
        output_type: fields.worded_text("OutputType", &["JSON", "JSONL"], reading),
    })
}
