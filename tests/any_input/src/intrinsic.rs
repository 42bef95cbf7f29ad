//! Intrinsic functions: reading a call and evaluating it.

use atlas_asl::intrinsics::Intrinsic;

use crate::{
    parts::{document, texts},
    scene::Scene,
};

/// The most bytes that Step Functions takes a document with.
const MOST_BYTES: usize = 262_144;

/// A call, and the input that its paths lead into.
pub fn check(input: &[u8]) {
    let Some(parts) = texts(input) else { return };
    let text = parts[0];
    let call = match Intrinsic::parse(text) {
        Ok(call) => call,
        Err(refused) => {
            let places = 1..=text.chars().count() + 1;
            assert!(places.contains(&refused.position), "{refused}: {}", refused.position);
            return;
        }
    };
    assert_eq!(call.to_string(), text);
    assert_eq!(Intrinsic::parse(call.source()).as_ref(), Ok(&call), "it was a call just now");
    for path in call.paths() {
        assert!(text.contains(path.source()), "{path} stands in {text}");
    }
    let input = document(parts.get(1).copied());
    let value = call.evaluate(&Scene::of(input.clone()));
    assert_eq!(value, call.evaluate(&Scene::of(input)), "the same chance gives the same value");
    match value {
        Ok(value) => assert!(value.to_string().len() <= MOST_BYTES, "{text} is too long"),
        Err(failure) => {
            let known = ["States.Runtime", "States.IntrinsicFailure"];
            assert!(known.contains(&failure.error_name()));
        }
    }
}
