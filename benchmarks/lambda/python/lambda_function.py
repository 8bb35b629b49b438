"""The function of ../node, in Python."""


def lambda_handler(event, context):
    request = event["Records"][0]["cf"]["request"]
    headers = request["headers"]
    cookies = "; ".join(entry["value"] for entry in headers.get("cookie", []))
    headers["x-variant"] = [{"key": "X-Variant", "value": "b" if "variant=b" in cookies else "a"}]
    headers["x-device"] = [{"key": "X-Device", "value": "phone" if "Mobile" in headers["user-agent"][0]["value"] else "desktop"}]
    if request["uri"].endswith("/"):
        request["uri"] += "index.html"
    return request
