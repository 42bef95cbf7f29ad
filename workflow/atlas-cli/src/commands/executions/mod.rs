//! `atlas executions …`, a file for each.

mod desk;

mod start;

mod list;

mod show;

mod history;

mod watch;

mod stuck;

mod bulk;

mod stop;

mod redrive;

mod export;

mod diff;

use self::desk::Desk;
use crate::{
    arguments::executions::{Executions, ExecutionsAsked},
    failure::{Failure, Outcome},
};

/// Carries out what is asked of executions.
pub(crate) fn run(arguments: Executions) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::ours(format_args!("cannot start a runtime: {error}")))?;
    runtime.block_on(async {
        let Executions { reach, shown, asked } = arguments;
        let desk = Desk::new(&reach, shown).await?;
        match asked {
            ExecutionsAsked::Start(asked) => start::run(&desk, asked).await,
            ExecutionsAsked::List(asked) => list::run(&desk, asked).await,
            ExecutionsAsked::Show(asked) => show::run(&desk, asked).await,
            ExecutionsAsked::History(asked) => history::run(&desk, asked).await,
            ExecutionsAsked::Watch(asked) => watch::run(&desk, asked).await,
            ExecutionsAsked::Stuck(asked) => stuck::run(&desk, asked).await,
            ExecutionsAsked::Stop(asked) => stop::run(&desk, asked).await,
            ExecutionsAsked::Redrive(asked) => redrive::run(&desk, asked).await,
            ExecutionsAsked::Export(asked) => export::run(&desk, asked).await,
            ExecutionsAsked::Diff(asked) => diff::run(&desk, asked).await,
        }
    })
}
