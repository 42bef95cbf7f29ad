//! `credentials`: who asks AWS, and whether that is the account of the deployment.

use handlers::{account::Account, environment::variables};

use crate::{
    aws::{Api, AwsError, STS, element},
    examination::Cx,
    finding::Kind,
    notes::Notes,
};

pub(crate) static ABSENT: Kind = Kind::error(
    "credentials.absent",
    "no credentials of AWS are found",
    "log in (`aws sso login`, `aws configure`), or set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`",
);
pub(crate) static EXPIRED: Kind = Kind::error(
    "credentials.expired",
    "the credentials were good once",
    "log in again; of variables, set all three anew, with `AWS_SESSION_TOKEN`",
);
pub(crate) static REFUSED: Kind = Kind::error(
    "credentials.refused",
    "AWS knows the credentials not, or their secret is another",
    "look whether key id and secret belong together, and whether a session token belongs to them",
);
pub(crate) static OTHER_ACCOUNT: Kind = Kind::error(
    "credentials.other-account",
    "the machine that leads start is in another account than the one that asks",
    "use the credentials of that account, or correct `ATLAS_ENGINE_WORKFLOW_ARN`",
);

/// Gives AWS, as this caller sees it.
pub(crate) async fn look(cx: &Cx, notes: &mut Notes, account: Account) -> Option<Api> {
    let Ok(credentials) = account.credentials().await else {
        notes.find(&ABSENT, "none in the variables, none in AWS's files, none of a role");
        return None;
    };
    let api = Api::new(cx.http.clone(), account, credentials, cx.clock.clone(), cx.skew.clone());
    match api.form(&STS, "Action=GetCallerIdentity&Version=2011-06-15").await {
        Ok(told) => {
            let own = element(&told, "Account").unwrap_or_default();
            let arn = element(&told, "Arn").unwrap_or_default();
            notes.fact(format!("account {own}, as {}", role(arn)));
            let machine = cx.deployment.text(&variables::ATLAS_ENGINE_WORKFLOW_ARN);
            let machine = machine.unwrap_or_default();
            let theirs = machine.split(':').nth(4).unwrap_or(own);
            if !own.is_empty() && theirs != own {
                notes.find(&OTHER_ACCOUNT, format!("it is in {theirs}, who asks is in {own}"));
                cx.spoil(variables::ATLAS_ENGINE_WORKFLOW_ARN.name);
            }
            Some(api)
        }
        Err(error @ AwsError::NoAnswer(_)) => {
            notes.unable(format!("STS: {error}"));
            // Others may answer where STS cannot be reached.
            Some(api)
        }
        Err(error) => {
            let kind = match error.code() {
                "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => &EXPIRED,
                _ => &REFUSED,
            };
            notes.find(kind, format!("STS {error}"));
            None
        }
    }
}

/// Who that is, without the name of a session or a user, which may be somebody's address.
fn role(arn: &str) -> String {
    let resource = arn.rsplit(':').next().unwrap_or_default();
    let mut parts = resource.split('/');
    match (parts.next(), parts.next()) {
        (Some("assumed-role"), Some(role)) => format!("role `{role}`"),
        (Some("root"), _) => "its root".to_owned(),
        (Some(kind), _) => format!("a {kind}"),
        (None, _) => "nobody".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_is_told_without_a_name_that_may_be_an_address() {
        let check = |arn: &str, expected: &str| assert_eq!(role(arn), expected);
        check("arn:aws:sts::1:assumed-role/Admin/ada@example.com", "role `Admin`");
        check("arn:aws:iam::1:user/ada@example.com", "a user");
        check("arn:aws:iam::1:root", "its root");
    }
}
