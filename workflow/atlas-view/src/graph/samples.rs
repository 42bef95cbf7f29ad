//! Machines to draw.

use atlas_asl::model::{
    Catcher, Choice, ChoiceRule, Count, Fail, Flow, Map, Parallel, Pass, State, StateKind,
    StateMachine, Succeed, Task, Test, Text, Transition, Wait, WaitUntil,
};
use serde_json::json;

fn machine(start: &str, states: Vec<(&str, State)>) -> StateMachine {
    StateMachine { flow: flow(start, states), ..StateMachine::default() }
}

pub(crate) fn flow(start: &str, states: Vec<(&str, State)>) -> Flow {
    Flow {
        start_at: Some(start.into()),
        states: states.into_iter().map(|(name, state)| (name.into(), state)).collect(),
    }
}

/// `Next` of this name; of `""`, `End`.
fn to(next: &str) -> Option<Transition> {
    Some(if next.is_empty() { Transition::End } else { Transition::Next(next.into()) })
}

fn catch(errors: &[&str], next: &str) -> Catcher {
    Catcher {
        error_equals: errors.iter().map(|error| (*error).to_owned()).collect(),
        next: Some(next.into()),
        ..Catcher::default()
    }
}

pub(crate) fn task(resource: &str, next: &str, catch: Vec<Catcher>) -> State {
    State::new(StateKind::Task(Box::new(Task {
        resource: resource.to_owned(),
        transition: to(next),
        catch,
        ..Task::default()
    })))
}

pub(crate) fn pass(next: &str) -> State {
    State::new(StateKind::Pass(Pass { transition: to(next), ..Pass::default() }))
}

fn wait(seconds: u64, next: &str) -> State {
    State::new(StateKind::Wait(Wait {
        until: Some(WaitUntil::Seconds(Count::Literal(seconds))),
        transition: to(next),
    }))
}

fn choice(rules: &[(&str, &str)], default: &str) -> State {
    let choices = rules
        .iter()
        .map(|(condition, next)| ChoiceRule {
            comment: None,
            test: Some(Test::Condition(json!(format!("{{% {condition} %}}")))),
            next: Some((*next).into()),
            assign: None,
            output: None,
        })
        .collect();
    State::new(StateKind::Choice(Choice { choices, default: Some(default.into()) }))
}

fn fail(error: &str) -> State {
    State::new(StateKind::Fail(Fail { error: Some(Text::Literal(error.to_owned())), cause: None }))
}

fn succeed() -> State {
    State::new(StateKind::Succeed(Succeed))
}

pub(crate) fn map(processor: Flow, next: &str) -> State {
    State::new(StateKind::Map(Box::new(Map { processor, transition: to(next), ..Map::default() })))
}

fn parallel(branches: Vec<Flow>, next: &str, catch: Vec<Catcher>) -> State {
    State::new(StateKind::Parallel(Box::new(Parallel {
        branches,
        transition: to(next),
        catch,
        ..Parallel::default()
    })))
}

pub(crate) const INVOKE: &str = "arn:aws:states:::lambda:invoke";

/// The machine that takes a lead to the start of its call.
pub(crate) fn lead() -> StateMachine {
    machine(
        "CheckLead",
        vec![
            (
                "CheckLead",
                choice(&[("$exists($states.input.lead.phone)", "Prepare")], "InvalidLead"),
            ),
            ("InvalidLead", fail("Input.Invalid")),
            (
                "Prepare",
                parallel(
                    vec![
                        flow("CreateLead", vec![("CreateLead", task(INVOKE, "", vec![]))]),
                        flow(
                            "GenerateScenario",
                            vec![
                                (
                                    "GenerateScenario",
                                    task(
                                        INVOKE,
                                        "",
                                        vec![catch(&["States.ALL"], "UseTemplateScenario")],
                                    ),
                                ),
                                ("UseTemplateScenario", pass("")),
                            ],
                        ),
                        flow("PrepareCallContext", vec![("PrepareCallContext", pass(""))]),
                    ],
                    "StartCall",
                    vec![catch(&["States.ALL"], "ParkLead")],
                ),
            ),
            (
                "StartCall",
                task(
                    "arn:aws:states:::states:startExecution",
                    "",
                    vec![
                        catch(
                            &["StepFunctions.ExecutionAlreadyExistsException"],
                            "CallAlreadyStarted",
                        ),
                        catch(&["States.ALL"], "ParkLead"),
                    ],
                ),
            ),
            ("CallAlreadyStarted", succeed()),
            ("ParkLead", task("arn:aws:states:::dynamodb:putItem", "LeadParked", vec![])),
            ("LeadParked", fail("Lead.Parked")),
        ],
    )
}

/// The machine that makes the call and reports how it went.
pub(crate) fn call() -> StateMachine {
    machine(
        "InvokeOutboundCall",
        vec![
            (
                "InvokeOutboundCall",
                task(
                    "arn:aws:states:::lambda:invoke.waitForTaskToken",
                    "ShouldRedial",
                    vec![
                        catch(
                            &[
                                "Connect.DestinationNotAllowed",
                                "Connect.NotPermitted",
                                "Call.NotAllowed",
                            ],
                            "NotPlaced",
                        ),
                        catch(&["States.ALL"], "OutcomeUnknown"),
                    ],
                ),
            ),
            ("NotPlaced", pass("UpdateLead")),
            ("OutcomeUnknown", pass("UpdateLead")),
            (
                "ShouldRedial",
                choice(
                    &[(
                        "$outcome in ['BUSY', 'NO_ANSWER'] and $attempt < $maxAttempts",
                        "WaitToRedial",
                    )],
                    "UpdateLead",
                ),
            ),
            ("WaitToRedial", wait(300, "InvokeOutboundCall")),
            ("UpdateLead", task(INVOKE, "Done", vec![catch(&["States.ALL"], "ParkOutcome")])),
            ("ParkOutcome", task("arn:aws:states:::dynamodb:putItem", "OutcomeParked", vec![])),
            ("OutcomeParked", fail("Outcome.Parked")),
            ("Done", succeed()),
        ],
    )
}

/// Names that try to leave their quotes.
pub(crate) fn hostile() -> StateMachine {
    machine(
        "end",
        vec![
            ("end", choice(&[("$a = \"x\" & `y` %%", "quote\" --> x[")], "subgraph\nend")),
            ("quote\" --> x[", pass("<script>alert(1)</script>&amp;")),
            ("<script>alert(1)</script>&amp;", pass("back\\slash \\N")),
            ("back\\slash \\N", pass("#35; %% `md` ;")),
            ("#35; %% `md` ;", pass("\u{1b}[31m\u{202e}電話 📞")),
            ("\u{1b}[31m\u{202e}電話 📞", pass("]]>")),
            ("]]>", pass("")),
            ("subgraph\nend", map(flow("class", vec![("class", pass(""))]), "")),
        ],
    )
}

/// No state at all.
pub(crate) fn empty() -> StateMachine {
    StateMachine::default()
}

/// Targets that are not there, states that nothing leads to, groups without states.
pub(crate) fn broken() -> StateMachine {
    machine(
        "First",
        vec![
            ("First", pass("Nowhere")),
            ("Alone", pass("AfterAlone")),
            ("AfterAlone", pass("")),
            ("Hollow", parallel(vec![Flow::default()], "", vec![])),
            ("BranchLess", parallel(vec![], "", vec![])),
            ("Round", pass("Round")),
        ],
    )
}

fn numbered(count: usize, state: impl Fn(usize, &str) -> State) -> StateMachine {
    let states = (0..count)
        .map(|index| {
            let next = if index + 1 < count { format!("S{}", index + 1) } else { String::new() };
            (format!("S{index}").into(), state(index, &next))
        })
        .collect();
    StateMachine { flow: Flow { start_at: Some("S0".into()), states }, ..StateMachine::default() }
}

pub(crate) fn chain(count: usize) -> StateMachine {
    numbered(count, |_, next| pass(next))
}

pub(crate) fn chain_with_catch(count: usize) -> StateMachine {
    let last = format!("S{}", count - 1);
    numbered(count, |_, next| {
        let catchers = if next.is_empty() { vec![] } else { vec![catch(&["States.ALL"], &last)] };
        task(INVOKE, next, catchers)
    })
}

pub(crate) fn ladder(count: usize) -> StateMachine {
    let last = format!("S{}", count - 1);
    numbered(
        count,
        |_, next| {
            if next.is_empty() { pass("") } else { choice(&[("$a", next)], &last) }
        },
    )
}

pub(crate) fn sawtooth(count: usize) -> StateMachine {
    numbered(
        count,
        |_, next| {
            if next.is_empty() { pass("") } else { choice(&[("$a", "S0")], next) }
        },
    )
}

pub(crate) fn fan(count: usize) -> StateMachine {
    let names: Vec<String> = (1..count).map(|index| format!("S{index}")).collect();
    let rules: Vec<(&str, &str)> = names.iter().map(|name| ("$a", name.as_str())).collect();
    numbered(count, |index, _| if index == 0 { choice(&rules, "S1") } else { pass("") })
}

/// Parallel in Map in Parallel, this many deep.
pub(crate) fn nested(depth: usize) -> StateMachine {
    let mut flow = flow("Core", vec![("Core", pass(""))]);
    for level in (0..depth).rev() {
        let name = format!("Level{level}");
        let state = if level % 2 == 0 { parallel(vec![flow], "", vec![]) } else { map(flow, "") };
        flow = Flow {
            start_at: Some(name.as_str().into()),
            states: vec![(name.as_str().into(), state)],
        };
    }
    StateMachine { flow, ..StateMachine::default() }
}
