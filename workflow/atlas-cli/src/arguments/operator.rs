//! What all commands of an operator are told: where executions are, and how they are shown.

use std::{fmt, path::PathBuf};

use clap::{Args, ValueEnum};

use crate::{duration::length, label::clean};

/// Where the Step Functions API is, and who asks.
#[derive(Debug, Clone, Args)]
pub(crate) struct Reach {
    /// The Step Functions API, as http://127.0.0.1:8083 by `atlas dev` [default: AWS_ENDPOINT_URL_SFN or
    /// AWS_ENDPOINT_URL, else AWS]
    #[arg(long, global = true, value_name = "URL", help_heading = "Where")]
    pub(crate) endpoint: Option<String>,
    /// The profile of AWS's own configuration [default: AWS_PROFILE, else `default`]
    #[arg(long, global = true, value_name = "NAME", help_heading = "Where")]
    pub(crate) profile: Option<String>,
    /// The region [default: AWS_REGION, else the profile's; on loopback us-east-1]
    #[arg(long, global = true, value_name = "NAME", help_heading = "Where")]
    pub(crate) region: Option<String>,
    /// The token of an Atlas server that asks for one [default: ATLAS_TOKEN, which is better: other users of
    /// this machine see what is given here in the list of processes]
    #[arg(long, global = true, value_name = "TOKEN", help_heading = "Where")]
    pub(crate) token: Option<Secret>,
    /// The DynamoDB of leads and calls [default: AWS_ENDPOINT_URL_DYNAMODB or AWS_ENDPOINT_URL, else that
    /// of AWS where the executions are in AWS]
    #[arg(long, global = true, value_name = "URL", help_heading = "Where")]
    pub(crate) dynamodb_endpoint: Option<String>,
}

/// How it is shown.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Shown {
    /// Print JSON instead
    #[arg(long, global = true, help_heading = "Output")]
    pub(crate) json: bool,
    /// How moments are written
    #[arg(
        long = "time",
        global = true,
        value_name = "KIND",
        default_value = "utc",
        help_heading = "Output"
    )]
    pub(crate) moments: Moments,
    /// Show personal data, which is masked otherwise; who did so is noted in a file of the user's
    #[arg(long, global = true, help_heading = "Output")]
    pub(crate) reveal: bool,
}

/// `--time`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Moments {
    /// In UTC
    Utc,
    /// In this machine's time zone
    Local,
    /// How long ago
    Relative,
}

/// Something that is not shown.
#[derive(Clone)]
pub(crate) struct Secret(pub(crate) String);

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A moment of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// So many milliseconds ago.
    Ago(i64),
    /// Then, in milliseconds since the epoch.
    At(i64),
}

impl Moment {
    /// In milliseconds since the epoch.
    pub(crate) fn at(self, now: i64) -> i64 {
        match self {
            Self::Ago(length) => now.saturating_sub(length),
            Self::At(moment) => moment,
        }
    }
}

/// Reads `2h`, `2026-11-20` (its beginning in UTC) or `2026-11-20T09:15:30Z`.
pub(crate) fn moment(text: &str) -> Result<Moment, String> {
    if let Ok(length) = length(text) {
        return Ok(Moment::Ago(length));
    }
    if let Ok(moment) = text.parse::<jiff::Timestamp>() {
        return Ok(Moment::At(moment.as_millisecond()));
    }
    let day = text.parse::<jiff::civil::Date>().ok().filter(|_| text.len() == 10);
    let begin = day.and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC).ok());
    begin.map(|begin| Moment::At(begin.timestamp().as_millisecond())).ok_or_else(|| {
        format!(
            "`{}` is no moment; expected one as 2h, 2026-11-20 or 2026-11-20T09:15:30Z",
            clean(text)
        )
    })
}

/// Which executions.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Filter {
    /// Only those that stand so: RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED; repeatable
    #[arg(long, value_name = "STATUS", value_parser = status, value_delimiter = ',', help_heading = "Which")]
    pub(crate) status: Vec<String>,
    /// Only those of this machine, by its name or ARN; repeatable
    #[arg(long, value_name = "NAME", help_heading = "Which")]
    pub(crate) machine: Vec<String>,
    /// Only those that began then or later: 2h, 2026-11-20, 2026-11-20T09:15:30Z
    #[arg(long, value_name = "TIME", value_parser = moment, help_heading = "Which")]
    pub(crate) since: Option<Moment>,
    /// Only those that began before then
    #[arg(long, value_name = "TIME", value_parser = moment, help_heading = "Which")]
    pub(crate) until: Option<Moment>,
    /// Only those whose name has this in it
    #[arg(long, value_name = "TEXT", help_heading = "Which")]
    pub(crate) name: Option<String>,
    /// Only those of this interaction key, lead id, contact id or phone number (as +14155550123)
    #[arg(long, value_name = "KEY", allow_hyphen_values = true, help_heading = "Which")]
    pub(crate) key: Option<String>,
}

impl Filter {
    /// Whether it leaves anything out.
    pub(crate) fn is_given(&self) -> bool {
        !self.status.is_empty()
            || !self.machine.is_empty()
            || self.since.is_some()
            || self.until.is_some()
            || self.name.is_some()
            || self.key.is_some()
    }
}

const STATUSES: [&str; 5] = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"];

fn status(text: &str) -> Result<String, String> {
    let wanted = text.to_ascii_uppercase().replace('-', "_");
    match STATUSES.iter().find(|known| **known == wanted) {
        Some(known) => Ok((*known).to_owned()),
        None => Err(format!("expected {}", STATUSES.join(", "))),
    }
}

/// Where the events of EXPRESS executions are, which AWS keeps only in CloudWatch Logs.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Logs {
    /// The log group that has the events of EXPRESS executions [default: the machine's own]
    #[arg(long, value_name = "NAME", conflicts_with = "log_file", help_heading = "Where")]
    pub(crate) log_group: Option<String>,
    /// A file with such records, one a line: below `.atlas/logs`, or an export of CloudWatch Logs
    #[arg(long, value_name = "FILE", help_heading = "Where")]
    pub(crate) log_file: Option<PathBuf>,
}

impl Logs {
    /// Whether anything is said of them.
    pub(crate) fn are_given(&self) -> bool {
        self.log_group.is_some() || self.log_file.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_length_ago_a_day_or_an_instant() {
        for (text, expected) in [
            ("2h", Some(Moment::Ago(7_200_000))),
            ("2026-11-20", Some(Moment::At(1_795_132_800_000))),
            ("2026-11-20T09:15:30Z", Some(Moment::At(1_795_166_130_000))),
            ("2026-11-20T10:15:30+01:00", Some(Moment::At(1_795_166_130_000))),
            ("yesterday", None),
            ("2026-13-40", None),
            ("", None),
        ] {
            assert_eq!(moment(text).ok(), expected, "{text}");
        }
        assert_eq!(Moment::Ago(5).at(7), 2);
    }

    #[test]
    fn a_status_is_read_in_any_case_and_refused_with_those_that_there_are() {
        assert_eq!(status("timed-out").as_deref(), Ok("TIMED_OUT"));
        assert!(status("done").unwrap_err().contains("RUNNING, SUCCEEDED"));
    }

    #[test]
    fn a_token_is_never_shown() {
        assert_eq!(format!("{:?}", Secret::from("t".to_owned())), "Secret(…)");
    }
}
