"""Services on addresses: port 80 of each says the address, over TCP and UDP; port 53 is a name server that knows one address for every name."""
import socket
import sys
import threading


def open_socket(address, port, kind):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    opened = socket.socket(family, kind)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    opened.bind((address, port))
    return opened


def say_tcp(listener, address):
    while True:
        connection, _ = listener.accept()
        connection.sendall(address.encode())
        connection.close()


def say_udp(opened, address):
    while True:
        _, sender = opened.recvfrom(512)
        opened.sendto(address.encode(), sender)


def answer(query):
    end = query.index(b"\0", 12) + 5
    question = query[12:end]
    if question[-4:-2] != b"\0\1":  # an A record is all there is
        return query[:2] + b"\x81\x80\0\1\0\0\0\0\0\0" + question
    return query[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + question + b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + socket.inet_aton("203.0.113.10")


def name_udp(opened):
    while True:
        query, sender = opened.recvfrom(512)
        opened.sendto(answer(query), sender)


for each in sys.argv[1:]:
    listener = open_socket(each, 80, socket.SOCK_STREAM)
    listener.listen()
    threading.Thread(target=say_tcp, args=(listener, each)).start()
    threading.Thread(target=say_udp, args=(open_socket(each, 80, socket.SOCK_DGRAM), each)).start()
    threading.Thread(target=name_udp, args=(open_socket(each, 53, socket.SOCK_DGRAM),)).start()
print("ready", flush=True)
