//! Takes a corpus apart into a folder of files, as the fuzz targets need it, and puts it together again:
//! `corpora unpack FILE FOLDER`, `corpora pack FILE FOLDER`.

use std::{env, error::Error, fs, path::Path};

use any_input::corpus::{inputs, line};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["unpack", file, folder] => unpack(Path::new(file), Path::new(folder)),
        ["pack", file, folder] => pack(Path::new(file), Path::new(folder)),
        _ => Err("expected `unpack FILE FOLDER` or `pack FILE FOLDER`".into()),
    }
}

fn unpack(file: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    for (number, input) in (1..).zip(inputs(&fs::read_to_string(file)?)?) {
        fs::write(folder.join(format!("line-{number:04}")), input)?;
    }
    Ok(())
}

/// The shortest first, each once.
fn pack(file: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut inputs = Vec::new();
    for entry in fs::read_dir(folder)? {
        inputs.push(fs::read(entry?.path())?);
    }
    inputs.sort_by(|left, right| left.len().cmp(&right.len()).then_with(|| left.cmp(right)));
    inputs.dedup();
    let lines: String = inputs.iter().map(|input| line(input) + "\n").collect();
    Ok(fs::write(file, lines)?)
}
