"""Origin request: /status is a page made here, from a template; X-Version chooses a folder of the origin."""
import html
import os
import re
from string import Template

# Loaded with the environment, not for each request.
with open(os.path.join(os.path.dirname(__file__), "status.html"), encoding="utf-8") as file:
    PAGE = Template(file.read())

VERSION = re.compile(r"^v[0-9]+$")


def lambda_handler(event, context):
    request = event["Records"][0]["cf"]["request"]
    version = request["headers"].get("x-version", [{"value": "v1"}])[0]["value"]
    if request["uri"] == "/status":
        return {
            "status": "200",
            "headers": {
                "content-type": [{"key": "Content-Type", "value": "text/html; charset=utf-8"}],
                "cache-control": [{"key": "Cache-Control", "value": "max-age=5"}],
            },
            "body": PAGE.substitute(version=html.escape(version), function=html.escape(context.function_name)),
        }
    request["uri"] = "/" + (version if VERSION.match(version) else "v1") + request["uri"]
    return request
