//! The Map: its items, where they are read from, its batches, and where its results go.

use atlas_asl::model::*;
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::Value;

use super::{
    fields::{catch, count, expression, only, path, path_or_null, retry, text, transition, value},
    flow,
};

pub(super) fn map(
    language: QueryLanguage,
    machine: QueryLanguage,
    depth: u32,
) -> BoxedStrategy<Map> {
    let items = match language {
        QueryLanguage::JsonPath => path().prop_map(Items::Path).boxed(),
        QueryLanguage::Jsonata => prop_oneof![
            expression().prop_map(|text| Items::Value(Value::from(text))),
            vec(value(), 0..3).prop_map(|items| Items::Value(Value::from(items))),
        ]
        .boxed(),
    };
    let processor =
        (flow(machine, depth), option::of(processor_config()), any::<bool>(), option::of(text()));
    let sources = (
        option::of(items),
        option::of(value()),
        option::of(item_batcher(language)),
        option::of(item_reader(language)),
        option::of(result_writer(language)),
    );
    let limits = (
        option::of(count(language, 0, u64::MAX)),
        option::of(count(language, 0, u64::MAX)),
        option::of(percentage(language)),
        option::of(text()),
    );
    let rest = (
        only(language, QueryLanguage::JsonPath, value()),
        only(language, QueryLanguage::JsonPath, value()),
        only(language, QueryLanguage::JsonPath, path_or_null()),
        retry(),
        catch(language),
        transition(),
    );
    (processor, sources, limits, rest)
        .prop_map(
            |(
                (processor, processor_config, legacy_iterator, processor_comment),
                (items, item_selector, item_batcher, item_reader, result_writer),
                (max_concurrency, tolerated_failure_count, tolerated_failure_percentage, label),
                (parameters, result_selector, result_path, retry, catch, transition),
            )| Map {
                processor,
                processor_config,
                legacy_iterator,
                processor_comment,
                items,
                item_selector,
                item_batcher,
                item_reader,
                result_writer,
                max_concurrency,
                tolerated_failure_count,
                tolerated_failure_percentage,
                label,
                parameters,
                result_selector,
                result_path,
                retry,
                catch,
                transition,
            },
        )
        .boxed()
}

fn processor_config() -> BoxedStrategy<ProcessorConfig> {
    let config = |mode, execution_type| ProcessorConfig { mode, execution_type };
    let distributed = Some(ProcessorMode::Distributed);
    select(vec![
        config(None, None),
        config(None, Some(ExecutionType::Standard)),
        config(Some(ProcessorMode::Inline), None),
        config(distributed, Some(ExecutionType::Standard)),
        config(distributed, Some(ExecutionType::Express)),
    ])
    .boxed()
}

fn item_batcher(language: QueryLanguage) -> BoxedStrategy<ItemBatcher> {
    (
        option::of(value()),
        option::of(count(language, 0, u64::MAX)),
        option::of(count(language, 0, u64::MAX)),
    )
        .prop_map(|(batch_input, max_items_per_batch, max_input_bytes_per_batch)| ItemBatcher {
            batch_input,
            max_items_per_batch,
            max_input_bytes_per_batch,
        })
        .boxed()
}

fn item_reader(language: QueryLanguage) -> BoxedStrategy<ItemReader> {
    (
        text(),
        option::of(reader_config(language)),
        only(language, QueryLanguage::JsonPath, value()),
        only(language, QueryLanguage::Jsonata, value()),
    )
        .prop_map(|(resource, reader_config, parameters, arguments)| ItemReader {
            resource: Some(resource),
            reader_config,
            parameters,
            arguments,
        })
        .boxed()
}

fn reader_config(language: QueryLanguage) -> BoxedStrategy<ReaderConfig> {
    let word = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        option::of(select(words))
    };
    (
        word(&["CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"]),
        word(&["NONE", "LOAD_AND_FLATTEN"]),
        word(&["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"]),
        word(&["FIRST_ROW", "GIVEN"]),
        vec(text(), 0..3),
        word(&["ATHENA_DATA", "S3_INVENTORY"]),
        option::of(text()),
        option::of(count(language, 0, 100_000_000)),
    )
        .prop_map(
            |(
                input_type,
                transformation,
                csv_delimiter,
                mut csv_header_location,
                headers,
                manifest_type,
                items_pointer,
                max_items,
            )| {
                match input_type.as_deref() {
                    Some("CSV") => {
                        csv_header_location.get_or_insert_with(|| "FIRST_ROW".to_owned());
                    }
                    Some("JSON") => csv_header_location = None,
                    _ => {}
                }
                // What is loaded has a type, and an inventory has none.
                let transformation = transformation.filter(|_| input_type.is_some());
                let manifest_type = manifest_type.filter(|_| input_type.is_none());
                let csv_headers =
                    (csv_header_location.as_deref() == Some("GIVEN")).then_some(headers);
                ReaderConfig {
                    input_type,
                    transformation,
                    csv_delimiter,
                    csv_header_location,
                    csv_headers,
                    manifest_type,
                    items_pointer,
                    max_items,
                }
            },
        )
        .boxed()
}

fn result_writer(language: QueryLanguage) -> BoxedStrategy<ResultWriter> {
    let config = (
        option::of(select(vec!["NONE", "COMPACT", "FLATTEN"])),
        option::of(select(vec!["JSON", "JSONL"])),
    )
        .prop_map(|(transformation, output_type)| WriterConfig {
            transformation: transformation.map(str::to_owned),
            output_type: output_type.map(str::to_owned),
        });
    (
        option::of(text()),
        only(language, QueryLanguage::JsonPath, value()),
        only(language, QueryLanguage::Jsonata, value()),
        option::of(config),
    )
        .prop_map(|(resource, parameters, arguments, writer_config)| ResultWriter {
            resource,
            parameters,
            arguments,
            writer_config,
        })
        .boxed()
}

fn percentage(language: QueryLanguage) -> BoxedStrategy<ToleratedFailure> {
    let literal = (0.0..=100.0).prop_map(ToleratedFailure::Literal);
    match language {
        QueryLanguage::JsonPath => {
            prop_oneof![literal, path().prop_map(ToleratedFailure::Path)].boxed()
        }
        QueryLanguage::Jsonata => {
            prop_oneof![literal, expression().prop_map(ToleratedFailure::Jsonata)].boxed()
        }
    }
}
