"""Mute stretches of an audio stream; what is not muted is kept as exactly as its codec allows.

Plain AAC (LC) is spliced: only the packets whose sound reaches into a stretch are exchanged for silent
ones, all others are copied bit for bit. PCM, FLAC and ALAC are decoded, zeroed and encoded again, which changes
no other sample. Everything else is encoded again as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import av
import numpy as np

Spans = Sequence[tuple[float, float]]
"""Start and end of each stretch, seconds from the start of the container's own clock."""
_NAMES = {"mp3": "libmp3lame", "mp3float": "libmp3lame", "opus": "libopus", "vorbis": "libopus"}
_RINGING = 0.05
"""Seconds added at each end where a lossy codec would let the sound around it ring into the span."""
_ROUND = 1e-3
"""Samples by which a span that ends on a sample may seem to reach into the next."""
_BITS_A_CHANNEL = 128_000
"""Least bits a second and channel where a stream has to be encoded again as a whole."""


class CopiedSound:
    """Copies every packet as it is."""

    exact = "copied"

    def __init__(self, container: Any, stream: Any) -> None:
        """Add a stream like ``stream`` to the output ``container``."""
        self._out = container.add_stream_from_template(stream)

    def push(self, packet: Any) -> Iterator[Any]:
        """Yield what takes the place of a packet."""
        if packet.dts is not None:
            packet.stream = self._out
            yield packet

    def finish(self) -> Iterator[Any]:
        """Yield what is left."""
        return iter(())


class SplicedSound(CopiedSound):
    """Copies AAC packets, and puts silent ones where a stretch is muted."""

    exact = "copied but for the muted packets"

    def __init__(self, container: Any, stream: Any, spans: Spans, silent: bytes) -> None:
        """Start; ``silent`` is a silent packet that the stream's decoder understands."""
        super().__init__(container, stream)
        self._spans, self._silent = spans, silent

    def push(self, packet: Any) -> Iterator[Any]:
        """Yield the packet, or a silent one: what a packet says sounds until the end of the next one."""
        if packet.dts is None:
            return
        base = float(packet.time_base)
        start = packet.pts * base
        end = start + 2 * packet.duration * base
        if any(start < until and end > since for since, until in self._spans):
            silent: Any = av.Packet(self._silent)
            silent.pts, silent.dts, silent.duration = packet.pts, packet.dts, packet.duration
            silent.time_base, silent.is_keyframe = packet.time_base, True
            for data in packet.iter_sidedata():
                if data.data_type == "skip_samples":
                    silent.set_sidedata(data)
            packet = silent
        packet.stream = self._out
        yield packet


class EncodedSound:
    """Decodes, zeroes, and encodes the whole stream again."""

    exact = "encoded again"

    def __init__(self, container: Any, stream: Any, spans: Spans) -> None:
        """Add a stream of the same codec, or of Opus in place of Vorbis."""
        context = stream.codec_context
        name = context.codec.name
        out = container.add_stream(
            _NAMES.get(name, name), rate=context.sample_rate, layout=context.layout
        )
        if name in ("flac", "alac") or name.startswith("pcm"):
            self.exact = "every other sample is as it was"
        else:
            spans = [(since - _RINGING, until + _RINGING) for since, until in spans]
            least = _BITS_A_CHANNEL * context.layout.nb_channels
            out.bit_rate = max(int(context.bit_rate or 0), least)
        out.metadata.update(stream.metadata)
        self._out, self._spans = out, spans
        formats = [one.name for one in out.codec.audio_formats or ()]
        wanted = (
            context.format.name if context.format.name in formats or not formats else formats[0]
        )
        out.codec_context.format = wanted
        self._resampler = av.AudioResampler(
            format=wanted,
            layout=context.layout,
            rate=out.codec_context.sample_rate,
            frame_size=0,
        )

    def push(self, packet: Any) -> Iterator[Any]:
        """Yield encoded packets."""
        for frame in packet.decode():
            self._zero(frame)
            for fitting in self._resampler.resample(frame):
                yield from self._out.encode(fitting)

    def finish(self) -> Iterator[Any]:
        """Yield what is left."""
        for fitting in self._resampler.resample(None):
            yield from self._out.encode(fitting)
        yield from self._out.encode(None)

    def _zero(self, frame: av.AudioFrame) -> None:
        start = (
            float(frame.pts * frame.time_base) if frame.pts is not None and frame.time_base else 0.0
        )
        ranges = []
        for since, until in self._spans:
            first = max(int(np.floor((since - start) * frame.sample_rate + _ROUND)), 0)
            last = min(int(np.ceil((until - start) * frame.sample_rate - _ROUND)), frame.samples)
            if first < last:
                ranges.append((first, last))
        if not ranges:
            return
        frame.make_writable()
        silence = 0x80 if frame.format.name.startswith("u8") else 0
        channels = 1 if frame.format.is_planar else frame.layout.nb_channels
        size = channels * frame.format.bytes
        for plane in frame.planes:
            buffer: Any = plane
            samples = np.frombuffer(buffer, np.uint8)
            for first, last in ranges:
                samples[first * size : last * size] = silence


def muted(container: Any, stream: Any, spans: Spans) -> CopiedSound | EncodedSound:
    """Return what mutes ``spans`` of ``stream`` with the least change."""
    context = stream.codec_context
    if context.codec.name == "aac" and context.extradata:
        silent = silent_aac(context.sample_rate, context.layout.name, bytes(context.extradata))
        if silent is not None:
            return SplicedSound(container, stream, spans, silent)
    return EncodedSound(container, stream, spans)


def silent_aac(rate: int, layout: str, extradata: bytes) -> bytes | None:
    """Return a silent AAC packet; None where the stream is of another kind than plain LC."""
    encoder: Any = av.CodecContext.create("aac", "w")
    encoder.sample_rate, encoder.layout, encoder.format = rate, layout, "fltp"
    encoder.time_base, encoder.bit_rate = Fraction(1, rate), 64_000
    packets: list[bytes] = []
    for number in range(6):
        frame = av.AudioFrame(format="fltp", layout=layout, samples=1024)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate, frame.pts, frame.time_base = rate, number * 1024, Fraction(1, rate)
        packets += [bytes(packet) for packet in encoder.encode(frame)]
    own = bytes(encoder.extradata or b"")
    # The first 13 bits are object type, rate and channels; ISO/IEC 14496-3, AudioSpecificConfig. More than
    # five bytes hold an extension such as SBR.
    alike = len(own) >= 2 and own[0] == extradata[0] and own[1] & 0xF8 == extradata[1] & 0xF8
    return packets[-1] if alike and len(packets) > 2 and _is_plain(extradata) else None


def _is_plain(extradata: bytes) -> bool:
    """Tell whether a configuration names no SBR: sync extension 0x2B7 with object type 5 and its flag set."""
    if len(extradata) < 5:
        return True
    tail = int.from_bytes(extradata[2:5], "big")
    return tail >> 13 != 0x2B7 or not tail & 0x80
