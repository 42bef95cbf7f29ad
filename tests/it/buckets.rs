//! Distributed maps that read their items from a bucket and write their results to one, with an S3
//! that is not ours.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use atlas_asl::{model::ExecutionType, parse};
use atlas_core::{MapRunLimits, Outcome, Payload};
use atlas_engine::{Engine, EngineOptions, StartRequest, Time};
use atlas_integrations::{AwsServices, Endpoints, Options};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// An engine beside S3, and a bucket of its own.
struct Beside {
    url: String,
    engine: Engine,
    bucket: String,
    machines: AtomicU32,
}

impl Beside {
    async fn start(bucket: &str) -> Option<Self> {
        let url = beside::peer("ATLAS_MOTO_ENDPOINT")?;
        let bucket = format!("{bucket}-{}", std::process::id());
        put_bytes(&url, &bucket, &[]).await;
        let variables = [("AWS_ENDPOINT_URL".to_owned(), url.clone())];
        let endpoints = Endpoints::from_variables(variables).expect("the endpoint is a URL");
        let runner = Arc::new(AwsServices::new(Options { endpoints, ..Options::default() }));
        let engine = Engine::new(EngineOptions { runner, ..EngineOptions::default() });
        Some(Self { url, engine, bucket, machines: AtomicU32::new(0) })
    }

    /// The execution's ARN, and its output or the name and the cause of its error.
    async fn run(&self, machine: &Value, input: Value) -> (Arc<str>, Result<Value, String>) {
        let name = format!("m{}", self.machines.fetch_add(1, Ordering::Relaxed));
        let parsed = parse::parse(&machine.to_string());
        assert_eq!(parsed.diagnostics, []);
        let machine = parsed.machine.expect("nothing is wrong with it");
        self.engine.create_state_machine(&name, ExecutionType::Standard, &machine).unwrap();
        let started = self.engine.start(StartRequest {
            state_machine: name,
            name: Some("e".to_owned()),
            input: Payload::from(input),
            case: None,
            time: Time::SkippingWaits,
        });
        let arn = started.unwrap().execution_arn;
        let ended = self.ended(&arn).await;
        (arn, ended)
    }

    async fn ended(&self, arn: &str) -> Result<Value, String> {
        match self.engine.wait(arn).await.unwrap() {
            Outcome::Succeeded { output } => Ok(output.value().clone()),
            Outcome::Failed(failure) | Outcome::TimedOut(failure) | Outcome::Aborted(failure) => {
                let (error, cause) = (failure.error, failure.cause);
                Err(format!("{}: {}", error.unwrap_or_default(), cause.unwrap_or_default()))
            }
        }
    }

    async fn put(&self, key: &str, body: &str) {
        let put = task("s3:putObject", &json!({ "Bucket": self.bucket, "Key": key, "Body": body }));
        self.run(&put, Value::Null).await.1.unwrap();
    }

    async fn text(&self, key: &str) -> String {
        let get = task("s3:getObject", &json!({ "Bucket": self.bucket, "Key": key }));
        let answer = self.run(&get, Value::Null).await.1.unwrap();
        answer["Body"].as_str().expect("an object has a body").to_owned()
    }

    async fn json(&self, key: &str) -> Value {
        serde_json::from_str(&self.text(key).await).expect("it is JSON")
    }

    /// A map that has these fields, and `Parameters` of its reader or writer with the bucket.
    fn map(&self, fields: Value) -> Value {
        let is_there = json!({ "Variable": "$.fails", "IsPresent": true });
        let fails = json!({ "Variable": "$.fails", "BooleanEquals": true });
        let mut map = json!({ "Type": "Map", "Label": "L", "End": true, "ItemProcessor": {
            "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
            "StartAt": "Looks",
            "States": {
                "Looks": { "Type": "Choice", "Default": "Passes",
                    "Choices": [{ "And": [is_there, fails], "Next": "Fails" }] },
                "Fails": { "Type": "Fail", "Error": "Item.Bad", "Cause": "as told" },
                "Passes": { "Type": "Pass", "End": true },
            },
        }});
        for (name, mut value) in fields.as_object().expect("fields are an object").clone() {
            if let Some(parameters) = value.get_mut("Parameters") {
                parameters["Bucket"] = self.bucket.clone().into();
            }
            map[&name] = value;
        }
        json!({ "StartAt": "M", "States": { "M": map } })
    }

    async fn reads(
        &self,
        parameters: Value,
        config: Value,
        fields: Value,
    ) -> Result<Value, String> {
        let resource = match parameters.get("Key") {
            Some(_) => "arn:aws:states:::s3:getObject",
            None => "arn:aws:states:::s3:listObjectsV2",
        };
        let mut fields = fields;
        fields["ItemReader"] =
            json!({ "Resource": resource, "Parameters": parameters, "ReaderConfig": config });
        self.run(&self.map(fields), json!({ "input": 1 })).await.1
    }
}

fn task(action: &str, parameters: &Value) -> Value {
    let resource = format!("arn:aws:states:::aws-sdk:{action}");
    json!({ "StartAt": "T", "States": {
        "T": { "Type": "Task", "Resource": resource, "Parameters": parameters, "End": true },
    }})
}

/// What no machine puts there: a bucket, an object that is no text.
async fn put_bytes(url: &str, place: &str, bytes: &[u8]) {
    let host = url.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = TcpStream::connect(host).await.expect("the peer is up");
    let length = bytes.len();
    let request = format!(
        "PUT /{place} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\nConnection: close\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential=000000000000/20260101/us-east-1/s3/aws4_request, \
         SignedHeaders=host, Signature=0\r\n\r\n"
    );
    let request = [request.as_bytes(), bytes].concat();
    stream.write_all(&request).await.expect("the peer listens");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("the peer answers");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// A text as gzip, stored as it is.
fn packed(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("it is short");
    let header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1];
    let lengths = [length.to_le_bytes(), (!length).to_le_bytes()].concat();
    [&header, lengths.as_slice(), text.as_bytes(), &[0; 8]].concat()
}

#[tokio::test]
async fn items_come_from_objects_of_each_format() {
    let Some(beside) = Beside::start("formats").await else { return };
    beside.put("a.json", r#"[{"n": 1}, "two"]"#).await;
    beside.put("deep.json", r#"{"a": {"items": [3, 4]}, "b": 1}"#).await;
    beside.put("a.jsonl", "{\"n\":1}\n{\"n\":2}\n").await;
    beside.put("a.csv", "id,name\n1,\"Lovelace, Ada\"\n2,Grace\n").await;
    beside.put("given.csv", "1|Ada\n2|Grace\n3|Hedy\n").await;
    let both = json!([{ "id": "1", "name": "Lovelace, Ada" }, { "id": "2", "name": "Grace" }]);
    for (key, config, expected) in [
        ("a.json", json!({ "InputType": "JSON" }), Ok(json!([{ "n": 1 }, "two"]))),
        (
            "deep.json",
            json!({ "InputType": "JSON", "ItemsPointer": "/a/items" }),
            Ok(json!([3, 4])),
        ),
        ("a.jsonl", json!({ "InputType": "JSONL" }), Ok(json!([{ "n": 1 }, { "n": 2 }]))),
        ("a.csv", json!({ "InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW" }), Ok(both)),
        (
            "given.csv",
            json!({ "InputType": "CSV", "CSVHeaderLocation": "GIVEN",
                "CSVHeaders": ["id", "name"], "CSVDelimiter": "PIPE", "MaxItems": 2 }),
            Ok(json!([{ "id": "1", "name": "Ada" }, { "id": "2", "name": "Grace" }])),
        ),
        (
            "deep.json",
            json!({ "InputType": "JSON" }),
            Err("States.ItemReaderFailed: Attempting to map over non-iterable node."),
        ),
        (
            "absent.json",
            json!({ "InputType": "JSON" }),
            Err("States.ItemReaderFailed: The specified key does not exist."),
        ),
    ] {
        let read = beside.reads(json!({ "Key": key }), config.clone(), json!({})).await;
        match (read, expected) {
            (Ok(read), Ok(expected)) => assert_eq!(read, expected, "{key} {config}"),
            (Err(failed), Err(expected)) => {
                assert!(failed.starts_with(expected), "{key} {config}: {failed}");
            }
            (read, _) => panic!("{key} {config}: {read:?}"),
        }
    }
}

#[tokio::test]
async fn a_bucket_is_listed_to_its_last_page() {
    let Some(beside) = Beside::start("lists").await else { return };
    for key in ["in/1", "in/2", "in/3", "other"] {
        beside.put(key, key).await;
    }
    let parameters = json!({ "Prefix": "in/", "MaxKeys": 2 });
    let listed = beside.reads(parameters.clone(), json!({}), json!({})).await.unwrap();
    let listed = listed.as_array().unwrap();
    assert_eq!(listed.len(), 3);
    for (number, object) in (1..).zip(listed) {
        assert_eq!(object["Key"], format!("in/{number}"));
        assert_eq!((&object["Size"], &object["StorageClass"]), (&json!(4), &json!("STANDARD")));
        // AWS gives the map `Etag`, and the time in seconds.
        assert!(object["Etag"].as_str().is_some_and(|tag| tag.starts_with('"')), "{object}");
        assert!(object["LastModified"].is_u64(), "{object}");
    }
    let few = beside.reads(parameters, json!({ "MaxItems": 1 }), json!({})).await.unwrap();
    assert_eq!(few.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn items_come_from_the_objects_that_a_listing_or_a_manifest_names() {
    let Some(beside) = Beside::start("holders").await else { return };
    let place = |key: &str| format!("{}/{key}", beside.bucket);
    beside.put("in/1.jsonl", "{\"n\":1}\n{\"n\":2}\n").await;
    put_bytes(&beside.url, &place("in/2.jsonl.gz"), &packed("{\"n\":3}\n")).await;
    put_bytes(&beside.url, &place("in/"), &[]).await;
    let config = json!({ "InputType": "JSONL", "Transformation": "LOAD_AND_FLATTEN" });
    let loaded = beside.reads(json!({ "Prefix": "in/", "MaxKeys": 1 }), config, json!({})).await;
    assert_eq!(loaded, Ok(json!([{ "n": 1 }, { "n": 2 }, { "n": 3 }])));

    let rows = packed("\"source\",\"a b.csv\",\"7\"\n\"source\",\"c.csv\",\"9\"\n");
    put_bytes(&beside.url, &place("inventory/1.csv.gz"), &rows).await;
    let manifest = json!({ "destinationBucket": format!("arn:aws:s3:::{}", beside.bucket),
        "fileFormat": "CSV", "fileSchema": "Bucket, Key, Size",
        "files": [{ "key": "inventory/1.csv.gz" }] });
    beside.put("manifest.json", &manifest.to_string()).await;
    let objects = json!([
        { "Bucket": "source", "Key": "a b.csv", "Size": "7" },
        { "Bucket": "source", "Key": "c.csv", "Size": "9" },
    ]);
    for config in [json!({ "InputType": "MANIFEST" }), json!({ "ManifestType": "S3_INVENTORY" })] {
        let read = beside.reads(json!({ "Key": "manifest.json" }), config, json!({})).await;
        assert_eq!(read, Ok(objects.clone()));
    }

    beside.put("unload.csv", &format!("s3://{}/in/2.jsonl.gz\n", beside.bucket)).await;
    let config = json!({ "ManifestType": "ATHENA_DATA", "InputType": "JSONL" });
    let read = beside.reads(json!({ "Key": "unload.csv" }), config, json!({})).await;
    assert_eq!(read, Ok(json!([{ "n": 3 }])));

    for (key, config, cause) in [
        ("a.parquet", json!({ "InputType": "PARQUET" }), "InputType `PARQUET` is not read here"),
        ("a.csv.zst", json!({ "InputType": "JSON" }), "`a.csv.zst` is compressed with Zstandard"),
        ("unload.csv", json!({ "InputType": "MANIFEST" }), "The manifest is no JSON"),
    ] {
        let failed = beside.reads(json!({ "Key": key }), config, json!({})).await.unwrap_err();
        assert!(failed.starts_with(&format!("States.ItemReaderFailed: {cause}")), "{failed}");
    }
}

#[tokio::test]
async fn items_of_a_bucket_are_selected_and_batched() {
    let Some(beside) = Beside::start("batches").await else { return };
    beside.put("a.json", "[1, 2, 3]").await;
    let fields = json!({
        "ItemSelector": { "v.$": "$$.Map.Item.Value", "i.$": "$.input" },
        "ItemBatcher": { "MaxItemsPerBatch": 2, "BatchInput": { "c.$": "$.input" } },
    });
    let config = json!({ "InputType": "JSON" });
    let batched = beside.reads(json!({ "Key": "a.json" }), config, fields).await;
    let item = |value: u32| json!({ "v": value, "i": 1 });
    assert_eq!(
        batched,
        Ok(json!([
            { "BatchInput": { "c": 1 }, "Items": [item(1), item(2)] },
            { "BatchInput": { "c": 1 }, "Items": [item(3)] },
        ]))
    );
}

/// What differs from run to run is checked and taken out: ARN, name and times of an execution.
fn checked(mut rows: Value, machine: &str) -> Value {
    for row in rows.as_array_mut().expect("rows are an array") {
        let fields = row.as_object_mut().expect("a row is an object");
        let names: Vec<&String> = fields.keys().collect();
        assert!(names.is_sorted(), "{names:?}");
        let mut take = |name: &str| fields.shift_remove(name).unwrap_or_default();
        let taken =
            ["ExecutionArn", "Name", "StartDate", "StopDate", "StateMachineArn"].map(&mut take);
        if fields["Status"] == "PENDING" {
            assert_eq!(taken, [const { Value::Null }; 5]);
            continue;
        }
        let [arn, name, start, stop, of] = taken.map(|it| it.as_str().unwrap().to_owned());
        let place = "arn:aws:states:us-east-1:000000000000";
        assert_eq!(arn, format!("{place}:execution:{machine}/L:{name}"));
        assert_eq!(of, format!("{place}:stateMachine:{machine}/L"));
        assert!(start.ends_with('Z') && start.len() == 24 && start <= stop, "{start} {stop}");
    }
    rows
}

#[tokio::test]
async fn results_of_executions_that_did_not_fail_too_often_are_written() {
    let Some(beside) = Beside::start("results").await else { return };
    let writer = json!({
        "Resource": "arn:aws:states:::s3:putObject", "Parameters": { "Prefix": "out" },
    });
    let map = beside.map(json!({ "ToleratedFailureCount": 1, "ResultWriter": writer }));
    let items = json!([{ "n": 1 }, { "fails": true }, { "n": 3 }]);
    let (arn, output) = beside.run(&map, items).await;
    let output = output.unwrap();
    let run = &beside.engine.map_runs(&arn).unwrap()[0];
    let folder = format!("out/{}", run.arn.rsplit(':').next().unwrap());
    let key = format!("{folder}/manifest.json");
    assert_eq!(
        output,
        json!({
            "MapRunArn": &*run.arn,
            "ResultWriterDetails": { "Bucket": beside.bucket, "Key": key },
        })
    );
    assert_eq!((run.executions.results_written, run.items.results_written), (3, 3));
    let (succeeded, failed) =
        (format!("{folder}/SUCCEEDED_0.json"), format!("{folder}/FAILED_0.json"));
    let (successes, failures) = (beside.text(&succeeded).await, beside.text(&failed).await);
    assert_eq!(
        beside.json(&key).await,
        json!({
            "DestinationBucket": beside.bucket,
            "MapRunArn": &*run.arn,
            "ResultFiles": {
                "FAILED": [{ "Key": failed, "Size": failures.len() }],
                "PENDING": [],
                "SUCCEEDED": [{ "Key": succeeded, "Size": successes.len() }],
            },
        })
    );
    let machine = arn.split(':').nth(6).unwrap();
    let success = |text: &str| {
        json!({
            "Input": text, "InputDetails": { "Included": true },
            "Output": text, "OutputDetails": { "Included": true },
            "RedriveCount": 0, "RedriveStatus": "NOT_REDRIVABLE",
            "RedriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
            "Status": "SUCCEEDED",
        })
    };
    assert_eq!(
        checked(serde_json::from_str(&successes).unwrap(), machine),
        json!([success(r#"{"n":1}"#), success(r#"{"n":3}"#)])
    );
    assert_eq!(
        checked(serde_json::from_str(&failures).unwrap(), machine),
        json!([{
            "Cause": "as told", "Error": "Item.Bad",
            "Input": r#"{"fails":true}"#, "InputDetails": { "Included": true },
            "OutputDetails": { "Included": true },
            "RedriveCount": 0, "RedriveStatus": "REDRIVABLE_BY_MAP_RUN", "Status": "FAILED",
        }])
    );
}

#[tokio::test]
async fn results_are_shaped_and_written_line_by_line() {
    let Some(beside) = Beside::start("shapes").await else { return };
    for (transformation, output_type, name, written) in [
        ("COMPACT", "JSON", "SUCCEEDED_0.json", "[[1,2],3]"),
        ("FLATTEN", "JSON", "SUCCEEDED_0.json", "[1,2,3]"),
        ("FLATTEN", "JSONL", "SUCCEEDED_0.jsonl", "1\n2\n3\n"),
    ] {
        let map = beside.map(json!({ "ResultWriter": {
            "Resource": "arn:aws:states:::s3:putObject", "Parameters": {},
            "WriterConfig": { "Transformation": transformation, "OutputType": output_type },
        }}));
        let output = beside.run(&map, json!([[1, 2], 3])).await.1.unwrap();
        let manifest = output["ResultWriterDetails"]["Key"].as_str().unwrap();
        let key = manifest.replace("manifest.json", name);
        assert_eq!(beside.text(&key).await, written, "{transformation} {output_type}");
    }
}

#[tokio::test]
async fn a_run_that_fails_writes_what_came_of_it_and_goes_on_in_a_folder_of_its_redrive() {
    let Some(beside) = Beside::start("redrives").await else { return };
    let map = beside.map(json!({ "MaxConcurrency": 1, "ResultWriter": {
        "Resource": "arn:aws:states:::s3:putObject", "Parameters": {},
    }}));
    let items = json!([{ "n": 1 }, { "fails": true }, { "n": 3 }]);
    let (arn, failed) = beside.run(&map, items).await;
    assert_eq!(
        failed.unwrap_err(),
        "States.ExceedToleratedFailureThreshold: The specified tolerated failure threshold was exceeded"
    );
    let run = beside.engine.map_runs(&arn).unwrap().remove(0);
    assert_eq!(run.status.as_str(), "FAILED");
    let folder = run.arn.rsplit(':').next().unwrap();
    let machine = arn.split(':').nth(6).unwrap();
    let pending = beside.json(&format!("{folder}/PENDING_0.json")).await;
    let waited = json!({
        "Input": r#"{"n":3}"#, "InputDetails": { "Included": true }, "Status": "PENDING",
    });
    assert_eq!(checked(pending, machine), json!([waited]));
    assert_eq!(beside.json(&format!("{folder}/FAILED_0.json")).await[0]["Status"], "FAILED");

    beside.engine.redrive(&arn, None).unwrap();
    beside.ended(&arn).await.unwrap_err();
    let tolerant = MapRunLimits { tolerated_failure_count: Some(1), ..MapRunLimits::default() };
    assert!(beside.engine.update_map_run(&run.arn, tolerant).is_err());
    let again = format!("{folder}/Redrive-1");
    let manifest = beside.json(&format!("{again}/manifest.json")).await;
    let keys = |status: &str| -> Vec<String> {
        let files = manifest["ResultFiles"][status].as_array().unwrap().iter();
        files.map(|file| file["Key"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(keys("SUCCEEDED"), [format!("{folder}/SUCCEEDED_0.json")]);
    assert_eq!(keys("FAILED"), [format!("{again}/FAILED_0.json")]);
    assert_eq!(keys("PENDING"), [format!("{again}/PENDING_0.json")]);
    let failed = beside.json(&format!("{again}/FAILED_0.json")).await;
    assert_eq!(failed[0]["RedriveCount"], 1);
}

#[tokio::test]
async fn a_bucket_that_is_absent_fails_the_writer() {
    let Some(beside) = Beside::start("absent").await else { return };
    let mut map = beside.map(json!({ "ResultWriter": {
        "Resource": "arn:aws:states:::s3:putObject", "Parameters": {},
    }}));
    map["States"]["M"]["ResultWriter"]["Parameters"]["Bucket"] = "nobody-made-it".into();
    let failed = beside.run(&map, json!([1])).await.1.unwrap_err();
    assert!(failed.starts_with("States.ResultWriterFailed: "), "{failed}");
    assert!(failed.contains("bucket does not exist"), "{failed}");
}
