"""A web server for HTTP sessions: it echoes, sets cookies, redirects and takes its time."""

from tests.shared_clients.servers.counting_http import CountingServer, Request, Response


class HttpServer(CountingServer):
    """`/cookie?name=value` sets cookies, `/redirect?to=URL` redirects; any other path echoes the request.

    With `seconds=N` in the query an answer comes after N seconds.
    """

    def respond(self, request: Request) -> Response:
        if request.path == "/cookie":
            cookies = "; ".join(f"{name}={value}" for name, value in request.query.items())
            return Response(headers={"Set-Cookie": f"{cookies}; Path=/"})
        if request.path == "/redirect":
            return Response(302, headers={"Location": request.query["to"]})
        return Response(body=self.echo(request), delay_seconds=float(request.query.get("seconds", 0)))

    def echo(self, request: Request) -> dict[str, object]:
        return {
            "method": request.method,
            "path": request.path,
            "query": dict(request.query),
            "headers": dict(request.headers),
            "body": request.body.decode(errors="replace"),
            "connection": request.connection,
        }


def unavailable(count: int, **headers: str) -> list[Response]:
    """Script so many answers 503, with headers whose names have underscores for hyphens."""
    return [Response(503, headers={name.replace("_", "-"): value for name, value in headers.items()})] * count
