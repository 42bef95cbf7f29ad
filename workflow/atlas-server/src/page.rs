//! Pages of a listing, and the opaque tokens between them.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use crate::api_error::ApiError;

/// The size of a page where none is asked for.
const DEFAULT: usize = 100;
/// The largest page.
pub(crate) const MOST: u64 = 1_000;

/// One page of a listing.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next_token: Option<String>,
}

impl<T> Page<T> {
    /// Adds `nextToken`, where there is a next page.
    pub(crate) fn tell_next(self, answer: &mut Map<String, Value>) {
        if let Some(token) = self.next_token {
            answer.insert("nextToken".into(), token.into());
        }
    }
}

/// The size of a page, where this one is asked for. AWS: 0 means the default.
pub(crate) fn size(asked: Option<usize>) -> usize {
    asked.filter(|size| *size > 0).unwrap_or(DEFAULT)
}

/// Cuts a page out of a listing that begins where the page does.
///
/// `listing` says which listing it is, so that the token of one is not taken for another's; `place`
/// says where an item stands, so that the listing may grow between two pages.
pub(crate) fn cut<T>(
    items: impl IntoIterator<Item = T>,
    size: Option<usize>,
    listing: &str,
    place: impl Fn(&T) -> String,
) -> Page<T> {
    let mut items = items.into_iter();
    let page: Vec<T> = items.by_ref().take(self::size(size)).collect();
    let next_token = match (items.next(), page.last()) {
        (Some(_), Some(last)) => {
            Some(URL_SAFE_NO_PAD.encode(format!("{listing}\n{}", place(last))))
        }
        _ => None,
    };
    Page { items: page, next_token }
}

/// The place of the last item of the page before, which a token of this listing names.
pub(crate) fn after(token: Option<&str>, listing: &str) -> Result<Option<String>, ApiError> {
    let Some(token) = token else { return Ok(None) };
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_malformed| ApiError::invalid_token())?;
    let text = String::from_utf8(bytes).map_err(|_malformed| ApiError::invalid_token())?;
    match text.split_once('\n') {
        Some((of, place)) if of == listing => Ok(Some(place.to_owned())),
        _ => Err(ApiError::invalid_token()),
    }
}

/// The same, where places are numbers.
pub(crate) fn after_number(token: Option<&str>, listing: &str) -> Result<Option<u64>, ApiError> {
    let place = after(token, listing)?;
    place.map(|place| place.parse().map_err(|_malformed| ApiError::invalid_token())).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other_without_gap_or_overlap() {
        let numbers = |after: Option<u64>| (0..7_u64).filter(move |n| after.is_none_or(|a| *n > a));
        let (mut seen, mut token) = (Vec::new(), None);
        loop {
            let after = after_number(token.as_deref(), "numbers").unwrap();
            let page = cut(numbers(after), Some(3), "numbers", u64::to_string);
            seen.extend(page.items);
            token = page.next_token;
            if token.is_none() {
                break;
            }
        }
        assert_eq!(seen, [0, 1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn a_token_of_another_listing_is_refused() {
        let page = cut([1, 2], Some(1), "these", i32::to_string);
        assert!(after(page.next_token.as_deref(), "those").is_err());
        assert!(after(Some("?"), "these").is_err());
    }
}
