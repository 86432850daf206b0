"""From pictures of marks to what the bank of brands stores of them."""

from __future__ import annotations

import html
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from compliance.analyzers.brands.logo_prints import MAKER, logo_print
from compliance.banks.items import ItemFile
from compliance.errors import BankError
from compliance.files import sha256_of
from compliance.media.decode import MediaReader
from compliance.media.vector import VectorReader
from compliance.pipeline.enrol_embeddings import Embedder
from compliance.settings import Settings
from compliance.types import Pixels

SIDE = 512
"""Pixels, side of the square that vector marks are drawn into."""
MOST_BYTES = 8 << 20
"""Size of the largest file of a mark: it is kept in the database."""
MOST_PIXELS = 4096 * 4096
_TITLE = re.compile(rb"<title>([^<]{1,200})</title>")


def mark_files(
    files: Sequence[Path],
    settings: Settings,
    vectors: VectorReader,
    embedders: Sequence[Embedder] = (),
) -> tuple[ItemFile, ...]:
    """Return what is stored of pictures of a mark, each with its prints.

    Args:
        files: SVG, PNG, JPEG and other pictures; each shows the mark and little else.
        settings: runtime knobs.
        vectors: draws the SVG files.
        embedders: networks that make vectors of marks.

    Raises:
        BankError: a file does not exist, is given twice, is too large or no picture, or its mark is too plain
            to be found; names the file and says why.
        MediaError: a vector file is not drawn.
    """
    known: dict[str, Path] = {}
    found = []
    for file in files:
        content = _content(file)
        digest = sha256_of(file)
        if digest in known:
            raise _refused(file, "the same file is given twice", f"the content of {known[digest]}")
        known[digest] = file
        prints = mark_prints(content, file, settings, vectors, embedders)
        found.append(ItemFile(digest, file.name, prints, content))
    return tuple(found)


def mark_prints(
    content: bytes,
    file: Path,
    settings: Settings,
    vectors: VectorReader,
    embedders: Sequence[Embedder] = (),
) -> dict[str, bytes]:
    """Return the prints of one file by their makers.

    Args:
        content: the file's bytes.
        file: its path, or its name alone where it is read from the database, for errors.
        settings: runtime knobs.
        vectors: draws an SVG.
        embedders: networks that make vectors of marks.

    Raises:
        BankError: its mark is too plain to be found, or it is no picture.
        MediaError: a vector file is not drawn.
    """
    if file.suffix.lower() == ".svg":
        pixels = vectors.draw(content, SIDE, str(file))
    else:
        pixels = _picture(content, file, settings)
    try:
        found = {MAKER: logo_print(pixels)}
        return found | {one.maker: one.mark_print(pixels) for one in embedders}
    except BankError as error:
        raise BankError(
            error.message,
            expected=error.expected,
            found=error.found,
            where=str(file),
            fix=error.fix,
        ) from error


def title_of(file: Path) -> str:
    """Return what a file of a mark calls it: the title inside an SVG, else the file's name without hyphens."""
    if file.suffix.lower() == ".svg" and (found := _TITLE.search(_content(file))):
        title = html.unescape(found[1].decode("utf-8", "replace"))
        if " ".join(title.split()):
            return " ".join(title.split())
    return " ".join(re.split(r"[-_\s]+", file.stem)).strip()


def _content(file: Path) -> bytes:
    try:
        size = file.stat().st_size
        if not file.is_file():
            raise _refused(file, "this is no file", "a folder, pipe or device")
        if not 0 < size <= MOST_BYTES:
            raise _refused(file, "the file is empty or too large for a mark", f"{size} bytes")
        return file.read_bytes()
    except OSError as error:
        raise _refused(file, "the file cannot be read", error.strerror or str(error)) from error


def _picture(content: bytes, file: Path, settings: Settings) -> Pixels:
    """Return uint8 RGBA of a picture, decoded in a contained process."""
    shown: dict[int, list[Pixels]] = {}
    with tempfile.NamedTemporaryFile(suffix=file.suffix) as copy:
        copy.write(content)
        copy.flush()
        with MediaReader(Path(copy.name), settings.decode_limits) as reader:
            for frame in reader.frames():
                if frame.index == 0 and frame.stream == 0:
                    shown.setdefault(0, []).append(np.array(frame.pixels))
                else:
                    shown[1] = []
                frame.release()
        gaps = reader.summary.gaps
    if gaps:
        raise _refused(file, "the picture cannot be decoded", " ".join(gaps))
    if list(shown) != [0]:
        raise _refused(file, "a mark is one still picture", "several frames" if shown else "none")
    if shown[0][0].size > 3 * MOST_PIXELS:
        raise _refused(file, "the picture is too large for a mark", f"{shown[0][0].shape[:2]}")
    return _with_alpha(*shown[0][:2])


def _with_alpha(over_white: Pixels, over_black: Pixels | None = None) -> Pixels:
    """Return RGBA from what was seen over white and, where there is transparency, over black."""
    if over_black is None:
        alpha = np.full(over_white.shape[:2], 255, np.uint8)
        return np.dstack([over_white, alpha])
    # Over white a channel is c·a + 255·(1 - a), over black c·a: their difference is 255·(1 - a).
    through = over_white.astype(np.int16) - over_black
    opaque = np.clip(255 - through.min(axis=2), 0, 255)
    colour = over_black.astype(np.float32) * 255 / np.maximum(opaque, 1)[..., None]
    return np.dstack([np.clip(colour, 0, 255), opaque]).round().astype(np.uint8)


def _refused(file: Path, message: str, found: str) -> BankError:
    return BankError(
        message,
        expected=f"an SVG, PNG, JPEG or other picture of the mark, at most {MOST_BYTES >> 20} MiB",
        found=found,
        where=str(file),
        fix="leave the file out, or export it again",
    )
