"""Messages about light and loudness from a decoder that was taken over."""

import numpy as np
import pytest

from compliance.media import protocol
from compliance.media.measured import Measured
from compliance.media.protocol import BrokenProtocol, said_of

ROW = [0.04, 0.5, 0.0, 2, 0, 0.25, 0.0, 0.0, 0]
LIGHT = {"type": "light", "stream": 0, "why": "", "rows": [ROW, [0.08, *ROW[1:]]]}
LOUD = {
    "type": "loudness", "stream": 1, "channels": 2, "seconds": 3.0, "integrated": -23.0, "range": 1.0,
    "true_peak": None, "momentary": -20.0, "short_term": None, "silences": [[0.0, 1.5]], "dead": [1],
    "unmeasured": "",
}  # fmt: skip
NAN = float("nan")


def test_sound_messages_become_tracks() -> None:
    measured = Measured(10)
    measured.add_light(protocol.light_of(LIGHT, 8))
    measured.add_loudness(protocol.loudness_of(LOUD))
    (light,), (loud,) = measured.light("clip"), measured.loudness("clip")
    assert light.times.tolist() == [0.04, 0.08]
    assert light.measures.tolist() == np.float32([ROW[1:], ROW[1:]]).tolist()
    assert (loud.stream, loud.integrated, loud.true_peak, loud.dead_channels) == (
        1,
        -23.0,
        None,
        (1,),
    )


@pytest.mark.parametrize(
    "change",
    [
        {"stream": -1}, {"stream": "0"}, {"why": "x" * 10}, {"why": None}, {"rows": []}, {"rows": None},
        {"rows": [ROW] * 257}, {"rows": [ROW[:-1]]}, {"rows": [[*ROW, 0.0]]}, {"rows": [[*ROW[:-1], NAN]]},
        {"rows": [[*ROW[:-1], True]]}, {"rows": [[*ROW[:-1], "1"]]}, {"rows": [[*ROW[:-1], -1]]},
        {"rows": [[*ROW[:-1], 322.0]]}, {"rows": [[2e9, *ROW[1:]]]}, {"rows": ["row"]},
    ],
)  # fmt: skip
def test_light_with_anything_out_of_range_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(BrokenProtocol):
        protocol.light_of(LIGHT | change, 8)


@pytest.mark.parametrize(
    "change",
    [
        {"stream": None}, {"channels": -1}, {"seconds": NAN}, {"integrated": "loud"}, {"integrated": NAN},
        {"true_peak": 1e6}, {"momentary": True}, {"silences": None}, {"silences": [[2.0, 1.0]]},
        {"silences": [[0.0]]}, {"silences": [[-1.0, 1.0]]}, {"silences": [[0, 1]] * 257}, {"dead": [2]},
        {"dead": [0, 1, 1]}, {"dead": None}, {"unmeasured": 3}, {"unmeasured": "x" * 601},
    ],
)  # fmt: skip
def test_loudness_with_anything_out_of_range_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(BrokenProtocol):
        protocol.loudness_of(LOUD | change)


def test_light_whose_times_fall_is_refused_across_messages_too() -> None:
    measured = Measured(10)
    measured.add_light(protocol.light_of(LIGHT, 8))
    with pytest.raises(BrokenProtocol, match="fall"):
        measured.add_light(protocol.light_of(LIGHT | {"rows": [ROW]}, 8))


def test_light_of_more_frames_than_allowed_is_refused() -> None:
    measured = Measured(3)
    measured.add_light(protocol.light_of(LIGHT, 8))
    with pytest.raises(BrokenProtocol, match="more frames"):
        measured.add_light(protocol.light_of({**LIGHT, "rows": [[0.1, *ROW[1:]]] * 2}, 8))


def test_the_loudness_of_one_stream_comes_once() -> None:
    measured = Measured(3)
    measured.add_loudness(protocol.loudness_of(LOUD))
    with pytest.raises(BrokenProtocol, match="twice"):
        measured.add_loudness(protocol.loudness_of(LOUD))


def test_a_text_of_the_decoder_loses_what_would_steer_a_terminal() -> None:
    assert protocol.loudness_of(LOUD | {"unmeasured": "a\x1b[2J"})["unmeasured"] == "a [2J"


def test_a_subtitle_with_half_a_character_is_refused() -> None:
    with pytest.raises(BrokenProtocol, match="half a character"):
        said_of({"text": "a \ud800", "start": 0.0, "end": 1.0})
