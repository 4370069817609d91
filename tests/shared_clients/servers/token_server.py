"""An OAuth 2.0 token endpoint and a service account whose key is made for the run."""

import json
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.shared_clients.servers.counting_http import CountingServer, Request, Response

LIFETIME_SECONDS = 3600


class TokenServer(CountingServer):
    """Every request gets another token, after `delay_seconds`."""

    def respond(self, _: Request) -> Response:
        body = {
            "access_token": f"token-{len(self.requests)}",
            "expires_in": LIFETIME_SECONDS,
            "token_type": "Bearer",
        }
        return Response(body=body)


def write_service_account(path: Path, token_uri: str, project: str = "test-project") -> Path:
    """Write a service account's key file whose tokens come from `token_uri`."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    account = {
        "type": "service_account",
        "project_id": project,
        "private_key_id": "test-key",
        "private_key": key.decode(),
        "client_email": f"tester@{project}.iam.gserviceaccount.com",
        "client_id": "1",
        "token_uri": token_uri,
    }
    path.write_text(json.dumps(account))
    return path
