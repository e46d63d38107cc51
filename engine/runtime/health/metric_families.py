"""Figures in Prometheus's text format 0.0.4, of any of this project's programs; what every program says of itself is among them."""

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

TEXT = "text/plain; version=0.0.4; charset=utf-8"


def text_of(collected: Collector) -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collected)
    ProcessCollector(registry=registry)
    return generate_latest(registry)


Series = Sequence[tuple[tuple[str, ...], float]]


def gauge(name: str, what: str, labels: tuple[str, ...], series: Series) -> Metric:
    return _filled(GaugeMetricFamily(f"watchroom_{name}", what, labels=labels), series)


def counter(name: str, what: str, labels: tuple[str, ...], series: Series) -> Metric:
    return _filled(CounterMetricFamily(f"watchroom_{name}", what, labels=labels), series)


def _filled(family: GaugeMetricFamily | CounterMetricFamily, series: Series) -> Metric:
    for values, value in series:
        family.add_metric(list(values), value)
    return family


def labels_of(*words: str) -> tuple[str, ...]:
    """Without what cannot be printed; the library escapes quotes, backslashes and line ends. Whole: two series of the same labels, and all
    of what is told is refused."""
    return tuple("".join(c if c.isprintable() else " " for c in word).strip() for word in words)
