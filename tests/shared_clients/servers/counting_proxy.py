"""Counts the TCP connections to any server by standing in front of it."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseRequestHandler, ThreadingTCPServer

from tests.shared_clients.servers.gathering import Gathering
from tests.shared_clients.servers.process import HOST

CHUNK = 65536


class CountingProxy(ThreadingTCPServer):
    """Forwards bytes both ways; `connections` counts since `reset`, `open_connections` those open now.

    `gather` lets nothing through on the next connections before all of them are there.
    """

    request_queue_size = 256
    daemon_threads = True
    block_on_close = False

    def __init__(self, upstream: str) -> None:
        host, _, port = upstream.partition(":")
        self.upstream = (host, int(port))
        self.lock = threading.Lock()
        self.connections = 0
        self.gathering = Gathering(0)
        self.open: set[socket.socket] = set()
        super().__init__((HOST, 0), _Forward)

    @property
    def address(self) -> str:
        return f"{HOST}:{self.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    @property
    def open_connections(self) -> int:
        return len(self.open)

    def reset(self) -> None:
        self.connections = 0

    def gather(self, count: int) -> None:
        self.gathering = Gathering(count)


class _Forward(BaseRequestHandler):
    server: CountingProxy
    request: socket.socket

    def handle(self) -> None:
        with self.server.lock:
            self.server.connections += 1
            self.server.open.add(self.request)
        self.server.gathering.wait()
        with socket.create_connection(self.server.upstream) as upstream:
            back = threading.Thread(target=pump, args=(upstream, self.request), daemon=True)
            back.start()
            pump(self.request, upstream)
            back.join()

    def finish(self) -> None:
        with self.server.lock:
            self.server.open.discard(self.request)


def pump(source: socket.socket, target: socket.socket) -> None:
    """Copy until the source ends, then end both, as either side may hang up at any time."""
    with contextlib.suppress(OSError):
        while data := source.recv(CHUNK):
            target.sendall(data)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextmanager
def counting_proxy(upstream: str) -> Iterator[CountingProxy]:
    """Stand in front of `upstream`, a host:port."""
    proxy = CountingProxy(upstream)
    thread = threading.Thread(target=proxy.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        thread.join()
        proxy.server_close()
        for connection in list(proxy.open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
