"""Origin request: what has moved, by a table in the package. A redirect made here is cached: the function runs once for each path."""
import csv
import os

HERE = os.path.dirname(__file__)


def read_table():
    """Exact paths, and prefixes (written with a star) with the longest first."""
    exact, prefixes = {}, []
    with open(os.path.join(HERE, "redirects.csv"), encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["from"].endswith("*"):
                prefixes.append((row["from"][:-1], row["to"], row["status"]))
            else:
                exact[row["from"]] = (row["to"], row["status"])
    return exact, sorted(prefixes, key=lambda prefix: len(prefix[0]), reverse=True)


# Read with the environment, not for each request.
EXACT, PREFIXES = read_table()


def lambda_handler(event, context):
    request = event["Records"][0]["cf"]["request"]
    target, status = find(request["uri"])
    if target is None:
        return request
    return {
        "status": status,
        "headers": {
            "location": [{"key": "Location", "value": target}],
            "cache-control": [{"key": "Cache-Control", "value": "max-age=3600"}],
        },
    }


def find(uri):
    if uri in EXACT:
        return EXACT[uri]
    for prefix, target, status in PREFIXES:
        if uri.startswith(prefix):
            return target.replace("*", uri[len(prefix):]), status
    return None, None
