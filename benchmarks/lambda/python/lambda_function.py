"""The function of ../node, in Python."""


def lambda_handler(event, context):
    request = event["Records"][0]["cf"]["request"]
    request["headers"]["x-fn"] = [{"key": "X-Fn", "value": "1"}]
    return request
