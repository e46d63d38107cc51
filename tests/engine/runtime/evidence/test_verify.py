"""Whoever changes a pack is found out: by its bytes, by its signature, or by running it again."""

import base64
import hashlib
import json
import secrets
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from console.__main__ import main
from engine.history.replay.journal import JournalFolder
from engine.model.errors import InputError
from engine.model.history.evidence import HiddenRegion, Redaction
from engine.model.radio.radio import CsiBatch
from engine.model.wire import to_plain
from engine.recording.journal import Journal
from engine.recording.pack.manifest import MANIFEST, SIGNATURE, signed_message
from engine.runtime.audit.audit_heads import fingerprint, signed_head
from engine.runtime.evidence.raw import EXPECTED
from engine.runtime.evidence.signers import Signer, Signers, given_signers
from engine.runtime.evidence.verify import verify_pack
from tests.engine.runtime.evidence.conftest import CAMERA, EvidenceSite
from tests.fakes.packs import write_pack

HALF = HiddenRegion(CAMERA, ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0)))


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
    observed = list(JournalFolder(kept[0]).read_observations(0, 1 << 62))
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


def zip_again(folder: Path, target: Path, within: str = "") -> Path:
    """As `zip -r` and `shutil.make_archive` do: deflated, with an entry for each folder."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, within + path.relative_to(folder).as_posix())
    return target


@pytest.fixture(autouse=True)
def this_machines_site(site: EvidenceSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packs are verified where they were made, so that their key is known there."""
    monkeypatch.setattr("console.commands.evidence.default_data", lambda: site.data.path)


def answered(path: Path, again: bool, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    """The command's exit code and its one JSON document, in which only JSON's own numbers are."""
    code = main(["evidence", "verify", str(path), "--json", *(["--rerun"] if again else [])])

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    return code, json.loads(capsys.readouterr().out, parse_constant=refuse)


def test_a_pack_as_it_was_made_is_good(pack: Path) -> None:
    verdict = verify_pack(pack, again=True)
    assert verdict.good and verdict.wrong == ()
    assert verdict.rerun is not None and verdict.rerun.exact is True
    assert verdict.rerun.ids and verdict.rerun.max_score_error == 0.0 and verdict.rerun.decisions > 0


def test_a_zip_is_as_good(site: EvidenceSite) -> None:
    assert verify_pack(site.make(site.request(), "zip")[1], again=True).good


@pytest.mark.parametrize("within", ["", "break-in-1/"], ids=["as it was", "in its folder"])
def test_a_pack_that_was_unzipped_and_zipped_again_is_as_good(pack: Path, tmp_path: Path, within: str) -> None:
    verdict = verify_pack(zip_again(pack, tmp_path / "again.zip", within), again=True)
    assert verdict.good and verdict.wrong == ()
    assert verdict.rerun is not None and verdict.rerun.exact is True


def changed(path: Path, name: str, share: float = 0.5) -> None:
    data = bytearray((path / name).read_bytes())
    data[int(len(data) * share)] ^= 1
    (path / name).write_bytes(bytes(data))


@pytest.mark.parametrize("again", [False, True], ids=["checked", "run again"])
@pytest.mark.parametrize("share", [0.0, 0.5], ids=["first byte", "middle byte"])
def test_one_changed_byte_of_any_file_ends_with_1_and_says_so_in_json(
    copy: Path, share: float, again: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()]
    assert {MANIFEST, SIGNATURE, EXPECTED, "raw/csi.csv", "record/events.json", "report.pdf"} < set(names)
    for name in names:
        whole = (copy / name).read_bytes()
        changed(copy, name, share)
        code, told = answered(copy, again, capsys)
        (copy / name).write_bytes(whole)
        assert (code, told["ok"]) == (1, False), name
        assert told["wrong"] and not (told["bytes"] and told["signature"]), name
        assert told["bytes"] or told["rerun"] is None, name


def test_one_changed_byte_anywhere_in_the_signature_shows(tmp_path: Path) -> None:
    """Also in what base64 ends with, and in the name of the algorithm."""
    path = write_pack(tmp_path / "small")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "folder")
    place = tmp_path / "folder" / SIGNATURE
    whole = place.read_bytes()
    for at in range(len(whole)):
        place.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        verdict = verify_pack(tmp_path / "folder")
        assert verdict.bytes and not verdict.signature and verdict.wrong, at


def test_a_damaged_directory_of_a_zip_gets_a_verdict(tmp_path: Path) -> None:
    path = write_pack(tmp_path / "small")
    with zipfile.ZipFile(path) as archive:
        directory = archive.start_dir
    whole = path.read_bytes()
    for at, flip in product(range(directory, len(whole)), (1, 255)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ flip]) + whole[at + 1 :])
        verdict = verify_pack(path)
        assert verdict.good or verdict.wrong, at
    path.write_bytes(whole[:-10])
    verdict = verify_pack(path, again=True)
    assert (verdict.manifest, verdict.bytes, verdict.signature, verdict.rerun) == (None, False, False, None)
    assert verdict.wrong[0].startswith("The pack is a damaged zip")


@pytest.mark.parametrize("name", [MANIFEST, SIGNATURE])
def test_a_manifest_or_a_signature_that_is_gone_is_a_failed_check(copy: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / name).unlink()
    code, told = answered(copy, False, capsys)
    assert code == 1 and told["wrong"] == [f"The pack has no {name}."]
    assert (told["bytes"], told["signature"]) == (name == SIGNATURE, False)


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


def test_a_changed_byte_of_radio_shows_in_a_pack_that_was_signed_and_zipped_again(
    site: EvidenceSite, copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change_csi_byte(copy, tmp_path / "scratch")
    resign(site, copy)
    code, told = answered(zip_again(copy, tmp_path / "again.zip"), True, capsys)
    assert (code, told["bytes"], told["signature"]) == (1, True, False)
    assert told["rerun"]["exact"] is False


@pytest.mark.parametrize("score", ["Infinity", "NaN"])
def test_a_score_without_bound_is_told_without_infinity(
    site: EvidenceSite, copy: Path, score: str, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = json.loads((copy / EXPECTED).read_text("utf-8"))
    expected["decisions"][0]["gates"][0]["threshold"] = float(score)
    (copy / EXPECTED).write_text(json.dumps(expected), "utf-8")
    resign(site, copy)
    code, told = answered(copy, True, capsys)
    assert code == 1 and told["rerun"]["ids"] is True
    assert told["rerun"]["max_score_error"] is None
    assert "Run again, scores differ without bound." in told["wrong"]


@pytest.mark.parametrize("text", ["{", '{"since_ns": 1}', "[" * 100_000], ids=["cut off", "too little", "too deep"])
def test_what_cannot_be_expected_is_a_failed_check_even_when_signed_again(
    site: EvidenceSite, copy: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (copy / EXPECTED).write_text(text, "utf-8")
    resign(site, copy)
    code, told = answered(copy, True, capsys)
    assert (code, told["bytes"], told["rerun"]) == (1, True, None)
    assert any(EXPECTED in sentence for sentence in told["wrong"])


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
    noted = verify_pack(pack, signers=Signers(given_signers((str(site.data.path / "audit-key.pem"),))))
    assert noted.trusted and noted.signer is Signer.GIVEN
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    other = tmp_path / "other.pem"
    other.write_bytes(Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    verdict = verify_pack(pack, signers=Signers(given_signers((str(other),))))
    assert verdict.bytes and not verdict.signature and not verdict.trusted


def forged(copy: Path) -> str:
    """As somebody does who changes a pack, makes a key of their own and signs all of it anew, the audit's word too. Their key, base64."""
    private = secrets.token_bytes(32)
    key = Ed25519PrivateKey.from_private_bytes(private)
    (copy / "record" / "events.json").write_text("[]", "utf-8")
    manifest = json.loads((copy / "manifest.json").read_text("utf-8"))
    for file in manifest["files"]:
        data = (copy / file["path"]).read_bytes()
        file["size_bytes"], file["sha256"] = len(data), hashlib.sha256(data).hexdigest()
    head = manifest["proof"]["head"]
    manifest["proof"]["head"] = to_plain(signed_head(head["seq"], head["hash"], head["at_ns"], private))
    text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    signed = {"key": public, "signature": base64.b64encode(key.sign(signed_message(text))).decode(), "algorithm": "Ed25519"}
    (copy / "manifest.json").write_bytes(text)
    (copy / "signature.json").write_text(json.dumps(signed))
    return public


def test_a_pack_that_was_signed_anew_with_another_key_is_not_the_sites(
    site: EvidenceSite, pack: Path, copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = forged(copy)
    assert main(["evidence", "verify", str(pack)]) == 0
    assert "signed by a known key" in capsys.readouterr().out
    assert main(["evidence", "verify", str(copy)]) == 4
    told = capsys.readouterr()
    assert "✓" not in told.out and f"signed by an unknown key: {fingerprint(key)}" in told.out and "unknown key" in told.err
    code, answer = answered(copy, False, capsys)
    assert (code, answer["ok"], answer["bytes"], answer["signature"], answer["signer"]) == (4, False, True, True, "unknown")
    own = site.data.path / "audit-key.pem"
    assert main(["evidence", "verify", str(copy), "--key", str(own)]) == 1  # the site's key was given, and another one signed
    assert main(["evidence", "verify", str(copy), "--key", fingerprint(key)]) == 0
    assert "signed by the key that was given" in capsys.readouterr().out
    monkeypatch.setattr("console.commands.evidence.default_data", lambda: tmp_path / "nowhere")
    assert main(["evidence", "verify", str(pack)]) == 4  # on a machine that knows no key
    assert main(["evidence", "verify", str(pack), "--data", str(site.data.path)]) == 0
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "known-keys.pem").write_bytes(own.read_bytes())
    assert main(["evidence", "verify", str(pack), "--data", str(elsewhere)]) == 0
    assert main(["evidence", "verify", str(copy), "--data", str(elsewhere)]) == 4
    changed(copy, "report.pdf")
    assert main(["evidence", "verify", str(copy)]) == 1  # what is wrong with it comes first


@pytest.mark.parametrize("key", ["", "abcd", "no such file.pem", "z" * 32])
def test_a_key_that_is_none_is_refused(pack: Path, key: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evidence", "verify", str(pack), "--key", key]) == 2
    assert "public_key" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["{}", "sha256:{}", "blanks", "colons", "UPPER"])
def test_a_fingerprint_is_taken_as_people_write_it(pack: Path, form: str) -> None:
    key = verify_pack(pack).key
    shown = fingerprint(key)
    text = {"blanks": shown, "colons": shown.replace(" ", ":"), "UPPER": shown.upper()}.get(form) or form.format(shown.replace(" ", ""))
    assert verify_pack(pack, signers=Signers(given_signers((text,)))).signer is Signer.GIVEN


def test_a_pack_of_the_sites_own_record_needs_no_key(pack: Path, copy: Path) -> None:
    """What the record says of its manifest's digest is proof enough, and of no other manifest."""
    made_as = hashlib.sha256((pack / "manifest.json").read_bytes()).hexdigest()
    assert verify_pack(pack, signers=Signers(made_as=made_as)).signer is Signer.KNOWN
    forged(copy)
    assert verify_pack(copy, signers=Signers(made_as=made_as)).signer is Signer.UNKNOWN


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "a\\..\\b", "c:x"])
def test_names_that_lead_out_of_a_pack_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), b"x")
    with pytest.raises(InputError, match="no pack has"):
        verify_pack(path)


def test_what_no_pack_holds_beside_a_manifest_is_a_failed_check(copy: Path, tmp_path: Path) -> None:
    path = zip_again(copy, tmp_path / "evil.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../outside", b"x")
    (copy / "link").symlink_to("/etc/hostname")
    for given, why in ((path, "'../outside' that no pack has"), (copy, "a link, link")):
        verdict = verify_pack(given, again=True)
        assert not verdict.good and not verdict.bytes and verdict.rerun is None
        assert why in verdict.wrong[0]
    assert not (tmp_path / "outside").exists()


def test_nothing_is_run_again_whose_bytes_are_wrong(copy: Path) -> None:
    changed(copy, "report.pdf")
    verdict = verify_pack(copy, again=True)
    assert verdict.rerun is None and verdict.unrun == ""
    assert verdict.wrong[-1].startswith("It was not run again")


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


@pytest.mark.parametrize(
    ("asked", "why"),
    [({"redaction": Redaction.FACES}, "tell of everybody"), ({"hidden": (HALF,)}, "tell of everybody"), ({"raw": False}, "are not in it")],
    ids=["faces", "regions", "bare"],
)
def test_a_pack_without_its_record_is_checked_and_says_why_it_is_not_run_again(
    site: EvidenceSite, asked: dict[str, Any], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = site.make(site.request(zipped=False, **asked), f"without-{next(iter(asked))}")[1]
    assert answered(path, False, capsys)[0] == 0
    code = main(["evidence", "verify", str(path), "--rerun", "--json"])
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert code == 2 and "rerun: It cannot be run again" in err
    assert (told["ok"], told["bytes"], told["signature"], told["rerun"], told["wrong"]) == (True, True, True, None, [])
    reasons = [sentence for sentence in told["missing"] if sentence.startswith("It cannot be run again")]
    assert len(reasons) == 1 and why in reasons[0]
    changed(path, "report.pdf")
    assert answered(path, True, capsys)[0] == 1


def test_a_pack_of_somebody_who_sees_some_cameras_is_checked_too(site: EvidenceSite) -> None:
    limited = replace(site, sources=replace(site.sources, limited=True))
    verdict = verify_pack(limited.make(site.request(), "limited")[1], again=True)
    assert verdict.good and verdict.rerun is None
    assert "sees some of them" in verdict.unrun and verdict.missing.count(verdict.unrun) == 1


def test_the_words_for_a_pack_without_its_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_pack(tmp_path / "small")
    assert main(["evidence", "verify", str(path), "--rerun"]) == 4
    out = capsys.readouterr().out
    assert out.startswith("? Door at night") and "signed by an unknown key" in out
    assert main(["evidence", "verify", str(path), "--rerun", "--key", fingerprint(verify_pack(path).key)]) == 2
    out = capsys.readouterr().out
    assert out.startswith("✓ Door at night") and "not in the pack: It cannot be run again" in out


def test_the_words_for_a_pack_that_cannot_be_read(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / MANIFEST).write_text("{")
    assert main(["evidence", "verify", str(copy)]) == 1
    assert capsys.readouterr().out.startswith("✗ a pack that cannot be read\n  The pack has no manifest.json that can be read")


def test_what_is_no_pack_at_all_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "record").mkdir()
    (tmp_path / "record" / "events.json").write_text("[]")
    assert main(["evidence", "verify", str(tmp_path), "--json"]) == 2
    out, err = capsys.readouterr()
    assert out == "" and "pack" in err


def test_what_a_pack_says_of_itself_writes_nothing_else_on_a_terminal(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = json.loads((copy / MANIFEST).read_text("utf-8"))
    manifest["request"]["title"] = "Door\x1b[2K\r✓ verified"
    manifest["missing"] = ["nothing\n✓ all is well"]
    (copy / MANIFEST).write_text(json.dumps(manifest), "utf-8")
    assert main(["evidence", "verify", str(copy)]) == 1
    out = capsys.readouterr().out
    assert "\x1b" not in out and "\r" not in out and not any(line.startswith("✓") for line in out.splitlines())
