"""From grant to recall on real photos: consent decides at its moment, and what relied on it is found."""

import base64
import hashlib
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from consent_desk import FLAGGING, PERSON, POLICY, ConsentDesk

DECIDED = ("--decision", "approve", "--by", "Ada", "--role", "legal", "--reason", "By letter")
TODAY = datetime.now(UTC).date()


@pytest.fixture(scope="module")
def enrolled(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which two people are enrolled by their photos."""
    desk = ConsentDesk(tmp_path_factory.mktemp("enrolled"))
    photos = shared_data / "faces-face-recognition"
    for name, photo in (
        ("Barack Obama", "tests/test_images/obama.jpg"),
        ("Joe Biden", "tests/test_images/biden.jpg"),
    ):
        given = (
            "--bank",
            "talent",
            "--face",
            str(photos / photo),
            "--written-consent",
            "paper.pdf",
        )
        done = desk.run("people", "enrol", name, *given)
        assert done.code == 0, done.err
    desk.copy(photos / "tests/test_images/obama2.jpg")
    return desk.folder


@pytest.fixture
def desk(enrolled: Path, tmp_path: Path) -> ConsentDesk:
    return ConsentDesk(Path(shutil.copytree(enrolled, tmp_path / "desk")))


def signed_sha256(review: dict) -> tuple[Path, str]:
    path = Path(review["files"]["signed"])
    return path, hashlib.sha256(path.read_bytes()).hexdigest()


def test_from_grant_to_recall(desk: ConsentDesk) -> None:
    code, before = desk.review()
    assert (code, before["consents"]) == (11, 0)
    grant = desk.grant()
    code, review = desk.review()
    assert code == 0
    (use,) = review["verdict"]["consents"]
    paper = hashlib.sha256(b"I, the undersigned").hexdigest()
    assert (use["grant"], use["person"], use["evidence_sha256"]) == (grant, PERSON, paper)
    assert use["findings"] == [one["id"] for one in review["findings"] if one["reference"]]
    signed, sha256 = signed_sha256(review)
    assert desk.publish(str(signed), f"{TODAY}").code == 0

    assert desk.recall()["publications"] == []
    (later,) = desk.recall("--at", "2100-01-01")["publications"]
    assert later["publication"]["output_sha256"] == sha256
    assert later["relied_on"][0]["ended"] == "2099-12-31T23:59:59+00:00"

    assert desk.consent("revoke", grant, "--reason", "asked by letter").code == 0
    code, after = desk.review()
    assert (code, after["consents"]) == (11, 0)
    keys = {one["verdict"]["key"] for one in (before, review, after)}
    assert len(keys) == 3, "revoking is not the same as never having granted"
    assert desk.recall("--at", f"{TODAY}") == desk.recall("--at", f"{TODAY}T23:59:59")
    (found,) = desk.recall("--at", f"{TODAY}")["publications"]
    assert (found["publication"]["where"], found["still_runs"]) == (
        "https://example.org/spot",
        True,
    )
    assert "asked by letter" in found["relied_on"][0]["why"]
    said = desk.consent("recall", PERSON).out
    for part in (sha256, grant, "still runs", " DE ", f"{TODAY}"):
        assert part in said


def test_every_report_and_the_signed_statement_name_the_grant(desk: ConsentDesk) -> None:
    grant = desk.grant()
    text = desk.text()
    assert f"relies on consent {grant} of {PERSON} (face) until 2099-12-31 23:59 UTC" in text.out
    assert "relies on 1 consent" in text.out
    assert grant in desk.text("--format", "html").out
    review = desk.review()[1]
    envelope = json.loads(Path(review["files"]["attestation"]).read_text())
    payload = json.loads(base64.b64decode(envelope["payload"]))
    (said,) = payload["predicate"]["compliance.verdict.v1"]["consents"]
    assert (said["grant"], said["uses"]) == (grant, ["face"])
    assert PERSON not in json.dumps(said), "what is signed for the public names nobody"


def test_a_signed_copy_is_not_recorded_as_published_once_its_consent_is_gone(
    desk: ConsentDesk,
) -> None:
    grant = desk.grant()
    signed, sha256 = signed_sha256(desk.review()[1])
    assert desk.publish(str(signed), "2100-01-01").code == 11, "it has ended by then"
    desk.consent("revoke", grant, "--reason", "asked by letter")
    refused = desk.publish(str(signed), f"{TODAY}")
    assert refused.code == 11
    assert f"relies on consent {grant}: revoked" in refused.err
    told = desk.recall()
    assert (told["publications"], told["signed_and_not_published"]) == ([], [sha256])


def test_another_grant_for_the_same_use_keeps_a_publication_covered(desk: ConsentDesk) -> None:
    first, second = desk.grant(), desk.grant("--uses", "face,name")
    signed, _ = signed_sha256(desk.review()[1])
    assert "still stands" in desk.consent("revoke", first, "--reason", "replaced").out
    assert desk.publish(str(signed), f"{TODAY}").code == 0
    (found,) = desk.recall()["publications"]
    assert found["relied_on"][0]["covered_by"] == [second]


def test_one_second_late_or_one_territory_outside_is_no_consent(desk: ConsentDesk) -> None:
    desk.grant()
    assert desk.review("--as-of", "2099-12-31T23:59:59")[0] == 0
    assert desk.review("--as-of", "2100-01-01T00:00:00")[0] == 11
    assert desk.review("--as-of", "2025-12-31T23:59:59")[0] == 11
    desk.write("release.yaml", "territories: [DE, GB]\nchannels: [tv]\npurpose: advertising\n")
    code, review = desk.review()
    assert code == 11
    cells = {one["territory"]: one["decision"] for one in review["verdict"]["cells"]}
    assert cells == {"DE": "approve", "GB": "reject"}
    desk.write("release.yaml", "channels: [tv]\npurpose: advertising\n")
    assert desk.review()[0] == 11, "a release that is silent goes everywhere"


def test_one_person_s_consent_clears_nobody_else(desk: ConsentDesk, shared_data: Path) -> None:
    photos = shared_data / "faces-face-recognition" / "examples"
    desk.copy(photos / "knn_examples" / "test" / "obama_and_biden.jpg")
    desk.grant()
    code, review = desk.review()
    assert code == 11
    names = {one["id"]: one["reference"]["id"] for one in with_ids(review)}
    (hit,) = review["verdict"]["hits"]
    assert {names[one] for one in hit["findings"]} == {"talent/joe-biden"}
    desk.grant(person="talent/joe-biden")
    code, review = desk.review()
    assert code == 0
    assert [one["person"] for one in review["verdict"]["consents"]].count(PERSON) == 1
    assert len(review["verdict"]["consents"]) == 2


def with_ids(review: dict) -> list[dict]:
    found = [one for one in review["findings"] if one["reference"]]
    for one in found:
        one["reference"]["id"] = f"{one['reference']['bank']}/{one['reference']['entry']}"
    return found


def test_a_clearance_is_void_once_a_consent_changed(desk: ConsentDesk) -> None:
    desk.write("policy.yaml", POLICY + FLAGGING)
    grant = desk.grant()
    code, review = desk.review()
    assert code == 10
    assert desk.run("clear", review["verdict"]["key"], *DECIDED).code == 0
    assert desk.review()[0] == 0
    another = desk.grant("--uses", "name")
    assert desk.review()[0] == 10, "a new grant makes another verdict, which nobody cleared"
    desk.consent("revoke", another, "--reason", "mistake")
    desk.consent("revoke", grant, "--reason", "asked by letter")
    assert desk.review()[0] == 11


DECLARED = """\
  - id: unseen
    title: Who is declared appears
    why: W
    find: likeness.face
    when: {min_score: 0.9}
    declared: missing
    then: flag
  - id: undeclared
    title: Who appears is declared
    why: W
    find: likeness.face
    when: {min_score: 0.9}
    declared: undeclared
    then: reject
"""
NO_RULES = POLICY.partition("  - id: no-consent")[0]


def test_people_declared_and_people_seen_are_compared(desk: ConsentDesk) -> None:
    desk.write("policy.yaml", NO_RULES + DECLARED)
    results = {}
    for people in ("[]", f"[{PERSON}]", f"[{PERSON}, talent/joe-biden]", "[talent/joe-biden]"):
        desk.write("release.yaml", f"people: {people}\n")
        code, review = desk.review()
        results[people] = (code, {hit["rule"]: hit["note"] for hit in review["verdict"]["hits"]})
    missing = {"unseen": "declared but not found: talent/joe-biden"}
    assert results == {
        "[]": (11, {"undeclared": ""}),
        f"[{PERSON}]": (0, {}),
        f"[{PERSON}, talent/joe-biden]": (10, missing),
        "[talent/joe-biden]": (11, {"undeclared": "", **missing}),
    }


def test_a_release_that_declares_nobody_known_is_refused(desk: ConsentDesk) -> None:
    for name, near in (("talent/barack-obana", PERSON), ("Jo Biden", "talent/joe-biden")):
        desk.write("release.yaml", f"people: [{name}]\n")
        result = desk.text()
        assert (result.code, result.out) == (2, "")
        assert near in result.err
