"""Redacted pictures: the place is covered, and no thumbnail or text gives it away."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from redaction_clips import box_at, frame_at, region_at, sharpness

from compliance.errors import ComplianceError
from compliance.provenance.reader import read_manifest
from compliance.provenance.signers import DevelopmentSigner
from compliance.redaction.edits import Edit, How, Sighting
from compliance.redaction.redact import redact
from compliance.types import Region, TimeSpan

AT = 30


def edit(region: Region, how: How = How.BLUR) -> Edit:
    seen = (Sighting(time=0, region=region),)
    return Edit(finding="f-1", how=how, span=TimeSpan(start=0, end=0), sightings=seen)


def shown(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp"])
@pytest.mark.parametrize("how", [How.BLUR, How.FILL])
def test_the_place_is_covered_and_the_rest_stays(
    signer: DevelopmentSigner, tmp_path: Path, suffix: str, how: How
) -> None:
    original, out = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
    options = {"quality": 90} if suffix == "jpg" else {"lossless": True} if suffix == "webp" else {}
    Image.fromarray(frame_at(AT)).save(original, **options)
    done = redact(original, [edit(region_at(AT), how)], out, signer)
    assert sharpness(shown(original), box_at(AT)) > 40
    assert sharpness(shown(out), box_at(AT)) < 12
    away = np.abs(shown(original)[150:].astype(int) - shown(out)[150:])
    assert away.max() <= (3 if suffix == "jpg" else 0)
    assert done.signed
    assert read_manifest(out).ingredients[0].relationship == "parentOf"


def test_a_turned_photo_is_covered_where_it_is_seen(
    signer: DevelopmentSigner, tmp_path: Path
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    original, out = tmp_path / "a.jpg", tmp_path / "b.jpg"
    Image.fromarray(np.rot90(frame_at(AT))).save(original, quality=95, exif=exif)
    redact(original, [edit(region_at(AT))], out, signer)
    assert shown(out).shape == (180, 320, 3)
    assert sharpness(shown(out), box_at(AT)) < 12


def test_thumbnails_and_xmp_do_not_survive(signer: DevelopmentSigner, tmp_path: Path) -> None:
    original, out = tmp_path / "a.jpg", tmp_path / "b.jpg"
    small = io.BytesIO()
    Image.fromarray(frame_at(AT)).resize((64, 36)).save(small, "JPEG")
    exif = Image.Exif()
    exif[0x010E] = "a description"
    exif.get_ifd(0x8769)[0x927C] = b"MAKERNOTE" + small.getvalue()
    Image.fromarray(frame_at(AT)).save(
        original, exif=exif, xmp=b"<x:xmpmeta>SECRETTHUMB</x:xmpmeta>", comment=b"SECRETTHUMB"
    )
    assert b"MAKERNOTE" in original.read_bytes()
    redact(original, [edit(region_at(AT))], out, signer)
    content = out.read_bytes()
    assert b"MAKERNOTE" not in content
    assert b"SECRETTHUMB" not in content
    assert b"a description" in content


def test_transparency_does_not_draw_what_is_covered(
    signer: DevelopmentSigner, tmp_path: Path
) -> None:
    alpha = frame_at(AT)[:, :, :1]
    original, out = tmp_path / "a.png", tmp_path / "b.png"
    Image.fromarray(np.concatenate([frame_at(AT), alpha], axis=2), "RGBA").save(original)
    redact(original, [edit(region_at(AT))], out, signer)
    with Image.open(out) as image:
        picture = np.asarray(image)
    assert sharpness(picture[:, :, 3:].repeat(3, 2), box_at(AT)) == 0


@pytest.mark.parametrize("how", [How.DIM, How.MUTE])
def test_what_needs_time_is_refused(signer: DevelopmentSigner, tmp_path: Path, how: How) -> None:
    Image.fromarray(frame_at(AT)).save(tmp_path / "a.png")
    with pytest.raises(ComplianceError, match="needs time"):
        redact(tmp_path / "a.png", [edit(region_at(AT), how)], tmp_path / "b.png", signer)


def test_an_animation_is_refused(signer: DevelopmentSigner, tmp_path: Path) -> None:
    frames = [Image.fromarray(frame_at(index)) for index in range(3)]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:], duration=100)
    with pytest.raises(ComplianceError, match="animated"):
        redact(tmp_path / "a.webp", [edit(region_at(AT))], tmp_path / "b.webp", signer)
    assert not (tmp_path / "b.webp").exists()
