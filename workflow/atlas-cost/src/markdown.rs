//! A bill and a capacity note for people.

use crate::{Backlog, Bill, Capacity, Decimal, Evidence, bill::percent};

/// Figures that nobody read anywhere stand with this sign.
const UNVERIFIED: &str = " †";

/// The bill.
pub fn markdown(bill: &Bill) -> String {
    wrapped(&of_bill(bill))
}

/// The capacity note.
pub fn markdown_of_capacity(capacity: &Capacity, backlog: &Backlog) -> String {
    wrapped(&of_capacity(capacity, backlog))
}

fn of_bill(bill: &Bill) -> String {
    let mut text = format!(
        "{} leads a day in {}, {} a month of 30 days: **${} a month, ${} a lead**\n\n",
        Decimal::whole(bill.leads_per_day).shown(0),
        bill.region,
        Decimal::whole(bill.leads_per_month).shown(0),
        bill.total.shown(2),
        bill.per_lead.shown(4),
    );
    text.push_str(&format!(
        "Most of it is {}, {}. Without Connect and Lex it is ${} a month.\n\n",
        bill.dominating,
        percent(bill.dominating_share),
        bill.total_without_calls.shown(2),
    ));
    text.push_str(
        "| service | what | quantity | unit price | $ a month |\n|---|---|--:|---|--:|\n",
    );
    for line in &bill.lines {
        text.push_str(&format!(
            "| {} | {} | {} | {}{} | {} |\n",
            line.service,
            line.item,
            line.quantity.shown(if line.quantity < Decimal::whole(100) { 2 } else { 0 }),
            line.unit_price,
            mark(line.evidence),
            line.amount.shown(2),
        ));
    }
    text.push_str(&format!("| | | | **together** | **{}** |\n\n", bill.total.shown(2)));
    text.push_str("What the quantities are made of:\n\n");
    for line in &bill.lines {
        text.push_str(&format!("- {}, {}: {}\n", line.service, line.item, line.made_of));
    }
    let comparison = &bill.comparison;
    text.push_str(&format!(
        "\nStep Functions: an EXPRESS machine that starts a STANDARD one costs ${} a month ({} transitions a lead); one \
         STANDARD machine with the same steps would cost ${} ({}), which is ${} more.\n",
        comparison.split.shown(2),
        comparison.transitions.shown(2),
        comparison.one_standard.shown(2),
        comparison.transitions_of_one.shown(2),
        comparison.saved.shown(2),
    ));
    text.push_str("\nAssumed: ");
    let traffic = &bill.assumptions;
    let cases: Vec<String> =
        traffic.cases.iter().map(|(case, share)| format!("{case} {}", percent(*share))).collect();
    text.push_str(&format!(
        "of leads {}; an answered call of {} s with {} turns of the bot, {} turns in the chat before; {} of scenarios and \
         answers in the cache; {} of invocations in a new environment. No free tier, no taxes, no discount, no \
         data transfer, nothing of Salesforce. Events of AWS services and rules by the clock are free in EventBridge, \
         as deletions by TTL are in DynamoDB.\n",
        cases.join(", "),
        traffic.talk_seconds,
        traffic.phone_turns,
        traffic.chat_turns,
        percent(traffic.cache_hits),
        percent(traffic.cold_starts),
    ));
    text.push_str(&format!(
        "\nPrices of {}; durations: {}. AWS's own time between states is in neither.",
        bill.prices_as_of, bill.durations
    ));
    if bill.lines.iter().any(|line| line.evidence == Evidence::Unverified) {
        text.push_str(&format!(
            "{UNVERIFIED} means that the price was not found in a text that could be read: look it up."
        ));
    }
    text.push('\n');
    text
}

fn of_capacity(capacity: &Capacity, backlog: &Backlog) -> String {
    let mut text = String::new();
    if let Some(first) = capacity.rows.first() {
        text.push_str(&format!(
            "Stops first: **{}**, at {} leads an hour.\n\n",
            first.resource,
            first.carries.shown(0)
        ));
    }
    text.push_str("| resource | quota | a lead takes | leads an hour |");
    for rate in &capacity.rates {
        text.push_str(&format!(" at {} |", Decimal::whole(*rate).shown(0)));
    }
    text.push_str(&format!("\n|---|--:|--:|--:|{}\n", "--:|".repeat(capacity.rates.len())));
    for row in &capacity.rows {
        let takes = if row.per == crate::quotas::Span::AtOnce { " s" } else { "" };
        text.push_str(&format!(
            "| {}{} | {}{} | {}{takes} | {} |",
            row.resource,
            mark(row.evidence),
            row.limit.shown(0),
            row.per.words(),
            row.each_lead.shown(2),
            row.carries.shown(0),
        ));
        for taken in &row.taken {
            let is_more = *taken > Decimal::whole(1);
            let (open, close) = if is_more { ("**", "**") } else { ("", "") };
            text.push_str(&format!(" {open}{}{close} |", percent(*taken)));
        }
        text.push('\n');
    }
    for rate in &capacity.rates {
        let full = Decimal::whole(*rate);
        let stopping: Vec<&str> = capacity
            .rows
            .iter()
            .filter(|row| row.carries < full)
            .map(|row| row.resource.as_str())
            .collect();
        let told =
            if stopping.is_empty() { "nothing stops".to_owned() } else { stopping.join("; ") };
        text.push_str(&format!("\nAt {} leads an hour, in this order: {told}.\n", full.shown(0)));
    }
    let most = capacity.rates.iter().max().copied().unwrap_or_default();
    text.push_str("\nWhat to do:\n\n");
    for row in capacity.rows.iter().filter(|row| row.carries < Decimal::whole(most)) {
        let note = row.note.as_deref().map_or(String::new(), |note| format!(". {note}"));
        text.push_str(&format!("- {}: {}{note}\n", row.resource, row.what_to_do));
    }
    text.push_str(&format!(
        "\nLeads that come at once are called {} an hour, as {} decide. A lead that waits asks again, on average for {} \
         hours; calls are allowed {} hours in a row, and whoever is not called by then is NOT_PLACED. Asking once \
         costs ${}.\n\n",
        backlog.leads_per_hour.shown(0),
        backlog.decided_by,
        backlog.gives_up_after_hours.shown(1),
        backlog.calling_hours,
        backlog.cost_of_asking,
    ));
    text.push_str("| leads at once | until the last is called | called in time | a lead asks | waiting costs |\n|--:|--:|--:|--:|--:|\n");
    for row in &backlog.rows {
        text.push_str(&format!(
            "| {} | {} h | {} | {} times | ${} |\n",
            Decimal::whole(row.leads).shown(0),
            row.hours.shown(1),
            percent(row.called_in_time),
            row.asks.shown(0),
            row.cost_of_waiting.shown(2),
        ));
    }
    text.push_str(&format!(
        "\nQuotas of {} in {}, as accounts have them by default.",
        capacity.quotas_as_of, capacity.region
    ));
    if capacity.rows.iter().any(|row| row.evidence == Evidence::Unverified) {
        text.push_str(&format!(
            "{UNVERIFIED} means that the quota was not found in a text that could be read: look it up."
        ));
    }
    text.push('\n');
    text
}

fn mark(evidence: Evidence) -> &'static str {
    if evidence == Evidence::Unverified { UNVERIFIED } else { "" }
}

/// Lines of prose and lists broken at spaces; a table's stay whole.
fn wrapped(text: &str) -> String {
    const WIDTH: usize = 118;
    let mut out = String::new();
    for line in text.lines() {
        let indent = if line.starts_with("- ") { "  " } else { "" };
        let mut width = 0;
        for word in line.split(' ') {
            let longer = width + 1 + word.chars().count();
            if width > 0 && longer > WIDTH && !line.starts_with('|') {
                out.push('\n');
                out.push_str(indent);
                width = indent.len() + word.chars().count();
            } else {
                if width > 0 {
                    out.push(' ');
                }
                width = if width > 0 { longer } else { word.chars().count() };
            }
            out.push_str(word);
        }
        out.push('\n');
    }
    out
}
