"""Files of evidence packs: copied whole or not at all, checked."""

import base64
import hashlib
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import console.pack_files as pack_files
from console.pack_files import check_pack, copy_pack, pack_of
from engine.model.errors import EnvironmentFault, InputError
from engine.runtime.audit.audit_heads import fingerprint
from engine.runtime.evidence.signers import Signer
from engine.runtime.evidence.verify import verify_pack
from tests.fakes.packs import write_pack


@pytest.fixture
def zipped(tmp_path: Path) -> Path:
    path = tmp_path / "break-in.zip"
    path.write_bytes(b"of no matter")
    return path


def test_a_zip_is_copied_in_place_of_the_one_that_is_there(zipped: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.zip"
    target.write_bytes(b"older")
    assert copy_pack(zipped, target) == target
    assert target.read_bytes() == b"of no matter"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["break-in.zip", "copy.zip"]


def test_a_folder_is_copied_beside_what_is_there_never_into_it(tmp_path: Path) -> None:
    made = tmp_path / "made"
    (made / "video").mkdir(parents=True)
    (made / "video" / "yard.mp4").write_bytes(b"x")
    copy_pack(made, tmp_path / "copy")
    assert (tmp_path / "copy" / "video" / "yard.mp4").read_bytes() == b"x"
    with pytest.raises(EnvironmentFault, match="already"):
        copy_pack(made, tmp_path / "copy")


def test_a_copy_that_fails_leaves_nothing(zipped: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken.zip"
    taken.mkdir()
    (taken / "something").write_text("else")
    with pytest.raises(EnvironmentFault, match="Could not copy"):
        copy_pack(zipped, taken)
    assert not (tmp_path / "taken.zip.part").exists()
    assert (taken / "something").exists()


def test_a_folder_may_be_pointed_at_by_its_manifest(tmp_path: Path) -> None:
    assert pack_of(tmp_path / "manifest.json") == tmp_path
    assert pack_of(tmp_path / "pack.zip") == tmp_path / "pack.zip"


def test_what_can_be_run_again_is_run_again_with_the_keys_that_are_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack = write_pack(tmp_path / "small")
    own = verify_pack(pack).key
    asked: list[bool] = []
    monkeypatch.setattr(pack_files, "verify_file", lambda path, again, signers: asked.append(again) or verify_pack(path, signers=signers))
    assert check_pack(pack).signer is Signer.UNKNOWN
    assert check_pack(pack, fingerprint(own)).signer is Signer.GIVEN and all(asked)
    raw = Ed25519PublicKey.from_public_bytes(base64.b64decode(own))
    (tmp_path / "audit-key.pem").write_bytes(raw.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    pack_files.know_keys_of(tmp_path)
    try:
        assert check_pack(pack).signer is Signer.KNOWN
    finally:
        pack_files.know_keys_of(tmp_path / "nowhere")
    with zipfile.ZipFile(pack) as archive:
        made_as = hashlib.sha256(archive.read("manifest.json")).hexdigest()
    assert check_pack(pack, made_as=made_as).signer is Signer.KNOWN
    with pytest.raises(InputError, match="neither a fingerprint"):
        check_pack(pack, "key.pem")


def test_what_is_no_pack_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no"):
        check_pack(tmp_path / "none.zip")
