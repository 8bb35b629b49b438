"""The parent of a function version's Python processes: it has imported what bootstrap.py needs, and forks.

It is started in the version's view of the files with the rights to make namespaces. It reads orders from Brink only: no code of the
function is ever loaded here. For each order:

    zygote ── fork ──► maker ── fork ──► keeper ── fork ──► the function
                       makes namespaces   process 1 of       joins its control groups, becomes its user, gives up every right,
                       and mounts, ends   the namespace      sets the filter, and only then runs bootstrap.py

The keeper waits for the function's end and tells Brink. While it lives its namespaces live, and with them /tmp: on Brink's order it forks
the next function. It ends, and everything in its namespaces with it, when Brink ends it or is gone itself.
"""
import array
import ctypes
import fcntl
import gc
import json
import os
import resource
import signal
import socket
import struct
import sys
import types

# What every function needs before its own code: the imports of bootstrap.py, and nothing that a package could bring in its own version.
import importlib
import logging
import time
import traceback

_ORDER_BYTES = 1 << 18
_MAX_FILES = 16

_NEW_NAMESPACE, _NEW_CGROUP, _NEW_UTS, _NEW_IPC, _NEW_USER, _NEW_PID, _NEW_NET = (
    0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)
_READ_ONLY, _NO_SUID, _NO_DEVICES, _NO_EXEC, _REMOUNT, _BIND, _RECURSIVE, _PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
_SET_DUMPABLE, _SET_SECCOMP, _DROP_FROM_BOUNDING_SET, _SET_NO_NEW_PRIVILEGES, _AMBIENT, _CLEAR_AMBIENT = 4, 22, 24, 38, 47, 4
_KILL, _SET_GROUP, _SET_USER, _SET_CAPABILITIES = 5, 6, 7, 8

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mount.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p)
_libc.prctl.argtypes = (ctypes.c_int, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def _check(result, what):
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(f"{what}: {os.strerror(number)}")


def _unshare(flags):
    _check(_libc.unshare(flags), "unshare")


def _mount(source, target, kind=None, flags=0, options=None):
    _check(_libc.mount(source, target, kind, flags, options), f"mount {target.decode()}")


def _prctl(what, first=0, second=0):
    return _libc.prctl(what, first, second, 0, 0)


def _set_capabilities(*kept):
    bits = sum(1 << number for number in kept)
    header = struct.pack("=Ii", 0x20080522, 0)
    data = struct.pack("=IIIIII", bits & 0xFFFFFFFF, bits & 0xFFFFFFFF, 0, bits >> 32, bits >> 32, 0)
    _check(_libc.capset(header, data), "capset")


def _drop_from_bounding_set():
    # Afterwards no exec can give any right; the first number that is no right ends the loop.
    number = 0
    while _prctl(_DROP_FROM_BOUNDING_SET, number) == 0:
        number += 1
    _prctl(_AMBIENT, _CLEAR_AMBIENT)


def _write(path, text):
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, text)
    finally:
        os.close(descriptor)


class _Settings:
    """What holds for all functions of this zygote."""

    def __init__(self, fields):
        self.is_root = fields["isRoot"]
        self.network = fields["network"]
        self.sockets = fields["sockets"].encode()
        self.tmp_bytes = fields["tmpBytes"]
        self.limits = [(getattr(resource, name), value) for name, value in fields["limits"]]
        self.seccomp = bytes.fromhex(fields["filter"]) if fields["filter"] else None
        self.programs = {}
        for path in fields["programs"]:
            self.program(path)

    def program(self, path):
        """The code of a script, compiled once for all."""
        if path not in self.programs:
            with open(path, "rb") as file:
                self.programs[path] = compile(file.read(), path, "exec")
        return self.programs[path]


def _receive(link):
    """An order and the descriptors that came with it; None when Brink is gone."""
    data, ancillary, _, _ = link.recvmsg(_ORDER_BYTES, socket.CMSG_SPACE(_MAX_FILES * 4), socket.MSG_CMSG_CLOEXEC)
    files = array.array("i")
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            files.frombytes(content[:len(content) - len(content) % files.itemsize])
    return (json.loads(data), list(files)) if data else (None, [])


# ---------------------------------------------------------------- the maker and the keeper

# The network of the zygote's children: the zygote's own, one that comes with the order, or one that they make.
_SHARED, _GIVEN, _OWN = "shared", "given", "own"


def _namespaces_given(settings):
    """How many descriptors of namespaces come with an order, before the function's: a network's, and where this is not root its owner's."""
    return 0 if settings.network != _GIVEN else 1 if settings.is_root else 2


def _join(namespaces):
    # Without root, a process gets into a network only from the user namespace that owns it: that comes first.
    for namespace in namespaces:
        _check(_libc.setns(namespace, 0), "setns")
        os.close(namespace)


def _make_namespaces(settings, order, given):
    flags = _NEW_NAMESPACE | _NEW_PID | _NEW_IPC | _NEW_UTS | _NEW_CGROUP
    if settings.network == _OWN:
        flags |= _NEW_NET
    _join(given)
    if settings.is_root:
        _unshare(flags)
    else:
        user, group = os.geteuid(), os.getegid()
        _unshare(flags | _NEW_USER)
        # A namespace of users of its own: the kernel counts processes in each.
        _write("/proc/self/setgroups", b"deny")
        _write("/proc/self/uid_map", b"%d %d 1" % (order["user"], user))
        _write("/proc/self/gid_map", b"%d %d 1" % (order["group"], group))
    _mount(None, b"/", None, _RECURSIVE | _PRIVATE)

    if order["socket"]:
        _mount(settings.sockets + b"/" + order["socket"].encode(), b"/run/brink/api", None, _BIND)
    for path, text in order["files"]:
        # Written in the zygote's own /tmp, which no function sees, and shown in its place.
        written = b"/tmp/%d" % os.getpid()
        descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        os.fchmod(descriptor, 0o644)
        os.write(descriptor, text.encode())
        os.close(descriptor)
        _mount(written, path.encode(), None, _BIND)
        _mount(None, path.encode(), None, _BIND | _REMOUNT | _READ_ONLY | _NO_SUID | _NO_DEVICES)
        os.unlink(written)
    # Over the zygote's own: the sockets of all environments are below it.
    _mount(b"tmpfs", b"/tmp", b"tmpfs", _NO_SUID | _NO_DEVICES, b"mode=1777,size=%d" % settings.tmp_bytes)
    # Terminals would be shared by all children.
    if os.path.isdir("/dev/pts"):
        _mount(b"tmpfs", b"/dev/pts", b"tmpfs", _NO_SUID | _NO_EXEC | _READ_ONLY, b"mode=0755,size=4096")


def _mount_processes():
    _mount(b"proc", b"/proc", b"proc", _NO_SUID | _NO_DEVICES | _NO_EXEC)
    for name in (b"/proc/sys", b"/proc/sysrq-trigger", b"/proc/irq", b"/proc/bus"):
        if os.access(name, os.W_OK):
            _mount(name, name, None, _BIND | _RECURSIVE)
            _mount(None, name, None, _BIND | _REMOUNT | _READ_ONLY | _NO_SUID | _NO_DEVICES | _NO_EXEC)
    # A function may write its own files there, oom_score_adj among them: it keeps what the zygote was given.
    _mount(None, b"/proc", None, _BIND | _REMOUNT | _READ_ONLY | _NO_SUID | _NO_DEVICES | _NO_EXEC)


def _bring_up_loopback():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as any_socket:
        # struct ifreq with IFF_UP | IFF_RUNNING, for SIOCSIFFLAGS.
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh22x", b"lo", 0x41))


def _make(settings, control, order, files):
    """In the maker. The first descriptor is the keeper's link to Brink, then come namespaces to join, the others are the function's."""
    control.close()
    link = socket.socket(fileno=files[0])
    begin = 1 + _namespaces_given(settings)
    try:
        _make_namespaces(settings, order, files[1:begin])
        if os.fork() != 0:
            os._exit(0)
        os.setsid()
        _mount_processes()
        if settings.network == _OWN:
            _bring_up_loopback()
        if not settings.is_root:
            _drop_from_bounding_set()
        # As root it needs these to end a function and to start the next one; as another user it needs none.
        _set_capabilities(*((_KILL, _SET_GROUP, _SET_USER, _SET_CAPABILITIES) if settings.is_root else ()))
        _prctl(_SET_DUMPABLE, 0)
        os.chdir("/")
    except BaseException as error:
        link.send(json.dumps({"failed": str(error)}).encode())
        os._exit(1)
    _Keeper(settings, link).run(order, files[begin:])


class _Keeper:
    def __init__(self, settings, link):
        self._settings = settings
        self._link = link
        self._function = 0
        self._has_ended = True

    def run(self, order, files):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(number, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda *_: self._reap())
        try:
            # The kernel tells Brink which process has sent it.
            self._link.send(b'{"keeper":1}')
            while order is not None:
                if "kill" in order:
                    self._kill_all()
                else:
                    self._start(order, files)
                order, files = _receive(self._link)
        finally:
            # Every process that is left in this namespace dies with its first one.
            os._exit(0)

    def _start(self, order, files):
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
        self._has_ended = False
        self._function = os.fork()
        if self._function == 0:
            _Function(self._settings, self._link, order, files).run()
        for file in files:
            os.close(file)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])

    def _kill_all(self):
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._reap()

    def _reap(self):
        # Also what the function has left behind: the first process inherits it.
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self._function and not self._has_ended:
                self._has_ended = True
                self._end(status)
                return

    def _end(self, status):
        # What the function started ends with it.
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            pass
        while True:
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                break
        self._link.send(json.dumps({"status": status}).encode())


# ---------------------------------------------------------------- the function

class _Function:
    def __init__(self, settings, link, order, files):
        self._settings = settings
        self._link = link
        self._order = order
        self._files = files

    def run(self):
        try:
            path = self._order["arguments"][0]
            program = self._settings.program(path)
            self._become()
            self._link.send(b'{"started":1}')
        except BaseException as error:
            self._link.send(json.dumps({"failed": str(error)}).encode())
            os._exit(1)
        self._link.close()
        os.closerange(3, resource.getrlimit(resource.RLIMIT_NOFILE)[0])

        main = types.ModuleType("__main__")
        main.__file__ = path
        main.__builtins__ = __builtins__
        sys.modules["__main__"] = main
        sys.argv[:] = self._order["arguments"]
        status = 0
        try:
            exec(program, main.__dict__)
        except SystemExit as error:
            status = error.code if isinstance(error.code, int) else 0 if error.code is None else 1
        except BaseException:
            traceback.print_exc()
            status = 1
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status & 0xFF)

    def _become(self):
        settings, order = self._settings, self._order
        for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        os.setsid()
        if not settings.is_root:
            # Else its own /proc/self would not be its own. Nothing that could look at it runs yet.
            _prctl(_SET_DUMPABLE, 1)
        output, *groups = self._files
        os.dup2(output, 1)
        os.dup2(output, 2)
        for group in groups:
            os.write(group, b"0")

        if settings.is_root:
            _drop_from_bounding_set()
            os.setgroups([])
            os.setresgid(order["group"], order["group"], order["group"])
            os.setresuid(order["user"], order["user"], order["user"])
        for limit, value in settings.limits:
            resource.setrlimit(limit, (value, value))
        _set_capabilities()
        # As after an exec: the function's own /proc/self is its own.
        _prctl(_SET_DUMPABLE, 1)
        os.chdir(order["directory"])
        os.environ.clear()
        os.environ.update(order["environment"])
        time.tzset()
        _check(_prctl(_SET_NO_NEW_PRIVILEGES, 1), "no new privileges")
        if settings.seccomp is not None:
            code = ctypes.create_string_buffer(settings.seccomp, len(settings.seccomp))
            program = _Program(len(settings.seccomp) // 8, ctypes.addressof(code))
            _check(_prctl(_SET_SECCOMP, 2, ctypes.addressof(program)), "seccomp")


def _run():
    control = socket.socket(fileno=int(sys.argv[1]))
    fields, _ = _receive(control)
    settings = _Settings(fields)
    # The kernel reaps children; keepers, orphaned when their maker ends, become ours.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    _check(_prctl(36, 1), "child subreaper")
    control.send(b'{"ready":1}')
    gc.collect()
    gc.freeze()
    while True:
        order, files = _receive(control)
        if order is None:
            os._exit(0)
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _make(settings, control, order, files)
        for file in files:
            os.close(file)


if __name__ == "__main__":
    _run()
