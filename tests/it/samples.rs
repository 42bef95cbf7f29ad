//! Definitions that were not written here: samples of Amazon's own, each run as its `runs.json` says.
//!
//! A sample is a folder of `samples/`: the definition as it was published, an input, mocks for the
//! services that it calls, and where it comes from.

use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path, sync::Arc};

use atlas_asl::{
    diagnostic::Severity,
    model::{ExecutionType, StateMachine},
    validate,
};
use atlas_core::{Payload, Seed};
use atlas_engine::{
    Engine, EngineOptions, StartRequest, Time,
    journal::{Journal, MemoryJournal, NoJournal},
    mocks::MockConfig,
};
use definitions::contract::Handlers;
use serde_json::{Value, json};

use crate::recovery::check_each_prefix;

/// One run of a sample, and how it ends.
struct Run<'a> {
    sample: &'a str,
    definition: &'a StateMachine,
    mocks: Option<&'a [u8]>,
    input: &'a Value,
    expected: &'a Value,
}

#[tokio::test(start_paused = true)]
async fn samples_of_amazons_own_run_as_they_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("it/samples");
    let mut samples: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    samples.sort();
    let mut wrong = String::new();
    let (mut state_types, mut languages) = (BTreeSet::new(), BTreeSet::new());
    for folder in &samples {
        let sample = folder.file_name().unwrap().to_str().unwrap();
        let read = |file: &str| fs::read_to_string(folder.join(file)).unwrap();
        let source = read("source.toml");
        for field in ["source = \"https://", "licence = \""] {
            assert!(source.contains(field), "`{sample}` does not say its {field}");
        }
        let text = read("definition.asl.json");
        collect_types(&serde_json::from_str(&text).unwrap(), &mut state_types, &mut languages);
        let (definition, mut faults) = validate::check(&text, ExecutionType::Standard, &Handlers);
        faults.retain(|fault| fault.severity == Severity::Error);
        assert_eq!(faults, [], "AWS takes `{sample}`");
        let definition = definition.unwrap();
        let mocks = fs::read(folder.join("mocks.json")).ok();
        let input: Value = serde_json::from_str(&read("input.json")).unwrap();
        let runs: Vec<Value> = serde_json::from_str(&read("runs.json")).unwrap();
        assert!(!runs.is_empty(), "{sample}");
        for expected in &runs {
            let input = expected.get("input").unwrap_or(&input);
            let mocks = mocks.as_deref();
            check(Run { sample, definition: &definition, mocks, input, expected }, &mut wrong)
                .await;
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    let all = ["Choice", "Fail", "Map", "Parallel", "Pass", "Succeed", "Task", "Wait"];
    assert!(samples.len() >= 5);
    assert_eq!(state_types.iter().collect::<Vec<_>>(), all.iter().collect::<Vec<_>>());
    assert_eq!(languages.len(), 2, "both query languages");
}

async fn check(run: Run<'_>, wrong: &mut String) {
    let Run { sample, definition, mocks, input, expected } = run;
    let create = |journal: Arc<dyn Journal>| {
        let mocks = mocks.map(|mocks| Arc::new(MockConfig::parse(mocks).unwrap()));
        let seed = Some(Seed([1; 32]));
        let options = EngineOptions { mocks, journal, seed, ..EngineOptions::default() };
        let engine = Engine::new(options);
        engine.create_state_machine(sample, ExecutionType::Standard, definition).unwrap();
        engine
    };
    let journal = Arc::new(MemoryJournal::default());
    let engine = create(Arc::<MemoryJournal>::clone(&journal));
    let case = expected["case"].as_str();
    let started = engine
        .start(StartRequest {
            state_machine: sample.to_owned(),
            name: None,
            input: Payload::from(input.clone()),
            case: case.map(str::to_owned),
            time: Time::SkippingWaits,
        })
        .unwrap();
    engine.wait(&started.execution_arn).await.unwrap();
    let description = engine.describe(&started.execution_arn).unwrap();
    let another = || create(Arc::new(NoJournal));
    check_each_prefix(&engine, &journal, &description, case, another).await;
    let history = engine.history(&started.execution_arn).unwrap();
    let entered: Vec<Value> = history
        .iter()
        .map(|event| event.to_json(json!(null)))
        .filter(|event| event["type"].as_str().unwrap().ends_with("StateEntered"))
        .map(|event| event["stateEnteredEventDetails"]["name"].clone())
        .collect();
    let outcome = description.outcome.unwrap();
    let mut actual = json!({ "status": outcome.status() });
    if let atlas_core::Outcome::Succeeded { output } = &outcome {
        actual["output"] = output.value().clone();
    }
    if let Some(failure) = outcome.failure() {
        for (field, text) in [("error", &failure.error), ("cause", &failure.cause)] {
            if let Some(text) = text {
                actual[field] = text.as_str().into();
            }
        }
    }
    let took = description.ended_at.unwrap().millis_since(description.started_at);
    // Where AWS draws the delay before a retry at random, a run says nothing of its length.
    if expected.get("seconds").is_some() {
        actual["seconds"] = json!(took / 1000);
    }
    actual["entered"] = entered.into();
    let mut wanted = expected.clone();
    for given in ["case", "input"] {
        wanted.as_object_mut().unwrap().shift_remove(given);
    }
    if actual != wanted {
        let _ = writeln!(
            wrong,
            "{sample} {} {input}\n  said  {wanted}\n  ended {actual}",
            expected["case"]
        );
    }
}

/// Notes which state types and query languages a definition uses, at any depth.
fn collect_types(
    value: &Value,
    state_types: &mut BTreeSet<String>,
    languages: &mut BTreeSet<String>,
) {
    if let Some(states) = value["States"].as_object() {
        if value.get("StartAt").is_some() {
            languages.insert(value["QueryLanguage"].as_str().unwrap_or("JSONPath").to_owned());
        }
        for state in states.values() {
            state_types.insert(state["Type"].as_str().unwrap().to_owned());
            for inner in state["Branches"].as_array().into_iter().flatten() {
                collect_types(inner, state_types, languages);
            }
            for inner in ["Iterator", "ItemProcessor"].iter().filter_map(|field| state.get(field)) {
                collect_types(inner, state_types, languages);
            }
        }
    }
}
