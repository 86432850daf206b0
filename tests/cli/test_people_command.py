"""``compliance people``: who gets in, who does not and why, and what is shown."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from command_line import Result, run_here

Run = Callable[..., Result]


@pytest.fixture
def people(tmp_path: Path) -> Run:
    """Run ``compliance people …`` in a folder of its own."""

    def run(*arguments: str | Path) -> Result:
        return run_here("people", *map(str, arguments), cwd=tmp_path)

    return run


@pytest.fixture
def photos(shared_data: Path) -> Path:
    return shared_data / "faces-face-recognition" / "examples"


def _refused(result: Result, *words: str) -> None:
    """A refusal is one paragraph with all of ``words``, and exit code 2."""
    assert result.code == 2, result.out + result.err
    paragraph = result.err.strip()
    assert "\n" not in paragraph
    assert "Traceback" not in paragraph
    assert not [word for word in words if word not in paragraph], paragraph


def _nobody(people: Run) -> None:
    assert people("list").out == "0 people\n"


def test_a_person_is_enrolled_shown_and_added_to(people: Run, photos: Path, tmp_path: Path) -> None:
    consent = tmp_path / "signed.pdf"
    consent.write_bytes(b"I agree")
    done = people(
        *("enrol", "Barack Obama", "--face", photos / "obama.jpg", "--alias", "Barry"),
        *("--alias", "~President", "--bank", "talent", "--written-consent", consent, "--minor"),
    )
    assert done.code == 0, done.err
    more = ("--face", photos / "obama_small.jpg", "--face", photos / "obama2.jpg")
    assert people("add", "barry", *more).code == 0
    shown = people("show", "Barack Obama").out
    digest = hashlib.sha256(b"I agree").hexdigest()
    for word in ("talent/barack-obama", "Barry, President", "3 templates", "quality ", digest):
        assert word in shown
    assert "everyday words   President" in shown
    assert "minor            yes" in shown
    _refused(people("add", "Barry", "--face", photos / "obama.jpg"), "enrolled already")
    assert "3 templates" in people("show", "Barry").out
    _refused(people("show", "Barack Obame"), "talent/barack-obama")


@pytest.mark.parametrize("given", ["none", "two", "text", "small", "blurred", "absent", "turned"])
def test_a_photo_that_is_not_good_enough_is_refused_with_the_reason(
    people: Run, photos: Path, tmp_path: Path, given: str
) -> None:
    face = cv2.imread(str(photos / "obama.jpg"))
    path = tmp_path / f"{given}.png"
    reasons = {
        "none": ("0 faces",),
        "two": ("2 faces",),
        "text": ("cannot be decoded",),
        "small": ("60 pixels",),
        "blurred": ("blurred",),
        "absent": ("No such file",),
        "turned": ("faces",),
    }
    if given == "text":
        path.write_text("not a picture")
    elif given != "absent":
        pictures = {
            "none": np.full((300, 300, 3), 128, np.uint8),
            "two": np.hstack([face, face]),
            "small": cv2.resize(face, None, fx=0.18, fy=0.18, interpolation=cv2.INTER_AREA),
            "blurred": cv2.GaussianBlur(face, (0, 0), 12),
            "turned": cv2.rotate(face, cv2.ROTATE_90_CLOCKWISE),
        }
        cv2.imwrite(str(path), pictures[given])
    words = reasons[given] if given != "turned" else ()
    good = ("--face", photos / "obama_small.jpg")
    _refused(people("enrol", "Barack Obama", *good, "--face", path), path.name, *words)
    _nobody(people)


def test_the_same_photo_twice_and_two_peoples_photos_are_refused(
    people: Run, photos: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.jpg"
    copy.write_bytes((photos / "obama_small.jpg").read_bytes())
    twice = ("--face", photos / "obama_small.jpg", "--face", copy)
    _refused(people("enrol", "Barack Obama", *twice), "copy.jpg", "twice")
    mixed = ("--face", photos / "obama_small.jpg", "--face", photos / "lin-manuel-miranda.png")
    _refused(people("enrol", "Barack Obama", *mixed), "not one person's", "--anyway")
    _nobody(people)


def test_a_person_enrolled_twice_is_refused_and_a_namesake_is_not(people: Run) -> None:
    assert people("enrol", "Ada Lovelace").code == 0
    _refused(
        people("enrol", "ada  lovelace"), "enrolled already", "people/ada-lovelace", "--another"
    )
    assert people("list").out.endswith("1 people\n")
    assert people("enrol", "Ada Lovelace", "--another").code == 0
    assert "people/ada-lovelace-2" in people("list").out
    _refused(people("show", "Ada Lovelace"), "several people")


def test_a_face_that_is_enrolled_under_another_name_is_reported(people: Run, photos: Path) -> None:
    assert people("enrol", "Barack Obama", "--face", photos / "obama.jpg").code == 0
    again = ("enrol", "B. O.", "--bank", "others", "--face", photos / "obama_small.jpg")
    _refused(people(*again), "people/barack-obama", "distance", "score", "--anyway")
    assert people("list").out.endswith("1 people\n")
    assert people(*again, "--anyway").code == 0
    assert people("enrol", "Joe Biden", "--face", photos / "biden.jpg").code == 0


def test_banks_that_require_consent_get_it_before_a_face(
    people: Run, photos: Path, tmp_path: Path
) -> None:
    face = ("--face", photos / "obama_small.jpg")
    for bank in ("talent", "staff"):
        _refused(people("enrol", "Ann", "--bank", bank, *face), "written consent", bank)
    _refused(people("enrol", "Ann", "--minor", *face), "minor", "written consent")
    empty = tmp_path / "empty.pdf"
    empty.touch()
    for path in (empty, tmp_path / "absent.pdf"):
        given = ("enrol", "Ann", "--bank", "staff", "--written-consent", path, *face)
        _refused(people(*given), path.name)
    _nobody(people)
    assert people("enrol", "Ann", "--bank", "staff").code == 0, "a name needs no consent"
    _refused(people("add", "Ann", *face), "written consent")
    assert "required" in people("bank", "staff").out
    assert "not-required" in people("bank", "public-figures").out
    people("bank", "staff", "--biometric-consent", "not-required")
    assert people("add", "Ann", *face).code == 0
    people("bank", "staff", "--biometric-consent", "required")
    assert "1 of them" in people("bank", "staff").out


def test_a_wrong_master_key_is_one_paragraph_and_changes_nothing(
    people: Run, photos: Path, tmp_path: Path
) -> None:
    assert people("enrol", "Barack Obama", "--face", photos / "obama_small.jpg").code == 0
    key = tmp_path / ".compliance" / "keys" / "master.key"
    key.write_text("A" * 43 + "=")
    before = (tmp_path / ".compliance" / "compliance.sqlite3").read_bytes()
    for given in (
        ("enrol", "Joe Biden", "--face", photos / "biden.jpg"),
        ("add", "Barack Obama", "--face", photos / "obama2.jpg"),
        ("erase", "Barack Obama"),
    ):
        _refused(people(*given), "master key")
    assert (tmp_path / ".compliance" / "compliance.sqlite3").read_bytes() == before


def test_a_video_of_one_person_gives_several_templates_and_of_two_none(
    people: Run, photos: Path, tmp_path: Path
) -> None:
    obama, biden = (_fitted(photos / name) for name in ("obama.jpg", "biden.jpg"))
    _video(tmp_path / "one.mp4", [_moved(obama, shift) for shift in (0, 10, 20, 30)])
    _video(tmp_path / "two.mp4", [obama, obama, biden, biden])
    _refused(people("enrol", "B. O.", "--face", tmp_path / "two.mp4"), "two.mp4", "another face at")
    _nobody(people)
    assert people("enrol", "B. O.", "--face", tmp_path / "one.mp4").code == 0
    assert int(people("show", "B. O.").out.split(" templates")[0].split()[-1]) > 1


def _fitted(path: Path) -> np.ndarray:
    """Return a picture in the middle of a grey frame."""
    picture = cv2.imread(str(path))
    scale = 480 / picture.shape[0]
    picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)[
        :480, :600
    ]
    frame = np.full((480, 640, 3), 128, np.uint8)
    frame[: picture.shape[0], : picture.shape[1]] = picture
    return frame


def _moved(picture: np.ndarray, shift: int) -> np.ndarray:
    moved = np.float32([[1, 0, shift], [0, 1, 0]])
    return cv2.warpAffine(picture, moved, (640, 480), borderMode=cv2.BORDER_REPLICATE)


def _video(path: Path, pictures: list[np.ndarray]) -> None:
    """Write a video that shows each picture for a second."""
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        stream.bit_rate = 4_000_000
        for picture in pictures:
            for _ in range(10):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "bgr24")))
        container.mux(stream.encode())
