"""Row 7, viewer request: who has no session goes to sign in, and comes back to where they were."""
from http.cookies import SimpleCookie
from urllib.parse import quote


def lambda_handler(event, context):
    request = event["Records"][0]["cf"]["request"]
    for line in request["headers"].get("cookie", []):
        if "session" in SimpleCookie(line["value"]):
            return request
    back = quote(f"https://{request['headers']['host'][0]['value']}{request['uri']}?{request['querystring']}", safe="")
    return {"status": "302", "headers": {"location": [{"value": "https://sign-in.example/?back=" + back}]}}
