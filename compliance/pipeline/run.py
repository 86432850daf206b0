"""A review from beginning to end: take in, observe, match, judge, commit, finalise, write."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from compliance.analyzers.texts.localised import Localised
from compliance.banks.find import BRANDS, WORKS, check_declared, known_items, known_people
from compliance.banks.keys import MasterKey, Sealer
from compliance.banks.people import PeopleBank
from compliance.clock import now
from compliance.errors import ComplianceError, UsageError
from compliance.facts import Facts, Release
from compliance.files import check_writable
from compliance.findings import Finding
from compliance.model_store import ModelStore
from compliance.pipeline import quarantine
from compliance.pipeline.decoding import Progress
from compliance.pipeline.elsewhere import reports_beside
from compliance.pipeline.failures import Failures
from compliance.pipeline.intake import Intake, Request, take_in
from compliance.pipeline.judge import Matched, judge, match, named
from compliance.pipeline.observations import ObservationCache
from compliance.pipeline.observe import Observer
from compliance.pipeline.observed import Observed
from compliance.pipeline.plan import analyzers_for, idle_analyzers
from compliance.pipeline.references import BankReader
from compliance.pipeline.runfiles import RunFiles, write_run
from compliance.plugins import analyzer_specs, make_analyzers
from compliance.policy.labels import LABEL
from compliance.policy.schema import Policy
from compliance.provenance.finalise import can_mark
from compliance.provenance.signers import development_signer
from compliance.provenance.statement import input_digest
from compliance.settings import Settings
from compliance.store.consents import ConsentStore
from compliance.store.engine import open_database
from compliance.store.events import Clock
from compliance.store.licences import LicenceStore
from compliance.store.verdicts import VerdictStore
from compliance.verdicts import Clearance, ExitCode, SignedOutput, Verdict
from compliance.waivers import Waivers, load_waivers

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
    clearance: Clearance | None = None
    """The person's decision that counts for the verdict now, if there is one."""
    warnings: tuple[str, ...] = ()
    """Waivers of the asset that do not count, and why, one sentence each."""
    restricted: bool = False
    """True where the asset is quarantined: nothing of it is kept but its digest."""

    @property
    def name(self) -> str:
        """What reports call it."""
        return self.path.name if self.path else self.verdict.asset_name

    @property
    def exit_code(self) -> ExitCode:
        """Exit code of this asset alone: the person's decision where one counts, else the verdict's."""
        if self.clearance is None:
            return self.verdict.exit_code
        return ExitCode.APPROVE if self.clearance.decision == "approve" else ExitCode.REJECT


def quiet(name: str, done: float, total: float) -> None:
    """Show no progress."""


class Reviewer:
    """A warm reviewer: models stay loaded between calls."""

    def __init__(
        self, settings: Settings, policy: Policy, *, cache: bool = True, clock: Clock = now
    ) -> None:
        """Find out what ``policy`` needs; it is loaded with the first review.

        Args:
            settings: runtime knobs.
            policy: what decides, and therefore what has to be looked at.
            cache: False looks at everything anew.
            clock: gives the moment of each decision.

        Raises:
            PluginError: an analyzer is missing or does not load.
        """
        self.settings = settings
        self.policy = policy
        wanted = [find for rule in policy.rules for find in rule.find]
        # a label that a rule asks for may stand in the picture already
        wanted += [LABEL for rule in policy.rules if rule.oblige and rule.oblige.label]
        self._wanted, self._specs = wanted, analyzer_specs()
        self._names = analyzers_for(wanted, self._specs, settings.analyzers, settings.tier)
        self._cache = cache
        self._clock = clock

    @cached_property
    def _observer(self) -> Observer:
        settings = self.settings
        analyzers = make_analyzers(self._names)
        for one in analyzers.values():
            if isinstance(one, Localised) and settings.pii_locales:
                one.limit(frozenset(settings.pii_locales))
        return Observer(
            analyzers,
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
            as_of: moment at which consent, licences and waivers are read; None means that of each
                decision. As of any other moment nothing is signed for publication.
            run_root: folder that run folders go into; None takes the settings'.
            progress: called while media is decoded.

        Returns:
            One outcome for each request, in order.

        Raises:
            ComplianceError: something is the caller's to mend; analyzers' failures are not, they
                make the verdict incomplete.
        """
        if release.people:
            check_declared(known_people(self._engine), release.people)
        if release.brands:
            check_declared(known_items(self._engine, "brand"), release.brands, BRANDS)
        if release.works:
            check_declared(known_items(self._engine, "work"), release.works, WORKS)
        intakes = [take_in(request) for request in requests]
        unique = list({intake.asset.id: intake for intake in intakes}.values())
        session = _Session(
            release, as_of, run_root or self.settings.runs, load_waivers(self.settings.waivers)
        )
        check_writable(session.runs)
        done: dict[str, Outcome] = {}
        broken: list[ComplianceError] = []
        left = Counter(map(_content, unique))
        waiting: dict[str, list[_Judged]] = defaultdict(list)
        for one, matched in self._examined(unique, progress):
            content = _content(one.intake)
            left[content] -= 1
            # Such as a signer that fails: the others go on.
            with _kept(broken):
                waiting[content].append(self._judge(one, matched, session))
            if not left[content]:  # what holds of one holds of all
                for judged in _together(waiting.pop(content, ())):
                    with _kept(broken):
                        done[judged.one.id] = self._conclude(judged, session)
        if broken:
            raise broken[0]
        return [_called(done[one.asset.id], one.asset.path) for one in intakes]

    def clear(
        self,
        request: Request,
        clearance: Clearance,
        *,
        release: Release,
        run_root: Path | None = None,
        progress: Progress = quiet,
    ) -> Outcome:
        """Record a person's decision, and sign the asset where it lets it through.

        The asset is reviewed again first: bank, consent or file may have changed since the person looked.

        Args:
            request: what the decision is about, as it was reviewed.
            clearance: the decision.
            release: that of the verdict.
            run_root: folder that the new run folder goes into; None takes the settings'.
            progress: called while media is decoded.

        Returns:
            The review that the decision counts for.

        Raises:
            UsageError: the review comes to another verdict now, or the clearance would not count.
            ComplianceError: as for :meth:`review`.
        """
        session = _Session(
            release, None, run_root or self.settings.runs, load_waivers(self.settings.waivers)
        )
        intake = take_in(request)
        check_writable(session.runs)
        ((one, matched),) = self._examined([intake], progress)
        judged = self._judge(one, matched, session)
        if judged.restricted:
            self._quarantine(judged, session)
        _check_same(judged.verdict, clearance)
        if objection := clearance.objection(
            self._store.get(judged.verdict.key), judged.verdict.as_of
        ):
            raise UsageError(
                "the clearance would not count",
                expected="one that holds now and reaches all that the release asks for",
                found=objection,
                where=judged.verdict.asset_name,
                fix="widen it, or review with a --release that asks for less and clear that verdict",
            )
        self._store.add_clearance(clearance)
        return replace(self._conclude(judged, session), path=intake.asset.path)

    def _examined(
        self, intakes: list[Intake], progress: Progress
    ) -> Iterator[tuple[Observed, Matched]]:
        """Look at assets together, and compare what was seen with the banks."""
        failures = Failures()
        references = BankReader(
            self._engine,
            PeopleBank(self._engine, self._master),
            starter_names=self.settings.starter_names,
        )
        specs = {name: one.spec for name, one in self._observer.analyzers.items()}
        idle = idle_analyzers(specs, references.is_empty)
        observed = self._observer.observe(intakes, failures, progress, idle)
        analyzers = self._observer.analyzers
        for one in observed:
            yield one, match(one, analyzers, references, self._observer.device_of, failures)

    def _judge(self, one: Observed, matched: Matched, session: _Session) -> _Judged:
        """Evaluate the policy on one asset.

        Permissions are read before the clock: what is revoked by then is revoked at the decision.
        """
        intake: Intake = one.intake
        consents = ConsentStore(self._engine).that_may_apply(named(matched, "likeness"))
        licences = LicenceStore(self._engine).that_may_apply(named(matched, "brand", "ip"))
        marks = can_mark(intake.asset.path, intake.record) if intake.asset.path else ()
        models = ModelStore.of(self.settings)
        beside = reports_beside(
            matched.reports, self._specs, self._wanted, one.applicable, one.id, models
        )
        verdict, facts = judge(
            one,
            matched,
            self.policy,
            session.release,
            session.as_of or self._clock(),
            marks,
            waivers=session.waivers.of(one.id),
            consents=consents,
            licences=licences,
            beside=tuple(beside),
            replay=session.as_of is not None,
        )
        found = quarantine.suspected(facts, one)
        if found or quarantine.listed(self.settings.home, input_digest(verdict)):
            return _restricted(_Judged(one, matched, verdict, facts), found)
        return _Judged(one, matched, verdict, facts)

    def _conclude(self, judged: _Judged, session: _Session) -> Outcome:
        """Commit one verdict, look for a decision on it, and write the run folder."""
        one, as_of = judged.one, judged.verdict.as_of
        if judged.restricted:
            self._quarantine(judged, session)
        folder = session.runs / f"{as_of:%Y%m%dT%H%M%S}-{judged.verdict.key[:10]}"
        committed = self._store.commit(judged.verdict, folder.name)
        clearance = self._store.standing_clearance(committed, as_of)
        passing = clearance if clearance and clearance.decision == "approve" else None
        files = write_run(
            folder,
            committed,
            judged.facts,
            self.policy,
            one,
            judged.matched,
            self._sealer,
            development_signer(self.settings.signing),
            replay=committed.replay,
            clearance=passing,
            restricted=judged.restricted,
        )
        if files.signed_sha256 is not None:
            output = SignedOutput(
                output_sha256=files.signed_sha256,
                verdict_key=committed.key,
                clearance=passing.digest if passing else None,
                at=self._clock(),
            )
            self._store.add_output(output)
        rules = [rule.id for rule in self.policy.rules]
        warnings = session.waivers.warnings(one.id, rules, as_of)
        return Outcome(
            committed,
            judged.facts,
            files,
            clearance=clearance,
            warnings=() if judged.restricted else warnings,
            restricted=judged.restricted,
        )

    def _quarantine(self, judged: _Judged, session: _Session) -> None:
        """List the asset for those who may look into it, and forget what this and earlier reviews kept."""
        observer, verdict = self._observer, judged.verdict
        found = judged.facts.findings
        media = verdict.parts.get("media")
        alike = quarantine.copies_of(self._store, media) if media else ()
        earlier = [
            one for digest in (media, *alike) if digest for one in self._store.find_media(digest)
        ]
        if not media:
            earlier += self._store.find_asset(verdict.asset)
        earlier = [one for one in earlier if not quarantine.is_restricted(one)]
        quarantine.enlist(self.settings.home, verdict, found, self._clock(), alike)
        quarantine.strip({self.settings.runs, session.runs}, earlier)
        if self._cache or earlier:
            quarantine.forget(
                ObservationCache(self.settings.observations, self._sealer),
                judged.one,
                observer.analyzers,
                observer.device_of,
                self.settings.decode_limits,
                {judged.one.id, *(one.asset for one in earlier)},
            )

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


@dataclass(frozen=True)
class _Session:
    """What all assets of one call share."""

    release: Release
    as_of: datetime | None
    runs: Path
    waivers: Waivers


@dataclass(frozen=True)
class _Judged:
    """One asset with the verdict on it, not committed yet."""

    one: Observed
    matched: Matched
    verdict: Verdict
    facts: Facts
    restricted: bool = False


def _content(intake: Intake) -> str:
    """Return the digest of what is quarantined as one: the media, the lone prompt, or the asset."""
    parts = intake.asset.parts
    return parts.get("media") or parts.get("prompt") or intake.asset.id


@contextmanager
def _kept(broken: list[ComplianceError]) -> Iterator[None]:
    """Add what is raised inside to ``broken``."""
    try:
        yield
    except ComplianceError as error:
        broken.append(error)


def _together(judged: Sequence[_Judged]) -> list[_Judged]:
    """Return assets of the same media, all of them quarantined where one is."""
    if not any(one.restricted for one in judged):
        return list(judged)
    return [one if one.restricted else _restricted(one, ()) for one in judged]


def _restricted(judged: _Judged, findings: Sequence[Finding]) -> _Judged:
    verdict, facts = quarantine.restricted(judged.verdict, judged.facts, findings)
    return replace(judged, verdict=verdict, facts=facts, restricted=True)


def _called(outcome: Outcome, path: Path | None) -> Outcome:
    """Return an outcome under the name that was asked for, which of a quarantined asset nothing repeats."""
    return outcome if outcome.restricted else replace(outcome, path=path)


def _check_same(verdict: Verdict, clearance: Clearance) -> None:
    if verdict.key != clearance.verdict_key:
        raise UsageError(
            "the verdict no longer stands, so that it cannot be cleared",
            expected=f"verdict {clearance.verdict_key[:12]}, which the person saw",
            found=f"verdict {verdict.key[:12]}, {verdict.decision}: the file, its prompts or record, "
            "a bank, a permission, a waiver or the version of an analyzer changed since",
            where=verdict.asset_name,
            fix="review the asset again, look at that verdict, and decide on it",
        )
