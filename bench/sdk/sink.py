"""Takes everything at once, in a process of its own, or misbehaves: `sink.py 200|429|500|hang`. Prints its port."""

import contextlib
import socket
import sys
import threading

BEHAVIOUR = sys.argv[1]
BODY = b'{"project_name": "x", "project_url": "http://x", "status": "ok", "version": "1.0.0"}'


def serve(connection: socket.socket) -> None:
    """Read requests of any kind and answer each the same."""
    status = "200 OK" if BEHAVIOUR in ("200", "hang") else f"{BEHAVIOUR} Not Now"
    answer = (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n".encode() + BODY
    )
    with connection, connection.makefile("rb") as file:
        while line := file.readline():
            headers = {}
            while (header := file.readline().strip()) != b"":
                name, _, value = header.partition(b":")
                headers[name.lower()] = value.strip()
            if headers.get(b"transfer-encoding", b"") == b"chunked":
                while size := int(file.readline(), 16):
                    file.read(size + 2)
                file.readline()
            else:
                file.read(int(headers.get(b"content-length", 0)))
            if BEHAVIOUR == "hang" and not line.startswith(b"GET"):
                threading.Event().wait()
            connection.sendall(answer)


def quiet(connection: socket.socket) -> None:
    """Serve until the other side has gone."""
    with contextlib.suppress(OSError, ValueError):
        serve(connection)


listener = socket.create_server(("127.0.0.1", 0), backlog=256)
print(listener.getsockname()[1], flush=True)
while True:
    threading.Thread(target=quiet, args=(listener.accept()[0],), daemon=True).start()
