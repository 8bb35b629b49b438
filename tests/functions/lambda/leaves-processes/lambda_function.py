"""Leaves processes behind in every way there is, each with the word of the request in its command line, and stays busy."""
import os
import subprocess
import time

SLEEP = "import sys, time; print('up', flush=True); time.sleep(1000)"


def lambda_handler(event, context):
    word = event["Records"][0]["cf"]["request"]["uri"].strip("/")
    command = ["/usr/bin/python3", "-c", SLEEP, word]
    subprocess.Popen(command)
    subprocess.Popen(["/bin/sh", "-c", "trap '' TERM HUP INT; \"$@\"", "sh", *command])
    subprocess.Popen(command, start_new_session=True)
    if os.fork() == 0:
        # As daemons do: the child of no shell, in a session of its own.
        os.setsid()
        if os.fork() == 0:
            os.execv(command[0], command)
        os._exit(0)
    time.sleep(1000)
