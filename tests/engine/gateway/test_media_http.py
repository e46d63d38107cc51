"""Pictures over HTTP: sent, named by reports, and compared (H7), with a looker made for the test and with the real one on real pictures."""

import math
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from console.site import Site
from engine._opencv import cv2
from engine.gateway.incidents import media_routes as media_api
from engine.model.accounts.audit import AuditVerb
from engine.model.cameras.frame import Bytes2D
from engine.model.incidents.settings import IncidentSettings
from engine.runtime.incidents.report_looks import BUG, SceneLooker
from engine.vision.models import ModelStore
from engine.vision.scene_looks import MODEL, load_scenes
from tests.engine.gateway.reporting import filed, place, report
from tests.fakes.media import jpeg

MEDIA = "/api/v1/media"
SCENES = "data/images/scenes"


class Painted:
    """A picture of red R (of 200) is as similar to one of red 200 as R/200 is."""

    name = "painted/1"

    def __init__(self) -> None:
        self.hold = threading.Event()
        self.hold.set()

    def look(self, picture_bgr: Bytes2D) -> tuple[float, ...]:
        assert self.hold.wait(60)
        cosine = round(float(picture_bgr[:, :, 2].mean()) / 200, 3)
        return cosine, math.sqrt(1 - cosine**2)


@pytest.fixture
def use(site: Site) -> Iterator[Callable[[Callable[[], SceneLooker]], None]]:
    """Have the engine look at pictures with something else until the end of the test."""
    looks = site.engine.looks
    before = looks.load

    def load_with(load: Callable[[], SceneLooker]) -> None:
        looks.load = load
        looks.reload()

    yield load_with
    load_with(before)


@pytest.fixture
def painted(use: Callable[[Callable[[], SceneLooker]], None]) -> Iterator[Painted]:
    looker = Painted()
    use(lambda: looker)
    yield looker
    looker.hold.set()


def red(value: int, seed: int) -> bytes:
    """A PNG, which keeps colours as they are; `seed` makes it another file."""
    picture = np.zeros((20, 20, 3), np.uint8)
    picture[:, :, 2], picture[0, 0, 0] = value, seed
    return cv2.imencode(".png", picture)[1].tobytes()


def sent(client: httpx.Client, data: bytes, name: str = "a.jpg") -> str:
    answer = client.post(MEDIA, files={"file": (name, data, "image/jpeg")})
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"{MEDIA}/{answer.json()['id']}"
    return answer.json()["id"]


def two(client: httpx.Client, one: dict[str, Any], other: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two reports of one place and time by two people."""
    at = place()
    first = filed(client, report(at, reporter_id="ann", **one), 201)
    answer = client.post("/api/v1/incidents", json=report(at, reporter_id="bob", **other))
    return first, answer.json()


def test_what_is_sent_is_listed_and_named(client: httpx.Client, painted: Painted) -> None:
    media_id = sent(client, red(7, 1), "../../holiday.jpg")
    one = client.get(f"{MEDIA}/{media_id}").json()
    assert (one["kind"], one["content_type"], one["size_bytes"], one["named"]) == ("photo", "image/png", len(red(7, 1)), False)
    assert sent(client, red(7, 1)) == media_id
    filed(client, report(place(), media=[media_id]), 201)
    assert client.get(f"{MEDIA}/{media_id}").json()["named"] is True
    assert [each["id"] for each in client.get(MEDIA).json()["media"]].count(media_id) == 1
    assert client.get(f"{MEDIA}/md-nobody").status_code == 404
    assert client.get(f"{MEDIA}/..%2F..%2Fwatchroom.db").status_code == 404


def test_an_administrator_deletes_a_file_and_the_report_stays(client: httpx.Client, site: Site, admin: str, painted: Painted) -> None:
    media_id, at = sent(client, red(200, 11)), place()
    first = filed(client, report(at, reporter_id="ann", media=[media_id]), 201)
    assert client.delete(f"{MEDIA}/{media_id}").status_code == 403 and client.get(f"{MEDIA}/{media_id}").status_code == 200
    as_admin = {"Authorization": f"Bearer {admin}"}
    assert client.delete(f"{MEDIA}/{media_id}", headers=as_admin).status_code == 204
    assert client.get(f"{MEDIA}/{media_id}").status_code == 404
    assert client.delete(f"{MEDIA}/{media_id}", headers=as_admin).status_code == 404
    assert not list((site.engine.data.media).glob(f"{media_id}*"))
    rows = [row for row in site.engine.record.store.audit() if row.verb == AuditVerb.REMOVE_MEDIA]
    assert [row.subject for row in rows] == [media_id] and rows[0].by
    other = filed(client, report(at, reporter_id="bob", media=[sent(client, red(150, 12))]), 200)
    assert other["id"] == first["id"]  # by what is known of the picture that is gone


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 400),
        (b"only text, called a.jpg", 415),
        (b"GIF89a" + bytes(50), 415),
        (b"\xff\xd8\xff" + bytes(11 << 20), 413),
        (bytes(52 << 20), 413),
    ],
)
def test_what_cannot_be_looked_at_is_refused(client: httpx.Client, data: bytes, status: int) -> None:
    answer = client.post(MEDIA, files={"file": ("a.jpg", data, "image/jpeg")})
    assert answer.status_code == status and answer.json()["error"]


def test_who_is_not_signed_in_sends_nothing(stranger: httpx.Client) -> None:
    assert stranger.post(MEDIA, files={"file": ("a.png", red(1, 1))}).status_code == 401
    assert stranger.get(MEDIA).status_code == 401


@pytest.mark.usefixtures("painted")
def test_how_alike_they_have_to_be_is_a_setting(client: httpx.Client, site: Site) -> None:
    for least, joins in ((0.70, False), (0.60, True), (0.65, False)):
        site.engine.change_settings(replace(site.engine.settings, incidents=IncidentSettings(min_likeness=least)), "test")
        first, second = two(client, {"media": [sent(client, red(200, 1))]}, {"media": [sent(client, red(124, 2))]})
        assert (second["id"] == first["id"]) is joins, least
    site.engine.change_settings(replace(site.engine.settings, incidents=IncidentSettings()), "test")


@pytest.mark.parametrize(("value", "joins"), [(200, True), (140, True), (138, False), (0, False)])
def test_h7_pictures_alike_from_seventy_hundredths_on_join(client: httpx.Client, painted: Painted, value: int, joins: bool) -> None:
    """140 of 200 is 0.70, 138 is 0.69."""
    first, second = two(client, {"media": [sent(client, red(200, 1))]}, {"video_id": sent(client, red(value, 2))})
    if joins:
        assert (second["id"], second["status"]) == (first["id"], "corroborated")
        assert second["corroborating_reports"][0]["similarity"] == pytest.approx(value / 200)
    else:
        assert second["status"] == "created" and second["id"] != first["id"]


def test_h7_of_several_pictures_the_most_alike_counts(client: httpx.Client, painted: Painted) -> None:
    several = [sent(client, red(value, 3)) for value in (10, 150, 20)]
    first, second = two(client, {"media": [sent(client, red(200, 1))]}, {"media": several})
    assert (second["id"], second["corroborating_reports"][0]["similarity"]) == (first["id"], pytest.approx(0.75))


def test_h7_a_comparator_that_fails_is_no_match(client: httpx.Client, use: Callable[[Callable[[], SceneLooker]], None]) -> None:
    class Broken:
        name = "broken"

        def look(self, picture_bgr: Bytes2D) -> tuple[float, ...]:
            raise RuntimeError("it is broken")

    use(Broken)
    first, second = two(client, {"media": [sent(client, red(200, 11))]}, {"media": [sent(client, red(200, 12))]})
    waits_for_somebody(client, first, second, BUG)


def test_h7_a_comparator_that_takes_too_long_is_no_match(client: httpx.Client, painted: Painted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media_api, "PATIENCE_S", 0.05)
    painted.hold.clear()
    first, second = two(client, {"media": [sent(client, red(200, 21))]}, {"media": [sent(client, red(200, 22))]})
    waits_for_somebody(client, first, second, "took too long")


def test_while_one_report_waits_for_its_picture_others_are_filed(
    client: httpx.Client, painted: Painted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media_api, "PATIENCE_S", 60.0)
    painted.hold.clear()
    picture = sent(client, red(200, 61))
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(filed, client, report(place(), media=[picture]), 201)
        for _ in range(5):
            filed(client, report(place()), 201)
        assert not waits.done()
        painted.hold.set()
        assert waits.result(30)["status"] == "created"


def test_what_came_too_late_is_known_to_the_next_report(client: httpx.Client, painted: Painted, monkeypatch: pytest.MonkeyPatch) -> None:
    at, picture = place(), sent(client, red(200, 71))
    filed(client, report(at, reporter_id="ann", media=[picture]), 201)
    late = sent(client, red(200, 72))
    with monkeypatch.context() as short:
        short.setattr(media_api, "PATIENCE_S", 0.0)
        painted.hold.clear()
        slow = sent(client, red(200, 73))
        assert filed(client, report(at, reporter_id="bob", media=[slow]), 201)["status"] == "pending_review"
    painted.hold.set()
    assert filed(client, report(at, reporter_id="cyd", media=[slow, late]), 200)["status"] == "corroborated"


def test_h7_without_its_model_nothing_is_a_match(client: httpx.Client) -> None:
    first, second = two(client, {"media": [sent(client, red(200, 31))]}, {"media": [sent(client, red(200, 32))]})
    waits_for_somebody(client, first, second, f"{MODEL}, which is not installed")


def test_h7_damaged_pictures_are_no_match(client: httpx.Client, painted: Painted) -> None:
    half = red(200, 42)[:60]
    first, second = two(client, {"media": [sent(client, red(200, 41))]}, {"media": [sent(client, half)]})
    waits_for_somebody(client, first, second, "the file is damaged")


def test_h7_pictures_that_were_never_sent_are_no_match(client: httpx.Client, painted: Painted) -> None:
    first, second = two(client, {"media": [sent(client, red(200, 51))]}, {"media": ["holiday.jpg"]})
    waits_for_somebody(client, first, second, "no picture or video called 'holiday.jpg'")


def test_a_video_that_is_only_named_is_said_to_be_not_compared(client: httpx.Client, painted: Painted) -> None:
    """No likeness is told: not 0, not a guess, but why there is none. Nor is it a match for what could be compared."""
    at, why = place(), "no picture or video called 'v-1' here to compare"
    first = filed(client, report(at, reporter_id="ann"), 201)
    assert first["media_trouble"] is None
    named = filed(client, report(at, reporter_id="bob", video_id="v-1"), 200)
    (link,) = named["corroborating_reports"]
    assert named["status"] == "corroborated" and link["similarity"] is None
    assert why in named["media_trouble"] and why in link["media_trouble"]
    shown = client.get(f"/api/v1/incidents/{first['id']}").json()["corroborating_reports"]
    assert [(each["similarity"], each["media_trouble"]) for each in shown] == [(None, named["media_trouble"])]
    alone, other = two(client, {"video_id": "v-1"}, {"video_id": "v-1"})
    assert alone["status"] == "created" and why in alone["media_trouble"]
    waits_for_somebody(client, alone, other, why)
    alone, other = two(client, {"media": [sent(client, red(200, 81))]}, {"video_id": "v-1"})
    assert alone["media_trouble"] is None and why in other["media_trouble"]
    waits_for_somebody(client, alone, other, why)


def waits_for_somebody(client: httpx.Client, first: dict[str, Any], second: dict[str, Any], why: str) -> None:
    assert second["status"] == "pending_review" and second["id"] != first["id"] and second["review_ids"] == [first["id"]]
    assert client.get(f"/api/v1/incidents/{first['id']}").json()["reporter_count"] == 1
    assert why in second["reason"]
    (kept,) = client.get(f"/api/v1/incidents/{second['id']}/reports").json()["reports"]
    assert kept["media_trouble"] is None or why in kept["media_trouble"]


@pytest.fixture(scope="module")
def scenes(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> SceneLooker:
    store = ModelStore(tmp_path_factory.mktemp("scene-models"))
    store.install((MODEL,), shared / "data/models")
    return load_scenes(store)


def other_phone(path: Path) -> bytes:
    """The same scene nearer, darker, smaller and packed again."""
    picture = cv2.imread(str(path))
    height, width = picture.shape[:2]
    part = picture[height // 10 : height * 9 // 10, width // 12 : width * 11 // 12]
    dark = cv2.resize((part * 0.6).astype(np.uint8), None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    return jpeg(np.asarray(cv2.cvtColor(dark, cv2.COLOR_BGR2BGRA), np.uint8))


def test_h7_real_pictures_of_one_scene_join_and_of_two_do_not(
    client: httpx.Client,
    use: Callable[[Callable[[], SceneLooker]], None],
    scenes: SceneLooker,
    shared: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(media_api, "PATIENCE_S", 60.0)  # however busy the machine is
    use(lambda: scenes)
    bus, dog = shared / SCENES / "bus.jpg", shared / SCENES / "dog.jpg"
    street = (shared / "data/video/vtest_480x360.avi").read_bytes()
    mine = {"media": [sent(client, bus.read_bytes())]}
    first, second = two(client, mine, {"media": [sent(client, other_phone(bus))]})
    assert (second["id"], second["status"]) == (first["id"], "corroborated")
    first, second = two(client, mine, {"media": [sent(client, dog.read_bytes())]})
    assert second["status"] == "created"
    first, second = two(client, {"video_id": sent(client, street)}, {"video_id": sent(client, street)} | mine)
    assert second["id"] == first["id"] and second["corroborating_reports"][0]["similarity"] > 0.99
