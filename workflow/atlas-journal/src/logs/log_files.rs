//! The log of executions, written by a thread of its own.

use std::{
    collections::HashMap,
    fmt, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use atlas_engine::{ExecutionLog, LogRecord};

use super::{
    files::{Bounds, Files},
    place::file_of,
    queue::{Queue, Taken},
};

/// Lines are written in pieces of about this size.
const PIECE: usize = 256 << 10;
/// Losses are told of at once, and then as seldom as this.
const TELL_EVERY: Duration = Duration::from_secs(10);

/// Writes the records of executions to files in a data folder: `logs/ACCOUNT/REGION/GROUP.jsonl`. When
/// it is closed or dropped, what was taken in is written first.
#[derive(Debug)]
pub struct LogFiles {
    queue: Arc<Queue>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

/// Records that were not written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostRecords {
    /// How many, since it was last said.
    pub count: u64,
    /// What went wrong last, where more is known than that the disk was too slow.
    pub reason: Option<String>,
}

impl fmt::Display for LostRecords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { count, reason } = self;
        let reason = reason.as_deref().unwrap_or("they came faster than the disk takes them");
        write!(f, "{count} log records of executions were not written: {reason}")
    }
}

impl LogFiles {
    /// Writes to a data folder, which is this process's. `tell` is called by the writer's thread when
    /// records were lost.
    ///
    /// # Errors
    /// Where there are files that cannot be looked at, or no thread can be had.
    pub fn open(data: &Path, tell: impl FnMut(LostRecords) + Send + 'static) -> io::Result<Self> {
        let files = Files::new(data, Bounds::default())?;
        let queue = Arc::new(Queue::default());
        let incoming = Arc::clone(&queue);
        let writer = std::thread::Builder::new()
            .name("execution-log".to_owned())
            .spawn(move || write(&incoming, files, tell))?;
        Ok(Self { queue, writer: Mutex::new(Some(writer)) })
    }

    /// Does something with the files on the thread that writes them, behind all that came before. `None` where
    /// nobody writes any more.
    pub(crate) fn beside_the_writer<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Files) -> T + Send + 'static,
    ) -> Option<T> {
        let (done, is_done) = mpsc::channel();
        let ordered = self.queue.order(Box::new(move |files| {
            // Whoever does not wait any more is told nothing.
            let _gone = done.send(act(files));
        }));
        if ordered { is_done.recv().ok() } else { None }
    }

    /// Writes what was taken in, and takes nothing more.
    pub fn close(&self) {
        self.queue.close();
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            // One that panicked has nothing left to write.
            let _ended = writer.join();
        }
    }
}

impl Drop for LogFiles {
    fn drop(&mut self) {
        self.close();
    }
}

impl ExecutionLog for LogFiles {
    fn take(&self, record: LogRecord) {
        self.queue.put(record);
    }
}

/// Losses that were not told of, and when some were.
#[derive(Debug, Default)]
struct Losses {
    count: u64,
    reason: Option<String>,
    told_at: Option<Instant>,
}

impl Losses {
    fn add(&mut self, count: usize, error: &io::Error) {
        self.count += u64::try_from(count).unwrap_or(u64::MAX);
        self.reason = Some(error.to_string());
    }

    /// How long it is until they are told of, where there are any.
    fn told_in(&self) -> Option<Duration> {
        let since = self.told_at.map_or(TELL_EVERY, |at| at.elapsed());
        (self.count > 0).then(|| TELL_EVERY.saturating_sub(since))
    }

    fn take(&mut self) -> LostRecords {
        self.told_at = Some(Instant::now());
        LostRecords { count: std::mem::take(&mut self.count), reason: self.reason.take() }
    }
}

fn write(queue: &Queue, mut files: Files, mut tell: impl FnMut(LostRecords)) {
    let mut losses = Losses::default();
    loop {
        let Taken { records, orders, lost, is_last } = queue.take(losses.told_in());
        losses.count += lost;
        write_all(&records, &mut files, &mut losses);
        for order in orders {
            order(&mut files);
        }
        if losses.told_in().is_some_and(|soon| is_last || soon.is_zero()) {
            tell(losses.take());
        }
        if is_last {
            return;
        }
    }
}

/// Lines for one file.
#[derive(Debug, Default)]
struct Piece {
    /// The file; records of an ARN that names none go nowhere. AWS refuses such ARNs.
    place: Option<PathBuf>,
    lines: Vec<u8>,
    count: usize,
}

impl Piece {
    fn write(&mut self, files: &mut Files, losses: &mut Losses) {
        if let Some(place) = &self.place
            && self.count > 0
            && let Err(error) = files.append(place, &self.lines)
        {
            losses.add(self.count, &error);
        }
        self.lines.clear();
        self.count = 0;
    }
}

fn write_all(records: &[LogRecord], files: &mut Files, losses: &mut Losses) {
    let mut pieces: HashMap<&str, Piece> = HashMap::new();
    for record in records {
        let group = record.group_arn();
        let new = || Piece { place: file_of(group), ..Piece::default() };
        let piece = pieces.entry(group).or_insert_with(new);
        piece.lines.extend_from_slice(record.line().as_bytes());
        piece.lines.push(b'\n');
        piece.count += 1;
        if piece.lines.len() >= PIECE {
            piece.write(files, losses);
        }
    }
    for piece in pieces.values_mut() {
        piece.write(files, losses);
    }
}
