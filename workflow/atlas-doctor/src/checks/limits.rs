//! `limits`: how many requests the org has left for the day.

use crate::{
    examination::Cx,
    finding::Kind,
    notes::Notes,
    org::{Org, Salesforce},
};

pub(crate) static EXHAUSTED: Kind = Kind::error(
    "limits.exhausted",
    "the org has no request of the API left in these 24 hours",
    "wait, buy more requests, or look for who else uses them up; leads that fail meanwhile are parked",
);
pub(crate) static LOW: Kind = Kind::warning(
    "limits.low",
    "the org has less than a tenth of its requests left in these 24 hours",
    "look for who uses them up; leads that fail are parked and can be replayed",
);
pub(crate) static BELOW_RATE: Kind = Kind::warning(
    "limits.below-rate",
    "the expected leads need more requests in a day than the org has",
    "buy more requests, or expect leads to be parked; a lead takes two: when it comes, and when its call has ended",
);

const DAY_SECONDS: f64 = 86_400.0;

pub(crate) async fn look(
    cx: &Cx,
    notes: &mut Notes,
    salesforce: &Salesforce,
    org: &Org,
) -> Option<()> {
    let below = format!("/{}/limits", org.version);
    let what = "the limits, which take the permission View Setup";
    let told = salesforce.read(notes, org, &below, what).await?;
    let number = |name: &str| told["DailyApiRequests"][name].as_u64();
    let (Some(most), Some(left)) = (number("Max"), number("Remaining")) else {
        notes.unable("Salesforce tells no `DailyApiRequests`");
        return None;
    };
    let seen = format!("{left} of {most} requests are left");
    if left == 0 {
        notes.find(&EXHAUSTED, seen);
    } else if left < most / 10 {
        notes.find(&LOW, seen);
    } else {
        notes.fact(seen);
    }
    #[expect(clippy::cast_precision_loss, reason = "requests of a day stay far below 2^53")]
    let allowed = most as f64;
    let needed =
        cx.expected.map(|leads| leads.a_second() * DAY_SECONDS * leads.salesforce_requests);
    if let Some(needed) = needed.filter(|needed| *needed > allowed) {
        let seen = format!("{needed:.0} requests a day are expected, {most} are allowed");
        notes.find(&BELOW_RATE, seen);
    }
    Some(())
}
