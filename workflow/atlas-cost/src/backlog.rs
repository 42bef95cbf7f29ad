//! Leads that come at once: how long until all of them were called, and whether calls are allowed for so long.

use serde::Serialize;

use crate::{Decimal, Demand, Overflow, Prices, Quotas, Requests, demand::Demanded};

/// How a lead waits for its turn with Connect, as the machine says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TurnPolicy {
    /// How long it waits at most before it asks again, in seconds; on average half of it.
    pub most_delay_seconds: u64,
    /// How often it asks.
    pub attempts: u64,
    /// How many hours in a row calls are allowed.
    pub calling_hours: u64,
}

/// What becomes of backlogs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Backlog {
    /// Whichever of Connect's quotas decides, in words.
    pub decided_by: &'static str,
    /// Leads an hour that are called.
    pub leads_per_hour: Decimal,
    /// How many hours in a row calls are allowed.
    pub calling_hours: u64,
    /// After how many hours, on average, a lead has asked as often as it may.
    pub gives_up_after_hours: Decimal,
    /// What asking once more costs, in dollars.
    pub cost_of_asking: Decimal,
    /// Each backlog.
    pub rows: Vec<BacklogRow>,
}

/// One backlog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BacklogRow {
    /// Leads that come at once.
    pub leads: u64,
    /// Until the last is called, if calls were always allowed.
    pub hours: Decimal,
    /// The share that is called before calls are not allowed any more, where all came when that began.
    pub called_in_time: Decimal,
    /// How often a lead asks, on average.
    pub asks: Decimal,
    /// What waiting costs, in dollars, for all of them.
    pub cost_of_waiting: Decimal,
}

/// What becomes of so many leads that come at once.
pub fn backlogs(
    leads: &[u64],
    demand: &Demand,
    quotas: &Quotas,
    policy: TurnPolicy,
    prices: &Prices,
    requests: &Requests,
) -> Result<Backlog, Overflow> {
    let lines = demand.connect(quotas, Demanded::CallsAtOnce)?;
    let starts = demand.connect(quotas, Demanded::CallsStarted)?;
    let (each, decided_by) = if lines >= starts {
        (lines, "the calls that go on at once")
    } else {
        (starts, "the calls that are started in a second")
    };
    let hour = Decimal::whole(3_600);
    let (writes, _) =
        requests.units("InvokeOutboundCallHandler", "Connect.Throttled", Decimal::ZERO);
    let cost_of_asking = [
        ("stepFunctions.standard.transition", Decimal::whole(1)),
        ("lambda.request", Decimal::whole(1)),
        ("dynamodb.write", writes),
    ]
    .into_iter()
    .try_fold(Decimal::ZERO, |sum, (price, quantity)| {
        sum.plus(prices.of(price).amount(quantity)?)
    })?;
    let rows = leads.iter().map(|leads| {
        let all = Decimal::whole(*leads).times(each)?;
        let hours = all.over(hour)?;
        let allowed = Decimal::whole(policy.calling_hours);
        let in_time = if hours <= allowed { Decimal::whole(1) } else { allowed.over(hours)? };
        // A lead waits half of the time that the last one waits, or until nobody may be called, and asks again
        // after half of the longest delay.
        let waits = hours.min(allowed).times(hour)?.over(Decimal::whole(2))?;
        let delay = Decimal::ratio(policy.most_delay_seconds, 2);
        let asks = waits.over(delay)?.min(Decimal::whole(policy.attempts));
        let cost = asks.times(Decimal::whole(*leads))?.times(cost_of_asking)?;
        Ok(BacklogRow {
            leads: *leads,
            hours,
            called_in_time: in_time,
            asks,
            cost_of_waiting: cost,
        })
    });
    Ok(Backlog {
        decided_by,
        leads_per_hour: hour.over(each)?,
        calling_hours: policy.calling_hours,
        gives_up_after_hours: Decimal::ratio(
            policy.attempts * policy.most_delay_seconds,
            2 * 3_600,
        ),
        cost_of_asking,
        rows: rows.collect::<Result<_, Overflow>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: TurnPolicy =
        TurnPolicy { most_delay_seconds: 300, attempts: 400, calling_hours: 13 };

    fn check(line_seconds: u64, calls: u64, leads: u64) -> Backlog {
        let demand = Demand {
            line_seconds: Decimal::whole(line_seconds),
            calls: Decimal::whole(calls),
            ..Demand::default()
        };
        let (quotas, prices) = (Quotas::built_in(), Prices::built_in());
        backlogs(&[leads], &demand, &quotas, POLICY, &prices, &Requests::built_in()).unwrap()
    }

    #[test]
    fn a_backlog_takes_as_long_as_the_scarcer_of_lines_and_starts_allows() {
        let long = check(180, 1, 1_000);
        assert_eq!(
            (long.leads_per_hour.to_string(), long.rows[0].hours.to_string()),
            ("200".to_owned(), "5".to_owned())
        );
        // Half of 5 hours, every two and a half minutes.
        assert_eq!(long.rows[0].asks.to_string(), "60");
        assert_eq!(long.rows[0].called_in_time, Decimal::whole(1));
        let short = check(1, 1, 7_200);
        assert_eq!(short.decided_by, "the calls that are started in a second");
        assert_eq!(short.rows[0].hours.to_string(), "1");
    }

    #[test]
    fn who_waits_longer_than_calls_are_allowed_is_not_called() {
        let backlog = check(180, 1, 5_200);
        assert_eq!(backlog.rows[0].hours.to_string(), "26");
        assert_eq!(backlog.rows[0].called_in_time.to_string(), "0.5");
    }
}
