"""Row 16, origin response: an error leads home, with a number as status and no body."""


def lambda_handler(event, context):
    response = event["Records"][0]["cf"]["response"]
    if int(response["status"]) >= 400:
        response["status"] = 302
        response["statusDescription"] = "Found"
        response["body"] = ""
        response["headers"]["location"] = [{"key": "Location", "value": "/index.html"}]
    return response
