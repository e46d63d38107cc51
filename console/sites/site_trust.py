"""Whether a site may be talked to: what it shows now, against what was confirmed of it."""

import ssl
from enum import StrEnum

from console.sites.site_book import KnownSite
from engine.gateway.remote.hub import ProviderAtHub, RemoteHub
from engine.gateway.remote.pinning import SeenCertificate, describe, pinned, see_certificate
from engine.gateway.remote.port import RemoteDoor
from engine.model.value_class import dataclass


class Trust(StrEnum):
    KNOWN = "known"  # an authority vouches for it, or it is the one that was confirmed
    PLAIN = "plain"  # no certificate at all: plain HTTP
    NEW = "new"  # nobody vouches for it, and nobody has confirmed it
    CHANGED = "changed"  # another one than was confirmed


@dataclass(frozen=True, slots=True)
class SiteLook:
    """What a site showed. `seen`: None for plain HTTP."""

    trust: Trust
    seen: SeenCertificate | None


def look_at(site: KnownSite) -> SiteLook:
    """Asks the site for its certificate; nothing else is sent. Blocks for as long as an answer takes.

    Raises:
        InputError: field `connect`. EnvironmentFault: `unreachable`.
    """
    seen = see_certificate(site.address)
    return SiteLook(trust_in(site.certificate, seen), seen)


def trust_in(confirmed: str, seen: SeenCertificate | None) -> Trust:
    """`confirmed`: PEM, empty where an authority vouched. One that was confirmed is asked for, whoever vouches for another."""
    if seen is None:
        return Trust.PLAIN
    if confirmed:
        return Trust.KNOWN if seen.pem == confirmed else Trust.CHANGED
    return Trust.KNOWN if seen.trusted else Trust.NEW


def to_confirm(seen: SeenCertificate) -> str:
    """What is kept of a certificate that a person agreed to: nothing where an authority vouches for it, so that it may be renewed."""
    return "" if seen.trusted else seen.pem


def confirmed_of(site: KnownSite) -> SeenCertificate | None:
    """The one that a person agreed to."""
    return describe(site.certificate) if site.certificate else None


def door_of(site: KnownSite) -> RemoteDoor:
    """Raises InputError (fields `connect`, `certificate`)."""
    return RemoteDoor(site.address, _proof(site))


def hub_of(site: KnownSite) -> RemoteHub:
    """Raises InputError (fields `connect`, `certificate`)."""
    return RemoteHub(site.address, _proof(site))


@dataclass(frozen=True, slots=True)
class Reception:
    """Who lets people in: an engine, or a hub. `provider`: by which a hub lets them in too."""

    is_hub: bool
    provider: ProviderAtHub = ProviderAtHub()


def reception_of(site: KnownSite) -> Reception:
    """Asks it. Raises InputError (fields `connect`, `certificate`), EnvironmentFault (`unreachable`)."""
    hub = hub_of(site)
    return Reception(True, hub.provider()) if hub.answers() else Reception(False)


def _proof(site: KnownSite) -> ssl.SSLContext | bool:
    return pinned(site.certificate) if site.certificate else True
