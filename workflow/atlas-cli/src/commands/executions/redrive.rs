//! `atlas executions redrive`: nobody is rung again by somebody who did not know that it could happen.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Desk,
    bulk::{Chosen, Deed, LeftOut, apart, carry_out, counted, none, only_say, those},
};
use crate::{
    arguments::{executions::Redrive, operator::Logs},
    failure::{Failure, Outcome, say},
    label::clean,
    operator::{Listed, Progress, Subject, confirm, confirm_typed, side_by_side, what_may_dial},
};

const REDRIVE: Deed = Deed { verb: "redrive", done: "redriven" };
const STANDING: [&str; 3] = ["FAILED", "TIMED_OUT", "ABORTED"];

pub(super) async fn run(desk: &Desk, asked: Redrive) -> Outcome {
    let Chosen { executions, mut left_out } = those(desk, &asked.those, &STANDING).await?;
    let (mut executions, dialing) = looked_at(desk, executions, &mut left_out).await?;
    for (one, why) in &dialing {
        say(&format!("{} may dial: {why}", clean(&one.execution_arn)));
    }
    if asked.those.dry_run {
        return would(desk, executions, dialing, &left_out);
    }
    if executions.is_empty() && dialing.is_empty() && left_out.is_empty() {
        return none(desk);
    }
    let all = executions.len() + dialing.len();
    if all == 0 {
        // All that was named is left out, which is said below.
    } else if dialing.is_empty() || asked.may_dial {
        confirm(&format!("Redrive {}?", counted(all)), asked.those.yes)?;
        executions.extend(dialing.into_iter().map(|(one, _)| one));
    } else if asked.those.yes {
        let refused = "it may dial; expected --may-dial with --yes";
        let refuse = |(one, _): (Listed, String)| (one.execution_arn, refused.to_owned());
        left_out.extend(dialing.into_iter().map(refuse));
    } else {
        let question =
            format!("Redrive {}, {} of which may ring a phone again?", counted(all), dialing.len());
        confirm_typed(&question, "dial", "--yes --may-dial")?;
        executions.extend(dialing.into_iter().map(|(one, _)| one));
    }
    carry_out(desk, &REDRIVE, executions, left_out, |arn| {
        let api = desk.reached.api.clone();
        async move { api.redrive(&arn).await }
    })
    .await
}

/// Says what would be done, and what of it may dial.
fn would(
    desk: &Desk,
    mut executions: Vec<Listed>,
    dialing: Vec<(Listed, String)>,
    left_out: &[LeftOut],
) -> Outcome {
    let whys: BTreeMap<String, String> =
        dialing.iter().map(|(one, why)| (one.execution_arn.clone(), why.clone())).collect();
    executions.extend(dialing.into_iter().map(|(one, _)| one));
    only_say(desk, &REDRIVE, &executions, left_out, |one| {
        let mut document = one.document();
        let why = whys.get(&one.execution_arn);
        document["mayDial"] = why.is_some().into();
        if let Some(why) = why {
            document["why"] = why.as_str().into();
        }
        document
    })
}

/// Those that certainly dial nobody, and those that may, with what lies ahead of them. Of what cannot be read
/// nobody knows; it is left out.
async fn looked_at(
    desk: &Desk,
    executions: Vec<Listed>,
    left_out: &mut Vec<LeftOut>,
) -> Result<(Vec<Listed>, Vec<(Listed, String)>), Failure> {
    let progress = Progress::of(executions.len(), "looking at what lies ahead");
    let call = |one: Listed| {
        let reached = Arc::clone(&desk.reached);
        async move {
            let subject = Subject::of(&reached, &one.execution_arn, &Logs::default()).await?;
            Ok(what_may_dial(&subject))
        }
    };
    let answers = side_by_side(executions.clone(), call, || progress.step()).await;
    drop(progress);
    let (read, unread) = apart(executions, answers)?;
    left_out.extend(unread.into_iter().map(|(one, why)| (one.execution_arn, why)));
    let (mut quiet, mut dialing) = (Vec::new(), Vec::new());
    for (one, why) in read {
        match why {
            Some(why) => dialing.push((one, why)),
            None => quiet.push(one),
        }
    }
    Ok((quiet, dialing))
}
