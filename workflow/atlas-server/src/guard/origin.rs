//! Which page asks. Browsers say it, SDKs say nothing.

/// Whether an `Origin` is a page of this very server: of the host and port that the request is for.
///
/// Another port of this machine is somebody else's page, and may not work with what is here.
pub(super) fn is_own(origin: &str, authority: &str) -> bool {
    let (of_page, default_port) =
        match (origin.strip_prefix("http://"), origin.strip_prefix("https://")) {
            (Some(of_page), _) => (of_page, ":80"),
            // Whoever puts TLS before this server hands the name on.
            (None, Some(of_page)) => (of_page, ":443"),
            (None, None) => return false,
        };
    let without_default =
        |text: &str| text.strip_suffix(default_port).unwrap_or(text).to_ascii_lowercase();
    !of_page.is_empty() && without_default(of_page) == without_default(authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_very_server_may_ask() {
        for (origin, authority, expected) in [
            ("http://127.0.0.1:8083", "127.0.0.1:8083", true),
            ("http://[::1]:8083", "[::1]:8083", true),
            ("http://LOCALHOST:8083", "localhost:8083", true),
            ("http://localhost", "localhost:80", true),
            ("https://atlas.example.com", "atlas.example.com", true),
            ("https://atlas.example.com", "atlas.example.com:443", true),
            ("http://localhost:3000", "localhost:8083", false),
            ("http://127.0.0.1:8083", "localhost:8083", false),
            ("http://localhost:8083", "sync-localhost:8083", false),
            ("https://example.com", "localhost:8083", false),
            ("http://localhost:8083.example.com", "localhost:8083", false),
            ("ftp://localhost:8083", "localhost:8083", false),
            ("http://", "", false),
            ("null", "localhost:8083", false),
            ("null", "null", false),
            ("", "", false),
        ] {
            assert_eq!(is_own(origin, authority), expected, "{origin} {authority}");
        }
    }
}
