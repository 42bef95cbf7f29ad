//! Each thing that can be wrong, planted alone into a deployment that is right: it is named, and nothing else
//! is but what cannot be looked at without it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use atlas_doctor::{Check, Deployment, ExpectedLeads, Looked, Report, Settings, Severity, examine};
use atlas_local::{Misconfiguration as Planted, Services, Setup, outside_services};
use atlas_sandbox::{FlowState, Options};
use handlers::clock::{Clock, SystemClock};
use jiff::{SignedDuration, Timestamp};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A whole deployment, with the variables of its handlers.
struct Subject {
    deployment: atlas_local::Deployment,
    variables: Vec<(String, String)>,
}

impl Subject {
    async fn start(options: Options) -> Self {
        let deployment = atlas_local::Deployment::start(Setup {
            services: Services::InProcess(Box::new(options)),
            handlers: Vec::new(),
            ..Setup::default()
        })
        .await
        .unwrap();
        let sandbox = deployment.sandbox().unwrap();
        let variables = outside_services::environment(sandbox, Some(deployment.url()));
        Self { deployment, variables }
    }

    fn settings(&self) -> Settings {
        Settings {
            deployment: Deployment::new(self.variables.iter().cloned().collect()),
            expected: None,
            only: BTreeSet::new(),
            deadline: PATIENCE,
            clock: Arc::new(SystemClock),
        }
    }

    async fn examine(&self) -> Report {
        examine(self.settings()).await.unwrap()
    }
}

async fn with(planted: Planted) -> Report {
    let mut options = outside_services::options();
    planted.plant(&mut options);
    let mut subject = Subject::start(options).await;
    planted.plant_variables(&mut subject.variables);
    let report = subject.examine().await;
    subject.deployment.stop().await;
    report
}

fn codes(report: &Report) -> Vec<&'static str> {
    report.findings().map(|finding| finding.kind.code).collect()
}

/// What was not looked at, or not wholly.
fn unseen(report: &Report) -> Vec<Check> {
    let unseen = report.examined.iter().filter(|examined| examined.looked != Looked::Whole);
    unseen.map(|examined| examined.check).collect()
}

#[tokio::test]
async fn a_deployment_that_is_right_gives_no_finding() {
    let subject = Subject::start(outside_services::options()).await;
    let report = subject.examine().await;
    assert_eq!((codes(&report), unseen(&report)), (Vec::new(), Vec::new()), "{report:#?}");
    assert_eq!(report.worst(), None);
    let looked: Vec<Check> = report.examined.iter().map(|examined| examined.check).collect();
    assert_eq!(looked, Check::ALL);
    subject.deployment.stop().await;
}

#[tokio::test]
async fn each_thing_that_is_wrong_is_named_alone() {
    use Check::{Key, Lead, Limits, Login, Machines, Model};
    let without_login: &[Check] = &[Lead, Limits];
    let without_secret: &[Check] = &[Key, Login, Lead, Limits];
    let expected = |planted: Planted| -> (&[&str], &[Check]) {
        match planted {
            Planted::VariableMalformed => (&["variable.malformed"], &[]),
            Planted::RegionWrong => {
                // The machine's ARN and the model's profile.
                (&["variable.other-region", "variable.other-region"], &[Model, Machines])
            }
            Planted::SecretAbsent => (&["secret.absent"], without_secret),
            Planted::SecretEmpty => (&["secret.empty"], without_secret),
            Planted::SecretWithoutUsername => (&["secret.field-missing"], without_secret),
            Planted::KeyMalformed => (&["key.unreadable"], &[Login, Lead, Limits]),
            Planted::KeyUnknown => (&["login.assertion-refused"], without_login),
            Planted::UserNotApproved => (&["login.user-not-approved"], without_login),
            Planted::KeyFieldAbsent => (&["lead.key-missing"], &[]),
            Planted::KeyFieldNotExternal => {
                // A text that is no External ID cannot be unique in the sandbox's org either.
                (&["lead.key-not-external", "lead.key-not-unique"], &[])
            }
            Planted::KeyFieldNotUnique => (&["lead.key-not-unique"], &[]),
            Planted::FieldAbsent => (&["lead.field-missing"], &[]),
            Planted::OutboundOff => (&["instance.no-outbound"], &[]),
            Planted::FlowAbsent => (&["flow.absent"], &[]),
            Planted::FlowNotPublished => (&["flow.not-published"], &[]),
            Planted::NumberNotClaimed => (&["caller.not-claimed"], &[]),
            Planted::QueueWithoutNumber => (&["caller.no-caller-id"], &[]),
            Planted::QuotaTooLow => (&["quotas.calls-above"], &[]),
            Planted::ModelDenied => (&["model.denied"], &[]),
            Planted::TableAbsent => (&["tables.absent"], &[]),
            Planted::TableWithoutIndex => (&["tables.index-missing"], &[]),
            Planted::TableWithoutExpiry => (&["tables.no-expiry"], &[]),
            Planted::QueueWithoutDeadLetters => (&["queues.no-dead-letters"], &[]),
            Planted::RuleAbsent => (&["events.no-rule"], &[]),
        }
    };
    for planted in Planted::ALL.iter().copied() {
        let report = with(planted).await;
        let (found, not_seen) = expected(planted);
        assert_eq!(codes(&report), found, "{} {report:#?}", planted.name());
        assert_eq!(unseen(&report), not_seen, "{} {report:#?}", planted.name());
        assert_eq!(report.worst(), Some(Severity::Error), "{}", planted.name());
        assert!(!report.was_unable(), "{}", planted.name());
    }
}

#[tokio::test]
async fn several_things_at_once_are_all_named() {
    let mut options = outside_services::options();
    let planted = [Planted::SecretAbsent, Planted::FlowAbsent, Planted::TableWithoutExpiry];
    for one in planted {
        one.plant(&mut options);
    }
    let mut subject = Subject::start(options).await;
    Planted::VariableMalformed.plant_variables(&mut subject.variables);
    let found = codes(&subject.examine().await);
    assert_eq!(found, ["variable.malformed", "secret.absent", "flow.absent", "tables.no-expiry"]);
    subject.deployment.stop().await;
}

#[tokio::test]
async fn a_region_that_no_variable_names_is_missing_whatever_a_profile_names() {
    let mut subject = Subject::start(outside_services::options()).await;
    subject.variables.retain(|(name, _)| !name.ends_with("_REGION"));
    let report = subject.examine().await;
    assert_eq!(codes(&report), ["variable.missing"], "{report:#?}");
    let seen = &report.findings().next().unwrap().seen;
    assert!(seen.starts_with("`AWS_REGION`") && seen.contains("a profile names"), "{seen}");
    subject.deployment.stop().await;
}

struct Ahead(SignedDuration);

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        Timestamp::now() + self.0
    }
}

#[tokio::test]
async fn a_clock_that_is_off_is_named_beside_what_it_leads_to() {
    let subject = Subject::start(outside_services::options()).await;
    let behind = Ahead(SignedDuration::from_mins(-10));
    let report = examine(Settings { clock: Arc::new(behind), ..subject.settings() }).await.unwrap();
    assert_eq!(codes(&report), ["clock.off", "login.assertion-expired"], "{report:#?}");
    subject.deployment.stop().await;
}

#[tokio::test]
async fn the_expected_leads_are_held_against_quotas_and_limits() {
    let mut options = outside_services::options();
    options.salesforce.requests_per_day = 10_000;
    options.functions_at_once = 10;
    options.model_tokens_per_minute = 36_200_000;
    let subject = Subject::start(options).await;
    let of = async |per_hour: u32| {
        let expected = ExpectedLeads {
            per_hour,
            line_seconds: 200.0,
            calls: 1.5,
            function_seconds: 5.0,
            salesforce_requests: 2.0,
            model_tokens: 300_000.0,
        };
        let settings = Settings { expected: Some(expected), ..subject.settings() };
        codes(&examine(settings).await.unwrap())
    };
    // Ten lines for 200 s each, and 10,000 requests a day of two each.
    assert_eq!(of(180).await, Vec::<&str>::new());
    assert_eq!(of(181).await, ["quotas.too-few-calls"]);
    assert_eq!(of(209).await, ["limits.below-rate", "quotas.too-few-calls"]);
    // Two starts a second of one and a half each, and ten functions for five seconds each.
    let slow = ["limits.below-rate", "quotas.too-few-calls", "quotas.too-slow"];
    assert_eq!(of(4_801).await, slow);
    let all = [&slow[..], &["quotas.too-few-functions"]].concat();
    assert_eq!(of(7_201).await, all);
    // 300,000 tokens a lead, of which 36,200,000 are allowed in a minute, and as many on each minute of a day.
    assert_eq!(of(7_240).await, all);
    let of_model = ["quotas.too-few-tokens", "quotas.too-few-tokens"];
    assert_eq!(of(7_241).await, [&all[..], &of_model].concat());
    subject.deployment.stop().await;
}

#[tokio::test]
async fn a_model_whose_quotas_are_not_known_is_no_reason_to_say_that_all_is_well() {
    let mut subject = Subject::start(outside_services::options()).await;
    subject.variables.retain(|(name, _)| name != "BEDROCK_MODEL_ID");
    subject.variables.push(("BEDROCK_MODEL_ID".to_owned(), "us.amazon.nova-lite-v1:0".to_owned()));
    let of = async |expected: Option<ExpectedLeads>| {
        let only = [Check::Quotas].into();
        let report = examine(Settings { expected, only, ..subject.settings() }).await.unwrap();
        (codes(&report), unseen(&report), report.worst())
    };
    let expected = ExpectedLeads {
        per_hour: 1,
        line_seconds: 1.0,
        calls: 1.0,
        function_seconds: 1.0,
        salesforce_requests: 1.0,
        model_tokens: 1.0,
    };
    assert_eq!(of(None).await, (vec![], vec![], None));
    let note = Some(Severity::Note);
    assert_eq!(of(Some(expected)).await, (vec!["quotas.model-not-known"], vec![], note));
    subject.deployment.stop().await;
}

#[tokio::test]
async fn one_check_is_made_with_what_it_needs_and_told_alone() {
    let mut options = outside_services::options();
    options.connect.flow = FlowState::Archived;
    let subject = Subject::start(options).await;
    let only = async |check: Check| {
        examine(Settings { only: [check].into(), ..subject.settings() }).await.unwrap()
    };
    let report = only(Check::Flow).await;
    assert_eq!(codes(&report), ["flow.archived"]);
    assert_eq!(report.examined.len(), 1, "{report:#?}");
    let calls = &subject.deployment.sandbox().unwrap().counters()["services"];
    assert!(calls.get("dynamodb").is_none(), "{calls}");
    subject.deployment.stop().await;
    // What stands in its way is told with it.
    let mut options = outside_services::options();
    Planted::SecretAbsent.plant(&mut options);
    let subject = Subject::start(options).await;
    let report =
        examine(Settings { only: [Check::Lead].into(), ..subject.settings() }).await.unwrap();
    assert_eq!(codes(&report), ["secret.absent"]);
    assert!(unseen(&report).contains(&Check::Lead), "{report:#?}");
    subject.deployment.stop().await;
}

#[tokio::test]
async fn a_service_that_fails_hides_no_other_and_is_no_finding() {
    let mut options = outside_services::options();
    options.faults = ["dynamodb:503:1", "bedrock:500:1"].map(|text| text.parse().unwrap()).into();
    Planted::FlowAbsent.plant(&mut options);
    let subject = Subject::start(options).await;
    let report = subject.examine().await;
    assert_eq!(codes(&report), ["flow.absent"]);
    assert_eq!(unseen(&report), [Check::Model, Check::Tables], "{report:#?}");
    assert!(report.was_unable());
    subject.deployment.stop().await;
}

#[tokio::test]
async fn whoever_may_not_look_is_told_by_which_permission() {
    let mut options = outside_services::options();
    options.faults =
        ["secretsmanager:403:1", "events:403:1"].map(|text| text.parse().unwrap()).into();
    let subject = Subject::start(options).await;
    let report = subject.examine().await;
    let why = |check: Check| {
        let examined = report.examined.iter().find(|examined| examined.check == check).unwrap();
        match &examined.looked {
            Looked::Unable(why) => why.clone(),
            other => panic!("{check}: {other:?}"),
        }
    };
    assert!(why(Check::Secret).contains("`secretsmanager:GetSecretValue`"));
    assert!(why(Check::Events).contains("`events:ListRuleNamesByTarget`"));
    assert_eq!(codes(&report), Vec::<&str>::new());
    subject.deployment.stop().await;
}

#[tokio::test]
async fn nobody_is_called_nothing_is_written_and_no_secret_is_told() {
    let subject = Subject::start(outside_services::options()).await;
    let report = format!("{:?}", subject.examine().await);
    let counters = subject.deployment.sandbox().unwrap().counters();
    for nothing in ["ringsByNumber", "startsByToken", "leads", "contacts"] {
        assert_eq!(counters[nothing], serde_json::json!({}), "{nothing}");
    }
    let hidden = ["BEGIN", "3MVG9", "integration@atlas.example", "sandbox-phone-hash-key", "+1415"];
    for secret in hidden {
        assert!(!report.contains(secret), "{secret} in {report}");
    }
    subject.deployment.stop().await;
}
