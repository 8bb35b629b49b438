"""
Prints one JSON object: for each operation given as SERVICE:OPERATION, what the aws command line would print if every member of the answer
were there. Texts, numbers and times are null, lists have one item, and what a name in the second argument stands for has that value.
"""
import json
import sys

import botocore.session


def sample(shape, values, seen=()):
    if shape.type_name == "structure":
        if shape.name in seen:
            return {}
        return {name: values.get(name, sample(member, values, seen + (shape.name,))) for name, member in shape.members.items()}
    if shape.type_name == "list":
        return [sample(shape.member, values, seen)]
    return {} if shape.type_name == "map" else None


session = botocore.session.get_session()
values = json.loads(sys.argv[1])
print(json.dumps({
    operation: sample(session.get_service_model(operation.split(":")[0]).operation_model(operation.split(":")[1]).output_shape, values)
    for operation in sys.argv[2:]
}))
