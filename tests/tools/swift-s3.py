"""A real server that speaks S3 and checks every signature: OpenStack Swift with its S3 interface, whole, in one process, for tests.

    /usr/bin/python3 swift-s3.py FOLDER ACCESS_KEY SECRET_KEY [BUCKET...]

Prints the port of the S3 interface on 127.0.0.1 when it is ready, and ends when its standard input does. FOLDER is empty and belongs to it. An access key
has a colon in it, user:name, as Swift wants it. Needs Debian's python3-swift and python3-botocore.
"""
import eventlet

eventlet.monkey_patch()

import os
import sys

# The same signer on every machine: with Debian's python3-awscrt the library would take another one.
sys.modules["awscrt"] = None

import botocore.session
import eventlet.wsgi
from botocore.config import Config
from paste.deploy import loadapp
from swift.common import utils
from swift.common.ring import RingBuilder

PROXY = """
[DEFAULT]
swift_dir = {folder}
[pipeline:main]
pipeline = catch_errors remembering s3api tempauth proxy-server
[app:proxy-server]
use = egg:swift#proxy
allow_account_management = true
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:remembering]
paste.filter_factory = __main__:remembering
[filter:s3api]
use = egg:swift#s3api
location = eu-central-1
storage_domain = localhost
[filter:tempauth]
use = egg:swift#tempauth
user_{user} = {secret} .admin
"""

STORE = """
[DEFAULT]
devices = {folder}/devices
mount_check = false
fallocate_reserve = 0
disable_fallocate = true
[app:main]
use = egg:swift#{kind}
"""


class Memory:
    """What Swift keeps in memcached, of which it wants to know nothing after the process."""

    def __init__(self):
        self.values = {}

    def get(self, key, *args, **kwargs):
        return self.values.get(key)

    def set(self, key, value, *args, **kwargs):
        self.values[key] = value

    def delete(self, key, *args, **kwargs):
        self.values.pop(key, None)


def remembering(global_conf, **local_conf):
    memory = Memory()

    def filter(app):
        def call(env, start_response):
            env["swift.cache"] = memory
            return app(env, start_response)
        return call
    return filter


class Log:
    def write(self, text):
        sys.stderr.write(text)


def listen():
    return eventlet.listen(("127.0.0.1", 0))


def serve(socket, path):
    app = loadapp("config:" + path)
    eventlet.spawn(eventlet.wsgi.server, socket, app, log=Log(), log_output=False, keepalive=True)


def write(path, text):
    with open(path, "w") as file:
        file.write(text)
    return path


def ring(folder, kind, port):
    builder = RingBuilder(1, 1, 0)
    builder.add_dev({"id": 0, "region": 1, "zone": 1, "ip": "127.0.0.1", "port": port, "device": "d1", "weight": 1.0})
    builder.rebalance()
    builder.get_ring().save(os.path.join(folder, kind + ".ring.gz"))


def main():
    folder, access_key, secret, *buckets = sys.argv[1:]
    utils.HASH_PATH_PREFIX, utils.HASH_PATH_SUFFIX = b"", b"tests"
    os.makedirs(os.path.join(folder, "devices", "d1"))
    stores = {kind: listen() for kind in ("account", "container", "object")}
    for kind, socket in stores.items():
        ring(folder, kind, socket.getsockname()[1])
    for kind, socket in stores.items():
        serve(socket, write(os.path.join(folder, kind + ".conf"), STORE.format(folder=folder, kind="mem_object" if kind == "object" else kind)))
    proxy = listen()
    serve(proxy, write(os.path.join(folder, "proxy.conf"), PROXY.format(folder=folder, user=access_key.replace(":", "_"), secret=secret)))
    port = proxy.getsockname()[1]
    client = botocore.session.get_session().create_client(
        "s3", region_name="eu-central-1", endpoint_url=f"http://127.0.0.1:{port}", aws_access_key_id=access_key, aws_secret_access_key=secret,
        config=Config(s3={"addressing_style": "path"}))
    for bucket in buckets:
        client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    print(port, flush=True)
    # A thread of the system: the end of standard input ends everything, whatever is at work.
    eventlet.patcher.original("threading").Thread(target=wait_for_end, daemon=True).start()
    while True:
        eventlet.sleep(3600)


def wait_for_end():
    while eventlet.patcher.original("os").read(0, 1024):
        pass
    os._exit(0)


main()
