"""CallSweeperHandler: looks at the attempts whose end nobody told."""

import os

import boto3

import records
from completion import complete, outcome_of

connect = boto3.client("connect")


def handler(event, context):
    due = records.dynamodb.query(
        TableName=records.TABLE,
        IndexName="by-due",
        KeyConditionExpression="#open = :open AND #dueAt <= :now",
        ExpressionAttributeNames={"#open": "open", "#dueAt": "dueAt"},
        ExpressionAttributeValues={":open": {"S": "OPEN"}, ":now": {"N": str(records.now())}},
        Limit=100,
    )
    settled = 0
    for found in due["Items"]:
        of = {"interactionKey": found["interactionKey"], "record": found["record"]}
        item = records.dynamodb.get_item(TableName=records.TABLE, Key=of, ConsistentRead=True)["Item"]
        contact_id = item["contactId"]["S"]
        contact = connect.describe_contact(
            InstanceId=os.environ["CONNECT_INSTANCE_ID"], ContactId=contact_id
        )["Contact"]
        if "DisconnectTimestamp" not in contact:
            continue
        connected_at = contact.get("ConnectedToSystemTimestamp")
        outcome = outcome_of(
            contact_id,
            contact.get("DisconnectReason"),
            connected_at and connected_at.isoformat(),
            contact["DisconnectTimestamp"].isoformat(),
        )
        attempt = item["record"]["S"].removeprefix("ATTEMPT#")
        complete(item["interactionKey"]["S"], attempt, outcome)
        settled += 1
    return {"settled": settled, "open": 0, "held": 0, "failed": 0}
