"""Tries to reach addresses on port 80 in every way that a process without rights has, and returns which ways led there."""
import concurrent.futures
import socket
import struct

INTERFACE = "eth0"
PATIENCE = 3


def attempt(way, address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    is_ipv4 = family == socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM if way.startswith("tcp") else socket.SOCK_DGRAM) as opened:
        opened.settimeout(PATIENCE)
        ancillary = []
        index = socket.if_nametoindex(INTERFACE) if INTERFACE in [name for _, name in socket.if_nameindex()] else socket.if_nameindex()[-1][0]
        name = socket.if_indextoname(index).encode()
        if way.endswith("device"):
            opened.setsockopt(socket.SOL_SOCKET, 25, name)  # SO_BINDTODEVICE
        if way.endswith("onlink"):
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_DONTROUTE, 1)
        if way.endswith("unicast"):
            opened.setsockopt(*((0, 50) if is_ipv4 else (41, 76)), struct.pack("!i", index))  # IP_UNICAST_IF, IPV6_UNICAST_IF
        if way.endswith("info"):
            ancillary = [(0, 8, struct.pack("i4s4s", index, bytes(4), bytes(4))) if is_ipv4 else (41, 50, bytes(16) + struct.pack("i", index))]  # IP_PKTINFO, IPV6_PKTINFO
        target = socket.getaddrinfo(address, 80)[0][4]
        if way.startswith("tcp"):
            opened.connect(target)
        else:
            opened.sendmsg([b"hello"], ancillary, 0, target)
        return opened.recv(64).decode() == address


def leads(way, address):
    try:
        return attempt(way, address)
    except OSError:
        return False


def lambda_handler(event, context):
    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        tried = {address: {way: pool.submit(leads, way, address) for way in event["ways"]} for address in event["addresses"]}
    try:
        name = socket.gethostbyname("a-name.example")
    except OSError as failure:
        name = type(failure).__name__
    with open("/proc/1/comm") as first:
        return {"reached": {address: [way for way, led in ways.items() if led.result()] for address, ways in tried.items()}, "name": name, "first": first.read().strip()}
