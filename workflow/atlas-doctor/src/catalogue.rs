//! Every kind of finding, by the check that makes it.

use crate::{
    Check,
    checks::{
        caller, clock, credentials, events, flow, instance, key, lead, limits, login, machines,
        model, model_tokens, queues, quotas, secret, tables, variables,
    },
    finding::Kind,
};

/// Every kind of finding that a check can make.
#[must_use]
pub fn kinds(check: Check) -> Vec<&'static Kind> {
    match check {
        Check::Variables => {
            vec![
                &variables::MISSING,
                &variables::MALFORMED,
                &variables::DIFFERS,
                &variables::OTHER_REGION,
            ]
        }
        Check::Credentials => vec![
            &credentials::ABSENT,
            &credentials::EXPIRED,
            &credentials::REFUSED,
            &credentials::OTHER_ACCOUNT,
        ],
        Check::Clock => vec![&clock::OFF, &clock::DRIFTING],
        Check::Secret => vec![
            &secret::ABSENT,
            &secret::EMPTY,
            &secret::UNDECRYPTABLE,
            &secret::NOT_AN_OBJECT,
            &secret::FIELD_MISSING,
            &secret::LOGIN_URL,
        ],
        Check::Key => vec![&key::UNREADABLE, &key::NOT_RSA, &key::SHORT],
        Check::Login => vec![
            &login::NOT_APPROVED,
            &login::UNKNOWN_APP,
            &login::WRONG_AUDIENCE,
            &login::ASSERTION_REFUSED,
            &login::ASSERTION_EXPIRED,
            &login::INACTIVE,
            &login::TOO_MANY,
            &login::REFUSED,
        ],
        Check::Lead => vec![
            &lead::UNKNOWN_VERSION,
            &lead::HIDDEN,
            &lead::NOT_CREATABLE,
            &lead::KEY_MISSING,
            &lead::KEY_NOT_EXTERNAL,
            &lead::KEY_NOT_UNIQUE,
            &lead::KEY_IGNORES_CASE,
            &lead::KEY_SHORT,
            &lead::FIELD_MISSING,
            &lead::FIELD_READ_ONLY,
            &lead::FIELD_SHORT,
        ],
        Check::Limits => vec![&limits::EXHAUSTED, &limits::LOW, &limits::BELOW_RATE],
        Check::Instance => vec![&instance::ABSENT, &instance::NOT_ACTIVE, &instance::NO_OUTBOUND],
        Check::Flow => {
            vec![&flow::ABSENT, &flow::ARCHIVED, &flow::NOT_PUBLISHED, &flow::OTHER_TYPE]
        }
        Check::Caller => vec![
            &caller::NOT_CLAIMED,
            &caller::QUEUE_ABSENT,
            &caller::QUEUE_DISABLED,
            &caller::NO_CALLER_ID,
            &caller::NEITHER,
        ],
        Check::Quotas => vec![
            &quotas::CALLS_ABOVE,
            &quotas::RATE_ABOVE,
            &quotas::CALLS_BELOW,
            &quotas::TOO_FEW_CALLS,
            &quotas::TOO_SLOW,
            &quotas::TOO_FEW_FUNCTIONS,
            &model_tokens::TOO_FEW_TOKENS,
            &model_tokens::MODEL_NOT_KNOWN,
        ],
        Check::Model => {
            vec![&model::DENIED, &model::NEEDS_PROFILE, &model::UNKNOWN, &model::NOT_READY]
        }
        Check::Tables => vec![
            &tables::ABSENT,
            &tables::NOT_ACTIVE,
            &tables::OTHER_KEYS,
            &tables::INDEX_MISSING,
            &tables::NO_EXPIRY,
            &tables::NO_RECOVERY,
        ],
        Check::Queues => vec![
            &queues::ABSENT,
            &queues::NO_DEAD_LETTERS,
            &queues::DEAD_LETTERS_ABSENT,
            &queues::OTHER_RECEPTIONS,
            &queues::HIDDEN_TOO_SHORT,
        ],
        Check::Events => vec![&events::NO_RULE, &events::DISABLED, &events::OTHER_EVENTS],
        Check::Machines => {
            vec![&machines::ABSENT, &machines::OTHER_TYPE, &machines::NOT_ACTIVE, &machines::DRIFT]
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_code_is_used_once_and_begins_with_its_check() {
        let mut codes = BTreeSet::new();
        for check in Check::ALL {
            for kind in kinds(check) {
                let (before, _) = kind.code.split_once('.').unwrap();
                let singular = if check == Check::Variables { "variable" } else { check.name() };
                assert_eq!(before, singular, "{}", kind.code);
                assert!(codes.insert(kind.code), "{} twice", kind.code);
                assert!(!kind.meaning.ends_with('.') && !kind.remedy.is_empty(), "{}", kind.code);
            }
        }
    }
}
