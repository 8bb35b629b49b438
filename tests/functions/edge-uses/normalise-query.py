"""Row 6, viewer request: one spelling for every query."""
from urllib.parse import parse_qsl, urlencode


def lambda_handler(event, context):
    request = event["Records"][0]["cf"]["request"]
    request["querystring"] = urlencode(sorted(parse_qsl(request["querystring"].lower(), keep_blank_values=True)))
    return request
