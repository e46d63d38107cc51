"""Which sites a console knows, through restarts, other people's files and damage."""

import json
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from console.sites.site_book import FILE_NAME, MOST_SITES, KnownSite, SiteBook
from engine.gateway.remote.hub import HubSite
from engine.model.errors import EnvironmentFault, InputError
from tests.fakes.certificates import write_certificate


@pytest.fixture
def book(tmp_path: Path) -> SiteBook:
    return SiteBook(tmp_path)


def certificate(tmp_path: Path) -> str:
    text = write_certificate(tmp_path / "own.pem", "localhost").read_text("ascii")
    return ssl.DER_cert_to_PEM_cert(ssl.PEM_cert_to_DER_cert(text[text.index("-----BEGIN CERTIFICATE") :]))


def test_a_site_is_known_after_a_restart(book: SiteBook, tmp_path: Path):
    pem = certificate(tmp_path)
    north = book.add("  North gate ", "https://north:8740/", pem)
    south = book.add("South", "http://10.0.0.2:8740")
    book.change(KnownSite(south.key, "South yard", south.address, "ana"))
    again = SiteBook(tmp_path)
    assert again.sites == (KnownSite(north.key, "North gate", "https://north:8740", "", pem), again.site(south.key))
    assert (again.sites[1].name, again.sites[1].user) == ("South yard", "ana")
    again.remove(north.key)
    assert [site.name for site in SiteBook(tmp_path).sites] == ["South yard"] and again.site(north.key) is None


def test_the_file_is_its_owners_alone(book: SiteBook, tmp_path: Path):
    book.add("North", "https://north:8740")
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("name", "address", "pem", "field"),
    [
        ("", "https://x:1", "", "name"),
        ("n" * 81, "https://x:1", "", "name"),
        ("a\u202eb", "https://x:1", "", "name"),
        ("North", "https://x:1", "", "name"),
        ("Other", "https://north:8740", "", "address"),
        ("Other", "ftp://x", "", "connect"),
        ("Other", "https://ana:secret@x:1", "", "connect"),
        ("Other", "https://x:1", "no PEM", "certificate"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(book: SiteBook, name: str, address: str, pem: str, field: str):
    book.add("North", "https://north:8740")
    with pytest.raises(InputError) as refused:
        book.add(name, address, pem)
    assert refused.value.field == field and "secret" not in str(refused.value)
    assert [site.name for site in book.sites] == ["North"]


def test_there_is_a_most_of_sites(book: SiteBook):
    for number in range(MOST_SITES):
        book.add(f"Site {number}", f"https://site-{number}:8740")
    with pytest.raises(InputError, match="at most 64"):
        book.add("One more", "https://more:8740")


def test_a_list_is_handed_on_without_who_signed_in(book: SiteBook, tmp_path: Path):
    pem = certificate(tmp_path)
    north = book.add("North", "https://north:8740", pem)
    book.change(KnownSite(north.key, north.name, north.address, "ana", pem))
    given = tmp_path / "given.json"
    book.export(given)
    assert "ana" not in given.read_text("utf-8")
    (tmp_path / "elsewhere").mkdir()
    other = SiteBook(tmp_path / "elsewhere")
    other.add("North as I call it", "https://north:8740")
    book.add("South", "https://south:8740")
    book.export(given)
    came = other.take_in(given)
    assert [site.name for site in came] == ["South"] and other.take_in(given) == ()
    assert [site.name for site in SiteBook(tmp_path / "elsewhere").sites] == ["North as I call it", "South"]


def test_a_list_with_one_wrong_site_brings_none(book: SiteBook, tmp_path: Path):
    sites = [{"key": "a", "name": "Fine", "address": "https://fine:1"}, {"key": "b", "name": "Odd", "address": "gopher://odd"}]
    given = tmp_path / "given.json"
    given.write_text(json.dumps({"version": 1, "sites": sites}), "utf-8")
    with pytest.raises(InputError):
        book.take_in(given)
    assert book.sites == () and not (tmp_path / FILE_NAME).exists()


def test_what_a_later_version_writes_is_left_out(tmp_path: Path):
    site = {"key": "a1", "name": "North", "address": "https://north:1", "colour": "blue"}
    (tmp_path / FILE_NAME).write_text(json.dumps({"version": 2, "sites": [site], "groups": []}), "utf-8")
    assert SiteBook(tmp_path).sites == (KnownSite("a1", "North", "https://north:1"),)


def _is_folder(path: Path) -> None:
    path.mkdir()


def _is(content: str) -> Callable[[Path], Any]:
    return lambda path: path.write_text(content, "utf-8")


@pytest.mark.parametrize(
    "damage", [_is(""), _is("[]"), _is("{"), _is("[" * 100_000), _is('{"version": 1, "sites": [{"key": 3}]}'), _is_folder], ids=range(6)
)
def test_a_damaged_list_is_told_and_left(tmp_path: Path, damage: Callable[[Path], Any]):
    path = tmp_path / FILE_NAME
    damage(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(EnvironmentFault, match=r"sites\.json") as told:
        SiteBook(tmp_path)
    assert told.value.reason == "damaged" and before == (path.read_bytes() if path.is_file() else None)


def test_sites_of_a_hub_keep_their_keys_and_are_handed_on_by_it_alone(book: SiteBook, tmp_path: Path):
    book.add("North", "https://north:8740")
    hub = book.add("Head office", "https://hub:8750")
    hub = KnownSite(hub.key, hub.name, hub.address, is_hub=True)
    book.change(hub)
    book.put_through(hub, [HubSite("north", "North"), HubSite("Odd key!", "South")])
    north, south = book.through(hub)
    assert (north.key, north.name, north.address) == ("north", "North (Head office)", hub.address)
    assert south.key not in ("Odd key!", "") and south.at_hub == "Odd key!"
    book.put_through(hub, [HubSite("Odd key!", "South gate"), HubSite("west", "West")])
    assert [(site.key, site.name) for site in book.through(hub)] == [(south.key, "South gate"), ("west", "West")]
    assert SiteBook(tmp_path).through(hub) == book.through(hub)
    book.put_through(hub, [HubSite("Odd key!", "South gate"), HubSite("west", "West"), HubSite("odd--sp", "South · Spare", "Odd key!")])
    stood_for = {site.name: book.stood_for(site) for site in book.through(hub)}
    assert stood_for == {"South gate": "", "West": "", "South · Spare": south.key}
    book.put_through(hub, [HubSite("Odd key!", "South gate"), HubSite("west", "West")])
    book.export(tmp_path / "handed.json")
    (other := tmp_path / "other").mkdir()
    assert [site.name for site in SiteBook(other).take_in(tmp_path / "handed.json")] == ["North", "Head office"]
    book.remove(hub.key)
    assert [site.name for site in book.sites] == ["North"]
