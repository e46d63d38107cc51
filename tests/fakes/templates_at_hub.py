"""Templates of a pretended hub with three sites: one answers, one refuses, one is away."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.model.errors import InputError, WatchroomError
from engine.model.settings import Settings
from engine.model.templates import (
    AlertTrial,
    AppliedTemplate,
    FieldDrift,
    FieldRefusal,
    OrderAct,
    OrderOutcome,
    OrderState,
    SiteTemplates,
    Template,
    TemplateOrder,
    TemplateVersion,
)
from engine.model.time import SECOND
from engine.model.upkeep import SettingChange
from engine.runtime.templates.template_values import all_values, differences_of, read_values

NOW_NS = 1_790_000_000 * SECOND
LONG = "Loading dock behind the old warehouse, second gate by the river"
SITES = {"north": "North gate", "south": LONG, "west": "West yard"}
FIRST: Mapping[str, Any] = {
    "gates.min_confidence": 0.5,
    "alerts.flood_at": 12,
    "alerts.rules[armed-zone]": {"id": "armed-zone", "name": "Unidentified person in an armed zone", "armed_only": True, "severity": 4},
    "alerts.rules[yard]": {"id": "yard", "name": "Somebody in the yard at night", "zone_ids": ["yard"]},
}
SECOND_VALUES: Mapping[str, Any] = {
    **FIRST,
    "gates.min_confidence": 0.6,
    "alerts.rules[armed-zone]": {**FIRST["alerts.rules[armed-zone]"], "repeat_s": 900.0},
}
TRIED = OrderOutcome(
    OrderState.ANSWERED,
    differences_of({"gates.min_confidence": 0.45, "alerts.flood_at": 10}, {"gates.min_confidence": 0.6, "alerts.flood_at": 12}),
    trial=AlertTrial(168.0, 240, 14, 11, 0, 3),
    seen="d1",
)
REFUSED = OrderOutcome(
    OrderState.ANSWERED,
    (SettingChange("gates.min_confidence", "0.45", "0.6"),),
    (FieldRefusal("alerts.rules[yard].zone_ids", "there is no zone 'yard'; known are gate, hall"),),
    seen="d2",
)


class TemplatesAtHub:
    """As `HubTemplates`. `answers`: of the sites, by key and act; a site that has none is away."""

    def __init__(self, *, empty: bool = False) -> None:
        self.kept: dict[str, list[TemplateVersion]] = {}  # by id, oldest first
        self.names: dict[str, str] = {}
        self.asked: list[tuple[OrderAct, str, int, tuple[str, ...]]] = []
        self.trouble: WatchroomError | None = None
        self.answers = {
            ("north", OrderAct.DRY_RUN): TRIED,
            ("south", OrderAct.DRY_RUN): REFUSED,
            ("north", OrderAct.APPLY): replace(TRIED, state=OrderState.APPLIED, trial=None),
            ("north", OrderAct.TAKE): OrderOutcome(OrderState.ANSWERED, values=json.dumps(all_values(Settings()))),
            ("south", OrderAct.TAKE): OrderOutcome(OrderState.REFUSED, refusals=(FieldRefusal("", "This site does not accept settings."),)),
        }
        self._orders: dict[str, TemplateOrder] = {}
        self.told = (SiteTemplates("north"), SiteTemplates("south"), SiteTemplates("west"))
        if not empty:
            self.put("Night rules", FIRST, "from North gate")
            self.put("Night rules", SECOND_VALUES, "less repeats")
            self.put("Recording of the shops in the pedestrian area, without the cinema", {"recording.before_s": 10.0}, "")
            drift = (
                FieldDrift("gates.min_confidence", "0.3", "0.5", NOW_NS - 3600 * SECOND, "rita"),
                FieldDrift("alerts.rules[armed-zone].severity", "2", "4"),
            )
            self.told = (
                SiteTemplates("north", True, (AppliedTemplate("tp-1", 2, NOW_NS, "Ana"),), NOW_NS),
                SiteTemplates("south", True, (AppliedTemplate("tp-1", 1, NOW_NS, "Ana", drift),), NOW_NS - 60 * SECOND),
                SiteTemplates("west", False, (), NOW_NS - 86_400 * SECOND),
            )

    def all(self) -> tuple[Template, ...]:
        if self.trouble is not None:
            raise self.trouble
        return tuple(Template(key, self.names[key], kept[-1].number, kept[-1].at_ns, kept[-1].by) for key, kept in self.kept.items())

    def versions(self, template: str) -> tuple[TemplateVersion, ...]:
        return tuple(reversed(self.kept[template]))

    def put(self, name: str, values: Mapping[str, Any], note: str) -> TemplateVersion:
        read = read_values(values)
        key = next((each for each, known in self.names.items() if known == name), f"tp-{len(self.kept) + 1}")
        kept = self.kept.setdefault(key, [])
        if kept and kept[-1].values == read:
            raise InputError("values", f"nothing differs from version {kept[-1].number}")
        self.names[key] = name
        kept.append(TemplateVersion(key, len(kept) + 1, NOW_NS - 7200 * SECOND, "Ana", note, read))
        return kept[-1]

    def ask_values(self, site: str) -> TemplateOrder:
        return self._order(OrderAct.TAKE, "", 0, (site,))[0]

    def dry_run(self, template: str, version: int, sites: Sequence[str]) -> tuple[TemplateOrder, ...]:
        return self._order(OrderAct.DRY_RUN, template, version, sites)

    def apply(self, template: str, version: int, sites: Sequence[str]) -> tuple[TemplateOrder, ...]:
        return self._order(OrderAct.APPLY, template, version, sites)

    def orders(self, ids: Sequence[str]) -> tuple[TemplateOrder, ...]:
        """Sites have answered by now."""
        for each in ids:
            order = self._orders[each]
            self._orders[each] = replace(order, outcome=self.answers.get((order.site, order.act), order.outcome))
        return tuple(self._orders[each] for each in ids)

    def drift(self) -> tuple[SiteTemplates, ...]:
        return self.told

    def _order(self, act: OrderAct, template: str, version: int, sites: Sequence[str]) -> tuple[TemplateOrder, ...]:
        self.asked.append((act, template, version, tuple(sites)))
        made = [TemplateOrder(f"to-{len(self.asked)}-{site}", site, act, template, version, NOW_NS, "Ana", "hub-7") for site in sites]
        self._orders |= {each.id: each for each in made}
        return tuple(made)
