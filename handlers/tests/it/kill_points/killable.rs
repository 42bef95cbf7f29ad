//! A handler whose processes can be killed: in the folder of binaries a script stands for it, which
//! tells the process's id, points it at the proxy and becomes the binary.

use std::{
    fmt::Write,
    fs, io,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use handlers::functions::Handler;

use crate::deployed::binaries;

/// Kept in the repository as a program: one that is written just before it is started may still be
/// open for writing in a process that another test forks.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/kill_points/killable.sh");

/// What the handler's services are named by.
const ENDPOINTS: [&str; 7] = [
    "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
    "AWS_ENDPOINT_URL_CONNECT",
    "AWS_ENDPOINT_URL_DYNAMODB",
    "AWS_ENDPOINT_URL_SECRETS_MANAGER",
    "AWS_ENDPOINT_URL_SFN",
    "AWS_ENDPOINT_URL_SQS",
    "SALESFORCE_LOGIN_URL",
];

/// A folder of binaries, of which one handler's can be killed. It goes with its last clone.
#[derive(Clone)]
pub(crate) struct Killable(Arc<Folder>);

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left lies where `cargo clean` finds it.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Killable {
    /// Every handler's binary, and the script in the place of `handler`'s.
    pub(crate) fn new(handler: Handler) -> Self {
        static FOLDERS: AtomicUsize = AtomicUsize::new(0);
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let name = format!("killable-{}-{number}", std::process::id());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir(&folder).unwrap();
        for other in Handler::ALL {
            let program = binaries().join(other.name());
            let program = if other == handler { PathBuf::from(SCRIPT) } else { program };
            symlink(program, folder.join(other.name())).unwrap();
        }
        Self(Arc::new(Folder(folder)))
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.0.0
    }

    /// Says what the script sets before it becomes the binary.
    pub(crate) fn point_at(&self, handler: Handler, url: &str) {
        let binary = binaries().join(handler.name());
        let mut settings = format!("BINARY='{}'\n", binary.display());
        for endpoint in ENDPOINTS {
            writeln!(settings, "export {endpoint}='{url}'").unwrap();
        }
        fs::write(self.folder().join("settings"), settings).unwrap();
    }

    /// Kills every process that there is.
    pub(crate) fn kill(&self) {
        let processes = self.folder().join("processes");
        let ids = fs::read_to_string(&processes).unwrap();
        let ids: Vec<&str> = ids.lines().collect();
        assert!(!ids.is_empty(), "no process has told its id");
        let killed = Command::new("kill").arg("-KILL").args(ids).status().unwrap();
        assert!(killed.success(), "there was no process to kill");
        match fs::remove_file(&processes) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => panic!("{error}"),
            _ => {}
        }
    }
}
