//! All that the sandbox knows, and one call's way through it: faults, latency, the work, the count.

use std::sync::Mutex;

use serde_json::json;
use tokio::{sync::watch, time::Instant};

use crate::{
    aws, bedrock,
    clock::Clock,
    connect,
    counters::{Counters, Ended},
    dynamodb,
    faults::{Faults, Kind},
    options::Options,
    reply::Reply,
    route::Call,
    salesforce,
    sandbox::StartError,
    secrets_manager,
    service::Service,
    sqs,
};

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) options: Options,
    pub(crate) base_url: String,
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
}

impl World {
    pub(crate) fn new(
        options: Options,
        base_url: String,
        stopping: watch::Receiver<bool>,
    ) -> Result<Self, StartError> {
        let tables = dynamodb::Tables::new(&options.tables, &options.expiries)?;
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
            base_url,
            stopping,
        })
    }

    /// Forgets all that happened; what was set stays set.
    pub(crate) fn reset(&self) -> Result<(), dynamodb::TableError> {
        let tables = dynamodb::Tables::new(&self.options.tables, &self.options.expiries)?;
        *lock(&self.dynamodb) = tables;
        *lock(&self.salesforce) = salesforce::Org::default();
        *lock(&self.keys) = secrets_manager::Keys::default();
        lock(&self.connect).forget();
        self.sqs.purge_all();
        self.faults.reset();
        self.counters.reset();
        Ok(())
    }

    pub(crate) async fn serve(
        self: std::sync::Arc<Self>,
        call: Call,
        new_connection: bool,
    ) -> Answer {
        let started = Instant::now();
        let subject = call.subject(|table| lock(&self.dynamodb).key_names(table));
        let faults = self.faults.draw(call.service, &call.operation, &subject);
        let service = call.service;
        let operation = call.operation.clone();
        let (word, answer) = self.suffer(call, &faults, new_connection).await;
        self.counters.call_ended(Ended {
            service,
            operation: &operation,
            new_connection,
            answer: word,
            faults: faults.iter().map(ToString::to_string).collect(),
            duration: started.elapsed(),
        });
        answer
    }

    async fn suffer(
        self: &std::sync::Arc<Self>,
        call: Call,
        faults: &[Kind],
        new_connection: bool,
    ) -> (String, Answer) {
        let after = |kind| faults.contains(&kind);
        if after(Kind::Hang) {
            return self.hang().await;
        }
        tokio::time::sleep(self.options.latency.of(call.service, &call.operation, new_connection))
            .await;
        if after(Kind::Reset) {
            return ("reset".to_owned(), Answer::Reset);
        }
        let told = faults.iter().find_map(|kind| match kind {
            Kind::Throttle => Some(throttled(call.service, &call.operation)),
            Kind::Status(status) => Some(failed(call.service, *status)),
            _ => None,
        });
        let reply = match told {
            Some(reply) => reply,
            None => self.work(call, faults).await,
        };
        if after(Kind::HangAfter) {
            return self.hang().await;
        }
        if after(Kind::ResetAfter) {
            return ("reset".to_owned(), Answer::Reset);
        }
        (reply.status.to_string(), Answer::Reply(reply))
    }

    /// A hang ends with the sandbox, or after five minutes: nobody waits longer than a state machine.
    async fn hang(&self) -> (String, Answer) {
        let mut stopping = self.stopping.clone();
        let stopped = async move { stopping.wait_for(|stopping| *stopping).await.map(|_| ()) };
        // Both ways of waking mean the same.
        let _ = tokio::time::timeout(std::time::Duration::from_secs(300), stopped).await;
        ("hang".to_owned(), Answer::Reset)
    }

    async fn work(self: &std::sync::Arc<Self>, call: Call, faults: &[Kind]) -> Reply {
        if call.service == Service::Salesforce {
            return salesforce::answer(self, &call, faults);
        }
        let service = call.service;
        if let Err(refusal) = aws::check_signature(service, &call.headers) {
            return aws::reply(service, Err(refusal));
        }
        let body = match aws::read(service, &call.operation, &call.body) {
            Ok(body) => body,
            Err(refusal) => return aws::reply(service, Err(refusal)),
        };
        if service == Service::DynamoDb {
            return lock(&self.dynamodb).answer(&call.operation, &call.body);
        }
        let answer = match service {
            Service::SecretsManager => secrets_manager::answer(self, &call.operation, &body),
            Service::Bedrock => bedrock::converse(&call, &body, faults, self.options.seed),
            Service::Connect => connect::answer(self, &call, &body),
            _ => sqs::answer(self, &call.operation, &body).await,
        };
        #[cfg(test)]
        if let (Ok(body), Some(model)) = (&answer, crate::api_model::of(service)) {
            assert_eq!(
                model.output_misfits(&call.operation, body),
                [],
                "{} {body}",
                call.operation
            );
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

fn failed(service: Service, status: u16) -> Reply {
    match service {
        Service::Salesforce => salesforce::failed(status),
        _ => aws::reply(service, Err(aws::failed(service, status))),
    }
}

/// Locks what the sandbox knows; nothing panics while it is held.
pub(crate) fn lock<T>(what: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    what.lock().expect("nothing panics while it holds this lock")
}
