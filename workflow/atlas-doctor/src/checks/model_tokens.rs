//! What Bedrock allows of the language model, for `quotas`: tokens a minute and a day, held against the expected leads.
//!
//! Service Quotas has a code for each model and for each way of asking it, and names the model in words alone. Codes are
//! known here of the models that the template can deploy; of any other it is said that nothing was looked at.

use handlers::environment::variables;

use crate::{aws::AwsError, examination::Cx, finding::Kind, notes::Notes};

pub(crate) static TOO_FEW_TOKENS: Kind = Kind::warning(
    "quotas.too-few-tokens",
    "the expected leads need more tokens of the model than the account may use: calls are made with the template's \
     scenario, and questions get the template's answer",
    "have the quota of tokens a minute raised (Amazon Bedrock, by the name of the model), from which that of a day \
     follows; new accounts may begin with 0",
);
pub(crate) static MODEL_NOT_KNOWN: Kind = Kind::note(
    "quotas.model-not-known",
    "each model has quotas of its own in Service Quotas, and those of this one are not known here: its tokens are not \
     looked at",
    "look for the model in Service Quotas (Amazon Bedrock), and hold it against the tokens of `atlas capacity`",
);

const CLAUDE_HAIKU_4_5: &str = "anthropic.claude-haiku-4-5-20251001-v1:0";
const GLOBAL: &str = "global.";
const MINUTE_SECONDS: f64 = 60.0;
const DAY_SECONDS: f64 = 86_400.0;

/// One quota of a model.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Quota {
    /// Service Quotas' code.
    code: &'static str,
    /// How many tokens each of its own stands for.
    counts: f64,
    seconds: f64,
    words: &'static str,
}

const fn of_minute(code: &'static str) -> Quota {
    Quota { code, counts: 1.0, seconds: MINUTE_SECONDS, words: "a minute" }
}

const fn of_day(code: &'static str, counts: f64) -> Quota {
    Quota { code, counts, seconds: DAY_SECONDS, words: "a day" }
}

/// Of profiles of a geography, whose quota of a day is twice what it says: "doubled for cross-region calls".
const ACROSS_REGIONS: [Quota; 2] = [of_minute("L-58BE175A"), of_day("L-6120CF2D", 2.0)];
const ACROSS_THE_WORLD: [Quota; 2] = [of_minute("L-9A11C666"), of_day("L-B5C049AE", 1.0)];

/// Holds the tokens that leads take against the quotas of the model. `ask` gives a quota of Bedrock by its code.
pub(super) async fn look(
    cx: &Cx,
    notes: &mut Notes,
    ask: impl AsyncFn((&'static str, &'static str)) -> Result<Option<f64>, AwsError>,
) {
    let Some(leads) = cx.expected else { return };
    let Some(id) = cx.deployment.text(&variables::BEDROCK_MODEL_ID) else { return };
    let Some(quotas) = quotas_of(id.trim()) else {
        notes.find(&MODEL_NOT_KNOWN, format!("`{}`", id.trim()));
        return;
    };
    let [of_minute, of_day] = quotas;
    let answers = tokio::join!(ask(("bedrock", of_minute.code)), ask(("bedrock", of_day.code)));
    for (quota, answer) in [(of_minute, answers.0), (of_day, answers.1)] {
        let allowed = match answer {
            Ok(allowed) => allowed.map(|allowed| allowed * quota.counts),
            Err(error) => {
                notes.not_told("servicequotas:GetServiceQuota", &error);
                continue;
            }
        };
        let needed = (leads.a_second() * quota.seconds * leads.model_tokens).ceil();
        if let Some(allowed) = allowed.filter(|allowed| needed > *allowed) {
            let seen = format!("{needed} {} are needed, {allowed} are allowed", quota.words);
            notes.find(&TOO_FEW_TOKENS, seen);
        }
    }
}

/// The quotas of a model, by its id or the ARN or id of its inference profile.
fn quotas_of(id: &str) -> Option<[Quota; 2]> {
    let profile = id.rsplit('/').next().unwrap_or_default();
    let before = profile.strip_suffix(CLAUDE_HAIKU_4_5)?;
    match before {
        // It is asked by a profile only.
        "" => None,
        GLOBAL => Some(ACROSS_THE_WORLD),
        _ => Some(ACROSS_REGIONS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_has_the_quotas_of_the_way_that_it_is_asked_by() {
        let check = |id: &str, expected: Option<[Quota; 2]>| {
            assert_eq!(quotas_of(id), expected, "{id}");
        };
        check("us.anthropic.claude-haiku-4-5-20251001-v1:0", Some(ACROSS_REGIONS));
        check("eu.anthropic.claude-haiku-4-5-20251001-v1:0", Some(ACROSS_REGIONS));
        check("global.anthropic.claude-haiku-4-5-20251001-v1:0", Some(ACROSS_THE_WORLD));
        let arn = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/";
        check(&format!("{arn}us.anthropic.claude-haiku-4-5-20251001-v1:0"), Some(ACROSS_REGIONS));
        check("anthropic.claude-haiku-4-5-20251001-v1:0", None);
        check("us.anthropic.claude-sonnet-4-6", None);
        check("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc", None);
    }
}
