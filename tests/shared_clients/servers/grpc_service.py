"""What the gRPC test servers share: from a table of methods to a server on a port."""

import argparse
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

import grpc

from tests.shared_clients.servers.process import HOST

THREADS = 128
"""A streaming pull holds a thread as long as it is open."""


class Message(Protocol):
    """A proto-plus class: the clients' own types."""

    @classmethod
    def serialize(cls, instance: object, /) -> bytes: ...
    @classmethod
    def deserialize(cls, payload: bytes, /) -> object: ...


@dataclass(frozen=True)
class Method:
    """`kind` is what gRPC calls it: `unary_unary`, `unary_stream` or `stream_stream`."""

    kind: str
    function: Callable[[Any, grpc.ServicerContext], Any]
    request: type[Message]
    response: type[Message] | None

    def handler(self) -> "grpc.RpcMethodHandler[Any, Any]":
        build = getattr(grpc, f"{self.kind}_rpc_method_handler")
        handler: grpc.RpcMethodHandler[Any, Any] = build(
            self.function,
            request_deserializer=self.request.deserialize,
            response_serializer=self.response.serialize if self.response else _nothing,
        )
        return handler


def _nothing(_: object) -> bytes:
    """Serialize `google.protobuf.Empty`."""
    return b""


def serve(services: dict[str, dict[str, Method]], arguments: Sequence[str] | None = None) -> None:
    """Serve on `--port` until the process is told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args(arguments).port
    server = grpc.server(ThreadPoolExecutor(THREADS), options=[("grpc.so_reuseport", 0)])
    for service, methods in services.items():
        handlers = {name: method.handler() for name, method in methods.items()}
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
    server.add_insecure_port(f"{HOST}:{port}")
    server.start()
    server.wait_for_termination()
