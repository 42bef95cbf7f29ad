//! `atlas executions redrive`: nobody is rung again by somebody who did not know that it could happen.

use std::process::ExitCode;

use super::{
    Desk,
    bulk::{Deed, carry_out, counted, only_say, those},
};
use crate::{
    arguments::{executions::Redrive, operator::Logs},
    failure::{Failure, Outcome, say},
    operator::{Listed, Progress, Subject, confirm, confirm_typed, what_may_dial},
};

const REDRIVE: Deed = Deed { verb: "redrive", done: "redriven" };
const STANDING: [&str; 3] = ["FAILED", "TIMED_OUT", "ABORTED"];

pub(super) async fn run(desk: &Desk, asked: Redrive) -> Outcome {
    let executions = those(desk, &asked.those, &STANDING).await?;
    let (mut executions, dialing) = apart(desk, executions).await?;
    for (one, why) in &dialing {
        say(&format!("{} may dial: {why}", one.execution_arn));
    }
    if asked.those.dry_run {
        executions.extend(dialing.into_iter().map(|(one, _)| one));
        return only_say(desk, &REDRIVE, &executions);
    }
    if executions.is_empty() && dialing.is_empty() {
        say("no execution is so; nothing was done");
        return Ok(ExitCode::SUCCESS);
    }
    let all = executions.len() + dialing.len();
    let mut left_out = Vec::new();
    if dialing.is_empty() || asked.may_dial {
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

/// Those that certainly dial nobody, and those that may, with what lies ahead of them.
async fn apart(
    desk: &Desk,
    executions: Vec<Listed>,
) -> Result<(Vec<Listed>, Vec<(Listed, String)>), Failure> {
    let progress = Progress::of(executions.len(), "looking at what lies ahead");
    let (mut quiet, mut dialing) = (Vec::new(), Vec::new());
    for one in executions {
        let subject = Subject::of(&desk.reached, &one.execution_arn, &Logs::default()).await?;
        match what_may_dial(&subject) {
            Some(why) => dialing.push((one, why)),
            None => quiet.push(one),
        }
        progress.step();
    }
    Ok((quiet, dialing))
}
