//! Where a page's commands are run: a folder, the tools that they name, and a server that listens.

use std::{
    env, fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use super::page::{Block, root};
use crate::{
    harness::{Folder, Ran, run_within},
    server::Server,
};

/// Where pages say that `atlas dev` listens, and its sandbox of the services outside.
const SERVER: &str = "http://127.0.0.1:8083";
const SERVICES: &str = "http://127.0.0.1:4600";
/// The same server, seen from elsewhere.
const SERVER_ELSEWHERE: &str = "http://atlas.example.com:8083";

/// Longer than the commands of any page take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(600);

/// `atlas`, but what serves does so on a port of its own and is stopped when it is ready.
const ATLAS: &str = r#"#!/bin/sh
case "$1" in dev | sandbox) ;; *) exec "$ATLAS" "$@" ;; esac
value=
for argument; do
  shift
  case "$value$argument" in
    --listen) value=of ;;
    of*) value= ;;
    *) set -- "$@" "$argument" ;;
  esac
done
said=$(mktemp -u) && mkfifo "$said"
"$ATLAS" "$@" --listen 127.0.0.1:0 >"$said" 2>&1 &
status=1
while read -r line; do
  echo "$line" >&2
  case "$line" in *'ready on '*) status=0 && break ;; esac
done <"$said"
kill $! && rm "$said"
wait $!
exit $status
"#;

/// `cargo run` is `atlas`; `cargo test` is what runs this.
const CARGO: &str = r#"#!/bin/sh
case "$1 $2" in
  'run --') shift 2 && exec atlas "$@" ;;
  'test --workspace') ;;
  *) echo "cargo $*: not tried by the tests" >&2 && exit 1 ;;
esac
"#;

/// A folder with the definitions, and with `atlas` in its path.
pub(super) struct Place {
    pub(super) folder: Folder,
    tools: PathBuf,
    /// What is there for a reader who has followed the page so far.
    server: Option<Server>,
}

impl Place {
    pub(super) fn new(name: &str) -> Self {
        let folder = Folder::new(&format!("documents-{}", name.replace(['/', '.'], "-")));
        let definitions = root().join("definitions");
        copy(&definitions, &folder.path("definitions"));
        copy(&definitions.join("leads"), &folder.path("definitions/leads"));
        let tools = folder.path("tools");
        fs::create_dir(&tools).unwrap();
        for (name, text) in [("atlas", ATLAS), ("cargo", CARGO)] {
            fs::write(tools.join(name), text).unwrap();
            fs::set_permissions(tools.join(name), fs::Permissions::from_mode(0o755)).unwrap();
        }
        Self { folder, tools, server: None }
    }

    /// With `atlas dev` at work, of these arguments.
    pub(super) fn serving(mut self, arguments: &[&str]) -> Self {
        self.server = Some(Server::of_pipeline(&self.folder, arguments));
        self
    }

    /// The server at work.
    pub(super) fn server(&self) -> &Server {
        self.server.as_ref().expect("it was asked for")
    }

    /// Runs blocks as one script that stops where a command fails.
    pub(super) fn run(&self, blocks: &[&Block]) -> Ran {
        let mut script = String::new();
        for block in blocks {
            script += &format!(": line {}\n{}", block.line, block.text);
        }
        if let Some(server) = &self.server {
            script = script
                .replace(SERVER, &server.url())
                .replace(SERVER_ELSEWHERE, &server.url())
                .replace(SERVICES, &server.services());
        }
        let mut command = Command::new("sh");
        command
            .args(["-exc", &script])
            .current_dir(self.folder.path(""))
            .env_clear()
            .env("ATLAS", env!("CARGO_BIN_EXE_atlas"))
            .env("HOME", self.folder.path(""))
            .env("PATH", env::join_paths(self.path()).unwrap());
        run_within(PATIENCE, &mut command, "")
    }

    fn path(&self) -> impl Iterator<Item = PathBuf> {
        // The AWS CLI is beside the Python that it was installed with.
        let python = env::var_os("ATLAS_BOTO3_PYTHON").map(PathBuf::from);
        let of_aws = python.and_then(|python| Some(python.parent()?.to_owned()));
        let of_system = ["/usr/local/bin", "/usr/bin", "/bin"].map(PathBuf::from);
        [self.tools.clone()].into_iter().chain(of_aws).chain(of_system)
    }
}

/// Whether a page names the server.
pub(super) fn asks_a_server(blocks: &[Block]) -> bool {
    blocks.iter().any(|block| block.text.contains(SERVER) || block.text.contains(SERVICES))
}

/// The files of a folder, not its folders.
fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}
