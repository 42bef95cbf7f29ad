//! All that the sandbox knows, and one call's way through it: faults, latency, the work, the count.

use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::{sync::watch, time::Instant};

#[cfg(test)]
use crate::tests::error_form;
use crate::{
    aws, bedrock,
    clock::Clock,
    connect,
    counters::{Counters, Ended},
    dynamodb, event_rules,
    faults::{Faults, Kind},
    options::Options,
    quotas,
    recorder::ServedCall,
    reply::Reply,
    route::Call,
    salesforce,
    sandbox::{StartError, environment_at},
    secrets_manager,
    service::Service,
    sqs, sts,
};

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) options: Options,
    pub(crate) base_url: String,
    /// The base URLs of the other entrances.
    pub(crate) entrances: Mutex<Vec<String>>,
    /// The variables of the deployment that it belongs to, for whoever asks.
    pub(crate) variables: Mutex<Vec<(String, String)>>,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) counters: Counters,
    /// Turns true when the sandbox stops, so that what hangs lets go.
    pub(crate) stopping: watch::Receiver<bool>,
    pub(crate) keys: Mutex<secrets_manager::Keys>,
    pub(crate) salesforce: Mutex<salesforce::Org>,
    pub(crate) connect: Mutex<connect::Instance>,
    pub(crate) dynamodb: Mutex<dynamodb::Tables>,
    pub(crate) sqs: sqs::Queues,
}

/// What becomes of a call.
#[derive(Debug)]
pub(crate) enum Answer {
    Reply(Reply),
    Reset,
    /// No answer, and the connection stays.
    Hang,
}

impl Answer {
    /// A status, `reset` or `hang`.
    fn word(&self) -> String {
        match self {
            Self::Reply(reply) => reply.status.to_string(),
            Self::Reset => "reset".to_owned(),
            Self::Hang => "hang".to_owned(),
        }
    }
}

impl World {
    pub(crate) fn new(
        options: Options,
        base_url: String,
        stopping: watch::Receiver<bool>,
    ) -> Result<Self, StartError> {
        let tables = dynamodb::Tables::new(&options)?;
        let mut queues = options.queues.clone();
        let events = json!({ "QueueName": options.connect.events_queue });
        if !queues.iter().any(|queue| queue["QueueName"] == events["QueueName"]) {
            queues.push(events);
        }
        let sqs = sqs::Queues::new(&base_url, &queues)?;
        Ok(Self {
            faults: Faults::new(options.seed, options.faults.clone()),
            connect: Mutex::new(connect::Instance::new(options.connect.outcomes.clone())),
            salesforce: Mutex::default(),
            keys: Mutex::default(),
            dynamodb: Mutex::new(tables),
            sqs,
            clock: Clock::start(),
            counters: Counters::default(),
            options,
            entrances: Mutex::default(),
            variables: Mutex::new(environment_at(&base_url)),
            base_url,
            stopping,
        })
    }

    /// Forgets all that happened; what was set stays set.
    pub(crate) fn reset(&self) -> Result<(), dynamodb::TableError> {
        let tables = dynamodb::Tables::new(&self.options)?;
        *lock(&self.dynamodb) = tables;
        *lock(&self.salesforce) = salesforce::Org::default();
        *lock(&self.keys) = secrets_manager::Keys::default();
        lock(&self.connect).forget();
        self.sqs.purge_all();
        self.faults.reset();
        self.counters.reset();
        Ok(())
    }

    /// Serves a call that had come in completely at this time: from then on it takes its latency, however many
    /// others do.
    pub(crate) async fn serve(
        self: std::sync::Arc<Self>,
        call: Call,
        entrance: Option<Arc<str>>,
        new_connection: bool,
        arrived: Instant,
    ) -> Answer {
        let recorder = self.options.recorder.as_ref();
        let asked = recorder.map(|recorder| (recorder.question(&call), self.clock.now()));
        let faults = self.faults.draw(call.service, &call.operation, || {
            call.subject(|table| lock(&self.dynamodb).key_names(table))
        });
        let service = call.service;
        let operation = call.operation.clone();
        let latency = self.options.latency.of(service, &operation, new_connection);
        let answer = self.suffer(call, &faults, arrived + latency).await;
        if let Some((recorder, (arguments, started_at))) = recorder.zip(asked) {
            recorder.take(ServedCall {
                entrance,
                service,
                operation: operation.clone(),
                arguments,
                answer: recorder.answer(&answer),
                status: match &answer {
                    Answer::Reply(reply) => Some(reply.status),
                    Answer::Reset | Answer::Hang => None,
                },
                new_connection,
                started_at,
                ended_at: self.clock.now(),
            });
        }
        self.counters.call_ended(Ended {
            service,
            operation: &operation,
            new_connection,
            answer: answer.word(),
            faults: faults.iter().map(ToString::to_string).collect(),
            duration: arrived.elapsed(),
        });
        answer
    }

    async fn suffer(
        self: &std::sync::Arc<Self>,
        call: Call,
        faults: &[Kind],
        due: Instant,
    ) -> Answer {
        let hit = |kind| faults.contains(&kind);
        if hit(Kind::Hang) {
            return Answer::Hang;
        }
        // The timer rounds up to the next millisecond, even what is due already.
        if due > Instant::now() {
            tokio::time::sleep_until(due).await;
        }
        if hit(Kind::Reset) {
            return Answer::Reset;
        }
        #[cfg(test)]
        let (service, operation) = (call.service, call.operation.clone());
        let told = faults.iter().find_map(|kind| match kind {
            Kind::Throttle => Some(throttled(call.service, &call.operation)),
            Kind::Status(status) => Some(failed(call.service, &call.operation, *status)),
            _ => None,
        });
        let reply = match told {
            Some(reply) => reply,
            None => self.work(call, faults).await,
        };
        #[cfg(test)]
        error_form::assert_known(service, &operation, &reply);
        if hit(Kind::HangAfter) {
            return Answer::Hang;
        }
        if hit(Kind::ResetAfter) {
            return Answer::Reset;
        }
        Answer::Reply(reply)
    }

    /// The base URL that a call came in by.
    pub(crate) fn reached_at(&self, call: &Call) -> String {
        let host = call.headers.get("host").and_then(|host| host.to_str().ok());
        let told = format!("http://{}", host.unwrap_or_default());
        if self.is_reached_at(&told) { told } else { self.base_url.clone() }
    }

    /// Whether this is the base URL of any entrance.
    pub(crate) fn is_reached_at(&self, url: &str) -> bool {
        url == self.base_url || lock(&self.entrances).iter().any(|known| known == url)
    }

    /// A hang ends with the sandbox, or after five minutes: nobody waits longer than a state machine.
    pub(crate) async fn hang(&self) {
        let mut stopping = self.stopping.clone();
        let stopped = stopping.wait_for(|stopping| *stopping);
        // Both ways of waking mean the same.
        let _ = tokio::time::timeout(std::time::Duration::from_secs(300), stopped).await;
    }

    async fn work(self: &std::sync::Arc<Self>, call: Call, faults: &[Kind]) -> Reply {
        if call.service == Service::Salesforce {
            return salesforce::answer(self, &call, faults);
        }
        let service = call.service;
        let read = aws::check_signature(service, &call.headers)
            .and_then(|()| aws::read(service, &call.operation, &call.body));
        let body = match read {
            Ok(body) => body,
            Err(refusal) => return aws::reply(service, Err(refusal)),
        };
        if service == Service::DynamoDb {
            let (reply, consumed) = lock(&self.dynamodb).answer(&call.operation, &call.body);
            if let Some(consumed) = consumed {
                let what = format!("{} {}", call.operation, consumed.table);
                self.counters.add_many("capacityHalfUnits", &what, consumed.halves);
            }
            return reply;
        }
        let answer = match service {
            Service::SecretsManager => secrets_manager::answer(self, &call.operation, &body),
            Service::Bedrock => bedrock::converse(&call, &body, faults, &self.options),
            Service::Connect => connect::answer(self, &call, &body),
            Service::Sts => Ok(sts::caller_identity()),
            Service::ServiceQuotas => quotas::answer(&self.options, &body),
            Service::EventBridge => event_rules::answer(&self.options, &call.operation, &body),
            _ => sqs::answer(self, &call.operation, &body).await,
        };
        #[cfg(test)]
        if let (Ok(body), Some(model)) = (&answer, crate::api_model::of(service)) {
            let misfits = model.output_misfits(&call.operation, body);
            assert_eq!(misfits, [], "{} {body}", call.operation);
        }
        aws::reply(service, answer)
    }
}

fn throttled(service: Service, operation: &str) -> Reply {
    match service {
        Service::Salesforce => salesforce::throttled(operation),
        _ => aws::reply(service, Err(aws::throttled(service, operation))),
    }
}

fn failed(service: Service, operation: &str, status: u16) -> Reply {
    match service {
        Service::Salesforce => salesforce::failed(status),
        _ => aws::reply(service, Err(aws::failed(service, operation, status))),
    }
}

/// Locks what the sandbox knows; nothing panics while it is held.
pub(crate) fn lock<T>(what: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    what.lock().expect("nothing panics while it holds this lock")
}
