"""Rules and settings for several sites, over a hub with real servers: tried at the sites, applied to those that take them, drift told, an
older version applied again. A site that is away gets it later, or is asked anew. What somebody may not, or a site does not allow, changes
nothing."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from console.__main__ import main
from engine.gateway.hub.joining import join
from engine.gateway.remote.hub import HubVisit, RemoteHub
from engine.gateway.remote.port import RemoteDoor, RemotePort
from engine.model.accounts.access import Role
from engine.model.accounts.hub_audit import HubVerb
from engine.model.alerts.settings import Rule
from engine.model.command import ChangeSettings
from engine.model.errors import InputError, NotFound, PermissionDenied
from engine.model.question import ListAudit
from engine.model.settings import Settings
from engine.model.templates import OrderState, SiteTemplates, TemplateOrder
from engine.model.time import SystemClock
from engine.runtime.data_folder import DataFolder
from engine.runtime.hub.membership import read_membership
from engine.runtime.storage.upgrading import open_beside
from engine.store.shared.record import SharedRecord
from tests.fakes.engine_process import EngineProcess
from tests.fakes.postgres import new_record, postgres_or_skip
from tests.fakes.waiting import until
from tests.fakes.whole_hub import WholeHub, whole_hub

PASSWORD = "correct horse battery"
VALUES: Mapping[str, Any] = {"gates.min_confidence": 0.61, "alerts.rules[gate]": {"id": "gate", "name": "Gate"}}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Of the database of the hub."""
    with postgres_or_skip() as server:
        yield new_record(server, "templates")


@pytest.fixture(scope="module")
def record(url: str) -> Iterator[SharedRecord]:
    record = SharedRecord(url)
    yield record
    record.close()


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, record: SharedRecord) -> Iterator[WholeHub]:
    with whole_hub(tmp_path_factory.mktemp("hub") / "own", record) as hub:
        hub.door.accounts.create_user("Ana", Role.ADMIN, PASSWORD)
        hub.door.accounts.create_user("Ben", Role.OPERATOR, PASSWORD)
        hub.door.accounts.create_user("Cleo", Role.ADMIN, PASSWORD, ("north",))
        hub.door.accounts.create_user("Dora", Role.ADMIN, PASSWORD, ("north/door", "south"))
        yield hub


class _Site:
    """At the hub: an engine that comes and goes."""

    def __init__(self, folder: Path, hub: WholeHub, accept: bool) -> None:
        self.folder, self.key = folder, folder.name
        self.engine = EngineProcess(folder)
        account = {"site_name": self.key, "admin_name": "rita", "password": PASSWORD, "code": self.engine.setup_code}
        httpx.post(f"{self.engine.url}/api/v1/setup", json=account, timeout=60).raise_for_status()
        with closing(open_beside(DataFolder(folder), SystemClock())) as store:
            join(folder, store, hub.url, hub.hub.enrolment.new_code(self.key, self.key.title()), accept_settings=accept)

    def away(self) -> None:
        self.engine.stop()

    def back(self) -> None:
        self.engine = EngineProcess(self.folder)

    def port(self) -> RemotePort:
        """Of the site's own administrator."""
        return RemoteDoor(self.engine.url).sign_in("rita", PASSWORD)

    def settings(self) -> Settings:
        with closing(self.port()) as port:
            return port.snapshot().settings

    def change(self, command: ChangeSettings) -> None:
        with closing(self.port()) as port:
            port.command(command)


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory, hub: WholeHub) -> Iterator[tuple[_Site, _Site, _Site]]:
    """The last one does not accept settings of its hub."""
    folder = tmp_path_factory.mktemp("sites")
    sites = (_Site(folder / "north", hub, True), _Site(folder / "south", hub, True), _Site(folder / "west", hub, False))
    yield sites
    for site in sites:
        site.away()


@pytest.fixture
def ana(hub: WholeHub) -> Iterator[HubVisit]:
    with closing(RemoteHub(hub.url).sign_in("Ana", PASSWORD)) as visit:
        yield visit


def ended(visit: HubVisit, orders: tuple[TemplateOrder, ...]) -> dict[str, TemplateOrder]:
    """By site, once no site has to be waited for."""
    found: dict[str, TemplateOrder] = {each.site: each for each in orders}

    def done() -> bool:
        found.update({each.site: each for each in visit.templates.orders([each.id for each in orders])})
        return all(each.outcome.state is not OrderState.WAITING for each in found.values())

    until(done, "the sites have answered")
    return found


def states(visit: HubVisit, orders: tuple[TemplateOrder, ...]) -> dict[str, OrderState]:
    return {site: each.outcome.state for site, each in ended(visit, orders).items()}


def drift(visit: HubVisit, site: str) -> SiteTemplates:
    return next(each for each in visit.templates.drift() if each.site == site)


def test_templates_are_tried_applied_told_of_and_rolled_back(
    hub: WholeHub, record: SharedRecord, sites: tuple[_Site, _Site, _Site], ana: HubVisit
) -> None:
    north, south, west = sites
    first = ana.templates.put("Night", VALUES, "from the head office")
    before = [site.settings() for site in sites]
    tried = ended(ana, ana.templates.dry_run("Night", 0, ("north", "south", "west")))
    assert [each.field for each in tried["north"].outcome.changes] == ["gates.min_confidence", "alerts.rules[gate]"]
    assert tried["north"].outcome.trial is not None and not tried["north"].outcome.refusals
    assert tried["west"].outcome.state is OrderState.REFUSED and "does not accept" in tried["west"].outcome.refusals[0].message
    assert [site.settings() for site in sites] == before, "a dry run changes nothing"

    done = states(ana, ana.templates.apply("Night", first.number, ("north", "south", "west")))
    assert done == {"north": OrderState.APPLIED, "south": OrderState.APPLIED, "west": OrderState.CHANGED}, "west has no dry run"
    for site in (north, south):
        now = site.settings()
        assert now.gates.min_confidence == 0.61 and Rule("gate", "Gate") in now.alerts.rules
    assert west.settings() == before[2]
    until(lambda: len(drift(ana, "south").applied) == 1, "the site tells of it by itself")
    assert drift(ana, "south").applied[0].differs == () and drift(ana, "south").told_ns is not None

    south.change(ChangeSettings(gates=replace(south.settings().gates, min_confidence=0.3)))
    until(lambda: bool(drift(ana, "south").applied[0].differs), "the site tells of it by itself")
    (field,) = drift(ana, "south").applied[0].differs
    assert (
        (field.field, field.now, field.then) == ("gates.min_confidence", "0.3", "0.61") and field.changed_by == "rita" and field.changed_ns
    )

    ana.templates.put("Night", {**VALUES, "alerts.flood_at": 40}, "more")
    assert states(ana, ana.templates.dry_run("Night", 2, ("north",))) == {"north": OrderState.ANSWERED}
    assert states(ana, ana.templates.apply("Night", 2, ("north",))) == {"north": OrderState.APPLIED}
    assert north.settings().alerts.flood_at == 40
    until(lambda: drift(ana, "north").applied[0].version == 2, "the site tells of it by itself")
    assert states(ana, ana.templates.apply("Night", 1, ("north",))) == {"north": OrderState.CHANGED}, "no dry run of that version since"
    assert states(ana, ana.templates.dry_run("Night", 1, ("north",))) == {"north": OrderState.ANSWERED}
    assert states(ana, ana.templates.apply("Night", 1, ("north",))) == {"north": OrderState.APPLIED}
    until(lambda: drift(ana, "north").applied[0].version == 1, "the older one is there again")
    with closing(north.port()) as port:
        rows = [row for row in port.ask(ListAudit()) if row.verb == "apply_template"]
    assert [(row.by, row.subject) for row in rows] == [("Ana", first.template)] * 3
    verbs = [row.verb for row in record.audit.rows(100)]
    assert verbs.count(HubVerb.PUT_TEMPLATE) == 2 and {HubVerb.ORDER_TEMPLATE, HubVerb.END_TEMPLATE_ORDER} <= set(verbs)


def test_a_site_that_refuses_a_field_is_left_as_it_is(sites: tuple[_Site, _Site, _Site], ana: HubVisit) -> None:
    north, south, _ = sites
    before = [north.settings(), south.settings()]
    yard = {"id": "yard", "name": "Yard", "zone_ids": ["yard"]}
    ana.templates.put("Yard", {"alerts.rules[yard]": yard, "gates.min_seen_s": 3.0}, "")
    tried = ended(ana, ana.templates.dry_run("Yard", 0, ("north", "south")))
    assert {each.field for each in tried["north"].outcome.refusals} == {"alerts.rules[yard].zone_ids"}
    done = ended(ana, ana.templates.apply("Yard", 0, ("north", "south")))
    assert {each.outcome.state for each in done.values()} == {OrderState.REFUSED}
    assert [north.settings(), south.settings()] == before


def test_a_site_that_is_away_gets_it_later_or_is_asked_anew(sites: tuple[_Site, _Site, _Site], ana: HubVisit) -> None:
    north, south, _ = sites
    ana.templates.put("Flood", {"alerts.flood_at": 77}, "")
    assert set(states(ana, ana.templates.dry_run("Flood", 0, ("north", "south"))).values()) == {OrderState.ANSWERED}
    south.change(ChangeSettings(review=replace(south.settings().review, gap_s=50.0)))
    north.away()
    south.away()
    orders = ana.templates.apply("Flood", 0, ("north", "south"))
    assert {each.outcome.state for each in orders} == {OrderState.WAITING}
    text = (south.folder / "settings.toml").read_text()
    (south.folder / "settings.toml").write_text(
        text.replace("[alerts]", "[alerts]\nflood_at = 55") if "flood_at" not in text else _with_flood(text)
    )
    north.back()
    south.back()
    found = ended(ana, orders)
    assert {site: each.outcome.state for site, each in found.items()} == {"north": OrderState.APPLIED, "south": OrderState.CHANGED}
    assert (north.settings().alerts.flood_at, south.settings().alerts.flood_at) == (77, 55)
    assert [(each.now, each.then) for each in found["south"].outcome.changes] == [("55", "77")]


def _with_flood(text: str) -> str:
    """Changed by hand while the engine was down."""
    lines = [("flood_at = 55" if line.startswith("flood_at") else line) for line in text.splitlines()]
    return "\n".join(lines)


def test_who_may_not_gets_nothing(hub: WholeHub, sites: tuple[_Site, _Site, _Site], ana: HubVisit) -> None:
    def visit(name: str) -> HubVisit:
        return RemoteHub(hub.url).sign_in(name, PASSWORD)

    with closing(visit("Ben")) as ben:
        for call in (
            ben.templates.all,
            ben.templates.drift,
            lambda: ben.templates.put("Mine", VALUES, ""),
            lambda: ben.templates.versions("Night"),
            lambda: ben.templates.dry_run("Night", 1, ("north",)),
            lambda: ben.templates.apply("Night", 1, ("north",)),
            lambda: ben.templates.ask_values("north"),
            lambda: ben.templates.orders(["to-1"]),
        ):
            with pytest.raises(PermissionDenied):
                call()
    with closing(visit("Cleo")) as cleo, pytest.raises(NotFound):
        cleo.templates.dry_run("Night", 1, ("south",))
    with closing(visit("Dora")) as dora:
        assert [each.site for each in dora.templates.drift()] == ["south"], "of north she may see one camera"
        with pytest.raises(NotFound):
            dora.templates.ask_values("north")
        asked = [each.id for site in ("north", "south") for each in (ana.templates.ask_values(site),)]
        assert [each.site for each in dora.templates.orders(asked)] == ["south"], "nor what others were answered there"


def test_a_template_is_made_of_the_values_of_a_site(sites: tuple[_Site, _Site, _Site], ana: HubVisit) -> None:
    done = ended(ana, (ana.templates.ask_values("north"),))["north"]
    values = json.loads(done.outcome.values)
    assert ana.templates.put("All of North", values, "").values == values
    with pytest.raises(InputError) as refused:
        ana.templates.put("Wrong", {"access.idle_lock_min": 1}, "")
    assert refused.value.field == "access.idle_lock_min"


def test_the_same_by_command_line(
    url: str, sites: tuple[_Site, _Site, _Site], ana: HubVisit, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    north, _, west = sites

    def hub_templates(*words: str) -> tuple[int, str]:
        code = main(["hub", "templates", words[0], *words[1:], "--postgres", url, *(() if words[0] == "fields" else ("--by", "Ana"))])
        return code, capsys.readouterr().out

    assert hub_templates("take", "Desk", "--from", "north", "--field", "gates", "--field", "alerts.rules[smoke]", "--note", "x")[0] == 0
    code, text = hub_templates("show", "Desk")
    assert code == 0 and "[gates]" in text and 'id = "smoke"' in text
    file = tmp_path / "desk.toml"
    file.write_text(text.replace("min_seen_s = 0.6", "min_seen_s = 1.5").replace("repeat_s = 600.0", "repeat_s = 300.0"))
    assert hub_templates("put", "Desk", str(file)) == (0, "Desk: version 2 with 4 fields\n")
    code, told = hub_templates("diff", "Desk", "1", "2")
    assert told == "gates.min_seen_s: 0.6 → 1.5\nalerts.rules[smoke].repeat_s: 600.0 → 300.0\n"
    code, told = hub_templates("dry-run", "Desk", "--site", "north")
    assert code == 0 and "north: 2 changes" in told and "alerts of the last 7 days" in told
    assert hub_templates("apply", "Desk", "--site", "north")[0] == 0
    assert north.settings().gates.min_seen_s == 1.5
    code, told = hub_templates("dry-run", "Desk", "--json")
    by_site = {each["site"]: each["outcome"]["state"] for each in map(json.loads, told.splitlines())}
    assert code == 1 and by_site == {"north": "answered", "south": "answered", "west": "refused"}
    assert main(["membership", "--data", str(west.folder), "--settings", "accept"]) == 0
    membership = read_membership(west.folder)
    assert membership is not None and membership.accept_settings
    until(lambda: hub_templates("dry-run", "Desk", "--site", "west")[0] == 0, "the engine knows it")
    until(lambda: "Desk version 2, as applied" in hub_templates("drift")[1], "the site tells of it")
    assert "west: no template" in hub_templates("drift")[1]
    assert "Desk  version 2" in hub_templates("list")[1] and "gates.min_confidence" in hub_templates("fields")[1]


def test_who_may_less_meanwhile_gets_less(hub: WholeHub, sites: tuple[_Site, _Site, _Site], ana: HubVisit) -> None:
    """An order waits for a site that is away, and its account is another one when the site is back."""
    _, south, _ = sites
    erin = hub.door.accounts.create_user("Erin", Role.ADMIN, PASSWORD)
    with closing(RemoteHub(hub.url).sign_in("Erin", PASSWORD)) as visit:
        visit.templates.put("Gap", {"review.gap_s": 99.0}, "")
        assert states(visit, visit.templates.dry_run("Gap", 0, ("south",))) == {"south": OrderState.ANSWERED}
        south.away()
        orders = visit.templates.apply("Gap", 0, ("south",))
    hub.door.accounts.change_user(erin.id, Role.OPERATOR, None)
    south.back()
    found = ended(ana, orders)["south"]
    assert found.outcome.state is OrderState.REFUSED and "administrator of the hub" in found.outcome.refusals[0].message
    assert south.settings().review.gap_s != 99.0
