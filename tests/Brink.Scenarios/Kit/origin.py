"""The origin of the scenarios: a real HTTP/1.1 server in a process of its own that remembers what it was asked.

/status/404        answers with that status
/max-age/60        answers with Cache-Control: max-age=60
/slow/2            answers after so many seconds
/_seen             what was asked since the last /_seen, as JSON: [{method, target, headers}]
/revised/2020       answers with X-Amz-Meta-Revised: 2020
anything else      200 and a short page
"""
import http.server
import json
import sys
import threading
import time

seen, lock = [], threading.Lock()


class Origin(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def answer(self):
        length = int(self.headers.get('Content-Length') or 0)
        body = self.rfile.read(length)
        if self.path == '/_seen':
            with lock:
                reply, seen[:] = json.dumps(seen).encode(), []
            return self.reply(200, reply, {'Content-Type': 'application/json', 'Cache-Control': 'no-store'})
        with lock:
            seen.append({'method': self.command, 'target': self.path, 'headers': dict(self.headers.items()), 'body': body.decode('latin-1')})
        parts = self.path.split('?')[0].split('/')
        if parts[1] == 'status':
            return self.reply(int(parts[2]), b'status', {})
        if parts[1] == 'max-age':
            return self.reply(200, b'kept', {'Cache-Control': 'max-age=' + parts[2]})
        if parts[1] == 'revised':
            return self.reply(200, b'revised', {'X-Amz-Meta-Revised': parts[2]})
        if parts[1] == 'slow':
            time.sleep(float(parts[2]))
        self.reply(200, b'<p>from the origin</p>\n', {'Content-Type': 'text/html'})

    def reply(self, status, body, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = answer

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True


server = Server(('127.0.0.1', 0), Origin)
print(server.server_address[1], flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), server.shutdown()), daemon=True).start()  # ends with its parent
server.serve_forever()
