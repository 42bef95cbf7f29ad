//! Machines as they are created, changed and deleted, beside what runs of them.

use atlas_asl::{model::ExecutionType, model::StateMachine, parse};
use serde_json::json;

use super::{create_as, only, options, request, start, told};
use crate::{
    Engine, MachineUpdate, NewMachine, Settings,
    archive::{Listing, Of},
};

const ONE: &str =
    r#"{"StartAt":"P","States":{"P":{"Type":"Wait","Seconds":1,"Comment":"1","End":true}}}"#;
const TWO: &str =
    r#"{"StartAt":"P","States":{"P":{"Type":"Wait","Seconds":2,"Comment":"2","End":true}}}"#;

fn parsed(text: &str) -> StateMachine {
    parse::parse(text).machine.unwrap()
}

fn new<'a>(definition: &'a StateMachine, text: &'a str, role_arn: &'a str) -> NewMachine<'a> {
    NewMachine {
        name: "M",
        execution_type: ExecutionType::Standard,
        definition,
        text: Some(text),
        role_arn: Some(role_arn),
        settings: Settings::default(),
    }
}

#[tokio::test]
async fn the_same_text_is_the_same_machine_whatever_its_role() {
    let engine = Engine::new(options());
    let definition = parsed(ONE);
    let first = engine.create_machine(new(&definition, ONE, "r")).unwrap();
    let again = engine.create_machine(new(&definition, ONE, "another")).unwrap();
    assert_eq!((&again.created_at, &*again.role_arn), (&first.created_at, "r"));
    let spaced = ONE.replace(':', ": ");
    let otherwise = Settings { tracing: Some(json!({"enabled": true})), ..Settings::default() };
    for other in [
        new(&definition, &spaced, "r"),
        NewMachine { execution_type: ExecutionType::Express, ..new(&definition, ONE, "r") },
        NewMachine { settings: otherwise, ..new(&definition, ONE, "r") },
    ] {
        let refused = engine.create_machine(other).unwrap_err();
        assert_eq!(refused.exception(), Some("StateMachineAlreadyExists"));
    }
}

#[tokio::test]
async fn an_update_makes_a_revision_only_where_it_changes_something() {
    let engine = Engine::new(options());
    let (one, two) = (parsed(ONE), parsed(TWO));
    let machine = engine.create_machine(new(&one, ONE, "r")).unwrap();
    let update = |update| engine.update_state_machine(&machine.arn, &update).unwrap();
    let same = MachineUpdate { definition: Some((&one, ONE)), ..MachineUpdate::default() };
    assert_eq!(update(same).revision_id, None);
    let other = MachineUpdate { definition: Some((&two, TWO)), ..MachineUpdate::default() };
    let changed = update(other);
    assert!(changed.revision_id.is_some());
    assert_eq!((&*changed.text, &*changed.role_arn), (TWO, "r"));
    let same = MachineUpdate { role_arn: Some("r"), ..MachineUpdate::default() };
    assert_eq!(update(same).revision_id, changed.revision_id);
    let role = MachineUpdate { role_arn: Some("s"), ..MachineUpdate::default() };
    assert_ne!(update(role).revision_id, changed.revision_id);
    let unknown = engine.update_state_machine("arn:x", &MachineUpdate::default()).unwrap_err();
    assert_eq!(unknown.exception(), Some("StateMachineDoesNotExist"));
}

#[tokio::test(start_paused = true)]
async fn what_runs_keeps_the_machine_that_it_was_started_with() {
    let engine = Engine::new(options());
    let (one, two) = (parsed(ONE), parsed(TWO));
    let machine = engine.create_machine(new(&one, ONE, "r")).unwrap();
    let real = crate::StartRequest { time: crate::Time::Real, ..request("M") };
    let started = engine.start(real).unwrap();
    let other = MachineUpdate { definition: Some((&two, TWO)), ..MachineUpdate::default() };
    engine.update_state_machine(&machine.arn, &other).unwrap();
    engine.delete_state_machine(&machine.arn).unwrap();
    assert_eq!(engine.state_machines().len(), 0);
    assert_eq!(told(&engine.wait(&started.execution_arn).await.unwrap()), "{}");
    let described = engine.describe(&started.execution_arn).unwrap();
    assert_eq!(&*described.machine.text, ONE);
    assert_eq!(described.ended_at.unwrap().millis_since(described.started_at), 1_000);
}

#[tokio::test]
async fn executions_of_a_machine_are_listed_from_the_newest() {
    let engine = Engine::new(options());
    let pass = only(json!({"Type": "Pass", "End": true}));
    super::create(&engine, "M", &pass);
    super::create(&engine, "Other", &pass);
    start(&engine, "Other");
    for name in ["a", "b", "c"] {
        engine.start(crate::StartRequest { name: Some(name.into()), ..request("M") }).unwrap();
    }
    let arn = engine.state_machine("M").unwrap().arn.clone();
    let listed = engine.list(&Listing::of(Of::Arn(&arn), 100)).unwrap().executions;
    let names: Vec<&str> = listed.iter().map(|one| &*one.identity.execution_name).collect();
    assert_eq!(names, ["c", "b", "a"]);
}

#[tokio::test]
async fn an_express_execution_is_over_after_five_minutes() {
    let engine = Engine::new(options());
    for (own, seconds) in [(None, 300), (Some(10), 10), (Some(600), 300)] {
        let name = format!("M{seconds}-{}", own.is_some());
        let mut machine = only(json!({"Type": "Wait", "Seconds": 1000, "End": true}));
        if let Some(own) = own {
            machine["TimeoutSeconds"] = own.into();
        }
        create_as(&engine, &name, ExecutionType::Express, &machine);
        let started = start(&engine, &name);
        let outcome = engine.wait(&started.execution_arn).await.unwrap();
        assert_eq!(told(&outcome), "TIMED_OUT -: -");
        let ended_at = engine.describe(&started.execution_arn).unwrap().ended_at.unwrap();
        assert_eq!(ended_at.millis_since(started.started_at), seconds * 1000);
    }
}
