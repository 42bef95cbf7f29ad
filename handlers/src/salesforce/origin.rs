//! Where a credential may be sent.

use std::net::IpAddr;

use reqwest::Url;

/// HTTPS to anywhere; HTTP only to this machine, where the sandbox listens. No password in it.
pub(crate) fn is_safe_origin(url: &Url) -> bool {
    let plain = url.username().is_empty() && url.password().is_none();
    let Some(host) = url.host_str() else { return false };
    match url.scheme() {
        "https" => plain,
        "http" => plain && is_this_machine(host),
        _ => false,
    }
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_goes_out_encrypted_or_not_at_all() {
        let check = |url: &str, safe: bool| {
            assert_eq!(is_safe_origin(&Url::parse(url).unwrap()), safe, "{url}");
        };
        check("https://login.salesforce.com", true);
        check("http://login.salesforce.com", false);
        check("http://127.0.0.1:9000", true);
        check("http://[::1]:9000", true);
        check("http://localhost:9000", true);
        check("http://localhost.example.com", false);
        check("https://user:word@login.salesforce.com", false);
        check("file:///etc/passwd", false);
    }
}
