"""Row 4, a request event: elsewhere."""


def lambda_handler(event, context):
    uri = event["Records"][0]["cf"]["request"]["uri"]
    return {"status": "302", "statusDescription": "Found", "headers": {"location": [{"key": "Location", "value": "https://elsewhere.example" + uri}]}}
