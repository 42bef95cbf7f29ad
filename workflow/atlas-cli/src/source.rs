//! Where a command reads from: a file, or standard input for `-`.

use std::{
    fs,
    io::{self, Read},
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use crate::failure::Failure;

/// A larger file is not read: AWS takes definitions of 1 MiB, inputs of 256 KiB.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// Standard input can be read once; a second reader would find it empty and blame what it holds.
static STANDARD_INPUT_READ: AtomicBool = AtomicBool::new(false);

/// The bytes of a file, or of standard input for `-`; `what` is what it should hold.
pub(crate) fn bytes(path: &Path, what: &str) -> Result<Vec<u8>, Failure> {
    let shown = shown(path);
    let mut content = Vec::new();
    let read = if path == Path::new("-") {
        if STANDARD_INPUT_READ.swap(true, Ordering::Relaxed) {
            return Err(Failure::ours(format_args!(
                "standard input is read already; expected {what} in a file, as `-` stands once"
            )));
        }
        io::stdin().lock().take(MOST_BYTES + 1).read_to_end(&mut content)
    } else {
        fs::File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut content))
    };
    read.map_err(|error| {
        Failure::ours(format_args!("{shown}: {}; expected {what}", cause(&error)))
    })?;
    if content.len() as u64 > MOST_BYTES {
        return Err(Failure::ours(format_args!(
            "{shown}: more than {MOST_BYTES} bytes; expected {what}"
        )));
    }
    Ok(content)
}

/// The text of a file, or of standard input for `-`.
pub(crate) fn text(path: &Path, what: &str) -> Result<String, Failure> {
    String::from_utf8(bytes(path, what)?).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::theirs(format_args!(
            "{}: not UTF-8 at byte {at}; save it as UTF-8, expected {what}",
            shown(path)
        ))
    })
}

/// A path as it is shown, whatever bytes it has.
pub(crate) fn shown(path: &Path) -> String {
    if path == Path::new("-") {
        return "standard input".to_owned();
    }
    crate::label::clean(&path.to_string_lossy())
}

fn cause(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        io::ErrorKind::PermissionDenied => "it may not be read".to_owned(),
        _ => error.to_string(),
    }
}
