"""Row 17, viewer request with IncludeBody: the fields of a form are looked at, and the form goes on as it is."""
import base64
from urllib.parse import parse_qs


def lambda_handler(event, context):
    request = event["Records"][0]["cf"]["request"]
    if request["method"] == "POST":
        form = parse_qs(base64.b64decode(request["body"]["data"]).decode())
        request["headers"]["x-fields"] = [{"key": "X-Fields", "value": ",".join(form)}]
    return request
