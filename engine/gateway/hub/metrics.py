"""How a hub does as figures for Prometheus (text format 0.0.4): its sites and its own process."""

from collections.abc import Iterable, Sequence

from prometheus_client.core import InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from engine import __version__
from engine.model.time import SECOND
from engine.runtime.health.metric_families import gauge, labels_of, text_of
from engine.store.shared.record import SharedSite

_SITE = ("site", "name")


def hub_metrics_text(sites: Sequence[SharedSite], now_ns: int, reached: bool, lines: int) -> bytes:
    """`reached`: the NATS server. lines: of consoles, open now."""
    return text_of(_Collected(sites, now_ns, reached, lines))


class _Collected(Collector):
    def __init__(self, sites: Sequence[SharedSite], now_ns: int, reached: bool, lines: int) -> None:
        self._sites, self._now_ns, self._reached, self._lines = sites, now_ns, reached, lines

    def collect(self) -> Iterable[Metric]:
        yield InfoMetricFamily("watchroom_build", "Which version runs.", {"version": __version__})
        yield gauge("hub_nats_reached", "1 while the NATS server answers.", (), [((), float(self._reached))])
        yield gauge("hub_lines", "Connections of consoles through the hub to sites.", (), [((), float(self._lines))])
        heard = [(_labels(site), max(0, self._now_ns - site.heard_ns) / SECOND) for site in self._sites if site.heard_ns]
        yield gauge("hub_site_heard_seconds", "How long ago a site said that it is there; it does every 15 seconds.", _SITE, heard)
        clocks = [(_labels(site), site.clock_offset_ns / SECOND) for site in self._sites if site.clock_offset_ns is not None]
        yield gauge("hub_site_clock_offset_seconds", "How far a site's clock is ahead of the hub's; below 0: behind.", _SITE, clocks)
        kept = [(_labels(site), float(site.seq)) for site in self._sites]
        yield gauge(
            "hub_site_changes", "Changes of a site's record that the hub has kept; from 0 again where all is told anew.", _SITE, kept
        )


def _labels(site: SharedSite) -> tuple[str, ...]:
    return labels_of(site.key, site.name)
