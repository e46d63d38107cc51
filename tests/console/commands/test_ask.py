"""`watchroom ask`: the contract's document, beside a running engine or on a folder whose engine is stopped."""

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from console.__main__ import main
from engine.runtime.settings.settings_file import save_settings
from tests.fakes.week import SETTINGS, day, generated, kept

_AT = "2026-11-16T08:30:00Z"


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stopped") / "data"
    kept(generated(), folder).close()
    save_settings(folder / "settings.toml", SETTINGS)
    return folder


def _asked(folder: Path, question: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert main(["ask", question, "--data", str(folder), "--at", _AT, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_document_is_the_contracts(stopped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = _asked(stopped, "When did I last see john?", capsys)
    assert set(answer) == {"answer", "understood", "query", "time_zone", "sentences", "suggestion"}
    assert (answer["understood"], answer["time_zone"], answer["suggestion"]) == (True, "Europe/Stockholm", "")
    sentence = answer["sentences"][0]
    assert set(sentence) == {"text", "citations", "status"}
    assert set(sentence["citations"][0]) == {"kind", "id", "t", "camera"}
    assert sentence["citations"][0]["kind"] == "event"
    assert sentence["citations"][0]["t"] == "2026-11-16T07:17:00.000Z"


def test_what_is_not_understood_is_said_with_the_nearest_question(stopped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = _asked(stopped, "When did I last see Zoltan?", capsys)
    assert (answer["understood"], answer["query"]) == (False, {})
    assert answer["suggestion"]
    assert _asked(stopped, answer["suggestion"], capsys)["understood"]


def test_nothing_in_the_folder_is_changed(stopped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path.name: (path.stat().st_mtime_ns, path.stat().st_size) for path in stopped.iterdir()}
    _asked(stopped, "How many events were there last week?", capsys)
    assert {path.name: (path.stat().st_mtime_ns, path.stat().st_size) for path in stopped.iterdir()} == before


def test_beside_an_engine_that_is_writing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    week = generated()
    with closing(kept(week, tmp_path / "data")) as store:
        save_settings(tmp_path / "data" / "settings.toml", SETTINGS)
        before = _asked(tmp_path / "data", "How many events were there last week?", capsys)
        week.person(None, "yard", day(3, 4), 1)
        store.save([week.events[-1]])
        after = _asked(tmp_path / "data", "How many events were there last week?", capsys)
    assert "157" in before["answer"]
    assert "158" in after["answer"]


@pytest.mark.parametrize(("given", "field"), [(["--data", "/nowhere/at/all"], "data"), (["--at", "noon"], "at")])
def test_bad_input_is_named(stopped: Path, given: list[str], field: str, capsys: pytest.CaptureFixture[str]) -> None:
    usual = [] if "--data" in given else ["--data", str(stopped)]
    assert main(["ask", "Who was here?", *usual, *given, "--json"]) == 2
    assert f"{field}:" in capsys.readouterr().err


def test_an_empty_question_is_refused(stopped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "  ", "--data", str(stopped)]) == 2
    assert "question" in capsys.readouterr().err


def test_a_file_that_is_no_record_is_the_environments_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "watchroom.db").write_bytes(b"no database at all, only text that is long enough" * 40)
    assert main(["ask", "Who was here?", "--data", str(tmp_path)]) == 3
    assert capsys.readouterr().err


def test_without_qt(stopped: Path) -> None:
    script = (
        "import sys\n"
        "sys.modules['PySide6'] = None\n"
        "from console.__main__ import main\n"
        f"sys.exit(main(['ask', 'Who was in the lab on Tuesday?', '--data', {str(stopped)!r}, '--at', {_AT!r}]))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "John Smith was in Lab" in done.stdout
