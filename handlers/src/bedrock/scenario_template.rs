//! A scenario with slots, as it is shared between leads; and its way to a scenario of one lead.

use definitions::contract::{Scenario, Tone};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::text_rules::{self, BrokenRule, MAX_TALKING_POINTS};

pub(super) const MAX_OPENING: usize = 240;
pub(super) const MAX_OBJECTIVE: usize = 200;
pub(super) const MAX_POINT: usize = 160;

const FIRST_NAME: &str = "{firstName}";
const COMPANY: &str = "{company}";
const SLOTS: [&str; 2] = [FIRST_NAME, COMPANY];

/// What a model writes: texts with slots, and nothing about anybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ScenarioTemplate {
    opening: String,
    objective: String,
    talking_points: Vec<String>,
    tone: Tone,
}

/// What fills the slots.
#[derive(Clone, Copy)]
pub struct Slots<'a> {
    /// `{firstName}`
    pub first_name: &'a str,
    /// `{company}`
    pub company: &'a str,
}

/// Why an answer is no scenario. It is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidScenario {
    /// Not the fields that a scenario has.
    #[error("it is not of the scenario's form")]
    Form,
    /// A text that breaks a rule.
    #[error("its `{field}` is not taken: {rule}")]
    Text {
        /// Which.
        field: &'static str,
        /// Why.
        rule: BrokenRule,
    },
    /// None, or too many.
    #[error("it has {0} talking points; expected 1 to {MAX_TALKING_POINTS}")]
    TalkingPoints(usize),
}

impl ScenarioTemplate {
    /// Reads what a model wrote, or the cache held: both are checked alike.
    pub fn parse(document: &Value) -> Result<Self, InvalidScenario> {
        // What serde would say can repeat what stands there.
        let template = Self::deserialize(document).map_err(|_| InvalidScenario::Form)?;
        template.check()?;
        Ok(template)
    }

    fn check(&self) -> Result<(), InvalidScenario> {
        let text = |field, text: &str, most| {
            text_rules::check(text, most, &SLOTS)
                .map_err(|rule| InvalidScenario::Text { field, rule })
        };
        text("opening", &self.opening, MAX_OPENING)?;
        text("objective", &self.objective, MAX_OBJECTIVE)?;
        let points = self.talking_points.len();
        if !(1..=MAX_TALKING_POINTS).contains(&points) {
            return Err(InvalidScenario::TalkingPoints(points));
        }
        self.talking_points.iter().try_for_each(|point| text("talkingPoints", point, MAX_POINT))
    }

    /// The scenario of one lead. Everything is escaped for SSML, what fills the slots too.
    pub fn fill(&self, slots: Slots<'_>, locale: &str) -> Scenario {
        let first_name = text_rules::plain(slots.first_name, 40);
        let company = text_rules::plain(slots.company, 80);
        let fill = |text: &str| text_rules::escape(&filled(text, &first_name, &company));
        Scenario {
            opening: fill(&self.opening),
            objective: fill(&self.objective),
            talking_points: self.talking_points.iter().map(|point| fill(point)).collect(),
            tone: self.tone,
            language: locale.to_owned(),
        }
    }
}

/// One pass over the text, so that a name like `{company}` stays a name.
fn filled(text: &str, first_name: &str, company: &str) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from_brace)) = rest.split_once('{') {
        filled.push_str(before);
        if let Some(after) = from_brace.strip_prefix("firstName}") {
            filled.push_str(first_name);
            rest = after;
        } else if let Some(after) = from_brace.strip_prefix("company}") {
            filled.push_str(company);
            rest = after;
        } else {
            filled.push('{');
            rest = from_brace;
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    pub(crate) fn good() -> Value {
        json!({
            "opening": "Hello {firstName}, you asked for a demo.",
            "objective": "Agree on a demo for {company}.",
            "talkingPoints": ["What a seat costs", "Q&A"],
            "tone": "friendly",
        })
    }

    #[test]
    fn an_answer_outside_the_scenarios_slots_is_no_scenario() {
        let check = |pointer: &str, value: Value, taken: bool| {
            let mut document = good();
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            document.pointer_mut(parent).unwrap()[name] = value;
            assert_eq!(ScenarioTemplate::parse(&document).is_ok(), taken, "{pointer}");
        };
        check("/tone", json!("calm"), true);
        check("/tone", json!("shouting"), false);
        check("/opening", json!("x".repeat(MAX_OPENING)), true);
        check("/opening", json!("x".repeat(MAX_OPENING + 1)), false);
        check("/opening", json!(null), false);
        check("/opening", json!("Hello {lastName}"), false);
        check("/objective", json!("<say>no</say>"), false);
        check("/talkingPoints", json!([]), false);
        check("/talkingPoints", json!(["a", "b", "c", "d", "e"]), true);
        check("/talkingPoints", json!(["a", "b", "c", "d", "e", "f"]), false);
        check("/talkingPoints", json!(["call +1 415 555 0123"]), false);
        check("/talkingPoints", json!(["a", 1]), false);
        check("/phone", json!("+14155550123"), false);
    }

    #[test]
    fn what_fills_a_slot_is_escaped_and_fills_nothing_else() {
        let template = ScenarioTemplate::parse(&good()).unwrap();
        let check = |first_name: &str, company: &str, opening: &str, objective: &str| {
            let scenario = template.fill(Slots { first_name, company }, "en-US");
            assert_eq!(
                (scenario.opening.as_str(), scenario.objective.as_str()),
                (opening, objective)
            );
            assert_eq!(scenario.language, "en-US");
            assert_eq!(scenario.talking_points[1], "Q&amp;A");
        };
        check(
            "Ada",
            "Marks & Spencer",
            "Hello Ada, you asked for a demo.",
            "Agree on a demo for Marks &amp; Spencer.",
        );
        check(
            "{company}",
            "<break time=\"10s\"/>\u{0}",
            "Hello {company}, you asked for a demo.",
            "Agree on a demo for &lt;break time=\"10s\"/&gt;.",
        );
        let long = "x".repeat(100_000);
        let scenario = template.fill(Slots { first_name: &long, company: &long }, "en-US");
        assert!(scenario.opening.len() < 300);
    }
}
