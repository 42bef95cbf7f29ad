#!/usr/bin/env python3
"""Writes response_models.bin: what each operation of each AWS service answers, for mocks to be held to.

Source: the API models that AWS publishes in botocore (Apache-2.0), 1.44.5. Only operation names, field
names, types and limits of answers are kept.

    pip download --no-deps botocore==1.44.5 && unzip -q botocore-*.whl
    python3 extract_response_models.py botocore/data

The file: the length of an index (four bytes, little endian), the index, then a zlib stream for each service.
The index is JSON: service -> [offset behind the index, length]. A service is named as in
`arn:aws:states:::aws-sdk:SERVICE:ACTION`. Its stream is JSON, too:

    {"operations": {"GetObject": shape}, "shapes": [shape, ...]}

A shape is a number (a place in `shapes`), "s" string, "n" number, "b" boolean, "d" any document,
["s", least length, most length or null], ["e", word, ...] one of these words, ["n", least, most],
["l", shape] list, ["m", shape] map, or an object of fields: name -> shape, a required one with "!" before it.
"""

import gzip
import json
import pathlib
import re
import struct
import sys
import zlib

# Where the service's own model, as recorded, differs from what is published: (service, shape) -> limits.
RECORDED = {
    # test_field_validation_mode_present, aws_sdk_lambda_get_function_task[integer_more_than_maximum_allowed]
    ("lambda", "MemorySize"): {"max": 10240},
}


def packed(service, model):
    shapes, places, table = model["shapes"], {}, []

    def place(key, make):
        if key not in places:
            places[key] = len(table)
            table.append(None)
            table[places[key]] = make()
        return places[key]

    def pack(name):
        shape = shapes[name] | RECORDED.get((service, name), {})
        kind, least, most = shape["type"], shape.get("min"), shape.get("max")
        if shape.get("document"):
            return "d"
        if kind == "string" and "enum" in shape:
            return place(("e", *shape["enum"]), lambda: ["e", *shape["enum"]])
        if kind in ("string", "blob", "timestamp", "character"):
            if kind == "timestamp" or (not least and most is None):
                return "s"
            return place(("s", least or 0, most), lambda: ["s", least or 0, most])
        if kind in ("integer", "long", "float", "double"):
            return "n" if least is None and most is None else place(("n", least, most), lambda: ["n", least, most])
        if kind == "boolean":
            return "b"
        if kind == "list":
            return place(name, lambda: ["l", pack(shape["member"]["shape"])])
        if kind == "map":
            return place(name, lambda: ["m", pack(shape["value"]["shape"])])
        required = set(shape.get("required", ()))
        # Step Functions writes each name with a capital.
        return place(name, lambda: {
            ("!" if field in required else "") + field[:1].upper() + field[1:]: pack(member["shape"])
            for field, member in shape["members"].items()
        })

    operations = {
        name[:1].upper() + name[1:]: pack(operation["output"]["shape"])
        for name, operation in sorted(model["operations"].items())
        if "output" in operation
    }
    return {"operations": operations, "shapes": table}


def main(data):
    index, streams, offset = {}, [], 0
    for folder in sorted(data.iterdir()):
        versions = sorted(version for version in folder.iterdir() if version.is_dir()) if folder.is_dir() else []
        if not versions or not (versions[-1] / "service-2.json.gz").exists():
            continue
        with gzip.open(versions[-1] / "service-2.json.gz") as file:
            model = json.load(file)
        # The name of the SDK for Java, which Step Functions uses.
        service = re.sub("[^a-z0-9]", "", model["metadata"]["serviceId"].lower())
        if service in index:
            continue  # an older name of the same service
        text = json.dumps(packed(service, model), separators=(",", ":"))
        streams.append(zlib.compress(text.encode(), 9))
        index[service] = [offset, len(streams[-1])]
        offset += len(streams[-1])
    head = json.dumps(index, separators=(",", ":")).encode()
    out = pathlib.Path(__file__).parent / "response_models.bin"
    out.write_bytes(struct.pack("<I", len(head)) + head + b"".join(streams))


main(pathlib.Path(sys.argv[1]))
