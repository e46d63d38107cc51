"""What an account of a hub is limited to: whole sites (`north`), and cameras of a site (`north/cam-1`, `north/group:Yard`)."""

from dataclasses import replace

from engine.gateway.federation.ids import SEPARATOR, check_key, split
from engine.model.accounts.access import MOST_GRANTS, Grants, User, checked_grants
from engine.model.errors import InputError
from engine.model.time import Clock
from engine.runtime.access.accounts import Accounts
from engine.runtime.hub.hub_word import capped
from engine.store.shared.record import SharedRecord, SharedSite

MOST_LETTERS = 8_000
"""Of all limits of an account: they travel to a site in one word, and a site reads no more than 16 KiB of who has not signed in yet."""
_BETWEEN = 3  # letters between two of them


def hub_accounts(record: SharedRecord, clock: Clock) -> Accounts:
    """Of those who sign in at a hub, whose audit keeps it."""
    return Accounts(record.accounts, clock, note=record.audit.add, check_limits=checked_site_grants)


def checked_site_grants(grants: Grants | None) -> Grants | None:
    """Without repetitions. Raises InputError (`cameras`)."""
    if grants is None:
        return None
    if len(grants) > MOST_GRANTS or sum(len(grant) + _BETWEEN for grant in grants) > MOST_LETTERS:
        raise InputError("cameras", f"are too many for one account: at most {MOST_GRANTS}, and {MOST_LETTERS:,} letters in all")
    for grant in grants:
        _check_grant(grant)
    return tuple(dict.fromkeys(grants))


def granted_key(site: SharedSite) -> str:
    """By which an account is let see it: what a spare recorded for a site is that site's."""
    return site.stands_for or site.key


def sees_site(grants: Grants | None, site: str) -> bool:
    """The whole of it, or cameras."""
    return grants is None or site in grants or any(grant.startswith(f"{site}{SEPARATOR}") for grant in grants)


def cameras_at(grants: Grants | None, site: str) -> Grants | None:
    """As the site knows them. None: all of them, as well as what no camera saw."""
    if grants is None or site in grants:
        return None
    own = f"{site}{SEPARATOR}"
    return tuple(grant.removeprefix(own) for grant in grants if grant.startswith(own))


def narrowed(user: User, now: User, site: str) -> User:
    """`user`: as that site was to know them; now: as the hub has them. What both let them be and see there."""
    cameras = cameras_at(now.cameras, site)
    if cameras is None:
        cameras = user.cameras
    elif user.cameras is not None:
        cameras = tuple(grant for grant in user.cameras if grant in cameras)
    return replace(capped(user, now.role), cameras=cameras)


def sites_and_cameras(sites: Grants, cameras: Grants) -> Grants:
    """Of a site that cameras are named of, those alone. Raises InputError (`camera`)."""
    named = {_camera_site(camera) for camera in cameras}
    return (*(site for site in sites if site not in named), *cameras)


def _camera_site(camera: str) -> str:
    found = split(camera)
    if found is None:
        raise InputError("camera", f"{camera[:80]!r} names no site: write north/cam-1, or north/group:Yard for a group of cameras")
    return found[0]


def _check_grant(grant: str) -> None:
    """Raises InputError (`cameras`)."""
    found = split(grant)
    if found is not None:
        checked_grants((found[1],))
        return
    try:
        check_key(grant)
    except InputError as error:
        raise InputError("cameras", error.message) from None
