"""Which findings become which edits, and which are refused."""

import pytest

from compliance.errors import UsageError
from compliance.findings import Finding, Observation, RawKind
from compliance.redaction.coverable import divide
from compliance.redaction.edits import How
from compliance.redaction.plan import choose, edits_of
from compliance.types import Region, Source, TimeSpan

BOX = Region.from_box(0.2, 0.2, 0.4, 0.4, 1, 1)
SPAN = TimeSpan(start=1, end=2)


def finding(
    category: str = "presence.face", source: Source = Source.FRAME, **more: object
) -> Finding:
    fields = {"span": SPAN, "region": BOX, "track": "face-1", "analyzer": "faces", **more}
    return Finding(
        category=category,
        asset="a",
        source=source,
        score=1,
        raw=1,
        raw_kind=RawKind.PROBABILITY,
        **fields,
    )


def seen(time: float, box: tuple[float, float, float, float], **more: object) -> Observation:
    fields = {"analyzer": "faces", "kind": "face", "attributes": {"track": "face-1"}, **more}
    return Observation(
        asset="a",
        source=Source.FRAME,
        span=TimeSpan(start=time, end=time),
        region=Region.from_box(*box, 1, 1),
        **fields,
    )


def plan(one: Finding, *observations: Observation, how: How | None = None, **flags: bool):
    options = {"mute": False, "fixed": False, "still": False, **flags}
    return edits_of([one], observations, how, **options)


@pytest.mark.parametrize(
    ("category", "source", "how"),
    [
        ("presence.face", Source.FRAME, How.BLUR),
        ("pii.phone", Source.OCR, How.FILL),
        ("pii.phone", Source.SPEECH, How.MUTE),
        ("likeness.voice", Source.AUDIO, How.MUTE),
        ("pii.phone", Source.CAPTION, How.HUSH),
        ("flash.general", Source.FRAME, How.DIM),
    ],
)
def test_the_source_says_how_it_is_redacted(category: str, source: Source, how: How) -> None:
    assert [one.how for one in plan(finding(category, source))] == [how]


def test_sightings_are_those_of_the_same_track_and_analyzer() -> None:
    others = [
        seen(1.4, (0.5, 0.5, 0.6, 0.6), attributes={"track": "face-2"}),
        seen(1.4, (0.5, 0.5, 0.6, 0.6), analyzer="faces-yunet"),
        seen(5.0, (0.5, 0.5, 0.6, 0.6)),
    ]
    (edit,) = plan(
        finding(), seen(1.8, (0.3, 0.2, 0.5, 0.4)), seen(1.0, (0.2, 0.2, 0.4, 0.4)), *others
    )
    assert [one.time for one in edit.sightings] == [1.0, 1.8]


def test_text_is_seen_where_its_lines_are() -> None:
    lines = [
        seen(1.2, (0.1, 0.2, 0.5, 0.3), analyzer="ocr", kind="text_line", attributes={}),
        seen(1.2, (0.1, 0.8, 0.5, 0.9), analyzer="ocr", kind="text_line", attributes={}),
    ]
    (edit,) = plan(finding("pii.phone", Source.OCR), *lines)
    assert [one.region.box for one in edit.sightings] == [(0.1, 0.2, 0.5, 0.3)]


def test_without_sightings_a_region_alone_says_nothing_of_when_it_holds() -> None:
    (edit,) = plan(finding())
    assert (edit.sightings, edit.region, edit.fixed) == ((), BOX, False)
    (edit,) = plan(finding(), fixed=True)
    assert edit.fixed


def test_muting_is_added_where_it_is_asked_for() -> None:
    assert [one.how for one in plan(finding(), mute=True)] == [How.BLUR, How.MUTE]


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (finding(source=Source.PROMPT), "prompt"),
        (finding(source=Source.METADATA), "metadata"),
        (finding(span=None), "at no time"),
        (finding(region=None), "no region"),
    ],
)
def test_what_has_no_place_is_refused(one: Finding, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        plan(one)


def test_a_branch_chooses_all_below_it_and_nothing_beside() -> None:
    found = [finding("pii.phone"), finding("pii.email"), finding("pii")]
    beside = finding("piiother.thing")
    assert choose([*found, beside], ["pii"], []) == found
    assert choose([*found, beside], ["pii.phone"], [found[1].id]) == [found[1], found[0]]


@pytest.mark.parametrize(
    ("categories", "ids"), [([], []), (["brand"], []), ([], ["f-0"]), (["pi"], [])]
)
def test_what_is_not_there_cannot_be_chosen(categories: list[str], ids: list[str]) -> None:
    with pytest.raises(UsageError):
        choose([finding("pii.phone")], categories, ids)


def test_of_a_category_what_lies_in_the_media_is_covered_and_the_rest_is_said() -> None:
    there = finding("pii.phone", Source.OCR)
    asked = [
        finding("pii.phone", Source.PROMPT, span=None, region=None),
        there,
        finding("pii.email", Source.METADATA, span=None, region=None),
        finding(region=None),
    ]
    covered, left = divide(asked, [], None, still=False)
    assert covered == [there]
    reasons = ("edit the prompt", "metadata", "no region")
    for one, line, reason in zip((asked[0], *asked[2:]), left, reasons, strict=True):
        assert line.startswith(f"Left: {one.id} ({one.category})") and reason in line


def test_what_is_named_by_its_id_is_never_left() -> None:
    asked = [finding("pii.phone", Source.PROMPT, span=None, region=None), finding()]
    with pytest.raises(UsageError, match=r"cannot be redacted.*prompt"):
        divide(asked, [asked[0].id], None, still=False)
    (edit,) = edits_of(
        asked[1:], [], None, mute=False, fixed=False, still=False, named=[asked[0].id]
    )
    assert not edit.named


def test_where_nothing_can_be_covered_it_is_refused_with_every_reason() -> None:
    asked = [finding("pii.phone", Source.PROMPT, span=None), finding(region=None)]
    with pytest.raises(UsageError, match=r"edit the prompt.*no region"):
        divide(asked, [], None, still=False)


@pytest.mark.parametrize("source", [Source.CAPTION, Source.SPEECH])
def test_what_needs_time_is_left_in_a_picture(source: Source) -> None:
    there = finding("pii.phone", Source.OCR, span=None)
    covered, (line,) = divide([finding("pii.phone", source), there], [], None, still=True)
    assert covered == [there] and "needs time" in line
