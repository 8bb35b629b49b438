"""Row 10, origin request: with ?archive the object comes from a bucket in place of the configured server."""
from urllib.parse import parse_qs


def lambda_handler(event, context):
    request = event["Records"][0]["cf"]["request"]
    if "archive" in parse_qs(request["querystring"], keep_blank_values=True):
        request["origin"] = {"s3": {"domainName": "archive.s3.amazonaws.com", "region": "", "authMethod": "none", "path": "/2020", "customHeaders": {}}}
        request["headers"]["host"] = [{"key": "host", "value": "archive.s3.amazonaws.com"}]
    return request
