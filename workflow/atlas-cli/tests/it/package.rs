//! `atlas package`: what is packed, what is refused, and what is left where it is refused.

use std::{
    fs,
    path::{Path, PathBuf},
};

use atlas_package::Architecture;
use serde_json::Value;

use super::harness::{Folder, Ran};

const HANDLER: &str = "CreateLeadHandler";
const OTHER: &str = "UpdateLeadHandler";

/// A program that this machine starts, as if it had been linked against glibc 2.`minor`.
fn program(minor: u8) -> Vec<u8> {
    let build = Path::new(env!("CARGO_BIN_EXE_atlas")).parent().unwrap();
    let mut bytes = fs::read(build.join("examples/plain_function")).unwrap();
    // The loader's names stand at a program's beginning.
    let head = bytes[..1 << 17].to_vec();
    for (place, _) in head.windows(9).enumerate().filter(|(_, it)| *it == b"\0GLIBC_2.") {
        let version = &mut bytes[place + 9..place + 12];
        if version[..2].iter().all(u8::is_ascii_digit) && version[2] == 0 {
            version[..2].copy_from_slice(minor.to_string().as_bytes());
        }
    }
    bytes
}

fn packed(folder: &Folder, binaries: &str, further: &[&str]) -> Ran {
    let host = Architecture::of_host().unwrap().name();
    let own = ["package", "--arch", host, "--binaries", binaries, "--out", "zips"];
    let own = [&own, ["--handler", HANDLER].as_slice(), further].concat();
    folder.atlas(&own)
}

fn left(folder: &Folder) -> Vec<PathBuf> {
    let Ok(files) = fs::read_dir(folder.path("zips")) else { return Vec::new() };
    files.map(|file| file.unwrap().path()).collect()
}

#[test]
fn the_same_binary_has_the_same_digest_wherever_and_whenever_it_is_packed() {
    let folder = Folder::new("package-twice");
    let digests = ["here", "elsewhere/copied"].map(|binaries| {
        fs::create_dir_all(folder.path(binaries)).unwrap();
        folder.write(format!("{binaries}/{HANDLER}"), program(17));
        folder.write(format!("{binaries}/{OTHER}"), program(28));
        let document =
            packed(&folder, binaries, &["--handler", OTHER, "--json"]).exits(0).document();
        let packages = document.as_array().unwrap();
        assert_eq!(packages.len(), 2);
        for (package, (name, glibc)) in packages.iter().zip([(HANDLER, "2.17"), (OTHER, "2.28")]) {
            assert_eq!(package["handler"], name);
            assert_eq!(package["glibc"], glibc);
            let zip = fs::read(folder.path(package["zip"].as_str().unwrap())).unwrap();
            assert_eq!(package["zipBytes"], zip.len());
        }
        packages.iter().map(|package| package["codeSha256"].clone()).collect::<Vec<Value>>()
    });
    assert_eq!(digests[0], digests[1]);
    assert_ne!(digests[0][0], digests[0][1]);
}

#[test]
fn the_table_names_size_and_digest() {
    let folder = Folder::new("package-table");
    folder.write(HANDLER, program(17));
    let document = packed(&folder, ".", &["--json"]).exits(0).document();
    let ran = packed(&folder, ".", &[]).exits(0);
    let cells: Vec<&str> = ran.out.trim_end().split('\t').collect();
    assert_eq!((cells[0], cells[4]), (HANDLER, "2.17"));
    assert_eq!(document[0]["sha256"], cells[5]);
    assert!(ran.err.contains("`CreateLeadHandler` holds the names that only a debugger reads"));
    assert!(ran.err.contains("1 package in `zips`"), "{}", ran.err);
}

#[test]
fn where_one_would_not_start_none_is_packed() {
    let folder = Folder::new("package-refused");
    let check = |other: Option<&[u8]>, code, words: &[&str]| {
        folder.write(HANDLER, program(17));
        match other {
            Some(bytes) => folder.write(OTHER, bytes),
            None => fs::remove_file(folder.path(OTHER)).unwrap(),
        }
        packed(&folder, ".", &["--handler", OTHER]).refuses(code, words);
        assert_eq!(left(&folder), <[PathBuf; 0]>::default());
    };
    let newer = program(99);
    check(
        Some(&newer),
        1,
        &[OTHER, "of glibc 2.99, and Lambda has 2.34", "pip install cargo-lambda"],
    );
    check(Some(b"#!/bin/sh\n"), 1, &[OTHER, "no ELF file of 64 bits"]);
    check(None, 2, &["cannot read the binary `./UpdateLeadHandler`"]);
}

#[test]
fn outside_of_a_clone_it_is_said_where_to_go() {
    let folder = Folder::new("package-nowhere");
    let mut command = folder.command(&["package"]);
    // The tests' own folder is within the clone.
    let ran = command.current_dir("/").output().unwrap();
    let said = String::from_utf8(ran.stderr).unwrap();
    assert_eq!(ran.status.code(), Some(2), "{said}");
    assert!(said.contains("`/` is in no clone of Atlas Engine"), "{said}");
    assert!(said.contains("--binaries DIR"), "{said}");
}

#[cfg(unix)]
mod by_cargo {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// Cargo as it is seen from outside: it tells of the project, notes what it was asked, builds, or fails.
    const CARGO: &str = r#"#!/bin/sh
case $1 in
metadata) echo '{"packages": [{"name": "handlers"}], "workspace_root": "HERE", "target_directory": "HERE/target"}' ;;
build)
  echo "$*" > HERE/asked
  [ -e HERE/program ] || { echo 'error: it does not compile' >&2; exit 101; }
  echo '{"reason":"compiler-artifact","target":{"name":"CreateLeadHandler"},"executable":"HERE/program"}' ;;
lambda)
  echo "$*" > HERE/asked
  mkdir -p HERE/target/cargo-lambda/x86_64/CreateLeadHandler
  cp HERE/program HERE/target/cargo-lambda/x86_64/CreateLeadHandler/bootstrap ;;
esac
"#;

    /// Runs the command where `cargo` is the one above, and nothing else is installed but what is named.
    fn run(folder: &Folder, installed: &[&str], arguments: &[&str]) -> Ran {
        let here = folder.path("").display().to_string();
        let here = here.trim_end_matches('/');
        for (name, text) in
            [("cargo", CARGO.replace("HERE", here)), ("cargo-lambda", String::new())]
        {
            let path = folder.path("bin").join(name);
            fs::create_dir_all(folder.path("bin")).unwrap();
            if name == "cargo" || installed.contains(&name) {
                fs::write(&path, text).unwrap();
                fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
            }
        }
        let variable = |name: &str, value: String| (name.to_owned(), value);
        let variables = [
            variable("CARGO", folder.path("bin/cargo").display().to_string()),
            variable("PATH", format!("{}:/usr/bin:/bin", folder.path("bin").display())),
        ];
        let own = ["package", "--handler", HANDLER];
        folder.atlas_with(&variables, &[&own, arguments].concat(), "")
    }

    #[test]
    fn what_cargo_builds_for_this_machine_is_packed() {
        let folder = Folder::new("package-built");
        folder.write("program", program(17));
        let host = Architecture::of_host().unwrap().name();
        let ran = run(&folder, &[], &["--arch", host]).exits(0);
        let why = format!("building for {host} with cargo: {host} is what this machine is");
        assert!(ran.err.contains(&why), "{}", ran.err);
        assert!(folder.path("target/lambda-packages/CreateLeadHandler.zip").is_file());
        assert!(folder.read("asked").contains("--profile lambda --bin CreateLeadHandler"));
    }

    #[test]
    fn a_failed_build_leaves_the_packages_as_they_were() {
        let folder = Folder::new("package-failed");
        let zip = "target/lambda-packages/CreateLeadHandler.zip";
        fs::create_dir_all(folder.path("target/lambda-packages")).unwrap();
        folder.write(zip, "the one before");
        let host = Architecture::of_host().unwrap().name();
        let ran = run(&folder, &[], &["--arch", host, "--profile", "dev"]).exits(1);
        assert!(ran.err.contains("error: it does not compile"), "{}", ran.err);
        assert!(ran.err.contains("--profile dev --bin CreateLeadHandler` failed"), "{}", ran.err);
        assert_eq!(folder.read(zip), "the one before");
    }

    #[test]
    fn another_processor_is_built_for_by_cargo_lambda_or_not_at_all() {
        let folder = Folder::new("package-foreign");
        folder.write("program", program(17));
        let host = Architecture::of_host().unwrap();
        let other = Architecture::ALL.into_iter().find(|it| *it != host).unwrap().name();
        let ran = run(&folder, &[], &["--arch", other]).exits(2);
        for words in ["nothing here builds for", "pip install cargo-lambda", "rustup target add"] {
            assert!(ran.err.contains(words), "{}", ran.err);
        }
        assert!(!folder.path("asked").exists());
        // What cargo-lambda leaves is looked at as well: this one is for the wrong processor.
        let ran = run(&folder, &["cargo-lambda"], &["--arch", other]);
        assert!(folder.read("asked").starts_with("lambda build"), "{}", ran.err);
    }
}

/// A project as far as Cargo is concerned, whose binary holds the path of a file that its build has written.
#[test]
fn two_clones_build_the_same_bytes() {
    let folder = Folder::new("package-clones");
    let digests = ["one", "else where/deeper/another"].map(|clone| {
        let write = |name: &str, text: &str| {
            let path = folder.path(clone).join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("Cargo.toml", "[workspace]\nmembers = ['handlers']\n[profile.lambda]\ninherits = 'release'\nstrip = true\n");
        write("Cargo.lock", "version = 4\n[[package]]\nname = 'handlers'\nversion = '0.1.0'\n");
        write("handlers/Cargo.toml", "[package]\nname = 'handlers'\nversion = '0.1.0'\nedition = '2024'\n");
        write(
            "handlers/build.rs",
            r#"fn main() {
                let file = std::path::Path::new(&std::env::var("OUT_DIR").unwrap()).join("made.rs");
                std::fs::write(file, "pub fn made() -> &'static str { file!() }").unwrap();
            }"#,
        );
        write(
            "handlers/src/bin/CreateLeadHandler.rs",
            r#"include!(concat!(env!("OUT_DIR"), "/made.rs")); fn main() { println!("{}", made()) }"#,
        );
        let host = Architecture::of_host().unwrap().name();
        let mut command =
            folder.command(&["package", "--arch", host, "--handler", HANDLER, "--with", "cargo", "--json"]);
        command.current_dir(folder.path(clone)).env_remove("CARGO_TARGET_DIR");
        let ran = command.output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        let packages: Value = serde_json::from_slice(&ran.stdout).unwrap();
        packages[0]["sha256"].as_str().unwrap().to_owned()
    });
    assert_eq!(digests[0], digests[1]);
}
