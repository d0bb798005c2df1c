#!/usr/bin/python3
"""Somebody on the network between a real Ceph client and a daemon, or a stranger to the daemon.

  man_in_the_middle.py relay EDIT LISTEN-PORT DAEMON-PORT   relays msgr v2, edits frames on their way
  man_in_the_middle.py replay FILE DAEMON-PORT              plays again what a client said (relay none)
  man_in_the_middle.py early TAG DAEMON-PORT                a frame of that tag before authentication
  man_in_the_middle.py flood COUNT DAEMON-PORT              handshakes that go no further, kept open

EDIT: none (RECORD names a file for what the client says), banner, hello, modes, mode, proof.
Prints "ready" once it listens, or has done its part; what ends the connection is printed, too.
"""

import os
import socket
import struct
import sys
import threading

CRC, SECURE = 1, 2
HELLO, AUTH_REQUEST, AUTH_DONE, AUTH_MORE = 1, 2, 6, 5
BANNER = b"ceph v2\n" + struct.pack("<HQQ", 16, 1, 0)


def crc32c(data, crc):
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc


def frame(tag, payload):
    """A control frame of 2.1, not encrypted."""
    head = struct.pack("<BBIH", tag, 1, len(payload), 8) + bytes(20)
    return head + struct.pack("<I", crc32c(head, 0)) + payload + (
        struct.pack("<I", crc32c(payload, 0xFFFFFFFF)) if payload else b"")


def read_exactly(sock, size):
    data = b""
    while len(data) < size:
        more = sock.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def read_frame(sock):
    head = read_exactly(sock, 32)
    tag, size = head[0], struct.unpack_from("<I", head, 2)[0]
    payload = read_exactly(sock, size)
    read_exactly(sock, 4 if size else 0)
    return tag, payload


def edited(edit, to_daemon, tag, payload):
    if edit == "hello" and tag == HELLO:
        # Another port is told to whom it is said.
        return payload[:-13] + bytes([payload[-13] ^ 1]) + payload[-12:]
    if edit == "modes" and tag == AUTH_REQUEST and to_daemon:
        method, count = struct.unpack_from("<II", payload)
        return struct.pack("<III", method, 1, CRC) + payload[8 + 4 * count:]
    if edit == "mode" and tag == AUTH_DONE and not to_daemon:
        return payload[:8] + struct.pack("<I", CRC) + payload[12:]
    if edit == "proof" and tag == AUTH_MORE and to_daemon:
        # A length, the kind of request, its version, the client's challenge; then the proof.
        return payload[:15] + bytes([payload[15] ^ 1]) + payload[16:]
    return payload


def relay_one_way(edit, to_daemon, source, sink, record):
    """Banner and frames up to AUTH_DONE are looked at; what follows passes as it is."""
    try:
        banner = read_exactly(source, len(BANNER))
        if edit == "banner":
            banner = banner[:10] + bytes(8) + banner[18:]
        sink.sendall(banner)
        record.append(banner)
        plain = edit != "banner"  # frames of 2.0 are laid out differently
        while plain:
            tag, payload = read_frame(source)
            out = frame(tag, edited(edit, to_daemon, tag, payload))
            sink.sendall(out)
            record.append(out)
            # The client says nothing in the clear after its proof.
            plain = tag not in (AUTH_DONE, AUTH_MORE)
        while True:
            data = source.recv(65536)
            if not data:
                break
            sink.sendall(data)
    except (EOFError, OSError):
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def relay(edit, port, daemon_port):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen()
    print("ready", flush=True)
    while True:
        client, _ = listener.accept()
        daemon = socket.create_connection(("127.0.0.1", daemon_port))
        record, ignored = [], []
        threads = [
            threading.Thread(target=relay_one_way, args=(edit, True, client, daemon, record)),
            threading.Thread(target=relay_one_way, args=(edit, False, daemon, client, ignored)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if "RECORD" in os.environ and any(said[0] == AUTH_MORE for said in record):
            with open(os.environ["RECORD"], "wb") as file:
                file.write(b"".join(record))


def until_closed(sock):
    sock.settimeout(30)
    try:
        while sock.recv(65536):
            pass
    except ConnectionError:
        pass
    print("closed", flush=True)


def main():
    what, argument, port = sys.argv[1], sys.argv[2], int(sys.argv[-1])
    if what == "relay":
        relay(argument, int(sys.argv[3]), port)
    elif what == "flood":
        flood = []
        for i in range(int(argument)):
            flood.append(socket.create_connection(("127.0.0.1", port)))
            if i % 2:
                flood[-1].sendall(BANNER)
        print("ready", flush=True)
        sys.stdin.read()
    elif what == "early":
        sock = socket.create_connection(("127.0.0.1", port))
        hello = struct.pack("<B", 8) + bytes.fromhex("0101010c000000") + bytes(12)
        sock.sendall(BANNER + frame(HELLO, hello) + frame(int(argument), bytes(41)))
        until_closed(sock)
    elif what == "replay":
        sock = socket.create_connection(("127.0.0.1", port))
        with open(argument, "rb") as file:
            sock.sendall(file.read())
        until_closed(sock)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
