//! The machines of a file, and of the files that it names.

use std::{
    path::{Path, PathBuf},
    rc::Rc,
};

use atlas_asl::model::ExecutionType;
use atlas_import::{Definition, Source, Text};

use crate::{failure::Failure, label::clean, personal::hidden, source};

/// What a file should have held.
const WHAT: &str = "a definition, or a SAM or CloudFormation template";

/// A machine whose definition is at hand.
pub(super) struct Found {
    /// Its logical name in a template.
    pub(super) name: Option<String>,
    pub(super) execution_type: Option<ExecutionType>,
    /// The file that has the definition.
    pub(super) file: String,
    pub(super) path: PathBuf,
    pub(super) source: Rc<Source>,
    pub(super) text: Rc<Text>,
    /// Whether a template fills in what the definition leaves open.
    pub(super) is_of_template: bool,
}

impl Found {
    /// Whether its definition names such a state, as far as its text says.
    pub(super) fn has_state(&self, name: &str) -> bool {
        let machine = atlas_asl::parse::parse(&self.text.text).machine;
        machine.is_some_and(|it| it.states().iter().any(|state| state.name.as_str() == name))
    }
}

/// The machines of a file, and why others are out of reach.
pub(super) fn read(
    path: &Path,
    machine: Option<&str>,
) -> Result<(Vec<Found>, Vec<Failure>), Failure> {
    let shown = source::shown(path);
    let mut read = opened(path)?;
    let mut machines = std::mem::take(&mut read.machines);
    let is_of_template = read.is_template;
    if let Some(wanted) = machine {
        let known: Vec<String> = machines
            .iter()
            .filter_map(|it| it.name.as_ref())
            .map(|name| format!("`{}`", clean(name)))
            .collect();
        machines.retain(|it| it.name.as_deref() == Some(wanted));
        if machines.is_empty() {
            let known = if known.is_empty() { "no names".to_owned() } else { known.join(", ") };
            return Err(Failure::theirs(format_args!(
                "{shown}: has no state machine `{}`; it has {known}",
                clean(wanted)
            )));
        }
    }
    let whole = Rc::new(read);
    let (mut found, mut out_of_reach) = (Vec::new(), Vec::new());
    for machine in machines {
        let (name, execution_type) = (machine.name, machine.execution_type);
        match machine.definition {
            Definition::Here(text) => found.push(Found {
                name,
                execution_type,
                file: shown.clone(),
                path: path.to_owned(),
                source: Rc::clone(&whole),
                text: text.into(),
                is_of_template,
            }),
            Definition::File { path: other, at } => match beside(path, &other) {
                Ok((path, source, text)) => found.push(Found {
                    name,
                    execution_type,
                    file: source::shown(&path),
                    path,
                    source: Rc::new(source),
                    text: Rc::new(text),
                    is_of_template,
                }),
                Err(failure) => {
                    let (line, column) = (at.line, at.column);
                    let words = failure.words();
                    out_of_reach
                        .push(Failure::theirs(format_args!("{shown}:{line}:{column}: {words}")));
                }
            },
            Definition::Elsewhere { words, at } => {
                let name = clean(&name.unwrap_or_default());
                let (line, column) = (at.line, at.column);
                out_of_reach.push(Failure::theirs(format_args!(
                    "{shown}:{line}:{column}: `{name}`: {words}"
                )));
            }
        }
    }
    Ok((found, out_of_reach))
}

fn opened(path: &Path) -> Result<Source, Failure> {
    let text = source::text(path, WHAT)?;
    Source::read(&text).map_err(|error| {
        let message = hidden(&clean(&error.to_string()));
        Failure::theirs(format_args!("{}:{message}", source::shown(path)))
    })
}

/// A definition in a file of its own, named relative to the template.
fn beside(template: &Path, path: &str) -> Result<(PathBuf, Source, Text), Failure> {
    let path = template.parent().unwrap_or(Path::new("")).join(path);
    let mut source = opened(&path)?;
    match source.machines.pop().map(|machine| machine.definition) {
        Some(Definition::Here(text)) if !source.is_template => Ok((path, source, *text)),
        Some(_) | None => Err(Failure::theirs(format_args!(
            "{}: is a template; expected the definition that another names",
            source::shown(&path)
        ))),
    }
}
