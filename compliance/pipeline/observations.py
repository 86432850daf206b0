"""Observations on disk: Parquet, with what is personal in it sealed.

Columns that say where and when are plain, so that they can be queried. Text, vectors and crops are one
sealed column: strangers' biometrics and private text never lie on disk in the clear.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Container, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from compliance.banks.keys import Sealer
from compliance.errors import ComplianceError, UsageError
from compliance.files import write_atomically
from compliance.findings import Observation, RawKind
from compliance.types import Region, Source, TimeSpan

GROUP = 64
"""Observations that are sealed or opened at a time."""


def to_bytes(observations: Sequence[Observation], sealer: Sealer) -> bytes:
    """Serialise observations to Parquet."""
    import pyarrow
    import pyarrow.parquet

    plain = (
        "id",
        "asset",
        "analyzer",
        "kind",
        "source",
        "start",
        "end",
        "raw",
        "raw_kind",
        "region",
    )
    types = {**{name: _type(name) for name in plain}, "sealed": pyarrow.binary()}
    sink = pyarrow.BufferOutputStream()
    # Frames of an hour take gigabytes: no more than a few are held a second time.
    with pyarrow.parquet.ParquetWriter(sink, pyarrow.schema(types), compression="zstd") as writer:
        for first in range(0, max(len(observations), 1), GROUP):
            rows = [_row(one, sealer) for one in observations[first : first + GROUP]]
            writer.write_table(
                pyarrow.table(
                    {
                        name: pyarrow.array([row[name] for row in rows], types[name])
                        for name in types
                    }
                )
            )
    return bytes(sink.getvalue().to_pybytes())


def from_bytes(content: bytes, sealer: Sealer) -> list[Observation]:
    """Read back what :func:`to_bytes` wrote.

    Raises:
        ComplianceError: it was sealed under another key, or changed since.
    """
    import pyarrow
    import pyarrow.parquet

    file = pyarrow.parquet.ParquetFile(pyarrow.BufferReader(content))
    return [
        _observation(row, sealer)
        for batch in file.iter_batches(batch_size=GROUP)
        for row in batch.to_pylist()
    ]


class ObservationCache:
    """Observations by their key, so that a new policy or bank needs no decoding."""

    def __init__(self, folder: Path, sealer: Sealer) -> None:
        self._folder = folder
        self._sealer = sealer

    def load(self, key: str) -> list[Observation] | None:
        """Return the observations stored under ``key``; None where there are none to be had."""
        content = self._open(key, "observations")
        return None if content is None else from_bytes(content, self._sealer)

    def save(self, key: str, observations: Sequence[Observation]) -> None:
        """Store ``observations`` under ``key``."""
        self._seal(key, "observations", to_bytes(observations, self._sealer))

    def load_note(self, key: str) -> dict[str, Any] | None:
        """Return a JSON note stored under ``key``, such as how a file decoded."""
        content = self._open(key, "note")
        return None if content is None else json.loads(content)

    def save_note(self, key: str, note: dict[str, Any]) -> None:
        """Store a JSON note under ``key``."""
        self._seal(key, "note", json.dumps(note).encode("utf-8"))

    def forget(self, key: str) -> None:
        """Delete whatever is stored under ``key``.

        Raises:
            UsageError: it cannot be deleted.
        """
        for kind in ("observations", "note"):
            path = self._path(key, kind)
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise UsageError(
                    "stored observations cannot be deleted",
                    found=str(error.strerror),
                    where=str(path),
                    fix="mend the folder's permissions, and delete the file",
                ) from error

    def forget_all(self, assets: Container[str]) -> None:
        """Delete every file that holds an observation of one of ``assets``; one that does not open is left.

        Raises:
            UsageError: it cannot be deleted.
        """
        import pyarrow
        import pyarrow.parquet

        for path in sorted(self._folder.glob("*/*.observations")):
            content = self._open(path.stem, "observations")
            if content is not None:
                table = pyarrow.parquet.read_table(pyarrow.BufferReader(content), columns=["asset"])
                if any(one in assets for one in set(table["asset"].to_pylist())):
                    self.forget(path.stem)

    def _open(self, key: str, kind: str) -> bytes | None:
        """Return what is stored; None where it is absent, damaged or under another master key.

        A damaged entry costs a decode, never a wrong answer: every byte is authenticated.
        """
        path = self._path(key, kind)
        if not path.is_file():
            return None
        try:
            return self._sealer.open(path.read_bytes(), f"{kind} {key}".encode())
        except ComplianceError:
            return None

    def _seal(self, key: str, kind: str, content: bytes) -> None:
        sealed = self._sealer.seal(content, f"{kind} {key}".encode())
        write_atomically(self._path(key, kind), sealed)

    def _path(self, key: str, suffix: str) -> Path:
        return self._folder / key[:2] / f"{key}.{suffix}"


def _type(name: str) -> Any:
    import pyarrow

    return pyarrow.float64() if name in ("start", "end", "raw") else pyarrow.string()


def _row(one: Observation, sealer: Sealer) -> dict[str, Any]:
    secret = {
        "text": one.text,
        "attributes": one.attributes,
        "image": _encode(one.image),
        "data": _encode(one.data),
        "vector": None if one.vector is None else _encode(one.vector.astype("<f4").tobytes()),
    }
    return {
        "id": one.id,
        "asset": one.asset,
        "analyzer": one.analyzer,
        "kind": one.kind,
        "source": str(one.source),
        "start": one.span.start if one.span else None,
        "end": one.span.end if one.span else None,
        "raw": one.raw,
        "raw_kind": str(one.raw_kind) if one.raw_kind else None,
        "region": json.dumps(one.region.points) if one.region else None,
        "sealed": sealer.seal(json.dumps(secret).encode("utf-8"), one.id.encode()),
    }


def _observation(row: dict[str, Any], sealer: Sealer) -> Observation:
    secret = json.loads(sealer.open(row["sealed"], row["id"].encode()))
    vector = _decode(secret["vector"])
    region = json.loads(row["region"]) if row["region"] else None
    return Observation(
        asset=row["asset"],
        analyzer=row["analyzer"],
        kind=row["kind"],
        source=Source(row["source"]),
        span=None if row["start"] is None else TimeSpan(start=row["start"], end=row["end"]),
        region=Region(points=tuple(tuple(point) for point in region)) if region else None,
        raw=row["raw"],
        raw_kind=RawKind(row["raw_kind"]) if row["raw_kind"] else None,
        text=secret["text"],
        vector=None if vector is None else np.frombuffer(vector, "<f4").astype(np.float32),
        image=_decode(secret["image"]),
        data=_decode(secret.get("data")),
        attributes=secret["attributes"],
    )


def _encode(content: bytes | None) -> str | None:
    return None if content is None else base64.b64encode(content).decode("ascii")


def _decode(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)
