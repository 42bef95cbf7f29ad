//! DynamoDB three times: the emulator in the sandbox, dynalite and moto. Expressions are evaluated by
//! somebody who did not write them.

use atlas_sandbox::{Options, Sandbox};
use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, TableStatus},
};
use definitions::resources::Table;

use super::{client_config, create_table, unique};

/// One implementation.
pub(crate) struct DynamoDb {
    pub(crate) client: Client,
    /// Whether writes of one item at the same time come one after another, as in DynamoDB itself.
    pub(crate) serializes: bool,
    /// Runs for as long as this is held.
    _sandbox: Option<Sandbox>,
}

/// Holds a claim to each implementation: to ours always, to the others where they run.
pub(crate) async fn on_each_dynamodb(claim: impl AsyncFn(&DynamoDb)) {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let endpoint = sandbox.base_url().to_owned();
    let implementations = [
        ("the emulator in the sandbox", Some(endpoint), true, Some(sandbox)),
        ("dynalite", beside::peer("ATLAS_DYNALITE_ENDPOINT"), true, None),
        // Its threads check a condition and write without a lock around both.
        ("moto", beside::peer("ATLAS_MOTO_ENDPOINT"), false, None),
    ];
    for (name, endpoint, serializes, sandbox) in implementations {
        let Some(endpoint) = endpoint else { continue };
        // Shown where the claim fails.
        println!("against {name}");
        let client = Client::new(&client_config(&endpoint).await);
        claim(&DynamoDb { client, serializes, _sandbox: sandbox }).await;
    }
}

impl DynamoDb {
    /// Creates the table under a name of its own, which it answers with.
    pub(crate) async fn create(&self, table: &Table) -> String {
        let name = unique(table.name);
        create_table(&self.client, table, &name).send().await.unwrap();
        // Until it is, DynamoDB does not know it; each question waits for its answer.
        loop {
            let described = self.client.describe_table().table_name(&name).send().await.unwrap();
            if described.table.and_then(|table| table.table_status) == Some(TableStatus::Active) {
                return name;
            }
        }
    }

    /// An attribute of an item as it lies there, and not as our code reads it.
    pub(crate) async fn attribute(
        &self,
        table: &str,
        key: &[(&str, &str)],
        name: &str,
    ) -> Option<AttributeValue> {
        let mut get = self.client.get_item().table_name(table).consistent_read(true);
        for (name, value) in key {
            get = get.key(*name, AttributeValue::S((*value).to_owned()));
        }
        let item = get.send().await.unwrap().item.expect("the item is there");
        item.get(name).cloned()
    }

    /// How many items an index has under a text.
    pub(crate) async fn count_in(&self, table: &str, index: &str, field: &str, value: &str) -> i32 {
        let query = self.client.query().table_name(table).index_name(index);
        let found = query
            .key_condition_expression("#field = :value")
            .expression_attribute_names("#field", field)
            .expression_attribute_values(":value", AttributeValue::S(value.to_owned()))
            .send()
            .await;
        found.unwrap().count()
    }
}
