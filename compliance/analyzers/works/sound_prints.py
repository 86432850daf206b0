"""Prints of recordings: the spectral peaks of one file's sound, as works keep them.

A print takes about 7 bytes for each of some 30 peaks a second, 13 kB for a minute of one channel. Channels that
sound different are kept apart, as those of a clip are (see :mod:`compliance.media.audio_parts`).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from compliance.analyzers.works.peaks import RATE, Peaks, find, joined, pack, unpack
from compliance.errors import AnalyzerError, BankError
from compliance.types import AudioTrack

MAKER = "recordings-1"
"""Names how prints are made; changes whenever a file can give another print."""
DENSITY = 4
"""Peaks of a band within half a second of each other that a print keeps: their rank is below it."""
_LEAST_SECONDS = 2.0
"""Sound, seconds, without which there is nothing to find again; a jingle has three."""
_LEAST_PEAKS = 40
"""Peaks without which unrelated sound could match all of them by chance."""
_LEAST_PLACES = 8
"""Different frequencies (bins of 31 Hz) without which it is a tone, a hum or a beep, as anything may hold."""
_PLACE = 31.25
_HEAD = struct.Struct("<2sdH")
_LAYER = struct.Struct("<I")
_MAGIC = b"r1"


@dataclass(frozen=True)
class SoundPrint:
    """What is kept of one file's sound."""

    seconds: float
    """When its last sound ends, seconds from its start."""
    layers: tuple[Peaks, ...]
    """Peaks of each channel that sounds different, with times from the start of the file."""


def recording_print(tracks: Sequence[AudioTrack], file: str = "") -> bytes:
    """Return the print of a file.

    Args:
        tracks: all of its sound, 16 kHz: channels and parts of it.
        file: what errors call it.

    Raises:
        BankError: there is no sound, or nothing in it that could be found again: silence, or a tone.
    """
    parts = [(one.start, listen(one)) for one in tracks]
    ends = [one.start + len(one.samples) / one.rate for one in tracks]
    layers = joined([(start, end, peaks) for (start, peaks), end in zip(parts, ends, strict=True)])
    seconds = max(ends, default=0.0)
    kept = [one.strongest(DENSITY) for one in layers]
    if refused := _refusal(seconds, kept):
        raise BankError(
            "a recording holds nothing that could be found again",
            expected=f"at least {_LEAST_SECONDS:.0f} s of music, speech or other changing sound",
            found=refused,
            where=file,
            fix="give the file whose sound is to be found, or leave this one out",
        )
    packed = [pack(one) for one in kept]
    head = _HEAD.pack(_MAGIC, seconds, len(packed))
    return head + b"".join(_LAYER.pack(len(one)) + one for one in packed)


def read_print(data: bytes) -> SoundPrint:
    """Return what :func:`recording_print` made.

    Raises:
        BankError: ``data`` is none of its prints, or cut off.
    """
    try:
        magic, seconds, count = _HEAD.unpack_from(data)
        at, layers = _HEAD.size, []
        for _ in range(count if magic == _MAGIC else 0):
            (length,) = _LAYER.unpack_from(data, at)
            at += _LAYER.size
            piece = data[at : at + length]
            if len(piece) != length:
                raise ValueError("cut off")
            layers.append(unpack(piece))
            at += length
        if not layers or at != len(data):
            raise ValueError("another length")
    except (struct.error, ValueError) as error:
        raise BankError(
            "a print of a recording is damaged",
            expected=f"a print by {MAKER}",
            found=f"{len(data)} bytes ({error})",
            where="bank of works",
            fix="add the work's files again: compliance works reindex --media FILE…",
        ) from error
    return SoundPrint(seconds, tuple(layers))


def listen(track: AudioTrack) -> Peaks:
    """Return the peaks of a track, with times from its first sample.

    Raises:
        AnalyzerError: it comes at another rate than 16 kHz.
    """
    if track.rate != RATE:
        raise AnalyzerError(
            "sound comes at another rate than recordings are compared at",
            expected=f"{RATE} samples a second",
            found=str(track.rate),
            where="recordings",
        )
    return find(track.samples)


def _refusal(seconds: float, layers: Sequence[Peaks]) -> str:
    """Say why nothing could be found again; empty where something could."""
    if not layers or seconds == 0:
        return "no sound"
    most = max(layers, key=len)
    if len(most) == 0:
        return "silence, or noise in which nothing stands out"
    if seconds < _LEAST_SECONDS:
        return f"{seconds:.1f} s"
    places = len(np.unique(np.rint(most.hertz / _PLACE)))
    if places < _LEAST_PLACES:
        return f"a tone: all that stands out lies at {places} frequencies"
    if len(most) < _LEAST_PEAKS:
        return f"{len(most)} moments at which anything stands out"
    return ""
