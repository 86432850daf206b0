"""Vector files are drawn in a process that reaches nothing; what a mark does not need is refused."""

from __future__ import annotations

import http.server
import threading
from pathlib import Path

import numpy as np
import pytest

from compliance.errors import MediaError
from compliance.media.vector import MOST_BYTES, VectorReader

HEAD = (
    'xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink" viewBox="0 0 24 12"'
)
SVG = f"<svg {HEAD}>{{}}</svg>"


def bomb() -> str:
    levels = "".join(
        f'<g id="a{i}">' + f'<use href="#a{i - 1}"/>' * 10 + "</g>" for i in range(1, 9)
    )
    return SVG.format(f'<defs><path id="a0" d="M0 0h1v1z"/>{levels}</defs><use href="#a8"/>')


def test_a_mark_is_drawn_with_its_shape_and_transparency() -> None:
    with VectorReader() as reader:
        picture = reader.draw(
            SVG.format('<rect width="12" height="12" fill="#f00"/>').encode(), 96, "mark.svg"
        )
    assert picture.shape == (48, 96, 4)
    assert (picture[:, :48] == (255, 0, 0, 255)).all() and not picture[:, 48:, 3].any()


HOSTILE = {
    "an entity bomb": '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + SVG.format("&b;"),
    "a use bomb": bomb(),
    "a file of the host": SVG.format('<image href="file:///etc/passwd" width="9" height="9"/>'),
    "a link in a style": SVG.format('<rect style="fill:url(http://127.0.0.1:9/a)" width="9"/>'),
    "an import": SVG.format("<style>@import 'http://127.0.0.1:9/a.css';</style>"),
    "a script": SVG.format("<script>1</script>"),
    "text": SVG.format("<text>Acme</text>"),
    "no svg": "<html xmlns='http://www.w3.org/1999/xhtml'/>",
    "half a file": "<svg xmlns='http://www.w3.org/2000/svg'><path d='M0",
    "nothing": "",
    "an xlink": SVG.format('<image x:href="other.png" width="9" height="9"/>'),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_a_mark_does_not_need_is_refused_and_the_next_is_drawn(what: str) -> None:
    with VectorReader() as reader:
        with pytest.raises(MediaError, match="not drawn"):
            reader.draw(HOSTILE[what].encode(), 64, "hostile.svg")
        fine = reader.draw(SVG.format('<rect width="24" height="12"/>').encode(), 64, "fine.svg")
    assert fine.shape == (32, 64, 4) and fine[..., 3].all()


def test_a_file_that_is_too_large_or_not_utf_8_is_refused() -> None:
    with VectorReader() as reader:
        for content in (b" " * (MOST_BYTES + 1), SVG.format("").encode("utf-16")):
            with pytest.raises(MediaError):
                reader.draw(content, 64, "large.svg")


def test_a_link_is_never_followed(tmp_path: Path) -> None:
    hits = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        link = f"http://127.0.0.1:{server.server_port}/a.png"
        with VectorReader() as reader, pytest.raises(MediaError, match="outside itself"):
            reader.draw(SVG.format(f'<image href="{link}" width="9"/>').encode(), 64, "link.svg")
        server.shutdown()
    assert hits == []


def test_many_marks_are_drawn_by_one_process(shared_data: Path) -> None:
    files = sorted((shared_data / "logos-simple-icons" / "icons").glob("*.svg"))[:200]
    with VectorReader() as reader:
        drawn = [reader.draw(path.read_bytes(), 64, path.name) for path in files]
    assert all(np.count_nonzero(one[..., 3]) > 30 for one in drawn)
