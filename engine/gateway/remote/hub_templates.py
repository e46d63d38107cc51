"""Rules and settings for several sites at a hub, as a console reaches them."""

from collections.abc import Mapping
from collections.abc import Sequence as Several
from typing import Any, TypeVar
from urllib.parse import urlencode

from engine.gateway.remote.calls import Caller, segment
from engine.model.templates import OrderAct, SiteTemplates, Template, TemplateOrder, TemplateValues, TemplateVersion
from engine.model.tolerant_wire import read_tolerantly

T = TypeVar("T")
TEMPLATES = "/api/v1/hub/templates"
_ASKED_AT_ONCE = 100  # ids in one address


class HubTemplates:
    """Any thread. All calls raise PermissionDenied, NotSignedIn, and EnvironmentFault where the hub does not answer (`unreachable`)."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def all(self) -> tuple[Template, ...]:
        """By name."""
        return _items(Template, self._caller.json("GET", TEMPLATES))

    def versions(self, template: str) -> tuple[TemplateVersion, ...]:
        """Newest first. Raises NotFound."""
        told: Any = self._caller.json("GET", f"{TEMPLATES}/{segment(template)}/versions").get("items")
        return tuple(map(_version, told))

    def put(self, name: str, values: TemplateValues, note: str) -> TemplateVersion:
        """The next version of the template of this name, or the first. Raises InputError."""
        return _version(self._caller.json("POST", TEMPLATES, json={"name": name, "values": dict(values), "note": note}))

    def ask_values(self, site: str) -> TemplateOrder:
        """Of a site, which the order's outcome has once it has answered. Raises NotFound."""
        return self._order({"act": OrderAct.TAKE.value, "sites": [site]})[0]

    def dry_run(self, template: str, version: int, sites: Several[str]) -> tuple[TemplateOrder, ...]:
        """`version`: 0: the newest. Raises NotFound."""
        return self._order({"act": OrderAct.DRY_RUN.value, "template": template, "version": version, "sites": list(sites)})

    def apply(self, template: str, version: int, sites: Several[str]) -> tuple[TemplateOrder, ...]:
        """As `dry_run`, which each of the sites has to have had."""
        return self._order({"act": OrderAct.APPLY.value, "template": template, "version": version, "sites": list(sites)})

    def orders(self, ids: Several[str]) -> tuple[TemplateOrder, ...]:
        """What became of them."""
        parts = [ids[start : start + _ASKED_AT_ONCE] for start in range(0, len(ids), _ASKED_AT_ONCE)]
        return tuple(order for part in parts for order in self._some_orders(part))

    def drift(self) -> tuple[SiteTemplates, ...]:
        """Of each site, in the order of their names."""
        return _items(SiteTemplates, self._caller.json("GET", f"{TEMPLATES}/drift"))

    def _some_orders(self, ids: Several[str]) -> tuple[TemplateOrder, ...]:
        return _items(TemplateOrder, self._caller.json("GET", f"{TEMPLATES}/orders?{urlencode([('id', each) for each in ids])}"))

    def _order(self, body: Mapping[str, Any]) -> tuple[TemplateOrder, ...]:
        return _items(TemplateOrder, self._caller.json("POST", f"{TEMPLATES}/orders", json=body))


def _items(kind: type[T], told: Mapping[str, Any]) -> tuple[T, ...]:
    return tuple(read_tolerantly(kind, each) for each in told["items"])


def _version(told: Mapping[str, Any]) -> TemplateVersion:
    """Its values are plain as they are."""
    return TemplateVersion(told["template"], told["number"], told["at_ns"], told["by"], told["note"], told["values"])
