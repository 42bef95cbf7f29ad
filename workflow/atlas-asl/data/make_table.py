#!/usr/bin/env python3
"""Writes aws_services.txt, the table of AWS's APIs that `aws-sdk` tasks are held to and called by.

    pip install botocore && python3 workflow/atlas-asl/data/make_table.py

The API models of botocore (Apache-2.0) say what operations, errors and members there are. How Step
Functions spells them follows from the AWS SDK for Java 2.x, which it calls services with: the names of
its classes, methods and properties. `aws_services.rs` beside the library's sources reads the table and
says what its lines mean.
"""

import re
from collections import Counter, defaultdict
from pathlib import Path

import botocore
from botocore.session import get_session

# In AWS's list of supported services ("Learning to use AWS service SDK integrations", Step Functions
# Developer Guide), and no longer in botocore. Their actions are not known here.
RETIRED = """alexaforbusiness codestar elasticinference elastictranscoder evidently honeycode
iot1clickprojects iotanalytics iotevents ioteventsdata iotfleethub iotthingsgraph lookoutvision macie mobile
opsworks opsworkscm panorama qldb qldbsession robomaker sms""".split()

# Of the same guide, "Unsupported API actions".
UNSUPPORTED = {
    ("comprehendmedical", "detectEntities"), ("efs", "createTags"), ("elastictranscoder", "testRole"),
    ("emr", "describeJobFlows"), ("iotdeviceadvisor", "listTestCases"), ("kinesis", "subscribeToShard"),
    ("lambda", "invokeAsync"), ("lexruntimev2", "startConversation"),
    ("mediapackage", "rotateChannelCredentials"), ("rdsdata", "executeSql"),
    ("s3", "selectObjectContent"), ("shield", "deleteSubscription"),
}

JAVA_WORDS = set("""abstract assert boolean break byte case catch char class const continue default do
double else enum extends final finally float for goto if implements import instanceof int interface long
native new null package private protected public return short static strictfp super switch synchronized
this throw throws transient true try false void volatile while
equals hashcode tostring notify notifyall wait getclass""".split())


def words(name):
    """The SDK's words: `DynamoDB` is `Dynamo`, `DB`."""
    name = re.sub(r"[^A-Za-z0-9]+", " ", name)
    name = re.sub(r"([^a-z]{2,})v([0-9]+)", r"\1 v\2 ", name)
    name = re.sub(r"([^A-Z]{2,})V([0-9]+)", r"\1 V\2 ", name)
    name = re.sub(r"(?<=[a-z])(?=[A-Z][a-zA-Z0-9])", " ", name)
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", name)
    name = re.sub(r"([0-9])([a-zA-Z])", r"\1 \2", name)
    return name.split()


def pascal(name):
    return "".join(word[:1].upper() + word[1:].lower() for word in words(name))


def uncapitalised(name):
    """`DBInstances` is `dbInstances`."""
    end = 1
    while end < len(name) and name[end].isupper() and not (end + 1 < len(name) and name[end + 1].islower()):
        end += 1
    return name[:end].lower() + name[end:]


def property_of(name):
    """How Step Functions spells a member: the Java property's name, capitalised."""
    prop = uncapitalised(name)
    if prop.lower() in JAVA_WORDS:
        prop = "nul" if prop == "null" else prop + "Value"
    return prop[:1].upper() + prop[1:]


def service_names(service_id):
    prefix = pascal(service_id)
    for start in ("Amazon", "Aws"):
        prefix = prefix.removeprefix(start)
    if prefix != "Service":
        prefix = prefix.removesuffix("Service")
    return prefix.lower(), prefix


def exception_of(shape_name):
    if shape_name.endswith("Fault"):
        shape_name = shape_name.removesuffix("Fault")
    elif shape_name.endswith("Exception"):
        shape_name = shape_name.removesuffix("Exception")
    return pascal(shape_name) + "Exception"


def protocol_of(metadata):
    offered = metadata.get("protocols", [metadata["protocol"]])
    for known in ("json", "query", "rest-json", "rest-xml", "ec2"):
        if known in offered:
            return known
    return offered[0]


def is_streamed(shape):
    return shape is not None and any(
        member.serialization.get("eventstream") for member in getattr(shape, "members", {}).values())


def is_structured(shape):
    while shape.type_name == "list":
        shape = shape.member
    return shape.type_name == "structure" and not shape.is_document_type


def kind_of(shape):
    """What a member's value is, where that changes how it is written."""
    while shape.type_name == "list":
        shape = shape.member
    if shape.type_name == "map":
        return "map" if is_structured(shape.value) else "verbatim"
    if shape.type_name == "structure" and shape.is_document_type:
        return "verbatim"
    if shape.type_name == "timestamp":
        plain = shape.serialization.get("timestampFormat") in (None, "unixTimestamp")
        return "moment" if plain else "other"
    return "blob" if shape.type_name == "blob" else "other"


def structures(model):
    seen, found = set(), []
    todo = [shape for name in model.operation_names
            for shape in (model.operation_model(name).input_shape, model.operation_model(name).output_shape)]
    while todo:
        shape = todo.pop()
        if shape is None or shape.name in seen:
            continue
        seen.add(shape.name)
        if shape.type_name == "structure":
            found.append(shape)
            todo += shape.members.values()
        elif shape.type_name == "list":
            todo.append(shape.member)
        elif shape.type_name == "map":
            todo.append(shape.value)
    return found


def members(model, conflicts):
    """How most members begin, the names that do not follow, and the kinds of values."""
    spelled, kinds = defaultdict(Counter), defaultdict(Counter)
    for structure in structures(model):
        for name, shape in structure.members.items():
            wire = shape.serialization.get("name", name)
            spelled[property_of(name)][wire] += 1
            kinds[property_of(name)][kind_of(shape)] += 1
    total = Counter()
    for ways in spelled.values():
        total.update("camel" if wire[:1].islower() else "pascal" for wire in ways)
    case = "camel" if total["camel"] > total["pascal"] else "pascal"
    irregular = {}
    for prop, ways in spelled.items():
        conflicts["names"] += len(ways) > 1
        wire = ways.most_common(1)[0][0]
        regular = prop[:1].lower() + prop[1:] if case == "camel" else prop
        if wire != regular:
            irregular[prop] = wire
    by_kind = defaultdict(list)
    for prop, ways in kinds.items():
        conflicts["kinds"] += len(ways) > 1
        kind = ways.most_common(1)[0][0]
        if kind != "other":
            by_kind[kind].append(prop)
    return case, irregular, by_kind


def actions(model, service):
    found = []
    for name in model.operation_names:
        operation = model.operation_model(name)
        action = uncapitalised(name)
        if not (is_streamed(operation.input_shape) or is_streamed(operation.output_shape)
                or (service, action) in UNSUPPORTED):
            found.append((action, name))
    return sorted(found)


def by_verb(found):
    """`create Table,Backup describe Table`: actions by their first word."""
    verbs = defaultdict(list)
    for action, name in found:
        verb = re.match(r"[a-z0-9]*", action).group()
        rest = action[len(verb):]
        # The API's own name, where it is not the action's with a capital.
        regular = action[:1].upper() + action[1:]
        verbs[verb].append(rest if name == regular else f"{rest}={name}")
    return " ".join(f"{verb}:{','.join(rests)}" for verb, rests in sorted(verbs.items()))


def errors(model):
    found = {}
    for shape in model.error_shapes:
        code = shape.metadata.get("error", {}).get("code", shape.name)
        # The wire of the JSON protocols tells the shape's name.
        for name in {shape.name, code} if protocol_of(model.metadata) != "json" else {shape.name}:
            found[name] = exception_of(shape.name)
    regular = lambda name: name if name.endswith("Exception") else name + "Exception"
    return " ".join(name if regular(name) == exception else f"{name}={exception}"
                    for name, exception in sorted(found.items()))


def lines(model, conflicts):
    metadata = model.metadata
    service, prefix = service_names(metadata["serviceId"])
    protocol = protocol_of(metadata)
    version = metadata.get("jsonVersion", "1.0") if protocol == "json" else metadata["apiVersion"]
    target = metadata.get("targetPrefix", "-") if protocol == "json" else "-"
    signing = metadata.get("signingName", metadata["endpointPrefix"])
    ident = metadata["serviceId"].replace(" ", "_")
    yield f"service {service} {prefix} {ident} {signing} {protocol} {version} {target}"
    yield f"actions {by_verb(actions(model, service))}"
    # What is not called needs no more.
    if protocol != "json" and service != "s3":
        return
    found = errors(model)
    if found:
        yield f"errors {found}"
    if protocol != "json":
        return
    case, irregular, kinds = members(model, conflicts)
    if case == "camel":
        yield "camel"
    if irregular:
        yield "names " + " ".join(f"{prop}={wire}" for prop, wire in sorted(irregular.items()))
    for kind in ("moment", "blob", "map", "verbatim"):
        if kinds[kind]:
            yield f"{kind} " + " ".join(sorted(kinds[kind]))


def main():
    session, conflicts, blocks = get_session(), Counter(), {}
    for name in session.get_available_services():
        found = list(lines(session.get_service_model(name), conflicts))
        blocks[found[0].split()[1]] = found
    for name in RETIRED:
        blocks.setdefault(name, [f"retired {name}"])
    table = Path(__file__).with_name("aws_services.txt")
    head = [f"# Written by make_table.py from botocore {botocore.__version__}. Do not edit."]
    table.write_text("\n".join(head + [line for name in sorted(blocks) for line in blocks[name]]) + "\n")
    print(f"{len(blocks)} services, {table.stat().st_size} bytes; the more frequent one was taken of "
          f"{conflicts['names']} members with two spellings and {conflicts['kinds']} with two kinds")


if __name__ == "__main__":
    main()
