//! What would come of all that somebody has to confirm: shown with the time that it saves, and written only where
//! that is asked for.

use atlas_import::{
    Examination, Request, examine,
    findings::{Finding, Rewriting},
};

/// Looks at a machine once more, with what has to be confirmed, where there is any. What comes out otherwise then is
/// no proposal, and its finding says why.
pub(super) fn of(request: &Request<'_>, examination: &mut Examination) -> Option<Examination> {
    let is_unconfirmed = |it: &Finding| matches!(it.rewriting, Rewriting::Unconfirmed(_));
    if !examination.findings.iter().any(is_unconfirmed) {
        return None;
    }
    let proposal = examine(&Request { with_unconfirmed: true, ..*request });
    for finding in examination.findings.iter_mut().filter(|it| is_unconfirmed(it)) {
        let again = |it: &&Finding| it.code == finding.code && it.pointer == finding.pointer;
        if let Some(Rewriting::Withdrawn(why)) =
            proposal.findings.iter().find(again).map(|it| &it.rewriting)
        {
            finding.rewriting = Rewriting::Withdrawn(why.clone());
        }
    }
    (proposal.rewritten.is_some() && proposal.rewritten != examination.rewritten)
        .then_some(proposal)
}
