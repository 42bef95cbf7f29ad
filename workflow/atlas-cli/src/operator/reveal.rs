//! Notes who had personal data shown, when, and of what: a line in a file of the user's own.

use std::{
    env,
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use crate::{failure::Failure, label::clean};

/// Below the folder in which programs keep what they did (XDG Base Directory Specification).
const FILE: &str = "atlas/reveals.log";

/// Notes it, and says where. What cannot be noted is not shown.
pub(crate) fn note_reveal(command: &str, of_what: &str) -> Result<(), Failure> {
    let Some(folder) = state_folder() else {
        return Err(Failure::ours(
            "--reveal is noted in a file, and it is not known where; expected HOME or XDG_STATE_HOME",
        ));
    };
    let path = folder.join(FILE);
    append(&path, command, of_what).map_err(|error| {
        Failure::ours(format_args!(
            "--reveal shows nothing, as it cannot be noted in `{}`: {error}",
            path.display()
        ))
    })?;
    eprintln!("personal data is shown; noted in {}", path.display());
    Ok(())
}

fn append(path: &Path, command: &str, of_what: &str) -> io::Result<()> {
    let folder = path.parent().expect("it ends with a folder and a name");
    if !folder.exists() {
        fs::create_dir_all(folder)?;
        own(folder, 0o700)?;
    }
    let is_new = !path.exists();
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    if is_new {
        own(path, 0o600)?;
    }
    let user = ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| env::var(name).ok());
    let user = clean(user.as_deref().unwrap_or("unknown"));
    // One write, so that lines of several processes do not mix.
    let line = format!("{} {user} {command} {}\n", Timestamp::now(), clean(of_what));
    file.write_all(line.as_bytes())
}

/// Nobody else may read it.
fn own(path: &Path, mode: u32) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
    }
    #[cfg(not(unix))]
    let _ = (path, mode);
    Ok(())
}

fn state_folder() -> Option<PathBuf> {
    let variable = |name: &str| env::var_os(name).map(PathBuf::from).filter(|it| it.is_absolute());
    variable("XDG_STATE_HOME")
        .or_else(|| Some(variable("HOME")?.join(".local/state")))
        .or_else(|| variable("LOCALAPPDATA"))
}
