//! `atlas doctor`: whether a deployment is right, and what to do about what is not.

use std::{
    collections::BTreeMap,
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use atlas_cost::{Decimal, Demanded, Overflow};
use atlas_doctor::{
    Deployment, Examined, ExpectedLeads, Finding, Looked, Report, Settings, Severity, examine,
};
use atlas_local::outside_services;
use handlers::{clock::SystemClock, environment::variables::ATLAS_ENGINE_WORKFLOW_ARN};
use serde_json::{Value, json};

use crate::{
    arguments::Doctor,
    cost::usual_demand,
    failure::{Failure, Outcome, say},
    operator::Table,
    source,
};

/// For one check, with all that it asks. A service that takes longer is as good as down.
const DEADLINE: Duration = Duration::from_secs(20);

pub(crate) fn run(arguments: Doctor) -> Outcome {
    let Doctor { json, leads_per_hour, only, env_file, sandbox, step_functions } = arguments;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::ours(format_args!("cannot start a runtime: {error}")))?;
    let deployment = match sandbox {
        Some(base) => runtime.block_on(of_sandbox(&base, step_functions.as_deref()))?,
        None if env_file.is_empty() => Deployment::of_process(),
        None => of_files(&env_file)?,
    };
    let settings = Settings {
        deployment,
        expected: leads_per_hour.map(expected).transpose()?,
        only: only.into_iter().collect(),
        deadline: DEADLINE,
        clock: Arc::new(SystemClock),
    };
    let report = runtime.block_on(examine(settings)).map_err(Failure::ours)?;
    if json {
        let mut out = io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &document(&report)).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        table(&report).print()?;
    }
    eprintln!("{}", summary(&report));
    Ok(exit_code(&report))
}

/// The leads that are expected, each as `atlas capacity` counts it.
fn expected(per_hour: u32) -> Result<ExpectedLeads, Failure> {
    let demand = usual_demand()?;
    let of = |demanded: Demanded| demand.of(demanded).map(Decimal::approximate);
    let expected = || -> Result<_, Overflow> {
        Ok(ExpectedLeads {
            per_hour,
            line_seconds: of(Demanded::CallsAtOnce)?,
            calls: of(Demanded::CallsStarted)?,
            function_seconds: of(Demanded::FunctionsAtOnce)?,
            salesforce_requests: of(Demanded::SalesforceRequests)?,
            model_tokens: of(Demanded::ModelTokens)?,
        })
    };
    expected().map_err(Failure::ours)
}

/// The deployment whose services are played there, with the variables that the sandbox tells: what is wrong with them is
/// wrong with the deployment.
async fn of_sandbox(base: &str, step_functions: Option<&str>) -> Result<Deployment, Failure> {
    let no_answer = |error: reqwest::Error| {
        let why = if error.is_timeout() { "it does not answer" } else { "nobody answers" };
        Failure::ours(format_args!(
            "no sandbox is at {base}: {why}; expected where `atlas sandbox` is ready"
        ))
    };
    let client = reqwest::Client::builder().timeout(DEADLINE).build().map_err(Failure::ours)?;
    let answer =
        client.get(format!("{base}/_atlas/environment")).send().await.map_err(no_answer)?;
    let status = answer.status();
    let told = answer.json::<BTreeMap<String, String>>().await.ok().filter(|_| status.is_success());
    let told = told.ok_or_else(|| {
        Failure::ours(format_args!(
            "no sandbox is at {base}: what answers there tells no variables; expected where `atlas sandbox` is ready, or \
             what `atlas dev` names `services outside`"
        ))
    })?;
    let variables: Vec<(String, String)> = told.into_iter().collect();
    let variables = match step_functions {
        Some(url) => outside_services::with_step_functions(variables, url),
        None => variables,
    };
    let names_machine = variables.iter().any(|(name, _)| name == ATLAS_ENGINE_WORKFLOW_ARN.name);
    let deployment = Deployment::new(variables.into_iter().collect());
    if names_machine {
        return Ok(deployment);
    }
    say("a sandbox has no machines: --step-functions names where `atlas dev` serves them");
    Ok(deployment.without_machines())
}

fn of_files(files: &[PathBuf]) -> Result<Deployment, Failure> {
    let read = |file: &PathBuf| source::text(file, "variables");
    let texts = files.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Deployment::of_texts(&texts).map_err(|unreadable| {
        Failure::ours(format_args!("{}: {unreadable}", source::shown(&files[unreadable.text])))
    })
}

/// Something wrong weighs more than something unseen.
fn exit_code(report: &Report) -> ExitCode {
    match report.worst() {
        Some(Severity::Error) => ExitCode::FAILURE,
        _ if report.was_unable() => ExitCode::from(2),
        _ => ExitCode::SUCCESS,
    }
}

fn table(report: &Report) -> Table {
    let mut table = Table::new(["", "CHECK", "SEEN", "WHAT TO DO"]);
    for examined in &report.examined {
        let name = || examined.check.name().to_owned();
        for Finding { kind, seen } in &examined.findings {
            let told = format!("{}: {}: {seen}", kind.code, kind.meaning);
            table.row([kind.severity.name().to_owned(), name(), told, kind.remedy.to_owned()]);
        }
        match &examined.looked {
            Looked::Whole if examined.findings.is_empty() => {
                let fact = examined.fact.clone().unwrap_or_default();
                table.row(["ok".to_owned(), name(), fact, String::new()]);
            }
            Looked::Whole => {}
            Looked::Unable(why) => {
                table.row(["unseen".to_owned(), name(), why.clone(), String::new()]);
            }
            Looked::Not(because) => {
                let told = format!("not looked at, because {because}");
                table.row(["skipped".to_owned(), name(), told, String::new()]);
            }
        }
    }
    table
}

fn document(report: &Report) -> Value {
    let checks: Value = report.examined.iter().map(of_check).collect();
    json!({
        "ok": report.worst() != Some(Severity::Error) && !report.was_unable(),
        "checks": checks,
    })
}

fn of_check(examined: &Examined) -> Value {
    let findings: Value = examined
        .findings
        .iter()
        .map(|Finding { kind, seen }| {
            json!({
                "code": kind.code,
                "severity": kind.severity.name(),
                "seen": seen,
                "meaning": kind.meaning,
                "remedy": kind.remedy,
            })
        })
        .collect();
    let (looked, reason) = match &examined.looked {
        Looked::Whole => ("whole", None),
        Looked::Unable(why) => ("unable", Some(why)),
        Looked::Not(because) => ("skipped", Some(because)),
    };
    json!({
        "check": examined.check.name(),
        "looked": looked,
        "reason": reason,
        "fact": examined.fact,
        "findings": findings,
    })
}

fn summary(report: &Report) -> String {
    let count = |severity: Severity| {
        let number = report.findings().filter(|it| it.kind.severity == severity).count();
        let plural = if number == 1 { "" } else { "s" };
        (number > 0).then(|| format!("{number} {severity}{plural}"))
    };
    let unseen = report.examined.iter().filter(|it| it.looked != Looked::Whole).count();
    let unseen = (unseen > 0).then(|| format!("{unseen} not looked at"));
    let severities = [Severity::Error, Severity::Warning, Severity::Note];
    let parts: Vec<String> = severities.into_iter().filter_map(count).chain(unseen).collect();
    if parts.is_empty() { "all is well".to_owned() } else { parts.join(", ") }
}
