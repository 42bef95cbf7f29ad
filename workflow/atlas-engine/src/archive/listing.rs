//! Which executions are asked for, and what is told of them.

use std::{cmp::Ordering, sync::Arc};

use atlas_core::{Identity, Timestamp};

use super::{Stage, Status};

/// Which executions are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Listing<'a> {
    /// Whose.
    pub of: Of<'a>,
    /// Of one of these statuses.
    pub statuses: Statuses,
    /// That were redriven, or were not.
    pub redriven: Option<bool>,
    /// Of such a name.
    pub name: Option<NamePart<'a>>,
    /// That began at this moment or later.
    pub began_from: Option<Timestamp>,
    /// That began before this moment.
    pub began_before: Option<Timestamp>,
    /// In which order.
    pub order: Order,
    /// Behind the one of this place, in this order.
    pub after: Option<u64>,
    /// So many at most.
    pub most: usize,
    /// So many are looked at at most, also where fewer of them are what is asked for.
    pub most_seen: usize,
}

/// Whose executions are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of<'a> {
    /// Of a machine, a version, an alias or a map run: its ARN.
    Arn(&'a str),
    /// Those whose documents name this lead, attempt or contact, or this phone number: the number, or
    /// its hash.
    Key(&'a str),
    /// Those that tasks of the execution of this ARN started.
    StartedBy(&'a str),
    /// Of the whole place, but for the children of map runs.
    Place,
}

/// What a name has to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamePart<'a> {
    /// At its beginning.
    Start(&'a str),
    /// Anywhere.
    Anywhere(&'a str),
}

/// The order of a listing: that in which executions began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the variants say it")]
pub enum Order {
    #[default]
    NewestFirst,
    OldestFirst,
}

/// A set of statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statuses(u8);

/// A page of executions.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Those that are what was asked for, in its order.
    pub executions: Vec<Summary>,
    /// Behind which place to go on, where there may be more. The page before is full, or as many were
    /// looked at as may be.
    pub next: Option<u64>,
}

/// What a listing tells of an execution.
#[derive(Debug, Clone)]
pub struct Summary {
    /// Its place among all.
    pub number: u64,
    /// Who it is.
    pub identity: Arc<Identity>,
    /// The ARN of the execution that started it, where one did.
    pub started_by: Option<Arc<str>>,
    /// Of how many items it is, where it is the child of a map run.
    pub item_count: Option<u32>,
    /// How it stands.
    pub stage: Stage,
}

impl<'a> Listing<'a> {
    /// So many are looked at where nobody says otherwise: a few milliseconds from a disk.
    pub const MOST_SEEN: usize = 2_000;

    /// The newest ones, of any status.
    pub const fn of(of: Of<'a>, most: usize) -> Self {
        Self {
            of,
            statuses: Statuses::ALL,
            redriven: None,
            name: None,
            began_from: None,
            began_before: None,
            order: Order::NewestFirst,
            after: None,
            most,
            most_seen: Self::MOST_SEEN,
        }
    }

    /// Whether an execution that stands so is what is asked for, if it is whose are.
    pub fn takes(&self, stage: &Stage) -> bool {
        self.statuses.has(stage.status)
            && self.redriven.is_none_or(|redriven| redriven != stage.redrives.is_empty())
            && self.takes_moment(stage.started_at)
    }

    /// Whether one of this name is.
    pub fn takes_name(&self, name: &str) -> bool {
        match self.name {
            None => true,
            Some(NamePart::Start(part)) => name.starts_with(part),
            Some(NamePart::Anywhere(part)) => name.contains(part),
        }
    }

    /// Whether one that began at this moment is.
    pub fn takes_moment(&self, at: Timestamp) -> bool {
        self.began_from.is_none_or(|from| at >= from)
            && self.began_before.is_none_or(|before| at < before)
    }

    /// Whether an execution of this place comes behind where the listing goes on.
    pub fn is_ahead(&self, number: u64) -> bool {
        self.after.is_none_or(|after| self.order.of(after, number).is_lt())
    }
}

impl Order {
    /// Which of two places comes first.
    pub fn of(self, one: u64, other: u64) -> Ordering {
        match self {
            Self::NewestFirst => other.cmp(&one),
            Self::OldestFirst => one.cmp(&other),
        }
    }
}

impl Statuses {
    /// All of them.
    pub const ALL: Self = Self((1 << Status::ALL.len()) - 1);

    /// Whether this one is in it.
    pub const fn has(self, status: Status) -> bool {
        self.0 & (1 << status as u8) != 0
    }

    /// Those that are in it.
    pub fn iter(self) -> impl Iterator<Item = Status> {
        Status::ALL.into_iter().filter(move |status| self.has(*status))
    }
}

impl From<Status> for Statuses {
    fn from(status: Status) -> Self {
        Self(1 << status as u8)
    }
}

impl FromIterator<Status> for Statuses {
    fn from_iter<T: IntoIterator<Item = Status>>(statuses: T) -> Self {
        Self(statuses.into_iter().fold(0, |set, status| set | 1 << status as u8))
    }
}
