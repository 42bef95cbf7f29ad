//! One examination: every check in its turn, those that need nothing of each other beside each other.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use handlers::{clock::Clock, environment::Variable};

use crate::{
    Check, Deployment, Examined, Looked, Report,
    aws::Api,
    checks::{
        caller, clock, credentials, events, flow, instance, key, lead, limits, login, machines,
        model, queues, quotas, secret, tables, variables,
    },
    finding::Severity,
    notes::Notes,
    org::Salesforce,
    skew::Skew,
};

/// How many leads are expected, and what one takes on average, as `atlas capacity` counts it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExpectedLeads {
    /// How many come in an hour.
    pub per_hour: u32,
    /// For how many seconds it takes a line of Connect, ringing as well.
    pub line_seconds: f64,
    /// How many calls are started for it.
    pub calls: f64,
    /// For how many seconds a function works for it, all functions together.
    pub function_seconds: f64,
    /// How many requests Salesforce gets.
    pub salesforce_requests: f64,
    /// How many tokens of the model it takes, as the quota counts them.
    pub model_tokens: f64,
}

/// How an examination is made.
pub struct Settings {
    /// What is looked at.
    pub deployment: Deployment,
    /// The leads that are expected, if that is known: quotas and limits are held against them.
    pub expected: Option<ExpectedLeads>,
    /// What is asked for; everything where it is empty. What stands before it is looked at too.
    pub only: BTreeSet<Check>,
    /// How long one check may take.
    pub deadline: Duration,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

/// What all checks share.
pub(crate) struct Cx {
    pub(crate) deployment: Deployment,
    pub(crate) expected: Option<ExpectedLeads>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) skew: Arc<Skew>,
    pub(crate) http: reqwest::Client,
    /// The variables that nothing can be looked at by.
    unusable: Mutex<BTreeSet<&'static str>>,
    wanted: BTreeSet<Check>,
    deadline: Duration,
    examined: Mutex<BTreeMap<Check, Examined>>,
}

/// What a check needs of the one before it, or which one has kept it from being there.
pub(crate) type Known<T> = Result<T, Check>;

/// Nobody can be asked anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no HTTPS client: this machine has no certificates to trust")]
pub struct NoClient;

/// Looks at a deployment.
///
/// # Errors
/// Where this machine can ask nobody.
pub async fn examine(settings: Settings) -> Result<Report, NoClient> {
    let Settings { deployment, expected, only, deadline, clock } = settings;
    let all: BTreeSet<Check> = Check::ALL.into();
    let asked = if only.is_empty() { all } else { only };
    let http = reqwest::Client::builder()
        .timeout(deadline)
        // A credential goes where we send it, and nowhere else.
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|_| NoClient)?;
    let cx = Cx {
        deployment,
        expected,
        clock,
        skew: Arc::default(),
        http,
        unusable: Mutex::default(),
        wanted: with_needs(&asked),
        deadline,
        examined: Mutex::default(),
    };
    look_at_all(&cx).await;
    let examined = cx.examined.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Report { examined: examined.into_values().collect() }.only(&asked))
}

impl ExpectedLeads {
    pub(crate) fn a_second(&self) -> f64 {
        f64::from(self.per_hour) / 3_600.0
    }
}

async fn look_at_all(cx: &Cx) {
    let account = cx.look(Check::Variables, async |notes| variables::look(cx, notes).await).await;
    let look = async |notes: &mut Notes, account| credentials::look(cx, notes, account).await;
    let api = match account {
        Ok(account) => cx.look(Check::Credentials, async |notes| look(notes, account).await).await,
        Err(because) => cx.skip(Check::Credentials, because),
    };
    let api = &api;
    let salesforce = async {
        let org =
            Salesforce { http: cx.http.clone(), clock: cx.clock.clone(), skew: cx.skew.clone() };
        let org = &org;
        let secret = cx
            .after(Check::Secret, api, &secret::VARIABLES, async |notes, api| {
                secret::look(cx, notes, api).await
            })
            .await;
        let key = cx
            .after(Check::Key, &secret, &[], async |notes, secret| key::look(notes, secret))
            .await;
        let session = match (&secret, key) {
            (Ok(secret), Ok(())) => {
                let variables = &login::VARIABLES;
                let secret = Ok(secret);
                cx.after(Check::Login, &secret, variables, async |notes, secret| {
                    login::look(cx, notes, org, secret).await
                })
                .await
            }
            (Err(because), _) => cx.skip(Check::Login, *because),
            (Ok(_), Err(because)) => cx.skip(Check::Login, because),
        };
        tokio::join!(
            cx.last(Check::Lead, &session, &lead::VARIABLES, async |notes, session| {
                lead::look(notes, org, session).await
            }),
            cx.last(Check::Limits, &session, &lead::VARIABLES, async |notes, session| {
                limits::look(cx, notes, org, session).await
            }),
        );
    };
    let connect = async {
        let instance = cx
            .after(Check::Instance, api, &instance::VARIABLES, async |notes, api| {
                instance::look(cx, notes, api).await
            })
            .await;
        let found = match (api, &instance) {
            (Ok(api), Ok(instance)) => Ok((api, instance)),
            (Err(because), _) | (_, Err(because)) => Err(*because),
        };
        tokio::join!(
            cx.last(Check::Flow, &found, &flow::VARIABLES, async |notes, (api, _)| {
                flow::look(cx, notes, api).await
            }),
            cx.last(Check::Caller, &found, &caller::VARIABLES, async |notes, (api, _)| {
                caller::look(cx, notes, api).await
            }),
            cx.last(Check::Quotas, &found, &quotas::VARIABLES, async |notes, (api, instance)| {
                quotas::look(cx, notes, api, instance).await
            }),
        );
    };
    let messages = async {
        let queues = cx
            .after(Check::Queues, api, &queues::VARIABLES, async |notes, api| {
                queues::look(cx, notes, api).await
            })
            .await;
        let found = match (api, &queues) {
            (Ok(api), Ok(queues)) => Ok((api, queues)),
            (Err(because), _) | (_, Err(because)) => Err(*because),
        };
        cx.last(Check::Events, &found, &[], async |notes, (api, queues)| {
            events::look(notes, api, &queues.contact_events).await
        })
        .await
    };
    tokio::join!(
        salesforce,
        connect,
        messages,
        cx.last(Check::Model, api, &model::VARIABLES, async |notes, api| {
            model::look(cx, notes, api).await
        }),
        cx.last(Check::Tables, api, &tables::VARIABLES, async |notes, api| {
            tables::look(cx, notes, api).await
        }),
        look_at_machines(cx, api),
    );
    // It asks nobody: of each answer the date was taken.
    let ahead = cx.skew.seconds_ahead().ok_or(Check::Credentials);
    cx.last(Check::Clock, &ahead, &[], async |notes, ahead| clock::look(notes, *ahead)).await;
}

async fn look_at_machines(cx: &Cx, api: &Known<Api>) {
    if cx.deployment.has_machines() {
        let look = async |notes: &mut Notes, api: &Api| machines::look(cx, notes, api).await;
        cx.last(Check::Machines, api, &machines::VARIABLES, look).await;
    } else {
        cx.leave(Check::Machines, "nobody says where the Step Functions API is".to_owned());
    }
}

/// What is asked for, with all that has to be looked at before.
fn with_needs(asked: &BTreeSet<Check>) -> BTreeSet<Check> {
    let mut all = asked.clone();
    // What a check needs stands before it.
    for check in Check::ALL.into_iter().rev().filter(|check| asked.contains(check)) {
        let mut ahead = check.needs().to_vec();
        while let Some(needed) = ahead.pop() {
            if all.insert(needed) {
                ahead.extend(needed.needs());
            }
        }
    }
    all
}

impl Cx {
    /// Nothing can be looked at by this variable.
    pub(crate) fn spoil(&self, variable: &'static str) {
        self.unusable.lock().unwrap_or_else(PoisonError::into_inner).insert(variable);
    }

    /// Makes a check, within its time. It gives what later ones need; without that they are not made.
    async fn look<T>(
        &self,
        check: Check,
        work: impl AsyncFnOnce(&mut Notes) -> Option<T>,
    ) -> Known<T> {
        if !self.wanted.contains(&check) {
            return Err(check);
        }
        let mut notes = Notes::default();
        let seen = tokio::time::timeout(self.deadline, work(&mut notes)).await;
        let seen = seen.unwrap_or_else(|_| {
            notes.unable(format!("it took more than {} s", self.deadline.as_secs()));
            None
        });
        let Notes { findings, unable, fact } = notes;
        let looked = unable.map_or(Looked::Whole, Looked::Unable);
        // What is wrong says more than what is right beside it.
        let is_well = findings.iter().all(|finding| finding.kind.severity == Severity::Note);
        let fact = fact.filter(|_| is_well);
        self.put(Examined { check, looked, fact, findings });
        seen.ok_or(check)
    }

    /// Makes a check that needs another one, and these variables.
    async fn after<N, T>(
        &self,
        check: Check,
        needed: &Known<N>,
        variables: &[&Variable],
        work: impl AsyncFnOnce(&mut Notes, &N) -> Option<T>,
    ) -> Known<T> {
        let needed = match needed {
            Ok(needed) => needed,
            Err(because) => return self.skip(check, *because),
        };
        let unusable = {
            let unusable = self.unusable.lock().unwrap_or_else(PoisonError::into_inner);
            variables.iter().find(|variable| unusable.contains(variable.name)).map(|it| it.name)
        };
        if let Some(name) = unusable {
            self.leave(check, format!("the variable `{name}` is not right"));
            return Err(check);
        }
        self.look(check, async |notes| work(notes, needed).await).await
    }

    /// Makes a check that no other needs.
    async fn last<N>(
        &self,
        check: Check,
        needed: &Known<N>,
        variables: &[&Variable],
        work: impl AsyncFnOnce(&mut Notes, &N) -> Option<()>,
    ) {
        // What came of it is noted, and nobody waits for it.
        let _ = self.after(check, needed, variables, work).await;
    }

    /// Leaves a check alone, because one before it was not right.
    fn skip<T>(&self, check: Check, because: Check) -> Known<T> {
        self.leave(check, format!("`{because}` is not right, or could not be looked at"));
        Err(because)
    }

    fn leave(&self, check: Check, because: String) {
        if self.wanted.contains(&check) {
            let looked = Looked::Not(because);
            self.put(Examined { check, looked, fact: None, findings: Vec::new() });
        }
    }

    fn put(&self, examined: Examined) {
        let mut all = self.examined.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(examined.check, examined);
    }
}
