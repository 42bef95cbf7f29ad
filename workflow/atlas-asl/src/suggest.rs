//! "Did you mean": the name nearest to a wrong one.

/// The candidate that a wrong name was probably meant to be.
///
/// A name that differs only in case wins; otherwise the nearest by edits (insert, delete, replace,
/// swap two neighbours), if these are at most about a third of its characters. The first of several
/// equally near ones is taken.
pub fn suggest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong: Vec<char> = folded(wrong);
    let mut nearest: Option<(usize, &'a str)> = None;
    for candidate in candidates {
        let right = folded(candidate);
        let allowed = ((wrong.len().max(right.len()) + 1) / 3).max(1);
        let bound = nearest.map_or(allowed, |(edits, _)| allowed.min(edits.saturating_sub(1)));
        if nearest.is_some_and(|(edits, _)| edits == 0)
            || wrong.len().max(right.len()) > LONGEST
            || wrong.len().abs_diff(right.len()) > bound
        {
            continue;
        }
        let edits = edits(&wrong, &right);
        // Replacing every character is no likeness, however short the names are.
        if edits <= bound && edits < wrong.len().max(right.len()) {
            nearest = Some((edits, candidate));
        }
    }
    nearest.map(|(_, candidate)| candidate)
}

/// Longer names are not compared: the work grows with the square of the length.
const LONGEST: usize = 128;

fn folded(name: &str) -> Vec<char> {
    name.chars().take(LONGEST + 1).flat_map(char::to_lowercase).collect()
}

/// Damerau-Levenshtein distance (optimal string alignment).
fn edits(from: &[char], to: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (row, left) in from.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, right) in to.iter().enumerate() {
            let replaced = last[column] + usize::from(left != right);
            let mut least = replaced.min(last[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && *left == to[column - 1] && from[row - 1] == *right {
                least = least.min(before_last[column - 1] + 1);
            }
            current.push(least);
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::suggest;

    fn check(wrong: &str, candidates: &[&str], expected: Option<&str>) {
        assert_eq!(suggest(wrong, candidates.iter().copied()), expected, "{wrong}");
    }

    #[test]
    fn the_nearest_name_is_suggested() {
        check("Resorce", &["Result", "Resource", "Retry"], Some("Resource"));
        check("Asign", &["Assign", "Aside"], Some("Assign"));
        check("Tpye", &["Time", "Type"], Some("Type"));
        check("Nxt", &["Next", "End"], Some("Next"));
        check("Größe", &["Grösse", "Größen"], Some("Größen"));
    }

    #[test]
    fn a_name_that_differs_in_case_only_wins() {
        check("startat", &["Startat2", "StartAt"], Some("StartAt"));
        check("createlead", &["createlea", "CreateLead"], Some("CreateLead"));
    }

    #[test]
    fn nothing_is_suggested_where_nothing_is_near() {
        check("Wibble", &["Resource", "Retry"], None);
        check("A", &["B"], None);
        check("", &["A", ""], None);
        check("anything", &[], None);
        check(&"a".repeat(5000), &["aaaa"], None);
    }
}
