//! `atlas parked …`: leads and outcomes that could not be delivered.

mod item;

mod list;

mod show;

mod replay;

use handlers::parked::Deps;

use crate::{
    arguments::parked::{Parked, ParkedAsked},
    failure::{Failure, Outcome},
    operator::{Clock, Mask, Reached, connect, environment, note_reveal},
};

/// What all of these commands work with.
struct Desk {
    reached: Reached,
    deps: Deps,
    clock: Clock,
    mask: Mask,
    json: bool,
}

impl Desk {
    /// Notes that somebody sees personal data, where that is asked for.
    fn may_show(&self, command: &str, of_what: &str) -> Result<(), Failure> {
        match self.mask {
            Mask::Masked => Ok(()),
            Mask::Revealed => note_reveal(&format!("parked {command}"), of_what),
        }
    }
}

/// Carries out what is asked of what is parked.
pub(crate) fn run(arguments: Parked) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::ours(format_args!("cannot start a runtime: {error}")))?;
    runtime.block_on(async {
        let Parked { reach, shown, asked } = arguments;
        let reached = connect(&reach).await?;
        let environment = environment(&reached).await.ok_or_else(|| {
            Failure::ours(
                "it is not known where the table of leads and calls is; expected --dynamodb-endpoint or \
                 AWS_ENDPOINT_URL_DYNAMODB: of `atlas dev` the address that it prints behind \
                 `services outside`",
            )
        })?;
        let desk = Desk {
            reached,
            deps: Deps::new(&environment).await.map_err(Failure::ours)?,
            clock: Clock::new(shown.moments),
            mask: if shown.reveal { Mask::Revealed } else { Mask::Masked },
            json: shown.json,
        };
        match asked {
            ParkedAsked::List { limit } => list::run(&desk, limit as usize).await,
            ParkedAsked::Show { key } => show::run(&desk, &key).await,
            ParkedAsked::Replay(asked) => replay::run(&desk, asked).await,
        }
    })
}
