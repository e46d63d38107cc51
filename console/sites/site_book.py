"""The sites that this console knows: `sites.json` of its data folder. No password is kept, here or in a file that is handed on."""

import json
import secrets
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.gateway.federation.ids import is_key
from engine.gateway.remote.calls import engine_address
from engine.gateway.remote.hub import HubSite
from engine.gateway.remote.pinning import describe
from engine.model import wire
from engine.model.errors import EnvironmentFault, InputError
from engine.model.plain_text import check_line
from engine.model.value_class import dataclass
from engine.runtime.atomic_file import write_atomically

FILE_NAME = "sites.json"
MOST_SITES, LONGEST_NAME = 64, 80
_LARGEST_BYTES = 4 << 20
_VERSION = 1


@dataclass(frozen=True, slots=True)
class KnownSite:
    """One engine elsewhere. `key`: what qualifies its ids in this console; made once, said by nobody else.

    certificate: PEM that a person confirmed; empty where an authority vouches for it, and for plain HTTP. user: who signed in last.
    is_hub: no engine is there, but a hub, through which sites are reached. hub: of a site that is reached so, the key of its hub, whose
        address it has; at_hub: what it is called there; stands_for: of a spare's part, what the site is called there that it records for.
    """

    key: str
    name: str
    address: str
    user: str = ""
    certificate: str = ""
    is_hub: bool = False
    hub: str = ""
    at_hub: str = ""
    stands_for: str = ""


@dataclass(frozen=True, slots=True)
class _Book:
    version: int
    sites: tuple[KnownSite, ...]


class SiteBook:
    """Reads and writes its file at once; the last one who writes has said. UI thread.

    Raises (each method): InputError naming the field; EnvironmentFault `not_written`.
    """

    def __init__(self, folder: Path) -> None:
        """Raises EnvironmentFault `damaged`: the file is there and cannot be read; nothing is written over it."""
        self._path = folder / FILE_NAME
        self._sites = _read_book(self._path) if self._path.exists() else ()

    @property
    def sites(self) -> tuple[KnownSite, ...]:
        return self._sites

    def site(self, key: str) -> KnownSite | None:
        return next((site for site in self._sites if site.key == key), None)

    def add(self, name: str, address: str, certificate: str = "") -> KnownSite:
        site = self._checked(KnownSite(self._free_key(), name, address, certificate=certificate))
        self._write((*self._sites, site))
        return site

    def change(self, site: KnownSite) -> None:
        """Of the one with its key."""
        checked = self._checked(site)
        self._write(tuple(checked if each.key == site.key else each for each in self._sites))

    def remove(self, key: str) -> None:
        """With it the sites that are reached through it."""
        self._write(tuple(site for site in self._sites if key not in (site.key, site.hub)))

    def through(self, hub: KnownSite) -> tuple[KnownSite, ...]:
        """The sites that are reached through it."""
        return tuple(site for site in self._sites if site.hub == hub.key)

    def stood_for(self, site: KnownSite) -> str:
        """The key of the site that a spare's part records for. Empty: it is none."""
        if not site.stands_for:
            return ""
        return next((each.key for each in self._sites if (each.hub, each.at_hub) == (site.hub, site.stands_for)), "")

    def put_through(self, hub: KnownSite, told: Iterable[HubSite]) -> None:
        """What it tells of its sites: those it has told of before keep their key here, and those that it no longer tells of are gone."""
        known = {site.at_hub: site for site in self.through(hub)}
        others = [site for site in self._sites if site.hub != hub.key]
        now: list[KnownSite] = []
        for each in told:
            taken = {site.name for site in (*others, *now)}
            name = each.name if each.name not in taken else f"{each.name} ({hub.name})"
            before = known.get(each.key) or KnownSite(self._key_like(each.key, now), name, hub.address, hub=hub.key, at_hub=each.key)
            now.append(self._checked(replace(before, name=name, address=hub.address, stands_for=each.stands_for), now))
        if now != list(known.values()):
            self._write((*others, *now))

    def export(self, path: Path) -> None:
        """For another console: without who signed in. What it is to trust goes along, so hand it on as you would a key to check with."""
        write_atomically(path, _book_bytes(replace(site, user="") for site in self._sites if not site.hub))

    def take_in(self, path: Path) -> tuple[KnownSite, ...]:
        """The sites of a file that are not known yet; known addresses stay as they are here. Returns those that came."""
        known = {site.address for site in self._sites}
        came: list[KnownSite] = []
        for site in _read_book(path):
            if site.address not in known and not site.hub:
                came.append(self._checked(replace(site, key=self._free_key(came), user=""), came))
                known.add(site.address)
        self._write((*self._sites, *came))
        return tuple(came)

    def _checked(self, site: KnownSite, beside: Iterable[KnownSite] = ()) -> KnownSite:
        others = [each for each in (*self._sites, *beside) if each.key != site.key]
        name, address = site.name.strip(), engine_address(site.address)
        check_line("name", name)
        check_line("user", site.user)
        if not name or len(name) > LONGEST_NAME:
            raise InputError("name", f"must have 1 to {LONGEST_NAME} characters")
        if any(each.name == name for each in others):
            raise InputError("name", f"{name} is the name of another site")
        if not site.hub and any(each.address == address and not each.hub for each in others):
            raise InputError("address", f"{address} is in the list already")
        if len(others) >= MOST_SITES:
            raise InputError("sites", f"at most {MOST_SITES} sites can be kept")
        return replace(site, name=name, address=address, certificate=describe(site.certificate).pem if site.certificate else "")

    def _free_key(self, beside: Iterable[KnownSite] = ()) -> str:
        taken = {site.key for site in (*self._sites, *beside)}
        while (key := secrets.token_hex(3)) in taken:
            pass
        return key

    def _key_like(self, wanted: str, beside: Iterable[KnownSite]) -> str:
        """The hub's own, so that ids are the same in every console; another one where it is taken, or none that a key can be."""
        fits = is_key(wanted) and all(site.key != wanted for site in (*self._sites, *beside))
        return wanted if fits else self._free_key(beside)

    def _write(self, sites: tuple[KnownSite, ...]) -> None:
        write_atomically(self._path, _book_bytes(sites))
        self._sites = sites


def _book_bytes(sites: Iterable[KnownSite]) -> bytes:
    return json.dumps(wire.to_plain(_Book(_VERSION, tuple(sites))), ensure_ascii=False, indent=1).encode()


def _read_book(path: Path) -> tuple[KnownSite, ...]:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_BYTES + 1)
        plain: Any = json.loads(content) if len(content) <= _LARGEST_BYTES else None
        return wire.read_record(_Book, plain).sites
    except OSError as error:
        raise EnvironmentFault("damaged", f"{path} cannot be read ({error.strerror or error}).") from None
    except (ValueError, RecursionError, InputError) as error:
        why = str(error) if isinstance(error, InputError) else "no list of sites"
        raise EnvironmentFault("damaged", f"{path} cannot be used ({why}). It is left as it is; move it away, or put it right.") from None
