"""Runs a command with servers beside it, and ends them with it.

    python3 samples/with.py SERVER... -- COMMAND ARGUMENT...

A SERVER is `echo PORT` (answers with what it was asked), `files PORT FOLDER` (serves a folder), or any command line that prints a line when it is ready.
All of them listen on 127.0.0.1.
"""
import functools
import http.server
import os
import shlex
import signal
import subprocess
import sys
import threading


class Echo(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def answer(self):
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        lines = [f'127.0.0.1:{self.server.server_address[1]} was asked: {self.command} {self.path}']
        lines += [f'{name}: {value}' for name, value in self.headers.items()]
        reply = ('\n'.join(lines) + '\n').encode('latin-1') + (b'\n' + body if body else b'')
        self.send_response(200)
        self.send_header('Content-Type', 'text/plain')
        self.send_header('Content-Length', str(len(reply)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(reply)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = answer

    def log_message(self, *arguments):
        pass


class Files(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True


def serve(port, handler):
    try:
        server = Server(('127.0.0.1', int(port)), handler)
    except OSError as error:
        sys.exit(f'port {port} of 127.0.0.1 cannot be had: {error.strerror}')
    threading.Thread(target=server.serve_forever, daemon=True).start()


def start(line):
    """One server: a thread here, or a process that is to be ended."""
    words = shlex.split(line)
    if words[0] == 'echo':
        return serve(words[1], Echo)
    if words[0] == 'files':
        return serve(words[1], functools.partial(Files, directory=words[2]))
    process = subprocess.Popen(words, stdout=subprocess.PIPE, env={**os.environ, 'PYTHONUNBUFFERED': '1'}, start_new_session=True)
    ready = process.stdout.readline()
    if not ready:
        sys.exit(f'{line}: ended with {process.wait()} before it was ready')
    sys.stderr.write(ready.decode())
    threading.Thread(target=process.stdout.read, daemon=True).start()
    return process


def main():
    if '--' not in sys.argv[2:-1]:
        sys.exit(__doc__)
    at = sys.argv.index('--', 2)
    processes = []
    try:
        for line in sys.argv[1:at]:
            processes.append(start(line))
        command = subprocess.Popen(sys.argv[at + 1:])
        # Ctrl-C goes to the command too, which ends in its own way; what ends this one ends that one.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: command.terminate())
        return command.wait()
    finally:
        for process in filter(None, processes):
            try:
                os.killpg(process.pid, signal.SIGTERM)
            except ProcessLookupError:
                pass


sys.exit(main())
