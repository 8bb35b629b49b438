"""Row 15, origin response: an error becomes a page of ours, with a number as status."""


def lambda_handler(event, context):
    response = event["Records"][0]["cf"]["response"]
    if int(response["status"]) >= 400:
        response["status"] = 200
        response["statusDescription"] = "OK"
        response["headers"]["content-type"] = [{"value": "text/plain"}]
        response["body"] = "closed for today"
    return response
