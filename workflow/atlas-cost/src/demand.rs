//! What one lead takes of everything, on average over how leads end.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Decimal, Journey, Measured, Overflow, Requests, Traffic, requests::Asks};

const CALL_ENDED: &str = "CallEndedHandler";
const LEX: &str = "LexFulfillmentHandler";
const WRITER: &str = "ResponseWriterHandler";
/// Sent, received, deleted.
const REQUESTS_OF_A_MESSAGE: u64 = 3;
/// Of Claude models since the fourth generation a token of an answer counts as five against the quota.
const QUOTA_TOKENS_OF_AN_ANSWER: u64 = 5;

/// A prompt of the handlers, as it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prompt {
    /// Its instructions, its data and its tool, in bytes.
    pub bytes: u64,
    /// What its answer may take at most, in tokens.
    pub most_tokens: u64,
}

/// All prompts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prompts {
    /// Writes the scenario of a call.
    pub scenario: Prompt,
    /// Writes an answer of the chat.
    pub response: Prompt,
    /// Speaks on the phone.
    pub phone: Prompt,
}

/// How many of something a lead takes.
pub(crate) type PerLead = Decimal;

/// What one lead takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Demand {
    pub(crate) express_executions: PerLead,
    pub(crate) express_gb_seconds: PerLead,
    pub(crate) express_steps: PerLead,
    pub(crate) standard_executions: PerLead,
    pub(crate) transitions: PerLead,
    pub(crate) events: PerLead,
    /// By function.
    pub(crate) invocations: BTreeMap<String, PerLead>,
    /// By function, in seconds of its handler.
    pub(crate) handler_seconds: BTreeMap<String, PerLead>,
    pub(crate) write_units: PerLead,
    pub(crate) hot_write_units: PerLead,
    pub(crate) read_units: PerLead,
    pub(crate) messages: PerLead,
    pub(crate) calls: PerLead,
    pub(crate) answered: PerLead,
    pub(crate) describes: PerLead,
    pub(crate) callbacks: PerLead,
    pub(crate) salesforce_requests: PerLead,
    pub(crate) prompt_tokens: PerLead,
    pub(crate) answer_tokens: PerLead,
    pub(crate) quota_tokens: PerLead,
    pub(crate) text_requests: PerLead,
    pub(crate) speech_requests: PerLead,
    pub(crate) talk_seconds: PerLead,
    /// How long lines of Connect are taken, ringing as well.
    pub(crate) line_seconds: PerLead,
    /// How long executions of STANDARD machines are open.
    pub(crate) open_seconds: PerLead,
    /// New environments that log in to Salesforce, with the secret that they read for it.
    pub(crate) logins: PerLead,
    pub(crate) new_environments: PerLead,
    pub(crate) chat_seconds: PerLead,
}

/// What a quota is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Demanded {
    /// Lines of Connect, in seconds.
    CallsAtOnce,
    /// Calls that are started.
    CallsStarted,
    /// Contacts that are looked up.
    ContactsDescribed,
    /// Events of contacts.
    ContactEvents,
    /// Executions of EXPRESS machines.
    ExpressStarts,
    /// Executions of STANDARD machines.
    StandardStarts,
    /// Their transitions.
    Transitions,
    /// Task tokens that are answered.
    Callbacks,
    /// Executions of STANDARD machines, in seconds.
    OpenExecutions,
    /// Functions, in seconds.
    FunctionsAtOnce,
    /// New environments of the function that has most.
    NewEnvironments,
    /// Tokens of the model, as its quota counts them.
    ModelTokens,
    /// Requests to Salesforce.
    SalesforceRequests,
    /// Logins.
    SalesforceLogins,
    /// Write units.
    WriteUnits,
    /// Those of the one partition that counts calls.
    HotWriteUnits,
    /// Messages, in seconds until they are deleted.
    MessagesAtOnce,
    /// Secrets that are read.
    SecretReads,
    /// Chats, in seconds.
    ChatsAtOnce,
}

impl Demand {
    /// What a lead takes of it.
    pub fn of(&self, demanded: Demanded) -> Result<Decimal, Overflow> {
        let seconds_of = |name: &str| self.handler_seconds.get(name).copied().unwrap_or_default();
        Ok(match demanded {
            Demanded::CallsAtOnce => self.line_seconds,
            Demanded::CallsStarted => self.calls,
            Demanded::ContactsDescribed => self.describes,
            Demanded::ContactEvents => self.describes,
            Demanded::ExpressStarts => self.express_executions,
            Demanded::StandardStarts => self.standard_executions,
            Demanded::Transitions => self.transitions,
            Demanded::Callbacks => self.callbacks,
            Demanded::OpenExecutions => self.open_seconds,
            Demanded::FunctionsAtOnce => self.handler_seconds.values().copied().sum(),
            Demanded::NewEnvironments => self.new_environments,
            Demanded::ModelTokens => self.quota_tokens,
            Demanded::SalesforceRequests => self.salesforce_requests,
            Demanded::SalesforceLogins | Demanded::SecretReads => self.logins,
            Demanded::WriteUnits => self.write_units,
            Demanded::HotWriteUnits => self.hot_write_units,
            Demanded::MessagesAtOnce => seconds_of(CALL_ENDED).max(seconds_of(WRITER)),
            Demanded::ChatsAtOnce => self.chat_seconds,
        })
    }

    /// All invocations.
    pub(crate) fn all_invocations(&self) -> PerLead {
        self.invocations.values().copied().sum()
    }
}

/// What a lead takes, of journeys by mock case.
pub fn demand(
    journeys: &BTreeMap<String, Journey>,
    traffic: &Traffic,
    measured: &Measured,
    requests: &Requests,
    prompts: &Prompts,
) -> Result<Demand, Overflow> {
    let mut all = Adding { demand: Demand::default(), traffic, measured, requests, prompts };
    for (case, journey) in journeys {
        let share = traffic.cases.get(case).copied().unwrap_or_default();
        all.journey(journey, share)?;
    }
    all.chat()?;
    let mut demand = all.demand;
    // A function that asks Salesforce asks once, so it is invoked as often.
    demand.logins = demand.salesforce_requests.times(traffic.cold_starts)?;
    let busiest = demand.invocations.values().copied().max().unwrap_or_default();
    demand.new_environments = busiest.times(traffic.cold_starts)?;
    Ok(demand)
}

struct Adding<'a> {
    demand: Demand,
    traffic: &'a Traffic,
    measured: &'a Measured,
    requests: &'a Requests,
    prompts: &'a Prompts,
}

impl Adding<'_> {
    fn journey(&mut self, journey: &Journey, share: Decimal) -> Result<(), Overflow> {
        let many = |number: u64| Decimal::whole(number).times(share);
        let demand = &mut self.demand;
        for (sum, part) in [
            (&mut demand.express_executions, many(journey.express_executions)?),
            (&mut demand.express_steps, many(journey.express_steps)?),
            (&mut demand.express_gb_seconds, journey.express_gb_seconds.times(share)?),
            (&mut demand.standard_executions, many(journey.standard_executions)?),
            (&mut demand.transitions, many(journey.transitions)?),
            (&mut demand.events, many(journey.events)?),
            (&mut demand.open_seconds, many(journey.waits_seconds)?),
        ] {
            *sum = sum.plus(part)?;
        }
        for ((task, end), count) in &journey.tasks {
            self.invoked(task, end, many(*count)?)?;
        }
        Ok(())
    }

    /// What is said in the chat before the lead is there, by everybody.
    fn chat(&mut self) -> Result<(), Overflow> {
        let Traffic { chat_turns, talk_turns, .. } = *self.traffic;
        let whole = Decimal::whole;
        self.demand.text_requests = whole(chat_turns);
        self.demand.chat_seconds = whole(self.traffic.chat_seconds);
        self.invoked(LEX, "talk", whole(talk_turns))?;
        self.invoked(LEX, "demo", whole(chat_turns - talk_turns))?;
        let misses = whole(talk_turns).times(whole(1).less(self.traffic.cache_hits))?;
        self.demand.messages = self.demand.messages.plus(misses)?;
        self.invoked(WRITER, "succeeded", misses)
    }

    /// So many invocations that ended so, and all that comes of them.
    fn invoked(&mut self, task: &str, end: &str, count: Decimal) -> Result<(), Overflow> {
        if count.is_zero() {
            return Ok(());
        }
        let seconds = self.measured.handler(task).over(Decimal::whole(1000))?.times(count)?;
        // What a state asks a service itself is no function.
        if !task.contains(':') {
            add(self.demand.invocations.entry(task.to_owned()).or_default(), count)?;
            add(self.demand.handler_seconds.entry(task.to_owned()).or_default(), seconds)?;
        }
        let mut told = Decimal::ZERO;
        let requests = self.requests;
        for (share, asked) in requests.of(task, end, self.traffic.cache_hits) {
            let count = count.times(share)?;
            let demand = &mut self.demand;
            for (sum, each) in [
                (&mut demand.write_units, asked.write_units),
                (&mut demand.hot_write_units, asked.hot_write_units),
                (&mut demand.read_units, asked.read_units),
                (&mut demand.salesforce_requests, asked.salesforce_requests),
                (&mut demand.calls, asked.calls),
                (&mut demand.describes, asked.describes),
                (&mut demand.callbacks, asked.callbacks),
                (&mut demand.open_seconds, asked.waits_seconds),
            ] {
                add(sum, count.times(each)?)?;
            }
            if let Some(prompt) = asked.prompt {
                self.asked(prompt, count)?;
            }
            if !asked.calls.is_zero() {
                self.called(asked.talks, count)?;
            }
            if asked.tells_its_end {
                told = told.plus(count)?;
            }
        }
        add(&mut self.demand.messages, told)?;
        self.invoked(CALL_ENDED, "succeeded", told)
    }

    fn called(&mut self, talks: bool, count: Decimal) -> Result<(), Overflow> {
        let Traffic { talk_seconds, ring_seconds, phone_turns, .. } = *self.traffic;
        let ringing = count.times(Decimal::whole(ring_seconds))?;
        add(&mut self.demand.line_seconds, ringing)?;
        add(&mut self.demand.open_seconds, ringing)?;
        if !talks {
            return Ok(());
        }
        let talking = count.times(Decimal::whole(talk_seconds))?;
        for sum in [
            &mut self.demand.line_seconds,
            &mut self.demand.open_seconds,
            &mut self.demand.talk_seconds,
        ] {
            add(sum, talking)?;
        }
        add(&mut self.demand.answered, count)?;
        let turns = count.times(Decimal::whole(phone_turns))?;
        add(&mut self.demand.speech_requests, turns)?;
        self.invoked(LEX, "phone", turns)
    }

    fn asked(&mut self, asks: Asks, count: Decimal) -> Result<(), Overflow> {
        let prompt = match asks {
            Asks::Scenario => self.prompts.scenario,
            Asks::Response => self.prompts.response,
            Asks::Phone => self.prompts.phone,
        };
        let tokens = Decimal::whole(tokens_of(prompt.bytes) + self.traffic.tool_tokens);
        let answer = Decimal::whole(prompt.most_tokens).times(self.traffic.answer_share)?;
        add(&mut self.demand.prompt_tokens, tokens.times(count)?)?;
        add(&mut self.demand.answer_tokens, answer.times(count)?)?;
        // At first the most that it may answer is reserved; in the end an answer counts several times.
        let counted = answer.times(Decimal::whole(QUOTA_TOKENS_OF_AN_ANSWER))?;
        let reserved = tokens.plus(counted.max(Decimal::whole(prompt.most_tokens)))?;
        add(&mut self.demand.quota_tokens, reserved.times(count)?)
    }
}

impl Demand {
    /// Requests to queues, of messages.
    pub(crate) fn queue_requests(&self) -> Result<PerLead, Overflow> {
        self.messages.times(Decimal::whole(REQUESTS_OF_A_MESSAGE))
    }
}

/// An estimate: a token is 3.5 characters of English, which no tokenizer was asked for.
pub(crate) fn tokens_of(bytes: u64) -> u64 {
    (bytes * 2).div_ceil(7)
}

fn add(sum: &mut Decimal, part: Decimal) -> Result<(), Overflow> {
    *sum = sum.plus(part)?;
    Ok(())
}
