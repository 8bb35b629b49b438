"""Row 2, origin response: a header gets the entry of another one, whose key is the other's."""


def lambda_handler(event, context):
    response = event["Records"][0]["cf"]["response"]
    if "x-amz-meta-revised" in response["headers"]:
        response["headers"]["x-revised"] = [response["headers"]["x-amz-meta-revised"][0]]
    return response
