"""The page on which people report from their phones: its settings, its links, and what is said and asked of them."""

from typing import Annotated, ClassVar, TypeAlias
from urllib.parse import urlsplit

from engine.model.accounts.access import Verb
from engine.model.errors import InputError
from engine.model.question_type import Question
from engine.model.setting import Setting, check_limits
from engine.model.value_class import dataclass

LONGEST_LABEL = 80
LONGEST_DAYS = 3650.0
MOST_LINKS = 200
MOST_PICTURES = 4  # of one report
LONGEST_PLACE = 200  # characters


@dataclass(frozen=True, slots=True)
class ReportPageSettings:
    """`GET /report`. Whoever has a link may report on it, and nothing else.

    Attributes:
        address: scheme, host and port under which phones reach the engine; empty: the address of the engine itself.
        site_radius_m: how far from the site a place may be that is given in words only.
    """

    on: Annotated[bool, Setting("Report page", help="People with a link report incidents from their phones, at /report.")] = False
    address: Annotated[
        str, Setting("Address for phones", max_length=200, help="As https://report.example. Empty: the address of the engine.")
    ] = ""
    pictures: Annotated[bool, Setting("Pictures with reports", help="Up to four pictures with each report.")] = True
    per_link_hour: Annotated[float, Setting("Reports per link", unit="per hour", ge=1, le=10_000, decimals=0, step=10)] = 240.0
    per_address_hour: Annotated[
        float,
        Setting(
            "Reports per network address",
            unit="per hour",
            ge=1,
            le=10_000,
            decimals=0,
            step=10,
            help="Of all links together. Phones behind one router or proxy share an address.",
        ),
    ] = 120.0
    site_radius_m: Annotated[
        float,
        Setting(
            "Site radius", unit="m", ge=50, le=20_000, decimals=0, step=50, help="Assumed accuracy of reports whose place is in words only."
        ),
    ] = 500.0
    per_phone_hour: Annotated[
        float,
        Setting(
            "Reports per phone",
            unit="per hour",
            ge=1,
            le=10_000,
            decimals=0,
            help="One phone is refused before the others behind its address. Phones name themselves, so the limits above hold as well.",
        ),
    ] = 12.0

    def __post_init__(self) -> None:
        check_limits(self)
        if self.address and not _is_address(self.address):
            raise InputError("address", f"{self.address[:80]!r} is no address like https://report.example, without a path")


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    plain = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username or parts.password)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and plain and port != 0 and text.isprintable() and " " not in text


@dataclass(frozen=True, slots=True)
class ReportLink:
    """A link to the page, without its token. `id`: as the audit names it. `by`: who created it.

    expires_ns None: good until it is revoked. filed, refused: reports. last_used_ns: of the last report, None before the first.
    """

    id: str
    label: str
    by: str
    created_ns: int
    expires_ns: int | None = None
    filed: int = 0
    refused: int = 0
    last_used_ns: int | None = None


@dataclass(frozen=True, slots=True)
class ReportPageView:
    """`links`: newest first, those that have expired too; revoked ones are not kept. `address`: of the engine's own HTTP interface, as
    `https://192.0.2.7:8080`, empty where there is none."""

    links: tuple[ReportLink, ...]
    address: str = ""


@dataclass(frozen=True, slots=True)
class GetReportPage(Question[ReportPageView]):
    """For administrators."""

    verb: ClassVar[Verb] = Verb.ADMINISTER


@dataclass(frozen=True, slots=True)
class CreateReportLink:
    """The outcome is the link's token, which is told this once. Raises InputError."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    label: str
    days: float | None = None

    def __post_init__(self) -> None:
        if not self.label.strip():
            raise InputError("label", "is empty; say where the link is given out")
        if len(self.label) > LONGEST_LABEL or not self.label.isprintable():
            raise InputError("label", f"needs at most {LONGEST_LABEL} printable characters")
        if self.days is not None and not 0 < self.days <= LONGEST_DAYS:
            raise InputError("days", f"{self.days} is outside 0–{LONGEST_DAYS:g}")


@dataclass(frozen=True, slots=True)
class RevokeReportLink:
    """Nobody reports with it any more, at once. Its reports stay. Raises NotFound."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    link_id: str


ReportPageQuestion: TypeAlias = GetReportPage
ReportPageCommand: TypeAlias = CreateReportLink | RevokeReportLink
