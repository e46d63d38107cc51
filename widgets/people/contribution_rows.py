"""A blob's explanation as bars that add up: each begins where the one before ended, and the last ends at the fused value. Pure."""

import math
from collections.abc import Mapping, Sequence

from engine.model.radio.blob import BlobExplanation, LinkContribution
from engine.model.value_class import dataclass
from widgets.number_text import number_text
from widgets.space.build import short_mac
from widgets.translation import tr

SHOWN = 8
OTHERS, TOTAL = "others", "total"  # keys beside the links' ids
BETWEEN = " – "  # the names of its two ends
_NEAR = 1e-6


@dataclass(frozen=True, slots=True)
class BarRow:
    """One bar from `start` to `end`. `without`: the fused value if this link were left out, None where that makes no sense."""

    key: str
    title: str
    start: float
    end: float
    without: float | None = None
    detail: str = ""

    @property
    def value(self) -> float:
        return self.end - self.start

    @property
    def is_link(self) -> bool:
        return self.key not in (OTHERS, TOTAL)


def bar_rows(
    explanation: BlobExplanation, names: Mapping[str, str], pinned: tuple[str, int] | None = None, shown: int = SHOWN
) -> tuple[BarRow, ...]:
    """The links that matter most, the largest first, all others as one bar, and the sum.

    Args:
        names: MAC → name of the node. pinned: a link and the row it stays in, so that it does not move away while pointed at.
    """
    ordered = sorted(explanation.links, key=lambda link: -abs(link.contribution))
    held = next((link for link in ordered if pinned is not None and link.link == pinned[0]), None)
    front = [link for link in ordered if link is not held][: max(shown, 1) - (held is not None)]
    if held is not None and pinned is not None:
        front.insert(pinned[1], held)
    ids = {link.link for link in front}
    rows: list[BarRow] = []
    at = 0.0
    for link in front:
        rows.append(BarRow(link.link, link_title(link, names), at, at + link.contribution, link.without, _detail(link)))
        at = rows[-1].end
    others = [link.contribution for link in explanation.links if link.link not in ids]
    if others:
        rows.append(BarRow(OTHERS, tr("{0} other links").format(number_text(len(others))), at, at + math.fsum(others)))
    rows.append(BarRow(TOTAL, tr("Fused value"), 0.0, explanation.fused_value))
    return tuple(rows)


def adds_up(explanation: BlobExplanation) -> bool:
    """Whether the contributions give the fused value, to a millionth."""
    total = math.fsum(link.contribution for link in explanation.links)
    return abs(total - explanation.fused_value) <= _NEAR * max(1.0, abs(explanation.fused_value))


def reach(rows: Sequence[BarRow]) -> tuple[float, float]:
    """The smallest and the largest value on the bars' axis; zero is always on it."""
    ends = [0.0, *(row.start for row in rows), *(row.end for row in rows)]
    low, high = min(ends), max(ends)
    return (low, high) if high - low > 1e-9 else (low, low + 1.0)


def link_title(link: LinkContribution, names: Mapping[str, str]) -> str:
    return BETWEEN.join(names.get(mac, short_mac(mac)) for mac in (link.node_mac, link.peer_mac))


def _detail(link: LinkContribution) -> str:
    return tr("Fresnel zone {0} · activity {1} · change {2} % · weight {3}").format(
        link.zone, number_text(link.activity, ".1f"), round(100 * link.change), number_text(link.weight, ".2f")
    )


def signed_text(value: float) -> str:
    """`+0.412`, `−12.35`, with a true minus; three decimals for small values, fewer for large ones."""
    return number_text(value, f"+.{_decimals(value)}f").replace("-", "−")


def plain_text(value: float) -> str:
    """`0.412`, `−12.35`, as exactly, without a plus."""
    return number_text(value, f".{_decimals(value)}f").replace("-", "−")


def _decimals(value: float) -> int:
    """So many that about four digits are shown."""
    return 3 if abs(value) < 10 else 2 if abs(value) < 100 else 1
