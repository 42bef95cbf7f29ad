//! The page and what it loads: files of the folder `console`, built into the program. A debug build reads
//! them from the disk each time.

use axum::{
    body::Body,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::fault::Fault;

#[derive(RustEmbed)]
#[folder = "console/"]
struct Assets;

pub(super) async fn index(headers: HeaderMap) -> Response {
    file("index.html", &headers)
}

pub(super) async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    file(&path, &headers)
}

/// A file, or that the browser has it already. A name that could leave the folder is none of a file.
fn file(path: &str, headers: &HeaderMap) -> Response {
    let found = content_type(path).filter(|_| is_plain(path)).zip(Assets::get(path));
    let Some((content_type, file)) = found else { return Fault::no_such_place().into_response() };
    let tag = tag(&file);
    let is_known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| *known == tag);
    let mut response = Response::new(Body::empty());
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        *response.body_mut() = Body::from(file.data.into_owned());
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    // Another version of the program has another page.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::ETAG, tag);
    response
}

fn tag(file: &EmbeddedFile) -> HeaderValue {
    let hash = file.metadata.sha256_hash();
    let text = hash[..16].iter().fold(String::from("\""), |text, byte| format!("{text}{byte:02x}"));
    HeaderValue::try_from(text + "\"").expect("digits in quotes make a header")
}

fn is_plain(path: &str) -> bool {
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    path.split('/').all(|part| !part.starts_with('.') && part.bytes().all(is_of_name))
}

fn content_type(path: &str) -> Option<&'static str> {
    let (_, ending) = path.rsplit_once('.')?;
    Some(match ending {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "json" => "application/json",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_folder_are_served() {
        for (path, status) in [
            ("index.html", 200),
            ("nothing.js", 404),
            ("../Cargo.toml", 404),
            ("../src/lib.txt", 404),
            ("..%2fCargo.toml", 404),
            ("/etc/hosts.txt", 404),
            (".hidden.js", 404),
            ("", 404),
            ("index", 404),
        ] {
            assert_eq!(file(path, &HeaderMap::new()).status().as_u16(), status, "{path}");
        }
    }

    #[test]
    fn what_the_browser_has_is_not_sent_again() {
        let first = file("index.html", &HeaderMap::new());
        let tag = first.headers()[header::ETAG].clone();
        let known = HeaderMap::from_iter([(header::IF_NONE_MATCH, tag)]);
        assert_eq!(file("index.html", &known).status(), StatusCode::NOT_MODIFIED);
    }
}
