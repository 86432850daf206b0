"""Past reviews in one Parquet file: all that a decision rests on, so that neither folders nor media are needed.

One row is one review, whole in itself: files with these columns can be joined as any Parquet files can.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from compliance.errors import UsageError
from compliance.facts import Facts
from compliance.files import write_atomically
from compliance.pipeline.runread import read_run
from compliance.types import canonical_json

COLUMNS = ("run", "asset_name", "as_of", "facts_sha256", "facts")
"""Name of the run's folder, name of the asset, ISO 8601 moment of the decision, SHA-256 of the facts in
64 hex digits, and the facts as JSON; all are text."""
ROWS_AT_ONCE = 256
"""Rows that are read together: facts of a long clip take about a megabyte."""


@dataclass(frozen=True)
class PastReview:
    """What a past decision rests on."""

    asset_name: str
    """What reports call the asset."""
    facts: Facts
    """Everything that was known."""
    as_of: datetime
    """The moment of the decision, with its zone."""


@dataclass(frozen=True)
class StoredReview:
    """A past review that has not been read yet, so that one that cannot be read hides no other."""

    where: str
    """Folder, or file and row, as people find it again."""
    read: Callable[[], PastReview]
    """Reads it; raises UsageError where it cannot be read."""


def review_in(folder: Path) -> StoredReview:
    """Return the review that the folder of a run holds."""
    return StoredReview(folder.name, partial(_from_folder, folder))


def write_reviews(folders: Sequence[Path], target: Path) -> None:
    """Write the reviews in ``folders``, in their order, to one file.

    Raises:
        UsageError: one of them cannot be read, or the file cannot be written.
    """
    import pyarrow
    import pyarrow.parquet

    rows = [_row(folder) for folder in folders]
    text = pyarrow.string()
    table = pyarrow.table(
        {name: pyarrow.array([row[name] for row in rows], text) for name in COLUMNS}
    )
    sink = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(table, sink, compression="zstd", row_group_size=ROWS_AT_ONCE)
    write_atomically(target, bytes(sink.getvalue().to_pybytes()))


def reviews_of(file: Path) -> Iterator[StoredReview]:
    """Yield the reviews in ``file``, row by row from 1.

    Raises:
        UsageError: it is no Parquet file with :data:`COLUMNS`.
    """
    import pyarrow
    import pyarrow.parquet

    try:
        parquet = pyarrow.parquet.ParquetFile(file)
    except (OSError, pyarrow.ArrowException) as error:
        raise _no_archive(file, " ".join(str(error).split())[:300]) from error
    with parquet:
        missing = [name for name in COLUMNS if name not in parquet.schema_arrow.names]
        if missing:
            raise _no_archive(file, f"no column {', '.join(missing)}")
        number = 0
        for batch in parquet.iter_batches(ROWS_AT_ONCE, columns=list(COLUMNS)):
            for row in batch.to_pylist():
                number += 1
                where = f"{file.name} row {number} ({row['run']})"
                yield StoredReview(where, partial(_from_row, row, where))


def _row(folder: Path) -> dict[str, str]:
    past = _from_folder(folder)
    facts = canonical_json(past.facts)
    return {
        "run": folder.name,
        "asset_name": past.asset_name,
        "as_of": past.as_of.isoformat(),
        "facts_sha256": hashlib.sha256(facts).hexdigest(),
        "facts": facts.decode("utf-8"),
    }


def _from_folder(folder: Path) -> PastReview:
    past = read_run(folder)
    return PastReview(past.verdict.asset_name, past.facts, past.verdict.as_of)


def _from_row(row: dict[str, str | None], where: str) -> PastReview:
    """Read one row; what was cut or edited would be decided as if it had been found so."""
    values = {name: row[name] for name in COLUMNS}
    told = {name: value for name, value in values.items() if isinstance(value, str)}
    if len(told) < len(COLUMNS):
        raise _broken(where, f"nothing in {', '.join(sorted(values.keys() - told.keys()))}")
    found = hashlib.sha256(told["facts"].encode("utf-8")).hexdigest()
    if found != told["facts_sha256"]:
        raise _broken(where, f"facts with SHA-256 {found}, not {told['facts_sha256']}")
    try:
        facts = Facts.model_validate_json(told["facts"])
        return PastReview(told["asset_name"], facts, datetime.fromisoformat(told["as_of"]))
    except (ValidationError, ValueError) as error:
        raise _broken(where, " ".join(str(error).split())[:300]) from error


def _broken(where: str, found: str) -> UsageError:
    return UsageError(
        "this row is not a review that can be decided anew",
        expected="a row as 'compliance policy facts' writes it",
        found=found,
        where=where,
        fix="write the file again: compliance policy facts RUNS -o facts.parquet",
    )


def _no_archive(file: Path, found: str) -> UsageError:
    return UsageError(
        "this file holds no reviews that can be decided anew",
        expected=f"a Parquet file with the columns {', '.join(COLUMNS)}",
        found=found,
        where=str(file),
        fix="write one with 'compliance policy facts RUNS -o facts.parquet'; findings alone do not say "
        "where an asset goes, what was examined and who consents",
    )
