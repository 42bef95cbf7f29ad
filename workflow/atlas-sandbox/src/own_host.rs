//! Whether a request is meant for this sandbox: for a host of its own, and not sent by a web page from elsewhere.
//!
//! A browser on this machine reaches loopback for whatever page it shows, and a page's own name can be made to
//! lead here (DNS rebinding). Nothing is asked for that an SDK or curl would not send anyway. The sandbox listens
//! on loopback alone, so its addresses are those of loopback; no operation that it plays has an SDK put a
//! prefix before the host.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::{
    HeaderMap, HeaderName, Uri,
    header::{HOST, ORIGIN},
};

use crate::reply::Reply;

/// Where a browser says how the page that asks relates to us.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Why a request is not for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Foreign {
    Host,
    Origin,
    Site,
}

impl Foreign {
    pub(crate) fn reply(self) -> Reply {
        let message = match self {
            Self::Host => {
                "`Host` names another machine, or none; expected localhost, a name below it, an address of \
                 127.0.0.0/8 or [::1]\n"
            }
            Self::Origin => {
                "a web page of another server may not use the sandbox; expected no `Origin`, or `http://` and \
                 the host and port of `Host`\n"
            }
            Self::Site => {
                "a web page of another site may not use the sandbox; expected no `Sec-Fetch-Site`, or \
                 `same-origin` or `none`\n"
            }
        };
        Reply::text(403, message)
    }
}

pub(crate) fn check(uri: &Uri, headers: &HeaderMap) -> Result<(), Foreign> {
    let authority = authority(uri, headers).filter(|authority| is_loopback(authority));
    let authority = authority.ok_or(Foreign::Host)?;
    let is_own = |origin: &str| is_of(origin, authority);
    if !headers.get_all(ORIGIN).iter().all(|origin| origin.to_str().is_ok_and(is_own)) {
        return Err(Foreign::Origin);
    }
    if headers.get_all(FETCH_SITE).iter().any(|site| site == "cross-site" || site == "same-site") {
        return Err(Foreign::Site);
    }
    Ok(())
}

/// The host and port that a request is for. One that says none, or says two, is for nobody.
fn authority<'a>(uri: &Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    let mut named = headers.get_all(HOST).iter();
    let (host, None) = (named.next()?.to_str().ok()?, named.next()) else { return None };
    // RFC 9112, 3.2.2: what stands in the request line goes before the header; no page sends it.
    match uri.authority() {
        Some(of_line) if !of_line.as_str().eq_ignore_ascii_case(host) => None,
        _ => Some(host),
    }
}

/// Whether an `Origin` is of this host and port: another port of this machine is somebody else's page.
fn is_of(origin: &str, authority: &str) -> bool {
    let without_default =
        |text: &str| text.strip_suffix(":80").unwrap_or(text).to_ascii_lowercase();
    origin
        .strip_prefix("http://")
        .is_some_and(|of_page| without_default(of_page) == without_default(authority))
}

/// Whether an authority is a name or an address of loopback, with any port: a forwarded one is not ours.
fn is_loopback(authority: &str) -> bool {
    let Some(host) = host_of(authority) else { return false };
    if let Some(bare) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let address = bare.parse::<Ipv6Addr>();
        return address.is_ok_and(|address| address.to_canonical().is_loopback());
    }
    if let Ok(address) = host.parse::<IpAddr>() {
        return address.is_loopback();
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    // RFC 6761, 6.3: names below `localhost` lead to loopback as well.
    let mut labels = host.strip_suffix('.').unwrap_or(host).rsplit('.');
    labels.next().is_some_and(|last| last.eq_ignore_ascii_case("localhost")) && labels.all(is_label)
}

/// The host of an authority, without its port; none where it is no authority of a `Host` header.
fn host_of(authority: &str) -> Option<&str> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => authority.split_at(rest.find(']')? + 2),
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let is_port = |port: &str| port.parse::<u16>().is_ok();
    (port.is_empty() || port.strip_prefix(':').is_some_and(is_port)).then_some(host)
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn check(uri: &str, headers: &[(&str, &str)], expected: Result<(), Foreign>) {
        let mut request = Request::post(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(()).unwrap();
        let told = super::check(request.uri(), request.headers());
        assert_eq!(told, expected, "{uri} {headers:?}");
    }

    #[test]
    fn the_sandbox_goes_by_names_and_addresses_of_loopback_alone() {
        for host in [
            "localhost",
            "LocalHost:4600",
            "localhost.:4600",
            "atlas.localhost:1",
            "127.0.0.1",
            "127.8.9.1:4600",
            "[::1]",
            "[::1]:4600",
            "[::ffff:127.0.0.1]:4600",
        ] {
            check("/", &[("host", host)], Ok(()));
        }
        for host in [
            "",
            ":4600",
            "evil.example",
            "rebound.example:4600",
            "localhost.example",
            "notlocalhost",
            "sandbox",
            ".localhost",
            "a..localhost",
            "a@localhost",
            "a@b.localhost",
            "a/.localhost",
            "127.0.0.1.evil.example",
            "127.0.0.1.",
            "128.0.0.1",
            "0.0.0.0:4600",
            "192.0.2.1:4600",
            "[::2]",
            "[::ffff:192.0.2.1]",
            "::1",
            "[::1",
            "[::1]x",
            "[localhost]",
            "[127.0.0.1]",
            "localhost:",
            "localhost:port",
            "localhost:80:80",
            "2130706433",
            "0x7f.1",
        ] {
            check("/", &[("host", host)], Err(Foreign::Host));
        }
    }

    #[test]
    fn a_request_for_no_host_or_for_two_is_refused() {
        let host = ("host", "localhost");
        for (uri, headers, expected) in [
            ("http://LOCALHOST/", &[host][..], Ok(())),
            ("/", &[], Err(Foreign::Host)),
            ("/", &[host, host], Err(Foreign::Host)),
            ("http://evil.example/", &[host], Err(Foreign::Host)),
            ("http://localhost/", &[], Err(Foreign::Host)),
        ] {
            check(uri, headers, expected);
        }
    }

    #[test]
    fn only_pages_of_this_very_sandbox_may_ask() {
        for (host, origin, expected) in [
            ("127.0.0.1:4600", "http://127.0.0.1:4600", Ok(())),
            ("[::1]:4600", "http://[::1]:4600", Ok(())),
            ("localhost:4600", "http://LOCALHOST:4600", Ok(())),
            ("localhost:80", "http://localhost", Ok(())),
            ("localhost:4600", "http://localhost:3000", Err(Foreign::Origin)),
            ("localhost:4600", "http://localhost", Err(Foreign::Origin)),
            ("localhost:4600", "http://127.0.0.1:4600", Err(Foreign::Origin)),
            ("localhost:4600", "https://localhost:4600", Err(Foreign::Origin)),
            ("localhost:4600", "http://localhost:4600/", Err(Foreign::Origin)),
            ("localhost:4600", "http://localhost:4600.evil.example", Err(Foreign::Origin)),
            ("localhost:4600", "http://evil.example", Err(Foreign::Origin)),
            ("localhost:4600", "localhost:4600", Err(Foreign::Origin)),
            ("localhost:4600", "null", Err(Foreign::Origin)),
            ("localhost:4600", "é", Err(Foreign::Origin)),
            ("localhost:4600", "", Err(Foreign::Origin)),
            ("evil.example", "http://evil.example", Err(Foreign::Host)),
        ] {
            check("/", &[("host", host), ("origin", origin)], expected);
        }
        let (own, foreign) = (("origin", "http://localhost"), ("origin", "http://evil.example"));
        for origins in [[own, foreign], [foreign, own]] {
            let headers = [&[("host", "localhost")][..], &origins].concat();
            check("/", &headers, Err(Foreign::Origin));
        }
    }

    #[test]
    fn no_page_of_another_site_may_ask_even_without_an_origin() {
        for (site, expected) in [
            ("none", Ok(())),
            ("same-origin", Ok(())),
            ("same-site", Err(Foreign::Site)),
            ("cross-site", Err(Foreign::Site)),
        ] {
            check("/", &[("host", "localhost:4600"), ("sec-fetch-site", site)], expected);
        }
    }
}
