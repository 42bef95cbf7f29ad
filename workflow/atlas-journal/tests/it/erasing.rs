//! Erasing one of two people from a folder: nothing of them is in any byte of it, and all of the other is as it
//! was.

use std::{fs, path::Path};

use atlas_engine::{EngineError, Person, PersonalRecords, Time};
use atlas_journal::DataFolder;
use serde_json::{Value, json};

use crate::harness::{Process, folder};

/// What is Ada's alone.
const ADAS: [&str; 6] =
    ["14155550123", "ada@example.com", "ADA@example.com", "Lovelace", "key-ada", "contact-ada"];

fn intake(name: &str, phone: &str, email: &str) -> String {
    let lead = json!({"lastName": name, "phone": phone, "email": email, "notes": ""});
    json!({"interactionKey": format!("key-{email}").split('@').next(), "lead": lead}).to_string()
}

fn pass() -> Value {
    json!({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}})
}

fn wait() -> Value {
    json!({"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 86_400, "End": true}}})
}

/// The call of a lead, which names no address: the key alone leads there.
fn call() -> Value {
    json!({"StartAt": "C", "States": {"C": {
        "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": "q", "MessageBody": "b", "Token.$": "$$.Task.Token"}, "End": true,
    }}})
}

fn records(of: &[(&str, &str)]) -> String {
    let line = |(arn, input): &(&str, &str)| {
        json!({"id": "1", "type": "ExecutionStarted", "details": {"input": input},
            "execution_arn": arn})
        .to_string()
            + "\n"
    };
    of.iter().map(line).collect()
}

async fn lived_in(folder: &Path) {
    let process = Process::start(folder);
    process.create("Pass", &pass());
    process.create("Wait", &wait());
    process.create("Call", &call());
    let ada = intake("Lovelace", "+14155550123", "ada@example.com");
    let bob = intake("Builder", "+14155550199", "bob@example.com");
    for (name, input) in [("ada", &ada), ("bob", &bob)] {
        process.start_with_input("Pass", &format!("key-{name}"), input);
        process.start_with_input("Wait", &format!("wait-key-{name}"), input);
    }
    let mentions = json!({"interactionKey": "key-eve", "notes": "as ada@example.com said"});
    process.start_with_input("Pass", "eve", &mentions.to_string());
    for (call, name) in ["ada", "bob"].into_iter().enumerate() {
        let input =
            json!({"interactionKey": format!("key-{name}"), "leadId": format!("00Q-{name}")});
        let started =
            process.start_with_input("Call", &format!("call-key-{name}"), &input.to_string());
        let token = process.token(call).await;
        let output = json!({"contactId": format!("contact-{name}")}).to_string();
        process.engine.send_task_success(&token, &output).unwrap();
        process.ends(&started.execution_arn).await;
    }
    process.engine.settled().await.unwrap();
    drop(process);
    let logs = folder.join("logs/000000000000/us-east-1");
    fs::create_dir_all(&logs).unwrap();
    let upper = ada.replace("ada@", "ADA@");
    let lines = records(&[("express:1", &upper), ("express:1", "{}"), ("express:2", &bob)]);
    fs::write(logs.join("leads.jsonl"), lines).unwrap();
    fs::write(logs.join("leads~000001.jsonl"), records(&[("express:2", "{}")])).unwrap();
}

/// Where a text stands in the files of a folder.
fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if fs::read(&path).unwrap().windows(text.len()).any(|it| it == text.as_bytes()) {
            found.push(path.display().to_string());
        }
    }
    found
}

fn find(folder: &Path, person: &mut Person) -> PersonalRecords {
    DataFolder::open(folder).unwrap().find_person(person).unwrap()
}

fn names(found: &PersonalRecords) -> Vec<&str> {
    let arns = found.executions.iter().map(|it| &*it.execution_arn);
    arns.map(|arn| arn.rsplit(':').next().unwrap()).collect()
}

#[tokio::test]
async fn no_byte_of_one_person_is_left_and_all_of_the_other_goes_on() {
    let folder = folder("erasing");
    lived_in(&folder).await;
    // Eve's notes mention her, and are Eve's.
    fn adas() -> impl Iterator<Item = &'static str> {
        ADAS.into_iter().filter(|text| *text != "ada@example.com")
    }
    for text in adas() {
        assert_ne!(files_with(&folder, text), [""; 0], "{text}");
    }
    let mut person = Person::new(["+14155550123"], ["Ada@Example.com"], []);
    let found = find(&folder, &mut person);
    assert_eq!(names(&found), ["key-ada", "wait-key-ada", "call-key-ada"]);
    assert_eq!(found.log_records, 2);
    assert_eq!(found.mentioned_in.len(), 1);
    let keys: Vec<&str> = person.keys().collect();
    assert_eq!(keys, ["00Q-ada", "contact-ada", "key-ada"]);
    let erased = DataFolder::open(&folder).unwrap().erase_person(&person, &found);
    erased.unwrap();
    for text in adas() {
        assert_eq!(files_with(&folder, text), [""; 0], "{text}");
    }
    let found = find(&folder, &mut person);
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(found.mentioned_in.len(), 1);

    for text in ["14155550199", "bob@example.com", "Builder", "contact-bob"] {
        assert_ne!(files_with(&folder, text), [""; 0], "{text}");
    }
    let process = Process::start(&folder);
    assert_eq!(process.going_on, 1, "Bob's wait");
    let arn = |machine: &str, name: &str| {
        format!("arn:aws:states:us-east-1:000000000000:execution:{machine}:{name}")
    };
    for (machine, of, events) in
        [("Pass", "key-", 4), ("Wait", "wait-key-", 2), ("Call", "call-key-", 8)]
    {
        let history = process.engine.history(&arn(machine, &format!("{of}bob"))).unwrap();
        assert_eq!(history.len(), events, "{machine}");
        let gone = process.engine.describe(&arn(machine, &format!("{of}ada"))).unwrap_err();
        assert!(matches!(gone, EngineError::ExecutionDoesNotExist(_)), "{gone}");
    }
    // Her name is free again, and numbers are found under whatever key the folder has.
    process.start_execution("Pass", "key-ada", Time::Real);
    process.engine.settled().await.unwrap();
    drop(process);
}

#[tokio::test]
async fn an_address_in_bytes_that_no_row_has_any_more_is_found_and_written_over() {
    let folder = folder("erasing-leftovers");
    let process = Process::start(&folder);
    process.create("Pass", &pass());
    let input = intake("Lovelace", "+14155550123", "ada@example.com");
    process.start_with_input("Pass", "key-ada", &input);
    process.engine.settled().await.unwrap();
    let now = atlas_core::Timestamp::from_millis(i64::MAX / 2);
    assert_eq!(process.store.forget_ended_before(now).await.unwrap(), 1);
    drop(process);
    assert_ne!(
        files_with(&folder, "ada@example.com"),
        [""; 0],
        "what is forgotten leaves its bytes"
    );
    let mut person = Person::new([], ["ada@example.com"], []);
    let found = find(&folder, &mut person);
    assert!(found.executions.is_empty() && found.has_leftovers);
    DataFolder::open(&folder).unwrap().erase_person(&person, &found).unwrap();
    assert_eq!(files_with(&folder, "ada@example.com"), [""; 0]);
    assert!(find(&folder, &mut person).is_empty());
}
