"""Media and patterns over HTTP: Atlas working, Atlas down, and what may not be uploaded at all (H23, H25)."""

import io
import wave
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from console.site import Site
from engine.model.alerts.commands import ChangeAtlas
from engine.model.incidents.atlas import AtlasSettings
from tests.engine.gateway.conftest import ADMIN, PASSWORD
from tests.engine.gateway.reporting import filed, place, report
from tests.fakes.atlas import KEY, STOCKHOLM, FakeAtlas, atlas, failing
from tests.fakes.media import jpeg
from tests.fakes.waiting import until

ANALYZE = "/api/v1/analyze"
HERE = {"lat": 59.3183, "lon": 18.0686}
MIB = 1 << 20


@pytest.fixture(scope="module")
def fake(site: Site) -> Iterator[FakeAtlas]:
    """Atlas, which the engine asks until the end of this module."""
    port = site.door.sign_in(ADMIN, PASSWORD)
    with atlas() as fake:
        port.command(ChangeAtlas(AtlasSettings(True, fake.url, allow_private=True, retries=0, timeout_s=60.0), KEY))
        yield fake
        fake.release.set()
        port.command(ChangeAtlas(AtlasSettings(), ""))
    port.close()


@pytest.fixture(scope="module")
def photo() -> bytes:
    return jpeg(np.full((120, 160, 4), 90, np.uint8))


def sound(seconds: float, hz: float = 440.0, level: float = 0.5) -> bytes:
    """A tone as a WAV file of 8 kHz."""
    at_s = np.arange(round(8000 * seconds)) / 8000
    samples = np.round(32767 * level * np.sin(2 * np.pi * hz * at_s)).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(samples.tobytes())
    return file.getvalue()


def sent(client: httpx.Client, kind: str, data: bytes, path: str = ANALYZE) -> httpx.Response:
    return client.post(f"{path}/{kind}", files={"file": ("picture.jpg", data, "image/jpeg")})


@pytest.mark.parametrize(
    ("kind", "data", "status"),
    [
        ("photo", b"", 400),
        ("photo", b"\xff\xd8\xff" + bytes(10 * MIB), 413),
        ("photo", b"\xff\xd8\xff" + bytes(11 * MIB), 413),
        ("photo", b"only text, called picture.jpg", 415),
        ("photo", b"GIF89a" + bytes(100), 415),
        ("video", b"", 400),
        ("video", b"\xff\xd8\xff" + bytes(100), 415),
        ("audio", bytes(6 * MIB), 413),
        ("audio", b"RIFF\0\0\0\0AVI " + bytes(100), 415),
        ("photo", b"\xff\xd8\xff" + bytes(100), 422),
    ],
)
def test_h23_what_may_not_be_uploaded(client: httpx.Client, kind: str, data: bytes, status: int) -> None:
    """Atlas is off: what passes the border is looked at here; the last one is a picture by its first bytes only."""
    answer = sent(client, kind, data)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"] == "bad_input"


def test_who_is_not_signed_in_uploads_nothing(stranger: httpx.Client, photo: bytes) -> None:
    assert sent(stranger, "photo", photo).status_code == 401
    assert sent(stranger, "photo", photo + bytes(MIB)).status_code == 401


def test_a_photo_without_atlas(client: httpx.Client, photo: bytes) -> None:
    for path in (ANALYZE, "/analyze"):
        answer = sent(client, "photo", photo, path)
        assert answer.status_code == 200, answer.text
        said = answer.json()
        assert (said["by"], said["degraded"], said["pictures"], said["found"]) == ("local", True, 1, [])
        assert said["category"] is said["severity"] is said["confidence"] is said["emergency"] is None
        assert "hog" in said["degraded_reason"] and said["models"] == {"detector": "hog"}


def test_a_video_without_atlas(client: httpx.Client, video: Path) -> None:
    said = sent(client, "video", video.read_bytes()).json()
    assert (said["by"], said["pictures"], said["seconds"]) == ("local", 2, None)  # it lasts two seconds
    cut = sent(client, "video", video.read_bytes()[:600])
    assert cut.status_code == 422 and cut.json()["field"] == "file"


def test_a_sound_without_atlas(client: httpx.Client) -> None:
    said = sent(client, "audio", sound(2.0)).json()
    assert (said["by"], said["pictures"]) == ("local", None)
    assert said["seconds"] == pytest.approx(2.0, abs=0.05) and said["loudest_dbfs"] == pytest.approx(-9.03, abs=0.2)
    assert said["speech_share"] is None and "silero-vad" in said["degraded_reason"]  # its model is not installed in the tests
    assert sent(client, "audio", sound(0.0)).status_code == 422


def test_patterns_without_atlas_are_unavailable(client: httpx.Client) -> None:
    said = client.get("/api/v1/intelligence/patterns", params=HERE).json()
    assert (said["status"], said["patterns"], said["recommendations"]) == ("unavailable", [], []) and said["reason"]


def test_health_without_atlas(client: httpx.Client) -> None:
    said = client.get("/api/v1/ai/health").json()
    assert said["atlas"] == "off" and said["models"] == []  # none is installed in the tests


def test_categories(client: httpx.Client) -> None:
    told = {each["category"]: each for each in client.get("/api/v1/ai/categories").json()}
    assert len(told) == 12 and told["theft"]["polisen"] == "Stöld" and told["weapons"]["atlas_severity"] == [4, 5]
    assert told["fire"]["atlas"] is told["fire"]["atlas_severity"] is None


def test_h25_patterns_none_and_unavailable_are_not_the_same(client: httpx.Client, fake: FakeAtlas) -> None:
    for path in ("/api/v1/intelligence/patterns", "/intelligence/patterns"):
        fake.forget()
        none = client.get(path, params=HERE | {"radius_km": 1}).json()
        assert (none["status"], none["patterns"]) == ("available", [])
    fake.forget()
    fake.patterns.append(STOCKHOLM)
    said = client.get("/api/v1/intelligence/patterns", params=HERE | {"radius_km": 2}).json()
    assert said["status"] == "available" and said["patterns"][0]["products"]["halo_incidents"] == 12


@pytest.mark.parametrize(
    ("query", "field"), [({}, "lat"), ({"lat": 91, "lon": 0}, "lat"), (HERE | {"threat_types": "x"}, "threat_types.0")]
)
def test_places_that_are_none(client: httpx.Client, query: dict[str, object], field: str) -> None:
    answer = client.get("/api/v1/intelligence/patterns", params=query)
    assert answer.status_code == 422 and answer.json()["field"] == field


def test_atlas_looks(client: httpx.Client, fake: FakeAtlas, photo: bytes) -> None:
    fake.forget()
    said = sent(client, "photo", photo).json()
    assert (said["by"], said["degraded"]) == ("atlas", False) and said["category"] is not None and 1 <= said["severity"] <= 5
    assert len(fake.of("analyze/media")) == 1


def test_h23_nothing_leaves_that_may_not_be_uploaded(client: httpx.Client, fake: FakeAtlas) -> None:
    fake.forget()
    assert sent(client, "photo", b"no picture").status_code == 415
    assert fake.of("analyze/media") == []


def test_validated_goes_back_to_atlas(client: httpx.Client, fake: FakeAtlas) -> None:
    fake.forget()
    one = filed(client, report(place(), description="A man with a gun fired two shots", incident_type="other"), 201)

    def classified() -> bool:
        now = client.get(f"/api/v1/incidents/{one['id']}").json()
        return now["classified_by"] == "atlas" and now["category"] == "weapons" and now["severity"] == 5 and bool(now["atlas_threat_id"])

    until(classified, "Atlas has said what it is")  # H18
    client.patch(f"/api/v1/incidents/{one['id']}/validate", json={"actual_category": "weapons", "validated_by": "Berg"})
    until(lambda: bool(fake.of("training/feedback")), "Atlas is told")
    assert fake.of("training/feedback")[0].body["actual_category"] == "weapons"


def test_an_incident_shows_what_atlas_said_and_nobodys_name_leaves(client: httpx.Client, fake: FakeAtlas) -> None:
    fake.forget()
    fake.strict = True
    said = "Ada saw a man with a gun, call ADA's phone 070-123 45 67, ada@example.org, car ABC 123, 850709-9805"
    try:
        body = report(place(), description=said, incident_type="other")
        answer = client.post("/api/v1/incidents", json=body, headers={"Prefer": "wait=0"})
        assert answer.status_code == 201, answer.text
        first = answer.json()
        names = ("atlas_threat_id", "atlas_classification", "atlas_subcategory", "atlas_confidence", "atlas_severity", "atlas_last_sync")
        assert [first[name] for name in names] == [None] * 6
        path = f"/api/v1/incidents/{first['id']}"
        until(lambda: client.get(path).json()["atlas_last_sync"] is not None, "Atlas has said what it is")
        now = client.get(path).json()
        assert [now[name] for name in names[1:5]] == ["weapons", "weapon_possession", 0.7, 5]
        assert now["atlas_threat_id"]
        client.patch(f"{path}/validate", json={"actual_category": "theft", "validated_by": "Berg"})
        until(lambda: bool(fake.of("training/feedback")), "Atlas is told")
        until(lambda: client.get(f"{ANALYZE.rpartition('/')[0]}/ai/health").json()["waiting"] == 0, "it was taken")
    finally:
        fake.strict = False
    [asked], [told] = fake.of("classify/threat"), fake.of("training/feedback")
    assert asked.body["data"] == "[name] saw a man with a gun, call [name] phone [number], [e-mail], car [plate], [personal number]"
    assert told.body["prediction_id"] == now["atlas_threat_id"]
    assert told.body["correction_metadata"]["corrected_by"].startswith("op-")
    sent_along = "".join(call.raw.decode() + repr(call.headers) for call in fake.calls)
    assert "Berg" not in sent_along and first["id"] not in sent_along


def test_the_contracts_own_acceptance(client: httpx.Client, fake: FakeAtlas) -> None:
    fake.forget()
    fake.strict = True
    latitude, longitude = place()
    try:
        said = {"description": "Gunshots heard", "latitude": latitude, "longitude": longitude}
        answer = client.post("/api/v1/incidents", json=said)
        assert answer.status_code == 201, answer.text
        first = answer.json()
        assert first["category"] == "weapons"  # by its words, at once
        assert first["atlas_threat_id"] or first["degraded_reason"].startswith("Waiting for Atlas")
        path = f"/api/v1/incidents/{first['id']}"
        until(lambda: client.get(path).json()["atlas_threat_id"], "Atlas has said what it is")
    finally:
        fake.strict = False
    now = client.get(path).json()
    assert (now["category"], now["severity"], now["classified_by"], now["degraded_reason"]) == ("weapons", 5, "atlas", None)
    assert fake.of("classify/threat")[0].body["context"]["incident_type"] is None


def test_h25_down_is_unavailable_and_degraded(client: httpx.Client, fake: FakeAtlas, photo: bytes) -> None:
    fake.forget()
    fake.always = failing(503)
    assert client.get("/api/v1/intelligence/patterns", params=HERE | {"radius_km": 3}).json()["status"] == "unavailable"
    other = jpeg(np.full((120, 162, 4), 40, np.uint8))
    said = sent(client, "photo", other).json()
    assert (said["by"], said["degraded"]) == ("local", True)
    until(lambda: client.get("/api/v1/ai/health").json()["atlas"] in ("down", "open"), "its health says so")
