//! Doubles for the call's ports, in one world: a table, Connect that counts its rings, Step Functions,
//! a clock; and a kill switch before and after each of the calls to them.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard},
};

use async_trait::async_trait;
use definitions::contract::{CallOutcome, CallbackToken, Outcome};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use crate::{
    call_ended, call_sweeper,
    clock::Clock,
    connect::{Contact, OutboundCall, Telephony, TelephonyError},
    gate::{CallingHours, Rules},
    invoke_outbound_call,
    records::{
        Attempt, AttemptKey, AttemptRecords, AttemptState, EndedContact, NewAttempt, Pace,
        PhoneHash, PhoneHashKey, Refusal, Reserved, Slot, StoreUnavailable, SuppressedNumber,
        SuppressionList,
    },
    workflow::{Callbacks, Sent, WorkflowError},
};

/// Where a handler is killed: at the nth call, before it is done or after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kill {
    pub(crate) call: usize,
    pub(crate) done: bool,
}

#[derive(Default)]
pub(crate) struct Inside {
    pub(crate) calls: Vec<&'static str>,
    pub(crate) kill: Option<Kill>,
    dead: bool,
    pub(crate) now: Timestamp,
    pub(crate) attempts: HashMap<String, Attempt>,
    pub(crate) held: HashSet<String>,
    tied: HashMap<String, AttemptKey>,
    early: HashMap<String, EndedContact>,
    pub(crate) suppressed: HashSet<PhoneHash>,
    pub(crate) slot: Option<Slot>,
    pub(crate) places: HashSet<String>,
    /// Rings by client token, and the contact of each.
    pub(crate) rings: BTreeMap<String, u32>,
    contacts: HashMap<String, String>,
    pub(crate) ended: HashMap<String, EndedContact>,
    pub(crate) start_fails: Vec<TelephonyError>,
    /// Whether Connect rings although it answers with an error.
    pub(crate) rings_anyway: bool,
    pub(crate) describe_fails: bool,
    pub(crate) waits: HashSet<String>,
    pub(crate) results: Vec<(String, Outcome)>,
    pub(crate) mark_is_late: bool,
}

#[derive(Default)]
pub(crate) struct World {
    inside: Mutex<Inside>,
    /// Whether the handler that runs has been killed.
    died: watch::Sender<bool>,
}

impl World {
    /// 10 in the morning in San Francisco.
    pub(crate) fn new() -> Arc<Self> {
        let world = Self::default();
        world.inside().now = "2026-11-20T18:00:00Z".parse().unwrap();
        Arc::new(world)
    }

    pub(crate) fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap()
    }

    /// Runs a handler until it ends or is killed.
    pub(crate) async fn live<T>(
        &self,
        kill: Option<Kill>,
        run: impl Future<Output = T>,
    ) -> Option<T> {
        {
            let mut inside = self.inside();
            inside.calls.clear();
            inside.kill = kill;
            inside.dead = false;
        }
        self.died.send_replace(false);
        let mut died = self.died.subscribe();
        let ended = tokio::select! {
            biased;
            ended = run => Some(ended),
            _ = died.wait_for(|died| *died) => None,
        };
        let mut inside = self.inside();
        inside.kill = None;
        inside.dead = false;
        ended
    }

    async fn call<T>(&self, name: &'static str, act: impl FnOnce(&mut Inside) -> T) -> T {
        let answer = {
            let mut inside = self.inside();
            let call = inside.calls.len();
            if !inside.dead {
                inside.calls.push(name);
                inside.dead = inside.kill == Some(Kill { call, done: false });
            }
            if inside.dead {
                None
            } else {
                let answer = act(&mut inside);
                inside.dead = inside.kill == Some(Kill { call, done: true });
                (!inside.dead).then_some(answer)
            }
        };
        match answer {
            Some(answer) => answer,
            None => {
                self.died.send_replace(true);
                std::future::pending().await
            }
        }
    }

    pub(crate) fn pass(&self, time: SignedDuration) {
        let mut inside = self.inside();
        inside.now += time;
    }

    /// The call is over; gives its contact where it rang.
    pub(crate) fn hang_up(&self) -> Option<String> {
        let mut inside = self.inside();
        let contact = inside.contacts.values().next().cloned()?;
        let end = EndedContact {
            disconnect_reason: Some("CUSTOMER_DISCONNECT".to_owned()),
            connected_at: Some(inside.now),
            ended_at: Some(inside.now + SignedDuration::from_secs(60)),
            described: true,
            ..EndedContact::default()
        };
        inside.ended.insert(contact.clone(), end);
        Some(contact)
    }

    pub(crate) fn rung(&self) -> u32 {
        self.inside().rings.values().sum()
    }

    pub(crate) fn invoke_deps(self: &Arc<Self>) -> invoke_outbound_call::Deps {
        invoke_outbound_call::Deps {
            clock: self.clone(),
            records: self.clone(),
            suppression: self.clone(),
            pace: self.clone(),
            telephony: self.clone(),
            callbacks: self.clone(),
            rules: Rules {
                countries: ["US".parse().unwrap()].into(),
                hours: CallingHours::default(),
                most_attempts: 3,
            },
            phone_hash_key: PhoneHashKey::new("0123456789abcdef").unwrap(),
            overdue_after: SignedDuration::from_mins(15),
        }
    }

    pub(crate) fn ended_deps(self: &Arc<Self>) -> call_ended::Deps {
        call_ended::Deps {
            clock: self.clone(),
            records: self.clone(),
            pace: self.clone(),
            telephony: self.clone(),
            callbacks: self.clone(),
        }
    }

    pub(crate) fn sweeper_deps(self: &Arc<Self>) -> call_sweeper::Deps {
        call_sweeper::Deps {
            clock: self.clone(),
            records: self.clone(),
            pace: self.clone(),
            telephony: self.clone(),
            callbacks: self.clone(),
        }
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        self.inside().now
    }
}

impl Inside {
    fn change(
        &mut self,
        key: &AttemptKey,
        when: impl FnOnce(&Attempt) -> bool,
        change: impl FnOnce(&mut Attempt),
    ) -> Result<(bool, Attempt), StoreUnavailable> {
        let attempt = self.attempts.get_mut(&key.to_string());
        let attempt = attempt.ok_or_else(|| StoreUnavailable::new("no such attempt"))?;
        let holds = when(attempt);
        if holds {
            change(attempt);
        }
        Ok((holds, attempt.clone()))
    }
}

fn may_have_rung(attempt: &Attempt) -> bool {
    matches!(attempt.state, AttemptState::Reserved | AttemptState::Dialing)
}

#[async_trait]
impl AttemptRecords for World {
    async fn reserve(&self, new: &NewAttempt) -> Result<Reserved, StoreUnavailable> {
        self.call("reserve", |inside| {
            if let Some(known) = inside.attempts.get(&new.key.to_string()) {
                return Ok(Reserved::Existing(Box::new(known.clone())));
            }
            let attempt = Attempt {
                key: new.key.clone(),
                state: AttemptState::Reserved,
                lead_id: new.lead_id.clone(),
                scenario: new.scenario.clone(),
                task_token: new.task_token.clone(),
                phone_hash: new.phone_hash.clone(),
                waiting: new.waiting,
                reserved_at: new.reserved_at,
                contact_id: None,
                outcome: None,
                refusal: None,
                due_at: Some(new.due_at),
            };
            inside.attempts.insert(new.key.to_string(), attempt);
            Ok(Reserved::New)
        })
        .await
    }

    async fn attempt(&self, key: &AttemptKey) -> Result<Option<Attempt>, StoreUnavailable> {
        self.call("attempt", |inside| Ok(inside.attempts.get(&key.to_string()).cloned())).await
    }

    async fn renew_token(
        &self,
        key: &AttemptKey,
        token: &CallbackToken,
        due_at: Timestamp,
    ) -> Result<Attempt, StoreUnavailable> {
        self.call("renew_token", |inside| {
            let renew = |attempt: &mut Attempt| {
                attempt.task_token = token.clone();
                attempt.due_at = Some(due_at);
            };
            Ok(inside.change(key, |_| true, renew)?.1)
        })
        .await
    }

    async fn waiting(&self, key: &AttemptKey) -> Result<(), StoreUnavailable> {
        self.call("waiting", |inside| {
            let reserved = |attempt: &Attempt| attempt.state == AttemptState::Reserved;
            inside.change(key, reserved, |attempt| attempt.waiting = true).map(drop)
        })
        .await
    }

    async fn dialing(&self, key: &AttemptKey, _: Timestamp) -> Result<(), StoreUnavailable> {
        if self.inside().mark_is_late {
            tokio::task::yield_now().await;
        }
        self.call("dialing", |inside| {
            let reserved = |attempt: &Attempt| attempt.state == AttemptState::Reserved;
            let dial = |attempt: &mut Attempt| {
                attempt.state = AttemptState::Dialing;
                attempt.waiting = false;
            };
            inside.change(key, reserved, dial).map(drop)
        })
        .await
    }

    async fn dialed(
        &self,
        key: &AttemptKey,
        contact_id: &str,
        _: Timestamp,
        due_at: Timestamp,
    ) -> Result<Attempt, StoreUnavailable> {
        self.call("dialed", |inside| {
            let dialed = |attempt: &mut Attempt| {
                attempt.state = AttemptState::Dialed;
                attempt.contact_id = Some(contact_id.to_owned());
                attempt.due_at = Some(due_at);
            };
            Ok(inside.change(key, may_have_rung, dialed)?.1)
        })
        .await
    }

    async fn not_placed(
        &self,
        key: &AttemptKey,
        refusal: &Refusal,
    ) -> Result<Attempt, StoreUnavailable> {
        self.call("not_placed", |inside| {
            let refuse = |attempt: &mut Attempt| {
                attempt.state = AttemptState::NotPlaced;
                attempt.refusal = Some(refusal.clone());
                attempt.due_at = None;
            };
            Ok(inside.change(key, may_have_rung, refuse)?.1)
        })
        .await
    }

    async fn ended(
        &self,
        key: &AttemptKey,
        outcome: &CallOutcome,
        _: Timestamp,
    ) -> Result<Attempt, StoreUnavailable> {
        self.call("ended", |inside| {
            let dialed = |attempt: &Attempt| attempt.state == AttemptState::Dialed;
            let end = |attempt: &mut Attempt| {
                attempt.state = AttemptState::Ended;
                attempt.outcome = Some(outcome.clone());
            };
            Ok(inside.change(key, dialed, end)?.1)
        })
        .await
    }

    async fn settled(
        &self,
        key: &AttemptKey,
        token: &CallbackToken,
    ) -> Result<bool, StoreUnavailable> {
        self.call("settled", |inside| {
            let same = |attempt: &Attempt| attempt.task_token == *token;
            Ok(inside.change(key, same, |attempt| attempt.due_at = None)?.0)
        })
        .await
    }

    async fn held(
        &self,
        key: &AttemptKey,
        token: &CallbackToken,
        _: Timestamp,
    ) -> Result<bool, StoreUnavailable> {
        self.call("held", |inside| {
            inside.held.insert(key.to_string());
            let same = |attempt: &Attempt| attempt.task_token == *token;
            Ok(inside.change(key, same, |attempt| attempt.due_at = None)?.0)
        })
        .await
    }

    async fn postpone(&self, key: &AttemptKey, due_at: Timestamp) -> Result<(), StoreUnavailable> {
        self.call("postpone", |inside| {
            let open = |attempt: &Attempt| attempt.due_at.is_some();
            inside.change(key, open, |attempt| attempt.due_at = Some(due_at)).map(drop)
        })
        .await
    }

    async fn tie_contact(
        &self,
        contact_id: &str,
        key: &AttemptKey,
    ) -> Result<Option<EndedContact>, StoreUnavailable> {
        self.call("tie_contact", |inside| {
            inside.tied.insert(contact_id.to_owned(), key.clone());
            Ok(inside.early.get(contact_id).cloned())
        })
        .await
    }

    async fn keep_end(
        &self,
        contact_id: &str,
        end: &EndedContact,
    ) -> Result<Option<AttemptKey>, StoreUnavailable> {
        self.call("keep_end", |inside| {
            inside.early.entry(contact_id.to_owned()).or_insert_with(|| end.clone());
            Ok(inside.tied.get(contact_id).cloned())
        })
        .await
    }

    async fn of_contact(&self, contact_id: &str) -> Result<Option<AttemptKey>, StoreUnavailable> {
        self.call("of_contact", |inside| {
            let mut attempts = inside.attempts.values();
            let found = attempts.find(|one| one.contact_id.as_deref() == Some(contact_id));
            Ok(found.map(|attempt| attempt.key.clone()))
        })
        .await
    }

    async fn overdue(&self, now: Timestamp, _: u32) -> Result<Vec<AttemptKey>, StoreUnavailable> {
        self.call("overdue", |inside| {
            let due = |one: &&Attempt| one.due_at.is_some_and(|due| due <= now);
            Ok(inside.attempts.values().filter(due).map(|one| one.key.clone()).collect())
        })
        .await
    }
}

#[async_trait]
impl SuppressionList for World {
    async fn holds(&self, phone: &PhoneHash) -> Result<bool, StoreUnavailable> {
        self.call("suppressed", |inside| Ok(inside.suppressed.contains(phone))).await
    }

    async fn add(&self, number: &SuppressedNumber) -> Result<bool, StoreUnavailable> {
        let phone = number.phone_hash.clone();
        self.call("suppress", |inside| Ok(inside.suppressed.insert(phone))).await
    }

    async fn remove(&self, phone: &PhoneHash) -> Result<bool, StoreUnavailable> {
        self.call("release_number", |inside| Ok(inside.suppressed.remove(phone))).await
    }

    async fn list(&self) -> Result<Vec<SuppressedNumber>, StoreUnavailable> {
        self.call("list", |inside| {
            let number = |phone: &PhoneHash| SuppressedNumber {
                phone_hash: phone.clone(),
                reason: String::new(),
                since: inside.now,
            };
            Ok(inside.suppressed.iter().map(number).collect())
        })
        .await
    }
}

#[async_trait]
impl Pace for World {
    async fn take(&self, key: &AttemptKey, _: Timestamp) -> Result<Slot, StoreUnavailable> {
        self.call("pace", |inside| {
            let slot = inside.slot.unwrap_or(Slot::Taken);
            if slot == Slot::Taken {
                inside.places.insert(key.to_string());
            }
            Ok(slot)
        })
        .await
    }

    async fn release(&self, key: &AttemptKey) -> Result<(), StoreUnavailable> {
        self.call("release", |inside| {
            inside.places.remove(&key.to_string());
            Ok(())
        })
        .await
    }
}

#[async_trait]
impl Telephony for World {
    async fn start_outbound_voice_contact(
        &self,
        call: &OutboundCall,
    ) -> Result<String, TelephonyError> {
        self.call("start", |inside| {
            let failure = inside.start_fails.pop();
            if let (Some(failure), false) = (&failure, inside.rings_anyway) {
                return Err(failure.clone());
            }
            let contact = format!("contact-of-{}", &call.client_token[..8]);
            if inside.contacts.insert(call.client_token.clone(), contact.clone()).is_none() {
                *inside.rings.entry(call.client_token.clone()).or_default() += 1;
            }
            failure.map_or(Ok(contact), Err)
        })
        .await
    }

    async fn describe_contact(&self, contact_id: &str) -> Result<Contact, TelephonyError> {
        self.call("describe", |inside| {
            if inside.describe_fails {
                return Err(TelephonyError::Throttled);
            }
            let known = inside.contacts.values().any(|contact| contact == contact_id);
            Ok(match inside.ended.get(contact_id) {
                Some(end) => Contact::Ended(end.clone()),
                None if known => Contact::Open,
                None => Contact::Missing,
            })
        })
        .await
    }
}

#[async_trait]
impl Callbacks for World {
    async fn send_task_success(
        &self,
        token: &CallbackToken,
        outcome: &CallOutcome,
    ) -> Result<Sent, WorkflowError> {
        self.call("send", |inside| {
            if !inside.waits.remove(token.reveal()) {
                return Ok(Sent::Closed);
            }
            inside.results.push((token.reveal().to_owned(), outcome.outcome));
            Ok(Sent::Delivered)
        })
        .await
    }
}
