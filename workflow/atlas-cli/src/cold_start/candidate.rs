//! Whose functions are measured: ours, as binaries in a folder, or those in Python that they replace.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use atlas_lambda::BinarySettings;
use atlas_package::{Architecture, pack};
use handlers::functions::Handler;

/// Where the packages for Python are that a function brings along.
const PACKAGE: &str = "package";
/// What would be deployed, with the SDK in the version that was tried.
const WITH_SDK: &str = "deployment.zip";
/// What would be deployed where the SDK is the runtime's own.
const WITHOUT_SDK: &str = "deployment-without-boto3.zip";

/// Whose functions they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Candidate {
    /// The binaries in this folder, each named after its handler.
    Binaries(PathBuf),
    /// The handlers in Python, with all that `.ci/peers` has installed for them in this folder.
    Python(PathBuf),
}

/// A function is not there.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotThere {
    #[error(
        "there is no `{0}`; in the sources of Atlas Engine, `atlas package` builds it for this machine and \
         leaves it there; --functions names another folder"
    )]
    Binary(PathBuf),
    #[error(
        "there is no `{0}`; in the sources of Atlas Engine, eval \"$(.ci/peers start)\" installs what the \
         handlers in Python need"
    )]
    Python(PathBuf),
}

/// What a function's zip takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Zips {
    pub(crate) bytes: u64,
    /// Without what Lambda's runtime has anyway.
    pub(crate) without_sdk: Option<u64>,
}

impl Candidate {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Binaries(_) => "Rust",
            Self::Python(_) => "Python",
        }
    }

    /// How a function is started.
    pub(crate) fn binary(&self, handler: Handler) -> Result<BinarySettings, NotThere> {
        match self {
            Self::Binaries(folder) => {
                let program = folder.join(handler.name());
                if !program.is_file() {
                    return Err(NotThere::Binary(program));
                }
                Ok(BinarySettings::new(program))
            }
            Self::Python(folder) => {
                let program = folder.join("bin/python");
                if !program.is_file() {
                    return Err(NotThere::Python(program));
                }
                let module = format!("{}.handler", module(handler));
                let (handlers, package) = (folder.join("handlers"), folder.join(PACKAGE));
                let path = format!("{}:{}", handlers.display(), package.display());
                let mut settings = BinarySettings::new(program);
                // AWS's own client of the Runtime API, which Lambda starts in the same way.
                settings.arguments = ["-m", "awslambdaric", &module].map(str::to_owned).to_vec();
                settings.handler = module;
                settings.variables.push(("PYTHONPATH".to_owned(), path));
                Ok(settings)
            }
        }
    }

    /// What its zip takes, or nothing where it cannot be made.
    pub(crate) fn zips(&self, handler: Handler) -> Option<Zips> {
        match self {
            Self::Binaries(folder) => {
                let host = Architecture::of_host()?;
                let packed = pack(handler.name(), &folder.join(handler.name()), host).ok()?;
                Some(Zips { bytes: packed.zip_bytes(), without_sdk: None })
            }
            Self::Python(folder) => Some(Zips {
                bytes: length(&folder.join(WITH_SDK)).ok()?,
                without_sdk: length(&folder.join(WITHOUT_SDK)).ok(),
            }),
        }
    }
}

fn length(path: &Path) -> io::Result<u64> {
    fs::metadata(path).map(|file| file.len())
}

/// The file of a handler in Python.
fn module(handler: Handler) -> &'static str {
    match handler {
        Handler::CreateLead => "create_lead",
        Handler::GenerateDynamicScenario => "generate_dynamic_scenario",
        Handler::InvokeOutboundCall => "invoke_outbound_call",
        Handler::UpdateLead => "update_lead",
        Handler::CallEnded => "call_ended",
        Handler::CallSweeper => "call_sweeper",
        Handler::LexFulfillment => "lex_fulfillment",
        Handler::ResponseWriter => "response_writer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_handler_stands_in_a_file_of_python() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        for handler in Handler::ALL {
            let file = root.join("tests/python_handlers").join(format!("{}.py", module(handler)));
            let text = fs::read_to_string(&file).unwrap();
            assert!(text.contains(handler.name()), "{}", file.display());
            assert!(text.contains("def handler(event, context):"), "{}", file.display());
        }
    }

    #[test]
    fn what_is_not_there_is_said_with_how_to_get_it() {
        let nowhere = PathBuf::from("/nowhere");
        let error = Candidate::Binaries(nowhere.clone()).binary(Handler::CreateLead).unwrap_err();
        assert!(error.to_string().contains("`/nowhere/CreateLeadHandler`; in the sources"));
        let error = Candidate::Python(nowhere).binary(Handler::CreateLead).unwrap_err();
        assert!(error.to_string().contains(".ci/peers start"));
    }
}
