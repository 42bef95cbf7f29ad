//! How much is read, tried and rewritten. `docs/importing.md` tells the same figures, as a test sees to.

pub(crate) use atlas_asl::parse::document::MAX_DEPTH;

/// Bytes of a file. CloudFormation takes templates of 1 MB, Step Functions definitions of 1 MiB.
pub(crate) const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Values in YAML, those of aliases counted each time: more than a template of 1 MB can hold without aliases.
pub(crate) const MOST_NODES: usize = 200_000;

/// A machine of more states is not rewritten and tried, and nobody looks for results that are not read: data that
/// grows from state to state would take too long.
pub(crate) const MOST_STATES: usize = 300;

/// So many states of a sequence are looked at together.
pub(crate) const LONGEST: usize = 12;

/// Results are merged two by two, and AWS takes ten intrinsic functions within each other.
pub(crate) const MOST_BRANCHES: usize = 10;

/// So many rewritings are tried one by one, where all together come out otherwise.
pub(crate) const MOST_TRIED: usize = 12;

/// So many cases are tried at most.
pub(crate) const MOST_CASES: usize = 300;

/// So many bytes of data in all, and the cases that are left are left out: a second of work.
pub(crate) const MOST_WORK: usize = 8 * 1024 * 1024;

/// So many facts, and an execution is taken for one that does not end.
pub(crate) const MOST_FACTS: usize = 5_000;

/// Deeper than map runs nest.
pub(crate) const MOST_MAP_RUNS: usize = 4;

/// So many fields are more than any machine reads.
pub(crate) const MOST_FIELDS: usize = 2_000;

/// Deeper than a path that anybody writes; what is deeper is not made up.
pub(crate) const MOST_STEPS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    /// A figure as the page writes it.
    fn figure(number: usize) -> String {
        const MEBI: usize = 1024 * 1024;
        match number {
            _ if number.is_multiple_of(MEBI) => format!("{} MiB", number / MEBI),
            _ if number >= 1_000 => format!("{},{:03}", number / 1_000, number % 1_000),
            _ => number.to_string(),
        }
    }

    #[test]
    fn the_page_tells_these_limits() {
        let page = include_str!("../../../docs/importing.md");
        let (_, limits) = page.split_once("\n## Limits\n").expect("the page has its limits");
        let (limits, _) = limits.split_once("\n## ").expect("a section follows");
        let told: Vec<&str> = limits
            .lines()
            .filter(|line| line.starts_with("| "))
            .skip(1)
            .filter_map(|line| line.split('|').nth(2).map(str::trim))
            .collect();
        let known = [
            MOST_BYTES,
            MAX_DEPTH,
            MOST_NODES,
            MOST_STATES,
            LONGEST,
            MOST_BRANCHES,
            MOST_TRIED,
            MOST_CASES,
            MOST_WORK,
            MOST_FACTS,
            MOST_MAP_RUNS,
            MOST_FIELDS,
            MOST_STEPS,
        ];
        assert_eq!(told, known.map(figure));
    }
}
