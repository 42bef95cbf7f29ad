//! What was written and not synced: the process sees it, and the disk may not have it.

use std::io;

use rand_chacha::ChaCha8Rng;
use rand_core::RngCore as _;
use redb::StorageBackend;

/// A disk, and what is held back from it until a sync.
#[derive(Debug)]
pub(super) struct HeldBack<B> {
    disk: B,
    changes: Vec<Change>,
    /// As the process sees it.
    len: u64,
}

#[derive(Debug)]
enum Change {
    Write { offset: u64, data: Vec<u8> },
    Length(u64),
}

impl<B: StorageBackend> HeldBack<B> {
    pub(super) fn from(disk: B) -> io::Result<Self> {
        let len = disk.len()?;
        Ok(Self { disk, changes: Vec::new(), len })
    }

    pub(super) fn len(&self) -> u64 {
        self.len
    }

    pub(super) fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let end = offset.saturating_add(out.len() as u64);
        if end > self.len {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let there = up_to(self.disk.len()?.saturating_sub(offset), out.len());
        if there > 0 {
            self.disk.read(offset, &mut out[..there])?;
        }
        out[there..].fill(0);
        for change in &self.changes {
            match change {
                Change::Length(len) => {
                    let kept = up_to(len.saturating_sub(offset), out.len());
                    out[kept..].fill(0);
                }
                Change::Write { offset: at, data } => lay_over(out, offset, data, *at),
            }
        }
        Ok(())
    }

    /// Within the length: redb sets that first.
    pub(super) fn write(&mut self, offset: u64, data: &[u8]) {
        self.changes.push(Change::Write { offset, data: data.to_owned() });
    }

    pub(super) fn set_len(&mut self, len: u64) {
        self.len = len;
        self.changes.push(Change::Length(len));
    }

    /// All of it reaches the disk.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        for change in self.changes.drain(..) {
            match change {
                Change::Write { offset, data } => self.disk.write(offset, &data)?,
                Change::Length(len) => self.disk.set_len(len)?,
            }
        }
        self.disk.sync_data()
    }

    /// Some of it reaches the disk, the last of that in part; the rest is gone.
    pub(super) fn lose(&mut self, random: &mut ChaCha8Rng) -> io::Result<()> {
        // From nothing at all to nearly everything.
        let share = random.next_u32();
        let mut kept: Vec<Change> =
            self.changes.drain(..).filter(|_| random.next_u32() <= share).collect();
        if let Some(Change::Write { data, .. }) = kept.last_mut() {
            let cut = random.next_u64() % (data.len() as u64 + 1);
            data.truncate(up_to(cut, data.len()));
        }
        for change in kept {
            match change {
                Change::Length(len) => self.disk.set_len(len)?,
                Change::Write { offset, data } => {
                    // What stands behind the end that the disk knows of is nothing.
                    let there = up_to(self.disk.len()?.saturating_sub(offset), data.len());
                    if there > 0 {
                        self.disk.write(offset, &data[..there])?;
                    }
                }
            }
        }
        self.len = self.disk.len()?;
        Ok(())
    }

    pub(super) fn close(&self) -> io::Result<()> {
        self.disk.close()
    }
}

fn up_to(wanted: u64, most: usize) -> usize {
    usize::try_from(wanted).map_or(most, |wanted| wanted.min(most))
}

/// Puts data that stands at `at` over what was read from `offset` on, where the two meet.
fn lay_over(out: &mut [u8], offset: u64, data: &[u8], at: u64) {
    let skipped = up_to(offset.saturating_sub(at), data.len());
    let begin = up_to(at.saturating_sub(offset), out.len());
    let count = (data.len() - skipped).min(out.len() - begin);
    out[begin..begin + count].copy_from_slice(&data[skipped..skipped + count]);
}
