"""Row 1, viewer request: an arm by cookie, else by dice, one of four gets the second."""
import random


def lambda_handler(event, context):
    request = event["Records"][0]["cf"]["request"]
    cookies = [pair.strip() for line in request["headers"].get("cookie", []) for pair in line["value"].split(";")]
    arm = next((arm for arm in ("second", "first") if f"arm={arm}" in cookies), None) or random.choices(["first", "second"], [75, 25])[0]
    request["uri"] = f"/max-age/60/{arm}"
    return request
