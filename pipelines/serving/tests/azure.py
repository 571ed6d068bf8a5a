"""As much of Azure as the scoring app asks for, on this machine.

The app asks for Azure's own addresses: a proxy, named by the usual variables, leads them here, and speaks TLS with a certificate
that the app is told to trust.
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

ACCOUNT = "acmedevartifacts.blob.core.windows.net"
AUTHORITY = "login.microsoftonline.com"
CONTAINER = f"https://{ACCOUNT}/artifacts"
CLIENT = "11111111-2222-3333-4444-555555555555"
TENANT = "99999999-8888-7777-6666-555555555555"
#: Blobs on one page of a list.
PAGE = 2

Headers = Message


def certificate(folder: Path) -> Path:
    """A key with a certificate of itself for Azure's hosts, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "azure in a test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in (ACCOUNT, AUTHORITY)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "azure.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.public_bytes(Encoding.PEM))
    return file


class Azure:
    """One storage account, and the places where identities get their tokens."""

    def __init__(self, pem: Path) -> None:
        #: By container and name.
        self.blobs: dict[str, bytes] = {}
        #: Tokens that the storage takes.
        self.tokens: set[str] = set()
        self.given = 0
        #: Seconds that a token is good for.
        self.lifetime = 86_400
        #: What was asked where tokens come from: path, query or form, and headers.
        self.logins: list[tuple[str, dict[str, str], dict[str, str]]] = []
        #: What is answered first instead of a token, and by the storage: status, headers, body.
        self.login_faults: list[tuple[int, dict[str, str], bytes]] = []
        self.faults: list[tuple[int, dict[str, str], bytes]] = []
        #: Hosts that the proxy led to.
        self.hosts: list[str] = []
        self._pem = pem
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def running(self) -> Iterator[Azure]:
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()

    def network(self) -> dict[str, str]:
        """Variables that lead Azure's addresses here. Whoever asks the machine itself by the proxy is refused."""
        return {"HTTPS_PROXY": self.url, "HTTP_PROXY": self.url, "NO_PROXY": "", "SSL_CERT_FILE": str(self._pem)}

    def container_app(self) -> dict[str, str]:
        """Variables that Container Apps set."""
        return {"IDENTITY_ENDPOINT": f"{self.url}/msi/token", "IDENTITY_HEADER": "header-of-the-app", "AZURE_CLIENT_ID": CLIENT}

    def machine(self) -> dict[str, str]:
        """Where the address that every machine knows is here."""
        return {"AZURE_POD_IDENTITY_AUTHORITY_HOST": self.url}

    def pod(self, file: Path) -> dict[str, str]:
        """Variables that a cluster sets."""
        return {
            "AZURE_FEDERATED_TOKEN_FILE": str(file),
            "AZURE_AUTHORITY_HOST": f"https://{AUTHORITY}/",
            "AZURE_TENANT_ID": TENANT,
            "AZURE_CLIENT_ID": CLIENT,
        }

    def lines(self) -> list[dict[str, Any]]:
        """Every line of the prediction log."""
        logs = [content for name, content in self.blobs.items() if name.endswith(".jsonl")]
        return [json.loads(line) for content in logs for line in content.decode().splitlines()]

    def token(self) -> str:
        self.given += 1
        self.tokens.add(f"token-{self.given}")
        return f"token-{self.given}"

    def login(self, path: str, asked: dict[str, str], headers: Headers) -> tuple[int, dict[str, str], bytes]:
        """A token, in the form of the place that is asked."""
        self.logins.append((path, asked, {name.lower(): value for name, value in headers.items()}))
        if self.login_faults:
            return self.login_faults.pop(0)
        end = str(int(time.time()) + self.lifetime)
        grant: dict[str, object]
        if path == "/msi/token":
            grant = {"access_token": self.token(), "expires_on": end, "resource": asked["resource"], "token_type": "Bearer"}
        elif path == "/metadata/identity/oauth2/token":
            grant = {"access_token": self.token(), "expires_in": str(self.lifetime), "expires_on": end}
        elif path == f"/{TENANT}/oauth2/v2.0/token":
            grant = {"access_token": self.token(), "expires_in": self.lifetime}
        else:
            return 404, {}, b""
        return 200, {}, json.dumps(grant).encode()

    def blob(self, method: str, url: str, headers: Headers, content: bytes) -> tuple[int, dict[str, str], bytes]:
        """What the Blob service answers."""
        if self.faults:
            return self.faults.pop(0)
        if headers.get("authorization") not in {f"Bearer {token}" for token in self.tokens}:
            return refused(401, "InvalidAuthenticationInfo")
        if headers.get("x-ms-version", "") < "2017-11-09" or not headers.get("x-ms-date"):
            return refused(400, "MissingRequiredHeader")
        parsed = urlsplit(url)
        name = unquote(parsed.path).lstrip("/")
        if method == "PUT":
            if headers.get("x-ms-blob-type") != "BlockBlob":
                return refused(400, "MissingRequiredHeader")
            if name in self.blobs and headers.get("if-none-match") == "*":
                return refused(409, "BlobAlreadyExists")
            self.blobs[name] = content
            return 201, {}, b""
        query = {key: values[0] for key, values in parse_qs(parsed.query).items()}
        if query.get("comp") == "list" and query.get("restype") == "container":
            return 200, {"content-type": "application/xml"}, self.page(name, query.get("prefix", ""), query.get("marker", ""))
        return (200, {}, self.blobs[name]) if name in self.blobs else refused(404, "BlobNotFound")

    def page(self, container: str, prefix: str, marker: str) -> bytes:
        """https://learn.microsoft.com/en-us/rest/api/storageservices/list-blobs#response-body"""
        names = sorted(name.removeprefix(f"{container}/") for name in self.blobs if name.startswith(f"{container}/{prefix}"))
        start = int(marker.removeprefix("next!") or 0)
        following = f"next!{start + PAGE}" if start + PAGE < len(names) else ""
        blobs = "".join(f"<Blob>{named(name)}<Properties/></Blob>" for name in names[start : start + PAGE])
        text = f"<EnumerationResults><Blobs>{blobs}</Blobs><NextMarker>{following}</NextMarker></EnumerationResults>"
        return f"\ufeff<?xml version='1.0' encoding='utf-8'?>{text}".encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        azure = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            host = ""

            def do_CONNECT(self) -> None:
                self.host = self.path.removesuffix(":443")
                azure.hosts.append(self.host)
                self.send_response(200)
                self.end_headers()
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(azure._pem)
                self.connection = context.wrap_socket(self.connection, server_side=True)
                self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
                self.close_connection = False

            def do_GET(self) -> None:
                parsed = urlsplit(self.path)
                if self.host == ACCOUNT:
                    self.answer(*azure.blob("GET", self.path, self.headers, b""))
                elif parsed.netloc:
                    self.answer(400, {}, b"a proxy knows nothing of this machine")
                else:
                    asked = {key: values[0] for key, values in parse_qs(parsed.query, keep_blank_values=True).items()}
                    self.answer(*azure.login(parsed.path, asked, self.headers))

            def do_PUT(self) -> None:
                content = self.rfile.read(int(self.headers["content-length"]))
                self.answer(*azure.blob("PUT", self.path, self.headers, content))

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
                asked = {key: values[0] for key, values in form.items()}
                self.answer(*(azure.login(self.path, asked, self.headers) if self.host == AUTHORITY else (404, {}, b"")))

            def answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
                self.send_response(status)
                for name, value in {"content-length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
                self.close_connection = True

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


def refused(status: int, code: str) -> tuple[int, dict[str, str], bytes]:
    """https://learn.microsoft.com/en-us/rest/api/storageservices/status-and-error-codes2"""
    return status, {"x-ms-error-code": code}, f"\ufeff<?xml version='1.0'?><Error><Code>{code}</Code></Error>".encode()


def named(name: str) -> str:
    """Characters that XML does not know are written as in addresses."""
    if any(ord(letter) < 32 or letter in "\ufffe\uffff" for letter in name):
        return f'<Name Encoded="true">{quote(name)}</Name>'
    return f"<Name>{escape(name)}</Name>"
