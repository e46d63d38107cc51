"""`watchroom spares` at a site and `watchroom spare` at a spare, as their administrators type them."""

from pathlib import Path

import pytest

from console.__main__ import main
from engine.model.accounts.audit import AuditVerb
from engine.model.question import ListAudit
from engine.model.time import SystemClock
from engine.runtime.data_folder import DataFolder
from engine.runtime.hub.membership import Membership, write_membership
from engine.runtime.hub.nkeys import KeyKind, NKey
from engine.store import open_store

SITE = NKey.new(KeyKind.USER)


@pytest.fixture
def site(tmp_path: Path) -> str:
    """A data folder of a site that belongs to a hub."""
    data = DataFolder(tmp_path / "site")
    open_store(data.database, SystemClock()).close()
    write_membership(data.path, Membership("north", "https://hub.example", "tls://hub.example:4222", "claims", SITE.secret.hex()))
    return str(data.path)


@pytest.fixture
def spare(tmp_path: Path) -> str:
    return str(tmp_path / "spare")


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(list(words)) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def test_a_site_allows_lists_and_withdraws_a_spare_and_notes_it(site: str, spare: str, capsys: pytest.CaptureFixture[str]) -> None:
    key = printed(capsys, "spare", "key", "--data", spare).strip()
    assert f"watchroom spare accept {SITE.public}" in printed(capsys, "spares", "allow", key, "--data", site)
    listed = printed(capsys, "spares", "list", "--data", site)
    assert key in listed and SITE.public in listed
    printed(capsys, "spares", "withdraw", key, "--data", site)
    assert key not in printed(capsys, "spares", "list", "--data", site)
    store = open_store(DataFolder(Path(site)).database, SystemClock())
    try:
        rows = [(row.verb, row.subject) for row in store.answer(ListAudit(limit=9))]
    finally:
        store.close()
    assert rows == [(AuditVerb.WITHDRAW_SPARE, key), (AuditVerb.ALLOW_SPARE, key)]


def test_a_key_with_a_slip_of_the_pen_is_refused(site: str, spare: str, capsys: pytest.CaptureFixture[str]) -> None:
    key = printed(capsys, "spare", "key", "--data", spare).strip()
    wrong = key[:20] + ("A" if key[20] != "A" else "B") + key[21:]
    for words in (("spares", "allow", wrong, "--data", site), ("spares", "allow", SITE.public, "--data", site)):
        assert main(list(words)) == 2
    assert main(["spare", "accept", key, "--data", spare]) == 2, "that is a spare's"
    assert main(["spares", "withdraw", key, "--data", site]) == 2, "it was never allowed"


def test_a_site_of_no_hub_has_no_spares(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = DataFolder(tmp_path / "alone")
    open_store(data.database, SystemClock()).close()
    assert main(["spares", "list", "--data", str(data.path)]) == 3
    assert "belongs to no hub" in capsys.readouterr().err


def test_a_spare_accepts_and_refuses_sites(spare: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "spare", "sites", "--data", spare).strip() == ""
    printed(capsys, "spare", "accept", SITE.public, "--data", spare)
    assert printed(capsys, "spare", "sites", "--data", spare) == f"accepted  {SITE.public}\n"
    printed(capsys, "spare", "refuse", SITE.public, "--data", spare)
    assert main(["spare", "refuse", SITE.public, "--data", spare]) == 2
    printed(capsys, "spare", "most", "2", "--data", spare)
    assert main(["spare", "most", "0", "--data", spare]) == 2
    assert main(["spare", "run", "--data", spare]) == 2, "it has joined no hub"
