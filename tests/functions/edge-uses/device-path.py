"""Row 9, origin request: a folder for each kind of device."""


def lambda_handler(event, context):
    request = event["Records"][0]["cf"]["request"]

    def is_kind(kind):
        return request["headers"].get(f"cloudfront-is-{kind}-viewer", [{"value": "false"}])[0]["value"] == "true"

    request["uri"] = "/" + next(filter(is_kind, ("tablet", "mobile", "smarttv")), "desktop") + request["uri"]
    return request
