//! `atlas completions`.

use crate::harness::Folder;

#[test]
fn every_shell_gets_a_script_that_knows_the_commands() {
    let folder = Folder::new("completions");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = folder.atlas(&["completions", shell]).exits(0).out;
        for word in ["executions", "redrive", "may-dial"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    folder.atlas(&["completions", "cmd"]).refuses(2, &["bash", "powershell"]);
}
