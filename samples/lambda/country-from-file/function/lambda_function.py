"""Viewer request: X-Country, from a list of networks. The list is downloaded to /tmp, used for a day, and looked after when it is older; the one in the
package serves until there is another."""
import http.client
import json
import os
import time
import urllib.error
import urllib.request
from email.utils import formatdate, parsedate_to_datetime

from networks import Networks

HERE = os.path.dirname(__file__)
DOWNLOADED = "/tmp/networks.csv"
with open(os.path.join(HERE, "config.json"), encoding="utf-8") as file:
    CONFIG = json.load(file)


class DataSet:
    """The networks in memory, and where they are from."""

    def __init__(self):
        self._next_try = 0
        self._load()

    def current(self):
        now = time.time()
        if now >= self._next_try and self._age(now) >= CONFIG["max_age_seconds"]:
            # Whatever comes of it: not again with the next request.
            self._next_try = now + CONFIG["pause_seconds"]
            try:
                self._download()
            except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as error:
                print(f"the networks are as before: {error}")
        return self.networks, self.source

    def _load(self):
        # /tmp outlives the process that wrote there, as long as the environment is the same.
        self.source = "tmp" if os.path.exists(DOWNLOADED) else "package"
        self.networks = Networks(DOWNLOADED if self.source == "tmp" else os.path.join(HERE, "networks.csv"))

    def _age(self, now):
        # The file has the server's time of change; when it was last looked after is the time of its last change of any kind.
        return now - os.stat(DOWNLOADED).st_ctime if self.source == "tmp" else float("inf")

    def _download(self):
        request = urllib.request.Request(CONFIG["url"])
        if self.source == "tmp":
            request.add_header("If-Modified-Since", formatdate(os.stat(DOWNLOADED).st_mtime, usegmt=True))
        try:
            with urllib.request.urlopen(request, timeout=CONFIG["timeout_seconds"]) as reply:
                content, modified = reply.read(), reply.headers.get("Last-Modified")
        except urllib.error.HTTPError as error:
            if error.code != 304:
                raise
            before = os.stat(DOWNLOADED)
            os.utime(DOWNLOADED, ns=(before.st_atime_ns, before.st_mtime_ns))
            return
        partly = DOWNLOADED + ".new"
        with open(partly, "wb") as file:
            file.write(content)
        if modified:
            stamp = parsedate_to_datetime(modified).timestamp()
            os.utime(partly, (stamp, stamp))
        # Read before it takes the other's place: half a list is none.
        networks = Networks(partly)
        os.replace(partly, DOWNLOADED)
        self.networks, self.source = networks, "tmp"


DATA = DataSet()


def lambda_handler(event, context):
    request = event["Records"][0]["cf"]["request"]
    networks, source = DATA.current()
    country = networks.country_of(request["clientIp"]) or "ZZ"
    if request["uri"] == "/where":
        return {
            "status": "200",
            "headers": {"content-type": [{"value": "application/json"}], "cache-control": [{"value": "no-store"}]},
            "body": json.dumps({"country": country, "source": source}) + "\n",
        }
    request["headers"]["x-country"] = [{"key": "X-Country", "value": country}]
    return request
