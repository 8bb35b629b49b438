"""Says of requests whether they are signed as AWS's own library signs them: for nginx's auth_request, which asks here before it answers.

    /usr/bin/python3 signature-checker.py ACCESS_KEY SECRET_KEY REGION

Prints the port on 127.0.0.1 when it is ready, and ends when its standard input does. The request in question is in X-Original-Method and X-Original-URI,
its Host and its fields are those of the question. Needs Debian's python3-botocore.
"""
import datetime
import http.server
import re
import sys
import threading
import types

# The same signer on every machine: with Debian's python3-awscrt the library would take another one.
sys.modules["awscrt"] = None

import botocore.auth
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

ACCESS_KEY, SECRET_KEY, REGION = sys.argv[1:4]
UNSIGNED = "UNSIGNED-PAYLOAD"
LATEST = datetime.timedelta(minutes=15)


def at(moment):
    class Then(datetime.datetime):
        @classmethod
        def utcnow(cls):
            return moment

    return types.SimpleNamespace(datetime=Then)


def is_signed(method, target, headers):
    authorization = headers.get("Authorization", "")
    signed = re.search("SignedHeaders=([^,]+)", authorization)
    if not signed or not headers.get("X-Amz-Date"):
        return False
    moment = datetime.datetime.strptime(headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ")
    if abs(datetime.datetime.utcnow() - moment) > LATEST:
        return False
    made = ("host", "x-amz-date", "x-amz-content-sha256")
    request = AWSRequest(
        method=method, url="https://" + headers["Host"] + target, data=b"",
        headers={name: headers[name] for name in signed.group(1).split(";") if name not in made})
    request.context = {"client_config": Config(s3={"payload_signing_enabled": headers.get("X-Amz-Content-Sha256") != UNSIGNED})}
    botocore.auth.datetime = at(moment)
    S3SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), "s3", REGION).add_auth(request)
    return request.headers["Authorization"] == authorization


class Checker(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        fine = is_signed(self.headers["X-Original-Method"], self.headers["X-Original-URI"], self.headers)
        self.send_response(204 if fine else 403)
        self.end_headers()

    def log_message(self, *arguments):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Checker)
print(server.server_port, flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
