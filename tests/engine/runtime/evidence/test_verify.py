"""Whoever changes a pack is found out: by its bytes, by its signature, or by running it again."""

import base64
import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from console.__main__ import main
from engine.history.replay_journal import JournalFolder
from engine.model.errors import InputError
from engine.model.radio import CsiBatch
from engine.recording.journal import Journal
from engine.recording.pack.manifest import signed_message
from engine.runtime.evidence.verify import PackVerdict, verify_pack
from tests.engine.runtime.evidence.conftest import EvidenceSite


@pytest.fixture(scope="module")
def pack(site: EvidenceSite) -> Path:
    return site.make(site.request(zipped=False), "verified")[1]


@pytest.fixture
def copy(pack: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(pack, tmp_path / "copy"))


def resign(site: EvidenceSite, path: Path, sign: Callable[[bytes], tuple[str, str]] | None = None) -> None:
    """As somebody with the site's key (or another) does after changing files: every digest right again, and signed anew."""
    manifest = json.loads((path / "manifest.json").read_text("utf-8"))
    for file in manifest["files"]:
        data = (path / file["path"]).read_bytes()
        file["size_bytes"], file["sha256"] = len(data), hashlib.sha256(data).hexdigest()
    raw = sorted((file["path"], file["sha256"]) for file in manifest["files"] if file["path"].startswith("raw/"))
    manifest["inputs"] = hashlib.sha256(repr(raw).encode()).hexdigest()
    text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    key, signature = (sign or site.sources.auditor.sign_message)(signed_message(text))
    (path / "manifest.json").write_bytes(text)
    (path / "signature.json").write_text(json.dumps({"key": key, "signature": signature, "algorithm": "Ed25519"}))


def change_csi_byte(path: Path, scratch: Path) -> None:
    """One byte of radio in the journal; the chunks are written anew, with right sums."""
    kept = [path / "raw" / "journal", scratch]
    observed = list(JournalFolder(kept[0]).read(0, 1 << 62))
    at = max(place for place, numbered in enumerate(observed[:-20]) if isinstance(numbered.observation, CsiBatch))
    batch = observed[at].observation
    assert isinstance(batch, CsiBatch)
    iq = batch.iq.copy()
    iq[0, 20, 0] ^= 16
    observed[at] = replace(observed[at], observation=replace(batch, iq=iq))
    journal = Journal(scratch)
    journal.append(observed)
    journal.close()
    shutil.copyfile(next(kept[1].iterdir()), next(kept[0].iterdir()))


def test_a_pack_as_it_was_made_is_good(pack: Path) -> None:
    verdict = verify_pack(pack, again=True)
    assert verdict.good and verdict.wrong == ()
    assert verdict.rerun is not None and verdict.rerun.exact is True
    assert verdict.rerun.ids and verdict.rerun.max_score_error == 0.0 and verdict.rerun.decisions > 0


def test_a_zip_is_as_good(site: EvidenceSite) -> None:
    assert verify_pack(site.make(site.request(), "zip")[1], again=True).good


def changed(path: Path, name: str) -> None:
    data = bytearray((path / name).read_bytes())
    data[len(data) // 2] ^= 1
    (path / name).write_bytes(bytes(data))


@pytest.mark.parametrize("name", ["report.pdf", "record/events.json", "record/settings.json", "raw/expected.json", "raw/csi.csv"])
def test_a_changed_byte_shows(copy: Path, name: str) -> None:
    changed(copy, name)
    verdict = verify_pack(copy)
    assert not verdict.bytes and not verdict.good
    assert any(name in sentence for sentence in verdict.wrong)


def test_a_changed_byte_in_a_zip_shows(site: EvidenceSite, tmp_path: Path) -> None:
    original = site.make(site.request(raw=False), "zip-changed")[1]
    with zipfile.ZipFile(original) as archive:
        place = archive.getinfo("record/events.json").header_offset
    data = bytearray(original.read_bytes())
    data[place + 200] ^= 1
    path = tmp_path / "changed.zip"
    path.write_bytes(bytes(data))
    assert not verify_pack(path).bytes


def test_a_missing_and_an_added_file_show(copy: Path) -> None:
    (copy / "record" / "alerts.json").unlink()
    (copy / "extra.txt").write_text("more")
    wrong = verify_pack(copy).wrong
    assert "record/alerts.json is missing." in wrong
    assert any(sentence.startswith("extra.txt was added") for sentence in wrong)


def test_a_changed_manifest_is_not_signed(copy: Path) -> None:
    text = (copy / "manifest.json").read_text("utf-8")
    (copy / "manifest.json").write_text(text.replace("for the insurer", "for the Insurer"), "utf-8")
    verdict = verify_pack(copy)
    assert verdict.bytes and not verdict.signature and not verdict.good


def test_another_key_is_not_the_sites(site: EvidenceSite, copy: Path) -> None:
    key = Ed25519PrivateKey.generate()

    def sign(message: bytes) -> tuple[str, str]:
        return base64.b64encode(key.public_key().public_bytes_raw()).decode(), base64.b64encode(key.sign(message)).decode()

    resign(site, copy, sign)
    verdict = verify_pack(copy)
    assert verdict.bytes and not verdict.signature
    assert any("another key" in sentence for sentence in verdict.wrong)


def test_a_changed_byte_of_radio_shows_even_when_signed_again(site: EvidenceSite, copy: Path, tmp_path: Path) -> None:
    change_csi_byte(copy, tmp_path / "scratch")
    resign(site, copy)
    verdict = verify_pack(copy, again=True)
    assert verdict.bytes
    assert not verdict.signature, "the audit of the site names another record"
    assert verdict.rerun is not None and not verdict.rerun.good
    assert not verdict.good


def test_a_changed_decision_shows_even_when_signed_again(site: EvidenceSite, copy: Path) -> None:
    expected = json.loads((copy / "raw" / "expected.json").read_text("utf-8"))
    gate = next(gate for decision in expected["decisions"] for gate in decision["gates"])
    gate["value"] += 0.25
    (copy / "raw" / "expected.json").write_text(json.dumps(expected), "utf-8")
    resign(site, copy)
    rerun = verify_pack(copy, again=True).rerun
    assert rerun is not None and rerun.ids
    assert rerun.max_score_error == pytest.approx(0.25)
    assert not rerun.good


def test_a_removed_decision_shows_even_when_signed_again(site: EvidenceSite, copy: Path) -> None:
    expected = json.loads((copy / "raw" / "expected.json").read_text("utf-8"))
    del expected["decisions"][0]
    (copy / "raw" / "expected.json").write_text(json.dumps(expected), "utf-8")
    resign(site, copy)
    rerun = verify_pack(copy, again=True).rerun
    assert rerun is not None and not rerun.ids and not rerun.good


def test_a_key_that_was_noted_elsewhere_is_held_against_it(site: EvidenceSite, pack: Path, tmp_path: Path) -> None:
    assert verify_pack(pack, pinned=site.data.path / "audit-key.pem").good
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    other = tmp_path / "other.pem"
    other.write_bytes(Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    verdict = verify_pack(pack, pinned=other)
    assert verdict.bytes and not verdict.signature


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "a\\..\\b", "c:x"])
def test_names_that_lead_out_of_a_pack_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), b"x")
    with pytest.raises(InputError, match="no pack has"):
        verify_pack(path)


def test_a_link_in_a_folder_is_refused(copy: Path) -> None:
    (copy / "link").symlink_to("/etc/hostname")
    with pytest.raises(InputError, match="link"):
        verify_pack(copy)


def test_the_command_says_it_in_json_and_by_its_exit_code(pack: Path, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evidence", "verify", str(pack), "--rerun", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["bytes"], told["signature"]) == (True, True)
    assert told["rerun"]["ids"] is True and told["rerun"]["max_score_error"] == 0.0
    changed(copy, "report.pdf")
    assert main(["evidence", "verify", str(copy)]) == 1
    assert "report.pdf was changed" in capsys.readouterr().out
    assert main(["evidence", "verify", str(copy / "nowhere")]) == 2
    assert "pack" in capsys.readouterr().err


def test_a_pack_without_its_record_cannot_be_run_again(site: EvidenceSite) -> None:
    path = site.make(site.request(raw=False), "bare")[1]
    verdict: PackVerdict = verify_pack(path)
    assert verdict.good and verdict.rerun is None
    with pytest.raises(InputError, match="cannot be run again"):
        verify_pack(path, again=True)
