//! Which executions of a journal are somebody's: those of which a document is about them. No index leads
//! there, for addresses are in none.

use atlas_engine::{Concern, FoundExecution, Person, PersonalRecords};
use redb::{ReadTransaction, ReadableTable as _};

use crate::{
    contents::ReadError,
    header::Header,
    record, stage,
    tables::{EXECUTIONS, FACTS, STAGES},
};

/// Looks at every document of every execution, and learns the keys of what is theirs.
pub(crate) fn search(
    transaction: &ReadTransaction,
    person: &mut Person,
    found: &mut PersonalRecords,
) -> Result<(), ReadError> {
    found.executions.clear();
    found.mentioned_in.clear();
    let facts = transaction.open_table(FACTS)?;
    let stages = transaction.open_table(STAGES)?;
    for entry in transaction.open_table(EXECUTIONS)?.iter()? {
        let (number, header) = entry?;
        let number = number.value();
        let mut concern = Concern::None;
        let mut documents = Vec::new();
        for entry in facts.range((number, 0)..=(number, u64::MAX))? {
            let read = record::texts(entry?.1.value());
            let texts = read.map_err(|source| ReadError::Record { number, source })?;
            for text in texts {
                concern = concern.max(person.concern(&text));
                documents.push(text);
            }
        }
        if concern == Concern::None {
            continue;
        }
        let header: Header = serde_json::from_str(header.value())
            .map_err(|source| ReadError::Header { number, source })?;
        let execution_arn = header.read().identity.execution_arn.clone();
        if concern == Concern::Mentioned {
            found.mentioned_in.insert(execution_arn.to_string());
            continue;
        }
        learn(person, &documents);
        let stage = stages.get(number)?.ok_or(ReadError::Missing { number })?;
        let stage =
            stage::read(stage.value()).map_err(|source| ReadError::Stage { number, source })?;
        found.executions.push(FoundExecution { execution_arn, status: stage.status, number });
    }
    Ok(())
}

/// Of an execution that is of one interaction, and that one theirs, every key leads to them: the contact is
/// named in what the call gave.
fn learn(person: &mut Person, documents: &[String]) {
    for document in documents {
        person.learn_from(document);
    }
    let Some(input) = documents.first() else { return };
    let input: serde_json::Value = serde_json::from_str(input).unwrap_or_default();
    let is_theirs = input["interactionKey"].as_str().is_some_and(|key| person.knows(key));
    if is_theirs {
        for document in documents {
            person.learn_all(document);
        }
    }
}
