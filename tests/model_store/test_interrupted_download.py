"""An interrupted download is interrupted, also where closing its connection breaks."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import huggingface_hub
import pytest

from compliance.model_store.download import Remote, download


class Torn(httpx2.SyncByteStream):
    """What comes, on a connection that can no longer be closed in order."""

    def __iter__(self) -> Iterator[bytes]:
        yield b"some of it"
        raise KeyboardInterrupt

    def close(self) -> None:
        raise httpx2.ReadError("the connection was left in the middle of a message")


class Server(httpx2.BaseTransport):
    def __init__(self) -> None:
        self.asked = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.asked += 1
        if self.asked > 1:
            raise httpx2.ConnectError("nobody answers a second time")
        return httpx2.Response(200, headers={"etag": '"one"'}, stream=Torn())


def test_an_interruption_is_not_taken_for_a_broken_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server()

    client = httpx2.Client(transport=server)
    monkeypatch.setattr(huggingface_hub, "get_session", lambda: client)
    with pytest.raises(KeyboardInterrupt):
        download(Remote("http://127.0.0.1/file"), tmp_path / "file", "file", lambda *_: None)
    assert server.asked == 1
    assert (tmp_path / "file.part").stat().st_size > 0
