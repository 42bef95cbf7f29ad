//! The journal's file while it is open. Whoever puts another in its place learns when its last reader has left:
//! until then nobody may write over it.

use std::{
    convert::Infallible,
    ops::Deref,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    time::Duration,
};

use redb::Database;

/// A file that is open, for as long as somebody has it.
#[derive(Debug)]
pub(crate) struct OpenFile {
    database: Database,
    // Behind the file, for fields are dropped in this order: it is closed before anybody hears of it.
    _held: mpsc::Sender<Infallible>,
}

/// Ends once nobody has a file any more.
#[derive(Debug)]
pub(crate) struct Left(mpsc::Receiver<Infallible>);

/// The file that is read and written now; absent while none can be used.
#[derive(Debug)]
pub(crate) struct CurrentFile(Mutex<Option<(Arc<OpenFile>, Left)>>);

impl Deref for OpenFile {
    type Target = Database;

    fn deref(&self) -> &Database {
        &self.database
    }
}

impl Left {
    /// Waits until nobody has the file, at most so long, and says whether that is so.
    pub(crate) fn within(&self, patience: Duration) -> bool {
        self.0.recv_timeout(patience) == Err(mpsc::RecvTimeoutError::Disconnected)
    }

    /// Waits until nobody has the file.
    pub(crate) fn wait(&self) {
        let Err(mpsc::RecvError) = self.0.recv();
    }
}

impl CurrentFile {
    pub(crate) fn new(database: Database) -> Self {
        Self(Mutex::new(Some(opened(database))))
    }

    pub(crate) fn get(&self) -> Option<Arc<OpenFile>> {
        self.current().as_ref().map(|(file, _)| Arc::clone(file))
    }

    /// Puts another in its place: at no moment is there none.
    pub(crate) fn replace(&self, database: Database) -> Option<Left> {
        let old = self.current().replace(opened(database));
        old.map(|(_file, left)| left)
    }

    /// Has none from now on.
    pub(crate) fn close(&self) {
        // Closing writes: nobody waits for that who only wants to know that there is none.
        let closed = self.current().take();
        drop(closed);
    }

    fn current(&self) -> MutexGuard<'_, Option<(Arc<OpenFile>, Left)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn opened(database: Database) -> (Arc<OpenFile>, Left) {
    let (held, left) = mpsc::channel();
    (Arc::new(OpenFile { database, _held: held }), Left(left))
}
