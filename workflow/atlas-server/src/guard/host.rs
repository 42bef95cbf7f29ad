//! The names that this server goes by. A page from elsewhere whose name was made to lead to this machine
//! (DNS rebinding) asks under its own name, and gets nothing.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
    str::FromStr,
};

/// SDKs put this before the host of some operations.
const SDK_PREFIX: &str = "sync-";

/// A name that this server may be asked by, beside those of loopback and the address it was reached at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedHost(Box<str>);

/// Why a text is no name of a host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no name of a host; expected one without scheme, port and path, such as atlas.example.com"
)]
pub struct InvalidHost(String);

impl FromStr for AllowedHost {
    type Err = InvalidHost;

    fn from_str(text: &str) -> Result<Self, InvalidHost> {
        let is_label = |label: &str| {
            !label.is_empty()
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        let name = text.strip_suffix('.').unwrap_or(text);
        let is_name = name.len() <= 253 && name.split('.').all(is_label);
        if is_name || address(name).is_some() {
            Ok(Self(name.to_ascii_lowercase().into()))
        } else {
            Err(InvalidHost(text.to_owned()))
        }
    }
}

impl fmt::Display for AllowedHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a `Host` names this server: with any port, for a forwarded one is another than ours.
pub(super) fn is_ours(authority: &str, allowed: &[AllowedHost], reached: Option<IpAddr>) -> bool {
    let authority = authority.to_ascii_lowercase();
    let is_known =
        |authority: &str| host_of(authority).is_some_and(|host| is_one_of(host, allowed, reached));
    is_known(&authority) || authority.strip_prefix(SDK_PREFIX).is_some_and(is_known)
}

fn is_one_of(host: &str, allowed: &[AllowedHost], reached: Option<IpAddr>) -> bool {
    if let Some(address) = address(host) {
        let is_allowed = || allowed.iter().any(|one| self::address(&one.0) == Some(address));
        return address.is_loopback() || reached == Some(address) || is_allowed();
    }
    let host = host.strip_suffix('.').unwrap_or(host);
    // RFC 6761, 6.3: names below `localhost` lead to loopback as well.
    host == "localhost" || host.ends_with(".localhost") || allowed.iter().any(|one| *one.0 == *host)
}

/// The host of an authority, without its port; none where it is no authority of a `Host` header.
fn host_of(authority: &str) -> Option<&str> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let end = rest.find(']')? + 2;
            (&authority[..end], &authority[end..])
        }
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let is_port = |port: &str| port.parse::<u16>().is_ok();
    (port.is_empty() || port.strip_prefix(':').is_some_and(is_port)).then_some(host)
}

/// The address that a host is, where it is one.
fn address(host: &str) -> Option<IpAddr> {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let address = match bare {
        Some(bare) => bare.parse::<Ipv6Addr>().ok()?.into(),
        None => host.parse::<IpAddr>().ok()?,
    };
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(authority: &str, expected: bool) {
        let allowed = ["atlas.example.com", "192.0.2.7"].map(|name| name.parse().unwrap());
        let reached = Some(IpAddr::from([192, 0, 2, 1]));
        for authority in [authority.to_owned(), format!("sync-{authority}")] {
            assert_eq!(is_ours(&authority, &allowed, reached), expected, "{authority}");
        }
    }

    #[test]
    fn the_server_goes_by_names_of_loopback_by_its_address_and_by_what_is_allowed() {
        for authority in [
            "localhost",
            "LocalHost:8083",
            "localhost.:8083",
            "atlas.localhost:1",
            "127.0.0.1",
            "127.8.9.1:8083",
            "[::1]:8083",
            "[::ffff:127.0.0.1]:8083",
            "192.0.2.1:8083",
            "192.0.2.7",
            "Atlas.Example.com:443",
            "atlas.example.com.",
        ] {
            check(authority, true);
        }
        for authority in [
            "",
            ":8083",
            "example.com",
            "rebound.example.com:8083",
            "localhost.example.com",
            "notlocalhost",
            "192.0.2.2:8083",
            "atlas.example.com.evil.test",
            "x.atlas.example.com",
            "sync-sync-localhost",
            "localhost:",
            "localhost:port",
            "localhost:80:80",
            "user@localhost",
            "localhost/",
            "[::1",
            "[::1]x",
            "[localhost]",
            "2130706433",
            "0x7f.1",
        ] {
            check(authority, false);
        }
    }

    #[test]
    fn what_is_allowed_is_a_name_or_an_address_alone() {
        for (text, expected) in [
            ("Atlas.Example.com.", Some("atlas.example.com")),
            ("build_host-1", Some("build_host-1")),
            ("[::1]", Some("[::1]")),
            ("http://a", None),
            ("a:8083", None),
            ("a/b", None),
            ("*.example.com", None),
            ("", None),
        ] {
            let parsed = text.parse::<AllowedHost>().map(|host| host.to_string());
            assert_eq!(parsed.ok().as_deref(), expected, "{text}");
        }
    }
}
