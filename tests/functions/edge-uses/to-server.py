"""Row 12, origin request: a server in place of the bucket, with all that a server needs."""


def lambda_handler(event, context):
    request = event["Records"][0]["cf"]["request"]
    request["origin"] = {
        "custom": {
            "domainName": "localhost", "port": 3000, "protocol": "http", "path": "/app", "sslProtocols": ["TLSv1", "TLSv1.1"], "readTimeout": 5,
            "keepaliveTimeout": 5, "customHeaders": {"x-from": [{"key": "X-From", "value": "edge"}]},
        }
    }
    request["headers"]["host"] = [{"key": "host", "value": "app.example"}]
    return request
