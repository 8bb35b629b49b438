"""Row 5, origin request: the parameter auth becomes a header and leaves the query. Without it the header has no value, which is a mistake of this function."""
from urllib.parse import parse_qs, urlencode


def lambda_handler(event, context):
    request = event["Records"][0]["cf"]["request"]
    query = parse_qs(request["querystring"], keep_blank_values=True)
    request["headers"]["x-auth"] = [{"key": "X-Auth", "value": query.pop("auth", [None])[0]}]
    request["querystring"] = urlencode(query, doseq=True)
    return request
