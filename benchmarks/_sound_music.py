"""Made music of many kinds: nothing here is a recording, and every piece follows from its seed.

``piece`` draws key, scale, tuning, tempo, swing, chords, melody, instruments, drums and room; with ``kin`` two
pieces share all but their notes, as two takes of one band do. ``toy`` is what a test would make in ten lines:
notes of plain tones on a grid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, fftconvolve, lfilter, sosfilt

RATE = 44_100
"""Samples a second of all that is made here, Hz."""
Wave = npt.NDArray[np.float64]
SCALES = (
    (0, 2, 4, 5, 7, 9, 11),
    (0, 2, 3, 5, 7, 8, 10),
    (0, 2, 3, 5, 7, 9, 10),
    (0, 3, 5, 7, 10),
    (0, 2, 4, 7, 9),
    (0, 1, 4, 5, 7, 8, 11),
)


@dataclass(frozen=True)
class Style:
    """What pieces that are kin share."""

    key: float
    """Lowest note, MIDI number; the fraction is tuning."""
    scale: tuple[int, ...]
    """Semitones over the key."""
    beat: float
    """Seconds."""
    swing: float
    """Part of a beat by which the second eighth is late."""
    loose: float
    """Standard deviation of the players' timing, seconds."""
    layers: tuple[str, ...]
    """Instruments: chords, melody, bass."""
    drums: int
    """Seed of kit and pattern; negative for none."""
    room: float
    """Seconds until the room has died away by 60 dB."""
    wet: float
    """Share of the room."""
    loud: float
    """How hard it is mastered."""


def style(rng: np.random.Generator) -> Style:
    """Draw one."""
    chords = rng.choice(["pad", "organ", "keys", "strings", "guitar"])
    melody = rng.choice(["guitar", "bell", "voice", "lead", "keys", "flute"])
    bass = rng.choice(["bass", "pluck", "none"])
    return Style(
        key=float(rng.integers(36, 48) + rng.choice([0.0, rng.normal(0, 0.15)])),
        scale=SCALES[rng.integers(len(SCALES))],
        beat=60 / float(rng.choice([rng.uniform(60, 175), rng.integers(6, 17) * 10])),
        swing=float(rng.choice([0, 0, 0.1, 0.16])),
        loose=float(rng.choice([0, 0.006, 0.015])),
        layers=(str(chords), str(melody), str(bass)),
        drums=int(rng.integers(1 << 30)) if rng.random() < 0.7 else -1,
        room=float(rng.uniform(0.2, 2.5)),
        wet=float(rng.choice([0.05, 0.2, 0.5])),
        loud=float(rng.choice([0.5, 1.5, 4.0])),
    )


def piece(seed: int, seconds: float = 30.0, kin: int | None = None) -> npt.NDArray[np.float32]:
    """Make a piece: float32, shape (2, N), 44.1 kHz, at most 0.9 in size.

    Args:
        seed: notes, and the style too unless ``kin`` says.
        seconds: its length.
        kin: seed of a style that several pieces share.
    """
    rng = np.random.default_rng([seed, 1])
    how = style(np.random.default_rng([seed if kin is None else kin, 2]))
    dry = np.zeros(round((seconds + 3) * RATE))
    beats = int(seconds / how.beat) + 1
    chords = rng.integers(0, len(how.scale), 4 if rng.random() < 0.6 else 8)
    for beat in range(0, beats, 4):
        degree = int(chords[beat // 4 % len(chords)])
        _bar(dry, rng, how, beat, degree)
    if how.drums >= 0:
        _drums(dry, rng, how, beats)
    return _master(dry[: round(seconds * RATE)], rng, how)


def toy(seed: int, seconds: float = 30.0) -> npt.NDArray[np.float32]:
    """Make plain notes on a grid, as :func:`piece` returns it; three kinds of sound, tempo and scale."""
    rng = np.random.default_rng([seed, 3])
    step = float(rng.choice([0.2, 0.25, 0.4, 0.5]))
    sound = rng.integers(3)
    out = np.zeros(round((seconds + 3) * RATE))
    for number in range(int(seconds / step)):
        notes = [60 + 12 * rng.integers(0, 2) + rng.choice(SCALES[0])]
        if number % 4 == 0:
            root = int(rng.choice(SCALES[0]))
            notes += [48 + root, 52 + root, 55 + root]
        for note in notes:
            time = np.arange(round(step * RATE * (1 if sound else 1.5))) / RATE
            tone = np.zeros(len(time))
            for partial in range(1, (2, 5, 8)[sound]):
                tone += np.sin(2 * np.pi * partial * _hertz(float(note)) * time) / partial
            tone *= np.exp(-time * (0.5, 4, 8)[sound]) * np.minimum(1, (time[-1] - time) / 0.01)
            _add(out, number * step, 0.2 * tone)
    mono = out[: round(seconds * RATE)]
    return np.stack([mono, mono]).astype(np.float32) / np.float32(np.abs(mono).max() / 0.9)


def _bar(out: Wave, rng: np.random.Generator, how: Style, beat: int, degree: int) -> None:
    """Add four beats of chords, melody and bass."""
    chords, melody, bass = how.layers
    slow = chords in ("pad", "organ", "strings")
    for at in (0.0,) if slow else sorted(rng.choice(np.arange(8) / 2, rng.integers(2, 6), False)):
        length = 4.0 if slow else float(rng.choice([0.5, 1.0, 2.0]))
        for third in range(3 if rng.random() < 0.7 else 4):
            _play(
                out, rng, how, chords, beat + at, length, _note(how, degree + 2 * third) + 12, 0.25
            )
    at = 0.0
    place = int(rng.integers(0, 10))
    while at < 4:
        length = float(rng.choice([0.25, 0.5, 0.5, 1.0, 1.5]))
        place = int(np.clip(place + rng.integers(-3, 4), -2, 14))
        if rng.random() < 0.85:
            note = _note(how, degree + place) + 24
            _play(out, rng, how, melody, beat + at, length, note, float(rng.uniform(0.3, 0.6)))
        at += length
    if bass != "none":
        for at in np.arange(0, 4, float(rng.choice([0.5, 1.0, 2.0]))):
            note = _note(how, degree + int(rng.choice([0, 0, 0, 4])))
            name = "guitar" if bass == "pluck" else "bass"
            _play(out, rng, how, name, beat + float(at), 0.9, note, 0.5)


def _play(
    out: Wave,
    rng: np.random.Generator,
    how: Style,
    name: str,
    beat: float,
    beats: float,
    note: float,
    level: float,
) -> None:
    late = how.swing if beat % 1 == 0.5 else 0.0
    time = max(0.0, (beat + late) * how.beat + rng.normal(0, how.loose))
    _add(out, time, level * INSTRUMENTS[name](rng, _hertz(note), beats * how.beat))


def _note(how: Style, degree: int) -> float:
    octave, place = divmod(degree, len(how.scale))
    return how.key + 12 * octave + how.scale[place]


def _hertz(note: float) -> float:
    return float(440 * 2 ** ((note - 69) / 12))


def _add(out: Wave, start: float, sound: Wave) -> None:
    begin = round(start * RATE)
    sound = sound[: max(0, len(out) - begin)]
    out[begin : begin + len(sound)] += sound


def _shape(seconds: float, attack: float, release: float) -> tuple[Wave, Wave]:
    time = np.arange(round((seconds + release) * RATE)) / RATE
    return time, np.minimum(1, time / attack) * np.clip(1 - (time - seconds) / release, 0, 1)


def _additive(
    rng: np.random.Generator, hertz: float, shape: tuple[Wave, Wave], bright: float, vibrato: float
) -> Wave:
    """Add partials that wander, with a formant or two."""
    time, envelope = shape
    depth = vibrato * np.minimum(1, time / 0.3)
    phase = 2 * np.pi * hertz * time + depth * np.sin(
        2 * np.pi * rng.uniform(4.5, 6.5) * time + rng.uniform(0, 6)
    )
    centres = rng.uniform(300, 3500, 2)
    out = np.zeros(len(time))
    for partial in range(1, min(24, int(12_000 / hertz)) + 1):
        peak = 1 + 3 * np.exp(-(((partial * hertz - centres) / 300) ** 2)).sum()
        out += peak * partial ** (-1 / bright) * np.sin(partial * phase + rng.uniform(0, 2 * np.pi))
    return out / 4 * envelope


def _pluck(rng: np.random.Generator, hertz: float, seconds: float) -> Wave:
    """Karplus and Strong's string."""
    period = max(2, round(RATE / hertz))
    length = round((seconds + 0.4) * RATE)
    burst = np.zeros(length)
    burst[:period] = rng.uniform(-1, 1, min(period, length))
    loss = float(rng.uniform(0.985, 0.998))
    ring = lfilter([1.0], np.r_[1.0, np.zeros(period - 1), -loss / 2, -loss / 2], burst)
    return np.asarray(ring * np.clip((length - np.arange(length)) / (0.1 * RATE), 0, 1))


def _fm(rng: np.random.Generator, hertz: float, seconds: float, ratio: float) -> Wave:
    time, envelope = _shape(seconds, 0.003, 0.6)
    index = rng.uniform(1, 5) * np.exp(-time * 4)
    tone = np.sin(2 * np.pi * hertz * time + index * np.sin(2 * np.pi * hertz * ratio * time))
    return tone * envelope * np.exp(-time * rng.uniform(1, 4))


INSTRUMENTS: dict[str, Callable[[np.random.Generator, float, float], Wave]] = {
    "pad": lambda rng, f, s: _additive(rng, f, _shape(s, 0.4, 0.8), 0.8, 0.02),
    "strings": lambda rng, f, s: (
        _additive(rng, f, _shape(s, 0.12, 0.3), 1.2, 0.15)
        + _additive(rng, f * 1.003, _shape(s, 0.15, 0.3), 1.2, 0.15)
    ),
    "organ": lambda rng, f, s: _additive(rng, f, _shape(s, 0.01, 0.05), 0.7, 0.0),
    "lead": lambda rng, f, s: _additive(rng, f, _shape(s, 0.01, 0.1), 1.5, 0.2),
    "voice": lambda rng, f, s: _additive(rng, f, _shape(s, 0.06, 0.15), 1.0, 0.35),
    "flute": lambda rng, f, s: _additive(rng, f * 2, _shape(s, 0.05, 0.1), 0.4, 0.1),
    "keys": lambda rng, f, s: _fm(rng, f, s, 1.0),
    "bell": lambda rng, f, s: _fm(rng, f, s + 0.8, 3.5),
    "guitar": lambda rng, f, s: _pluck(rng, f, s + 0.3),
    "bass": lambda rng, f, s: _additive(rng, f, _shape(s, 0.005, 0.08), 0.6, 0.0),
}


def _drums(out: Wave, rng: np.random.Generator, how: Style, beats: int) -> None:
    """Add a pattern of sixteenths by one kit; a fill now and then."""
    kit = np.random.default_rng([how.drums, 4])
    time = np.arange(round(0.5 * RATE)) / RATE
    low, fall = kit.uniform(40, 60), kit.uniform(4, 12)
    kick = np.sin(2 * np.pi * (low * time + 2 * (1 - np.exp(-time * 40)))) * np.exp(-time * fall)
    high = sosfilt(butter(4, kit.uniform(4000, 8000), "high", fs=RATE, output="sos"), _noise(kit))
    hat = high * np.exp(-time * kit.uniform(25, 90))
    body = np.sin(2 * np.pi * kit.uniform(160, 260) * time) * np.exp(-time * 25)
    snare = 0.6 * body + 0.5 * _noise(kit) * np.exp(-time * kit.uniform(12, 30))
    pattern = kit.random((3, 16)) < np.array([[0.2], [0.12], [0.6]])
    pattern[0, [0, 8]], pattern[1, [4, 12]] = True, True
    for step in range(4 * beats):
        fill = step % 64 >= 60 and rng.random() < 0.5
        for sound, row, level in ((kick, 0, 0.9), (snare, 1, 0.6), (hat, 2, 0.25)):
            if pattern[row, step % 16] or (fill and row == 1):
                start = max(0.0, step / 4 * how.beat + rng.normal(0, how.loose))
                _add(out, start, level * float(rng.uniform(0.7, 1)) * sound)


def _noise(rng: np.random.Generator) -> Wave:
    return rng.standard_normal(round(0.5 * RATE)) * 0.5


def _master(dry: Wave, rng: np.random.Generator, how: Style) -> npt.NDArray[np.float32]:
    time = np.arange(round(how.room * RATE)) / RATE
    sides = []
    for _ in range(2):
        tail = rng.standard_normal(len(time)) * np.exp(-6.9 * time / how.room)
        tail /= np.sqrt((tail**2).sum())
        sides.append(dry + how.wet * fftconvolve(dry, tail)[: len(dry)])
    both = np.stack(sides)
    both = np.tanh(how.loud * both / (3 * both.std()))
    return np.asarray(0.9 * both / np.abs(both).max(), np.float32)
