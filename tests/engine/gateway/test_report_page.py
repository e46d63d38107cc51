"""The report page over HTTP: what a link can do, what it cannot, and what becomes of what is sent."""

import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from console.site import Site
from engine.gateway.report_page import page as pages
from engine.gateway.report_page.limits import ReportLimits
from engine.model.accounts.access import Role
from engine.model.accounts.audit import AuditVerb
from engine.model.errors import NotFound, NotSignedIn
from engine.model.incidents.filing import has_number, number_digits, report_number
from engine.model.incidents.incident import IncidentCategory, IncidentStatus, SourceOfReport
from engine.model.incidents.report_page import ReportPageSettings
from engine.model.question import GetIncident, ListIncidents
from engine.model.risk.map_settings import MapSettings
from engine.model.time import SECOND, ManualClock
from tests.engine.gateway.report_page import (
    HERE,
    PAGE,
    PHONE,
    REPORTS,
    SITE,
    client_of,
    new_link,
    page_as,
    photo,
    pictures,
    reporting_site,
    said,
    shown,
)
from tests.engine.gateway.route_table import all_routes
from tests.fakes.map_files import write_street_grid

EXIF = b"Exif\x00\x00MM\x00*serial-4711 GPS 53.5"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with reporting_site(tmp_path_factory.mktemp("reporting") / "data") as site:
        yield site


@pytest.fixture(scope="module")
def phone(site: Site) -> Iterator[httpx.Client]:
    with client_of(site) as client:
        yield client


@pytest.fixture
def token(site: Site) -> str:
    return new_link(site)


def filed(client: httpx.Client, token: str, key: str = "", files: Any = None, **parts: Any) -> str:
    answer = client.post(REPORTS, headers=shown(token, key), data=said(**parts), files=files)
    assert answer.is_success, answer.text
    return answer.json()["number"]


def kept(site: Site, number: str) -> Any:
    """The report of a number, and its incident."""
    digits = number_digits(number)
    for incident in site.engine.record.store.answer(ListIncidents(limit=500)).incidents:
        for report in site.engine.record.store.answer(GetIncident(incident.id)).reports:
            if has_number(report.id, digits):
                return report, incident
    raise AssertionError(number)


def test_a_report_from_a_phone_is_an_incident(site: Site, phone: httpx.Client, token: str) -> None:
    number = filed(
        phone, token, kind="burglary", accuracy_m=12.5, place="east gate", occurred_at="2026-01-02T03:04:05+01:00", language="de"
    )
    report, incident = kept(site, number)
    assert (report.category, report.source, report.accuracy_m) == (IncidentCategory.BURGLARY, SourceOfReport.PUBLIC, 12.5)
    assert report.description == "Two people climb over the fence at the gate.\nOrt: east gate"
    assert (incident.latitude, incident.longitude, incident.confidence) == (53.5411, 9.9811, 0.3)
    assert report.reporter.startswith("device:") and PHONE not in report.reporter
    assert report_number(report.id) == number and re.fullmatch(r"[0-9A-F]{4}-[0-9A-F]{4}", number)


def test_switched_off_there_is_no_page_and_nothing_is_taken(site: Site, phone: httpx.Client, token: str) -> None:
    with page_as(site, on=False):
        for path in (PAGE, "/report/parts/report.js", "/report/words/de", SITE):
            assert phone.get(path, headers=shown(token)).status_code == 404, path
        assert phone.post(REPORTS, headers=shown(token), data=said()).status_code == 404
        big = phone.post(REPORTS, headers=shown(token), data=said(), files=pictures(photo(1, (400, 400))))
        assert big.status_code == 401, "nor is anything large read"
    assert phone.get(PAGE).status_code == 200


def test_a_link_opens_nothing_else(site: Site, phone: httpx.Client, token: str) -> None:
    """Every route of the gateway, with the token in every way that a token can be shown."""
    open_to_all = {each: _status(phone, each, {}) for each in _http_routes()}
    ways = ({"Authorization": f"Bearer {token}"}, shown(token), {"Cookie": f"watchroom_session={token}"})
    for headers in ways:
        for each, before in open_to_all.items():
            if not each[1].startswith("/report"):
                assert _status(phone, each, headers) in (before, 401), (each, headers)
    with pytest.raises(NotSignedIn):
        site.door.enter(token)


def test_streets_come_from_the_map_file_of_the_site(site: Site, phone: httpx.Client, token: str, tmp_path: Path) -> None:
    path, before = tmp_path / "town.pmtiles", site.engine.settings
    site.engine.change_settings(replace(before, map=MapSettings(file=str(path))), "test")
    told = phone.get("/report/map", headers=shown(token)).json()
    assert told["streets"] == [] and told["towns"], "a file that is not on this computer costs the streets only"
    write_street_grid(path, HERE.latitude, HERE.longitude)
    answer = phone.get("/report/map", headers=shown(token))
    told = answer.json()
    assert {street["rank"] for street in told["streets"]} == {1, 2, 3} and told["streets_attribution"] == "© Town office"
    assert any(each["name"].startswith("Mill Lane") for each in told["street_names"]) and len(answer.content) < 80_000
    assert max(abs(number) for street in told["streets"] for number in street["line"]) < told["streets_reach_m"] * 2
    site.engine.change_settings(before, "test")


def test_the_map_holds_the_surroundings_of_the_site_and_needs_a_link(site: Site, phone: httpx.Client, token: str) -> None:
    assert phone.get("/report/map").status_code == 401
    told = phone.get("/report/map", headers=shown(token)).json()
    hamburg = next(town for town in told["towns"] if town["name"] == "Hamburg")
    assert abs(hamburg["east_m"]) < 5_000 and abs(hamburg["north_m"]) < 5_000
    numbers = [number for ring in told["land"] for number in ring]
    assert numbers and max(map(abs, numbers)) < told["reach_m"] * 1.02
    assert len(phone.get("/report/map", headers=shown(token)).content) < 60_000
    before = site.engine.settings
    site.engine.change_settings(replace(before, anchor=None), "test")
    assert phone.get("/report/map", headers=shown(token)).json()["land"] == []
    site.engine.change_settings(before, "test")


def test_nor_does_a_session_report_on_the_page(site: Site, phone: httpx.Client) -> None:
    admin = site.engine.accounts.create_token(Role.ADMIN, "test")
    for headers in ({"Authorization": f"Bearer {admin}"}, {"Authorization": f"ReportLink {admin}"}):
        assert phone.post(REPORTS, headers=headers, data=said()).status_code == 401
        assert phone.get(SITE, headers=headers).status_code == 401


def _http_routes() -> list[tuple[str, str]]:
    return [(method, path) for method, path in all_routes() if method != "ws" and (method, path) != ("delete", "/api/v1/session")]


def _status(phone: httpx.Client, route: tuple[str, str], headers: dict[str, str]) -> int:
    method, path = route
    return phone.request(method, path.translate(str.maketrans("{}", "xx")), headers=headers).status_code


def test_revoked_and_expired_links_are_refused_alike(site: Site, phone: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    links = site.engine.report_page.links
    revoked, good = new_link(site), new_link(site, days=2.0)
    links.revoke(links.link(revoked).id, "ada")
    assert filed(phone, good)
    with monkeypatch.context() as later:
        later.setattr(links, "_clock", ManualClock(site.engine.clock.now_ns() + 3 * 86_400 * SECOND))
        refusals = [phone.post(REPORTS, headers=shown(each), data=said()) for each in (revoked, good, "never-was", "x")]
    assert {(each.status_code, each.json()["message"]) for each in refusals} == {(401, refusals[0].json()["message"])}
    with pytest.raises(NotFound):
        links.revoke("rl-nothing", "ada")


def test_tokens_are_hashed_and_links_stay_after_a_restart(tmp_path: Path) -> None:
    with reporting_site(tmp_path / "data") as site, client_of(site) as phone:
        token = new_link(site)
        filed(phone, token)
    assert not any(token.encode() in path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    with reporting_site_again(tmp_path / "data") as site, client_of(site) as phone:
        (link,) = site.engine.report_page.links.all()
        assert (link.label, link.filed, link.refused) == ("Gate", 1, 0)
        assert phone.get(SITE, headers=shown(token)).json()["name"] == "Harbour south"


def reporting_site_again(folder: Path) -> Any:
    from console.site import running
    from engine.gateway.border.bind import Bind
    from engine.runtime.command_line_settings import CommandLineSettings

    return running(folder, Bind(), CommandLineSettings(()), gateway_needed=True)


def test_who_made_and_revoked_links_is_in_the_audit(site: Site) -> None:
    token = new_link(site, days=None)
    link = site.engine.report_page.links.link(token)
    site.engine.report_page.links.revoke(link.id, "ada")
    rows = {(row.verb, row.detail) for row in site.engine.record.store.audit() if row.subject == link.id}
    assert rows == {(AuditVerb.CREATE_REPORT_LINK, "Gate; without end"), (AuditVerb.REVOKE_REPORT_LINK, "Gate")}


def test_the_same_key_is_one_report(site: Site, phone: httpx.Client, token: str) -> None:
    first, again = (phone.post(REPORTS, headers=shown(token, "k-1"), data=said(latitude=53.7), files=pictures(photo(5))) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["number"] == again.json()["number"] and again.json()["again"]
    report, incident = kept(site, first.json()["number"])
    assert incident.reporter_count == 1 and len(report.media) == 1
    assert site.engine.report_page.links.link(token).filed == 1


def test_phones_of_one_link_are_different_reporters(site: Site, phone: httpx.Client, token: str) -> None:
    at = {"latitude": 53.60, "longitude": 9.90, "kind": "fire"}
    said_by = {name: {"phone": f"phone-{name}-0000", "description": f"Smoke above the shed, says {name}"} for name in "ab"}
    one, other, same = (filed(phone, token, **said_by[name], **at) for name in "aba")
    incident = kept(site, one)[1]
    assert kept(site, other)[1].id == kept(site, same)[1].id == incident.id
    assert (incident.reporter_count, incident.status) == (2, IncidentStatus.CORROBORATED)


def test_a_place_in_words_never_joins_by_itself(site: Site, phone: httpx.Client, token: str) -> None:
    at = {"latitude": HERE.latitude, "longitude": HERE.longitude, "kind": "weapons"}
    exact = kept(site, filed(phone, token, phone="phone-one-000", **at))[1]
    vague = {"latitude": "", "longitude": "", "kind": "weapons", "place": "behind the car park"}
    answer = phone.post(REPORTS, headers=shown(token), data=said(**{**vague, "phone": "phone-two-000"}))
    incident = kept(site, answer.json()["number"])[1]
    assert incident.id != exact.id and incident.status is IncidentStatus.PENDING_REVIEW and exact.id in incident.review_ids
    assert (incident.latitude, incident.accuracy_m) == (HERE.latitude, 500.0)


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"description": "short"}, "description"),
        ({"description": "x" * 1801}, "description"),
        ({"description": "x" * 5000}, "description"),
        ({"latitude": "", "longitude": ""}, "place"),
        ({"latitude": "91"}, "latitude"),
        ({"latitude": "nan"}, "latitude"),
        ({"kind": "murder mystery"}, "kind"),
        ({"phone": "short"}, "phone"),
        ({"place": "x" * 201}, "place"),
        ({"occurred_at": "yesterday"}, "occurred_at"),
        ({"occurred_at": "2190-01-01T00:00:00Z"}, "occurred_at"),
    ],
)
def test_what_is_wrong_is_refused_with_its_field(phone: httpx.Client, token: str, parts: dict[str, str], field: str) -> None:
    answer = phone.post(REPORTS, headers=shown(token), data=said(**parts))
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text


def test_control_and_turning_characters_are_left_out(site: Site, phone: httpx.Client, token: str) -> None:
    hostile = "<img src=x onerror=alert(1)> \u202egpj.exe \x00\x07 {0} %s '; DROP TABLE reports; --"
    report, _ = kept(site, filed(phone, token, description=hostile, place="\u202e<b>gate</b>\n\nPlace: elsewhere"))
    assert report.description.splitlines() == [
        "<img src=x onerror=alert(1)> gpj.exe  {0} %s '; DROP TABLE reports; --",
        "Place: <b>gate</b> Place: elsewhere",
    ]


# Pictures


def test_pictures_are_kept_without_what_a_camera_wrote_beside_them(site: Site, phone: httpx.Client, token: str) -> None:
    taken = photo(7)
    data = taken[:2] + b"\xff\xe1" + struct.pack(">H", len(EXIF) + 2) + EXIF + taken[2:] + b"PK\x03\x04<script>alert(1)</script>"
    report, _ = kept(site, filed(phone, token, files=pictures(data)))
    (media_id,) = report.media
    on_disk = (site.engine.data.media / f"{media_id}.sent").read_bytes()
    for what in (b"serial-4711", b"Exif", b"<script>", b"PK\x03\x04"):
        assert what not in on_disk
    medium = site.engine.sent.get(media_id)
    assert medium is not None and medium.named and medium.clean
    operator = {"Authorization": f"Bearer {site.engine.accounts.create_token(Role.OPERATOR, 'test')}"}
    picture = phone.get(f"/api/v1/media/{media_id}/picture", headers=operator)
    assert (picture.status_code, picture.headers["content-type"], picture.content) == (200, "image/jpeg", on_disk)
    assert phone.get(f"/api/v1/media/{media_id}/picture", headers=shown(token)).status_code == 401
    limited = site.engine.accounts.create_token(Role.OPERATOR, "limited", _limited_to("door"))
    assert phone.get(f"/api/v1/media/{media_id}/picture", headers={"Authorization": f"Bearer {limited}"}).status_code == 404


def _limited_to(camera_id: str) -> Any:
    from engine.runtime.access.machine_tokens import TokenWanted

    return TokenWanted(cameras=(camera_id,))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that unpacks to very many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100_000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 400),
        (b"GIF89a" + bytes(60), 415),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", 415),
        (b"%PDF-1.7 " + bytes(60), 415),
        (b"\xff\xd8\xff\xe0" + b"<html><script>alert(1)</script>", 415),
        (bomb(60_000, 60_000), 415),
        (bomb(7_000, 7_000)[:300], 415),
        (photo(2)[:40], 415),
        (b"\xff\xd8\xff" + bytes(7 << 20), 413),
    ],
)
def test_what_is_no_picture_is_refused_and_not_kept(site: Site, phone: httpx.Client, token: str, data: bytes, status: int) -> None:
    before = {path.name for path in site.engine.data.media.iterdir()}
    answer = phone.post(REPORTS, headers=shown(token), data=said(), files=pictures(data))
    assert answer.status_code == status, answer.text
    assert {path.name for path in site.engine.data.media.iterdir()} == before
    assert site.engine.report_page.links.link(token).refused == 1


def test_how_many_pictures_and_whether_any_is_a_setting(site: Site, phone: httpx.Client, token: str) -> None:
    five = pictures(*(photo(seed) for seed in range(5)))
    assert phone.post(REPORTS, headers=shown(token), data=said(), files=five).json()["field"] == "pictures"
    assert len(kept(site, filed(phone, token, files=five[:4]))[0].media) == 4
    with page_as(site, pictures=False):
        assert phone.get(SITE, headers=shown(token)).json()["most_pictures"] == 0
        assert phone.post(REPORTS, headers=shown(token), data=said(), files=five[:1]).json()["field"] == "pictures"


def test_who_has_no_link_sends_little(phone: httpx.Client) -> None:
    for headers in ({}, shown("not-a-token")):
        assert phone.post(REPORTS, headers=headers, data=said(), files=pictures(bytes(1 << 20))).status_code == 401


# How often


def test_links_addresses_and_phones_have_their_shares(site: Site, phone: httpx.Client) -> None:
    with page_as(site, per_link_hour=1.0):
        token, other = new_link(site), new_link(site)
        told = [phone.post(REPORTS, headers=shown(token), data=said()) for _ in range(5)]
        assert [each.status_code == 429 for each in told] == [False] * 3 + [True] * 2
        assert int(told[-1].headers["Retry-After"]) > 600
        assert phone.post(REPORTS, headers=shown(other), data=said()).status_code < 300, "another link has its own"
        assert site.engine.report_page.links.link(token).refused == 2
    with page_as(site, per_phone_hour=1.0):
        told = [phone.post(REPORTS, headers=shown(other), data=said()).status_code for _ in range(4)]
        assert told.count(429) == 1
        answer = phone.post(REPORTS, headers=shown(other), data=said() | {"phone": "another-phone"})
        assert answer.status_code < 300, "behind the same address"


def test_a_phone_shuts_out_no_other_and_made_up_phones_end_at_the_bound_of_their_address() -> None:
    now_s, limits = [0.0], ReportLimits(lambda: now_s[0])
    settings = ReportPageSettings(per_link_hour=240.0, per_address_hour=120.0, per_phone_hour=12.0)

    def passed(address: str, phones: Iterable[str], link: str = "gate") -> int:
        return sum(limits.wait_s(settings, link, address, each) == 0 for each in phones)

    assert passed("proxy", ["stuck"] * 500) == 3
    assert passed("proxy", (f"phone {n}" for n in range(20))) == 20, "everybody behind the proxy still reports"
    assert passed("attacker", (f"made up {n}" for n in range(500))) == 30
    assert passed("attacker", (f"made up {n}" for n in range(500)), link="hall") == 0, "of all links together"
    assert passed("passer-by", ["theirs"]) == 1, "an address shuts out no link"
    sent = 0
    for _ in range(3600):
        now_s[0] += 1.0
        sent += passed("attacker", [f"made up at {now_s[0]}"])
    assert 115 <= sent <= 120


# The page itself


def test_the_page_loads_nothing_from_elsewhere_and_has_no_script_within(phone: httpx.Client) -> None:
    answer = phone.get(PAGE)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["referrer-policy"] == "no-referrer" and answer.headers["cache-control"] == "no-store"
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon[a-z]+=|https?://", answer.text)
    for name in pages.PARTS:
        part = phone.get(f"/report/parts/{name}")
        assert part.status_code == 200 and part.headers["x-content-type-options"] == "nosniff"
        assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)", part.text) == []
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", part.text), name
    assert phone.get("/report/parts/..%2Freport.html").status_code == 404
    assert phone.get("/report/parts/report.html").status_code == 404


def test_the_page_is_small(phone: httpx.Client) -> None:
    """Bytes of all that a phone loads once."""
    paths = [PAGE, *(f"/report/parts/{name}" for name in pages.PARTS), "/report/words/de"]
    assert sum(len(phone.get(path).content) for path in paths) < 40_000


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("de-DE,de;q=0.9,en;q=0.5", "de"),
        ("fr,de;q=0.3,en;q=0.4", "en"),
        ("fr", "en"),
        ("", "en"),
        ("de;q=0", "en"),
        ("*;q=x,;;,", "en"),
        ("DE-at", "de"),
    ],
)
def test_its_language_is_that_of_the_phone(phone: httpx.Client, accept: str, language: str) -> None:
    answer = phone.get(PAGE, headers={"Accept-Language": accept})
    assert f'<html lang="{language}">' in answer.text and answer.headers["vary"] == "Accept-Language"
    assert pages.words()[language]["send"] in answer.text


def test_languages_say_the_same_things() -> None:
    english, *others = pages.words().values()
    for other in others:
        assert other.keys() == english.keys()
        for name, text in english.items():
            assert sorted(re.findall(r"{\d}", text)) == sorted(re.findall(r"{\d}", other[name])), name
    asked = set(re.findall(r"{{(\w+)}}", (Path(pages.__file__).parents[3] / "resources/report_page/report.html").read_text("utf-8")))
    assert asked <= english.keys()
    assert {f"kind_{each.value}" for each in IncidentCategory} <= english.keys()


def test_pages_of_other_sites_and_other_names_get_nothing(phone: httpx.Client, token: str) -> None:
    assert phone.post(REPORTS, headers=shown(token) | {"Origin": "https://elsewhere.example"}, data=said()).status_code == 403
    assert phone.get(PAGE, headers={"Host": "rebound.example"}).status_code == 421
