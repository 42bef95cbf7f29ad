//! Folders that cannot be used: each says why, and is left as it was.

use std::fs;

use atlas_journal::{OpenError, Store};
use redb::{Database, ReadableDatabase as _, TableDefinition, TableHandle as _};

use crate::harness::folder;

#[test]
fn a_folder_is_one_process_s_at_a_time() {
    let folder = folder("in-use");
    let first = Store::open(&folder).unwrap();
    let refused = Store::open(&folder).unwrap_err();
    let told = refused.to_string();
    assert!(matches!(refused, OpenError::InUse { .. }), "{told}");
    assert!(told.contains(&format!("in use by process {},", std::process::id())), "{told}");
    drop(first);
    Store::open(&folder).unwrap();
}

#[test]
fn a_folder_that_is_made_is_in_no_repository_and_one_that_was_there_is_left_to_its_owner() {
    let made = folder("made");
    drop(Store::open(&made.join("below")).unwrap());
    assert_eq!(fs::read_to_string(made.join("below/.gitignore")).unwrap(), "*\n");
    let there = folder("was-there");
    fs::create_dir_all(&there).unwrap();
    drop(Store::open(&there).unwrap());
    assert!(!there.join(".gitignore").exists());
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_made_is_its_owner_s_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = folder("private");
    drop(Store::open(&folder).unwrap());
    let mode = fs::metadata(&folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "{mode:o}");
}

#[test]
fn a_format_that_is_not_known_is_refused_and_left_alone() {
    let folder = folder("format");
    drop(Store::open(&folder).unwrap());
    let file = folder.join("journal.redb");
    let database = Database::create(&file).unwrap();
    let change = database.begin_write().unwrap();
    let meta: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
    change.open_table(meta).unwrap().insert("format", 9).unwrap();
    change.commit().unwrap();
    drop(database);
    for _ in 0..2 {
        let told = Store::open(&folder).unwrap_err().to_string();
        assert!(told.contains("is in format 9 and this program reads format 3"), "{told}");
    }
    let database = Database::create(&file).unwrap();
    let reading = database.begin_read().unwrap();
    let tables = reading.list_tables().unwrap();
    let mut names: Vec<String> = tables.map(|table| table.name().to_owned()).collect();
    names.sort();
    assert!(names.contains(&"facts".to_owned()), "{names:?}");
}

#[test]
fn a_file_that_is_no_journal_is_refused_and_left_alone() {
    let folder = folder("no-journal");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("journal.redb");
    fs::write(&file, "a letter to my aunt").unwrap();
    let told = Store::open(&folder).unwrap_err().to_string();
    assert!(told.contains("cannot be read"), "{told}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "a letter to my aunt");
}

#[test]
fn a_path_that_is_no_folder_is_named() {
    let folder = folder("no-folder");
    fs::write(&folder, "").unwrap();
    let told = Store::open(&folder).unwrap_err().to_string();
    assert!(told.starts_with("cannot use `") && told.contains("no-folder"), "{told}");
    fs::remove_file(&folder).unwrap();
}

#[test]
fn a_folder_is_usable_where_a_crash_left_a_file_half_made() {
    let folder = folder("half-made");
    fs::create_dir_all(&folder).unwrap();
    // Its magic number is what redb writes last.
    fs::write(folder.join("journal.redb.new"), [0; 4096]).unwrap();
    drop(Store::open(&folder).unwrap());
    drop(Store::open(&folder).unwrap());
    let mut names: Vec<_> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["in-use-by", "journal.redb"]);
}
