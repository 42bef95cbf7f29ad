//! The comparison, and that it would see each permission go.

use atlas_deploy::access::{Finding, Grant, compare};

use crate::{deployed::roles, scenes::play_all};

#[tokio::test(flavor = "multi_thread")]
async fn roles_allow_what_is_called_and_nothing_else() {
    let (roles, calls) = (roles(), play_all().await);
    let found: Vec<String> = compare(&roles, &calls).iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "roles and calls differ:\n{}", found.join("\n"));

    let (needed, of_platform): (Vec<_>, Vec<_>) =
        roles.iter().partition(|grant| !grant.is_of_the_platform());
    assert!(needed.len() > 30 && !of_platform.is_empty(), "{needed:?}");
    for without in needed {
        let rest: Vec<Grant> = roles.iter().filter(|grant| *grant != without).cloned().collect();
        let found = compare(&rest, &calls);
        let named = found.iter().all(|finding| {
            let Finding::NotAllowed(call) = finding else { return false };
            let words = finding.to_string();
            call.caller == without.holder
                && words.contains(&without.holder)
                && words.contains(&without.action)
        });
        assert!(!found.is_empty() && named, "without {without:?}: {found:?}");
    }

    for grant in &roles {
        // One more than is needed, and one that is wider than it has to be.
        let more = Grant { action: "dynamodb:DeleteTable".to_owned(), ..grant.clone() };
        let with = roles.iter().cloned().chain([more.clone()]).collect::<Vec<_>>();
        assert!(compare(&with, &calls).contains(&Finding::NeverCalled(more)));
    }
}
