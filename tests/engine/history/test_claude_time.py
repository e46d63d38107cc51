"""How long a question to Claude takes at most: counted from the question, whatever holds it up; and when its SDK is loaded."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.history.asking import Asker
from engine.history.claude import planner as claude_planner
from engine.history.claude.client import Endpoint, load_sdk
from engine.history.claude.planner import ClaudePlanner, Ways
from engine.history.grammar.offline_planner import OfflinePlanner
from engine.history.planner import PlannerQuestion
from engine.model.history.chat import ChatAnswer, PlannerKind
from tests.engine.history.chat_site import EVERYTHING, Site, site_in
from tests.engine.history.test_claude_planner import MODEL, Meter
from tests.fakes.messages_api import KEY, Refuse, Say, Turn, messages_api
from tests.fakes.waiting import until
from tests.fakes.week import ZONE

TIMEOUT_S = 5.0
LONG_S = 60.0  # where the test is that nobody waits for so long
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    load_sdk()
    with site_in(tmp_path_factory.mktemp("week")) as made:
        yield made


def timed(site: Site, *turns: Turn, timeout_s: float = TIMEOUT_S, left_s: float | None = None) -> tuple[ChatAnswer, float]:
    """The answer, and how long it took."""
    with messages_api(*turns) as api:
        began_s = time.monotonic()
        asked_s = None if left_s is None else began_s - timeout_s + left_s
        planner = ClaudePlanner(lambda: Ways(Endpoint(KEY, api.url, 0), MODEL, timeout_s), Meter(), time.monotonic, asked_s)
        asked = PlannerQuestion("Who was here today?", site.now_ns, ZONE, site.directory())
        return Asker((planner, OfflinePlanner())).ask(site.reach(EVERYTHING), asked, "ch-1"), time.monotonic() - began_s


def test_a_peer_that_falls_silent_late_gets_no_second_time(site: Site) -> None:
    timeout_s = 2 * TIMEOUT_S
    answer, took_s = timed(site, Say("slow", drip=True, silent_after_s=timeout_s * 0.9), timeout_s=timeout_s)
    assert answer.planner is PlannerKind.OFFLINE and "in time" in answer.degraded_reason
    assert took_s < 1.8 * timeout_s  # and not nearly twice its time


def test_the_time_counts_from_the_question(site: Site) -> None:
    answer, took_s = timed(site, Refuse(hang=True), timeout_s=LONG_S, left_s=0.2)
    assert answer.planner is PlannerKind.OFFLINE and took_s < LONG_S / 2


def test_a_question_does_not_wait_for_the_sdk_beyond_its_time(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = threading.Event()
    monkeypatch.setattr(claude_planner, "load_sdk", lambda: loaded.wait(2 * LONG_S))
    answer, took_s = timed(site, Say("never asked"))
    loaded.set()
    until(lambda: all(thread.name != "claude-question" for thread in threading.enumerate()), "the question that was given up has ended")
    assert answer.planner is PlannerKind.OFFLINE and took_s < LONG_S


_ENGINE = """
import sys, time
from dataclasses import replace
from pathlib import Path
from engine.model.history.chat import AskRecord, ChatSettings
from tests.fakes.people_site import ADMIN, people_site
folder = Path(sys.argv[1])
with people_site(folder / "data") as site:
    site.engine.chat.ask(AskRecord("Who was here today?"), ADMIN)
    print("anthropic" in sys.modules)
    site.engine.update_settings(lambda now: replace(now, chat=replace(ChatSettings(), claude=True)), "test")
with people_site(folder / "data") as site:
    until = time.monotonic() + 60
    while "anthropic.resources.messages" not in sys.modules and time.monotonic() < until:
        time.sleep(0.05)
    print("anthropic.resources.messages" in sys.modules)
"""


def test_an_engine_loads_the_sdk_at_its_start_where_questions_go_to_claude_and_else_never(tmp_path: Path) -> None:
    assert _printed(_ENGINE, tmp_path) == ["False", "True"]


_COMMAND = """
import sys
from contextlib import suppress
from pathlib import Path
from console.__main__ import main
from tests.fakes.week import generated, kept
kept(generated(), Path(sys.argv[1]) / "data").close()
sys.argv = ["watchroom", "ask", "--data", str(Path(sys.argv[1]) / "data"), "Was anyone in the yard on 2026-11-13?"]
with suppress(SystemExit):
    main()
print("anthropic" in sys.modules)
"""


def test_the_command_does_not_load_it_without_claude(tmp_path: Path) -> None:
    printed = _printed(_COMMAND, tmp_path)
    assert any("13 Nov 2026" in line for line in printed) and printed[-1] == "False"


def _printed(code: str, folder: Path) -> list[str]:
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, timeout=120, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()
