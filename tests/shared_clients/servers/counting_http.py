"""An HTTP/1.1 server in threads that keeps connections alive, counts them and does what a script says."""

import itertools
import json
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.shared_clients.servers.gathering import Gathering
from tests.shared_clients.servers.process import HOST


@dataclass(frozen=True)
class Request:
    """What arrived; `connection` numbers the TCP connections from 1."""

    connection: int
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Response:
    """What to answer. `drop` handles the request and closes the connection without an answer."""

    status: int = 200
    body: bytes | dict[str, Any] = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_seconds: float = 0
    drop: bool = False

    def payload(self) -> bytes:
        return json.dumps(self.body).encode() if isinstance(self.body, dict) else self.body

    def content_type(self) -> str:
        return "application/json" if isinstance(self.body, dict) else "text/plain"


class CountingServer:
    """Subclasses say in `respond` what a request gets; scripted responses come first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._sockets: dict[int, socket.socket] = {}
        self._server = _Server(self)
        self.reset()

    def reset(self) -> None:
        """Forget what was counted and scripted; connections stay open, and are not counted any more."""
        with self._lock:
            self._first = next(self._numbers)
            self.connections = 0
            self.requests: list[Request] = []
            self._script: deque[Response] = deque()
            self._gathering = Gathering(0)
            self.delay_seconds: float = 0

    @property
    def address(self) -> str:
        return f"{HOST}:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    @property
    def open_connections(self) -> int:
        with self._lock:
            return sum(number > self._first for number in self._sockets)

    def script(self, *responses: Response) -> None:
        """Answer the next requests with these, in this order."""
        with self._lock:
            self._script.extend(responses)

    def gather(self, count: int) -> None:
        """Answer none of the next `count` requests before all of them are there, each on its connection."""
        self._gathering = Gathering(count)

    def respond(self, request: Request) -> Response:
        raise NotImplementedError

    def answer(self, request: Request) -> Response:
        with self._lock:
            self.requests.append(request)
            scripted = self._script.popleft() if self._script else None
        self._gathering.wait()
        time.sleep(self.delay_seconds)
        if scripted is None:
            return self.respond(request)
        if scripted.drop:
            self.respond(request)
        return scripted

    def opened(self, connection: socket.socket) -> int:
        with self._lock:
            self.connections += 1
            number = next(self._numbers)
            self._sockets[number] = connection
            return number

    def closed(self, number: int) -> None:
        with self._lock:
            self._sockets.pop(number, None)

    @contextmanager
    def running(self) -> Iterator[Self]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()
            self._disconnect()

    def _disconnect(self) -> None:
        with self._lock:
            for connection in self._sockets.values():
                connection.shutdown(socket.SHUT_RDWR)


class _Server(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True
    block_on_close = False

    def __init__(self, counting: CountingServer) -> None:
        self.counting = counting
        super().__init__((HOST, 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients of these tests hang up on purpose."""


class _Handler(BaseHTTPRequestHandler):
    """Serves every method alike."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.number = self.server.counting.opened(self.connection)

    def finish(self) -> None:
        self.server.counting.closed(self.number)
        super().finish()

    def serve(self) -> None:
        response = self.server.counting.answer(self.received())
        time.sleep(response.delay_seconds)
        if response.drop:
            self.close_connection = True
            return
        payload = response.payload()
        self.send_response(response.status)
        headers = {"Content-Type": response.content_type(), "Content-Length": str(len(payload))}
        for name, value in (headers | dict(response.headers)).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(payload)

    def received(self) -> Request:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return Request(
            connection=self.number,
            method=self.command,
            path=url.path,
            query=dict(parse_qsl(url.query)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
        )

    def log_message(self, *_: object) -> None:
        """Nothing reads a log of the tests' requests."""


for _method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
    setattr(_Handler, f"do_{_method}", _Handler.serve)
