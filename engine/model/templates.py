"""Templates: rules and settings that a hub applies to several of its sites, what a site answers of them, and how sites differ from them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeAlias

from engine.model.time import SECOND
from engine.model.upkeep import SettingChange
from engine.model.value_class import dataclass

TemplateValues: TypeAlias = Mapping[str, Any]
"""Plain values by field, as `gates.min_confidence`; a rule is one, as `alerts.rules[gate-at-night]`."""

ORDER_LIFE_NS = 7 * 86_400 * SECOND
"""So long an order to apply a template waits for a site that is away."""
QUESTION_LIFE_NS = 600 * SECOND
"""As `ORDER_LIFE_NS`, where somebody sits and waits for the answer: a dry run, the present values."""

LONGEST_NAME, LONGEST_NOTE = 80, 300


class OrderAct(StrEnum):
    TAKE = "take"  # the site tells its present values
    DRY_RUN = "dry_run"
    APPLY = "apply"


class OrderState(StrEnum):
    WAITING = "waiting"  # the site was not told yet
    ANSWERED = "answered"  # of a dry run, and of present values
    APPLIED = "applied"
    REFUSED = "refused"
    CHANGED = "changed"  # not applied: the site's values are not those of the dry run any more
    REPLACED = "replaced"  # by a later order of the same kind, before the site was told
    EXPIRED = "expired"  # the site was away for too long


@dataclass(frozen=True, slots=True)
class FieldRefusal:
    """A field that a site does not take, and why; no field: all of it."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class AlertTrial:
    """Alerts of the last `hours` as the rules of now would raise them (`now`), and as those of the template would (`then`).

    Attributes:
        looked_at: candidates in the record. gained, lost: alerts that only the one or the other raises. why_not: why nothing can be said;
            empty: it can. least: more alerts than are counted, all numbers are at least so many.
    """

    hours: float
    looked_at: int = 0
    now: int = 0
    then: int = 0
    gained: int = 0
    lost: int = 0
    why_not: str = ""
    least: bool = False


@dataclass(frozen=True, slots=True)
class OrderOutcome:
    """What a site made of an order.

    Attributes:
        changes: field, what it is there, what the template has. refusals: empty: it could be, or was, applied. trial: None: no alert rule
            would change. seen: a digest of the present values of these fields. values: as JSON, where those were asked for. message: a
            sentence, where nothing else says it.
    """

    state: OrderState
    changes: tuple[SettingChange, ...] = ()
    refusals: tuple[FieldRefusal, ...] = ()
    trial: AlertTrial | None = None
    seen: str = ""
    values: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class TemplateOrder:
    """What somebody at a hub wants of one site. `version`: 0: of no template, where present values are asked for. seen: digest of the
    values that the dry run saw. by_id: as the site has them."""

    id: str
    site: str
    act: OrderAct
    template: str
    version: int
    asked_ns: int
    by: str
    by_id: str
    seen: str = ""
    outcome: OrderOutcome = OrderOutcome(OrderState.WAITING)
    ended_ns: int | None = None


@dataclass(frozen=True, slots=True)
class TemplateVersion:
    """Never changed once it is kept. `number`: from 1 on. note: why it was made."""

    template: str
    number: int
    at_ns: int
    by: str
    note: str
    values: TemplateValues


@dataclass(frozen=True, slots=True)
class Template:
    """`newest`: the number of its newest version. at_ns, by: of that."""

    id: str
    name: str
    newest: int
    at_ns: int
    by: str


@dataclass(frozen=True, slots=True)
class FieldDrift:
    """A field that is not as it was applied. `now`, `then`: what it is, and what the template has. changed_ns, changed_by: of the newest
    change of it that the site's audit has since; None and empty: it has none."""

    field: str
    now: str
    then: str
    changed_ns: int | None = None
    changed_by: str = ""


@dataclass(frozen=True, slots=True)
class AppliedTemplate:
    """The version of a template that a site has, as the site itself tells it. `differs`: empty: it is as applied."""

    template: str
    version: int
    applied_ns: int
    by: str
    differs: tuple[FieldDrift, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteTemplates:
    """What a site has told of its templates, as known at `told_ns`; None: nothing yet. `accepts`: whether it lets its hub set anything."""

    site: str
    accepts: bool = False
    applied: tuple[AppliedTemplate, ...] = ()
    told_ns: int | None = None
