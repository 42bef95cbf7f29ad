//! One machine: what is wrong with it, what would be better, and what of that holds when it is tried.

use std::collections::BTreeSet;

use atlas_asl::{
    diagnostic::{self, Diagnostic, Severity},
    model::{ExecutionType, StateMachine},
    parse::parse,
    validate::{self, NoContract},
};
use serde_json::Value;

use crate::{
    findings::{Code, Cx, Finding, Rewriting, express, look},
    limits::{MOST_STATES, MOST_TRIED},
    rewriting::{Edit, apply, plans},
    template::Placeholders,
    trial::{GivenCase, Latencies, NotRunnable, Trial, compare, shortened},
};

/// What to examine, and how.
#[derive(Debug)]
pub struct Request<'a> {
    /// The definition, in JSON.
    pub definition: &'a str,
    /// What it is run as.
    pub execution_type: ExecutionType,
    /// How long calls take.
    pub latencies: &'a Latencies,
    /// Cases that somebody wrote; where there are none, they are made up.
    pub cases: &'a [GivenCase],
    /// Whether it is rewritten also where somebody has to confirm something.
    pub with_unconfirmed: bool,
    /// What stands for functions, where it is of a template, which fills in `${Name}` in its texts.
    pub placeholders: Option<&'a Placeholders>,
}

/// What was found.
#[derive(Debug)]
pub struct Examination {
    /// What is wrong, as `atlas validate` says it, at its place in the definition's text.
    pub diagnostics: Vec<Diagnostic>,
    /// What would be better.
    pub findings: Vec<Finding>,
    /// The definition as it was, and rewritten; `None` where nothing is rewritten.
    pub rewritten: Option<(Value, Value)>,
    /// Pointers of the numbers that the template fills in. They are taken for another here, so nothing is rewritten.
    pub filled_in: Vec<String>,
    /// What came of trying; `None` where the definition has errors.
    pub trial: Option<Result<Trial, NotRunnable>>,
}

/// A number that the template fills in is taken for this: a timeout as anybody might set it.
pub const FILLED_IN: u64 = 60;

/// Examines a machine.
pub fn examine(request: &Request<'_>) -> Examination {
    let Some((definition, filled_in)) = with_numbers(request) else {
        return examined(request, Vec::new());
    };
    let mut examination = examined(&Request { definition: &definition, ..*request }, filled_in);
    let places = parse(request.definition).places;
    for diagnostic in &mut examination.diagnostics {
        diagnostic.position = places.find(&diagnostic.pointer);
    }
    for finding in &mut examination.findings {
        finding.position = places.find(&finding.pointer);
    }
    examination
}

/// The definition with a number wherever a function of the template stands for one, and where that is.
fn with_numbers(request: &Request<'_>) -> Option<(String, Vec<String>)> {
    let placeholders = request.placeholders.filter(|it| !it.list().is_empty())?;
    let (_, diagnostics) = validate::check(request.definition, request.execution_type, &NoContract);
    let mut definition = serde_json::from_str::<Value>(request.definition).ok()?;
    let mut filled_in = Vec::new();
    for diagnostic in diagnostics {
        if diagnostic.code != diagnostic::Code::SchemaValidationFailed {
            continue;
        }
        let Some(place) = definition.pointer_mut(&diagnostic.pointer) else { continue };
        if place.as_str().is_some_and(|text| placeholders.is_function(text)) {
            *place = Value::from(FILLED_IN);
            filled_in.push(diagnostic.pointer);
        }
    }
    let text = definition.to_string();
    let (_, diagnostics) = validate::check(&text, request.execution_type, &NoContract);
    // Where something else than a number belongs, the first words for it are the right ones.
    let is_number = diagnostics.iter().all(|it| !filled_in.contains(&it.pointer));
    (is_number && !filled_in.is_empty()).then_some((text, filled_in))
}

fn examined(request: &Request<'_>, filled_in: Vec<String>) -> Examination {
    let (machine, mut diagnostics) =
        validate::check(request.definition, request.execution_type, &NoContract);
    diagnostics.retain(|it| match it.code {
        // They are findings here, with what to do.
        diagnostic::Code::CallbackWithoutTimeout | diagnostic::Code::NoRetryForTransientErrors => {
            false
        }
        diagnostic::Code::SubstitutionInLiteral => request.placeholders.is_none(),
        // It runs on mocks here.
        diagnostic::Code::IntegrationNotEmbedded => false,
        _ => true,
    });
    let mut examination =
        Examination { diagnostics, findings: Vec::new(), rewritten: None, filled_in, trial: None };
    let definition = serde_json::from_str::<Value>(request.definition);
    let (Some(machine), Ok(definition)) = (machine, definition) else { return examination };
    let latencies = request.latencies;
    let execution_type = request.execution_type;
    let cx = Cx { machine: &machine, definition: &definition, execution_type, latencies };
    examination.findings = look(&cx);
    let is_wrong = examination.diagnostics.iter().any(|it| it.severity == Severity::Error);
    if is_wrong {
        // What AWS refuses cannot be tried, so nothing is changed by itself.
        examination.findings.iter_mut().for_each(advise);
    } else {
        rewrite(request, &machine, &definition, &mut examination);
        let trial = examination.trial.as_ref().and_then(|it| it.as_ref().ok());
        let timed = trial.and_then(|it| it.timed.as_ref());
        express(&cx, timed, &mut examination.findings);
    }
    let places = parse(request.definition).places;
    for finding in &mut examination.findings {
        finding.position = places.find(&finding.pointer);
    }
    examination.findings.sort_by(|left, right| {
        (left.severity, left.position, left.code).cmp(&(right.severity, right.position, right.code))
    });
    examination
}

fn advise(finding: &mut Finding) {
    if finding.edit.take().is_some() {
        finding.rewriting = Rewriting::Advice;
    }
}

fn leave(finding: &mut Finding) {
    if let Rewriting::ToConfirm(orders) = &mut finding.rewriting {
        finding.rewriting = Rewriting::Unconfirmed(std::mem::take(orders));
    }
}

fn rewrite(
    request: &Request<'_>,
    machine: &StateMachine,
    definition: &Value,
    examination: &mut Examination,
) {
    if machine.states().len() > MOST_STATES {
        examination.findings.iter_mut().for_each(advise);
        let why = format!("it has more than {MOST_STATES} states");
        examination.trial = Some(Err(NotRunnable(why)));
        return;
    }
    let mut trials = Trials { request, machine, definition, left: MOST_TRIED };
    if !examination.filled_in.is_empty() {
        // The functions could not be put back in the place of numbers.
        let sequences = plans(machine, definition, request.latencies).into_iter().map(sequential);
        examination.findings.extend(sequences);
        examination.findings.iter_mut().for_each(advise);
        return trials.conclude(definition, definition, examination);
    }
    let mut rewritten = definition.clone();
    let simple = trials.hold(&mut examination.findings, &mut rewritten);
    // Sequences are looked at without the states that have gone.
    let Some(parsed) = simple.then(|| parse(&rewritten.to_string()).machine).flatten() else {
        return trials.conclude(definition, definition, examination);
    };
    let mut found: Vec<Finding> =
        plans(&parsed, &rewritten, request.latencies).into_iter().map(sequential).collect();
    trials.hold(&mut found, &mut rewritten);
    examination.findings.append(&mut found);
    trials.conclude(definition, &rewritten, examination);
}

fn sequential(plan: crate::rewriting::Plan) -> Finding {
    let branch = |members: &Vec<usize>| {
        let names: Vec<String> =
            members.iter().map(|at| format!("`{}`", plan.states[*at])).collect();
        names.join(" then ")
    };
    let branches: Vec<String> = plan.branches.iter().map(branch).collect();
    let first = atlas_asl::model::escape_pointer(&plan.states[0]);
    let more = match plan.more_entered {
        1 => "1 transition".to_owned(),
        more => format!("{more} transitions"),
    };
    let gain = format!(
        "about {} ms in each execution that passes them, for {more} more",
        plan.saved_millis
    );
    let to_confirm = plan.to_confirm.clone();
    Finding::new(
        Code::SequentialStates,
        format!("{}/States/{first}", plan.flow),
        format!(
            "{} need nothing of each other, and run one behind the other",
            branches.join(" and ")
        ),
    )
    .remedy(format!("put them side by side, in the Parallel `{}`", plan.name))
    .gain(gain)
    .edit(Edit::Parallel(Box::new(plan)), to_confirm)
}

/// Rewritings are made, tried, and taken back where something comes out otherwise.
struct Trials<'a> {
    request: &'a Request<'a>,
    machine: &'a StateMachine,
    definition: &'a Value,
    left: usize,
}

impl Trials<'_> {
    /// Makes those changes that hold. Says whether the definition can be run at all.
    fn hold(&mut self, findings: &mut [Finding], rewritten: &mut Value) -> bool {
        if !self.request.with_unconfirmed {
            findings.iter_mut().for_each(leave);
        }
        let edits: Vec<usize> = (0..findings.len())
            .filter(|at| {
                let finding = &findings[*at];
                let is_left = matches!(finding.rewriting, Rewriting::Unconfirmed(_));
                finding.edit.is_some() && !is_left
            })
            .collect();
        let mut all = rewritten.clone();
        for at in &edits {
            findings[*at].edit.iter().for_each(|edit| apply(&mut all, edit));
        }
        match self.difference(&all) {
            Err(NotRunnable(_)) if self.difference(rewritten).is_err() => return false,
            Ok(None) => {
                *rewritten = all;
                return true;
            }
            Ok(Some(_)) | Err(_) => {}
        }
        let mut seen = BTreeSet::new();
        for at in edits {
            let finding = &mut findings[at];
            let Some(edit) = finding.edit.clone().filter(|_| seen.insert(at)) else { continue };
            let mut one = rewritten.clone();
            apply(&mut one, &edit);
            if self.left == 0 {
                finding.leave_out("there are too many to try one by one".to_owned());
                continue;
            }
            self.left -= 1;
            match self.difference(&one) {
                Ok(None) => *rewritten = one,
                Ok(Some(why)) => finding.withdraw(why),
                Err(error) => finding.leave_out(error.to_string()),
            }
        }
        true
    }

    /// The first case that comes out otherwise, in words.
    fn difference(&self, rewritten: &Value) -> Result<Option<String>, NotRunnable> {
        let trial = self.trial(rewritten)?;
        Ok(trial.differences.first().map(|it| {
            format!(
                "where {}: {}, and rewritten {}",
                it.case,
                shortened(&it.original),
                shortened(&it.rewritten)
            )
        }))
    }

    fn trial(&self, rewritten: &Value) -> Result<Trial, NotRunnable> {
        let text = rewritten.to_string();
        let execution_type = self.request.execution_type;
        let (machine, diagnostics) = validate::check(&text, execution_type, &NoContract);
        let wrong = diagnostics.iter().find(|it| it.severity == Severity::Error);
        if let Some(wrong) = wrong {
            return Err(NotRunnable(wrong.to_string()));
        }
        let Some(machine) = machine else { return Err(NotRunnable(String::new())) };
        let Request { cases, latencies, .. } = self.request;
        compare(self.definition, self.machine, &machine, execution_type, cases, latencies)
    }

    fn conclude(&self, original: &Value, rewritten: &Value, examination: &mut Examination) {
        let trial = self.trial(rewritten);
        // Where nothing comes to its end, next to nothing was tried.
        let holds = trial.as_ref().is_ok_and(|it| it.succeeded > 0);
        if !holds {
            examination.findings.iter_mut().for_each(advise);
        }
        if holds && original != rewritten {
            examination.rewritten = Some((original.clone(), rewritten.clone()));
        }
        examination.trial = Some(trial);
    }
}
