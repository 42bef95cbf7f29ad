//! Each section of the runbook, with what it is about gone wrong: its own commands show it and cure it.

use std::{
    io::{BufRead as _, BufReader},
    process::Stdio,
};

use serde_json::{Value, json};

use super::{
    page::{Block, blocks, read},
    place::Place,
};
use crate::{harness::Ran, server::ask_service};

pub(super) const PAGE: &str = "docs/runbook.md";
const KEY: &str = "3f0c1e5a7b9d4c2e8a6f0b1d2c3e4f50";

/// A section at work: its blocks are run in their order, and what its test does happens between them.
struct Scene {
    place: Place,
    preparation: Block,
    blocks: Vec<Block>,
    run: usize,
}

impl Scene {
    fn of(heading: &str, server: &[&str]) -> Self {
        let text = read(PAGE);
        let mut sections = text.split("\n## ");
        let preparation = blocks(sections.next().unwrap()).remove(0);
        let section = sections.find(|section| section.lines().next() == Some(heading));
        let blocks = blocks(section.unwrap_or_else(|| panic!("there is no section `{heading}`")));
        let place = Place::new(&format!("runbook-{}", heading.replace(' ', "-"))).serving(server);
        Self { place, preparation, blocks, run: 0 }
    }

    /// Runs the next block after those before it that only say what is what, and answers what it printed.
    fn next(&mut self) -> Ran {
        let told = self.blocks[..self.run].iter().map(definitions);
        let told = Block { line: 0, text: told.collect() };
        let ran = self.place.run(&[&self.preparation, &told, &self.blocks[self.run]]);
        self.run += 1;
        ran.exits(0)
    }

    /// Nothing of the section is left.
    fn ends(self) {
        assert_eq!(self.run, self.blocks.len(), "blocks were left out");
    }

    fn services(&self) -> String {
        self.place.server().services()
    }

    /// Tells the sandbox what goes wrong from now on.
    fn goes_wrong(&self, faults: &[&str]) {
        self.place.folder.write("faults.json", json!(faults).to_string());
        self.shell(&format!("curl --fail {}/_atlas/faults --data @faults.json", self.services()));
    }

    /// Starts the sample lead, and waits until its EXPRESS execution has ended.
    fn lead(&self) {
        self.shell(
            "atlas executions watch $(atlas executions start AtlasEngineWorkflow \
             --input @definitions/leads/ada.json) || true",
        );
    }

    /// Waits until the executions have ended that a command says it has started.
    fn have_ended(&self, ran: &Ran) {
        let words = ran.out.split_whitespace();
        for execution in words.filter(|word| word.starts_with("arn:")) {
            self.shell(&format!("atlas executions watch {execution}"));
        }
    }

    /// Waits until the call's handler has dialled and left its token.
    fn is_dialled(&self) {
        let mut following = self
            .place
            .folder
            .command(&["executions", "history", &format!("call-{KEY}"), "--follow"])
            .args(["--machine", "AtlasEngineCallWorkflow", "--endpoint"])
            .arg(self.place.server().url())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(following.stdout.take().unwrap()).lines();
        // Where the call is over at once, its end may be there first.
        let is_dialled =
            |line: &str| ["TaskSubmitted", "TaskSucceeded"].iter().any(|it| line.contains(it));
        let dialled = lines.any(|line| is_dialled(&line.unwrap()));
        following.kill().unwrap();
        following.wait().unwrap();
        assert!(dialled, "the call ended before it was dialled");
    }

    fn shell(&self, command: &str) -> Ran {
        let block = Block { line: 0, text: command.to_owned() };
        self.place.run(&[&self.preparation, &block]).exits(0)
    }

    /// What the sandbox tells under this name.
    fn told(&self, name: &str) -> Value {
        self.shell(&format!("curl --fail {}/_atlas/{name}", self.services())).document()
    }

    /// How often the sample lead's phone rang.
    fn rings(&self) -> usize {
        self.told("rings")["numbers"]["+14155550123"].as_array().map_or(0, Vec::len)
    }
}

/// The lines of a block by which later ones know what is what: functions and variables.
fn definitions(block: &Block) -> String {
    let is_definition = |line: &&str| {
        line.contains("() {") || line.split_once('=').is_some_and(|(name, _)| is_name(name))
    };
    block.text.lines().filter(is_definition).map(|line| format!("{line}\n")).collect()
}

fn is_name(text: &str) -> bool {
    text.chars().all(|character| character.is_ascii_lowercase())
}

#[test]
fn a_callback_that_is_stuck_is_shown_and_settled_by_the_sweeper() {
    let mut scene = Scene::of("A callback is stuck", &["--fault", "contact-events:never:1"]);
    scene.lead();
    scene.is_dialled();
    // Now the sweeper cannot ask either.
    scene.goes_wrong(&["connect:503:1"]);
    let shown = scene.next().out;
    assert!(shown.contains(&format!("call-{KEY}\tInvokeOutboundCall")), "{shown}");
    assert!(shown.contains("waits for a callback until"), "{shown}");
    scene.goes_wrong(&[]);
    let over = scene.next();
    assert!(over.out.contains("SUCCEEDED") && over.err.contains("nothing waits"), "{over:?}");
    assert_eq!(scene.rings(), 1);
    scene.ends();
}

#[test]
fn a_rotated_key_is_read_afresh_and_what_was_parked_before_is_delivered() {
    let mut scene = Scene::of("The key to Salesforce was changed", &["--skip-waits"]);
    scene.goes_wrong(&["salesforce:401:1"]);
    scene.lead();
    let shown = scene.next().out;
    assert!(shown.contains("Salesforce.AuthFailed") && !shown.contains("Lovelace"), "{shown}");
    assert_eq!(scene.rings(), 0);
    // The secret has the key that Salesforce trusts, and another one than the handlers remember.
    scene.goes_wrong(&[]);
    let reads = |scene: &Scene| scene.told("counters")["secretReads"]["atlas/salesforce"].as_u64();
    let before = reads(&scene);
    scene.shell(&format!("curl --fail --request POST {}/_atlas/rotate-key", scene.services()));
    let replayed = scene.next();
    assert!(replayed.out.contains(&format!("{KEY}\tPARKED\tarn:")), "{replayed:?}");
    scene.have_ended(&replayed);
    scene.is_dialled();
    assert!(reads(&scene) > before, "{:?}", scene.told("counters"));
    let over = scene.next();
    assert!(over.err.contains("nothing is parked"), "{over:?}");
    assert_eq!(scene.rings(), 1);
    scene.ends();
}

#[test]
fn what_was_parked_while_salesforce_throttled_is_delivered_when_it_does_not() {
    let mut scene = Scene::of("Salesforce throttles", &["--skip-waits"]);
    scene.goes_wrong(&["salesforce:throttle:1"]);
    scene.lead();
    let shown = scene.next().out;
    assert!(shown.contains("Salesforce.Throttled") && shown.contains("FAILED"), "{shown}");
    scene.goes_wrong(&[]);
    let replayed = scene.next();
    assert!(replayed.err.contains("nothing is parked"), "{replayed:?}");
    scene.have_ended(&replayed);
    scene.is_dialled();
    assert!(scene.next().err.contains("nothing is parked"));
    assert_eq!(scene.rings(), 1);
    scene.ends();
}

#[test]
fn a_call_that_connect_refused_is_shown_with_its_error_and_asked_for_again() {
    let mut scene = Scene::of("Connect refuses calls", &[]);
    scene.goes_wrong(&["connect:403:1"]);
    scene.lead();
    scene.shell(&format!("atlas executions watch call-{KEY} --machine AtlasEngineCallWorkflow"));
    let shown = scene.next().out;
    assert!(shown.contains("Connect.NotPermitted"), "{shown}");
    assert_eq!(scene.rings(), 0);
    scene.goes_wrong(&[]);
    let started = scene.next();
    scene.have_ended(&started);
    scene.shell("atlas executions watch call-asked-again-1 --machine AtlasEngineCallWorkflow");
    assert!(scene.next().out.contains("asked-again-1"));
    assert_eq!(scene.rings(), 1);
    scene.ends();
}

#[test]
fn a_lead_that_lambda_turned_away_waits_for_its_turn_and_is_called() {
    let file = "definitions/MockConfigFile.json";
    let mut scene = Scene::of("Lambda turns calls away", &["--skip-waits", "--mocks", file]);
    let throttled =
        json!({ "Error": "Lambda.TooManyRequestsException", "Cause": "Rate Exceeded." });
    let answered = json!({ "contactId": "c", "outcome": "ANSWERED", "disconnectReason": null,
        "connectedAt": null, "endedAt": null, "talkSeconds": null });
    let mocks = json!({
        "StateMachines": {
            "AtlasEngineWorkflow": { "TestCases": { "Throttled": {} } },
            "AtlasEngineCallWorkflow": {
                "TestCases": { "Throttled": { "InvokeOutboundCall": "TurnedAway" } },
            },
        },
        "MockedResponses": {
            "TurnedAway": { "0-9": { "Throw": throttled }, "10": { "Return": answered } },
        },
    });
    scene.place.folder.write(file, mocks.to_string());
    scene.shell(
        "atlas executions watch $(atlas executions start 'AtlasEngineWorkflow#Throttled' \
         --input @definitions/leads/ada.json)",
    );
    scene.shell(&format!("atlas executions watch call-{KEY} --machine AtlasEngineCallWorkflow"));
    let shown = scene.next().out;
    assert!(shown.contains("InvokeOutboundCall\tsucceeded\t11\t"), "{shown}");
    assert_eq!(shown.lines().last(), Some("10"), "{shown}");
    assert!(scene.next().out.contains("SUCCEEDED"));
    scene.ends();
}

#[test]
fn a_model_that_is_down_stops_no_call() {
    let mut scene = Scene::of("The model is down", &[]);
    scene.goes_wrong(&["bedrock:503:1"]);
    scene.lead();
    let shown = scene.next().out;
    assert!(
        shown.contains("Bedrock.Unavailable") && shown.contains("UseTemplateScenario"),
        "{shown}"
    );
    assert_eq!(scene.next().out.lines().last(), Some("template"));
    scene.is_dialled();
    assert_eq!(scene.rings(), 1);
    scene.ends();
}

#[test]
fn a_dead_letter_is_read_and_moved_and_the_call_that_waited_for_it_ends() {
    if beside::peer("ATLAS_BOTO3_PYTHON").is_none() {
        return;
    }
    let mut scene = Scene::of("Dead letters", &["--fault", "contact-events:never:1"]);
    scene.lead();
    scene.is_dialled();
    // Neither the event's handler nor the sweeper can ask Connect.
    scene.goes_wrong(&["connect:503:1"]);
    let contact = scene.told("rings")["numbers"]["+14155550123"][0]["contactId"].clone();
    let event = json!({
        "source": "aws.connect", "detail-type": "Amazon Connect Contact Event",
        "detail": {
            "contactId": contact, "eventType": "DISCONNECTED", "disconnectReason": "CUSTOMER_DISCONNECT",
            "initiationTimestamp": "2026-11-20T17:04:05.000Z", "channel": "VOICE",
            "connectedToSystemTimestamp": "2026-11-20T17:04:10.000Z",
            "disconnectTimestamp": "2026-11-20T17:05:10.000Z",
        },
    });
    let services = scene.services();
    let queue = format!("{services}/000000000000/AtlasEngine-ContactEvents-DeadLetters");
    let request = json!({ "QueueUrl": queue, "MessageBody": event.to_string() });
    let address = services.trim_start_matches("http://");
    let (status, answer) = ask_service(address, "sqs", "AmazonSQS.SendMessage", &request);
    assert!(status.contains(" 200 "), "{answer}");

    let shown = scene.next().out;
    assert!(shown.contains("\"1\"") && shown.contains(contact.as_str().unwrap()), "{shown}");
    scene.goes_wrong(&[]);
    scene.next();
    let over = scene.next().out;
    assert!(over.contains("\"0\"") && over.contains("SUCCEEDED"), "{over}");
    assert_eq!(scene.rings(), 1);
    scene.ends();
}

#[test]
fn a_call_that_was_stopped_is_redriven_and_rings_once() {
    let mut scene =
        Scene::of("Redrive without a second ring", &["--fault", "contact-events:never:1"]);
    scene.lead();
    scene.is_dialled();
    scene.shell(&format!(
        "atlas executions stop call-{KEY} --machine AtlasEngineCallWorkflow --yes"
    ));
    let shown = scene.next();
    assert!(shown.out.contains("ABORTED") && shown.err.contains("may dial"), "{shown:?}");
    assert!(scene.next().out.contains("redriven"));
    let over = scene.next().out;
    assert!(over.contains("SUCCEEDED"), "{over}");
    let rings = scene.told("rings");
    assert_eq!((scene.rings(), &rings["tokensThatRangTwice"]), (1, &json!([])));
    scene.ends();
}

#[test]
fn every_section_with_commands_has_a_scene() {
    let scenes = include_str!("runbook.rs");
    for section in read(PAGE).split("\n## ").skip(1) {
        let heading = section.lines().next().unwrap();
        let is_played = scenes.contains(&format!("Scene::of(\"{heading}\""));
        assert!(is_played || blocks(section).is_empty(), "`{heading}` has no scene");
    }
}
