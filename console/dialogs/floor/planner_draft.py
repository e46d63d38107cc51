"""Where nodes are to stand, as one value. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from engine.model.settings import Settings
from engine.model.site import NodeSettings, Position, check_finite
from engine.model.value_class import dataclass
from widgets.number_text import number_text
from widgets.space.scene import NodeMark
from widgets.translation import tr

HEIGHT_M = 1.2
_PLANNED = "plan-"


@dataclass(frozen=True, slots=True)
class NodeDraft:
    """All nodes of the plan in their order. Keys of real ones are MACs; of those that are only planned `plan-1`, `plan-2` …"""

    nodes: tuple[NodeMark, ...] = ()

    def node(self, key: str) -> NodeMark | None:
        return next((node for node in self.nodes if node.mac == key), None)

    def positions(self) -> tuple[Position, ...]:
        return tuple(node.position for node in self.nodes)

    def with_moved_node(self, key: str, position: Position) -> "NodeDraft":
        """Raises InputError when that is not on the Earth's floor."""
        check_finite("position", position)
        return NodeDraft(tuple(replace(node, position=position, announced=False) if node.mac == key else node for node in self.nodes))

    def with_new_node(self, position: Position) -> tuple["NodeDraft", str]:
        """And the key of the new one."""
        check_finite("position", position)
        used = {node.mac for node in self.nodes}
        number = next(n for n in range(1, len(used) + 2) if f"{_PLANNED}{n}" not in used)
        key = f"{_PLANNED}{number}"
        mark = NodeMark(key, tr("Node {0}").format(number), position, planned=True)
        return NodeDraft((*self.nodes, mark)), key

    def with_real_node(self, mark: NodeMark) -> "NodeDraft":
        """With a real node that had no place."""
        return NodeDraft((*self.nodes, mark))

    def removed(self, key: str) -> "NodeDraft":
        """Only planned ones: a real node is forgotten on the Devices page."""
        return NodeDraft(tuple(node for node in self.nodes if node.mac != key or not node.planned))

    def changed(self, settings: Settings, before: "NodeDraft") -> tuple[NodeSettings, ...]:
        """What has to be saved: real nodes that stand elsewhere than before, or had no place."""
        found: list[NodeSettings] = []
        for node in self.nodes:
            old = before.node(node.mac)
            if not node.planned and (old is None or old.position != node.position):
                known = settings.node(node.mac)
                found.append(replace(known, position=node.position) if known else NodeSettings(node.mac, position=node.position))
        return tuple(found)

    def as_text(self) -> str:
        """One line for each node, to be taken along with a ladder: name, east, north, up in metres, MAC."""
        rows = [(tr("Node"), tr("East m"), tr("North m"), tr("Up m"), tr("MAC"))]
        rows += [(n.name, *(number_text(v, ".2f") for v in n.position), tr("planned") if n.planned else n.mac) for n in self.nodes]
        widths = [max(len(row[i]) for row in rows) for i in range(5)]
        return "\n".join("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows)


def draft_of(marks: Iterable[NodeMark]) -> NodeDraft:
    return NodeDraft(tuple(marks))
