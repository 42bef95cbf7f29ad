//! How long functions and states take, as `atlas profile --format json` tells it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{DataError, Decimal, dated};

const WHAT: &str = "the measured durations";
const BUILT_IN: &str = include_str!("../data/measured.json");

/// Durations in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// When and how, for whoever reads the result.
    pub origin: String,
    /// By function: how long its handler takes in an environment that is there.
    pub(crate) handlers: BTreeMap<String, Decimal>,
    /// By function: how long a new environment takes before the handler.
    pub(crate) starts: BTreeMap<String, Decimal>,
    /// By machine and state.
    pub(crate) states: BTreeMap<(String, String), Decimal>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    /// Of the built-in one.
    #[serde(default)]
    measured_on: Option<String>,
    /// Which makes a difference to the durations.
    #[serde(default)]
    measured_with: Option<String>,
    #[serde(default)]
    runs: u64,
    functions: Vec<Function>,
    states: Vec<State>,
}

#[derive(Deserialize)]
struct Function {
    function: String,
    warm: Took,
    #[serde(default)]
    first: Took,
    #[serde(default)]
    phases: Vec<Phase>,
}

#[derive(Deserialize)]
struct Phase {
    took: Took,
}

#[derive(Deserialize)]
struct State {
    place: Place,
    took: Took,
}

#[derive(Deserialize)]
struct Place {
    machine: Option<String>,
    state: Option<String>,
}

#[derive(Default, Clone, Copy, Deserialize)]
struct Took {
    count: u64,
    mean: f64,
}

impl Measured {
    /// Those that come with Atlas.
    pub fn built_in() -> Self {
        Self::read(BUILT_IN, "built in").expect("a test reads the built-in durations")
    }

    /// The built-in ones, with those of a report of `atlas profile` in their place where it has them.
    pub fn parse(text: &str, name: &str) -> Result<Self, DataError> {
        let (mut all, fresh) = (Self::built_in(), Self::read(text, name)?);
        if fresh.handlers.is_empty() && fresh.states.is_empty() {
            return Err(DataError::new(
                WHAT,
                "no function and no state in it; expected a profile of whole runs",
            ));
        }
        let known: Vec<&String> = fresh.handlers.keys().collect();
        if known.iter().all(|name| !all.handlers.contains_key(*name)) {
            return Err(DataError::new(WHAT, "no function in it is one of the pipeline"));
        }
        all.origin = format!(
            "{} for {} functions and {} states; the rest: {}",
            fresh.origin,
            fresh.handlers.len(),
            fresh.states.len(),
            all.origin
        );
        all.handlers.extend(fresh.handlers);
        all.starts.extend(fresh.starts);
        all.states.extend(fresh.states);
        Ok(all)
    }

    fn read(text: &str, name: &str) -> Result<Self, DataError> {
        let report: Report = dated::read(WHAT, text)?;
        let of = |what: &str, took: Took| {
            Decimal::of_measurement(took.mean).ok_or_else(|| {
                DataError::new(WHAT, format!("`{what}` takes {} ms; expected 0 or more", took.mean))
            })
        };
        let mut measured = Self {
            origin: match report.measured_on {
                Some(date) => {
                    let with = report.measured_with.map(|with| format!(", with {with}"));
                    format!("measured on {date}{} ({name})", with.unwrap_or_default())
                }
                None => format!("{name}, {} runs", report.runs),
            },
            handlers: BTreeMap::new(),
            starts: BTreeMap::new(),
            states: BTreeMap::new(),
        };
        for Function { function, warm, first, phases } in report.functions {
            let took = if warm.count > 0 { warm } else { first };
            if took.count > 0 {
                measured.handlers.insert(function.clone(), of(&function, took)?);
            }
            if !phases.is_empty() {
                let phases = phases.iter().map(|phase| of(&function, phase.took));
                let all = phases.collect::<Result<Vec<Decimal>, _>>()?;
                measured.starts.insert(function, all.into_iter().sum());
            }
        }
        for State { place, took } in report.states {
            if let (Some(machine), Some(state)) = (place.machine, place.state) {
                let took = of(&state, took)?;
                measured.states.insert((machine, state), took);
            }
        }
        Ok(measured)
    }

    /// How long a handler takes; nothing where nobody measured it.
    pub(crate) fn handler(&self, name: &str) -> Decimal {
        self.handlers.get(name).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_and_every_handler_of_the_definitions_is_measured() {
        let measured = Measured::built_in();
        for definition in definitions::machines() {
            for located in definition.machine.states() {
                let key = (definition.name.to_owned(), located.name.to_string());
                assert!(measured.states.contains_key(&key), "{key:?}");
            }
        }
        for function in definitions::resources::FUNCTIONS {
            assert!(!measured.handler(function.name).is_zero(), "{}", function.name);
        }
    }

    #[test]
    fn the_built_in_durations_say_when_and_with_what_they_were_measured() {
        let origin = Measured::built_in().origin;
        assert!(origin.starts_with("measured on 20"), "{origin}");
        assert!(
            origin.contains("with a debug build") && origin.ends_with("(built in)"),
            "{origin}"
        );
    }

    #[test]
    fn a_fresh_report_takes_the_place_of_what_it_measured() {
        let fresh = r#"{"runs": 5, "states": [], "functions": [
            {"function": "UpdateLeadHandler", "warm": {"count": 5, "mean": 17.25}}]}"#;
        let measured = Measured::parse(fresh, "fresh.json").unwrap();
        assert_eq!(measured.handler("UpdateLeadHandler").to_string(), "17.25");
        let built_in = Measured::built_in();
        assert_eq!(measured.handler("CreateLeadHandler"), built_in.handler("CreateLeadHandler"));
        assert!(measured.origin.starts_with("fresh.json, 5 runs for 1 functions"));
    }

    #[test]
    fn what_is_no_report_is_refused() {
        let check = |text: &str, expected: &str| {
            let error = Measured::parse(text, "x").unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        };
        check("{}", "missing field");
        check("[", "EOF");
        check(r#"{"functions": [], "states": []}"#, "no function and no state");
        let foreign =
            r#"{"states": [], "functions": [{"function": "f", "warm": {"count": 1, "mean": 1}}]}"#;
        check(foreign, "no function in it is one of the pipeline");
        check(&foreign.replace("\"mean\": 1}", "\"mean\": -1}"), "`f` takes -1 ms");
    }
}
