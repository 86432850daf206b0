"""A server on this machine that speaks as much of the hub's language as a pull needs, and can misbehave."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"
REPOSITORY = "somebody/small"
TOKEN = "token-of-a-test"


@dataclass
class Hub:
    """What it has, how it misbehaves, and what it was asked."""

    port: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    """Content by path, the same in the repository and below ``/plain/``."""
    large: set[str] = field(default_factory=set)
    """Paths in the large file storage, which another host serves."""
    commit: str = COMMIT
    gated: bool = False
    """True wants the token for files, and lets everybody look at the list."""
    cut: dict[str, int] = field(default_factory=dict)
    """Bytes after which the connection breaks, once, by the last part of the path."""
    status: dict[str, int] = field(default_factory=dict)
    """Status to answer with, by the beginning of the path."""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Path and headers of every request."""
    sent: dict[str, int] = field(default_factory=dict)
    """Bytes of content that went out, by the last part of the path."""

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def requests(self, part: str) -> list[dict[str, str]]:
        return [headers for path, headers in self.asked if part in path]


@contextmanager
def hub() -> Iterator[Hub]:
    """Serve until the block ends."""
    state = Hub()

    class Handler(_Handler):
        hub = state

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        state.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.hub.asked.append((path, {key.lower(): value for key, value in self.headers.items()}))
        for start, status in self.hub.status.items():
            if path.startswith(start):
                return self._answer(status, b"")
        if path.startswith(f"/api/models/{REPOSITORY}"):
            wanted = path.removeprefix(f"/api/models/{REPOSITORY}").removeprefix("/revision/")
            if wanted not in ("", self.hub.commit):
                return self._answer(404, b"", {"X-Error-Code": "RevisionNotFound"})
            return self._answer(200, self._listing(), {"Content-Type": "application/json"})
        resolve = f"/{REPOSITORY}/resolve/{self.hub.commit}/"
        if path.startswith(resolve):
            name = path.removeprefix(resolve)
            if self.hub.gated and self.headers.get("Authorization") != f"Bearer {TOKEN}":
                return self._answer(401, b"", {"X-Error-Code": "GatedRepo"})
            if name in self.hub.large:
                other = f"http://localhost:{self.hub.port}/storage/{name}"
                return self._answer(302, b"", {"Location": other})
            return self._content(name)
        for start in ("/storage/", "/plain/"):
            if path.startswith(start):
                return self._content(path.removeprefix(start))
        return self._answer(404, b"")

    def _listing(self) -> bytes:
        siblings = []
        for name, content in self.hub.files.items():
            blob = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
            one = {"rfilename": name, "size": len(content), "blobId": blob}
            if name in self.hub.large:
                digest = hashlib.sha256(content).hexdigest()
                one["lfs"] = {"sha256": digest, "size": len(content), "pointerSize": 130}
            siblings.append(one)
        return json.dumps({"id": REPOSITORY, "sha": self.hub.commit, "siblings": siblings}).encode()

    def _content(self, name: str) -> None:
        content = self.hub.files.get(name)
        if content is None:
            return self._answer(404, b"", {"X-Error-Code": "EntryNotFound"})
        tag = f'"{hashlib.sha256(content).hexdigest()}"'
        headers = {"ETag": tag}
        asked = self.headers.get("Range")
        if asked and self.headers.get("If-Range", tag) == tag:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            if start >= len(content):
                return self._answer(416, b"", {"Content-Range": f"bytes */{len(content)}"})
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            return self._answer(206, content[start:], headers, name)
        return self._answer(200, content, headers, name)

    def _answer(
        self, status: int, body: bytes, headers: dict[str, str] | None = None, name: str = ""
    ) -> None:
        self.send_response(status)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        key = name.rpartition("/")[2]
        cut = self.hub.cut.pop(key, None)
        piece = body if cut is None else body[:cut]
        self.wfile.write(piece)
        self.hub.sent[key] = self.hub.sent.get(key, 0) + len(piece)
        if cut is not None:
            self.wfile.flush()
            self.close_connection = True
