//! Reading what was written gives the same machine; reading anything at all gives an answer.

use atlas_asl::{
    parse::{parse, parse_value},
    render::{render, to_value},
};
use proptest::prelude::*;

use crate::arbitrary;

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_rendered_parses_to_the_same_machine(machine in arbitrary::machine()) {
        let text = render(&machine);
        let parsed = parse(&text);
        prop_assert!(parsed.diagnostics.is_empty(), "{:#?}\n{text}", parsed.diagnostics);
        let again = parsed.machine.expect("a rendered machine is an object");
        prop_assert_eq!(&again, &machine);
        prop_assert_eq!(render(&again), text);
        let (from_value, _) = parse_value(&to_value(&machine));
        prop_assert_eq!(from_value, Some(machine));
    }

    #[test]
    fn any_text_gives_an_answer(text in any::<String>()) {
        let parsed = parse(&text);
        prop_assert!(parsed.machine.is_some() || !parsed.diagnostics.is_empty());
    }

    #[test]
    fn any_mutation_of_a_definition_gives_an_answer(
        machine in arbitrary::machine(),
        mutations in prop::collection::vec((any::<prop::sample::Index>(), mutation()), 1..6),
    ) {
        let mut characters: Vec<char> = render(&machine).chars().collect();
        for (index, (remove, insert)) in mutations {
            let at = index.index(characters.len() + 1);
            let end = characters.len().min(at + remove);
            characters.splice(at..end, insert.chars());
        }
        let text: String = characters.into_iter().collect();
        let parsed = parse(&text);
        for diagnostic in &parsed.diagnostics {
            let position = diagnostic.position.expect("every diagnostic of the parser has a place");
            prop_assert!(position.line >= 1 && position.column >= 1);
        }
        if let Some(machine) = parsed.machine {
            let text = render(&machine);
            let again = parse(&text).machine.expect("a rendered machine is an object");
            prop_assert_eq!(render(&again), text);
        }
    }
}

/// How many characters go, and what comes instead.
fn mutation() -> impl Strategy<Value = (usize, String)> {
    let tokens = vec![
        "\"",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "null",
        "true",
        "1",
        "-",
        "\\",
        "\u{feff}",
        "Type",
        "\"End\": true,",
        "é",
        "\n",
        " ",
        "{}",
        "[]",
        "\"\"",
    ];
    (
        0..12_usize,
        prop_oneof![prop::sample::select(tokens).prop_map(str::to_owned), any::<String>()],
    )
}
