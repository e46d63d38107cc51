"""Nobody has so much at once that nothing is left for the others."""

import importlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest

from console.site import Site
from engine.model.accounts.access import Role
from engine.model.errors import EnvironmentFault, ShareUsed
from engine.model.history.evidence import MakePack, PackRequest
from engine.model.history.replay import ChangeReplay, ListReplays, ReplaySettings, StartReplay, StopReplay
from engine.model.settings import GateSettings
from engine.model.snapshot import JobState
from engine.model.time import SECOND
from tests.engine.gateway.conftest import PASSWORD
from tests.fakes.waiting import until


@pytest.fixture
def people(site: Site) -> Iterator[tuple[str, str]]:
    names = "greta", "moritz"
    made = [site.engine.accounts.create_user(name, Role.OPERATOR, PASSWORD) for name in names]
    yield names
    for user in made:
        site.engine.accounts.remove_user(user.id)


def test_one_user_leaves_replays_for_the_others(site: Site, people: tuple[str, str]) -> None:
    one, other = (site.door.sign_in(name, PASSWORD) for name in people)
    now_ns = site.engine.clock.now_ns()
    wanted = StartReplay(now_ns - SECOND, now_ns)
    started: list[str] = []
    try:
        with pytest.raises(EnvironmentFault) as refused:
            for _ in range(9):
                started.append(one.command(wanted))
        assert refused.value.reason == "busy" and len(started) == 3
        token = site.door.sign_in_for_token(people[0], PASSWORD)[0]
        body = {"since": "2026-01-01T00:00:00Z", "until": "2026-01-01T00:00:01Z"}
        with httpx.Client(base_url=site.url, headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False) as http:
            assert http.post("/api/v1/replay", json=body).status_code == 422, "what makes no sense is said first"
            answer = http.post(
                "/api/v1/port/command", json={"type": "StartReplay", "since_ns": wanted.since_ns, "until_ns": wanted.until_ns}
            )
        assert answer.status_code == 429 and int(answer.headers["retry-after"]) >= 1
        mine = other.command(wanted)
        assert [each.id for each in other.ask(ListReplays())] == [mine]
        other.command(StopReplay(mine))
        one.command(StopReplay(started.pop()))
        started.append(one.command(wanted))
    finally:
        for replay_id in started:
            one.command(StopReplay(replay_id))


class SlowChecks:
    """A check of a password takes 0.2 s, as on a slow machine, and is counted."""

    def __init__(self, check: Callable[[str | None, str], bool]) -> None:
        self._check = check
        self.begun = 0

    def __call__(self, password_hash: str | None, password: str) -> bool:
        self.begun += 1
        time.sleep(0.2)
        return self._check(password_hash, password)


@pytest.fixture
def checks(site: Site, monkeypatch: pytest.MonkeyPatch) -> SlowChecks:
    passwords = site.engine.accounts._passwords
    checks = SlowChecks(passwords.check)
    monkeypatch.setattr(passwords, "check", checks)
    return checks


# Checks that begin while somebody waits: two at once of those who were there, the own one, and what else comes in while a busy machine
# turns to the request. In a queue it would be all of them.
MOST_BEFORE = 12


def test_many_sign_ins_of_one_keep_nobody_else_waiting(site: Site, people: tuple[str, str], checks: SlowChecks) -> None:
    """38 at once under one name, while somebody else signs in from the same address: one from which no other test knocks."""

    def sign_in(name: str) -> tuple[int, str]:
        with httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.9"), timeout=60, trust_env=False) as client:
            answer = client.post(f"{site.url}/api/v1/session", json={"name": name, "password": PASSWORD})
        return answer.status_code, answer.headers.get("retry-after", "")

    with ThreadPoolExecutor(38) as crowd:
        many = [crowd.submit(sign_in, people[0]) for _ in range(38)]
        until(lambda: checks.begun > 0, "the first one is checked")
        before = checks.begun
        status, _ = sign_in(people[1])
        waited = checks.begun - before
        told = [each.result() for each in many]
    assert status == 200 and waited <= MOST_BEFORE, f"waited for {waited} checks"
    statuses = Counter(code for code, _ in told)
    assert set(statuses) == {200, 429} and statuses[200] >= 2
    assert all(int(after) >= 1 for code, after in told if code == 429)


def test_unlocking_over_and_over_keeps_nobody_else_waiting(site: Site, people: tuple[str, str], checks: SlowChecks) -> None:
    token = site.door.sign_in_for_token(people[0], PASSWORD)[0]
    headers, before = {"Authorization": f"Bearer {token}"}, checks.begun

    def unlock(_: int) -> int:
        body = {"type": "ConfirmPassword", "password": PASSWORD}
        return httpx.post(f"{site.url}/api/v1/port/command", json=body, headers=headers, timeout=60, trust_env=False).status_code

    with ThreadPoolExecutor(20) as crowd:
        many = [crowd.submit(unlock, number) for number in range(20)]
        until(lambda: checks.begun > before, "the first one is checked")
        before = checks.begun
        answer = httpx.post(f"{site.url}/api/v1/session", json={"name": people[1], "password": PASSWORD}, timeout=60, trust_env=False)
        waited = checks.begun - before
        told = Counter(each.result() for each in many)
    assert answer.status_code == 200 and waited <= MOST_BEFORE, f"waited for {waited} checks"
    assert told[429] > 0 and set(told) <= {200, 401, 429}


@contextmanager
def held(monkeypatch: pytest.MonkeyPatch, where: str) -> Iterator[threading.Event]:
    """What does long work there waits for the event that this gives."""
    module, _, name = where.rpartition(".")
    go, work = threading.Event(), getattr(importlib.import_module(module), name)

    def slow(*given: object, **named: object) -> object:
        assert go.wait(60)
        return work(*given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(where, slow)
        try:
            yield go
        finally:
            go.set()


def ended(site: Site, *job_ids: str) -> list[JobState]:
    def all_over() -> bool:
        return not any(job.id in job_ids and job.state is JobState.RUNNING for job in site.engine.jobs.all())

    until(all_over, "the jobs have ended")
    return [job.state for job in site.engine.jobs.all() if job.id in job_ids]


def test_one_user_leaves_evidence_packs_for_the_others(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts, now_ns = site.engine.accounts, site.engine.clock.now_ns()
    made = [accounts.create_user(name, Role.INVESTIGATOR, PASSWORD) for name in ("ines", "ivo")]
    one, other = (site.door.sign_in(user.name, PASSWORD) for user in made)
    pack = MakePack(PackRequest(now_ns - 5 * SECOND, now_ns - SECOND, "theft"))
    body = {"type": "MakePack", "request": {"since_ns": now_ns - 5 * SECOND, "until_ns": now_ns - SECOND, "title": "theft"}}
    with held(monkeypatch, "engine.runtime.evidence.side.make_pack"):
        begun = [one.command(pack)]
        with pytest.raises(ShareUsed) as refused:
            one.command(pack)
        assert refused.value.reason == "busy" and refused.value.retry_after_s > 0
        token = site.door.sign_in_for_token(made[0].name, PASSWORD)[0]
        answer = httpx.post(f"{site.url}/api/v1/port/command", json=body, headers={"Authorization": f"Bearer {token}"}, trust_env=False)
        assert answer.status_code == 429 and int(answer.headers["retry-after"]) >= 1, "another session of theirs is the same user"
        begun.append(other.command(pack))
    assert ended(site, *begun) == [JobState.DONE, JobState.DONE]
    begun.append(one.command(pack))
    assert ended(site, begun[-1]) == [JobState.DONE]
    for user in made:
        accounts.remove_user(user.id)


def test_machines_have_shares_of_their_own(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """All tokens of a role are one user, and not one machine."""
    now_ns = site.engine.clock.now_ns()
    pack = MakePack(PackRequest(now_ns - 5 * SECOND, now_ns - SECOND, "theft"))
    ports = [site.door.enter(site.engine.accounts.create_token(Role.INVESTIGATOR, label)) for label in ("archive", "insurer")]
    with held(monkeypatch, "engine.runtime.evidence.side.make_pack"):
        begun = [port.command(pack) for port in ports]
    assert ended(site, *begun) == [JobState.DONE, JobState.DONE]


def test_one_user_leaves_differences_for_the_others(site: Site, people: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = (site.door.sign_in(name, PASSWORD) for name in people)
    now_ns = site.engine.clock.now_ns()
    mine = [one.command(StartReplay(now_ns - SECOND, now_ns)) for _ in range(2)]
    theirs = other.command(StartReplay(now_ns - SECOND, now_ns))
    changed = ReplaySettings(gates=GateSettings())
    try:
        with held(monkeypatch, "engine.runtime.replay.replay_side.worked_out"):
            begun = [one.command(ChangeReplay(mine[0], changed))]
            with pytest.raises(ShareUsed):
                one.command(ChangeReplay(mine[1], changed))
            begun.append(other.command(ChangeReplay(theirs, changed)))
        ended(site, *begun)
        with held(monkeypatch, "engine.runtime.replay.replay_side.worked_out"):
            begun = [one.command(ChangeReplay(mine[0], changed))]
            begun.append(one.command(ChangeReplay(mine[0], changed)))  # instead of the one before
        ended(site, *begun)
    finally:
        for replay_id in mine:
            one.command(StopReplay(replay_id))
        other.command(StopReplay(theirs))
