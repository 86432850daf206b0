"""Redact one picture with Pillow, in the contained process."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image, ImageCms, ImageOps, JpegImagePlugin, PngImagePlugin  # noqa: F401

from compliance.media.source import Source
from compliance.media.stills import KINDS
from compliance.redaction.metadata import is_plain, quotes
from compliance.redaction.picture import cover

_KEPT_TAGS = (0x010E, 0x0131, 0x013B, 0x8298, 0x0132)
"""Description, software, artist, copyright and date: text that holds no picture."""
_TEXTS = frozenset(
    {
        *("title", "author", "description", "copyright", "creation time", "software", "disclaimer"),
        *("warning", "source", "comment", "parameters", "prompt"),
    }
)
"""Keywords of the text entries of a PNG that are kept: those of the PNG specification, and those in which
generators put their prompts. Others hold whole EXIF blocks and pictures, such as *Raw profile type exif*."""


def redact_still(source: Source, kind: str, job: Any, sink: Any) -> dict[str, Any]:
    """Write the picture with its places covered; raise ``ValueError`` where it is none that can be.

    A JPEG keeps its quantisation tables and subsampling, so that what is not covered hardly changes. Embedded
    thumbnails and further pictures show what was covered, and are left out with all metadata that may hold one.
    """
    Image.MAX_IMAGE_PIXELS = None
    image: Any = Image.open(source, formats=KINDS[kind])  # type: ignore[arg-type]
    if image.width * image.height > job.max_pixels:
        raise ValueError("the picture has more pixels than are allowed")
    if kind == "gif" or (kind != "jpeg" and getattr(image, "is_animated", False)):
        raise ValueError("animated pictures are not redacted; make a video of it")
    image.load()
    dropped = ["embedded thumbnails, XMP, long or unknown texts, and what repeats covered text"]
    if getattr(image, "n_frames", 1) > 1:
        dropped.append("further pictures in the JPEG")
    options = _options(image, source, kind, job.words)
    seen = ImageOps.exif_transpose(image)
    if seen.mode not in ("RGB", "RGBA", "L", "LA", "CMYK", "I;16"):
        seen = seen.convert("RGBA" if seen.has_transparency_data else "RGB")
    pixels = np.array(seen)
    planes = pixels[:, :, None] if pixels.ndim == 2 else pixels
    full = 1 << (8 * pixels.dtype.itemsize)
    alpha = seen.mode in ("RGBA", "LA")
    for how, box in job.covers.get(0, []):
        cover(planes[:, :, :-1] if alpha else planes, box, how, full)
        if alpha:
            left, top, right, bottom = (
                round(edge * side)
                for edge, side in zip(box, (seen.width, seen.height) * 2, strict=True)
            )
            planes[max(top - 1, 0) : bottom + 1, max(left - 1, 0) : right + 1, -1] = full - 1
    result = Image.fromarray(pixels) if seen.mode == "I;16" else Image.fromarray(pixels, seen.mode)
    buffer = io.BytesIO()
    result.save(buffer, kind.upper(), **options)
    sink.write(buffer.getvalue())
    return {"frames": 1, "dropped": dropped, "sound": []}


def _options(image: Any, source: Source, kind: str, words: list[str]) -> dict[str, Any]:
    """Return what the new file takes over from the old."""
    options: dict[str, Any] = {}
    if image.info.get("icc_profile"):
        options["icc_profile"] = image.info["icc_profile"]
    if image.info.get("dpi"):
        options["dpi"] = image.info["dpi"]
    old, exif = image.getexif(), Image.Exif()
    for tag in _KEPT_TAGS:
        if isinstance(old.get(tag), str) and not quotes(old[tag], words):
            exif[tag] = old[tag]
    if len(exif):
        options["exif"] = exif.tobytes()
    if kind == "jpeg":
        options["qtables"] = image.quantization
        options["subsampling"] = JpegImagePlugin.get_sampling(image)
        if options["subsampling"] < 0:
            options["subsampling"] = 0
    elif kind == "webp":
        options.update({"lossless": b"VP8L" in source.at(0, 64), "quality": 95, "exact": True})
    else:
        texts = PngImagePlugin.PngInfo()
        for name, value in getattr(image, "text", {}).items():
            if name.casefold() in _TEXTS and is_plain(name, value) and not quotes(value, words):
                texts.add_text(name, value, zip=len(value) > 1024)
        options["pnginfo"] = texts
    return options
