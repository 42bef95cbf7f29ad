//! Files that are no definition and no template, and those that mean harm.

use atlas_import::{Definition, Source};
use expect_test::{Expect, expect};

#[expect(clippy::needless_pass_by_value, reason = "as everywhere with expectations")]
fn check(text: &str, expected: Expect) {
    expected.assert_eq(&Source::read(text).unwrap_err().to_string());
}

#[test]
fn what_holds_no_machine_is_told_so_at_its_place() {
    check("", expect!["1:1: is empty; expected a definition or a template"]);
    check(" \n\t\n", expect!["1:1: is empty; expected a definition or a template"]);
    check("[]", expect!["1:1: is a list; expected a definition or a template, an object"]);
    check("just words", expect!["1:1: is a text; expected a definition or a template, an object"]);
    check(
        "a: 1",
        expect![
            "1:1: is neither a definition, which has `StartAt` and `States`, nor a SAM or CloudFormation template, which has `Resources`"
        ],
    );
    check(
        "Resources:\n  A:\n    Type: AWS::S3::Bucket\n",
        expect![
            "1:1: has no state machine; expected a resource of the type `AWS::Serverless::StateMachine` or `AWS::StepFunctions::StateMachine`"
        ],
    );
    check(
        "{\"StartAt\": \"A\",\n  \"States\": {,}}",
        expect![
            "2:14: is no JSON: unexpected `,`; expected a value, a field name in double quotes or a closing bracket"
        ],
    );
    check(
        "StartAt: A\nStates: !Ref X\n",
        expect!["2:9: `!Ref` stands outside of a template, where nobody fills it in"],
    );
    check(
        "StartAt: A\n  States: {}\n",
        expect!["2:9: is no YAML: mapping values are not allowed in this context"],
    );
    check("a\0b", expect!["1:1: holds a zero byte, so it is no text in UTF-8; save it as UTF-8"]);
    check(
        &"{\"a\":".repeat(5_000),
        expect!["1:636: nests deeper than 127 levels, which no definition does"],
    );
    check(
        &"a: [".repeat(5_000),
        expect!["1:256: nests deeper than 127 levels, which no template does"],
    );
    check(
        &format!("a: {}", "x".repeat(5_000_000)),
        expect![
            "1:1: has 5000003 bytes; at most 4194304 are read, and CloudFormation takes templates of 1 MB, Step Functions definitions of 1 MiB"
        ],
    );
}

#[test]
fn a_machine_without_a_definition_is_told_what_is_missing() {
    let check = |properties: &str, expected: Expect| {
        let text = format!(
            "Resources:\n  M:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n      {properties}\n"
        );
        let source = Source::read(&text).unwrap();
        let Definition::Elsewhere { words, at } = &source.machines[0].definition else {
            panic!("{source:?}")
        };
        expected.assert_eq(&format!("{}:{}: {words}", at.line, at.column));
    };
    check(
        "RoleArn: x",
        expect![
            "2:3: it has no definition; expected `Definition`, `DefinitionString` or `DefinitionUri`"
        ],
    );
    check(
        "DefinitionString: !Ref Parameter",
        expect![
            "5:25: its definition is what `Ref` gives on deployment; name the file that it comes from"
        ],
    );
    check("DefinitionString: [1]", expect!["5:25: its definition is a list; expected a text"]);
    check(
        "DefinitionUri: s3://bucket/key",
        expect![
            "5:22: its `DefinitionUri` says that it is in S3; download the object and name that file"
        ],
    );
    check(
        "DefinitionS3Location: {Bucket: b, Key: k}",
        expect![
            "5:29: its `DefinitionS3Location` says that it is in S3; download the object and name that file"
        ],
    );
}
