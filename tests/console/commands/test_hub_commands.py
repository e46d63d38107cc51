"""`watchroom hub`, `join` and `leave`, as an administrator types them."""

import io
import json
import os
import re
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from console.__main__ import BAD_INPUT, ENVIRONMENT, main
from console.commands.hub import POSTGRES
from engine.gateway.remote.hub import HubVisit, RemoteHub
from engine.model.errors import EnvironmentFault, NotSignedIn
from engine.model.time import SystemClock
from engine.runtime.data_folder import DataFolder
from engine.runtime.hub.hub_keys import HubKeys
from engine.runtime.hub.membership import read_membership
from engine.store import open_store
from engine.store.database.postgres import postgres_engine
from engine.store.shared.record import SharedRecord
from tests.fakes.nats_server import nats_server
from tests.fakes.postgres import new_record, postgres_or_skip
from tests.fakes.waiting import until
from tests.fakes.whole_hub import kept_leases

_NUMBERS = count()
CODE = re.compile(r"(?:[A-Z2-9]{4}-){3}[A-Z2-9]{4}\n")
RUN = ("hub", "run", "--nats", "tls://nats.example:4222")
ISSUER = "https://login.example.org"
NOBODY = "postgresql://watchroom@127.0.0.1:1/none"


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with postgres_or_skip() as url:
        yield new_record(url, "commands")


@pytest.fixture
def postgres(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands find it without being told."""
    monkeypatch.setenv(POSTGRES, database)


@pytest.fixture
def site(tmp_path: Path) -> DataFolder:
    data = DataFolder(tmp_path / "site")
    open_store(data.database, SystemClock()).close()
    return data


@pytest.fixture
def key() -> str:
    """Of a site of this test's own: all of them have one hub."""
    return f"site-{next(_NUMBERS)}"


@pytest.fixture(scope="module")
def running_hub(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one that runs, as a service would have it run; its identity provider is away."""
    folder = tmp_path_factory.mktemp("hub")
    with nats_server(folder / "nats", HubKeys.in_folder(folder).server_settings(SystemClock().now_ns())) as nats:
        words = ["hub", "run", "--data", str(folder), "--nats", nats.url, "--bind", "127.0.0.1:0"]
        words += ["--oidc", "http://127.0.0.1:1", "--oidc-client", "hub"]
        with (folder / "log").open("wb") as log:
            environment = {**os.environ, POSTGRES: database}
            process = subprocess.Popen([sys.executable, "-m", "console", *words], stdout=subprocess.PIPE, stderr=log, env=environment)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, (folder / "log").read_text()[-2000:]
        yield json.loads(line)["http"]
        process.send_signal(signal.SIGTERM)
        process.stdout.close()
        assert process.wait(120) == 0, "it ends in order"


@pytest.fixture
def hub(running_hub: str, postgres: None) -> str:
    return running_hub


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """By a command that does what it is told to."""
    assert main([*words]) == 0
    return capsys.readouterr().out


def new_code(capsys: pytest.CaptureFixture[str], key: str, name: str = "North gate") -> str:
    code = printed(capsys, "hub", "code", key, name)
    assert CODE.fullmatch(code)
    return code.strip()


@pytest.mark.parametrize(
    "words",
    [("hub",), ("join",), ("leave",), *(("hub", action) for action in ("run", "nats", "code", "sites", "add-user", "map-group", "groups"))],
)
def test_help_says_what_it_does(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert f"usage: watchroom {' '.join(words)}" in shown and "Exit codes" in shown


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("hub", "code", "North", "North gate"), "key"),
        (("hub", "code", "north/gate", "North gate"), "key"),
        (("hub", "code", "north", " "), "name"),
        (("hub", "rename", "north", " "), "name"),
        (("hub", "sites", "--postgres", "mysql://localhost/hub"), "postgres"),
        (("hub", "sites", "--postgres", "hub"), "postgres"),
        (("hub", "run", "--nats", "http://nats.example"), "nats"),
        (("hub", "run", "--nats", ""), "nats"),
        (("hub", "run", "--nats", "tls://a.example:4222,,tls://b.example:4222"), "nats"),
        (("hub", "run", "--nats", "tls://a.example:4222,nats://b.example:4222"), "nats"),
        (("hub", "run", "--nats", "tls://nats.example:4222", "--sites-nats", "nats.example"), "sites-nats"),
        (("hub", "run", "--nats", "tls://nats.example:4222", "--bind", "0.0.0.0:8750"), "bind"),
        (("hub", "run", "--nats", "tls://nats.example:4222", "--certificate", "/nowhere.pem"), "certificate"),
        (("hub", "run", "--nats", "tls://nats.example:4222", "--keep-events", "0.5"), "keep-events"),
        (("hub", "run", "--nats", "tls://nats.example:4222", "--keep-incidents", "nan"), "keep-incidents"),
        ((*RUN, "--oidc", "http://login.example.org", "--oidc-client", "hub"), "oidc"),
        ((*RUN, "--oidc", "login.example.org", "--oidc-client", "hub"), "oidc"),
        ((*RUN, "--oidc-client", "hub"), "oidc"),
        ((*RUN, "--oidc", ISSUER), "oidc-client"),
        ((*RUN, "--oidc", ISSUER, "--oidc-client", "hub", "--oidc-secret-file", "/nowhere"), "oidc-secret-file"),
        ((*RUN, "--oidc", ISSUER, "--oidc-client", "hub", "--oidc-secret-file", "/dev/null"), "oidc-secret-file"),
        ((*RUN, "--oidc", ISSUER, "--oidc-client", "hub", "--oidc-groups", " "), "oidc-groups"),
        ((*RUN, "--oidc", ISSUER, "--oidc-client", "hub", "--oidc-scopes", "profile"), "oidc-scopes"),
        (("hub", "map-group", " ", "--role", "operator"), "group"),
        (("hub", "map-group", "staff", "--role", "operator", "--site", "nowhere"), "site"),
        (("hub", "map-group", "staff", "--role", "operator", "--camera", "cam-1"), "camera"),
    ],
)
def test_wrong_input_is_named(
    words: tuple[str, ...], field: str, postgres: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ("--data", str(tmp_path / "hub")) if words[1] == "run" else ()
    assert main([*words, *folder]) == BAD_INPUT
    told = capsys.readouterr()
    assert (told.out, told.err.startswith(f"watchroom: {field}: ")) == ("", True), told.err


@pytest.mark.parametrize("words", [("rename", "nobody", "Somebody"), ("retire", "nobody")])
def test_a_site_that_is_none_is_named(words: tuple[str, ...], postgres: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hub", *words]) == BAD_INPUT
    assert "There is no site nobody." in capsys.readouterr().err


def test_a_database_that_is_none_or_does_not_answer(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv(POSTGRES, raising=False)
    assert main(["hub", "sites"]) == BAD_INPUT
    assert capsys.readouterr().err.startswith("watchroom: postgres: is missing")
    assert main(["hub", "sites", "--postgres", NOBODY]) == ENVIRONMENT
    assert "database" in capsys.readouterr().err


def test_the_settings_of_the_nats_server_name_the_same_keys_each_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "hub"
    first, second = (printed(capsys, "hub", "nats", "--data", str(folder)) for _ in range(2))
    assert first.startswith("operator: ") and "resolver: MEMORY\n" in first
    accounts = [re.findall(r"^  (A[A-Z2-7]{55}): ", lines, re.MULTILINE) for lines in (first, second)]
    assert accounts[0] == accounts[1] and len(accounts[0]) == 2, "that of sites, and the server's own"
    keys = folder / "hub-keys.json"
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, keys)] == [0o700, 0o600]
    assert not any(secret in first for secret in json.loads(keys.read_text()).values())
    for kept in ("", kept_leases(tmp_path / "kept")):
        with nats_server(tmp_path / "nats", first + kept):
            pass  # it starts with them


def test_keys_that_cannot_be_read_are_not_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "hub-keys.json").write_text("{}")
    assert main(["hub", "nats", "--data", str(tmp_path)]) == ENVIRONMENT
    assert "backup" in capsys.readouterr().err
    assert (tmp_path / "hub-keys.json").read_text() == "{}"


def listed(capsys: pytest.CaptureFixture[str], key: str) -> str:
    """Its line in the list; empty: it is not there."""
    lines = printed(capsys, "hub", "sites").splitlines()
    return next((line.removeprefix(f"{key}  ") for line in lines if line.startswith(f"{key}  ")), "")


def test_a_site_joins_is_listed_renamed_and_leaves(hub: str, site: DataFolder, key: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder = ("--data", str(site.path))
    code = new_code(capsys, key)
    assert listed(capsys, key) == "", "it has not joined yet"
    assert f"This site is {key} of {hub} now." in printed(capsys, "join", hub, "--code", code.lower(), *folder)
    assert listed(capsys, key) == "North gate  0 changes  last heard never"
    membership = read_membership(site.path)
    assert membership is not None and membership.most_role == "operator" and not membership.send_clips
    assert stat.S_IMODE((site.path / "hub.json").stat().st_mode) == 0o600

    assert main(["join", hub, "--code", code, *folder]) == ENVIRONMENT, "it has joined already"
    assert f"belongs to the hub {hub} already, as {key}" in capsys.readouterr().err
    assert read_membership(site.path) == membership
    assert main(["hub", "code", key, "Another"]) == BAD_INPUT, "the key is taken"
    assert capsys.readouterr().err.startswith("watchroom: key: ")

    printed(capsys, "hub", "rename", key, "North")
    assert listed(capsys, key).startswith("North  ")
    printed(capsys, "hub", "retire", key)
    assert re.search(r"  left \d{4}-\d\d-\d\dT", listed(capsys, key))

    assert f"What it told {hub} stays there" in printed(capsys, "leave", *folder)
    assert read_membership(site.path) is None
    assert main(["leave", *folder]) == ENVIRONMENT
    assert "belongs to no hub" in capsys.readouterr().err

    again = new_code(capsys, key, "North again")
    printed(capsys, "join", hub, "--code", again, "--most-role", "admin", *folder)
    assert listed(capsys, key) == "North again  0 changes  last heard never"


def test_the_audit_of_the_hub(hub: str, site: DataFolder, key: str, database: str, capsys: pytest.CaptureFixture[str]) -> None:
    printed(capsys, "join", hub, "--code", new_code(capsys, key), "--data", str(site.path))
    printed(capsys, "hub", "retire", key)
    lines = [line for line in printed(capsys, "hub", "audit").splitlines() if f"  {key}" in line]
    assert [line.split("  ")[2:4] for line in lines] == [
        ["command line", "create_code"],
        ["–", "join_site"],
        ["command line", "retire_site"],
    ]
    (row,) = printed(capsys, "hub", "audit", "--last", "1", "--json").splitlines()
    assert json.loads(row)["subject"] == key
    assert f"has the hash {json.loads(row)['hash']}." in printed(capsys, "hub", "audit", "--verify")
    engine = postgres_engine(database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE audit SET subject = 'other' WHERE seq = (SELECT max(seq) FROM audit)"))
    assert main(["hub", "audit", "--verify"]) == 1
    assert capsys.readouterr().out.startswith(f"✗ Row {json.loads(row)['seq']} is not what it was")
    assert main(["hub", "audit", "--verify", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["first_bad"]["kind"] == "changed"
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE audit SET subject = '{key}' WHERE seq = (SELECT max(seq) FROM audit)"))
    engine.dispose()


@pytest.mark.parametrize("code", ["AAAA-BBBB-CCCC-DDDD", "x", "-"])
def test_a_wrong_code_changes_nothing(code: str, hub: str, site: DataFolder, key: str, capsys: pytest.CaptureFixture[str]) -> None:
    right = new_code(capsys, key)
    assert main(["join", hub, f"--code={code}", "--data", str(site.path)]) == BAD_INPUT
    assert capsys.readouterr().err.startswith("watchroom: code: is none that is good now")
    assert read_membership(site.path) is None
    printed(capsys, "join", hub, "--code", right, "--data", str(site.path))


def test_the_one_before_of_two_codes_is_good_no_longer(hub: str, site: DataFolder, key: str, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = new_code(capsys, key), new_code(capsys, key)
    assert main(["join", hub, "--code", first, "--data", str(site.path)]) == BAD_INPUT
    capsys.readouterr()
    assert main(["join", hub, "--code", second, "--data", str(site.path)]) == 0


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("ftp://hub.example",), BAD_INPUT, "watchroom: hub: "),
        (("http://127.0.0.1:1",), ENVIRONMENT, "watchroom: "),
        (("https://127.0.0.1:1", "--ca", "/nowhere.pem"), BAD_INPUT, "watchroom: ca: "),
    ],
)
def test_a_hub_that_is_none(words: tuple[str, ...], code: int, told: str, site: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["join", *words, "--code", "AAAA-BBBB-CCCC-DDDD", "--data", str(site.path)]) == code
    assert capsys.readouterr().err.startswith(told)
    assert read_membership(site.path) is None


@pytest.mark.parametrize("words", [("join", "http://127.0.0.1:1", "--code", "AAAA-BBBB-CCCC-DDDD"), ("leave",)])
def test_where_no_site_is_none_is_made(words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words, "--data", str(tmp_path / "nowhere")]) == BAD_INPUT
    assert capsys.readouterr().err.startswith("watchroom: data: ")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root writes for others")
def test_what_root_writes_belongs_to_the_user_of_the_engine(
    hub: str, site: DataFolder, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    os.chown(site.path, 65534, 65534)
    printed(capsys, "join", hub, "--code", new_code(capsys, key), "--data", str(site.path))
    found = (site.path / "hub.json").stat()
    assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (65534, 65534, 0o600)


def test_tokens_of_the_hub(postgres: None, hub: str, capsys: pytest.CaptureFixture[str]) -> None:
    token = printed(capsys, "hub", "token", "Prometheus").strip()
    (line,) = printed(capsys, "hub", "tokens").splitlines()
    assert line.endswith("Prometheus") and "see_live" in line and token not in line
    shown = {"Authorization": f"Bearer {token}"}
    assert httpx.get(f"{hub}/metrics", headers=shown).is_success
    printed(capsys, "hub", "revoke-token", line.split()[0])
    until(lambda: httpx.get(f"{hub}/metrics", headers=shown).status_code == 401, "it is good no longer")


def test_groups_of_an_identity_provider(postgres: None, key: str, capsys: pytest.CaptureFixture[str]) -> None:
    record = SharedRecord(os.environ[POSTGRES])
    record.add_site(key, "North gate")
    record.close()
    printed(capsys, "hub", "map-group", "/Control room", "--role", "operator")
    printed(capsys, "hub", "map-group", "Guards", "--role", "admin", "--camera", f"{key}/cam-1")
    printed(capsys, "hub", "map-group", "Guards", "--role", "operator", "--site", key)
    assert printed(capsys, "hub", "groups") == f"/Control room  operator  all sites\nGuards  operator  {key}\n"
    printed(capsys, "hub", "unmap-group", "Guards")
    assert main(["hub", "unmap-group", "Guards"]) == BAD_INPUT
    assert "No group 'Guards' is mapped" in capsys.readouterr().err


def test_a_hub_runs_while_its_identity_provider_is_away(hub: str) -> None:
    assert RemoteHub(hub).provider().name == "127.0.0.1"
    with pytest.raises(EnvironmentFault, match="The identity provider"):
        RemoteHub(hub).sign_in_by_browser(print, threading.Event())


def is_out(visit: HubVisit) -> bool:
    try:
        visit.sites()
    except NotSignedIn:
        return True
    return False


def test_accounts_of_the_hub(
    postgres: None, hub: str, key: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def typed(word: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{word}\n"))

    typed("correct horse battery")
    printed(capsys, "hub", "add-user", "Ana Ruiz", "--role", "admin")
    assert printed(capsys, "hub", "users") == "Ana Ruiz  admin  all sites\n"
    typed("correct horse battery")
    assert main(["hub", "add-user", "Ben", "--role", "operator", "--site", key]) == BAD_INPUT
    assert "site" in capsys.readouterr().err
    visit = RemoteHub(hub).sign_in("ana ruiz", "correct horse battery")
    visit.sites()
    typed("another horse battery")
    printed(capsys, "hub", "reset-password", "ana ruiz")
    until(lambda: is_out(visit), "their session has ended")
    visit.close()
    assert main(["hub", "remove-user", "Ana Ruiz"]) == BAD_INPUT
    assert "last admin" in capsys.readouterr().err
    record = SharedRecord(os.environ[POSTGRES])
    record.add_site(key, "North gate")
    record.close()
    typed("correct horse battery")
    printed(
        capsys, "hub", "add-user", "Dora", "--role", "operator", "--site", key, "--camera", f"{key}/cam-1", "--camera", f"{key}/group:Yard"
    )
    assert f"Dora  operator  {key}/cam-1 {key}/group:Yard\n" in printed(capsys, "hub", "users")
    for camera in ("cam-1", "nowhere/cam-1", f"{key}/cam 1", f"{key}/"):
        assert main(["hub", "add-user", "Ben", "--role", "operator", "--camera", camera]) == BAD_INPUT
        assert capsys.readouterr().err.startswith("watchroom: camera: ")
    typed("short")
    assert main(["hub", "add-user", "Cleo", "--role", "operator"]) == BAD_INPUT
    assert "password" in capsys.readouterr().err
