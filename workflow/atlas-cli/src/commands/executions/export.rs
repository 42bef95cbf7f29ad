//! `atlas executions export`.

use std::{
    fs::OpenOptions,
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
};

use super::Desk;
use crate::{
    arguments::executions::ExportOne,
    failure::{Failure, Outcome},
    operator::{Subject, say_missing},
    source,
};

pub(super) async fn run(desk: &Desk, asked: ExportOne) -> Outcome {
    let execution_arn = desk.execution(&asked.which).await?;
    desk.may_show("export", &execution_arn)?;
    let subject = Subject::of(&desk.reached, &execution_arn, &asked.which.logs).await?;
    say_missing(&subject.view());
    let document = desk.mask.value(&subject.document());
    let mut text = serde_json::to_string_pretty(&document).expect("a document is JSON");
    text.push('\n');
    match &asked.out {
        Some(file) => write_own(file, &text)?,
        None => io::stdout().lock().write_all(text.as_bytes())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes a file that its owner alone can read: executions hold what people said of themselves.
fn write_own(file: &Path, text: &str) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let written = options.open(file).and_then(|mut written| {
        // One that was there before keeps its mode otherwise.
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            written.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        }
        written.write_all(text.as_bytes())
    });
    written.map_err(|error| {
        Failure::ours(format_args!("{}: cannot be written: {error}", source::shown(file)))
    })
}
