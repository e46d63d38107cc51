"""Doors that those knock on who know the reference systems: each opens, in the shape that they expect."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from console.site import Site
from engine.model.accounts.access import AccessSettings
from engine.model.accounts.audit import AuditVerb
from engine.model.accounts.commands import ChangeAccess
from engine.model.errors import InputError
from engine.model.question import ListAudit
from tests.engine.gateway.conftest import ADMIN, PASSWORD
from tests.fakes.waiting import until

PAGE = "https://map.example:8443"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_health_answers_under_both_names(stranger: httpx.Client) -> None:
    one, other = stranger.get("/healthz").json(), stranger.get("/health")
    assert other.status_code == 200 and other.json().keys() == one.keys() and other.json()["status"] in ("ok", "trouble")


@pytest.mark.parametrize("page", ["/api/docs", "/api/redoc"])
def test_the_interface_is_described_without_asking_anybody_else(stranger: httpx.Client, page: str) -> None:
    """The page and all that it loads come from this engine, and a browser is told to take nothing from elsewhere."""
    told = stranger.get(page)
    assert told.status_code == 200 and told.headers["content-type"].startswith("text/html")
    policy = told.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert not re.search(r"https?:|\*", policy) and "unsafe-eval" not in policy
    assert "://" not in told.text and not re.search(r"<script(?![^>]*\bsrc=)", told.text), "no script of another place, none within"
    parts = re.findall(r"(?:src|href)=\"([^\"]+)\"", told.text)
    assert len(parts) >= 1
    for part in parts:
        got = stranger.get(part)
        assert got.status_code == 200 and len(got.content) > 10, part
        assert got.headers["content-type"].split(";")[0] in ("text/javascript", "text/css")
    assert stranger.get("/openapi.json").json()["paths"]


@pytest.mark.soak
@pytest.mark.parametrize("page", ["/api/docs", "/api/redoc"])
def test_a_browser_shows_every_operation(site: Site, page: str) -> None:
    """With the policy in force, and nothing of elsewhere to be had."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("There is no browser on this machine.")
    options = (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--window-size=1400,30000",
        "--virtual-time-budget=20000",
        "--enable-logging=stderr",
    )
    elsewhere = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    ran = subprocess.run([browser, *options, elsewhere, "--dump-dom", site.url + page], capture_output=True, text=True, timeout=120)
    assert "/api/v1/cameras" in ran.stdout and "Cameras and how they are doing" in ran.stdout
    assert "Uncaught" not in ran.stderr and "/api/v1/persons" in ran.stdout


@pytest.mark.parametrize("name", ["..%2f__init__.py", "swagger-ui.css.map", "", "LICENSE.md"])
def test_no_other_files_are_given_with_it(stranger: httpx.Client, name: str) -> None:
    assert stranger.get(f"/api/docs/{name}").status_code == 404


def test_cameras_are_watched_by_number_too(site: Site, operator: str) -> None:
    base, number = site.url.replace("http", "ws", 1), site.door.overview().cameras[0].settings.number
    assert number > 0
    for called in ("door", str(number), "0"):
        with connect(f"{base}/ws/camera/{called}", proxy=None, additional_headers=bearer(operator)) as socket:
            assert json.loads(socket.recv(60))["camera_id"] == "door", called
    for nobody in (str(number + 7), "-1", "00", "\u0661"):
        with (
            pytest.raises(InvalidStatus) as refused,
            connect(f"{base}/ws/camera/{nobody}", proxy=None, additional_headers=bearer(operator)),
        ):
            pass
        assert refused.value.response.status_code == 404, nobody


def test_persons_are_kept_over_rest(site: Site, client: httpx.Client, admin: str) -> None:
    body = {"name": "Edith Byrne", "color": "#4488ff", "note": "night shift"}
    assert client.post("/api/v1/persons", json=body).status_code == 403
    made = client.post("/api/v1/persons", json=body, headers=bearer(admin))
    assert made.status_code == 201
    person = made.json()
    assert (person["name"], person["color"], person["note"], person["consent"]) == ("Edith Byrne", "#4488ff", "night shift", "unknown")
    address = f"/api/v1/persons/{person['id']}"
    assert made.headers["location"] == address and client.get(address).json() == person
    assert person in client.get("/api/v1/persons").json()
    assert client.post("/api/v1/persons", json=body, headers=bearer(admin)).json()["field"] == "name", "there is one of that name"
    renamed = client.patch(address, json={"name": "Edie Byrne"})
    assert renamed.status_code == 200 and renamed.json()["name"] == "Edie Byrne" and renamed.json()["note"] == "night shift"
    assert client.patch(address, json={"name": "Edie Byrne", "consent": "given"}).status_code == 403, (
        "more than the name is for administrators"
    )
    changed = client.patch(address, json={"consent": "given", "locked": True}, headers=bearer(admin)).json()
    assert (changed["consent"], changed["locked"], changed["name"]) == ("given", True, "Edie Byrne")
    for reason in ({}, {"reason": " "}):
        assert client.request("DELETE", address, params=reason, headers=bearer(admin)).status_code == 422
    assert client.delete(address, params={"reason": "asked"}).status_code == 403
    assert client.delete(address, params={"reason": "asked"}, headers=bearer(admin)).status_code == 422, "nobody erases who is locked"
    client.patch(address, json={"locked": False}, headers=bearer(admin))
    erased = client.delete(address, params={"reason": "they asked for it"}, headers=bearer(admin))
    assert erased.status_code == 202
    job = erased.headers["location"]
    until(lambda: client.get(job, headers=bearer(admin)).json()["state"] == "done", "they are erased")
    assert client.get(address).status_code == 404 and person["id"] not in client.get("/api/v1/persons").text
    rows = site.door.sign_in(ADMIN, PASSWORD).ask(ListAudit(verbs=(AuditVerb.PUT_PERSON, AuditVerb.RENAME_PERSON, AuditVerb.ERASE_PERSON)))
    assert {row.verb for row in rows} == {AuditVerb.PUT_PERSON, AuditVerb.RENAME_PERSON, AuditVerb.ERASE_PERSON}


@pytest.fixture
def origins(site: Site) -> Iterator[None]:
    port = site.door.sign_in(ADMIN, PASSWORD)
    before = site.engine.settings.access
    port.command(ChangeAccess(replace(before, origins=(PAGE,))))
    yield
    port.command(ChangeAccess(before))
    port.close()


def test_pages_of_an_origin_that_an_administrator_named_may_ask(origins: None, stranger: httpx.Client, operator: str) -> None:
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization, content-type"}
    first = stranger.options("/api/v1/cameras", headers=asked)
    assert first.status_code == 204 and first.headers["access-control-allow-origin"] == PAGE and first.headers["vary"] == "Origin"
    assert (
        "PATCH" in first.headers["access-control-allow-methods"]
        and "authorization" in first.headers["access-control-allow-headers"].lower()
    )
    told = stranger.get("/api/v1/cameras", headers={"Origin": PAGE, **bearer(operator)})
    assert told.status_code == 200 and told.headers["access-control-allow-origin"] == PAGE and "Origin" in told.headers["vary"]
    refused = stranger.get("/api/v1/cameras", headers={"Origin": PAGE})
    assert refused.status_code == 401 and refused.headers["access-control-allow-origin"] == PAGE, "its page is told why"
    for answer in (first, told, refused):
        assert "access-control-allow-credentials" not in answer.headers and answer.headers["access-control-allow-origin"] != "*"


def test_no_cookie_speaks_for_a_page_of_elsewhere(origins: None, stranger: httpx.Client, operator: str) -> None:
    cookie = {"Cookie": f"watchroom_session={operator}"}
    assert stranger.get("/api/blobs", headers=cookie).status_code == 200
    assert stranger.get("/api/blobs", headers={**cookie, "Origin": PAGE}).status_code == 401


@pytest.mark.parametrize("origin", ["https://map.example", "http://map.example:8443", "https://map.example:8443.evil.example", "null", "*"])
def test_no_other_page_may(origins: None, stranger: httpx.Client, operator: str, origin: str) -> None:
    for answer in (
        stranger.get("/api/v1/cameras", headers={"Origin": origin, **bearer(operator)}),
        stranger.options("/api/v1/cameras", headers={"Origin": origin, "Access-Control-Request-Method": "GET"}),
    ):
        assert answer.status_code == 403 and "access-control-allow-origin" not in answer.headers


def test_sockets_of_its_pages_are_let_in(origins: None, site: Site, operator: str) -> None:
    base = site.url.replace("http", "ws", 1)
    with connect(f"{base}/ws/camera/door", proxy=None, origin=PAGE, additional_headers=bearer(operator)) as socket:  # type: ignore[arg-type]
        assert json.loads(socket.recv(60))["camera_id"] == "door"
    with (
        pytest.raises(InvalidStatus),
        connect(f"{base}/ws/camera/door", proxy=None, origin="https://x.example", additional_headers=bearer(operator)),
    ):  # type: ignore[arg-type]
        pass


def test_by_default_no_page_of_elsewhere_may(site: Site) -> None:
    assert site.engine.settings.access.origins == ()


@pytest.mark.parametrize(
    "origin", ["*", "null", "map.example", "https://map.example/path", "https://u:p@map.example", "ftp://map.example", "https://", "https://*.example",
               "https://map.example:99999", "https://map.example\n"],
)  # fmt: skip
def test_what_is_no_origin_is_refused(origin: str) -> None:
    with pytest.raises(InputError) as refused:
        AccessSettings(origins=(origin,))
    assert refused.value.field == "origins"
