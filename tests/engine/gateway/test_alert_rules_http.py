"""Rules as text over HTTP: got, checked, tried, put in force, and refused where they are stale or wrong."""

from collections.abc import Iterator

import httpx
import pytest

from console.site import Site
from tests.engine.gateway.answers import assert_problem

PATH = "/api/v1/alerts/rules"
TEXT = {"Content-Type": "text/plain; charset=utf-8"}
ONE = '# mine\n[[rule]]\nid = "one"\nname = "Någon är här"\n'
BAD = ONE + 'kinds = ["fal"]\n\n[[rule]]\nid = "two"\nname = "Two"\nzone_ids = ["attic"]\n'


@pytest.fixture
def boss(site: Site, admin: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.url, headers={"Authorization": f"Bearer {admin}"}, timeout=60, trust_env=False) as client:
        yield client


def test_they_are_got_changed_and_put_in_force(boss: httpx.Client, site: Site) -> None:
    got = boss.get(PATH)
    assert got.status_code == 200 and got.headers["content-type"] == "text/plain; charset=utf-8"
    version = site.engine.settings.alerts.version
    assert got.headers["etag"] == f'"{version}"' and got.text.startswith("[[rule]]\n")
    changed = boss.put(PATH, content=(got.text + "\n" + ONE).encode(), headers=TEXT | {"If-Match": got.headers["etag"]})
    assert changed.status_code == 200, changed.text
    assert changed.headers["etag"] == f'"{version + 1}"' and "# mine" not in changed.text
    assert site.engine.settings.alerts.rules[-1].name == "Någon är här"
    assert boss.get(PATH).text == changed.text
    stale = boss.put(PATH, content=got.content, headers=TEXT | {"If-Match": got.headers["etag"]})
    assert f"version {version + 1} now" in assert_problem(stale, 412, "bad_input")
    assert boss.put(PATH, content=got.content, headers=TEXT | {"If-Match": "*"}).text == got.text


def test_without_the_version_nothing_is_changed(boss: httpx.Client) -> None:
    before = boss.get(PATH)
    assert_problem(boss.put(PATH, content=before.content, headers=TEXT), 428, "bad_input")
    assert boss.get(PATH).headers["etag"] == before.headers["etag"]


def test_what_is_wrong_is_named_by_line_and_field(boss: httpx.Client) -> None:
    refused = boss.put(PATH, content=BAD.encode(), headers=TEXT | {"If-Match": "*"})
    said = assert_problem(refused, 422, "bad_input", "rules.one.kinds[0]")
    assert "line 5, rules.one.kinds[0]: 'fal' is none of" in said and "line 10, rules.two.zone_ids: there is no zone 'attic'" in said
    told = boss.post(f"{PATH}/check", content=BAD.encode(), headers=TEXT).json()
    assert (told["rules"], [(each["line"], each["field"]) for each in told["wrong"]]) == (
        0,
        [(5, "rules.one.kinds[0]"), (10, "rules.two.zone_ids")],
    )
    assert boss.post(f"{PATH}/check", content=ONE.encode(), headers=TEXT).json() == {"rules": 1, "wrong": []}
    assert_problem(boss.post(f"{PATH}/check", content=b"\xff", headers=TEXT), 422, "bad_input", "rules")
    assert_problem(boss.post(f"{PATH}/check", json={}), 415, "bad_input")


def test_they_are_tried_before_they_are_put_in_force(boss: httpx.Client) -> None:
    before = boss.get(PATH)
    tried = boss.post(f"{PATH}/try", content=before.content, headers=TEXT, params={"hours": 1}).json()
    assert set(tried) == {"looked_at", "gained", "lost", "same"} and tried["gained"] == tried["lost"] == []
    assert_problem(boss.post(f"{PATH}/try", content=BAD.encode(), headers=TEXT), 422, "bad_input", "rules.one.kinds[0]")
    assert boss.get(PATH).headers["etag"] == before.headers["etag"]


def test_they_are_for_admins(client: httpx.Client, stranger: httpx.Client) -> None:
    assert_problem(client.get(PATH), 403, "not_permitted")
    assert_problem(client.put(PATH, content=b"", headers=TEXT | {"If-Match": "*"}), 403, "not_permitted")
    assert_problem(stranger.get(PATH), 401, "not_signed_in")
