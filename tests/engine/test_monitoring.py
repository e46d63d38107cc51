"""The dashboard and the rules that are shipped ask for figures and labels that there are."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from engine.gateway.hub.metrics import HubFigures, hub_metrics_text
from engine.model.health import CameraState
from engine.model.time import SECOND
from engine.store.shared.record import SharedSite
from tests.engine.runtime.test_metrics import everything

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "monitoring"
WIDE = 24  # columns of a dashboard
OF_PROMETHEUS = {"up": {"instance", "job"}}
_NAME = re.compile(r"\b((?:watchroom|process)_[a-z_]+|up)\b\s*(?:\{([^}]*)\})?")
_LABEL = re.compile(r"([a-z_]+)\s*(?:=~|!~|!=|=)\s*\"([^\"]*)\"")
_GROUPS = re.compile(r"\bby \(([^)]*)\)")
_SHOWN = re.compile(r"\{\{\s*(?:\$labels\.)?([a-z_]+)\s*\}\}")


def exported() -> dict[str, set[str]]:
    """Each figure with the labels that its series have where Prometheus has got them."""
    found = {name: set(labels) for name, labels in OF_PROMETHEUS.items()}
    site = SharedSite("north", "North", "s1", 7, SECOND, clock_offset_ns=5)
    for text in (everything(), hub_metrics_text([site], 2 * SECOND, HubFigures(True, 3, {}, {}))):
        for family in text_string_to_metric_families(text.decode()):
            for sample in family.samples:
                found.setdefault(sample.name, {"instance", "job"}).update(sample.labels)
    return found


def dashboard() -> dict[str, Any]:
    return json.loads((FOLDER / "watchroom-dashboard.json").read_text("utf-8"))


def rules() -> list[tuple[str, str]]:
    """What each asks for, and what it says."""
    parts = (FOLDER / "watchroom-alerts.yml").read_text("utf-8").split("- alert:")[1:]
    return [(re.search(r"expr: (.*)", part).group(1), part.partition("annotations:")[2]) for part in parts]  # type: ignore[union-attr]


def panels() -> list[dict[str, Any]]:
    return [panel for panel in dashboard()["panels"] if panel["type"] != "row"]


def asked() -> Iterator[tuple[str, str]]:
    for panel in panels():
        for target in panel["targets"]:
            yield target["expr"], target["legendFormat"]
    yield from rules()
    for variable in dashboard()["templating"]["list"][1:]:
        yield re.sub(r"label_values\((\w+), (\w+)\)", r"sum by (\2) (\1)", variable["definition"]), ""


def test_what_is_asked_for_is_there() -> None:
    there = exported()
    count = 0
    for expression, shown in asked():
        names = _NAME.findall(re.sub(_GROUPS, "", expression))
        assert names, expression
        for name, selected in names:
            labels = {label for label, _ in _LABEL.findall(selected)}
            assert name in there, f"{name} is exported by nobody"
            assert labels <= there[name], f"{name} has no {labels - there[name]}"
            count += 1
        grouped = {each.strip() for part in _GROUPS.findall(expression) for each in part.split(",")}
        known = set.intersection(*(there[name] for name, _ in names))
        assert grouped | set(_SHOWN.findall(shown)) <= known, (expression, shown)
    assert count > 30


def test_states_that_are_asked_for_are_there() -> None:
    states = {value for expression, _ in asked() for label, value in _LABEL.findall(expression) if label == "state"}
    assert states and states <= {state.value for state in CameraState}


def test_the_dashboard_is_one_that_grafana_reads() -> None:
    """https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/"""
    board = dashboard()
    assert board["schemaVersion"] >= 36 and board["uid"] and board["title"]
    variables = {each["name"] for each in board["templating"]["list"]}
    used = set(re.findall(r"\$\{?(\w+)\}?", json.dumps(board["panels"])))
    assert used <= variables
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids))
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        assert place["x"] + place["w"] <= WIDE and not cells & taken, panel["title"]
        taken |= cells
    for panel in panels():
        assert panel["type"] in ("stat", "timeseries") and panel["description"] and panel["datasource"]["uid"] == "${datasource}"
        assert [target["refId"] for target in panel["targets"]] == ["A", "B", "C"][: len(panel["targets"])]
