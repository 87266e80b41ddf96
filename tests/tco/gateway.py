#!/usr/bin/env python3
"""gateway.py - a gateway's control socket that says what a file says.

gateway.py SOCKET FILE
"""
import os
import socket
import sys

server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o600)
server.listen(8)
while True:
    peer, _ = server.accept()
    peer.settimeout(5)
    try:
        while not peer.recv(4096).endswith(b"\n"):
            pass
        with open(sys.argv[2], "rb") as said:
            peer.sendall(said.read().replace(b"\n", b" ") + b"\n")
    except OSError:
        pass
    peer.close()
