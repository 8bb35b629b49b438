"""Row 11, origin request: the copy of the bucket that is near to the viewer. The origin is edited where it stands."""
REGIONS = {"DE": "eu-central-1", "JP": "ap-northeast-1"}


def lambda_handler(event, context):
    request = event["Records"][0]["cf"]["request"]
    region = REGIONS.get(request["headers"].get("cloudfront-viewer-country", [{"value": None}])[0]["value"])
    if region:
        bucket = request["origin"]["s3"]
        bucket["region"] = region
        bucket["domainName"] = f"site-{region}.s3.{region}.amazonaws.com"
        request["headers"]["host"] = [{"key": "host", "value": bucket["domainName"]}]
    return request
