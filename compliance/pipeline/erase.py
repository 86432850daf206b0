"""Forgetting a person: everything biometric that any review stored of them goes, before their key does.

Verdicts and attestations stay as they were signed, so that they verify; they hold names and digests, nothing
that a face or voice could be found with.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from compliance.banks.keys import MasterKey, Sealer
from compliance.banks.people import PeopleBank, Template
from compliance.errors import ComplianceError
from compliance.facts import Facts
from compliance.files import sync_folder, write_atomically
from compliance.findings import UNSEEN, Finding, Observation, Reference, Status
from compliance.pipeline.comparing import Comparer
from compliance.pipeline.observations import from_bytes
from compliance.pipeline.runfiles import EVIDENCE, OBSERVATIONS, VERDICT
from compliance.pipeline.runread import read_run
from compliance.settings import Settings
from compliance.taxonomy import PRESENCE
from compliance.types import Source

FLOOR = 0.05
"""Calibrated score from which a stored face is taken for the person's: that of the weakest match that is ever
reported. It takes some strangers with it, whose observations are made again when they are needed."""
UNKNOWN_FLOOR = 0.55
"""Cosine that stands in where the numbers of a model by itself have no score, as those of voices: of 61 turns
of 1 s and more of five speakers the least like two enrolled recordings has 0.595 (November 2026)."""
CACHED = ".observations"
WRITING = ".writing-"
"""How files begin that :func:`compliance.files.write_atomically` has not renamed yet."""

Track = tuple[str, str]
"""Analyzer, and name of the track within the asset."""
NO_TRACK: Track = ("", "")
_FACES = PRESENCE["likeness.face"]


@dataclass
class Erased:
    """What was removed."""

    templates: int = 0
    """Templates in the bank."""
    cached: int = 0
    """Files of stored observations; what they were made of can be looked at again."""
    rows: int = 0
    """Observations in run folders."""
    crops: int = 0
    """Evidence crops in run folders."""
    runs: list[str] = field(default_factory=list)
    """Names of the run folders that lost something."""


def erase_person(
    people: PeopleBank,
    reference: Reference,
    settings: Settings,
    keys: MasterKey,
    more_runs: Sequence[Path] = (),
) -> Erased:
    """Erase a person from the bank and from all that reviews stored.

    The bank is last, so that what was interrupted can be said again; whatever reviews wrote meanwhile is
    looked through once more.

    Args:
        people: the bank.
        reference: who.
        settings: say where observations and runs lie.
        keys: opens what is stored.
        more_runs: further folders of runs, such as those given to ``review --run-dir``.

    Raises:
        BankError: there is no such person, or the master key is not theirs; nothing is then removed.
        UsageError: a file cannot be removed; the person is then still enrolled.
        StoreError: the database cannot be written.
    """
    templates = people.templates_of(reference)
    sweep = _Sweep(reference, templates, Comparer(settings), keys)
    folders = [settings.runs, *more_runs]
    sweep.run(settings.observations, folders)
    people.erase(reference)
    sweep.run(settings.observations, folders)
    return sweep.erased


class _Sweep:
    """Goes through stored observations and run folders."""

    def __init__(
        self,
        reference: Reference,
        templates: Sequence[Template],
        comparer: Comparer,
        keys: MasterKey,
    ) -> None:
        self._reference = reference
        self._templates = templates
        self._comparer = comparer
        self._cache: Sealer = keys.sealer("observations")
        self._clean: set[tuple[Path, int]] = set()
        """Run folders and files of the cache that were looked through, and when they had changed."""
        self.erased = Erased(templates=len(templates))

    def run(self, cache: Path, folders: Iterable[Path]) -> None:
        """Remove what is the person's from whatever is new since the last call.

        What a killed review left under a temporary name counts as well.
        """
        keys: set[str] = set()
        for folder in folders:
            for run in sorted({file.parent for file in _stored(folder)}):
                if self._is_new(run):
                    keys |= self._clean_run(run)
        for file in sorted(cache.glob(f"*/*{CACHED}")):
            named = file.name.removesuffix(CACHED) in keys
            if named or (self._is_new(file) and self._holds(file)):
                _remove(file)
                self.erased.cached += 1
        if self._templates:
            for file in sorted(
                cache.glob(f"*/{WRITING}*")
            ):  # under which key nobody knows any more
                _remove(file)
                self.erased.cached += 1

    def _is_new(self, path: Path) -> bool:
        """Tell whether ``path`` was not looked through as it is now; folders of runs never change again."""
        try:
            seen = (path, path.stat().st_ino if path.is_dir() else path.stat().st_mtime_ns)
        except FileNotFoundError:  # renamed by the review that writes it; the second sweep finds it
            return False
        new = seen not in self._clean
        self._clean.add(seen)
        return new

    def _holds(self, file: Path) -> bool:
        """Tell whether a file of the cache holds the person or whole frames, or cannot be looked into."""
        context = f"observations {file.name.removesuffix(CACHED)}".encode()
        try:
            found = from_bytes(self._cache.open(file.read_bytes(), context), self._cache)
        except (ComplianceError, OSError, ValueError):
            return bool(self._templates)
        frames = bool(self._templates) and any(_is_frame(one) for one in found)
        return frames or any(self._alike(one) for one in found)

    def _clean_run(self, folder: Path) -> set[str]:
        """Remove observations and crops of one run; return the keys of the observations that it used."""
        try:
            past = read_run(folder)
        except ComplianceError:
            # What was found there is unknown, so that everything that may show somebody goes.
            return self._clean_unreadable(folder)
        findings = past.facts.findings
        named = [
            one for one in findings if one.reference and one.reference.id == self._reference.id
        ]
        tracks = {(one.analyzer, one.track) for one in named if one.track}
        tracks |= self._clean_rows(folder, tracks)
        own = [one for one in findings if one in named or _track(one) in tracks]
        crops = {one.id for one in own} | {one.id for one in findings if _beside(one, own)}
        if any(one.modality == "face" for one in self._templates) and not _looked(past.facts):
            crops |= {one.id for one in findings if one.source is Source.FRAME}
        removed = self._remove_crops(folder, crops)
        if removed:
            self.erased.runs.append(folder.name)
        analyzers = {analyzer for analyzer, _ in tracks}
        return {
            use.observations_key
            for use in past.verdict.analyzers
            if use.name in analyzers and use.observations_key
        }

    def _clean_rows(self, folder: Path, tracks: set[Track]) -> set[Track]:
        """Remove rows of ``tracks`` and whatever else is alike; return the tracks of what went."""
        path = folder / OBSERVATIONS
        if not path.is_file():
            return set()
        content = b""
        try:
            content = path.read_bytes()
            rows = from_bytes(content, self._cache)
        except (ComplianceError, OSError, ValueError):
            if self._templates or tracks:
                _remove(path)
                self.erased.runs.append(folder.name)
            return set()
        own = [self._alike(one) for one in rows]
        alike = {_track(one) for one, hit in zip(rows, own, strict=True) if hit} - {NO_TRACK}
        gone = {
            index
            for index, (one, hit) in enumerate(zip(rows, own, strict=True))
            if hit or _track(one) in tracks | alike
        }
        if gone:
            write_atomically(path, _without(content, gone))
            self.erased.rows += len(gone)
            self.erased.runs.append(folder.name)
        return alike

    def _clean_unreadable(self, folder: Path) -> set[str]:
        if not self._templates:
            return set()
        crops = {file.name.removesuffix(".jpg.sealed") for file in _crops(folder)}
        self._remove_crops(folder, crops)
        _remove(folder / OBSERVATIONS)
        self.erased.runs.append(folder.name)
        return set()

    def _remove_crops(self, folder: Path, findings: set[str]) -> int:
        count = 0
        for file in _crops(folder):
            if file.name.removesuffix(".jpg.sealed") in findings:
                _remove(file)
                count += 1
        self.erased.crops += count
        return count

    def _alike(self, one: Observation) -> bool:
        """Tell whether a stored vector may be the person's."""
        if one.vector is None:
            return False
        for template in self._templates:
            if template.vector.shape != one.vector.shape:
                continue
            if template.model in self._comparer.calibrated:
                distance = float(np.linalg.norm(template.vector - one.vector))
                if self._comparer.score_of_distance(template.model, distance)[2] >= FLOOR:
                    return True
            else:
                lengths = np.linalg.norm(template.vector) * np.linalg.norm(one.vector)
                if float(template.vector @ one.vector) >= UNKNOWN_FLOOR * float(lengths):
                    return True
        return False


def _track(one: Finding | Observation) -> Track:
    name = one.track if isinstance(one, Finding) else one.attributes.get("track")
    return (one.analyzer, name) if name else NO_TRACK


def _is_frame(one: Observation) -> bool:
    """Tell whether an observation keeps a whole frame, whoever is in it."""
    return one.image is not None and one.data is not None


def _looked(facts: Facts) -> bool:
    """Tell whether a review looked for faces in all of the frames."""
    return any(
        one.status is Status.COMPLETED
        and one.coverage.complete
        and (_FACES, Source.FRAME) in one.examines
        for one in facts.reports
    )


def _beside(finding: Finding, own: Sequence[Finding]) -> bool:
    """Tell whether the picture of a finding may show the person too: a frame of the same moments."""
    if finding.source is not Source.FRAME:
        return False
    spans = [one.span for one in own if one.source is Source.FRAME]
    return any(
        finding.span is None
        or span is None
        or (finding.span.start <= span.end + UNSEEN and span.start <= finding.span.end + UNSEEN)
        for span in spans
    )


def _without(content: bytes, gone: Container[int]) -> bytes:
    """Return Parquet ``content`` without the rows that have the indices ``gone``."""
    import pyarrow
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(pyarrow.BufferReader(content))
    kept = pyarrow.array([row not in gone for row in range(table.num_rows)], pyarrow.bool_())
    sink = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(table.filter(kept), sink, compression="zstd")
    return bytes(sink.getvalue().to_pybytes())


def _crops(folder: Path) -> Iterator[Path]:
    yield from sorted((folder / EVIDENCE).glob("*.jpg.sealed"))


def _stored(folder: Path) -> Iterator[Path]:
    """Yield what makes a folder one of a run, whole or left behind by a review that was killed."""
    for name in (VERDICT, OBSERVATIONS, EVIDENCE):
        yield from folder.glob(f"*/{name}")


def _remove(file: Path) -> None:
    file.unlink(missing_ok=True)
    if file.parent.is_dir():
        sync_folder(file.parent)
