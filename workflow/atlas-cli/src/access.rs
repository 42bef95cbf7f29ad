//! Who may use a server: by which token, under which names.

use std::{net::SocketAddr, path::Path};

use atlas_server::{AllowedHost, Token};

use crate::{
    arguments::Dev,
    failure::{Failure, say},
    source,
};

/// Who may use a server.
pub(crate) struct Access {
    /// Without one, whoever is on this machine.
    pub(crate) token: Option<Token>,
    /// Nobody knows it yet, so it has to be said.
    pub(crate) is_generated: bool,
    pub(crate) allowed_hosts: Vec<AllowedHost>,
}

impl Access {
    /// The access that is asked for. Where others can reach the server, nobody gets in without a token.
    pub(crate) fn of(arguments: &Dev) -> Result<Self, Failure> {
        let given = match (&arguments.token, &arguments.token_file) {
            (Some(text), _) => Some(token(text, "--token")?),
            (None, Some(file)) => Some(token_of(file)?),
            (None, None) => None,
        };
        let is_generated = given.is_none() && !arguments.listen.ip().is_loopback();
        let token = if is_generated { Some(Token::generated()) } else { given };
        Ok(Self { token, is_generated, allowed_hosts: arguments.allow_host.clone() })
    }

    /// Says how to get in.
    pub(crate) fn introduce(&self, address: SocketAddr) {
        eprintln!("console: http://{address}/console/");
        let Some(token) = &self.token else { return };
        if self.is_generated {
            eprintln!("token, which is not said again: {}", token.expose());
        }
        eprintln!(
            "the token is asked for by the console, and is AWS_SESSION_TOKEN for the AWS CLI and SDKs"
        );
    }
}

fn token_of(file: &Path) -> Result<Token, Failure> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let is_others =
            |told: &std::fs::Metadata| told.is_file() && told.permissions().mode() & 0o077 != 0;
        if std::fs::metadata(file).is_ok_and(|told| is_others(&told)) {
            say(&format!(
                "--token-file {}: others than its owner can read it; `chmod 600` keeps it yours",
                source::shown(file)
            ));
        }
    }
    let bytes = source::bytes(file, "a token")?;
    let text = String::from_utf8_lossy(&bytes);
    token(text.trim_end_matches(['\r', '\n']), "--token-file")
}

fn token(text: &str, option: &str) -> Result<Token, Failure> {
    Token::new(text).map_err(|error| Failure::ours(format_args!("{option}: {error}")))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::arguments::{Arguments, Command};

    fn access(arguments: &[&str]) -> Result<Access, Failure> {
        let arguments = [&["atlas", "dev"], arguments].concat();
        let Command::Dev(arguments) = Arguments::parse_from(arguments).command else {
            panic!("`dev` was asked for")
        };
        Access::of(&arguments)
    }

    #[test]
    fn where_others_can_reach_it_there_is_a_token() {
        let given = ["--token", "a-token-of-mine-1"];
        for (arguments, has_token, is_generated) in [
            (&["--listen", "127.0.0.1:0"][..], false, false),
            (&["--listen", "[::1]:0"], false, false),
            (&["--listen", "0.0.0.0:0"], true, true),
            (&["--listen", "[::]:0"], true, true),
            (&["--listen", "192.0.2.1:0"], true, true),
            (&[&["--listen", "0.0.0.0:0"], &given[..]].concat(), true, false),
            (&given, true, false),
        ] {
            let access = access(arguments).unwrap();
            let found = (access.token.is_some(), access.is_generated);
            assert_eq!(found, (has_token, is_generated), "{arguments:?}");
        }
    }

    #[test]
    fn a_token_that_is_none_is_not_repeated() {
        let refused = format!("{:?}", access(&["--token", "short"]).err().unwrap());
        assert!(refused.contains("--token: the token has 5 bytes"), "{refused}");
    }
}
