"""Brink's runtime client for Python 3.9 and later: loads the handler, asks the Runtime API for events, posts answers.

Standard library only. Everything before Runtime.run() is the same for every function, so that a process that has come this far could be
forked for one.
"""
import importlib
import json
import logging
import os
import socket
import sys
import time
import traceback

_QUESTION = b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: brink\r\n\r\n"
_dumps, _loads, _time = json.dumps, json.loads, time.time


class _CognitoIdentity:
    __slots__ = ("cognito_identity_id", "cognito_identity_pool_id")

    def __init__(self, fields):
        self.cognito_identity_id = fields.get("cognitoIdentityId")
        self.cognito_identity_pool_id = fields.get("cognitoIdentityPoolId")

    def __repr__(self):
        return f"CognitoIdentity([cognito_identity_id={self.cognito_identity_id},cognito_identity_pool_id={self.cognito_identity_pool_id}])"


class _Client:
    __slots__ = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")

    def __init__(self, fields):
        for name in self.__slots__:
            setattr(self, name, fields.get(name))


class _ClientContext:
    __slots__ = ("custom", "env", "client")

    def __init__(self, fields):
        self.custom = fields.get("custom")
        self.env = fields.get("env")
        self.client = _Client(fields["client"]) if isinstance(fields.get("client"), dict) else None


class LambdaContext:
    """What the handler gets as its second argument."""

    def __init__(self, request_id, arn, deadline_ms, client_context, cognito_identity):
        env = os.environ
        self.aws_request_id = request_id
        self.log_group_name = env.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = env.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = env.get("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = env.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = env.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = arn
        self.tenant_id = None
        self.client_context = _ClientContext(_loads(client_context)) if client_context else None
        self.identity = _CognitoIdentity(_loads(cognito_identity) if cognito_identity else {})
        self._deadline_ms = deadline_ms

    def get_remaining_time_in_millis(self):
        return max(0, int(self._deadline_ms - _time() * 1000))

    def log(self, message):
        sys.stdout.write(str(message))
        sys.stdout.flush()

    def __repr__(self):
        names = ("aws_request_id", "log_group_name", "log_stream_name", "function_name", "memory_limit_in_mb", "function_version",
                 "invoked_function_arn", "client_context", "identity", "tenant_id")
        return f"LambdaContext([{','.join(f'{name}={getattr(self, name)}' for name in names)}])"


class _Fault(Exception):
    """A failure of loading, under the name that Lambda gives it."""

    def __init__(self, error_type, message, stack=()):
        super().__init__(message)
        self.error_type = error_type
        self.stack = list(stack)


# ---------------------------------------------------------------- logging

_request_id = ""


class _RequestIdFilter(logging.Filter):
    def filter(self, record):
        record.aws_request_id = _request_id
        return True


class _JsonFormatter(logging.Formatter):
    def format(self, record):
        line = {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "requestId": _request_id,
        }
        if record.exc_info:
            line["errorType"] = record.exc_info[0].__name__
            line["errorMessage"] = str(record.exc_info[1])
            line["stackTrace"] = [entry for entry in traceback.format_tb(record.exc_info[2])]
        return _dumps(line, default=str, ensure_ascii=False)


def _configure_logging():
    handler = logging.StreamHandler(sys.stdout)
    if os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON":
        handler.setFormatter(_JsonFormatter())
        level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "INFO").upper()
        logging.root.setLevel({"TRACE": logging.DEBUG, "FATAL": logging.CRITICAL}.get(level, getattr(logging, level, logging.INFO)))
    else:
        formatter = logging.Formatter("[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n", "%Y-%m-%dT%H:%M:%S")
        formatter.converter = time.gmtime
        handler.terminator = ""
        handler.setFormatter(formatter)
    handler.addFilter(_RequestIdFilter())
    logging.root.addHandler(handler)


def _log_error(error_type, message, stack):
    # One log entry: its lines end in \r, and are indented with what readers of logs do not trim.
    first = f"[ERROR] {error_type}: {message}" if message else f"[ERROR] {error_type}"
    lines = first.split("\n")
    if stack:
        lines.append("Traceback (most recent call last):")
        for entry in stack:
            lines.extend(entry.rstrip("\n").split("\n"))
    text = "\r".join(_unbreakable(line) for line in lines)
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _unbreakable(line):
    bare = line.lstrip(" ")
    return "\u00a0" * (len(line) - len(bare)) + bare


# ---------------------------------------------------------------- results

def _encode_other(value):
    decimal = sys.modules.get("decimal")
    if decimal is not None and isinstance(value, decimal.Decimal):
        return float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


# From python3.12 on, Lambda no longer escapes what is not ASCII.
_ASCII_ONLY = os.environ.get("AWS_EXECUTION_ENV", "") in ("AWS_Lambda_python3.9", "AWS_Lambda_python3.10", "AWS_Lambda_python3.11")


def _to_json(value):
    try:
        return _dumps(value, default=_encode_other, ensure_ascii=_ASCII_ONLY)
    except Exception as error:
        raise _Fault("Runtime.MarshalError", f"Unable to marshal response: {error}") from None


def _error_json(error_type, message, request_id, stack):
    return _dumps({"errorMessage": message, "errorType": error_type, "requestId": request_id, "stackTrace": stack})


def _stack_of(error, skip):
    frames = traceback.extract_tb(error.__traceback__)[skip:]
    return traceback.format_list(frames)


# ---------------------------------------------------------------- the debugger

def _open_debugger(port, waits):
    try:
        import debugpy
    except ImportError:
        raise _Fault("Runtime.ImportModuleError",
                     "a debugger for Python needs debugpy: install it (Debian: apt-get install python3-debugpy), "
                     "or put it into the package (pip install --target DIR debugpy)") from None
    debugpy.listen(("127.0.0.1", port))
    if waits:
        debugpy.wait_for_client()


# ---------------------------------------------------------------- the handler

def _load_handler(text):
    try:
        module_name, function_name = text.rsplit(".", 1)
    except ValueError:
        raise _Fault("Runtime.MalformedHandlerName", f"Bad handler '{text}': not enough values to unpack (expected 2, got 1)") from None
    module_name = module_name.replace("/", ".")
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise _Fault("Runtime.BuiltInModuleConflict", f"Cannot use built-in module {module_name} as a handler module")
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise _Fault("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}") from None
    except SyntaxError as error:
        place = [f'  File "{error.filename}" Line {error.lineno}\n    {(error.text or "").strip()}\n']
        raise _Fault("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}", place) from None
    try:
        return getattr(module, function_name)
    except AttributeError:
        raise _Fault("Runtime.HandlerNotFound", f"Handler '{function_name}' missing on module '{module_name}'") from None


class _Connection:
    """HTTP over one socket, without more of HTTP than Brink speaks."""

    def __init__(self):
        path = os.environ.pop("BRINK_RUNTIME_API_SOCKET", None)
        if path:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._socket.connect(path)
        else:
            host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
            self._socket = socket.create_connection((host, int(port)))
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._held = b""

    def ask(self):
        self._socket.sendall(_QUESTION)

    def post(self, target, text, extra="", asks=True):
        body = text.encode("utf-8", "surrogatepass") if not text.isascii() else text.encode("ascii")
        head = (f"POST /2018-06-01/runtime/{target} HTTP/1.1\r\nHost: brink\r\nContent-Type: application/json\r\n"
                f"{extra}Content-Length: {len(body)}\r\n\r\n")
        # The answer and the question for the next event go out in one piece; the replies to both come back in one.
        self._socket.sendall(b"".join((head.encode("ascii", "replace"), body, _QUESTION if asks else b"")))

    def receive(self):
        """The next answer that brings an event: its headers and its body."""
        while True:
            headers, body = self._read_answer()
            if b"Lambda-Runtime-Aws-Request-Id" in headers:
                return headers, body

    def _read_answer(self):
        held = self._held
        while (end := held.find(b"\r\n\r\n")) < 0:
            held += self._read()
        headers = dict(line.split(b": ", 1) for line in held[:end].split(b"\r\n")[1:] if b": " in line)
        start = end + 4
        size = start + int(headers.get(b"Content-Length", b"0"))
        if len(held) < size:
            pieces = [held]
            missing = size - len(held)
            while missing > 0:
                piece = self._read()
                pieces.append(piece)
                missing -= len(piece)
            held = b"".join(pieces)
        self._held = held[size:]
        return headers, held[start:size]

    def _read(self):
        data = self._socket.recv(65536)
        if not data:
            os._exit(0)     # without Brink there is no work
        return data


class Runtime:
    def __init__(self):
        self._connection = _Connection()

    def run(self):
        global _request_id
        connection = self._connection
        root = os.environ["LAMBDA_TASK_ROOT"]
        sys.path[0:1] = [root]
        port = os.environ.pop("BRINK_DEBUG_PORT", None)
        waits = os.environ.pop("BRINK_DEBUG_WAITS", "0")
        try:
            if port is not None:
                _open_debugger(int(port), waits == "1")
            handler = _load_handler(os.environ.get("_HANDLER", ""))
        except _Fault as fault:
            self._fail_init(fault.error_type, str(fault), fault.stack)
        except SystemExit as error:
            sys.stdout.flush()
            os._exit(error.code if isinstance(error.code, int) else 0 if error.code is None else 1)
        except BaseException as error:
            # The first frames are ours and importlib's.
            frames = [entry for entry in traceback.extract_tb(error.__traceback__)
                      if entry.filename != __file__ and not entry.filename.startswith("<frozen importlib")
                      and not entry.filename.endswith("/importlib/__init__.py")]
            self._fail_init(type(error).__name__, str(error), traceback.format_list(frames))

        connection.ask()
        while True:
            headers, body = connection.receive()
            request_id = headers[b"Lambda-Runtime-Aws-Request-Id"].decode("ascii")
            _request_id = request_id
            trace_id = headers.get(b"Lambda-Runtime-Trace-Id")
            if trace_id:
                os.environ["_X_AMZN_TRACE_ID"] = trace_id.decode("ascii")
            try:
                text = self._answer(handler, request_id, headers, body)
                target = f"invocation/{request_id}/response"
            except _Fault as fault:
                _log_error(fault.error_type, str(fault), fault.stack)
                text, target = _error_json(fault.error_type, str(fault), request_id, fault.stack), f"invocation/{request_id}/error"
            except SystemExit as error:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(error.code if isinstance(error.code, int) else 0 if error.code is None else 1)
            except BaseException as error:
                error_type, message, stack = type(error).__name__, str(error), _stack_of(error, skip=2)
                _log_error(error_type, message, stack)
                text, target = _error_json(error_type, message, request_id, stack), f"invocation/{request_id}/error"
            connection.post(target, text)

    @staticmethod
    def _answer(handler, request_id, headers, body):
        try:
            event = _loads(body)
        except ValueError as error:
            raise _Fault("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from None
        context = LambdaContext(
            request_id,
            headers.get(b"Lambda-Runtime-Invoked-Function-Arn", b"").decode("utf-8"),
            int(headers.get(b"Lambda-Runtime-Deadline-Ms", b"0")),
            headers.get(b"Lambda-Runtime-Client-Context"),
            headers.get(b"Lambda-Runtime-Cognito-Identity"))
        return _to_json(handler(event, context))

    def _fail_init(self, error_type, message, stack):
        _log_error(error_type, message, stack)
        header = f"Lambda-Runtime-Function-Error-Type: {error_type}\r\n"
        self._connection.post("init/error", _error_json(error_type, message, "", stack), header, asks=False)
        self._connection._read_answer()
        os._exit(1)


if __name__ == "__main__":
    # This module is the main one; user code that imports "bootstrap" gets its own.
    _configure_logging()
    Runtime().run()
