//! What only a terminal gets, and where there is none.

use crate::harness::Folder;

#[test]
fn a_narrow_file_is_drawn_as_wide_as_it_is_asked_for() {
    let folder = Folder::new("terminal-width");
    for columns in [40, 80, 132] {
        let mut command = folder.command(&["run", "--case", "SalesforceDownThenUp"]);
        let ran = command.env("COLUMNS", columns.to_string()).output().unwrap();
        let out = String::from_utf8(ran.stdout).unwrap();
        let (_, rest) = out.split_once("\nTimeline\n").unwrap();
        let (timeline, _) = rest.split_once("\nWhere the time went\n").unwrap();
        for line in timeline.lines().filter(|line| !line.contains("instant")) {
            assert!(line.chars().count() <= columns, "{columns}: {line}");
        }
    }
}

#[test]
fn every_command_and_option_is_explained() {
    let folder = Folder::new("terminal-help");
    for command in [
        &[][..],
        &["run"],
        &["exec"],
        &["validate"],
        &["render"],
        &["graph"],
        &["mocks"],
        &["mocks", "skeleton"],
    ] {
        let ran = folder.atlas(&[command, &["--help"]].concat()).exits(0);
        assert_eq!(ran.err, "");
        assert!(ran.out.lines().all(|line| line.chars().count() <= 120), "{}", ran.out);
        let short = folder.atlas(&[command, &["-h"]].concat()).exits(0).out;
        for option in short.lines().filter(|line| line.trim_start().starts_with("--")) {
            assert!(option.split_whitespace().count() > 3, "{option} is not explained");
        }
    }
    let version = folder.atlas(&["--version"]).exits(0).out;
    assert_eq!(version, format!("atlas {}\n", env!("CARGO_PKG_VERSION")));
}
