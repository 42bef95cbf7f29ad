//! Cargo at work: the command that builds, and where the binaries are afterwards.

use std::{
    env,
    ffi::{OsStr, OsString},
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::{Architecture, BuildError, Glibc, Means, Sources, sources::cargo};

/// A build for looking at here keeps the paths of this machine, and what Cargo has built already.
const FOR_HERE: &str = "dev";
/// AWS-LC draws its first random number from the processor's jitter as well as from the system, which takes a
/// tenth of a second of each cold start before the first TLS handshake or signature (measured: 105 ms, and 0.06
/// ms without). The system's own source is seeded by the hypervisor long before a function starts.
const NO_JITTER: &str = "AWS_LC_SYS_NO_JITTER_ENTROPY";
/// What Cargo has between flags in one variable.
const BETWEEN_FLAGS: char = '\u{1f}';

/// What is built, and with what.
#[derive(Debug)]
pub struct Build<'a> {
    /// From what.
    pub sources: &'a Sources,
    /// With what.
    pub means: Means,
    /// For what.
    pub architecture: Architecture,
    /// The profile, by the name that Cargo knows it by.
    pub profile: &'a str,
    /// The binaries.
    pub names: &'a [String],
}

/// A binary that was built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

impl Build<'_> {
    /// Builds them, all or none. What Cargo has to say goes to stderr.
    pub fn run(&self) -> Result<Vec<Built>, BuildError> {
        let mut command = self.command();
        let program = command.get_program().to_string_lossy().into_owned();
        if self.means == Means::CargoLambda {
            for name in self.names {
                // What an earlier build left shall not be taken for this one's.
                let _none = fs::remove_file(self.of_cargo_lambda(name));
            }
        }
        let ran = command
            .current_dir(&self.sources.root)
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| BuildError::NotStarted { program, error })?;
        let said = shown(&command);
        if !ran.status.success() {
            return Err(BuildError::Failed { command: said });
        }
        let built = self.names.iter().map(|name| {
            let path = match self.means {
                Means::CargoLambda => Some(self.of_cargo_lambda(name)).filter(|it| it.is_file()),
                Means::Cargo | Means::Musl => executable(&ran.stdout, name),
            };
            let path = path.ok_or_else(|| BuildError::NoBinary {
                command: said.clone(),
                name: name.clone(),
            })?;
            Ok(Built { name: name.clone(), path })
        });
        built.collect()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(cargo());
        let target = match self.means {
            Means::CargoLambda => {
                command.args(["lambda", "build", "--lambda-dir"]).arg(self.lambda_folder());
                // Zig takes the version of the C library with the target.
                Some(format!("{}.{}", self.architecture.gnu_target(), Glibc::OF_LAMBDA))
            }
            Means::Cargo => {
                command.args(["build", "--message-format", "json-render-diagnostics"]);
                None
            }
            Means::Musl => {
                command.args(["build", "--message-format", "json-render-diagnostics"]);
                Some(self.architecture.musl_target())
            }
        };
        command.args(["--locked", "--package", &self.sources.package, "--profile", self.profile]);
        for name in self.names {
            command.args(["--bin", name]);
        }
        if let Some(target) = target {
            command.args(["--target", &target]);
        }
        if self.profile != FOR_HERE {
            command.env("CARGO_ENCODED_RUSTFLAGS", self.flags());
            command.env(NO_JITTER, "1");
        }
        command
    }

    fn lambda_folder(&self) -> PathBuf {
        self.sources.target.join("cargo-lambda").join(self.architecture.name())
    }

    fn of_cargo_lambda(&self, name: &str) -> PathBuf {
        self.lambda_folder().join(name).join("bootstrap")
    }

    /// The flags that the user gives, and those that take the paths of this machine out of the binary, so
    /// that another clone, elsewhere, builds the same one. Of prefixes that fit, the last one counts.
    fn flags(&self) -> OsString {
        let mut flags = given_flags();
        let places = [
            (cargo_home(), "/cargo"),
            (Some(self.sources.root.clone()), "/atlas"),
            (Some(self.sources.target.clone()), "/atlas/target"),
        ];
        for (place, name) in places {
            let Some(place) = place else { continue };
            let mut flag = OsString::from("--remap-path-prefix=");
            flag.push(&place);
            flag.push("=");
            flag.push(name);
            flags.push(flag);
        }
        flags.join(OsStr::new(BETWEEN_FLAGS.encode_utf8(&mut [0; 4])))
    }
}

fn given_flags() -> Vec<OsString> {
    let given = |name, between| {
        let flags = env::var(name).ok()?;
        let flags = flags.split(between).filter(|flag| !flag.is_empty());
        Some(flags.map(OsString::from).collect())
    };
    given("CARGO_ENCODED_RUSTFLAGS", BETWEEN_FLAGS)
        .or_else(|| given("RUSTFLAGS", ' '))
        .unwrap_or_default()
}

/// Where the sources of the dependencies are.
fn cargo_home() -> Option<PathBuf> {
    let given = env::var_os("CARGO_HOME").filter(|folder| !folder.is_empty());
    given.map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")))
}

/// Where a binary is, by what Cargo says of each thing that it has built.
fn executable(messages: &[u8], name: &str) -> Option<PathBuf> {
    let lines = messages.split(|byte| *byte == b'\n');
    let mut artifacts = lines.filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    let artifact = artifacts.find(|message| {
        message["reason"] == "compiler-artifact"
            && message["target"]["name"] == name
            && message["executable"].is_string()
    })?;
    artifact["executable"].as_str().map(PathBuf::from)
}

/// The command as somebody would type it.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources() -> Sources {
        let (root, target) = (PathBuf::from("/clone"), PathBuf::from("/clone/target"));
        Sources { root, target, package: "handlers".to_owned() }
    }

    fn command(means: Means, profile: &str) -> Command {
        let names = ["A".to_owned(), "B".to_owned()];
        let architecture = Architecture::Arm64;
        Build { sources: &sources(), means, architecture, profile, names: &names }.command()
    }

    #[test]
    fn each_means_is_told_what_to_build_for_what() {
        let check = |means, expected: &str| {
            let command = command(means, "lambda");
            let words: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
            assert_eq!(words.join(" "), expected);
        };
        let rest = "--locked --package handlers --profile lambda --bin A --bin B";
        check(Means::Cargo, &format!("build --message-format json-render-diagnostics {rest}"));
        check(
            Means::Musl,
            &format!(
                "build --message-format json-render-diagnostics {rest} --target aarch64-unknown-linux-musl"
            ),
        );
        check(
            Means::CargoLambda,
            &format!(
                "lambda build --lambda-dir /clone/target/cargo-lambda/arm64 {rest} \
                 --target aarch64-unknown-linux-gnu.2.34"
            ),
        );
    }

    #[test]
    fn no_path_of_this_machine_gets_into_what_is_deployed() {
        let flags = |profile| {
            let command = command(Means::Cargo, profile);
            let mut variables = command.get_envs();
            let flags = variables.find(|(name, _)| *name == "CARGO_ENCODED_RUSTFLAGS");
            flags.map(|(_, flags)| flags.unwrap().to_string_lossy().into_owned())
        };
        let deployed = flags("lambda").unwrap();
        let mapped: Vec<&str> = deployed
            .split(BETWEEN_FLAGS)
            .filter_map(|flag| flag.strip_prefix("--remap-path-prefix="))
            .collect();
        assert!(mapped[0].ends_with("=/cargo"), "{mapped:?}");
        assert_eq!(mapped[1..], ["/clone=/atlas", "/clone/target=/atlas/target"]);
        assert_eq!(flags("dev"), None);
    }

    #[test]
    fn no_cold_start_waits_for_the_jitter_of_the_processor() {
        let is_set = |profile| {
            let command = command(Means::Cargo, profile);
            command
                .get_envs()
                .any(|(name, value)| name == NO_JITTER && value.is_some_and(|it| it == "1"))
        };
        assert!(is_set("lambda"));
        // What Cargo has built already in that profile stays good.
        assert!(!is_set("dev"));
    }

    #[test]
    fn a_binary_is_where_cargo_says() {
        let messages =
            br#"{"reason":"compiler-artifact","target":{"name":"handlers"},"executable":null}
not JSON
{"reason":"compiler-artifact","target":{"name":"A"},"executable":"/t/lambda/A"}
{"reason":"build-finished","success":true}
"#;
        assert_eq!(executable(messages, "A"), Some(PathBuf::from("/t/lambda/A")));
        assert_eq!(executable(messages, "handlers"), None);
        assert_eq!(executable(messages, "B"), None);
    }
}
