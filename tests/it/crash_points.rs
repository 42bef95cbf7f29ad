//! A journal on disk of which the file is kept as it is after each fact: what a process leaves behind
//! that is killed then.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use atlas_asl::model::ExecutionType;
use atlas_core::{Event, Fact};
use atlas_engine::{
    Place,
    archive::{Archive, KeptPlace},
    journal::{
        Introduction, Journal, JournalError, Journals as _, NewFact, Refusing, Settling, Shelf,
    },
};
use atlas_journal::Store;

/// What lies in the folder of a journal.
const FILE: &str = "journal.redb";

/// What a process leaves behind that is killed right after a fact was committed.
pub(crate) struct CrashPoint {
    file: Vec<u8>,
    /// The STANDARD executions that have begun.
    pub(crate) begun: Vec<Arc<str>>,
    /// Those of them that somebody outside has stopped.
    pub(crate) stopped: Vec<Arc<str>>,
    /// A worker was given a task, and never learns it.
    pub(crate) loses_task: bool,
    /// The execution of which a task has just ended; whoever ended it from outside never learns that.
    pub(crate) ended_task_of: Option<Arc<str>>,
}

/// A store in a folder that is removed with it.
pub(crate) struct Disk {
    store: Option<Store>,
    folder: PathBuf,
}

impl Disk {
    /// An empty one, or one as a killed process left it.
    pub(crate) fn new(left: Option<&CrashPoint>) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        // Memory where there is such a folder: what is tested is not the disk.
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() { memory.to_owned() } else { env::temp_dir() };
        let folder = parent.join(format!("atlas-crash-points-{}-{number}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        if let Some(left) = left {
            fs::write(folder.join(FILE), &left.file).unwrap();
        }
        Self { store: Some(Store::open(&folder).unwrap()), folder }
    }

    fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    /// The journal of a place, and where it stops to be looked at after each fact.
    pub(crate) fn journal(&self, place: &Place, keeps_points: bool) -> Arc<Stopped> {
        let file = self.folder.join(FILE);
        Arc::new(Stopped {
            journal: self.store().of(place),
            file: keeps_points.then_some(file),
            points: Mutex::default(),
            seen: Mutex::default(),
        })
    }

    /// What it holds.
    pub(crate) fn kept(&self) -> Vec<KeptPlace> {
        self.store().kept().unwrap().into_iter().map(|(_, kept)| kept).collect()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(self.store.take());
        fs::remove_dir_all(&self.folder).unwrap();
    }
}

/// Whose facts there were.
#[derive(Default)]
struct Seen {
    begun: Vec<Arc<str>>,
    stopped: Vec<Arc<str>>,
    express: usize,
}

/// A journal that has committed a fact when it has taken it, so that time that is virtual never passes
/// meanwhile.
pub(crate) struct Stopped {
    journal: Arc<dyn Journal>,
    /// What is kept as it is after each fact.
    file: Option<PathBuf>,
    points: Mutex<Vec<CrashPoint>>,
    seen: Mutex<Seen>,
}

impl Stopped {
    /// The points so far, each once.
    pub(crate) fn points(&self) -> Vec<CrashPoint> {
        std::mem::take(&mut *self.points.lock().unwrap())
    }

    /// The STANDARD executions that have begun.
    pub(crate) fn begun(&self) -> Vec<Arc<str>> {
        self.seen.lock().unwrap().begun.clone()
    }

    /// How many EXPRESS executions began.
    pub(crate) fn express(&self) -> usize {
        self.seen.lock().unwrap().express
    }

    fn settle(&self) {
        let settling = self.journal.settled();
        // Not in the runtime of whoever asks, which is not to notice.
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                runtime.block_on(settling);
            });
        });
    }

    fn stop_at(&self, is_kept: bool, arn: &Arc<str>, event: &Event) {
        let mut seen = self.seen.lock().unwrap();
        if !is_kept {
            seen.express += usize::from(matches!(event.fact, Fact::Started { .. }));
            return;
        }
        match event.fact {
            Fact::Started { .. } => seen.begun.push(Arc::clone(arn)),
            Fact::Stopped { .. } => seen.stopped.push(Arc::clone(arn)),
            _ => {}
        }
        self.settle();
        if let Some(file) = &self.file {
            self.points.lock().unwrap().push(CrashPoint {
                file: fs::read(file).unwrap(),
                begun: seen.begun.clone(),
                stopped: seen.stopped.clone(),
                loses_task: matches!(event.fact, Fact::ActivityStarted { .. }),
                ended_task_of: match event.fact {
                    Fact::TaskSucceeded { .. } | Fact::TaskFailed { .. } => Some(Arc::clone(arn)),
                    _ => None,
                },
            });
        }
    }
}

impl Journal for Stopped {
    fn begin(&self, execution: &Introduction<'_>, event: &Event) -> Result<(), JournalError> {
        self.journal.begin(execution, event)?;
        let is_kept = execution.identity.execution_type == ExecutionType::Standard;
        self.stop_at(is_kept, &execution.identity.execution_arn, event);
        Ok(())
    }

    fn append(&self, fact: &NewFact<'_>) -> Result<(), JournalError> {
        self.journal.append(fact)?;
        let is_kept = fact.identity.execution_type == ExecutionType::Standard;
        self.stop_at(is_kept, &fact.identity.execution_arn, fact.event);
        Ok(())
    }

    fn keep(&self, shelf: Shelf, name: &str, document: Option<String>) -> Result<(), JournalError> {
        self.journal.keep(shelf, name, document)
    }

    fn archive(&self) -> Option<&dyn Archive> {
        self.journal.archive()
    }

    fn settled(&self) -> Settling {
        self.settle();
        Box::pin(std::future::ready(()))
    }

    fn refused(&self) -> Refusing {
        self.journal.refused()
    }
}
