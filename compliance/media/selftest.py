"""Ask a real decoder process what it can still do once contained."""

from __future__ import annotations

from typing import Any

from compliance.media import protocol
from compliance.media.child import Child
from compliance.media.limits import DecodeLimits
from compliance.media.protocol import BrokenProtocol


def self_test() -> tuple[str, ...]:
    """Start a decoder, contain it, and have it try what one that was taken over would try.

    Returns:
        One sentence for each mechanism that the kernel could not enforce, and for each thing that the decoder
        could still do though it must not; empty where containment is whole.

    Raises:
        MediaError: the decoder did not report, so nothing is known.
    """
    child = Child(None, 0, DecodeLimits(), slots=2)
    messages: dict[str, dict[str, Any]] = {}
    try:
        while (data := child.receive()) is not None:
            message = protocol.unpack(data)
            messages[message["type"]] = message
    finally:
        child.close()
    if not {"contained", "probed"} <= messages.keys():
        raise BrokenProtocol("no report of the probes")
    worked = protocol.texts(messages["probed"], "succeeded")
    return (
        *protocol.texts(messages["contained"], "missing"),
        *(f"A contained decoder could {name}." for name in worked),
    )
