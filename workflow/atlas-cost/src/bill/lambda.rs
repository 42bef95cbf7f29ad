//! What functions cost: requests, the time of handlers and of starts, and environments that are kept ready.

use super::{Architecture, BillError, HOURS, Lines, Plan, percent};
use crate::{Decimal, Demand, Measured, Overflow, Traffic};

const SERVICE: &str = "Lambda";

/// The names of prices that depend on what functions run on.
struct PriceNames {
    duration: &'static str,
    /// Of an environment that is kept ready.
    kept: &'static str,
    /// Of a handler in it: less than elsewhere, and all at one price.
    duration_in_kept: &'static str,
}

/// What the invocations of one function take in the month.
struct Invoked {
    megabytes: u32,
    invocations: Decimal,
    /// Of each, in milliseconds.
    billed: Decimal,
    /// How many of them find an environment that is kept ready: 1 is all.
    share_in_kept: Decimal,
}

impl Lines<'_> {
    /// How many invocations there are in the month.
    pub(super) fn lambda(
        &mut self,
        plan: &Plan<'_>,
        demand: &Demand,
        traffic: &Traffic,
        measured: &Measured,
    ) -> Result<Decimal, BillError> {
        let names = names(plan.architecture);
        let mut all = Decimal::ZERO;
        let (mut running, mut starting) = (Decimal::ZERO, Decimal::ZERO);
        let mut by_function = Vec::new();
        for (name, megabytes) in plan.memory {
            let invoked = self.invoked(plan, demand, measured, (name, *megabytes))?;
            all = all.plus(invoked.invocations)?;
            let elsewhere = invoked.elsewhere()?;
            running = running.plus(invoked.gigabyte_seconds(elsewhere, invoked.billed)?)?;
            let start = measured.starts.get(*name).copied().unwrap_or_default().ceil();
            let cold = elsewhere.times(traffic.cold_starts)?;
            starting = starting.plus(invoked.gigabyte_seconds(cold, start)?)?;
            if !elsewhere.is_zero() {
                by_function.push(format!("{name} {}", invoked.shown(elsewhere)));
            }
        }
        let each = demand.all_invocations().shown(4);
        let made_of = format!("{each} a lead, and by the clock");
        self.add("lambda.request", SERVICE, "invocations", all, made_of)?;
        let made_of = by_function.join("; ");
        self.add(names.duration, SERVICE, "duration of handlers", running, made_of)?;
        let outside = if plan.provisioned.is_empty() { "" } else { " where none is kept ready" };
        let made_of = format!(
            "{} of invocations begin in a new environment{outside}",
            percent(traffic.cold_starts)
        );
        self.add(names.duration, SERVICE, "duration of starts (INIT)", starting, made_of)?;
        for (name, megabytes) in plan.memory {
            let environments = kept(plan, name);
            if environments > 0 {
                let invoked = self.invoked(plan, demand, measured, (name, *megabytes))?;
                self.kept_ready(&names, name, environments, &invoked)?;
            }
        }
        let is_known = |asked: &str| plan.memory.iter().any(|(name, _)| *name == asked);
        if let Some(unknown) = plan.provisioned.iter().find(|it| !is_known(&it.function)) {
            let known: Vec<&str> = plan.memory.iter().map(|(name, _)| *name).collect();
            return Err(BillError::UnknownFunction(unknown.function.clone(), known.join(", ")));
        }
        Ok(all)
    }

    /// What is paid for environments that are kept ready, and for what runs in them.
    fn kept_ready(
        &mut self,
        names: &PriceNames,
        name: &str,
        environments: u64,
        invoked: &Invoked,
    ) -> Result<(), Overflow> {
        let milliseconds = kept_seconds(environments)?.times(Decimal::whole(1000))?;
        self.add(
            names.kept,
            SERVICE,
            format!("provisioned concurrency of {name}"),
            invoked.gigabyte_seconds(Decimal::whole(1), milliseconds)?,
            format!("{environments} environments × {} MB, all month", invoked.megabytes),
        )?;
        let inside = invoked.invocations.less(invoked.elsewhere()?);
        self.add(
            names.duration_in_kept,
            SERVICE,
            format!("duration of {name} under provisioned concurrency"),
            invoked.gigabyte_seconds(inside, invoked.billed)?,
            format!(
                "{}, as they come evenly; their environments have started",
                invoked.shown(inside)
            ),
        )
    }

    fn invoked(
        &self,
        plan: &Plan<'_>,
        demand: &Demand,
        measured: &Measured,
        (name, megabytes): (&str, u32),
    ) -> Result<Invoked, Overflow> {
        let of_leads = demand.invocations.get(name).copied().unwrap_or_default();
        let minutes = plan.scheduled.iter().find(|(scheduled, _)| *scheduled == name);
        let by_clock = minutes
            .map_or(Decimal::ZERO, |(_, minutes)| Decimal::ratio(HOURS * 60, u64::from(*minutes)));
        let invocations = of_leads.times(self.leads)?.plus(by_clock)?;
        // Billed by the millisecond, the next one where it has begun.
        let billed = measured.handler(name).ceil();
        let busy = invocations.times(billed)?.over(Decimal::whole(1000))?;
        let ready = kept_seconds(kept(plan, name))?;
        // An environment serves one invocation at a time; those that find none run, and are paid, as all others.
        let share_in_kept = if busy > ready {
            ready.over(busy)?
        } else {
            Decimal::whole(u64::from(!ready.is_zero()))
        };
        Ok(Invoked { megabytes, invocations, billed, share_in_kept })
    }
}

impl Invoked {
    /// How many find no environment that is kept ready.
    fn elsewhere(&self) -> Result<Decimal, Overflow> {
        Ok(self.invocations.less(self.invocations.times(self.share_in_kept)?))
    }

    fn gigabyte_seconds(&self, times: Decimal, milliseconds: Decimal) -> Result<Decimal, Overflow> {
        let seconds = times.times(milliseconds)?.over(Decimal::whole(1000))?;
        seconds.times(Decimal::ratio(u64::from(self.megabytes), 1024))
    }

    fn shown(&self, invocations: Decimal) -> String {
        let (times, billed) = (invocations.shown(0), self.billed.shown(0));
        format!("{times} × {billed} ms × {} MB", self.megabytes)
    }
}

/// How many environments of a function are kept ready.
fn kept(plan: &Plan<'_>, name: &str) -> u64 {
    plan.provisioned.iter().filter(|it| it.function == name).map(|it| it.environments).sum()
}

/// For how long they are there in the month, together.
fn kept_seconds(environments: u64) -> Result<Decimal, Overflow> {
    Decimal::whole(environments).times(Decimal::whole(HOURS * 3600))
}

fn names(architecture: Architecture) -> PriceNames {
    match architecture {
        Architecture::Arm64 => PriceNames {
            duration: "lambda.duration.arm64",
            kept: "lambda.provisioned.arm64",
            duration_in_kept: "lambda.provisionedDuration.arm64",
        },
        Architecture::X86_64 => PriceNames {
            duration: "lambda.duration.x86_64",
            kept: "lambda.provisioned.x86_64",
            duration_in_kept: "lambda.provisionedDuration.x86_64",
        },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{Prices, Provisioned, bill};

    /// Half a second of half a gigabyte, twice a lead, after starts of 100 ms.
    fn lines_of(
        leads_per_day: u64,
        environments: u64,
        architecture: Architecture,
    ) -> BTreeMap<String, (String, String)> {
        let provisioned = [Provisioned { function: "f".to_owned(), environments }];
        let plan = Plan {
            leads_per_day,
            architecture,
            memory: &[("f", 512)],
            scheduled: &[],
            queues: 0,
            provisioned: if environments > 0 { &provisioned } else { &[] },
        };
        let of_f = |number: u64| BTreeMap::from([("f".to_owned(), Decimal::whole(number))]);
        let demand = Demand { invocations: of_f(2), ..Demand::default() };
        let measured = Measured { handlers: of_f(500), starts: of_f(100), ..Measured::built_in() };
        let bill = bill(&plan, &demand, &Traffic::built_in(), &measured, &Prices::built_in());
        let lines = bill.unwrap().lines.into_iter().filter(|line| line.service == SERVICE);
        lines
            .map(|line| (line.item, (line.quantity.to_string(), line.amount.to_string())))
            .collect()
    }

    #[test]
    fn what_runs_in_environments_that_are_kept_ready_has_its_own_price_and_pays_for_no_start() {
        let check = |lines: &BTreeMap<String, (String, String)>, item: &str, told: (&str, &str)| {
            let (quantity, amount) = &lines[item];
            assert_eq!((quantity.as_str(), amount.as_str()), told, "{item} {lines:?}");
        };
        let (handlers, starts) = ("duration of handlers", "duration of starts (INIT)");
        let (ready, inside) =
            ("provisioned concurrency of f", "duration of f under provisioned concurrency");
        // 60,000 invocations of 0.25 GB-seconds; two in a hundred start, for 0.05 GB-seconds.
        let usual = lines_of(1_000, 0, Architecture::Arm64);
        check(&usual, handlers, ("15000", "0.200001"));
        check(&usual, starts, ("60", "0.000800004"));
        assert!(!usual.contains_key(ready) && !usual.contains_key(inside), "{usual:?}");
        let kept = lines_of(1_000, 1, Architecture::Arm64);
        check(&kept, handlers, ("0", "0"));
        check(&kept, starts, ("0", "0"));
        check(&kept, ready, ("1296000", "4.3200864"));
        check(&kept, inside, ("15000", "0.116667"));
        let kept = lines_of(1_000, 1, Architecture::X86_64);
        check(&kept, ready, ("1296000", "5.4000432"));
        check(&kept, inside, ("15000", "0.145833"));
        // Two environments have 5,184,000 seconds: half of what 172,800 leads a day take.
        let half = lines_of(345_600, 2, Architecture::Arm64);
        check(&half, inside, ("2592000", "20.1600576"));
        check(&half, handlers, ("2592000", "34.5601728"));
        check(&half, starts, ("10368", "0.1382406912"));
    }
}
