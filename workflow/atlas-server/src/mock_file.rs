//! The mock file on disk: read again when it has changed.

use std::{
    fs, io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use atlas_engine::mocks::{MockConfig, MockFileError};

/// A file that was written so shortly before it was read may be written again without another time of
/// change.
const TIME_GRAIN: Duration = Duration::from_secs(2);

/// A mock file, and what it held when it was last read.
#[derive(Debug)]
pub(crate) struct MockFile {
    path: PathBuf,
    seen: Mutex<Option<Seen>>,
}

#[derive(Debug)]
struct Seen {
    changed_at: SystemTime,
    read_at: SystemTime,
    bytes: Vec<u8>,
}

/// Why the file cannot be used. It is tried again the next time.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unusable {
    #[error("the mock file `{}` cannot be read: {error}", path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("the mock file `{}` cannot be used: {error}", path.display())]
    Faulty { path: PathBuf, error: MockFileError },
}

impl MockFile {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, seen: Mutex::default() }
    }

    /// What the file holds, where that is something else than the last time.
    pub(crate) fn changed(&self) -> Result<Option<Arc<MockConfig>>, Unusable> {
        let unreadable = |error| Unusable::Unreadable { path: self.path.clone(), error };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let changed_at =
            fs::metadata(&self.path).and_then(|it| it.modified()).map_err(unreadable)?;
        if seen.as_ref().is_some_and(|seen| seen.is_still_true(changed_at)) {
            return Ok(None);
        }
        let read_at = SystemTime::now();
        let bytes = fs::read(&self.path).map_err(unreadable)?;
        if let Some(seen) = seen.as_mut().filter(|seen| seen.bytes == bytes) {
            (seen.changed_at, seen.read_at) = (changed_at, read_at);
            return Ok(None);
        }
        let config = MockConfig::parse(&bytes)
            .map_err(|error| Unusable::Faulty { path: self.path.clone(), error })?;
        *seen = Some(Seen { changed_at, read_at, bytes });
        Ok(Some(Arc::new(config)))
    }
}

impl Seen {
    fn is_still_true(&self, changed_at: SystemTime) -> bool {
        let settled = self.changed_at.checked_add(TIME_GRAIN).is_some_and(|at| at < self.read_at);
        self.changed_at == changed_at && settled
    }
}

#[cfg(test)]
mod tests {
    use std::{env, process};

    use super::*;

    fn text(case: &str) -> String {
        let answer = r#"{"R": {"0": {"Return": 1}}}"#;
        format!(
            r#"{{"StateMachines": {{"m": {{"TestCases": {{"{case}": {{"T": "R"}}}}}}}}, "MockedResponses": {answer}}}"#
        )
    }

    fn cases(found: Option<Arc<MockConfig>>) -> Option<String> {
        found.map(|mocks| mocks.cases("m").collect())
    }

    #[test]
    fn a_file_is_read_again_only_where_it_has_changed() {
        let path = env::temp_dir().join(format!("atlas-mocks-{}.json", process::id()));
        let file = MockFile::new(path.clone());
        assert!(matches!(file.changed(), Err(Unusable::Unreadable { .. })));
        fs::write(&path, text("One")).unwrap();
        assert_eq!(cases(file.changed().unwrap()).as_deref(), Some("One"));
        assert_eq!(cases(file.changed().unwrap()), None);
        // As long, and perhaps at the same time by the file system's clock.
        fs::write(&path, text("Two")).unwrap();
        assert_eq!(cases(file.changed().unwrap()).as_deref(), Some("Two"));
        fs::write(&path, "{").unwrap();
        assert!(matches!(file.changed(), Err(Unusable::Faulty { .. })));
        assert!(matches!(file.changed(), Err(Unusable::Faulty { .. })));
        fs::write(&path, text("Two")).unwrap();
        assert_eq!(cases(file.changed().unwrap()), None);
        fs::remove_file(&path).unwrap();
    }

    #[test]
    fn only_a_file_that_has_rested_is_known_by_its_time() {
        let read_at = SystemTime::now();
        let seen = |rested: u64| {
            let changed_at = read_at - Duration::from_secs(rested);
            Seen { changed_at, read_at, bytes: Vec::new() }
        };
        for (seen, expected) in [(seen(60), true), (seen(1), false)] {
            assert_eq!(seen.is_still_true(seen.changed_at), expected);
            assert!(!seen.is_still_true(read_at + Duration::from_secs(1)));
        }
    }
}
