"""Row 3, a request event: a page without an origin."""


def lambda_handler(event, context):
    return {
        "status": "200",
        "statusDescription": "OK",
        "headers": {
            "content-type": [{"key": "Content-Type", "value": "text/html; charset=utf-8"}],
            "cache-control": [{"key": "Cache-Control", "value": "max-age=60"}],
        },
        "body": "<!doctype html><title>Café</title>",
    }
