//! The execution that somebody means: by its ARN, its name, or a business key.

use super::{Listed, Machine, Reached, arn, find};
use crate::{
    arguments::operator::Filter, failure::Failure, failure::say, label::clean, personal::hidden,
};

/// What is to be done with it: of several, one can be looked at, but none may be changed by mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The newest of several will do.
    ToLookAt,
    /// There has to be one.
    ToChange,
}

/// How many are named to somebody who has to choose.
const NAMED: usize = 8;

/// The ARN of the execution.
pub(crate) async fn execution(
    reached: &Reached,
    given: &str,
    machine: Option<&str>,
    wanted: Wanted,
) -> Result<String, Failure> {
    match arn::kind(given) {
        Some(arn::Kind::Execution | arn::Kind::Express) => return Ok(given.to_owned()),
        Some(arn::Kind::Machine | arn::Kind::Other) => {
            return Err(Failure::theirs(format_args!(
                "`{}` is no execution; expected arn:aws:states:REGION:ACCOUNT:execution:MACHINE:NAME",
                clean(given)
            )));
        }
        None => {}
    }
    if let Some(machine) = machine {
        let machine = Machine::named(&reached.api, machine).await?;
        return Ok(arn::execution_arn(&machine.arn, given));
    }
    let found = find(reached, given, &Filter::default()).await?;
    match found.as_slice() {
        [] => Err(Failure::theirs(format_args!(
            "no execution belongs to `{}`; expected an ARN, a name with --machine, or an interaction key, \
             lead id, contact id or phone number",
            hidden(&clean(given))
        ))),
        [one] => Ok(one.execution_arn.clone()),
        [newest, others @ ..] => match wanted {
            Wanted::ToLookAt => {
                say(&format!("the newest of {}; also {}", found.len(), names(others)));
                Ok(newest.execution_arn.clone())
            }
            Wanted::ToChange => Err(Failure::theirs(format_args!(
                "{} executions belong to `{}`; expected one of {}",
                found.len(),
                hidden(&clean(given)),
                names(&found)
            ))),
        },
    }
}

fn names(executions: &[Listed]) -> String {
    let mut names: Vec<String> =
        executions.iter().take(NAMED).map(|one| clean(&one.execution_arn)).collect();
    if executions.len() > NAMED {
        names.push(format!("{} more", executions.len() - NAMED));
    }
    names.join(", ")
}
