"""The demo's clips: real files, one with what a review must find and one without."""

import hashlib
import unicodedata
from pathlib import Path

import av
import cv2
import dlib
import numpy as np
import pytest

from compliance.demo.clips import SOURCE_TYPE, DemoClips, frames, make_clips, portrait_scene
from compliance.demo.scenes import still_scene
from compliance.facts import GenerationRecord

DETECTOR = dlib.get_frontal_face_detector()
FLOOR = -0.3
"""Margin of dlib's detector down to which the face analyzer may look."""


@pytest.fixture(scope="module")
def progress() -> list[float]:
    return []


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory, progress: list[float]) -> DemoClips:
    return make_clips(tmp_path_factory.mktemp("demo"), progress.append)


def _each_second(clip: Path) -> list[np.ndarray]:
    with av.open(str(clip)) as container:
        every = enumerate(container.decode(video=0))
        return [frame.to_ndarray(format="rgb24") for number, frame in every if number % 30 == 0]


def _faces(picture: np.ndarray) -> list[tuple[float, int]]:
    """Margin and height in pixels of each face."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    boxes, margins, _ = DETECTOR.run(grey, 0, FLOOR)
    return [(margin, box.height()) for margin, box in zip(margins, boxes, strict=True)]


@pytest.mark.parametrize("name", ["clean", "problem"])
def test_clips_are_h264_and_aac_in_mp4(clips: DemoClips, name: str) -> None:
    with av.open(str(getattr(clips, name))) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert len(container.streams) == 2
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert (video.width, video.height, video.average_rate) == (1280, 720, 30)
        times = [frame.time for frame in container.decode(video=0)]
        container.seek(0)
        sound = np.concatenate([f.to_ndarray()[0] for f in container.decode(audio=0)])
    assert times == pytest.approx([number / 30 for number in range(360)], abs=1e-3)
    assert len(sound) / 48_000 == pytest.approx(12.0, abs=0.1)
    assert 0.01 < np.abs(sound).max() < 0.2


def test_progress_rises_to_one(clips: DemoClips, progress: list[float]) -> None:
    assert progress == sorted(progress)
    assert progress[-1] == 1.0


def test_the_clean_clip_shows_no_face(clips: DemoClips) -> None:
    assert [_faces(picture) for picture in _each_second(clips.clean)] == [[]] * 12


def test_the_problem_clip_shows_one_large_face_for_seconds(clips: DemoClips) -> None:
    faces = [_faces(picture) for picture in _each_second(clips.problem)]
    surest = [max(found) for found in faces[:5]]
    assert min(margin for margin, _ in surest) > 0.5
    assert min(height for _, height in surest) >= 100
    assert faces[5:] == [[]] * 7


def test_the_portrait_shows_the_face_alone(clips: DemoClips) -> None:
    (face,) = _faces(cv2.cvtColor(cv2.imread(str(clips.portrait)), cv2.COLOR_BGR2RGB))
    margin, height = face
    assert margin > 1.0
    assert height >= 100


def test_the_numbers_can_be_read_and_the_caption_too(clips: DemoClips) -> None:
    from rapidocr import RapidOCR

    read = RapidOCR(params={"Global.log_level": "critical"})
    card = " ".join(read(_each_second(clips.problem)[6]).txts)
    assert "212-555-0143" in card
    assert "4111111111111111" in card.replace(" ", "")
    assert "MORNINGLIGHT" in "".join(read(_each_second(clips.clean)[1]).txts).replace(" ", "")


def test_the_prompt_names_the_person_in_disguise(clips: DemoClips) -> None:
    prompt = clips.problem.with_suffix(".txt").read_text("utf-8")
    assert "Eileen" not in prompt
    assert "Collins" not in prompt
    alphabets = {unicodedata.name(char).split()[0] for char in prompt if char.isalpha()}
    assert alphabets == {"LATIN", "CYRILLIC"}
    assert "\u200b" in prompt
    look_alikes = str.maketrans({"\u0415": "E", "\u0435": "e", "\u043e": "o", "\u200b": None})
    assert "Eileen Collins" in prompt.translate(look_alikes)
    assert clips.clean.with_suffix(".txt").read_text("utf-8").isascii()


@pytest.mark.parametrize("name", ["clean", "problem"])
def test_each_record_is_about_its_own_clip(clips: DemoClips, name: str) -> None:
    clip: Path = getattr(clips, name)
    text = clip.with_suffix(".record.json").read_text("utf-8")
    record = GenerationRecord.model_validate_json(text)
    assert record.output_sha256 == hashlib.sha256(clip.read_bytes()).hexdigest()
    assert record.digital_source_type == SOURCE_TYPE
    assert record.prompt == clip.with_suffix(".txt").read_text("utf-8")


def test_the_same_pixels_are_drawn_every_time() -> None:
    def drawn() -> list[bytes]:
        scenes = [portrait_scene(0.2), still_scene("coffee", 0.3, "MORNING LIGHT", fade=0.1)]
        return [frame.tobytes() for frame in frames(scenes)]

    first = drawn()
    assert first == drawn()
    assert len(set(first)) == 15
