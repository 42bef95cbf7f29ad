#!/usr/bin/env python3
"""Writes data/models/*.json: the request and answer shapes of the operations that the sandbox plays.

Source: the API models that AWS publishes in botocore (Apache-2.0), 1.44.5,
`botocore/data/<service>/<version>/service-2.json.gz`. Only names, types and limits are kept.

    pip download --no-deps botocore==1.44.5 && unzip -q botocore-*.whl
    python3 extract_models.py botocore/data
"""

import gzip
import json
import pathlib
import sys

OPERATIONS = {
    ("bedrock-runtime", "2023-09-30"): ["Converse"],
    ("connect", "2017-08-08"): [
        "DescribeContact", "DescribeContactFlow", "DescribeInstance", "DescribeQueue", "ListPhoneNumbersV2",
        "StartOutboundVoiceContact", "StopContact",
    ],
    ("dynamodb", "2012-08-10"): [
        "BatchGetItem", "BatchWriteItem", "CreateTable", "DeleteItem", "DeleteTable",
        "DescribeContinuousBackups", "DescribeTable", "DescribeTimeToLive", "GetItem", "ListTables", "PutItem", "Query", "Scan", "TransactGetItems",
        "TransactWriteItems", "UpdateItem", "UpdateTimeToLive",
    ],
    ("events", "2015-10-07"): ["DescribeRule", "ListRuleNamesByTarget"],
    ("secretsmanager", "2017-10-17"): ["DescribeSecret", "GetSecretValue"],
    ("service-quotas", "2019-06-24"): ["GetServiceQuota"],
    ("sqs", "2012-11-05"): [
        "ChangeMessageVisibility", "CreateQueue", "DeleteMessage", "DeleteMessageBatch", "GetQueueAttributes",
        "GetQueueUrl", "ListQueues", "PurgeQueue", "ReceiveMessage", "SendMessage", "SendMessageBatch",
        "StartMessageMoveTask",
    ],
    ("sts", "2011-06-15"): ["GetCallerIdentity"],
}
SHAPE_KEYS = ["type", "required", "min", "max", "enum", "union", "document"]


def slim(shape):
    kept = {key: shape[key] for key in SHAPE_KEYS if key in shape}
    if "members" in shape:
        kept["members"] = {
            name: {key: member[key] for key in ("shape", "location", "locationName") if key in member}
            for name, member in shape["members"].items()
        }
    for part in ("member", "key", "value"):
        if part in shape:
            kept[part] = shape[part]["shape"]
    return kept


def needed(shapes, name, found):
    if name in found:
        return
    found[name] = slim(shapes[name])
    shape = shapes[name]
    inner = list(shape.get("members", {}).values()) + [shape[p] for p in ("member", "key", "value") if p in shape]
    for member in inner:
        needed(shapes, member["shape"], found)


def main(data):
    for (service, version), names in OPERATIONS.items():
        with gzip.open(data / service / version / "service-2.json.gz") as file:
            model = json.load(file)
        operations, shapes = {}, {}
        for name in names:
            operation = model["operations"][name]
            operations[name] = {
                key: operation[key]["shape"] for key in ("input", "output") if key in operation
            }
            for shape in list(operations[name].values()):
                needed(model["shapes"], shape, shapes)
            # Each error that the operation may answer with, and its status where the protocol tells it by that.
            operations[name]["errors"] = {
                error["shape"]: model["shapes"][error["shape"]].get("error", {}).get("httpStatusCode")
                for error in operation.get("errors", [])
            }
            for shape in operations[name]["errors"]:
                needed(model["shapes"], shape, shapes)
        lines = ['{"operations": {']
        lines.append(",\n".join(f"{json.dumps(n)}: {json.dumps(o)}" for n, o in sorted(operations.items())))
        lines.append('}, "shapes": {')
        lines.append(",\n".join(f"{json.dumps(n)}: {json.dumps(s)}" for n, s in sorted(shapes.items())))
        lines.append("}}\n")
        out = pathlib.Path(__file__).parent / "models" / f"{service}.json"
        out.write_text("\n".join(lines))


main(pathlib.Path(sys.argv[1]))
