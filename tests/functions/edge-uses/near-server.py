"""Row 14, origin request: the server that is near to the viewer. The origin is edited where it stands."""
SERVERS = {"DE": "localhost"}


def lambda_handler(event, context):
    request = event["Records"][0]["cf"]["request"]
    server = SERVERS.get(request["headers"].get("cloudfront-viewer-country", [{"value": None}])[0]["value"])
    if server:
        request["origin"]["custom"]["domainName"] = server
        request["headers"]["host"] = [{"key": "host", "value": server}]
    return request
