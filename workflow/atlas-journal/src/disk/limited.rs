//! A disk with room for so many bytes.

use std::io;

use redb::StorageBackend;

/// A file that cannot grow beyond a length.
#[derive(Debug)]
pub(super) struct Limited<B> {
    most_bytes: u64,
    disk: B,
}

impl<B: StorageBackend> Limited<B> {
    pub(super) fn to(most_bytes: u64, disk: B) -> Self {
        Self { most_bytes, disk }
    }

    fn make_room(&self, end: u64) -> io::Result<()> {
        // One that was longer before the limit was set can be worked on, and become shorter.
        if end <= self.most_bytes || end <= self.disk.len()? {
            return Ok(());
        }
        let limit = self.most_bytes;
        let what = format!("the journal has reached its limit of {limit} bytes");
        Err(io::Error::new(io::ErrorKind::StorageFull, what))
    }
}

impl<B: StorageBackend> StorageBackend for Limited<B> {
    fn len(&self) -> io::Result<u64> {
        self.disk.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.disk.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.make_room(len)?;
        self.disk.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.disk.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.make_room(offset.saturating_add(data.len() as u64))?;
        self.disk.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.disk.close()
    }
}
