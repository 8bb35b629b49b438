"""Row 13, origin request: some of the requests go to the new bucket already."""
import random

SHARE = 1


def lambda_handler(event, context):
    request = event["Records"][0]["cf"]["request"]
    if random.random() < SHARE:
        request["origin"]["s3"]["domainName"] = "new-site.s3.amazonaws.com"
        request["headers"]["host"] = [{"key": "host", "value": "new-site.s3.amazonaws.com"}]
    return request
