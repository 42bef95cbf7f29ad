//! What carries how many leads an hour, and what stops first.

use serde::Serialize;

use crate::{Decimal, Demand, Evidence, Overflow, Quotas, demand::Demanded, quotas::Span};

/// The note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Capacity {
    /// The region of the quotas.
    pub region: String,
    /// When they were looked up.
    pub quotas_as_of: String,
    /// Leads an hour that are looked at.
    pub rates: Vec<u64>,
    /// Each quota, what stops first first.
    pub rows: Vec<CapacityRow>,
}

/// One quota beside what leads take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CapacityRow {
    /// What is bounded.
    pub resource: String,
    /// How many.
    pub limit: Decimal,
    /// In what time, or at once.
    pub per: Span,
    /// What one lead takes: how many, or for how many seconds one of them.
    pub each_lead: Decimal,
    /// How many leads an hour it carries.
    pub carries: Decimal,
    /// How much of it is taken at each of the rates; 1 is all.
    pub taken: Vec<Decimal>,
    /// Where to ask for more, and what to set then.
    pub what_to_do: String,
    /// What else there is to say.
    pub note: Option<String>,
    /// How the quota is known.
    pub evidence: Evidence,
    /// Where it was read.
    pub source: String,
}

/// Holds what leads take against the quotas. `reserved` is how many of a function may run at once by our own choice.
pub fn capacity(
    demand: &Demand,
    quotas: &Quotas,
    reserved: &[(&str, u32)],
    rates: &[u64],
) -> Result<Capacity, Overflow> {
    let mut rows = Vec::new();
    for quota in &quotas.quotas {
        rows.extend(row(
            CapacityRow {
                resource: quota.resource.clone(),
                limit: quota.limit,
                per: quota.per,
                each_lead: demand.of(quota.demand)?,
                carries: Decimal::ZERO,
                taken: Vec::new(),
                what_to_do: quota.what_to_do.clone(),
                note: quota.note.clone(),
                evidence: quota.evidence,
                source: quota.source.clone(),
            },
            rates,
        )?);
    }
    for (name, environments) in reserved {
        let seconds = demand.handler_seconds.get(*name).copied().unwrap_or_default();
        rows.extend(row(
            CapacityRow {
                resource: format!("Lambda: {name} at once, reserved for it here"),
                limit: Decimal::whole(u64::from(*environments)),
                per: Span::AtOnce,
                each_lead: seconds,
                carries: Decimal::ZERO,
                taken: Vec::new(),
                what_to_do: "the function's reserved concurrency, in the deployment template"
                    .to_owned(),
                note: None,
                evidence: Evidence::Provider,
                source: "definitions/src/resources/functions.rs".to_owned(),
            },
            rates,
        )?);
    }
    rows.sort_by_key(|row| row.carries);
    Ok(Capacity {
        region: quotas.region.clone(),
        quotas_as_of: quotas.as_of.clone(),
        rates: rates.to_vec(),
        rows,
    })
}

/// None where leads take nothing of it.
fn row(row: CapacityRow, rates: &[u64]) -> Result<Option<CapacityRow>, Overflow> {
    if row.each_lead.is_zero() {
        return Ok(None);
    }
    let hour = Decimal::ratio(3_600, row.per.seconds());
    let carries = row.limit.times(hour)?.over(row.each_lead)?;
    let taken = rates.iter().map(|rate| Decimal::whole(*rate).over(carries));
    let taken = taken.collect::<Result<Vec<_>, _>>()?;
    Ok(Some(CapacityRow { carries, taken, ..row }))
}

impl Demand {
    /// What a call of Connect takes of a quota, for whoever waits in line.
    pub(crate) fn connect(&self, quotas: &Quotas, demanded: Demanded) -> Result<Decimal, Overflow> {
        let quota = quotas.quotas.iter().find(|quota| quota.demand == demanded);
        let Some(quota) = quota else { return Ok(Decimal::ZERO) };
        self.of(demanded)?.over(quota.limit)?.times(Decimal::whole(quota.per.seconds()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_for_seconds_is_bounded_by_littles_law() {
        let demand = Demand {
            line_seconds: Decimal::whole(180),
            calls: Decimal::whole(1),
            ..Demand::default()
        };
        let quotas = Quotas::built_in();
        let note = capacity(&demand, &quotas, &[("f", 1)], &[100]).unwrap();
        // 10 lines of 3 minutes are 200 calls an hour; two starts a second are 7,200. Nothing else is taken.
        let carries: Vec<String> = note.rows.iter().map(|row| row.carries.to_string()).collect();
        assert_eq!(carries, ["200", "7200"]);
        assert_eq!(note.rows[0].taken, ["0.5".parse().unwrap()]);
    }
}
