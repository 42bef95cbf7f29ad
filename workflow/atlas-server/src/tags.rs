//! The tags of machines and activities.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::{Value, json};

use crate::{
    api_error::ApiError,
    request::{Fields, TAG_KEY, TAG_VALUE},
};

/// AWS: quotas of Step Functions.
const MOST: usize = 50;

/// Tags by the ARN of what has them.
#[derive(Debug, Default)]
pub(crate) struct Tags(Mutex<HashMap<String, BTreeMap<String, String>>>);

/// Tags as a request gives them.
pub(crate) type Given = Vec<(String, String)>;

impl Tags {
    pub(crate) fn add(&self, arn: &str, given: Given) -> Result<(), ApiError> {
        if given.is_empty() {
            return Ok(());
        }
        check(&given)?;
        let mut all = self.all();
        let mut tags = all.get(arn).cloned().unwrap_or_default();
        tags.extend(given);
        if tags.len() > MOST {
            return Err(ApiError::too_many_tags(arn));
        }
        all.insert(arn.to_owned(), tags);
        Ok(())
    }

    pub(crate) fn remove(&self, arn: &str, keys: &[&str]) {
        if let Some(tags) = self.all().get_mut(arn) {
            tags.retain(|key, _| !keys.contains(&key.as_str()));
        }
    }

    /// Its bearer is gone.
    pub(crate) fn forget(&self, arn: &str) {
        self.all().remove(arn);
    }

    pub(crate) fn list(&self, arn: &str) -> Value {
        let all = self.all();
        let tags = all.get(arn).into_iter().flatten();
        tags.map(|(key, value)| json!({ "key": key, "value": value })).collect()
    }

    /// The tags as they are kept; nothing where there are none.
    pub(crate) fn document(&self, arn: &str) -> Option<String> {
        let all = self.all();
        let tags = all.get(arn).filter(|tags| !tags.is_empty())?;
        Some(json!(tags).to_string())
    }

    /// Puts tags that were kept in their place.
    pub(crate) fn bring_back(&self, arn: &str, document: &str) {
        let tags = serde_json::from_str(document).unwrap_or_default();
        self.all().insert(arn.to_owned(), tags);
    }

    /// The value of one tag.
    pub(crate) fn value(&self, arn: &str, key: &str) -> Option<String> {
        self.all().get(arn)?.get(key).cloned()
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, BTreeMap<String, String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Refuses tags that only AWS may set.
pub(crate) fn check(given: &Given) -> Result<(), ApiError> {
    let is_reserved = |(key, _): &(String, String)| key.to_ascii_lowercase().starts_with("aws:");
    if given.iter().any(is_reserved) { Err(ApiError::system_tag()) } else { Ok(()) }
}

/// Reads the field `tags`.
pub(crate) fn given(fields: &mut Fields<'_>) -> Given {
    let mut tags = Given::new();
    for mut tag in fields.parts("tags") {
        let key = tag.text("key", TAG_KEY).unwrap_or_default().to_owned();
        let value = tag.text("value", TAG_VALUE).unwrap_or_default().to_owned();
        fields.absorb(tag);
        tags.push((key, value));
    }
    tags
}

/// Reads the field `tagKeys`.
pub(crate) fn keys<'a>(fields: &mut Fields<'a>) -> Vec<&'a str> {
    fields.require("tagKeys");
    let items = fields.list("tagKeys").unwrap_or_default();
    items
        .iter()
        .filter_map(|key| match key {
            Value::String(key) => Some(key.as_str()),
            other => fields.mistyped(other, "a String"),
        })
        .collect()
}
