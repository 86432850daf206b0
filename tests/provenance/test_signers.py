"""The development authority."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from compliance.clock import now
from compliance.errors import ProvenanceError
from compliance.provenance.signers import LABEL, development_root, development_signer
from compliance.provenance.trust import Anchors, Trust, judge, parse_chain


def leaf_of(pem: str) -> x509.Certificate:
    return parse_chain(pem)[0]


def test_the_first_use_makes_it_and_later_uses_find_it(tmp_path: Path) -> None:
    assert development_root(tmp_path / "ca") is None
    first = development_signer(tmp_path / "ca")
    again = development_signer(tmp_path / "ca")
    assert first.certificates == again.certificates
    assert development_root(tmp_path / "ca")


def test_every_certificate_says_that_it_is_untrusted(tmp_path: Path) -> None:
    signer = development_signer(tmp_path)
    root = development_root(tmp_path)
    assert root is not None
    for pem in (signer.certificates, root):
        assert LABEL in leaf_of(pem).subject.rfc4514_string()


def test_no_other_user_can_read_the_keys(tmp_path: Path) -> None:
    folder = tmp_path / "ca"
    development_signer(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("root.pem", "signer.pem"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    development_signer(tmp_path)
    (tmp_path / "signer.pem").chmod(0o644)
    with pytest.raises(ProvenanceError, match="other users") as raised:
        development_signer(tmp_path)
    assert "chmod 600" in raised.value.fix


def test_the_leaf_is_renewed_before_it_expires_and_the_root_stays(tmp_path: Path) -> None:
    moment = now()
    first = development_signer(tmp_path, moment)
    root = development_root(tmp_path)
    unchanged = development_signer(tmp_path, moment + timedelta(days=300))
    renewed = development_signer(tmp_path, moment + timedelta(days=340))
    assert unchanged.certificates == first.certificates != renewed.certificates
    assert development_root(tmp_path) == root


def test_an_expiring_root_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    moment = now()
    development_signer(tmp_path, moment)
    with pytest.raises(ProvenanceError, match="expires too soon") as raised:
        development_signer(tmp_path, moment + timedelta(days=3600))
    assert "move" in raised.value.fix


@pytest.mark.parametrize("content", [b"", b"not a key", b"\x00" * 100])
def test_a_damaged_key_file_is_a_clear_error(tmp_path: Path, content: bytes) -> None:
    development_signer(tmp_path)
    (tmp_path / "signer.pem").write_bytes(content)
    with pytest.raises(ProvenanceError, match="cannot be used"):
        development_signer(tmp_path)


def test_a_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    development_signer(tmp_path / "a")
    development_signer(tmp_path / "b")
    mixed = (tmp_path / "a/signer.pem").read_text().split("-----BEGIN CERTIFICATE-----")[0]
    mixed += development_signer(tmp_path / "b").certificates
    (tmp_path / "a/signer.pem").write_text(mixed)
    with pytest.raises(ProvenanceError, match="does not belong"):
        development_signer(tmp_path / "a")


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ProvenanceError, match="cannot be written"):
        development_signer(tmp_path / "file" / "ca")


def test_many_first_uses_at_once_make_one_authority(tmp_path: Path) -> None:
    start = Barrier(8)

    def first_use(_: int) -> str:
        start.wait()
        return development_signer(tmp_path).certificates

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(first_use, range(8)))) == 1


def test_the_signature_verifies_with_the_certificate(tmp_path: Path) -> None:
    signer = development_signer(tmp_path)
    key = leaf_of(signer.certificates).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(signer.sign(b"data"), b"data", ec.ECDSA(hashes.SHA256()))


def test_only_its_own_root_vouches_for_it_and_only_in_its_time(tmp_path: Path) -> None:
    moment = now()
    chain = parse_chain(development_signer(tmp_path / "a", moment).certificates)
    development_signer(tmp_path / "b", moment)
    own = Anchors(development=development_root(tmp_path / "a"))
    other = Anchors(development=development_root(tmp_path / "b"))
    assert judge(chain, own, moment).trust is Trust.DEVELOPMENT
    assert judge(chain, other, moment).trust is Trust.UNKNOWN
    late = judge(chain, own, moment + timedelta(days=400))
    assert late.trust is Trust.UNKNOWN
    assert "valid until" in late.reason
    listed = Anchors(trust_list=development_root(tmp_path / "a"))
    assert judge(chain, listed, moment).trust is Trust.TRUST_LIST
    assert judge(chain, Anchors(), moment).trust is Trust.UNKNOWN


def test_a_certificate_for_something_else_cannot_speak_for_verdicts(tmp_path: Path) -> None:
    moment = now()
    development_signer(tmp_path, moment)
    root_pem = development_root(tmp_path)
    assert root_pem is not None
    # The root signs no claims itself, though it leads to itself.
    judged = judge(parse_chain(root_pem), Anchors(development=root_pem), moment)
    assert judged.trust is Trust.UNKNOWN
