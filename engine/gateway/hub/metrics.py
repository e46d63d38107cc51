"""How a hub does as figures for Prometheus (text format 0.0.4): its sites and its own process."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from prometheus_client.core import InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from engine import __version__
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.runtime.health.metric_families import gauge, labels_of, text_of
from engine.store.shared.record import SharedSite

_SITE, _PART = ("site", "name"), ("site", "spare")


@dataclass(frozen=True, slots=True)
class HubFigures:
    """`reached`: the NATS server. lines: of consoles, open now. intents, erasures: by key of the site, how many wait and are not done.
    sealed: when the newest settings came that a site sealed for a spare (ns), by key of what the spare records for that site."""

    reached: bool
    lines: int
    intents: Mapping[str, int]
    erasures: Mapping[str, int]
    sealed: Mapping[str, int] = field(default_factory=dict[str, int])


def hub_metrics_text(sites: Sequence[SharedSite], now_ns: int, figures: HubFigures) -> bytes:
    return text_of(_Collected(sites, now_ns, figures))


class _Collected(Collector):
    def __init__(self, sites: Sequence[SharedSite], now_ns: int, figures: HubFigures) -> None:
        self._sites, self._now_ns, self._figures = [site for site in sites if not site.stands_for], now_ns, figures
        self._parts = [site for site in sites if site.stands_for]

    def collect(self) -> Iterable[Metric]:
        yield InfoMetricFamily("watchroom_build", "Which version runs.", {"version": __version__})
        yield gauge("hub_nats_reached", "1 while the NATS server answers.", (), [((), float(self._figures.reached))])
        yield gauge("hub_lines", "Connections of consoles through the hub to sites.", (), [((), float(self._figures.lines))])
        heard = [(_labels(site), max(0, self._now_ns - site.heard_ns) / SECOND) for site in self._sites if site.heard_ns]
        yield gauge("hub_site_heard_seconds", "How long ago a site said that it is there; it does every 15 seconds.", _SITE, heard)
        clocks = [(_labels(site), site.clock_offset_ns / SECOND) for site in self._sites if site.clock_offset_ns is not None]
        yield gauge("hub_site_clock_offset_seconds", "How far a site's clock is ahead of the hub's; below 0: behind.", _SITE, clocks)
        kept = [(_labels(site), float(site.seq)) for site in self._sites]
        yield gauge(
            "hub_site_changes", "Changes of a site's record that the hub has kept; from 0 again where all is told anew.", _SITE, kept
        )
        intents, erasures = self._of(self._figures.intents), self._of(self._figures.erasures)
        yield gauge("hub_site_intents_waiting", "What was said about a site that it has not been told.", _SITE, intents)
        yield gauge("hub_site_erasures_open", "Erasures of people that a site has begun and not finished.", _SITE, erasures)

        yield from self._spares()

    def _spares(self) -> Iterable[Metric]:
        parts = self._parts
        stands = [(_part_labels(part), float(part.standing_ns is not None)) for part in parts]
        yield gauge("hub_spare_standing_in", "1 while a spare stands in for a site; 0: it stands by.", _PART, stands)
        known = self._figures.sealed
        ages = [(_part_labels(part), max(0, self._now_ns - known[part.key]) / SECOND) for part in parts if part.key in known]
        yield gauge("hub_spare_settings_age_seconds", "How old the settings are that a site sealed for a spare.", _PART, ages)

    def _of(self, counts: Mapping[str, int]) -> list[tuple[tuple[str, ...], float]]:
        return [(_labels(site), float(counts.get(site.key, 0))) for site in self._sites]


def _labels(site: SharedSite) -> tuple[str, ...]:
    return labels_of(site.key, site.name)


def _part_labels(part: SharedSite) -> tuple[str, ...]:
    """Of what a spare records for a site."""
    return labels_of(part.stands_for, part.spare)
