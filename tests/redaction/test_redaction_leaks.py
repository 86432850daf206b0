"""What was covered is nowhere else in the copy: not in manifests, metadata or frames between sightings."""

import base64
import io
import json
from pathlib import Path
from typing import Any

import av
import c2pa
import numpy as np
import pytest
from PIL import Image, PngImagePlugin
from redaction_clips import (
    HEIGHT,
    SIDE,
    WIDTH,
    frame_at,
    ground,
    packets_of,
    patch,
    region_at,
    write_tone,
)

from compliance.banks.keys import MasterKey
from compliance.errors import MediaError, UsageError
from compliance.provenance.c2pa import inspect, prepare
from compliance.provenance.reader import read_manifest
from compliance.provenance.signers import DevelopmentSigner
from compliance.redaction.edits import Edit, How, Sighting
from compliance.redaction.redact import redact
from compliance.redaction.sources import of_file
from compliance.redaction.tracking import Follower, working_copy
from compliance.types import Region, TimeSpan

AT = 30
CAMERA = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"


def edit() -> Edit:
    seen = (Sighting(time=0, region=region_at(AT)),)
    return Edit(finding="f-1", how=How.FILL, span=TimeSpan(start=0, end=0), sightings=seen)


def thumbnail() -> bytes:
    small = io.BytesIO()
    Image.fromarray(frame_at(AT)).resize((64, 36)).save(small, "JPEG")
    return small.getvalue()


def picture(number: int) -> bytes:
    """A small JPEG that differs from those of other numbers."""
    small = io.BytesIO()
    noise = np.random.default_rng(number).integers(0, 255, (36, 64, 3), np.uint8)
    Image.fromarray(noise).save(small, "JPEG")
    return small.getvalue()


def photo(path: Path, signer: DevelopmentSigner, **more: Any) -> Path:
    """A JPEG whose manifest shows a thumbnail of it, as cameras and editors write them, and ``more``."""
    plain = path.with_name("plain.jpg")
    Image.fromarray(frame_at(AT)).save(plain, quality=90)
    taken = {"action": "c2pa.created", "digitalSourceType": CAMERA}
    actions = {"actions": [taken], "templates": more.pop("templates", [])}
    definition = {
        "claim_generator_info": [{"name": "camera", **more.pop("generator", {})}],
        "title": "photo",
        "thumbnail": resource("small"),
        "assertions": [{"label": "c2pa.actions.v2", "data": actions}, *more.pop("assertions", [])],
        **more,
    }
    algorithm = c2pa.C2paSigningAlg[signer.algorithm]
    with (
        prepare(None) as context,
        c2pa.Builder(definition, context) as builder,
        c2pa.Signer.from_callback(signer.sign, algorithm, signer.certificates, None) as native,
        plain.open("rb") as file,
        path.open("x+b") as target,
    ):
        builder.add_resource("small", io.BytesIO(thumbnail()))
        for number in range(4):
            if f'"{number}.jpg"' in json.dumps(definition):
                builder.add_resource(f"{number}.jpg", io.BytesIO(picture(number)))
        builder.sign(native, "image/jpeg", file, target)
    return path


def resource(name: str) -> dict[str, str]:
    return {"format": "image/jpeg", "identifier": name}


ICON = {"icon": resource("0.jpg")}
PROMPTED = {
    "title": "reference",
    "relationship": "inputTo",
    "format": "image/jpeg",
    "thumbnail": resource("1.jpg"),
    "data": resource("2.jpg"),
}
PREVIEW = {
    "label": "org.example.preview",
    "data": {"preview": base64.b64encode(picture(3)).decode()},
}


@pytest.mark.parametrize(
    ("more", "kept"),
    [
        ({"ingredients": [PROMPTED]}, True),
        ({"assertions": [PREVIEW]}, True),
        ({"generator": ICON}, False),
        ({"templates": [{"action": "org.example.act", **ICON}]}, False),
        ({"claim_version": 1, "ingredients": [PROMPTED], "generator": ICON}, False),
    ],
    ids=["ingredient", "preview", "icon of the generator", "icon of a template", "data boxes"],
)
def test_no_picture_in_the_manifest_of_the_original_survives(
    more: dict[str, Any], kept: bool, signer: DevelopmentSigner, tmp_path: Path
) -> None:
    original, out = photo(tmp_path / "a.jpg", signer, **more), tmp_path / "b.jpg"
    shown = [thumbnail()[-300:-50], base64.b64encode(picture(3))[400:900]]
    shown += [picture(number)[-300:-50] for number in range(3)]
    assert sum(one in original.read_bytes() for one in shown) > 1, "nothing is shown besides"
    done = redact(original, [edit()], out, signer)
    assert [one for one in shown if one in out.read_bytes()] == []
    reading = read_manifest(out)
    assert reading.intact
    assert reading.digital_source_types == (CAMERA,)
    parent = reading.ingredients[0]
    assert (parent.title, parent.relationship) == ("a.jpg", "parentOf")
    assert (parent.intact is True) is kept
    assert any("without it" in note for note in done.notes) is not kept


def test_the_copy_says_that_it_was_encoded_and_claims_no_whole_list(
    signer: DevelopmentSigner, tmp_path: Path
) -> None:
    original, out = photo(tmp_path / "a.jpg", signer), tmp_path / "b.jpg"
    redact(original, [edit()], out, signer)
    with prepare(None) as context, out.open("rb") as file:
        report = inspect(file, context)["report"]
    said = report["manifests"][report["active_manifest"]]["assertions"][0]["data"]
    names = [one["action"] for one in said["actions"]]
    assert names == ["c2pa.opened", "c2pa.edited", "c2pa.transcoded", "c2pa.redacted"]
    assert not said.get("allActionsIncluded")


def test_thumbnails_in_the_manifest_of_the_original_do_not_survive(
    signer: DevelopmentSigner, tmp_path: Path
) -> None:
    original, out = photo(tmp_path / "a.jpg", signer), tmp_path / "b.jpg"
    assert thumbnail()[-300:-50] in original.read_bytes()
    redact(original, [edit()], out, signer)
    reading = read_manifest(out)
    assert thumbnail()[-300:-50] not in out.read_bytes()
    assert reading.intact
    assert reading.digital_source_types == (CAMERA,)
    assert [one.intact for one in reading.ingredients] == [True]


def test_thumbnails_of_a_copy_of_a_copy_do_not_survive_either(
    signer: DevelopmentSigner, tmp_path: Path
) -> None:
    original, first, second = (
        photo(tmp_path / "a.jpg", signer),
        tmp_path / "b.jpg",
        tmp_path / "c.jpg",
    )
    redact(original, [edit()], first, signer)
    redact(first, [edit()], second, signer)
    assert thumbnail()[-300:-50] not in second.read_bytes()
    assert [one.depth for one in read_manifest(second).ingredients] == [1, 2]


def test_a_source_type_is_not_taken_from_a_manifest_of_other_bytes(
    signer: DevelopmentSigner, tmp_path: Path
) -> None:
    original, out = photo(tmp_path / "a.jpg", signer), tmp_path / "b.jpg"
    content = bytearray(original.read_bytes())
    content[-3000] ^= 1
    original.write_bytes(content)
    redact(original, [edit()], out, signer)
    reading = read_manifest(out)
    assert reading.digital_source_types == ()
    assert [one.intact for one in reading.ingredients] == [False]


def test_texts_of_a_png_that_hold_a_picture_do_not_survive(
    signer: DevelopmentSigner, tmp_path: Path
) -> None:
    block = b"Exif\0\0" + Image.Exif().tobytes()[6:] + thumbnail()
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Raw profile type exif", f"\nexif\n{len(block)}\n{block.hex()}")
    texts.add_text("preview", thumbnail().hex())
    texts.add_text("Comment", thumbnail().hex())
    texts.add_text("Title", "a title")
    Image.fromarray(frame_at(AT)).save(tmp_path / "a.png", pnginfo=texts)
    redact(tmp_path / "a.png", [edit()], tmp_path / "b.png", signer)
    with Image.open(tmp_path / "b.png") as image:
        assert image.text == {"Title": "a title"}


def test_metadata_that_may_hold_a_picture_does_not_survive(
    signer: DevelopmentSigner, tmp_path: Path
) -> None:
    plain, original, out = (tmp_path / name for name in ("plain.mp3", "a.mp3", "b.mp3"))
    write_tone(plain, "libmp3lame")
    with av.open(str(plain)) as source, av.open(str(original), "w") as target:
        target.metadata.update(
            {"title": "a title", "id3v2_priv.XMP": "<x/>", "comment": thumbnail().hex()}
        )
        stream = target.add_stream_from_template(source.streams[0])
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    quiet = Edit(finding="f-1", how=How.MUTE, span=TimeSpan(start=0.5, end=0.9))
    done = redact(original, [quiet], out, signer)
    with av.open(str(out)) as container:
        assert container.metadata["title"] == "a title"
        assert not {"id3v2_priv.XMP", "comment"} & set(container.metadata)
    assert any("metadata comment" in note for note in done.notes)
    assert packets_of(out, "audio")


def covers(places: list[tuple[int, int]], seen: list[int], span: tuple[int, int]) -> list[bool]:
    """Tell for each frame, 25 a second, whether the patch at ``places`` is covered."""
    marks = tuple(
        Sighting(
            time=at / 25,
            region=Region.from_box(x, y, x + SIDE, y + SIDE, WIDTH, HEIGHT),
        )
        for at in seen
        for x, y in places[at : at + 1]
    )
    whole = TimeSpan(start=span[0] / 25, end=span[1] / 25)
    follower = Follower(Edit(finding="f-1", how=How.BLUR, span=whole, sightings=marks))
    for index, (x, y) in enumerate(places):
        picture = ground()
        picture[y : y + SIDE, x : x + SIDE] = patch()
        follower.push(index, index / 25, working_copy(picture))
    follower.finish()
    made = [follower.covers.get(index, (1.0, 1.0, 0.0, 0.0)) for index in range(len(places))]
    return [
        left * WIDTH <= x + 2
        and top * HEIGHT <= y + 2
        and right * WIDTH >= x + SIDE - 2
        and bottom * HEIGHT >= y + SIDE - 2
        for (left, top, right, bottom), (x, y) in zip(made, places, strict=True)
    ]


def test_a_thing_too_fast_to_follow_is_covered_between_sightings() -> None:
    places = [(20 + 20 * at, round(120 - 110 * np.sin(at / 12 * np.pi))) for at in range(13)]
    assert all(covers(places, [0, 12], (0, 12)))


def test_a_thing_lost_within_its_span_is_covered_to_half_a_second_beyond() -> None:
    places = [(20, 20)] * 13 + [(160, 100)] * 25
    assert all(covers(places, [8], (0, 25))[15:])


def test_a_thing_without_places_is_covered_to_half_a_second_beyond_its_span() -> None:
    assert all(covers([(160, 100)] * 30, [], (10, 18)))


def test_findings_nested_without_end_are_refused(tmp_path: Path) -> None:
    asset, findings = tmp_path / "a.mp4", tmp_path / "findings.json"
    asset.write_bytes(b"x")
    findings.write_text("[" * 200_000)
    sealer = MasterKey.load(tmp_path / "keys").sealer("observations")
    with pytest.raises(UsageError, match="cannot be read"):
        of_file(findings, asset, sealer, tmp_path)


def test_a_file_that_was_replaced_since_is_refused(
    signer: DevelopmentSigner, tmp_path: Path
) -> None:
    Image.fromarray(frame_at(AT)).save(tmp_path / "a.png")
    with pytest.raises(MediaError, match="not the one"):
        redact(tmp_path / "a.png", [edit()], tmp_path / "b.png", signer, sha256="0" * 64)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.png"]
