"""Runs a command with servers beside it, and ends them with it.

    python3 samples/with.py SERVER... -- COMMAND ARGUMENT...

A SERVER is `echo PORT` (answers with what it was asked), `files PORT FOLDER` (serves a folder), or any command line that prints a line when it is ready.
All of them listen on 127.0.0.1. `npm FOLDER` among them installs what the package-lock.json of that folder asks for, where it is not there yet.
"""
import fcntl
import functools
import http.server
import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading

# Whatever ends this process, SIGKILL included, ends what it started.
TIED = ['setpriv', '--pdeathsig', 'TERM', '--'] if shutil.which('setpriv') else []
# Seconds until a server that is asked to end is made to.
PATIENCE = 5
ENDING = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
AWAITED = {signal.SIGCHLD, *ENDING}


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


def beside(target):
    """Runs it in a thread that takes no signal: one that came there would not wake the thread that waits for it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, AWAITED)
    threading.Thread(target=target, daemon=True).start()
    signal.pthread_sigmask(signal.SIG_SETMASK, before)


def serve(port, handler):
    try:
        server = Server(('127.0.0.1', int(port)), handler)
    except OSError as error:
        sys.exit(f'port {port} of 127.0.0.1 cannot be had: {error.strerror}')
    beside(server.serve_forever)


def install(folder):
    """npm ci, where what the lock file asks for is not there yet."""
    lock, installed = os.path.join(folder, 'package-lock.json'), os.path.join(folder, 'node_modules', '.package-lock.json')
    wanted = os.path.getmtime(lock)
    # Another sample may be at it. The folder is held, not the lock file, which others may want to read meanwhile.
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        if os.path.exists(installed) and os.path.getmtime(installed) >= wanted:
            return
        print(f'installing the npm packages of {folder} ...', file=sys.stderr)
        command = TIED + ['npm', 'ci', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund']
        if subprocess.run(command, stdout=sys.stderr, check=False).returncode:
            sys.exit(f'{folder}: npm could not install what package-lock.json asks for')
    finally:
        os.close(held)


def start(line, processes):
    """One server: a thread here, or one of the processes, which are to be ended."""
    words = shlex.split(line)
    if words[0] == 'echo':
        return serve(words[1], Echo)
    if words[0] == 'files':
        if not os.path.isdir(words[2]):
            sys.exit(f'{words[2]}: no such folder')
        return serve(words[1], functools.partial(Files, directory=words[2]))
    if words[0] == 'npm':
        return install(words[1])
    # In a session of its own: Ctrl-C is for the command, which may still ask it while it ends.
    process = subprocess.Popen(TIED + words, stdout=subprocess.PIPE, env={**os.environ, 'PYTHONUNBUFFERED': '1'}, start_new_session=True)
    processes.append(process)
    ready = process.stdout.readline()
    if not ready:
        sys.exit(f'{line}: ended with {process.wait()} before it was ready')
    sys.stderr.write(ready.decode())
    beside(process.stdout.read)


def end(process):
    """Ends a server with all that it started, and comes back when it is gone."""
    for number in signal.SIGTERM, signal.SIGKILL:
        try:
            os.killpg(process.pid, number)
            process.wait(PATIENCE)
            return
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            pass


def run(words):
    """The command, until it ends. A signal for this process is one for the command, which ends in its own way."""
    command = subprocess.Popen(TIED + words)
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, AWAITED)
        while command.poll() is None:
            got = signal.sigwaitinfo(AWAITED)
            # Ctrl-C on a terminal goes to the command too. A second one would end it at once, with no time for its own end.
            if got.si_signo != signal.SIGCHLD and got.si_code <= 0:
                command.send_signal(got.si_signo)
        return command.returncode if command.returncode >= 0 else 128 - command.returncode
    finally:
        if command.poll() is None:
            command.terminate()
            command.wait()


def main():
    if '--' not in sys.argv[2:-1]:
        sys.exit(__doc__)
    for number in ENDING:
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    at = sys.argv.index('--', 2)
    processes = []
    try:
        for line in sys.argv[1:at]:
            try:
                start(line, processes)
            except (IndexError, ValueError):
                sys.exit(f'{line}: no such server\n{__doc__}')
            except OSError as error:
                sys.exit(f'{line}: {error}')
        return run(sys.argv[at + 1:])
    finally:
        # Nothing comes between a server and its end.
        signal.pthread_sigmask(signal.SIG_BLOCK, AWAITED)
        for process in processes:
            end(process)


sys.exit(main())
