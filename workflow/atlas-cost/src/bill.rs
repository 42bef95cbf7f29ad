//! A month's bill, line by line.

mod lambda;

use serde::Serialize;

use crate::{Comparison, Decimal, Demand, Evidence, Measured, Overflow, Prices, Traffic};

/// Days of a month here, and hours.
const DAYS: u64 = 30;
const HOURS: u64 = DAYS * 24;
const GIGABYTE: u64 = 1 << 30;
/// More in a day than people live in most countries.
const MOST_LEADS_PER_DAY: u64 = 100_000_000;

/// What functions run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Architecture {
    /// Graviton.
    Arm64,
    /// The other one.
    X86_64,
}

/// Environments of a function that are kept ready all month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provisioned {
    /// The function.
    pub function: String,
    /// How many.
    pub environments: u64,
}

/// What is planned.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    /// Leads in a day.
    pub leads_per_day: u64,
    /// What functions run on.
    pub architecture: Architecture,
    /// The memory of each function in megabytes.
    pub memory: &'a [(&'a str, u32)],
    /// What starts by the clock: the function, and how many minutes lie between two starts.
    pub scheduled: &'a [(&'a str, u32)],
    /// How many queues start a function.
    pub queues: u64,
    /// Environments that are kept ready.
    pub provisioned: &'a [Provisioned],
}

/// The bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bill {
    /// The region of the prices.
    pub region: String,
    /// When they were looked up.
    pub prices_as_of: String,
    /// Where durations come from.
    pub durations: String,
    /// Leads in a day.
    pub leads_per_day: u64,
    /// And in the month, of 30 days.
    pub leads_per_month: u64,
    /// What functions run on.
    pub architecture: Architecture,
    /// Each line, in the order of services.
    pub lines: Vec<Line>,
    /// Their sum, in dollars.
    pub total: Decimal,
    /// What a lead costs, in dollars.
    pub per_lead: Decimal,
    /// What costs most.
    pub dominating: String,
    /// Its share of the total.
    pub dominating_share: Decimal,
    /// Without what Connect and Lex ask for, which depends on how long people talk.
    pub total_without_calls: Decimal,
    /// Two machines beside one.
    pub comparison: Comparison,
    /// What was assumed of leads.
    pub assumptions: Traffic,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// The service.
    pub service: &'static str,
    /// What of it.
    pub item: String,
    /// How many in the month.
    pub quantity: Decimal,
    /// Of what.
    pub unit: String,
    /// The price, in words.
    pub unit_price: String,
    /// In dollars.
    pub amount: Decimal,
    /// What the quantity is made of.
    pub made_of: String,
    /// How the price is known.
    pub evidence: Evidence,
    /// Where it was read.
    pub source: String,
}

/// A plan of which there is no bill.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BillError {
    /// Nothing, or more than can be.
    #[error("{0} leads a day; expected 1 to 100,000,000")]
    Leads(u64),
    /// A function of which nobody said its memory.
    #[error("`{0}` is no function of the workflow; known: {1}")]
    UnknownFunction(String, String),
    /// A figure does not fit.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

/// The bill of a month.
pub fn bill(
    plan: &Plan<'_>,
    demand: &Demand,
    traffic: &Traffic,
    measured: &Measured,
    prices: &Prices,
) -> Result<Bill, BillError> {
    if !(1..=MOST_LEADS_PER_DAY).contains(&plan.leads_per_day) {
        return Err(BillError::Leads(plan.leads_per_day));
    }
    let leads = plan.leads_per_day * DAYS;
    let mut lines = Lines { lines: Vec::new(), prices, leads: Decimal::whole(leads) };
    lines.step_functions(demand)?;
    let of_step_functions = sum(&lines.lines)?;
    let invocations = lines.lambda(plan, demand, traffic, measured)?;
    lines.dynamodb(plan, demand, traffic)?;
    lines.messages(plan, demand, traffic)?;
    lines.observation(demand, traffic, invocations)?;
    lines.secrets(demand, traffic)?;
    lines.model(demand)?;
    let without_calls = sum(&lines.lines)?;
    lines.calls(demand, traffic)?;
    let total = sum(&lines.lines)?;
    let most = lines.lines.iter().max_by_key(|line| line.amount);
    let (dominating, share) = match most {
        Some(line) if !total.is_zero() => {
            (format!("{}: {}", line.service, line.item), line.amount.over(total)?)
        }
        _ => (String::new(), Decimal::ZERO),
    };
    let transitions_of_one = demand.transitions.plus(demand.express_steps)?;
    let one_standard = prices
        .of("stepFunctions.standard.transition")
        .amount(transitions_of_one.times(Decimal::whole(leads))?)?;
    Ok(Bill {
        region: prices.region.clone(),
        prices_as_of: prices.as_of.clone(),
        durations: measured.origin.clone(),
        leads_per_day: plan.leads_per_day,
        leads_per_month: leads,
        architecture: plan.architecture,
        lines: lines.lines,
        total,
        per_lead: total.over(Decimal::whole(leads))?,
        dominating,
        dominating_share: share,
        total_without_calls: without_calls,
        comparison: Comparison {
            split: of_step_functions,
            one_standard,
            transitions_of_one,
            transitions: demand.transitions,
            saved: one_standard.less(of_step_functions),
        },
        assumptions: traffic.clone(),
    })
}

fn sum(lines: &[Line]) -> Result<Decimal, Overflow> {
    lines.iter().try_fold(Decimal::ZERO, |sum, line| sum.plus(line.amount))
}

struct Lines<'a> {
    lines: Vec<Line>,
    prices: &'a Prices,
    leads: Decimal,
}

impl Lines<'_> {
    fn add(
        &mut self,
        price: &str,
        service: &'static str,
        item: impl Into<String>,
        quantity: Decimal,
        made_of: impl Into<String>,
    ) -> Result<(), Overflow> {
        let of = self.prices.of(price);
        self.lines.push(Line {
            service,
            item: item.into(),
            quantity,
            unit: of.unit.clone(),
            unit_price: of.shown(),
            amount: of.amount(quantity)?,
            made_of: made_of.into(),
            evidence: of.evidence,
            source: of.source.clone(),
        });
        Ok(())
    }

    /// A line of what each lead takes.
    fn of_lead(
        &mut self,
        price: &str,
        service: &'static str,
        item: &str,
        each: Decimal,
    ) -> Result<(), Overflow> {
        let quantity = each.times(self.leads)?;
        self.add(price, service, item, quantity, format!("{} a lead", each.shown(4)))
    }

    fn step_functions(&mut self, demand: &Demand) -> Result<(), Overflow> {
        let service = "Step Functions";
        self.of_lead(
            "stepFunctions.express.request",
            service,
            "EXPRESS executions",
            demand.express_executions,
        )?;
        self.of_lead(
            "stepFunctions.express.duration",
            service,
            "EXPRESS duration, in steps of 64 MB and 100 ms",
            demand.express_gb_seconds,
        )?;
        self.of_lead(
            "stepFunctions.standard.transition",
            service,
            "STANDARD transitions, with retries",
            demand.transitions,
        )
    }

    fn dynamodb(
        &mut self,
        plan: &Plan<'_>,
        demand: &Demand,
        traffic: &Traffic,
    ) -> Result<(), Overflow> {
        let service = "DynamoDB";
        self.of_lead("dynamodb.write", service, "writes, with indexes", demand.write_units)?;
        let by_clock: Decimal = plan
            .scheduled
            .iter()
            .map(|(_, minutes)| Decimal::ratio(HOURS * 60, u64::from(*minutes) * 2))
            .sum();
        let read = demand.read_units.times(self.leads)?.plus(by_clock)?;
        let made_of =
            format!("{} a lead, and half a unit by the clock", demand.read_units.shown(4));
        self.add("dynamodb.read", service, "reads", read, made_of)?;
        let kept = Decimal::whole(plan.leads_per_day).times(Decimal::whole(traffic.record_days))?;
        let stored = kept.times(Decimal::ratio(traffic.record_bytes, GIGABYTE))?;
        let made_of = format!(
            "{} bytes a lead, kept for {} days, once it is full",
            traffic.record_bytes, traffic.record_days
        );
        self.add("dynamodb.storage", service, "storage", stored, made_of.clone())?;
        self.add("dynamodb.backup", service, "point-in-time recovery", stored, made_of)
    }

    fn messages(
        &mut self,
        plan: &Plan<'_>,
        demand: &Demand,
        traffic: &Traffic,
    ) -> Result<(), Overflow> {
        let each = demand.queue_requests()?;
        let polls = Decimal::whole(plan.queues * traffic.polls_per_hour * HOURS);
        let made_of = format!(
            "{} a lead (sent, received, deleted), and {} when Lambda asks {} queues",
            each.shown(4),
            polls.shown(0),
            plan.queues
        );
        self.add("sqs.request", "SQS", "requests", each.times(self.leads)?.plus(polls)?, made_of)
    }

    fn observation(
        &mut self,
        demand: &Demand,
        traffic: &Traffic,
        invocations: Decimal,
    ) -> Result<(), Overflow> {
        let service = "CloudWatch";
        let of_functions = invocations.times(Decimal::whole(traffic.log_bytes_per_invocation))?;
        let of_machines =
            demand.events.times(self.leads)?.times(Decimal::whole(traffic.log_bytes_per_event))?;
        let ingested = of_functions.plus(of_machines)?.over(Decimal::whole(GIGABYTE))?;
        let made_of = format!(
            "{} bytes an invocation, {} bytes for each of {} events a lead",
            traffic.log_bytes_per_invocation,
            traffic.log_bytes_per_event,
            demand.events.shown(2)
        );
        self.add("cloudwatch.logs.ingested", service, "logs written", ingested, made_of)?;
        let stored = ingested.times(Decimal::ratio(traffic.log_days, DAYS))?;
        self.add(
            "cloudwatch.logs.stored",
            service,
            "logs kept",
            stored,
            format!("for {} days", traffic.log_days),
        )?;
        let fixed = "whatever comes";
        self.add(
            "cloudwatch.metric",
            service,
            "metrics of its own",
            Decimal::whole(traffic.metrics),
            fixed,
        )?;
        self.add("cloudwatch.alarm", service, "alarms", Decimal::whole(traffic.alarms), fixed)?;
        self.add(
            "cloudwatch.dashboard",
            service,
            "dashboards",
            Decimal::whole(traffic.dashboards),
            fixed,
        )?;
        self.of_lead(
            "xray.trace",
            "X-Ray",
            "traces, none left out",
            Decimal::whole(traffic.traces_per_lead),
        )
    }

    fn secrets(&mut self, demand: &Demand, traffic: &Traffic) -> Result<(), Overflow> {
        self.add(
            "secretsManager.secret",
            "Secrets Manager",
            "secrets",
            Decimal::whole(traffic.secrets),
            "whatever comes",
        )?;
        self.of_lead(
            "secretsManager.request",
            "Secrets Manager",
            "reads, one for each new environment that needs it",
            demand.logins,
        )?;
        if traffic.customer_keys == 0 {
            return Ok(());
        }
        self.add(
            "kms.key",
            "KMS",
            "keys",
            Decimal::whole(traffic.customer_keys),
            "whatever comes",
        )?;
        let each = demand.logins.plus(demand.messages)?;
        self.of_lead("kms.request", "KMS", "requests, for secrets and messages", each)
    }

    fn model(&mut self, demand: &Demand) -> Result<(), Overflow> {
        self.of_lead("bedrock.input", "Bedrock", "tokens of prompts", demand.prompt_tokens)?;
        self.of_lead("bedrock.output", "Bedrock", "tokens of answers", demand.answer_tokens)
    }

    fn calls(&mut self, demand: &Demand, traffic: &Traffic) -> Result<(), Overflow> {
        self.of_lead("lex.text", "Lex", "requests in the chat", demand.text_requests)?;
        self.of_lead("lex.speech", "Lex", "requests on the phone", demand.speech_requests)?;
        let minutes = demand.talk_seconds.over(Decimal::whole(60))?;
        self.of_lead("connect.voice", "Connect", "minutes of calls", minutes)?;
        self.of_lead("connect.telephony", "Connect", "minutes of telephony, by country", minutes)?;
        let numbers = Decimal::whole(traffic.phone_numbers * DAYS);
        self.add(
            "connect.number",
            "Connect",
            "phone numbers",
            numbers,
            format!("{} for {DAYS} days", traffic.phone_numbers),
        )
    }
}

/// A share as people write it.
pub(crate) fn percent(share: Decimal) -> String {
    let shown = share.times(Decimal::whole(100)).unwrap_or_default().shown(1);
    match shown.trim_end_matches(".0") {
        "0" if !share.is_zero() => "<0.1 %".to_owned(),
        shown => format!("{shown} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bill_of(leads_per_day: u64, prices: &Prices) -> Result<Bill, BillError> {
        let plan = Plan {
            leads_per_day,
            architecture: Architecture::Arm64,
            memory: &[("f", 512)],
            scheduled: &[],
            queues: 0,
            provisioned: &[],
        };
        let demand = Demand {
            transitions: Decimal::whole(4),
            express_steps: Decimal::whole(6),
            talk_seconds: Decimal::whole(90),
            ..Demand::default()
        };
        bill(&plan, &demand, &Traffic::built_in(), &Measured::built_in(), prices)
    }

    #[test]
    fn a_line_is_its_quantity_times_its_price() {
        let bill = bill_of(1_000, &Prices::built_in()).unwrap();
        let line = |item: &str| bill.lines.iter().find(|line| line.item == item).unwrap();
        let transitions = line("STANDARD transitions, with retries");
        assert_eq!(
            (transitions.quantity.to_string(), transitions.amount.to_string()),
            ("120000".to_owned(), "3".to_owned())
        );
        // 30,000 calls of a minute and a half at 0.018.
        assert_eq!(line("minutes of calls").amount.to_string(), "810");
        assert_eq!(bill.dominating, "Connect: minutes of calls");
        assert_eq!(bill.comparison.one_standard.to_string(), "7.5");
    }

    #[test]
    fn leads_that_cannot_be_and_prices_that_do_not_fit_are_refused() {
        let prices = Prices::built_in();
        for leads in [0, 100_000_001, u64::MAX] {
            assert_eq!(bill_of(leads, &prices), Err(BillError::Leads(leads)));
        }
        let mut dear = prices.clone();
        dear.prices.get_mut("connect.voice").unwrap().usd = Decimal::whole(u64::MAX);
        assert_eq!(bill_of(100_000_000, &dear), Err(BillError::Overflow(Overflow)));
        assert!(bill_of(100_000_000, &prices).is_ok());
    }
}
