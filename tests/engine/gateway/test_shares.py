"""Nobody has so much at once that nothing is left for the others."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from console.site import Site
from engine.model.access import Role
from engine.model.errors import EnvironmentFault
from engine.model.replay import ListReplays, StartReplay, StopReplay
from engine.model.time import SECOND
from tests.engine.gateway.conftest import PASSWORD


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
        with httpx.Client(base_url=site.url, headers={"Authorization": f"Bearer {token}"}, timeout=20, trust_env=False) as http:
            assert http.post("/api/v1/replay", json=body).status_code == 422, "what makes no sense is said first"
            answer = http.post(
                "/api/v1/port/command", json={"type": "StartReplay", "since_ns": wanted.since_ns, "until_ns": wanted.until_ns}
            )
        assert answer.status_code == 429 and int(answer.headers["retry-after"]) >= 1
        mine = other.command(wanted)
        assert [each.id for each in other.ask(ListReplays()).replays] == [mine]
        other.command(StopReplay(mine))
        one.command(StopReplay(started.pop()))
        started.append(one.command(wanted))
    finally:
        for replay_id in started:
            one.command(StopReplay(replay_id))


def test_many_sign_ins_of_one_keep_nobody_else_waiting(site: Site, people: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """38 at once under one name, while somebody else signs in from the same address: one from which no other test knocks. A check takes
    0.2 s here, as on a slow machine."""
    checked, check = threading.Event(), site.engine.accounts._passwords.check

    def slow(password_hash: str | None, password: str) -> bool:
        checked.set()
        time.sleep(0.2)
        return check(password_hash, password)

    monkeypatch.setattr(site.engine.accounts._passwords, "check", slow)

    def sign_in(name: str) -> tuple[int, float, str]:
        begun_s = time.monotonic()
        with httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.9"), timeout=60, trust_env=False) as client:
            answer = client.post(f"{site.url}/api/v1/session", json={"name": name, "password": PASSWORD})
        return answer.status_code, time.monotonic() - begun_s, answer.headers.get("retry-after", "")

    with ThreadPoolExecutor(38) as crowd:
        many = [crowd.submit(sign_in, people[0]) for _ in range(38)]
        assert checked.wait(20)
        status, waited_s, _ = sign_in(people[1])
        told = [each.result() for each in many]
    assert status == 200 and waited_s < 4, f"waited {waited_s:.1f} s"
    statuses = Counter(code for code, _, _ in told)
    assert set(statuses) == {200, 429} and statuses[200] >= 2
    assert all(int(after) >= 1 for code, _, after in told if code == 429)


def test_unlocking_over_and_over_keeps_nobody_else_waiting(site: Site, people: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    token = site.door.sign_in_for_token(people[0], PASSWORD)[0]
    headers, check = {"Authorization": f"Bearer {token}"}, site.engine.accounts._passwords.check
    monkeypatch.setattr(site.engine.accounts._passwords, "check", lambda *given: (time.sleep(0.2), check(*given))[1])

    def unlock(_: int) -> int:
        body = {"type": "ConfirmPassword", "password": PASSWORD}
        return httpx.post(f"{site.url}/api/v1/port/command", json=body, headers=headers, timeout=60, trust_env=False).status_code

    with ThreadPoolExecutor(20) as crowd:
        many = [crowd.submit(unlock, number) for number in range(20)]
        time.sleep(0.3)
        begun_s = time.monotonic()
        answer = httpx.post(f"{site.url}/api/v1/session", json={"name": people[1], "password": PASSWORD}, timeout=60, trust_env=False)
        waited_s = time.monotonic() - begun_s
        told = Counter(each.result() for each in many)
    assert answer.status_code == 200 and waited_s < 3, f"waited {waited_s:.1f} s"
    assert told[429] > 0 and set(told) <= {200, 401, 429}
