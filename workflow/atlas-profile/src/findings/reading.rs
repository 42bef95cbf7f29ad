//! What the names of operations say: which only read, and which read what rarely changes.

/// First words of operations that change nothing, in AWS's APIs and elsewhere.
const READING: [&str; 11] = [
    "BatchGet", "Describe", "Fetch", "Find", "Get", "Head", "List", "Lookup", "Query", "Scan",
    "Search",
];

/// Operations whose answers are made to be kept for a while: configuration and credentials.
const KEPT: [(&str, &str); 10] = [
    ("secretsmanager", "GetSecretValue"),
    ("secretsmanager", "BatchGetSecretValue"),
    ("ssm", "GetParameter"),
    ("ssm", "GetParameters"),
    ("ssm", "GetParametersByPath"),
    ("appconfigdata", "GetLatestConfiguration"),
    ("appconfig", "GetConfiguration"),
    ("sts", "AssumeRole"),
    ("sts", "GetCallerIdentity"),
    ("kms", "GetPublicKey"),
];

/// Operations that begin a session, which serves many calls. Their arguments differ each time.
const SESSIONS: [&str; 5] = ["login", "logon", "signin", "authenticate", "oauth2/token"];

/// Whether the operation changes nothing, as far as its name says.
pub(super) fn reads(operation: &str) -> bool {
    let begins = |word: &&str| {
        operation.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    READING.iter().any(begins)
}

/// Whether the answer is made to be kept for a while.
pub(super) fn is_kept(service: &str, operation: &str) -> bool {
    KEPT.contains(&(service, operation))
}

/// Whether it begins a session.
pub(super) fn begins_session(operation: &str) -> bool {
    SESSIONS.iter().any(|name| operation.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_reads() {
        for (operation, expected) in [
            ("GetItem", true),
            ("Query", true),
            ("getLead", true),
            ("PutItem", false),
            ("G", false),
        ] {
            assert_eq!(reads(operation), expected, "{operation}");
        }
        assert!(is_kept("secretsmanager", "GetSecretValue") && !is_kept("dynamodb", "GetItem"));
        assert!(begins_session("login") && !begins_session("getLead"));
    }
}
