"""What is quarantined leaves a digest and nothing else. All findings are stand-ins: made-up words, colours."""

import json
import stat
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from compliance.banks.keys import MasterKey
from compliance.cli import check, publish
from compliance.cli.formats import Format
from compliance.errors import NotLetThrough, UsageError
from compliance.facts import Release
from compliance.pipeline.intake import Request, take_in
from compliance.pipeline.observations import from_bytes
from compliance.pipeline.run import Outcome, Reviewer
from compliance.pipeline.runread import read_request, read_run
from compliance.policy.load import load_policy_text
from compliance.redaction.sources import of_run
from compliance.reporters import html, text
from compliance.reporters import json as machine
from compliance.settings import Settings
from compliance.types import Captions, Cue, Prompt, Source, TimeSpan
from compliance.verdicts import Clearance, Decision, ExitCode

PLUGIN = '''
import cv2
from compliance.analyzers.base import AnalyzerSpec
from compliance.findings import Evidence, Finding, Observation, RawKind
from compliance.types import PROMPT_SOURCES, Region, Source, TimeSpan

BOX = Region(points=((0.1, 0.1), (0.9, 0.1), (0.9, 0.9)))


class Words:
    """Takes a made-up word in a prompt for what nobody wants to hold."""

    spec = AnalyzerSpec(
        "stand-in", "1", ("sexual.minors", "sexual.explicit"), PROMPT_SOURCES,
        raw_kinds=frozenset({RawKind.PROBABILITY}),
    )

    def setup(self, device, models): pass
    def models(self): return ()
    def close(self): pass
    def reduce(self, asset, observations): return list(observations)

    def observe_texts(self, batch):
        return [
            Observation(batch.assets[i], self.spec.name, kind, batch.sources[i], text=told)
            for i, told in enumerate(batch.texts)
            for word, kind in (("quagga", "word"), ("okapi", "explicit")) if word in told
        ]

    def findings(self, asset, observations, references):
        return [
            Finding(
                category="sexual.minors" if one.kind == "word" else "sexual.explicit",
                asset=asset, analyzer=self.spec.name, source=one.source, raw_kind=RawKind.PROBABILITY,
                score=0.9 if "faint" not in (one.text or "") else 0.3, raw=0.9, region=one.region,
                track="t" if one.region else None, evidence=Evidence(text=one.text, note="seen"),
            )
            for one in observations
        ]


class Red(Words):
    """Takes a red frame for it."""

    spec = AnalyzerSpec(
        "stand-in-red", "1", ("sexual.explicit",), frozenset({Source.FRAME}),
        raw_kinds=frozenset({RawKind.PROBABILITY}),
    )
    observe_texts = None

    def observe_frames(self, batch):
        return [
            Observation(
                batch.assets[i], self.spec.name, "red", Source.FRAME, region=BOX, span=TimeSpan(start=0, end=0),
                image=cv2.imencode(".jpg", frame)[1].tobytes(), attributes={"track": "t"},
            )
            for i, frame in enumerate(batch.pixels)
            if frame[..., 0].mean() > 200 and frame[..., 1].mean() < 100
        ]
'''
POLICY = """\
policy: lenient
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - {id: noticed, title: Noticed, why: Test, find: [sexual.minors, sexual.explicit], then: approve}
"""
CALM = POLICY.replace("sexual.minors, sexual.explicit", "flash.general").replace("approve", "flag")
STAND_INS = ("stand-in", "stand-in-red")
SECRET = "a quagga in the meadow"


@pytest.fixture(autouse=True)
def plug_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install the stand-in as a distribution of its own."""
    site = tmp_path / "site"
    info = site / "stand_in-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "stand_in_plugin.py").write_text(PLUGIN)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stand-in\nVersion: 1.0\n")
    points = "[compliance.analyzers]\nstand-in = stand_in_plugin:Words\n"
    points += "stand-in-red = stand_in_plugin:Red\n"
    (info / "entry_points.txt").write_text(points)
    monkeypatch.syspath_prepend(str(site))


def picture(folder: Path, red: bool = False) -> Path:
    path = folder / "a telling name.png"
    frame = np.zeros((64, 64, 3), np.uint8)
    frame[..., 2 if red else 1] = 250
    cv2.imwrite(str(path), frame)
    return path


def review(folder: Path, *requests: Request, policy: str = POLICY, times: int = 1) -> list[Outcome]:
    settings = Settings(home=folder / "home", analyzers=STAND_INS, device="cpu")
    with Reviewer(settings, load_policy_text(policy, "test")) as reviewer:
        for _ in range(times):
            done = reviewer.review(requests, release=Release())
    return done


def listed(folder: Path) -> list[Path]:
    return sorted((folder / "home" / "quarantine").glob("*"))


def asked(folder: Path, prompt: str, red: bool = False) -> Request:
    return Request(picture(folder, red), (Prompt(text=prompt),))


def test_the_decision_is_reject_whatever_the_policy_says(tmp_path: Path) -> None:
    (outcome,) = review(tmp_path, asked(tmp_path, SECRET))
    assert outcome.verdict.decision is Decision.REJECT
    assert outcome.exit_code is ExitCode.REJECT
    assert outcome.files.signed is None
    assert all(cell.decision is Decision.REJECT for cell in outcome.verdict.cells)


def test_the_list_holds_digest_time_and_categories_for_its_owner_alone(tmp_path: Path) -> None:
    (outcome,) = review(tmp_path, asked(tmp_path, SECRET))
    (entry,) = listed(tmp_path)
    digest = outcome.verdict.parts["media"]
    assert entry.name == f"{digest}.json"
    told = json.loads(entry.read_text())
    assert set(told) == {"digest", "time", "categories"}
    assert told["digest"] == digest and told["categories"] == ["sexual.minors"]
    assert stat.S_IMODE(entry.stat().st_mode) == 0o600
    assert stat.S_IMODE(entry.parent.stat().st_mode) == 0o700


def test_no_crop_copy_text_or_request_is_kept(tmp_path: Path) -> None:
    (seen,) = review(tmp_path / "seen", asked(tmp_path, "a boat", red=True))
    assert list((seen.files.folder / "evidence").iterdir()), "nothing would have been kept anyway"
    (outcome,) = review(tmp_path, asked(tmp_path, SECRET, red=True), times=2)
    folder = outcome.files.folder
    assert list((folder / "evidence").iterdir()) == []
    sealer = MasterKey.load(tmp_path / "home" / "keys").sealer("observations")
    assert from_bytes((folder / "observations.parquet").read_bytes(), sealer) == []
    with pytest.raises(UsageError):
        read_request(folder, sealer)
    assert not [path for path in (tmp_path / "home" / "observations").rglob("*") if path.is_file()]
    media = (tmp_path / "a telling name.png").read_bytes()
    for path in (tmp_path / "home").rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert b"quagga" not in content and b"telling" not in content, path
        assert media not in content, path
    assert len(list(folder.glob("*.signed*"))) == 0


def test_a_report_says_restricted_and_the_digest_and_no_more(tmp_path: Path) -> None:
    outcomes = review(tmp_path, asked(tmp_path, SECRET, red=True))
    digest = outcomes[0].verdict.parts["media"]
    for reporter in (text, html, machine):
        report = reporter.render(outcomes)
        assert "restricted: escalate" in report and digest in report
        assert "quagga" not in report and "telling" not in report and "noticed" not in report
    past = read_run(outcomes[0].files.folder)
    for finding in past.facts.findings:
        assert finding.region is None and finding.span is None and finding.evidence.text is None


def test_sexual_frames_and_words_that_say_under_age_are_enough_together(tmp_path: Path) -> None:
    (outcome,) = review(tmp_path, asked(tmp_path, "a high school chess club", red=True))
    assert outcome.restricted and len(listed(tmp_path)) == 1
    sealer = MasterKey.load(tmp_path / "home" / "keys").sealer("observations")
    with pytest.raises(UsageError, match="no copy is made"):
        of_run(outcome.files.folder, tmp_path / "a telling name.png", sealer)


@pytest.mark.parametrize(
    ("prompt", "red"),
    [
        ("a high school chess club", False),
        ("two grown chess players", True),
        ("a faint quagga in the fog", False),
    ],
)
def test_either_alone_and_what_is_unlikely_are_no_suspicion(
    tmp_path: Path, prompt: str, red: bool
) -> None:
    (outcome,) = review(tmp_path, asked(tmp_path, prompt, red))
    assert not outcome.restricted and listed(tmp_path) == []
    assert outcome.path is not None and (outcome.files.folder / "request.sealed").is_file()


@pytest.mark.parametrize(
    "told", ["a h\u0456gh school chess club", "a h i g h s c h o o l chess club"]
)
def test_words_that_say_under_age_are_read_through_disguises(tmp_path: Path, told: str) -> None:
    (outcome,) = review(tmp_path, asked(tmp_path, told, red=True))
    assert outcome.restricted


def captions(*lines: str) -> Captions:
    cues = [Cue(text=one, span=TimeSpan(start=n, end=n + 1)) for n, one in enumerate(lines)]
    return Captions(source=Source.CAPTION, sha256="0" * 64, cues=tuple(cues))


def test_words_that_say_under_age_may_run_over_two_captions(tmp_path: Path) -> None:
    request = replace(
        asked(tmp_path, "a boat", red=True), captions=(captions("They are in a high", "school."),)
    )
    (outcome,) = review(tmp_path, request)
    assert outcome.restricted


def test_explicit_words_in_one_text_and_under_age_in_another_are_enough(tmp_path: Path) -> None:
    revised = Prompt(text="a high school chess club", source=Source.REVISED_PROMPT)
    unwanted = Prompt(text="high school", source=Source.NEGATIVE_PROMPT)
    explicit = Prompt(text="an okapi")
    (outcome,) = review(tmp_path / "one", Request(None, (explicit, revised)))
    assert outcome.restricted
    (outcome,) = review(tmp_path / "other", Request(None, (explicit, unwanted)))
    assert not outcome.restricted


def test_what_earlier_reviews_kept_of_the_media_goes_and_none_lets_it_out_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (before,) = review(tmp_path, asked(tmp_path, "a boat", red=True), policy=CALM)
    signed = before.files.signed
    assert signed is not None and signed.is_file()
    copy = tmp_path / signed.name
    copy.write_bytes(signed.read_bytes())
    assert [one for one in (tmp_path / "home" / "observations").rglob("*") if one.is_file()]
    review(tmp_path, asked(tmp_path, SECRET, red=True))
    left = {one.name for one in before.files.folder.rglob("*") if one.is_file()}
    assert left == {"verdict.json", "policy.json", "attestation.dsse.json", "quarantined.json"}
    with pytest.raises(UsageError, match="the asset of this run is quarantined"):
        read_run(before.files.folder)
    assert not [one for one in (tmp_path / "home" / "observations").rglob("*") if one.is_file()]
    (after,) = review(tmp_path, asked(tmp_path, "a boat", red=True), policy=CALM)
    assert after.restricted and after.verdict.decision is Decision.REJECT
    assert after.files.signed is None
    monkeypatch.setenv("COMPLIANCE_HOME", str(tmp_path / "home"))
    with pytest.raises(NotLetThrough, match="quarantined"):
        publish.record(copy, "somewhere", datetime(2026, 1, 1))
    for entry in listed(tmp_path):
        entry.unlink()
    (free,) = review(tmp_path, asked(tmp_path, "a boat", red=True), policy=CALM)
    assert not free.restricted


def test_the_signed_copies_of_quarantined_media_are_quarantined_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COMPLIANCE_HOME", str(tmp_path / "home"))
    (before,) = review(tmp_path, asked(tmp_path, "a boat"), policy=CALM)
    copy = tmp_path / "copy.png"
    copy.write_bytes(before.files.signed.read_bytes())
    told = copy.with_name("copy.png.attestation.dsse.json")
    told.write_bytes(before.files.attestation.read_bytes())
    assert check.verify(copy, None, None, Format.TEXT) == 0
    publish.record(copy, "somewhere", datetime(2026, 1, 1), None)
    review(tmp_path, asked(tmp_path, SECRET), policy=CALM)
    (again,) = review(tmp_path, Request(copy, (Prompt(text="a boat"),)), policy=CALM)
    assert again.restricted and again.files.signed is None
    capsys.readouterr()
    assert check.verify(copy, None, None, Format.TEXT) == 11
    assert "the asset is quarantined here" in capsys.readouterr().out
    publish.list_publications(Format.TEXT)
    assert "QUARANTINED since: recall it" in capsys.readouterr().out


@pytest.mark.parametrize("first", [0, 1, 2])
def test_whichever_of_original_and_signed_copies_is_quarantined_all_are(
    tmp_path: Path, first: int
) -> None:
    files = [picture(tmp_path)]
    for name in ("copy.png", "copy of it.png"):
        (done,) = review(tmp_path, Request(files[-1], (Prompt(text="a boat"),)), policy=CALM)
        files.append(tmp_path / name)
        files[-1].write_bytes(done.files.signed.read_bytes())
    review(tmp_path, Request(files[first], (Prompt(text=SECRET),)), policy=CALM)
    assert len(listed(tmp_path)) == 3
    again = [review(tmp_path, Request(one, (Prompt(text="a boat"),)), policy=CALM) for one in files]
    assert all(one.restricted for (one,) in again)


@pytest.mark.parametrize("order", [(SECRET, "a boat"), ("a boat", SECRET)])
def test_what_breaks_over_one_of_two_keeps_the_other_from_no_quarantine(
    tmp_path: Path, order: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    calm = take_in(asked(tmp_path, "a boat")).asset.id
    judge = Reviewer._judge

    def breaks(self, one, matched, session):
        if one.id == calm:
            raise UsageError("a waiver cannot be read")
        return judge(self, one, matched, session)

    monkeypatch.setattr(Reviewer, "_judge", breaks)
    with pytest.raises(UsageError, match="a waiver"):
        review(tmp_path, *(asked(tmp_path, prompt) for prompt in order), policy=CALM)
    assert len(listed(tmp_path)) == 1


@pytest.mark.parametrize("order", [(SECRET, "a boat"), ("a boat", SECRET)])
def test_the_same_media_twice_in_one_call_is_quarantined_as_one(
    tmp_path: Path, order: tuple[str, str]
) -> None:
    outcomes = review(tmp_path, *(asked(tmp_path, prompt) for prompt in order), policy=CALM)
    assert [one.verdict.decision for one in outcomes] == [Decision.REJECT] * 2
    assert all(one.restricted and one.files.signed is None for one in outcomes)
    assert not list((tmp_path / "home").rglob("*.signed*"))
    assert len(listed(tmp_path)) == 1


def test_earlier_runs_on_a_prompt_alone_are_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = Request(None, (Prompt(text=SECRET),))
    settings = Settings(home=tmp_path / "home", analyzers=("lures",), device="cpu")
    with Reviewer(settings, load_policy_text(CALM, "test")) as reviewer:
        (before,) = reviewer.review([request], release=Release())
    assert read_run(before.files.folder) and not before.restricted
    (after,) = review(tmp_path, request)
    assert after.restricted and read_run(after.files.folder)
    with pytest.raises(UsageError, match="quarantined"):
        read_run(before.files.folder)


def test_a_prompt_alone_is_quarantined_by_its_own_digest(tmp_path: Path) -> None:
    (outcome,) = review(tmp_path, Request(None, (Prompt(text=SECRET),)))
    (entry,) = listed(tmp_path)
    assert outcome.verdict.decision is Decision.REJECT
    assert json.loads(entry.read_text())["digest"] == outcome.verdict.parts["prompt"]


def test_other_assets_of_the_call_are_reviewed_as_ever(tmp_path: Path) -> None:
    clean = Request(None, (Prompt(text="a boat on a lake"),))
    first, second = review(tmp_path, asked(tmp_path, SECRET), clean)
    assert first.restricted and not second.restricted
    assert second.verdict.hits == () and (second.files.folder / "request.sealed").is_file()


def test_nobody_can_clear_it(tmp_path: Path) -> None:
    request = asked(tmp_path, SECRET)
    (outcome,) = review(tmp_path, request)
    verdict = outcome.verdict
    clearance = Clearance(
        verdict_key=verdict.key,
        verdict_digest=verdict.digest,
        decision="approve",
        by="somebody",
        role="legal",
        reason="test",
        at=verdict.as_of,
        accepts_incomplete=True,
    )
    settings = Settings(home=tmp_path / "home", analyzers=STAND_INS, device="cpu")
    with Reviewer(settings, load_policy_text(POLICY, "test")) as reviewer:
        with pytest.raises(UsageError, match="reject, which none clears"):
            reviewer.clear(request, clearance, release=Release())
    assert take_in(request).asset.id == verdict.asset
    assert replace(outcome, clearance=None).exit_code is ExitCode.REJECT
