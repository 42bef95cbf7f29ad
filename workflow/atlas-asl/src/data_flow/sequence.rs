//! Sequences of states, what each of them needs, and which could go side by side.

use std::collections::{BTreeSet, HashMap};

use super::after::{Data, take_through};
use crate::{
    model::{
        Flow, LocatedFlow, QueryLanguage, State, StateKind, StateMachine, Transition,
        escape_pointer,
    },
    resource::Resource,
};

/// The data flow of a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFlow {
    sequences: Vec<Sequence>,
}

/// States that follow each other whenever the first succeeds, of which some could go side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence {
    states: Vec<Step>,
}

/// A state of a sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// Its JSON pointer.
    pub pointer: String,
    /// The states of the sequence whose results it reads, by their number in it.
    pub needs: Vec<usize>,
    /// Whether it does anything: a Pass only moves data.
    pub is_work: bool,
    /// Whether it only reads, as far as the name of what it calls says.
    pub only_reads: bool,
}

/// A state, and those before it that it needs nothing of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Independent<'a> {
    /// The state.
    pub later: &'a Step,
    /// Those before it.
    pub earlier: Vec<&'a Step>,
}

impl Independent<'_> {
    /// In words.
    pub fn words(&self) -> String {
        format!("`{}` needs nothing of {}", self.later.name, named(&self.earlier))
    }
}

fn named(states: &[&Step]) -> String {
    let names: Vec<String> = states.iter().map(|state| format!("`{}`", state.name)).collect();
    names.join(", ")
}

impl DataFlow {
    /// The data flow of a machine, which need not be valid: what is unclear is taken for needed.
    pub fn of(machine: &StateMachine) -> Self {
        let mut sequences = Vec::new();
        for LocatedFlow { pointer, flow, .. } in machine.flows() {
            for chain in chains(flow) {
                let sequence = follow(&chain, &pointer, machine.query_language);
                if !sequence.independent().is_empty() {
                    sequences.push(sequence);
                }
            }
        }
        Self { sequences }
    }

    /// The sequences in which states could go side by side.
    pub fn sequences(&self) -> &[Sequence] {
        &self.sequences
    }
}

impl Sequence {
    /// Its states, in their order.
    pub fn states(&self) -> &[Step] {
        &self.states
    }

    /// Each state that needs nothing of some before it, not even through others.
    pub fn independent(&self) -> Vec<Independent<'_>> {
        let mut found = Vec::new();
        for (number, later) in self.states.iter().enumerate().filter(|(_, it)| it.is_work) {
            let needed = self.all_needs(number);
            let earlier: Vec<&Step> = self.states[..number]
                .iter()
                .enumerate()
                .filter(|(at, it)| it.is_work && !needed.contains(at))
                .map(|(_, it)| it)
                .collect();
            if !earlier.is_empty() {
                found.push(Independent { later, earlier });
            }
        }
        found
    }

    /// What would be otherwise outside if they went side by side, in words: what data does not tell.
    pub fn remaining_orders(&self) -> Vec<String> {
        let act = |pair: &Independent<'_>| !pair.later.only_reads;
        let orders = self.independent().into_iter().filter(act).map(|pair| {
            let acting: Vec<&Step> =
                pair.earlier.iter().copied().filter(|earlier| !earlier.only_reads).collect();
            let failing =
                format!("`{}` acts even where {} fails", pair.later.name, named(&pair.earlier));
            if acting.is_empty() {
                failing
            } else {
                format!("{failing}, and may act before {} has", named(&acting))
            }
        });
        orders.collect()
    }

    fn all_needs(&self, number: usize) -> BTreeSet<usize> {
        let mut needed = BTreeSet::new();
        let mut open = vec![number];
        while let Some(at) = open.pop() {
            for need in &self.states[at].needs {
                if needed.insert(*need) {
                    open.push(*need);
                }
            }
        }
        needed
    }
}

/// Chains of states that only `Next` leads through: nothing else leads into their middle, nothing waits or
/// decides in between.
fn chains(flow: &Flow) -> Vec<Vec<(&str, &State)>> {
    let mut led_to: HashMap<&str, usize> = HashMap::new();
    if let Some(start) = &flow.start_at {
        *led_to.entry(start.as_str()).or_default() += 1;
    }
    for (_, state) in &flow.states {
        for (_, target) in state.targets() {
            *led_to.entry(target.as_str()).or_default() += 1;
        }
    }
    let next = |state: &State| -> Option<(&str, &State)> {
        let Some(Transition::Next(name)) = state.transition() else { return None };
        let (name, next) = flow.states.iter().find(|(known, _)| known == name)?;
        Some((name.as_str(), next))
    };
    let follows = |state: &State| {
        next(state).filter(|(name, next)| {
            moves(state) && moves(next) && led_to.get(name).copied() == Some(1)
        })
    };
    let followers: BTreeSet<&str> =
        flow.states.iter().filter_map(|(_, state)| follows(state)).map(|(name, _)| name).collect();
    let mut chains = Vec::new();
    for (name, state) in &flow.states {
        if followers.contains(name.as_str()) {
            continue;
        }
        let mut chain = vec![(name.as_str(), state)];
        // A chain that came back to itself would have no first state.
        while let Some((_, last)) = chain.last()
            && let Some(next) = follows(last)
        {
            chain.push(next);
        }
        if chain.len() > 1 {
            chains.push(chain);
        }
    }
    chains
}

/// Whether a state goes on to the next as soon as it is done.
fn moves(state: &State) -> bool {
    match &state.kind {
        StateKind::Task(_) | StateKind::Pass(_) | StateKind::Parallel(_) | StateKind::Map(_) => {
            true
        }
        StateKind::Choice(_) | StateKind::Wait(_) | StateKind::Succeed(_) | StateKind::Fail(_) => {
            false
        }
    }
}

fn follow(chain: &[(&str, &State)], pointer: &str, machine: Option<QueryLanguage>) -> Sequence {
    let mut data = Data::default();
    let states = chain.iter().enumerate().map(|(number, (name, state))| {
        let needs = take_through(&mut data, number, state, state.language(machine));
        Step {
            name: (*name).to_owned(),
            pointer: format!("{pointer}/States/{}", escape_pointer(name)),
            needs: needs.into_iter().collect(),
            is_work: !matches!(state.kind, StateKind::Pass(_)),
            only_reads: only_reads(state),
        }
    });
    Sequence { states: states.collect() }
}

/// Whether a state only reads, as far as the name of what it calls says. What stands in a Parallel or a Map may
/// do anything.
fn only_reads(state: &State) -> bool {
    let StateKind::Task(task) = &state.kind else {
        return matches!(state.kind, StateKind::Pass(_));
    };
    match Resource::parse(&task.resource) {
        Ok(Resource::Integration { action, .. } | Resource::AwsSdk { action, .. }) => {
            ["batchGet", "describe", "get", "head", "list", "query", "scan"]
                .iter()
                .any(|word| action.starts_with(word))
        }
        Ok(Resource::Function { .. } | Resource::Activity { .. }) | Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::parse::parse;

    /// A chain of Tasks, each with these fields, in this language; the expectation is in words.
    fn check(language: &str, states: &[(&str, Value)], expected: &[&str]) {
        let mut all = serde_json::Map::new();
        for (at, (name, fields)) in states.iter().enumerate() {
            let mut state = json!({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke"});
            match states.get(at + 1) {
                Some((next, _)) => state["Next"] = json!(next),
                None => state["End"] = json!(true),
            }
            for (field, value) in fields.as_object().unwrap() {
                state[field] = value.clone();
            }
            all.insert((*name).to_owned(), state);
        }
        let machine = json!({
            "QueryLanguage": language, "StartAt": states[0].0, "States": Value::Object(all)
        });
        let parsed = parse(&machine.to_string()).machine.unwrap();
        let flow = DataFlow::of(&parsed);
        let told: Vec<String> = flow
            .sequences()
            .iter()
            .flat_map(|sequence| sequence.independent().into_iter().map(|it| it.words()))
            .collect();
        assert_eq!(told, expected, "{machine:#}");
    }

    const PAYLOAD: &str = "Parameters";

    #[test]
    fn paths_lead_to_the_states_whose_results_they_read() {
        let reads = |path: &str| json!({PAYLOAD: {"x.$": path}, "ResultPath": "$.own"});
        let at = |path: &str, result: &str| json!({PAYLOAD: {"x.$": path}, "ResultPath": result});
        check(
            "JSONPath",
            &[("A", at("$.id", "$.a")), ("B", at("$.id", "$.b"))],
            &["`B` needs nothing of `A`"],
        );
        check("JSONPath", &[("A", at("$.id", "$.a")), ("B", at("$.a.x", "$.b"))], &[]);
        // Without Parameters all of the input is sent.
        check("JSONPath", &[("A", at("$.id", "$.a")), ("B", json!({}))], &[]);
        check(
            "JSONPath",
            &[("A", at("$.id", "$.a")), ("B", json!({"InputPath": "$.id"}))],
            &["`B` needs nothing of `A`"],
        );
        // The result takes the place of all.
        check(
            "JSONPath",
            &[("A", json!({PAYLOAD: {"x.$": "$.id"}})), ("B", at("$.id", "$.b"))],
            &[],
        );
        check(
            "JSONPath",
            &[("A", json!({PAYLOAD: {}, "ResultPath": null})), ("B", reads("$.id"))],
            &["`B` needs nothing of `A`"],
        );
        check("JSONPath", &[("A", at("$.id", "$.a")), ("B", at("$..id", "$.b"))], &[]);
        check(
            "JSONPath",
            &[("A", at("$.id", "$.a")), ("B", at("$.list[?(@.id == $.a)]", "$.b"))],
            &[],
        );
        check(
            "JSONPath",
            &[("A", at("$.id", "$.a")), ("B", at("States.Format('{}', $.a)", "$.b"))],
            &[],
        );
        check(
            "JSONPath",
            &[("A", at("$.id", "$.a")), ("B", at("States.Format('{}', $.id)", "$.b"))],
            &["`B` needs nothing of `A`"],
        );
        check(
            "JSONPath",
            &[("A", at("$.id", "$.a")), ("B", at("$$.Execution.Input.id", "$.b"))],
            &["`B` needs nothing of `A`"],
        );
    }

    #[test]
    fn data_is_followed_through_passes_and_variables() {
        let at = |path: &str, result: &str| json!({PAYLOAD: {"x.$": path}, "ResultPath": result});
        let pass = |fields: Value| {
            let mut fields = fields;
            fields["Type"] = json!("Pass");
            fields["Resource"] = Value::Null;
            fields
        };
        check(
            "JSONPath",
            &[
                ("A", at("$.id", "$.a")),
                ("P", pass(json!({PAYLOAD: {"id.$": "$.id", "kept.$": "$.a"}}))),
                ("B", at("$.id", "$.b")),
                ("C", at("$.kept.x", "$.c")),
            ],
            &["`B` needs nothing of `A`", "`C` needs nothing of `B`"],
        );
        check(
            "JSONPath",
            &[
                ("A", json!({PAYLOAD: {}, "ResultPath": null, "Assign": {"v.$": "$.Payload"}})),
                ("B", at("$v", "$.b")),
                ("C", at("$.id", "$.c")),
            ],
            &["`C` needs nothing of `A`, `B`"],
        );
    }

    #[test]
    fn expressions_lead_to_the_states_whose_results_they_read() {
        let arguments = |text: &str| json!({"Arguments": {"x": format!("{{% {text} %}}")}});
        let kept = |text: &str, output: &str| {
            let mut fields = arguments(text);
            fields["Output"] = json!(format!("{{% {output} %}}"));
            fields
        };
        check(
            "JSONata",
            &[("A", arguments("$states.input.id")), ("B", arguments("$states.input.id"))],
            &[],
        );
        check(
            "JSONata",
            &[("A", kept("1", "$states.input")), ("B", arguments("$states.input.id"))],
            &["`B` needs nothing of `A`"],
        );
        check(
            "JSONata",
            &[
                ("A", kept("1", "$merge([$states.input, {'a': $states.result}])")),
                ("B", arguments("$states.input.id")),
            ],
            &[],
        );
        let object = json!({
            "Arguments": {}, "Output": {"id": "{% $states.input.id %}", "a": "{% $states.result %}"}
        });
        check(
            "JSONata",
            &[("A", object), ("B", arguments("$states.input.id"))],
            &["`B` needs nothing of `A`"],
        );
        let assigning = json!({"Arguments": {}, "Assign": {"v": "{% $states.result.x %}"}});
        check(
            "JSONata",
            &[
                ("A", assigning.clone()),
                ("B", arguments("$v")),
                ("C", arguments("$states.context.Execution.Input.id")),
            ],
            &["`C` needs nothing of `A`, `B`"],
        );
        check("JSONata", &[("A", assigning), ("B", arguments("($w := $v; $w & 'x')"))], &[]);
    }

    #[test]
    fn what_is_decided_or_waited_for_in_between_keeps_its_order() {
        let machine = json!({"StartAt": "A", "States": {
            "A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {},
                  "ResultPath": null, "Next": "W"},
            "W": {"Type": "Wait", "Seconds": 1, "Next": "B"},
            "B": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {},
                  "ResultPath": null, "Next": "C"},
            "C": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsPresent": true, "Next": "B"}],
                  "Default": "D"},
            "D": {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:getItem", "Parameters": {},
                  "ResultPath": null, "Next": "E"},
            "E": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {},
                  "ResultPath": null, "End": true},
        }});
        let flow = DataFlow::of(&parse(&machine.to_string()).machine.unwrap());
        let [sequence] = flow.sequences() else { panic!("{flow:?}") };
        let words: Vec<String> = sequence.independent().iter().map(Independent::words).collect();
        assert_eq!(words, ["`E` needs nothing of `D`"]);
        assert_eq!(sequence.remaining_orders(), ["`E` acts even where `D` fails"]);
    }
}
