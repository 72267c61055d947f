"""Stands in for systemd: prints what comes to a datagram socket, a JSON array of lines a message."""
import json, os, socket, sys

path = sys.argv[1]
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(path)
print(json.dumps(["listening"]), flush=True)
while True:
    # Descriptors that come along are dropped, which tells systemd-notify that the message was taken.
    text = listener.recv(65536).decode()
    print(json.dumps(text.strip().split("\n")), flush=True)
