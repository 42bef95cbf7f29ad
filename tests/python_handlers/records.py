"""The table of leads and calls."""

import hashlib
import hmac
import os
import time

import boto3

dynamodb = boto3.client("dynamodb")

TABLE = os.environ["CALLS_TABLE"]
KEPT_FOR = 365 * 24 * 3600


def now():
    return int(time.time() * 1000)


def key(partition, record):
    return {"interactionKey": {"S": partition}, "record": {"S": record}}


def expiry():
    return {"N": str(int(time.time()) + KEPT_FOR)}


def phone_hash(phone):
    return hmac.new(os.environ["PHONE_HASH_KEY"].encode(), phone.encode(), hashlib.sha256).hexdigest()


def put_new(item):
    dynamodb.put_item(
        TableName=TABLE,
        Item=item,
        ConditionExpression="attribute_not_exists(#record) OR #expiresAt <= :now",
        ExpressionAttributeNames={"#record": "record", "#expiresAt": "expiresAt"},
        ExpressionAttributeValues={":now": {"N": str(int(time.time()))}},
    )


def update(of, expression, values, names, condition=None):
    """The item as it stands afterwards."""
    further = {"ConditionExpression": condition} if condition else {}
    updated = dynamodb.update_item(
        TableName=TABLE,
        Key=of,
        UpdateExpression=expression,
        ExpressionAttributeNames={"#" + name: name for name in names},
        ExpressionAttributeValues=values,
        ReturnValues="ALL_NEW",
        **further,
    )
    return updated["Attributes"]
