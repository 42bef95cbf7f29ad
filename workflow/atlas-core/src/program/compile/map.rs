//! A Map: its items, where they are read from, its batches, and where its results go.

use std::sync::Arc;

use atlas_asl::{
    diagnostic::{Code, Diagnostic},
    model::{self, Items, QueryLanguage, ToleratedFailure},
    resource::{Pattern, Resource},
};
use serde_json::Value;

use super::{
    super::{
        Batch, CompiledMap, Directory, ItemFormat, LeadsTo, MapItems, Percentage, Reader,
        Transformation, Writer,
    },
    Compiler,
};

impl Compiler {
    pub(super) fn map(
        &mut self,
        map: &model::Map,
        language: QueryLanguage,
        at: &str,
    ) -> Option<CompiledMap> {
        let field = if map.legacy_iterator { "Iterator" } else { "ItemProcessor" };
        let start = self.flow(&map.processor, &format!("{at}/{field}"));
        let items = match &map.items {
            None => MapItems::Input,
            Some(Items::Path(path)) if path == "$" => MapItems::Input,
            Some(Items::Path(path)) => MapItems::Path(self.path(path, &format!("{at}/ItemsPath"))?),
            Some(Items::Value(value)) => {
                MapItems::Jsonata(self.jsonata_template(value, &format!("{at}/Items"))?)
            }
        };
        let (selector, selector_field) = match (&map.item_selector, &map.parameters) {
            (Some(selector), _) => (Some(selector), "ItemSelector"),
            (None, parameters) => (parameters.as_ref(), "Parameters"),
        };
        let item_selector = selector
            .and_then(|value| self.template(value, language, &format!("{at}/{selector_field}")));
        let batch = map.item_batcher.as_ref().map(|batcher| {
            let at = format!("{at}/ItemBatcher");
            Batch {
                input: batcher
                    .batch_input
                    .as_ref()
                    .and_then(|value| self.template(value, language, &format!("{at}/BatchInput"))),
                max_items: self
                    .count(batcher.max_items_per_batch.as_ref(), &format!("{at}/MaxItemsPerBatch")),
                max_bytes: self.count(
                    batcher.max_input_bytes_per_batch.as_ref(),
                    &format!("{at}/MaxInputBytesPerBatch"),
                ),
            }
        });
        let percentage_at = format!("{at}/ToleratedFailurePercentage");
        let tolerated_failure_percentage = match &map.tolerated_failure_percentage {
            None => None,
            Some(ToleratedFailure::Literal(number)) => Some(Percentage::Literal(*number)),
            Some(ToleratedFailure::Jsonata(text)) => {
                Some(Percentage::Jsonata(self.expression(text, &percentage_at)?))
            }
            Some(ToleratedFailure::Path(path)) => {
                Some(Percentage::Path(self.path(path, &format!("{percentage_at}Path"))?))
            }
        };
        Some(CompiledMap {
            start,
            distributed: map.is_distributed(),
            items,
            item_selector,
            batch,
            reader: map
                .item_reader
                .as_ref()
                .and_then(|reader| self.reader(reader, language, &format!("{at}/ItemReader"))),
            writer: map
                .result_writer
                .as_ref()
                .and_then(|writer| self.writer(writer, language, &format!("{at}/ResultWriter"))),
            max_concurrency: self
                .count(map.max_concurrency.as_ref(), &format!("{at}/MaxConcurrency")),
            tolerated_failure_count: self.count(
                map.tolerated_failure_count.as_ref(),
                &format!("{at}/ToleratedFailureCount"),
            ),
            tolerated_failure_percentage,
            label: map.label.as_deref().map_or_else(|| made_up_label(at).into(), Into::into),
            pointer: format!("{at}/{field}").into(),
            execution_type: map
                .processor_config
                .as_ref()
                .and_then(|config| config.execution_type)
                .unwrap_or_default(),
        })
    }

    fn reader(
        &mut self,
        reader: &model::ItemReader,
        language: QueryLanguage,
        at: &str,
    ) -> Option<Reader> {
        let resource = self.sdk_call(reader.resource.as_deref()?, at)?;
        let (parameters, field) = parameters(language, &reader.parameters, &reader.arguments);
        let none = model::ReaderConfig::default();
        let config = reader.reader_config.as_ref().unwrap_or(&none);
        Some(Reader {
            leads_to: leads_to(&resource, config),
            format: item_format(config),
            resource,
            parameters: parameters
                .and_then(|value| self.template(value, language, &format!("{at}/{field}"))),
            items_pointer: config.items_pointer.clone(),
            max_items: self
                .count(config.max_items.as_ref(), &format!("{at}/ReaderConfig/MaxItems")),
        })
    }

    fn writer(
        &mut self,
        writer: &model::ResultWriter,
        language: QueryLanguage,
        at: &str,
    ) -> Option<Writer> {
        let resource = match writer.resource.as_deref() {
            Some(resource) => Some(self.sdk_call(resource, at)?),
            None => None,
        };
        let (parameters, field) = parameters(language, &writer.parameters, &writer.arguments);
        let config = writer.writer_config.as_ref();
        let transformation = config.and_then(|config| config.transformation.as_deref());
        let output_type = config.and_then(|config| config.output_type.as_deref());
        Some(Writer {
            resource,
            parameters: parameters
                .and_then(|value| self.template(value, language, &format!("{at}/{field}"))),
            transformation: match transformation {
                Some("COMPACT") => Transformation::Compact,
                Some("FLATTEN") => Transformation::Flatten,
                Some(_) | None => Transformation::None,
            },
            is_json_lines: output_type == Some("JSONL"),
        })
    }

    /// `arn:aws:states:::s3:getObject` as the call of the SDK that it stands for.
    fn sdk_call(&mut self, text: &str, at: &str) -> Option<Arc<Resource>> {
        match Resource::parse(text) {
            Ok(
                Resource::Integration { service, action, pattern }
                | Resource::AwsSdk { service, action, pattern },
            ) => Some(Arc::new(Resource::AwsSdk { service, action, pattern })),
            Ok(Resource::Function { .. } | Resource::Activity { .. }) | Err(_) => {
                let message = format!("`{text}` is no call of a service");
                self.diagnostics.push(Diagnostic::error(
                    Code::InvalidResource,
                    format!("{at}/Resource"),
                    message,
                ));
                None
            }
        }
    }
}

/// `Parameters` in JSONPath, `Arguments` in JSONata.
fn parameters<'a>(
    language: QueryLanguage,
    parameters: &'a Option<Value>,
    arguments: &'a Option<Value>,
) -> (Option<&'a Value>, &'static str) {
    match language {
        QueryLanguage::JsonPath => (parameters.as_ref(), "Parameters"),
        QueryLanguage::Jsonata => (arguments.as_ref(), "Arguments"),
    }
}

fn leads_to(resource: &Resource, config: &model::ReaderConfig) -> LeadsTo {
    let lists = matches!(resource, Resource::AwsSdk { action, .. } if action == "listObjectsV2");
    let directory = if lists {
        match config.transformation.as_deref() {
            Some("LOAD_AND_FLATTEN") => Directory::Listing,
            Some(_) | None => return LeadsTo::Objects,
        }
    } else {
        match (config.manifest_type.as_deref(), config.input_type.as_deref()) {
            (Some("ATHENA_DATA"), _) => Directory::Athena,
            (Some(_), _) | (None, Some("MANIFEST")) => Directory::Inventory,
            (None, _) => return LeadsTo::Items,
        }
    };
    let get_object = Resource::AwsSdk {
        service: "s3".to_owned(),
        action: "getObject".to_owned(),
        pattern: Pattern::RequestResponse,
    };
    LeadsTo::Holders(directory, Arc::new(get_object))
}

fn item_format(config: &model::ReaderConfig) -> ItemFormat {
    match config.input_type.as_deref() {
        None | Some("JSON") => ItemFormat::Json,
        Some("JSONL") => ItemFormat::JsonLines,
        // The files of an inventory, whose headers are in its manifest.
        Some("CSV" | "MANIFEST") => ItemFormat::Csv {
            delimiter: match config.csv_delimiter.as_deref() {
                Some("PIPE") => '|',
                Some("SEMICOLON") => ';',
                Some("SPACE") => ' ',
                Some("TAB") => '\t',
                Some(_) | None => ',',
            },
            headers: match config.csv_header_location.as_deref() {
                Some("GIVEN") => Some(config.csv_headers.clone().unwrap_or_default()),
                Some(_) | None => None,
            },
        },
        Some(other) => ItemFormat::Other(format!("InputType `{other}`")),
    }
}

/// A label for a map that has none. AWS's are random; this one is the same each time, so that the map
/// is found by it again.
fn made_up_label(at: &str) -> String {
    // FNV-1a, twice, for its digits alone.
    let hash = |seed: u64| {
        at.bytes().fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    };
    let digits = format!("{:016x}{:016x}", hash(0), hash(1));
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use atlas_asl::parse::parse;

    use crate::program::Program;

    #[test]
    fn a_fault_is_told_at_the_field_that_has_it() {
        for (fields, at) in [
            (
                r#""ItemBatcher": {"MaxItemsPerBatchPath": "$["},"#,
                "ItemBatcher/MaxItemsPerBatchPath",
            ),
            (
                r#""ItemBatcher": {"MaxInputBytesPerBatchPath": "$["},"#,
                "ItemBatcher/MaxInputBytesPerBatchPath",
            ),
            (r#""ToleratedFailurePercentagePath": "$[","#, "ToleratedFailurePercentagePath"),
            (r#""ToleratedFailureCountPath": "$[","#, "ToleratedFailureCountPath"),
            (r#""MaxConcurrencyPath": "$[","#, "MaxConcurrencyPath"),
            (r#""ItemsPath": "$[","#, "ItemsPath"),
        ] {
            let parsed = parse(&format!(
                r#"{{"StartAt": "M", "States": {{"M": {{"Type": "Map", {fields} "End": true,
                    "ItemProcessor": {{"StartAt": "A", "States": {{"A": {{"Type": "Succeed"}}}}}}}}}}}}"#
            ));
            let machine = parsed.machine.expect("the definition is well formed");
            let faults = Program::compile(&machine).expect_err("the path is none");
            let places: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
            assert_eq!(places, [format!("/States/M/{at}")]);
        }
    }
}
