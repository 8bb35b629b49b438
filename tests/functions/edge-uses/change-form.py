"""Row 18, viewer request with IncludeBody: the form goes on with a field more."""
import base64
from urllib.parse import parse_qsl, urlencode


def lambda_handler(event, context):
    request = event["Records"][0]["cf"]["request"]
    if request["method"] == "POST":
        form = parse_qsl(base64.b64decode(request["body"]["data"]).decode())
        request["body"].update(action="replace", encoding="text", data=urlencode(form + [("from", request["clientIp"])]))
    return request
