"""Which templates a site has taken from its hub, in a file of the data folder: what it compares its settings with."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.model.templates import TemplateValues
from engine.model.value_class import dataclass
from engine.runtime.atomic_file import write_atomically

MOST_KEPT = 100
"""Templates: a hub that lies fills neither the disk nor the message in which all are told. Those applied longest ago go."""
_MOST_ORDERS = 50  # of one template: more are not asked for while an order lives
_FILE = "hub-templates.json"


@dataclass(frozen=True, slots=True)
class KeptTemplate:
    """`values`: as they were applied. orders: ids of those that were carried out, the newest first: they do nothing again."""

    template: str
    version: int
    applied_ns: int
    by: str
    values: TemplateValues
    orders: tuple[str, ...] = ()


class AppliedTemplates:
    """Any thread; one at a time. What cannot be read counts as nothing: the hub applies it anew."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE

    def all(self) -> tuple[KeptTemplate, ...]:
        """In the order of their application."""
        try:
            plain = json.loads(self._path.read_text("utf-8"))
            return tuple(map(_read, plain))
        except (OSError, ValueError, KeyError, TypeError):
            return ()

    def is_done(self, template: str, order: str) -> bool:
        """Whether this order was carried out here, whatever became of the values since."""
        return any(order in each.orders for each in self.all() if each.template == template)

    def put(self, kept: KeptTemplate) -> None:
        """Instead of an earlier version, with its orders. Raises EnvironmentFault."""
        known = self.all()
        before = [order for each in known if each.template == kept.template for order in each.orders if order not in kept.orders]
        others = [each for each in known if each.template != kept.template]
        put = replace(kept, orders=(*kept.orders, *before)[:_MOST_ORDERS])
        names = ("template", "version", "applied_ns", "by", "values", "orders")
        plain = [{name: getattr(each, name) for name in names} for each in (*others, put)[-MOST_KEPT:]]
        write_atomically(self._path, json.dumps(plain).encode())


def forget_templates(folder: Path) -> None:
    """The site belongs to no hub any more."""
    (folder / _FILE).unlink(missing_ok=True)


def _read(plain: Any) -> KeptTemplate:
    """Raises ValueError, KeyError, TypeError."""
    orders = tuple(map(str, plain.get("orders", ())))
    return KeptTemplate(
        str(plain["template"]), int(plain["version"]), int(plain["applied_ns"]), str(plain["by"]), dict(plain["values"]), orders
    )
