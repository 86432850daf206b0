"""The decoder process as its reader holds it: start, bounded waiting, slots, and a certain end."""

from __future__ import annotations

import dataclasses
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import compliance.media
from compliance.media import ring
from compliance.media.limits import DecodeLimits
from compliance.media.protocol import MAX_MESSAGE, BrokenProtocol, pack_slot

_POLL_SECONDS = 0.25
_GRACE_SECONDS = 1.0
"""Time that a decoder has to end by itself after its last message, seconds."""


class Child:
    """One running decoder."""

    def __init__(
        self,
        file: int | None,
        size: int,
        limits: DecodeLimits,
        slots: int,
        sound: bool = False,
        every_frame: bool = False,
        light: bool = False,
        loudness: bool = False,
    ) -> None:
        """Start the decoder; ``slots`` is set lower where it announces that it uses fewer of them.

        Args:
            file: open descriptor of the media; None has the decoder only test its containment.
            size: size of the media, bytes.
            limits: what it may use.
            slots: slots of the ring.
            sound: decode audio streams as well.
            every_frame: give every frame, not only those that are to be examined.
            light: measure the light of every frame.
            loudness: measure the loudness of the audio streams that are decoded.
        """
        self._sound = sound
        self._every_frame = every_frame
        self._light, self._loudness = light, loudness
        self._limits = limits
        self._ring_slots = self.slots = slots
        self.slot_bytes = ring.slot_bytes_of(limits.max_pixels)
        self._lock = threading.Lock()
        self._held: set[int] = set()
        self._hung = False
        self._alive_at = time.monotonic()
        self._waited = 0.0
        memory = ring.create(slots, self.slot_bytes)
        try:
            self.ring = ring.Ring(memory, slots, self.slot_bytes, writable=False)
            self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._process = self._start(theirs.fileno(), memory, file, size)
        finally:
            os.close(memory)

    def _start(
        self, control: int, memory: int, file: int | None, size: int
    ) -> subprocess.Popen[bytes]:
        job = {
            "control": control,
            "ring": memory,
            "file": -1 if file is None else file,
            "file_bytes": size,
            "slots": self._ring_slots,
            "sound": self._sound,
            "every_frame": self._every_frame,
            "light": self._light,
            "loudness": self._loudness,
            "limits": dataclasses.asdict(self._limits),
        }
        package = Path(compliance.media.__path__[0]).parent.parent
        try:
            return subprocess.Popen(
                [sys.executable, "-P", "-m", "compliance.media.worker", json.dumps(job)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[control, memory, *([] if file is None else [file])],
                env={
                    "PYTHONPATH": str(package),
                    "PYTHONHASHSEED": "0",
                    "OPENBLAS_NUM_THREADS": "1",
                },
                cwd="/",
            )
        except OSError:
            self._socket.close()
            raise

    @property
    def pid(self) -> int:
        """Process id of the decoder."""
        return self._process.pid

    def receive(self) -> bytes | None:
        """Wait for a message; None where the decoder has ended or had to be ended.

        Waiting does not count while every slot is held, because then the decoder waits for the reader.

        Raises:
            BrokenProtocol: the message is longer than allowed.
        """
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        self._alive_at = time.monotonic()
        while not poll.poll(_POLL_SECONDS * 1000):
            now = time.monotonic()
            with self._lock:
                if len(self._held) >= self.slots:
                    self._alive_at = now
                else:
                    self._waited += _POLL_SECONDS
            silent = now - self._alive_at > self._limits.wall_seconds
            if silent or self._waited > self._limits.total_seconds:
                self._hung = True
                return None
        try:
            data, _, flags, _ = self._message()
        except ConnectionError:
            return None
        if flags & socket.MSG_TRUNC:
            raise BrokenProtocol(f"a message of more than {MAX_MESSAGE} bytes")
        return data or None

    def _message(self) -> tuple[bytes, list[Any], int, Any]:
        """Take a message; that a decoder ended without reading every release is told first, and once."""
        try:
            return self._socket.recvmsg(MAX_MESSAGE)
        except ConnectionError:
            return self._socket.recvmsg(MAX_MESSAGE)

    def hold(self, slot: int) -> None:
        """Note that the reader has ``slot``; raise :class:`BrokenProtocol` where it had it already."""
        with self._lock:
            if slot in self._held:
                raise BrokenProtocol(f"slot {slot} twice")
            self._held.add(slot)

    def release(self, slot: int) -> None:
        """Give ``slot`` back to the decoder; does nothing where the decoder has ended."""
        with self._lock:
            if slot not in self._held:
                return
            self._held.discard(slot)
            self._alive_at = time.monotonic()
            try:
                self._socket.send(pack_slot(slot), socket.MSG_DONTWAIT)
            except OSError:  # it has ended, or does not read: nobody waits for the slot
                return

    def why_ended(self) -> str:
        """Say as a gap why the decoder stopped without a last message."""
        if self._hung:
            return (
                f"The decoder gave no sign of life for {self._limits.wall_seconds:g} s, or took more than "
                f"{self._limits.total_seconds:g} s, and was ended; export the file again, or raise the limit."
            )
        code = self._wait()
        if code == -signal.SIGXCPU:
            what = f"used up its {self._limits.cpu_seconds} s of CPU time"
        elif code < 0:
            what = f"was ended by signal {signal.Signals(-code).name}"
        else:
            what = f"ended with code {code}"
        return (
            f"The decoder {what} before it had read the whole file; the file is damaged, hostile or beyond "
            "the limits, export it again."
        )

    def kill(self) -> None:
        """End the decoder at once, from any thread; a :meth:`receive` that waits for it returns."""
        self._process.kill()

    def close(self) -> None:
        """End the decoder for certain; frames that are held stay readable."""
        if self._hung:
            self._process.kill()
        self._wait()
        with self._lock:
            self._socket.close()

    def _wait(self) -> int:
        try:
            return self._process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()
