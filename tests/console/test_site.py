"""The process of an engine: what it is made of is not looked through for garbage while it runs, and its log is kept."""

import gc
import json
import logging
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from console.site import COLLECTED_AFTER, running
from engine.gateway.border.bind import Bind
from engine.model.capability import Capability
from engine.runtime.command_line_settings import CommandLineSettings
from tests.fakes.engine_garbage import AS_ELSEWHERE


def test_an_engine_is_kept_out_of_the_search_for_garbage_while_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.site._seldom_collected", AS_ELSEWHERE)
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    with running(tmp_path / "data", Bind(), CommandLineSettings(), gateway_needed=True) as site:
        assert gc.get_freeze_count() > frozen and gc.get_threshold() == (COLLECTED_AFTER, *before[1:])
        assert all(each is not site.engine for each in gc.get_objects()), "frozen objects are in no generation"
    assert gc.get_threshold() == before
    assert any(each is site.engine for each in gc.get_objects())


def test_what_an_engine_logs_is_in_its_folder_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    before = list(logging.getLogger().handlers)
    for run in ("first", "second"):
        with running(tmp_path / "data", Bind(), CommandLineSettings(), gateway_needed=True):
            logging.getLogger("test").info("the %s run", run)
    assert logging.getLogger().handlers == before
    text = (tmp_path / "data" / "logs" / "watchroom.log").read_text("utf-8")
    assert text.count("test: the first run") == text.count("test: the second run") == 1


def test_what_a_site_leaves_out_its_http_interface_says_in_a_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "settings.toml").write_text("[capabilities]\n" + "".join(f"{each} = false\n" for each in Capability), "utf-8")
    with running(folder, Bind(), CommandLineSettings(), gateway_needed=True) as site:
        site.door.set_up("Site", "ada", "a long enough password")
        token, _ = site.door.sign_in_for_token("ada", "a long enough password")
        assert answer(site.url, "/api/v1/events", token)[0] == 200
        status, text = answer(site.url, "/api/v1/media", token)
        assert status == 404 and "does without reports and incidents" in text
        report = {"category": "theft", "description": "Somebody took a bicycle.", "latitude": 59.3, "longitude": 18.0, "severity": 3}
        status, text = answer(site.url, "/api/v1/incidents", token, report)
        assert status == 404 and "does without reports and incidents" in text
        assert site.door.bench() is None


def answer(url: str, path: str, token: str, body: object = None) -> tuple[int, str]:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        with urlopen(Request(url + path, data, headers), timeout=120) as response:
            return response.status, response.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()
