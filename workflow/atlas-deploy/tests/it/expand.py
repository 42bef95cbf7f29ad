"""Prints a SAM template twice: as YAML reads it, and as the SAM translator expands it.

    python expand.py template.yaml
"""

import json
import sys

from cfnlint.decode import decode
from samtranslator.translator.transform import transform


class NoManagedPolicies:
    """Roles of our own need no policy of AWS's, of which the translator would ask IAM."""

    def load(self):
        return {}


def uploaded(template):
    """As `sam package` leaves it: files of this machine are objects in a bucket."""
    for resource in template["Resources"].values():
        for field in ("CodeUri", "DefinitionUri"):
            if field in resource["Properties"]:
                resource["Properties"][field] = "s3://bucket/" + resource["Properties"][field]
    return template


path = sys.argv[1]
read, problems = decode(path)
assert not problems, problems
read = json.loads(json.dumps(read))
parameters = {name: "given" for name, one in read["Parameters"].items() if "Default" not in one}
expanded = transform(uploaded(json.loads(json.dumps(read))), parameters, NoManagedPolicies())
json.dump({"read": read, "expanded": expanded}, sys.stdout)
