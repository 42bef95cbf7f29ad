//! What leads are like: how their calls end, how long people talk, what they say before. Assumptions, each with its
//! words, and each can be set.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{DataError, Decimal, dated};

const WHAT: &str = "the assumptions";
const BUILT_IN: &str = include_str!("../data/traffic.json");

/// Above this a number is a slip of the keyboard.
const MOST: u64 = 1_000_000_000;

/// The assumptions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Traffic {
    /// The share of each mock case; together 1.
    pub cases: BTreeMap<String, Decimal>,
    /// How long an answered call goes on, in seconds.
    pub talk_seconds: u64,
    /// How long a phone rings that nobody answers, in seconds.
    pub ring_seconds: u64,
    /// How often the bot is told something before the lead is there.
    pub chat_turns: u64,
    /// How many of these ask something that the cache or the model answers.
    pub talk_turns: u64,
    /// How long a chat goes on, in seconds.
    pub chat_seconds: u64,
    /// How often somebody speaks to the bot in an answered call.
    pub phone_turns: u64,
    /// The share of scenarios and answers that are in the cache.
    pub cache_hits: Decimal,
    /// The share of invocations that begin in a new environment.
    pub cold_starts: Decimal,
    /// How long records are kept, in days.
    pub record_days: u64,
    /// What the records of a lead take, with indexes, in bytes.
    pub record_bytes: u64,
    /// What an invocation logs, in bytes.
    pub log_bytes_per_invocation: u64,
    /// What an event of an execution logs, in bytes.
    pub log_bytes_per_event: u64,
    /// How long logs are kept, in days.
    pub log_days: u64,
    /// How many metrics of its own the workflow has.
    pub metrics: u64,
    /// How many alarms.
    pub alarms: u64,
    /// How many dashboards.
    pub dashboards: u64,
    /// How many secrets.
    pub secrets: u64,
    /// How many keys of KMS are the customer's.
    pub customer_keys: u64,
    /// How many traces a lead begins.
    pub traces_per_lead: u64,
    /// How many phone numbers are called from.
    pub phone_numbers: u64,
    /// How often Lambda asks an empty queue in an hour, for each queue.
    pub polls_per_hour: u64,
    /// What a prompt with a forced tool takes beside its words, in tokens.
    pub tool_tokens: u64,
    /// How much of the most that an answer may have it takes, a share.
    pub answer_share: Decimal,
}

impl Traffic {
    /// Those that come with Atlas.
    pub fn built_in() -> Self {
        Self::parse(BUILT_IN).expect("a test reads the built-in assumptions")
    }

    /// Reads a file of assumptions.
    pub fn parse(text: &str) -> Result<Self, DataError> {
        let traffic: Self = dated::read(WHAT, text)?;
        traffic.checked()
    }

    /// The same where some cases have other shares; what they leave is shared by the others as before.
    pub fn with_shares(mut self, shares: &[(String, Decimal)]) -> Result<Self, DataError> {
        let one = Decimal::whole(1);
        let mut taken = Decimal::ZERO;
        let mut left = one;
        for (case, share) in shares {
            let Some(known) = self.cases.get(case) else {
                let known: Vec<&str> = self.cases.keys().map(String::as_str).collect();
                let problem = format!("`{case}` is no mock case; known: {}", known.join(", "));
                return Err(DataError::new(WHAT, problem));
            };
            left = left.less(*known);
            taken = taken + *share;
        }
        if taken > one {
            let problem =
                format!("the shares that are given are {} together; expected 1 at most", taken);
            return Err(DataError::new(WHAT, problem));
        }
        if left.is_zero() && taken != one {
            return Err(DataError::new(
                WHAT,
                "nothing is left that could have the rest; expected 1 together",
            ));
        }
        for (case, share) in &mut self.cases {
            *share = match shares.iter().find(|(given, _)| given == case) {
                Some((_, given)) => *given,
                None if left.is_zero() => Decimal::ZERO,
                None => share
                    .times(one.less(taken))
                    .and_then(|part| part.over(left))
                    .map_err(|error| DataError::new(WHAT, error))?,
            };
        }
        Ok(self)
    }

    fn checked(self) -> Result<Self, DataError> {
        let one = Decimal::whole(1);
        if self.cases.values().copied().sum::<Decimal>() != one {
            return Err(DataError::new(WHAT, "the shares of `cases` are not 1 together"));
        }
        for (name, share) in [
            ("cacheHits", self.cache_hits),
            ("coldStarts", self.cold_starts),
            ("answerShare", self.answer_share),
        ] {
            if share > one {
                return Err(DataError::new(WHAT, format!("`{name}` is {share}; expected 0 to 1")));
            }
        }
        for (name, number) in [
            ("talkSeconds", self.talk_seconds),
            ("ringSeconds", self.ring_seconds),
            ("chatTurns", self.chat_turns),
            ("chatSeconds", self.chat_seconds),
            ("phoneTurns", self.phone_turns),
            ("recordDays", self.record_days),
            ("recordBytes", self.record_bytes),
            ("logBytesPerInvocation", self.log_bytes_per_invocation),
            ("logBytesPerEvent", self.log_bytes_per_event),
            ("logDays", self.log_days),
            ("metrics", self.metrics),
            ("alarms", self.alarms),
            ("dashboards", self.dashboards),
            ("secrets", self.secrets),
            ("customerKeys", self.customer_keys),
            ("tracesPerLead", self.traces_per_lead),
            ("phoneNumbers", self.phone_numbers),
            ("pollsPerHour", self.polls_per_hour),
            ("toolTokens", self.tool_tokens),
        ] {
            if number > MOST {
                let problem = format!("`{name}` is {number}; expected {MOST} at most");
                return Err(DataError::new(WHAT, problem));
            }
        }
        if self.talk_turns > self.chat_turns {
            return Err(DataError::new(WHAT, "`talkTurns` are more than `chatTurns`"));
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn every_mock_case_has_a_share() {
        let traffic = Traffic::built_in();
        for case in definitions::CASES {
            assert!(traffic.cases.contains_key(case), "{case}");
        }
        assert_eq!(traffic.cases.len(), definitions::CASES.len());
    }

    #[test]
    fn what_comes_whatever_leads_do_is_what_the_template_deploys() {
        let template = atlas_deploy::template("packages", None);
        let resources = template["Resources"].as_object().unwrap();
        let count = |of_type: &str| {
            resources.values().filter(|resource| resource["Type"] == of_type).count() as u64
        };
        let traffic = Traffic::built_in();
        assert_eq!(traffic.alarms, count("AWS::CloudWatch::Alarm"));
        assert_eq!(traffic.dashboards, count("AWS::CloudWatch::Dashboard"));
        assert_eq!(traffic.secrets, count("AWS::SecretsManager::Secret"));
        assert_eq!(traffic.customer_keys, count("AWS::KMS::Key"));
    }

    #[test]
    fn a_share_that_is_given_leaves_the_rest_to_the_others() {
        let shares = [("CallRefused".to_owned(), decimal("0.5"))];
        let traffic = Traffic::built_in().with_shares(&shares).unwrap();
        assert_eq!(traffic.cases["CallRefused"], decimal("0.5"));
        let all = traffic.cases.values().copied().sum::<Decimal>();
        assert_eq!(all.shown(9), "1.000000000");
        let refused = |shares: &[(&str, &str)], expected: &str| {
            let shares: Vec<_> =
                shares.iter().map(|(case, it)| ((*case).to_owned(), decimal(it))).collect();
            let error = Traffic::built_in().with_shares(&shares).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        };
        refused(&[("Unknown", "0.1")], "`Unknown` is no mock case; known: ");
        refused(&[("HappyPath", "0.9"), ("NoCallback", "0.2")], "are 1.1 together");
    }

    #[test]
    fn assumptions_that_cannot_be_are_refused() {
        let check = |from: &str, to: &str, expected: &str| {
            assert!(BUILT_IN.contains(from), "{from}");
            let error = Traffic::parse(&BUILT_IN.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        };
        check(
            "\"cacheHits\": \"0.9\"",
            "\"cacheHits\": \"1.5\"",
            "`cacheHits` is 1.5; expected 0 to 1",
        );
        check("\"talkTurns\": 3", "\"talkTurns\": 30", "`talkTurns` are more");
        check("\"HappyPath\": \"0.", "\"HappyPath\": \"1.", "not 1 together");
        check("\"talkSeconds\": 204", "\"talkSeconds\": -4", "invalid value");
        check("\"metrics\": 20", "\"metrics\": 18446744073709551615", "1000000000 at most");
    }
}
