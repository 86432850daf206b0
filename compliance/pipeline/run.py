"""A review from beginning to end: take in, observe, match, judge, commit, finalise, write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, cast, get_args

from compliance.analyzers.base import References
from compliance.banks.entries import Modality
from compliance.banks.keys import MasterKey, Sealer
from compliance.banks.people import PeopleBank
from compliance.clock import now
from compliance.errors import BankError, ComplianceError
from compliance.facts import Facts, Release
from compliance.files import check_writable
from compliance.model_store import ModelStore
from compliance.pipeline.decoding import Progress
from compliance.pipeline.failures import Failures
from compliance.pipeline.intake import Intake, Request, take_in
from compliance.pipeline.judge import Matched, judge, match
from compliance.pipeline.observations import ObservationCache
from compliance.pipeline.observe import Observer
from compliance.pipeline.observed import Observed
from compliance.pipeline.plan import analyzers_for
from compliance.pipeline.runfiles import RunFiles, write_run
from compliance.plugins import analyzer_specs, make_analyzers
from compliance.policy.schema import Policy
from compliance.provenance.finalise import can_mark
from compliance.provenance.signers import development_signer
from compliance.settings import Settings
from compliance.store.engine import open_database
from compliance.store.verdicts import VerdictStore
from compliance.verdicts import Verdict

if TYPE_CHECKING:
    from sqlalchemy import Engine


@dataclass(frozen=True)
class Outcome:
    """One reviewed asset."""

    verdict: Verdict
    """The committed verdict."""
    facts: Facts
    """What it rests on."""
    files: RunFiles
    """Where everything lies."""
    path: Path | None = None
    """The media file as it was asked for; two files of the same content share a verdict."""

    @property
    def name(self) -> str:
        """What reports call it."""
        return self.path.name if self.path else self.verdict.asset_name


def quiet(name: str, done: float, total: float) -> None:
    """Show no progress."""


class Reviewer:
    """A warm reviewer: models stay loaded between calls."""

    def __init__(self, settings: Settings, policy: Policy, *, cache: bool = True) -> None:
        """Find out what ``policy`` needs; it is loaded with the first review.

        Args:
            settings: runtime knobs.
            policy: what decides, and therefore what has to be looked at.
            cache: False looks at everything anew.

        Raises:
            PluginError: an analyzer is missing or does not load.
        """
        self.settings = settings
        self.policy = policy
        wanted = [find for rule in policy.rules for find in rule.find]
        specs = analyzer_specs()
        self._names = analyzers_for(wanted, specs, settings.analyzers, settings.tier)
        self._cache = cache

    @cached_property
    def _observer(self) -> Observer:
        settings = self.settings
        return Observer(
            make_analyzers(self._names),
            ModelStore.of(settings),
            device=settings.device,
            threads=settings.threads,
            limits=settings.decode_limits,
            cache=ObservationCache(settings.observations, self._sealer) if self._cache else None,
        )

    @cached_property
    def _master(self) -> MasterKey:
        return MasterKey.load(self.settings.keys)

    @cached_property
    def _sealer(self) -> Sealer:
        return self._master.sealer("observations")

    @cached_property
    def _engine(self) -> Engine:
        return open_database(self.settings.database_url)

    @cached_property
    def _store(self) -> VerdictStore:
        return VerdictStore(self._engine)

    def review(
        self,
        requests: Sequence[Request],
        *,
        release: Release,
        as_of: datetime | None = None,
        run_root: Path | None = None,
        progress: Progress = quiet,
    ) -> list[Outcome]:
        """Review assets in shared batches.

        Args:
            requests: what to review.
            release: where it will be published.
            as_of: moment at which consent, licences and waivers are read; None means now. As of
                any other moment nothing is signed for publication.
            run_root: folder that run folders go into; None takes the settings'.
            progress: called while media is decoded.

        Returns:
            One outcome for each request, in order.

        Raises:
            ComplianceError: something is the caller's to mend; analyzers' failures are not, they
                make the verdict incomplete.
        """
        present = now()
        moment = as_of or present
        intakes = [take_in(request) for request in requests]
        check_writable(run_root or self.settings.runs)
        unique = {intake.asset.id: intake for intake in intakes}
        failures = Failures()
        observed = self._observer.observe(list(unique.values()), failures, progress)
        references = _References(PeopleBank(self._engine, self._master))
        analyzers = self._observer.analyzers
        done: dict[str, Outcome] = {}
        broken: list[ComplianceError] = []
        for one in observed:
            matched = match(one, analyzers, references, self._observer.device_of, failures)
            try:
                done[one.id] = self._conclude(
                    one, matched, release, moment, run_root, replay=moment != present
                )
            except ComplianceError as error:  # such as a signer that fails; the others go on
                broken.append(error)
        if broken:
            raise broken[0]
        return [replace(done[one.asset.id], path=one.asset.path) for one in intakes]

    def _conclude(
        self,
        one: Observed,
        matched: Matched,
        release: Release,
        as_of: datetime,
        run_root: Path | None,
        *,
        replay: bool,
    ) -> Outcome:
        """Judge one asset, commit its verdict, and write its run folder."""
        intake: Intake = one.intake
        marks = can_mark(intake.asset.path, intake.record) if intake.asset.path else ()
        verdict, facts = judge(one, matched, self.policy, release, as_of, marks)
        folder = (run_root or self.settings.runs) / f"{as_of:%Y%m%dT%H%M%S}-{verdict.key[:10]}"
        committed = self._store.commit(verdict, folder.name)
        signer = development_signer(self.settings.signing)
        files = write_run(
            folder,
            committed,
            facts,
            self.policy,
            one,
            matched,
            self._sealer,
            signer,
            replay=replay,
        )
        return Outcome(committed, facts, files)

    def close(self) -> None:
        """Free models and the database."""
        if "_observer" in self.__dict__:
            self._observer.close()
        if "_engine" in self.__dict__:
            self._engine.dispose()

    def __enter__(self) -> Reviewer:
        """Return the reviewer."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()


class _References:
    """References of each modality, read from the banks once."""

    def __init__(self, people: PeopleBank) -> None:
        self._people = people
        self._known: dict[tuple[str, str | None], References] = {}

    def __call__(self, modality: str, model: str | None) -> References:
        if modality not in get_args(Modality):
            raise BankError(
                "no bank holds references of this modality",
                expected=" or ".join(get_args(Modality)),
                found=modality,
                fix="update compliance to a version that has such banks",
            )
        key = (modality, model)
        if key not in self._known:
            self._known[key] = self._people.references(cast(Modality, modality), model=model)
        return self._known[key]
