//! The axis of a timeline: from times to columns, cut where one stretch dwarfs the rest.

use crate::{
    duration::tick,
    label::columns,
    span::{SpanTime, StateSpan},
};

const CUT_COLUMNS: usize = 3;
const MAX_CUTS: usize = 8;
const LEAST_ROOM: usize = 16;
/// A shorter run is drawn as it was.
const LEAST_TO_CUT: i128 = 10 * SECOND;
/// Nobody wants to see less than this enlarged.
const LEAST_TO_SHOW: i128 = 50;
/// Columns that a tick and its words want.
const TICK_COLUMNS: i128 = 12;

const SECOND: i128 = 1_000;
const MINUTE: i128 = 60 * SECOND;
const HOUR: i128 = 60 * MINUTE;
const DAY: i128 = 24 * HOUR;

/// Distances between ticks that people can count in.
const STEPS: [i128; 40] = [
    1,
    2,
    5,
    10,
    20,
    50,
    100,
    200,
    500,
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    5 * DAY,
    10 * DAY,
    20 * DAY,
    50 * DAY,
    100 * DAY,
    200 * DAY,
    500 * DAY,
    1_000 * DAY,
    10_000 * DAY,
    100_000 * DAY,
    1_000_000 * DAY,
    1_000_000_000 * DAY,
];

/// What a column stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// As much time as its neighbours.
    Time,
    /// Part of a stretch that is cut short.
    Cut,
}

/// Times against columns.
#[derive(Debug)]
pub(crate) struct Axis {
    first: i64,
    stretches: Vec<Stretch>,
    columns: Vec<Column>,
}

/// A stretch of time with one scale.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    from: i64,
    to: i64,
    column: usize,
    columns: usize,
    cut: bool,
}

/// The time between two neighbouring beginnings and ends.
struct Gap {
    from: i64,
    to: i64,
    idle: bool,
}

impl Gap {
    fn length(&self) -> i128 {
        i128::from(self.to) - i128::from(self.from)
    }
}

impl Axis {
    /// The axis over these spans, this many columns wide.
    pub(crate) fn over(spans: &[StateSpan], first: i64, last: i64, width: usize) -> Self {
        let width = width.max(LEAST_ROOM);
        let cuts = cuts(&gaps(spans, last), width);
        let mut pieces = Vec::new();
        let mut at = first;
        for (from, to) in cuts {
            if from > at {
                pieces.push((at, from, false));
            }
            pieces.push((from, to, true));
            at = to;
        }
        if last > at || pieces.is_empty() {
            pieces.push((at, last, false));
        }

        let cut_columns = CUT_COLUMNS * pieces.iter().filter(|(.., cut)| *cut).count();
        let room = width - cut_columns.min(width);
        let visible: i128 = pieces
            .iter()
            .filter(|(.., cut)| !cut)
            .map(|(from, to, _)| i128::from(*to) - i128::from(*from))
            .sum();
        let mut axis = Self { first, stretches: Vec::new(), columns: Vec::with_capacity(width) };
        let (mut shown, mut given) = (0, 0);
        for (from, to, cut) in pieces {
            let columns = if cut {
                CUT_COLUMNS
            } else {
                shown += i128::from(to) - i128::from(from);
                let until = scaled(shown, room, visible);
                until - std::mem::replace(&mut given, until)
            };
            let column = axis.columns.len();
            axis.stretches.push(Stretch { from, to, column, columns, cut });
            let kind = if cut { Column::Cut } else { Column::Time };
            axis.columns.extend(std::iter::repeat_n(kind, columns));
        }
        axis.columns.resize(width, Column::Time);
        axis
    }

    /// How many columns it has.
    pub(crate) fn width(&self) -> usize {
        self.columns.len()
    }

    /// What this column stands for.
    pub(crate) fn kind(&self, column: usize) -> Column {
        self.columns.get(column).copied().unwrap_or(Column::Time)
    }

    /// Where this time stands, from 0 to the width.
    pub(crate) fn column(&self, time: i64) -> usize {
        let after = self.stretches.partition_point(|stretch| stretch.from <= time);
        let Some(stretch) = after.checked_sub(1).and_then(|at| self.stretches.get(at)) else {
            return 0;
        };
        let since = i128::from(time.min(stretch.to)) - i128::from(stretch.from);
        let length = i128::from(stretch.to) - i128::from(stretch.from);
        stretch.column + scaled(since, stretch.columns, length)
    }

    /// The words above the axis, and the axis.
    pub(crate) fn ticks(&self) -> (String, String) {
        let mut labels = String::new();
        let mut rule: Vec<char> = self
            .columns
            .iter()
            .map(|column| if *column == Column::Cut { '≈' } else { '─' })
            .collect();
        let step = self.step();
        for stretch in self.stretches.iter().filter(|stretch| !stretch.cut) {
            let begins = i128::from(stretch.from) - i128::from(self.first);
            let length = i128::from(stretch.to) - i128::from(stretch.from);
            let mut at = 0;
            while at <= length {
                let time = i64::try_from(at + i128::from(stretch.from)).unwrap_or(i64::MAX);
                let column = self.column(time).min(rule.len() - 1);
                // After a cut the times since the beginning would all read alike.
                let words = if at == 0 || begins == 0 {
                    tick(i64::try_from(begins + at).unwrap_or(i64::MAX))
                } else {
                    format!("+{}", tick(i64::try_from(at).unwrap_or(i64::MAX)))
                };
                let used = columns(&labels);
                let fits = column + columns(&words) <= rule.len();
                if fits && (used == 0 || used < column) {
                    labels.extend(std::iter::repeat_n(' ', column - used));
                    labels.push_str(&words);
                    rule[column] = '┬';
                }
                let Some(step) = step else { break };
                at += step;
            }
        }
        (labels, rule.into_iter().collect())
    }

    /// The distance between ticks that leaves room for their words.
    fn step(&self) -> Option<i128> {
        let shown = self.stretches.iter().filter(|stretch| !stretch.cut);
        let (mut length, mut columns) = (0_i128, 0_usize);
        for stretch in shown {
            length += i128::from(stretch.to) - i128::from(stretch.from);
            columns += stretch.columns;
        }
        let columns = i128::try_from(columns.max(1)).unwrap_or(i128::MAX);
        let least = (length * TICK_COLUMNS).checked_div(columns)?;
        STEPS.into_iter().find(|step| *step >= least)
    }
}

/// `part` of `whole` in columns.
fn scaled(part: i128, columns: usize, whole: i128) -> usize {
    let columns = i128::try_from(columns).unwrap_or(0);
    let scaled = (part * columns).checked_div(whole).unwrap_or(0);
    usize::try_from(scaled).unwrap_or(0)
}

/// The stretches between all beginnings and ends, and whether anything worked in them.
fn gaps(spans: &[StateSpan], last: i64) -> Vec<Gap> {
    let mut changes: Vec<(i64, i64)> = Vec::with_capacity(spans.len() * 2);
    for span in spans {
        let works = i64::from(span.time == SpanTime::Working && !span.is_container());
        changes.push((span.started_ms, works));
        changes.push((span.end(last), -works));
    }
    changes.sort_unstable();
    let mut gaps = Vec::new();
    let mut working = 0;
    for pair in changes.windows(2) {
        working += pair[0].1;
        if pair[1].0 > pair[0].0 {
            gaps.push(Gap { from: pair[0].0, to: pair[1].0, idle: working == 0 });
        }
    }
    gaps
}

/// The stretches of a long run to cut short, in order: an idle one that is more than 60 % of what is shown, one
/// with work in it only when it is more than 90 %.
fn cuts(gaps: &[Gap], width: usize) -> Vec<(i64, i64)> {
    let mut by_length: Vec<&Gap> = gaps.iter().collect();
    by_length.sort_by_key(|gap| std::cmp::Reverse(gap.length()));
    let mut shown: i128 = gaps.iter().map(Gap::length).sum();
    let most = MAX_CUTS.min((width - LEAST_ROOM) / CUT_COLUMNS);
    let mut cuts = Vec::new();
    for gap in by_length {
        let limit = if gap.idle { 60 } else { 90 };
        let dwarfs = gap.length() * 100 > shown * limit && shown > LEAST_TO_CUT;
        // What a cut makes room for has to be worth the room.
        let worth = shown - gap.length() >= LEAST_TO_SHOW;
        if !dwarfs || !worth || cuts.len() == most {
            break;
        }
        shown -= gap.length();
        cuts.push((gap.from, gap.to));
    }
    cuts.sort_unstable();
    cuts
}
