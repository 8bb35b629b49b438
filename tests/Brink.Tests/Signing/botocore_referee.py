"""What AWS's own library sends for a list of requests, read as JSON from standard input: its target and its Authorization, at a moment that is given."""
import datetime
import json
import sys
import types
from urllib.parse import urlsplit

# Where Debian's python3-awscrt is installed the library signs with that, at its own time of day: the signer here is always the one in Python.
sys.modules["awscrt"] = None

import botocore.auth
import botocore.session
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials


class Caught(Exception):
    pass


def frozen(moment):
    class Frozen(datetime.datetime):
        @classmethod
        def utcnow(cls):
            return datetime.datetime.strptime(moment, "%Y%m%dT%H%M%SZ")
    return Frozen


def of_key(case):
    """The whole client: it is given a key, and spells and signs the request itself."""
    client = botocore.session.get_session().create_client(
        "s3", region_name=case["region"], endpoint_url="https://s3.test", aws_access_key_id=case["id"], aws_secret_access_key=case["secret"],
        aws_session_token=case.get("token"), config=Config(s3={"addressing_style": "path"}))
    caught = []

    def catch(request, **kwargs):
        caught.append(request)
        raise Caught()

    client.meta.events.register("before-send.s3", catch)
    try:
        client.get_object(Bucket=case["bucket"], Key=case["key"], **case.get("parameters", {}))
    except Caught:
        pass
    url = urlsplit(caught[0].url)
    authorization = caught[0].headers["Authorization"]
    return {
        "target": url.path + ("?" + url.query if url.query else ""),
        "authorization": authorization.decode() if isinstance(authorization, bytes) else authorization,
    }


def of_request(case):
    """The signer alone, over a target and headers as they are."""
    request = AWSRequest(method=case["method"], url="https://" + case["host"] + case["target"], headers=case["headers"], data=b"x" if case["hasBody"] else b"")
    request.context = {"client_config": Config(s3={"payload_signing_enabled": not case["hasBody"]})}
    S3SigV4Auth(Credentials(case["id"], case["secret"], case.get("token")), "s3", case["region"]).add_auth(request)
    return {"target": case["target"], "authorization": request.headers["Authorization"]}


def answer(case):
    botocore.auth.datetime = types.SimpleNamespace(datetime=frozen(case["moment"]))
    return of_key(case) if "key" in case else of_request(case)


json.dump([answer(case) for case in json.load(sys.stdin)], sys.stdout)
