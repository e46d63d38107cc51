"""Who may do what: roles are sets of verbs; the engine and the gateway check verbs, never roles."""

import re
from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Protocol, TypeAlias

from engine.model.errors import InputError
from engine.model.setting import Setting, check_limits
from engine.model.value_class import dataclass


class Verb(StrEnum):
    SEE_LIVE = "see_live"
    SEE_PAST = "see_past"
    EXPORT = "export"
    ACKNOWLEDGE = "acknowledge"
    DELETE = "delete"
    UNMASK = "unmask"
    STEER = "steer"  # cameras: movement, presets, tours, outputs, talk
    ADMINISTER = "administer"
    REPORT_FOR_OTHERS = "report_for_others"  # what several people said, and in the name of an office


class Role(StrEnum):
    OPERATOR = "operator"
    INVESTIGATOR = "investigator"
    ADMIN = "admin"


ROLE_VERBS: dict[Role, frozenset[Verb]] = {
    Role.OPERATOR: frozenset({Verb.SEE_LIVE, Verb.SEE_PAST, Verb.ACKNOWLEDGE, Verb.STEER, Verb.REPORT_FOR_OTHERS}),
    Role.INVESTIGATOR: frozenset(
        {Verb.SEE_LIVE, Verb.SEE_PAST, Verb.ACKNOWLEDGE, Verb.STEER, Verb.REPORT_FOR_OTHERS, Verb.EXPORT, Verb.UNMASK}
    ),
    Role.ADMIN: frozenset(Verb),
}


OF_GROUP = "group:"
MOST_GRANTS = 1_000
MOST_ORIGINS = 20
MOST_PRIORITIES = 500
_ORIGIN = re.compile(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9_-]+(\.[a-z0-9_-]+)*)(:(?P<port>[0-9]{1,5}))?", re.IGNORECASE | re.ASCII)
DEMO_SESSION = "demo"  # id of the session without an account, which has no password

Grants: TypeAlias = tuple[str, ...]  # ids of cameras, and groups as `group:Yard`, which holds `Yard/North` too


class Grouped(Protocol):
    """A camera, as far as it matters who may see it."""

    @property
    def id(self) -> str: ...

    @property
    def group(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Scope:
    """What a session is limited to: what these cameras saw, and nothing else. `by`: the id of the user whose own notes it sees
    besides."""

    camera_ids: frozenset[str]
    by: str = ""

    def __contains__(self, camera_id: str) -> bool:
        return camera_id in self.camera_ids


@dataclass(frozen=True, slots=True)
class User:
    """`cameras` None: sees all, and what no camera saw. last_sign_in_ns: None before the first. sessions: that are open now."""

    id: str
    name: str
    role: Role
    cameras: Grants | None = None
    last_sign_in_ns: int | None = None
    sessions: int = 0


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in user or a machine's token, with the verbs it holds and the cameras it sees (None: all). Checked again on every call.

    expires_ns: when it ends unless it is used. ends_ns: when it ends however much it is used. None: never. machine: what the token is for,
    of a machine's, which has no password; None: somebody signed in.
    """

    id: str
    user: User
    verbs: frozenset[Verb]
    expires_ns: int | None = None
    cameras: Grants | None = None
    ends_ns: int | None = None
    machine: str | None = None

    @property
    def name(self) -> str:
        """Who, or what, is signed in, for the screen."""
        return self.machine or self.user.name

    @property
    def kept_as(self) -> str:
        """What a screen keeps its arrangement by: one token of a machine is not another, though all of a role are one user."""
        return self.user.id if self.machine is None else f"token-{self.machine}"

    @property
    def holder(self) -> str:
        """The account that stands behind it: a person, or one token of a machine."""
        return self.user.id if self.machine is None else self.id

    @property
    def speaks_for_many(self) -> bool:
        """Whether several reporters, and offices, may stand behind its reports."""
        return self.may(Verb.REPORT_FOR_OTHERS) and self.cameras is None

    @property
    def sees_incidents(self) -> bool:
        """Whether it may read what others reported: no camera saw it."""
        return self.may(Verb.SEE_PAST) and self.cameras is None

    @property
    def has_password(self) -> bool:
        return self.machine is None and self.id != DEMO_SESSION

    def may(self, verb: Verb) -> bool:
        return verb in self.verbs

    def sees(self, camera: Grouped) -> bool:
        return granted(self.cameras, camera)

    def scope(self, cameras: Iterable[Grouped]) -> Scope | None:
        """Of the cameras that there are, and those of before that it sees by their id. None: no limit."""
        if self.cameras is None:
            return None
        by_id = (grant for grant in self.cameras if not grant.startswith(OF_GROUP))
        return Scope(frozenset((*by_id, *(camera.id for camera in cameras if self.sees(camera)))), self.user.id)


@dataclass(frozen=True, slots=True)
class AccountPriority:
    """Of one account, whatever its role. `account`: its name."""

    account: Annotated[str, Setting("Account", min_length=1, max_length=200)]
    priority: Annotated[int, Setting("Priority", ge=1, le=100)]

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """idle_lock_min: after so many minutes without input a console locks its screen; 0: never. origins: of other sites, as
    `https://map.example:8443`, whose pages may ask this engine from a browser, with a token; none by default. ptz_priorities: at all
    cameras that do not say otherwise themselves."""

    idle_lock_min: Annotated[float, Setting("Lock idle consoles after", unit="min", ge=0, le=1440, help="0: never.")] = 0.0
    origins: Annotated[tuple[str, ...], Setting("Allowed origins of web pages")] = ()
    ptz_priorities: Annotated[
        tuple[AccountPriority, ...],
        Setting("PTZ priority of single accounts", help="Instead of that of their role. The settings of a camera go before it."),
    ] = ()

    def ptz_priority(self, account: str) -> int | None:
        """None: that of its role."""
        return next((each.priority for each in self.ptz_priorities if each.account == account), None)

    def with_ptz_priority(self, account: str, priority: int | None) -> "AccessSettings":
        others = tuple(each for each in self.ptz_priorities if each.account != account)
        return replace(self, ptz_priorities=others if priority is None else (*others, AccountPriority(account, priority)))

    def __post_init__(self) -> None:
        check_limits(self)
        if len(self.ptz_priorities) > MOST_PRIORITIES:
            raise InputError("ptz_priorities", f"are {len(self.ptz_priorities)}; at most {MOST_PRIORITIES} are taken")
        if len(self.origins) > MOST_ORIGINS:
            raise InputError("origins", f"are {len(self.origins)}; at most {MOST_ORIGINS} are taken")
        for origin in self.origins:
            if not is_origin(origin):
                raise InputError("origins", f"{origin[:80]!r} is no origin like https://map.example:8443, without a path")


def is_origin(text: str) -> bool:
    """Scheme, host and perhaps a port, as browsers send it; neither `null` nor anything with a star."""
    match = _ORIGIN.fullmatch(text)
    return match is not None and 0 < int(match["port"] or 1) < 1 << 16


def granted(grants: Grants | None, camera: Grouped) -> bool:
    return grants is None or camera.id in grants or any(_in_group(camera.group, grant) for grant in grants)


def _in_group(group: str, grant: str) -> bool:
    return grant.startswith(OF_GROUP) and bool(group) and _holds(grant.removeprefix(OF_GROUP), group)


def _holds(group: str, other: str) -> bool:
    """Whether a group is the other one, or one above it."""
    return other == group or other.startswith(f"{group}/")


def checked_grants(grants: Grants | None) -> Grants | None:
    """Without repetitions. Raises InputError (field `cameras`)."""
    if grants is None:
        return None
    if len(grants) > MOST_GRANTS:
        raise InputError("cameras", f"are {len(grants)}; at most {MOST_GRANTS} are taken")
    for grant in grants:
        group = grant.removeprefix(OF_GROUP)
        well_formed = all(part.strip() == part != "" for part in group.split("/")) and len(group) <= 200
        if grant.startswith(OF_GROUP) and not well_formed:
            raise InputError("cameras", f"{grant[:80]!r} is no group like {OF_GROUP}Yard or {OF_GROUP}Yard/North")
        if not grant.startswith(OF_GROUP) and not (grant and all(c.isalnum() or c in "-_" for c in grant)):
            raise InputError("cameras", f"{grant[:80]!r} is no id of a camera")
    return tuple(dict.fromkeys(grants))


def within(grants: Grants | None, limit: Grants | None, cameras: Iterable[Grouped] = ()) -> bool:
    """Whether somebody with `limit` holds all that `grants` give, now and when cameras come to a group. `cameras`: those there are."""
    if limit is None:
        return True
    known = {camera.id: camera for camera in cameras}
    return grants is not None and all(_grant_within(grant, limit, known.get(grant)) for grant in grants)


def _grant_within(grant: str, limit: Grants, camera: Grouped | None) -> bool:
    if grant.startswith(OF_GROUP):
        group = grant.removeprefix(OF_GROUP)
        return any(held.startswith(OF_GROUP) and _holds(held.removeprefix(OF_GROUP), group) for held in limit)
    return grant in limit or (camera is not None and granted(limit, camera))


def common(one: Grants | None, other: Grants | None) -> Grants | None:
    """What is in both, word by word: of a token that was limited, held by a user who is."""
    if one is None or other is None:
        return other if one is None else one
    return tuple(grant for grant in one if grant in other)


PASSWORD_MIN_LENGTH = 10
PASSWORD_MAX_LENGTH = 256


def password_trouble(name: str, password: str) -> str:
    """Why an account of this name may not have this password, as a sentence; empty when it may.

    Length instead of composition rules, and nothing derived from the account: NIST SP 800-63B, section 5.1.1.
    """
    if len(password) < PASSWORD_MIN_LENGTH:
        return f"Use at least {PASSWORD_MIN_LENGTH} characters; {PASSWORD_MIN_LENGTH - len(password)} more."
    if len(password) > PASSWORD_MAX_LENGTH:
        return f"Use at most {PASSWORD_MAX_LENGTH} characters."
    if len(set(password)) < 4:
        return "Use at least four different characters."
    if name.strip() and name.strip().lower() in password.lower():
        return "Leave the account name out of the password."
    return ""
