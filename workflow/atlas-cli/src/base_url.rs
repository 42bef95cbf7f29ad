//! Where a server is reached, as it is given on the command line.

use reqwest::Url;

/// Reads `http://127.0.0.1:4600`: what stands before the paths that are asked for.
pub(crate) fn base_url(text: &str) -> Result<String, String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let is_base = |url: &Url| {
        let has_more = url.path() != "/" || url.query().is_some() || url.fragment().is_some();
        url.has_host() && url.username().is_empty() && url.password().is_none() && !has_more
    };
    let url = url.filter(is_base).ok_or("expected a URL such as http://127.0.0.1:4600")?;
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_a_scheme_a_host_and_perhaps_a_port() {
        for (text, expected) in [
            ("http://127.0.0.1:4600", "http://127.0.0.1:4600"),
            ("http://localhost:4600/", "http://localhost:4600"),
            ("https://[::1]", "https://[::1]"),
        ] {
            assert_eq!(base_url(text).as_deref(), Ok(expected));
        }
        for text in [
            "",
            "nope",
            "127.0.0.1:4600",
            "localhost:4600",
            "ftp://h",
            "http://",
            "http://h/_atlas/counters",
            "http://h?a=b",
            "http://h#a",
            "http://a:b@h",
        ] {
            assert!(base_url(text).is_err(), "{text}");
        }
    }
}
