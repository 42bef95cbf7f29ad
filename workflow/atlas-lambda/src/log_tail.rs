//! The end of an invocation's log, for those who ask for it (`LogType: Tail`).

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};

/// Lambda answers with the last 4 KB.
const MOST_BYTES: usize = 4_096;

/// What an invocation logs, as far as somebody asked for it; without that, nothing is kept.
#[derive(Debug, Clone, Default)]
pub struct LogTail(Option<Arc<Mutex<VecDeque<u8>>>>);

impl LogTail {
    /// A log that is kept.
    pub fn kept() -> Self {
        Self(Some(Arc::default()))
    }

    /// Adds a line.
    pub fn line(&self, text: &str) {
        let Some(kept) = &self.0 else { return };
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(text.bytes().chain([b'\n']));
        let surplus = kept.len().saturating_sub(MOST_BYTES);
        kept.drain(..surplus);
    }

    /// Whether anybody asked for it.
    pub(crate) fn is_kept(&self) -> bool {
        self.0.is_some()
    }

    /// The log in Base64, as Lambda answers with it.
    pub(crate) fn encoded(&self) -> Option<String> {
        let kept = self.0.as_ref()?;
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        Some(BASE64_STANDARD.encode(kept.make_contiguous()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_four_kilobytes_are_kept() {
        let log = LogTail::kept();
        for number in 0..1_000 {
            log.line(&format!("line {number}"));
        }
        let text = BASE64_STANDARD.decode(log.encoded().unwrap()).unwrap();
        assert_eq!(text.len(), MOST_BYTES);
        assert!(text.ends_with(b"line 998\nline 999\n"));
    }
}
