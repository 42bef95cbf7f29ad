//! How many executions there are, by machine and status.

use std::{collections::BTreeMap, ops::AddAssign, sync::Arc};

use super::Status;

/// How many executions there are, but for the children of map runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// By the ARN of their machine, also where that is deleted. Machines without any may be absent.
    pub machines: BTreeMap<Arc<str>, StatusCounts>,
}

/// How many there are of each status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StatusCounts([u64; Status::ALL.len()]);

impl Counts {
    /// Those of all machines together.
    pub fn total(&self) -> StatusCounts {
        let mut total = StatusCounts::default();
        for counts in self.machines.values() {
            total += *counts;
        }
        total
    }

    /// Counts these too.
    pub fn add(&mut self, machine_arn: &Arc<str>, counts: StatusCounts) {
        *self.machines.entry(Arc::clone(machine_arn)).or_default() += counts;
    }
}

impl StatusCounts {
    /// How many have this status.
    pub const fn of(&self, status: Status) -> u64 {
        self.0[status as usize]
    }

    /// How many have any.
    pub fn sum(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Each status with how many have it.
    pub fn iter(&self) -> impl Iterator<Item = (Status, u64)> {
        Status::ALL.into_iter().zip(self.0)
    }

    /// So many more have this status.
    pub const fn add(&mut self, status: Status, count: u64) {
        self.0[status as usize] += count;
    }

    /// One fewer has this status.
    pub(crate) const fn remove_one(&mut self, status: Status) {
        let count = &mut self.0[status as usize];
        *count = count.saturating_sub(1);
    }
}

impl AddAssign for StatusCounts {
    fn add_assign(&mut self, other: Self) {
        for (count, more) in self.0.iter_mut().zip(other.0) {
            *count += more;
        }
    }
}
