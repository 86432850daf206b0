"""Messages of a decoder that was taken over."""

import json

import pytest

from compliance.media import protocol
from compliance.media.protocol import BrokenProtocol

FRAME = {
    "type": "frame", "slot": 1, "width": 4, "height": 2, "time": 0.5, "stream": 0, "index": 7,
    "reason": "grid", "difference": 255,
}  # fmt: skip


def test_a_sound_frame_is_taken_as_it_is() -> None:
    frame = protocol.frame_of(protocol.unpack(protocol.pack(FRAME)), slots=2, slot_bytes=24)
    assert (frame.slot, frame.width, frame.height, frame.time) == (1, 4, 2, 0.5)


@pytest.mark.parametrize(
    "change",
    [
        {"slot": 2}, {"slot": -1}, {"slot": True}, {"slot": 1.0}, {"slot": None},
        {"width": 0}, {"height": -3}, {"width": 5}, {"width": 1 << 40}, {"height": "2"},
        {"time": -0.1}, {"time": 1e12}, {"time": "now"}, {"time": None}, {"time": True},
        {"stream": -1}, {"index": 1 << 60}, {"reason": "because"}, {"reason": None},
        {"difference": 256}, {"difference": -1},
    ],
)  # fmt: skip
def test_a_frame_with_anything_out_of_range_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(BrokenProtocol):
        protocol.frame_of(FRAME | change, slots=2, slot_bytes=24)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"no", b"[]", b"{}", b'{"type": 1}', b'{"type": "frame", "time": NaN}', b"\xff\xfe",
        b'{"type": "frame", "time": Infinity}', b"[" * 60_000,
    ],
)  # fmt: skip
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(BrokenProtocol):
        protocol.unpack(data)


@pytest.mark.parametrize("gaps", [None, "text", [1], ["x"] * 33, ["x" * 601]])
def test_gaps_are_bounded(gaps: object) -> None:
    with pytest.raises(BrokenProtocol):
        protocol.texts({"gaps": gaps}, "gaps")


def test_gaps_lose_what_would_steer_a_terminal() -> None:
    assert protocol.texts({"gaps": ["a\x1b[2Jb\n"]}, "gaps") == ("a [2Jb ",)


@pytest.mark.parametrize("counts", [None, [[1]], [[0, -1]], [["0", 1]], [[0, True]], [[0, 1]] * 65])
def test_counts_are_bounded(counts: object) -> None:
    with pytest.raises(BrokenProtocol):
        protocol.counts({"decoded": counts}, "decoded")


def test_free_slots_come_back_in_order() -> None:
    data = b"".join(protocol.pack_slot(slot) for slot in (3, 0, 2))
    assert protocol.unpack_slots(data) == [3, 0, 2]
    assert json.loads(protocol.pack({"type": "beat"})) == {"type": "beat"}
