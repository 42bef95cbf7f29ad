"""Bedrock, and the cache of what it wrote."""

import datetime
import json
import os
import time

import boto3

bedrock = boto3.client("bedrock-runtime")
dynamodb = boto3.client("dynamodb")

TABLE = os.environ["RESPONSE_CACHE_TABLE"]
MODEL = os.environ["BEDROCK_MODEL_ID"]


def ask(system, data, tool, fields, most):
    properties = {name: {"type": kind} for name, kind in fields.items()}
    answer = bedrock.converse(
        modelId=MODEL,
        system=[{"text": system}],
        messages=[{"role": "user", "content": [{"text": json.dumps(data)}]}],
        inferenceConfig={"maxTokens": most},
        toolConfig={
            "tools": [{"toolSpec": {
                "name": tool,
                "description": "Takes the answer.",
                "inputSchema": {"json": {
                    "type": "object", "required": list(fields), "properties": properties}},
            }}],
            "toolChoice": {"tool": {"name": tool}},
        },
    )
    content = answer["output"]["message"]["content"]
    return next(block["toolUse"]["input"] for block in content if "toolUse" in block)


def cached(key):
    found = dynamodb.query(
        TableName=TABLE,
        KeyConditionExpression="#key = :key",
        ExpressionAttributeNames={"#key": "cacheKey"},
        ExpressionAttributeValues={":key": {"S": key}},
        ScanIndexForward=False,
        Limit=1,
    )
    return found["Items"][0]["text"]["S"] if found["Items"] else None


def cache(key, text, **further):
    now = datetime.datetime.now(datetime.timezone.utc)
    dynamodb.put_item(TableName=TABLE, Item={
        "cacheKey": {"S": key},
        "writtenAt": {"S": now.isoformat(timespec="milliseconds").replace("+00:00", "Z")},
        "text": {"S": text},
        "expiresAt": {"N": str(int(time.time()) + 300)},
        **further,
    })


def claim(key):
    until = int(time.time()) + 60
    dynamodb.put_item(
        TableName=TABLE,
        Item={
            "cacheKey": {"S": f"CLAIM#{key}"},
            "writtenAt": {"S": "CLAIM"},
            "claimedUntil": {"N": str(until * 1000)},
            "expiresAt": {"N": str(until)},
        },
        ConditionExpression="attribute_not_exists(#key)",
        ExpressionAttributeNames={"#key": "cacheKey"},
    )
