"""Row 8, origin request: the shop of the viewer's country. The answer is cached for each value of the header."""
SHOPS = {"DE": "https://de.shop.example", "FR": "https://fr.shop.example"}


def lambda_handler(event, context):
    request = event["Records"][0]["cf"]["request"]
    country = request["headers"].get("cloudfront-viewer-country", [{"value": None}])[0]["value"]
    if country not in SHOPS:
        return request
    return {"status": "302", "headers": {"location": [{"value": SHOPS[country] + request["uri"]}], "cache-control": [{"value": "max-age=60"}]}}
