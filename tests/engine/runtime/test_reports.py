"""The report desk: kept before it is acknowledged, told until it is journalled, and quick for many at once."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.event import Severity
from engine.model.incidents.incident import Filed, Incident, IncidentCategory, IncidentState, IncidentStatus, Report
from engine.model.observation import IncidentChanged
from engine.model.question import CountIncidents, GetIncident, ListIncidents
from engine.model.settings import Settings
from engine.model.time import SECOND, ManualClock
from engine.runtime.incidents.reports import SHOWN, ReportDesk, new_report_id
from engine.runtime.secrets.secrets import SecretStore
from engine.runtime.settings.site_settings import FixedSettings
from engine.store import Store, open_store
from engine.store.incidents.incidents import FiledTogether, IncidentTable
from tests.fakes.ports import InboxOf, WriterOf
from tests.fakes.reports import NOW_NS, report
from tests.fakes.waiting import until

FAR = 0.01


class Site:
    """A desk on a record, with what it posted and what waits for the writer's thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = ManualClock(NOW_NS)
        self.store: Store = open_store(folder / "watchroom.db", self.clock)
        self.posted: list[IncidentChanged] = []
        self.waiting: list[Callable[[], None]] = []
        self.begun: list[str] = []
        self.desks: list[ReportDesk] = []
        self.desk = self.another_desk(self.store.incidents)

    def another_desk(self, table: IncidentTable) -> ReportDesk:
        desk = ReportDesk(
            table,
            self.clock,
            InboxOf(self.posted.append),
            WriterOf(self.waiting.append),
            SecretStore(self.folder, lambda: None),
            FixedSettings(Settings()),
        )
        desk.begun = lambda incident: self.begun.append(incident.id)
        self.desks.append(desk)
        return desk

    def incidents(self) -> tuple[Incident, ...]:
        return self.store.answer(ListIncidents(limit=10_000)).incidents

    def journal(self) -> None:
        """The pipeline takes in what was posted, and the writer's thread comes by."""
        for change in self.posted:
            self.desk.entered(change)
        for action in self.waiting:
            action()
        self.posted.clear()
        self.waiting.clear()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    for desk in made.desks:
        desk.close()
    made.store.close()


class Counted(IncidentTable):
    """A table that counts its commits, and holds each back until it is let go."""

    def __init__(self, table: IncidentTable, hold: AbstractContextManager[object]) -> None:
        self.__dict__.update(table.__dict__)
        self.hold = hold
        self.groups: list[int] = []
        self.came = threading.Event()

    def file(self, *arguments: object) -> FiledTogether:  # pyright: ignore[reportIncompatibleMethodOverride]
        self.came.set()
        with self.hold:
            done = super().file(*arguments)  # pyright: ignore[reportArgumentType]
        self.groups.append(len(done.filed))
        return done


def together(acts: list[Callable[[], object]]) -> None:
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_what_is_filed_is_in_the_record_and_posted_once(site: Site) -> None:
    filed = site.desk.file(report(1))
    assert site.store.answer(GetIncident("in-1")).incident == filed.incident
    assert site.posted == [IncidentChanged(NOW_NS, filed.incident)] and site.begun == ["in-1"]
    site.desk.file(report(2))
    again = site.desk.file(report(2))
    assert again.again and [change.incident.revision for change in site.posted] == [1, 2] and site.begun == ["in-1"]


def test_h9_twenty_at_once_are_one_incident_of_twenty(site: Site) -> None:
    together([lambda number=number: site.desk.file(report(number)) for number in range(20)])
    (incident,) = site.incidents()
    assert (incident.reporter_count, incident.status) == (20, IncidentStatus.CORROBORATED)
    assert len(site.begun) == 1


def test_twenty_with_the_same_key_are_one_report(site: Site) -> None:
    filed: list[Filed] = []
    together([lambda: filed.append(site.desk.file(replace(report(1, key="k"), id=new_report_id("user:1", "k")))) for _ in range(20)])
    assert len({each.report.id for each in filed}) == 1 and sum(not each.again for each in filed) == 1
    assert site.incidents()[0].reporter_count == 1


def test_fifty_who_wait_are_kept_in_one_commit(site: Site) -> None:
    gate = threading.Lock()
    table = Counted(site.store.incidents, gate)
    desk = site.another_desk(table)
    with gate:
        first = threading.Thread(target=lambda: desk.file(report(0)))
        first.start()
        assert table.came.wait(60)
        others = [
            threading.Thread(target=lambda number=number: desk.file(report(number, north_deg=number * FAR))) for number in range(1, 51)
        ]
        for thread in others:
            thread.start()
        until(lambda: desk.waiting == 50, "all others wait for the first one's commit")
    for thread in (first, *others):
        thread.join()
    assert table.groups == [1, 50] and len(site.incidents()) == 51


def test_what_is_refused_is_refused_alone(site: Site) -> None:
    refused: list[InputError] = []

    def wrong() -> None:
        try:
            site.desk.file(replace(report(1, key="k"), id="rp-x", description="Something else altogether"))
        except InputError as error:
            refused.append(error)

    site.desk.file(report(1, key="k"))
    together([wrong, *(lambda number=number: site.desk.file(report(number)) for number in range(2, 8))])
    assert [error.field for error in refused] == ["key"] and site.incidents()[0].reporter_count == 7
    with pytest.raises(InputError) as ahead:
        site.desk.file(report(9, after_s=301, received_ns=NOW_NS))
    assert ahead.value.field == "occurred_at"


def test_while_the_record_cannot_be_written_nothing_is_acknowledged(site: Site) -> None:
    class Full(IncidentTable):
        def file(self, *arguments: object) -> FiledTogether:  # pyright: ignore[reportIncompatibleMethodOverride]
            raise EnvironmentFault("disk_full", "The disk is full.")

    table = Full(None, None, nullcontext)  # pyright: ignore[reportArgumentType]
    desk = site.another_desk(table)
    with pytest.raises(EnvironmentFault):
        desk.file(report(1))
    assert site.posted == site.begun == []
    assert site.desk.file(report(1)).status is IncidentStatus.CREATED


def test_a_fault_of_the_program_costs_one_report_only(site: Site) -> None:
    def words(incident: Incident) -> Incident:
        if "bug" in incident.description:
            raise ZeroDivisionError
        return incident

    site.desk.words = words
    bad, good = report(1, description="this meets a bug in us"), report(2, north_deg=FAR)
    outcomes: list[object] = []

    def send(said: Report) -> None:
        try:
            outcomes.append(site.desk.file(said).incident.id)
        except ZeroDivisionError:
            outcomes.append("bug")

    together([lambda: send(bad), lambda: send(good)])
    assert set(outcomes) == {"bug", "in-2"} and [each.id for each in site.incidents()] == ["in-2"]


def test_words_say_what_an_incident_is_where_it_begins_and_nowhere_else(site: Site) -> None:
    said: list[str] = []
    site.desk.words = lambda incident: said.append(incident.id) or replace(incident, severity=Severity.CRITICAL)
    assert site.desk.file(report(1)).incident.severity is Severity.CRITICAL
    site.desk.file(report(2))
    assert said == ["in-1"]


def test_what_was_not_journalled_is_posted_again_at_the_next_start(site: Site) -> None:
    site.desk.file(report(1))
    site.desk.file(report(2, north_deg=FAR))
    site.journal()
    site.desk.file(report(3))
    site.posted.clear()
    site.another_desk(site.store.incidents).start()
    assert [(change.incident.id, change.incident.revision) for change in site.posted] == [("in-1", 2)]
    site.journal()
    site.another_desk(site.store.incidents).start()
    assert site.posted == []


def test_a_change_between_posting_and_journalling_is_not_forgotten(site: Site) -> None:
    site.desk.file(report(1))
    site.desk.entered(site.posted[0])
    site.desk.file(report(2))
    for action in site.waiting:
        action()
    assert [each.revision for each in site.store.incidents.news()] == [2]


def test_what_happened_long_ago_is_kept_and_no_news(site: Site) -> None:
    old = report(1, after_s=-2 * 86_400, received_ns=NOW_NS)
    assert site.desk.file(old).status is IncidentStatus.CREATED
    assert site.posted == [] and site.store.incidents.news() == () and len(site.incidents()) == 1
    site.desk.edit("in-1", state=IncidentState.CLOSED)
    assert site.posted == [] and site.store.incidents.news() == ()


def test_news_that_has_become_old_is_let_go_at_a_start(site: Site) -> None:
    site.desk.file(report(1))
    site.posted.clear()
    site.clock.advance_to(NOW_NS + 2 * 86_400 * SECOND)
    site.another_desk(site.store.incidents).start()
    assert site.posted == [] and site.store.incidents.news() == ()


def test_operators_acts_are_kept_and_posted(site: Site) -> None:
    for number in range(1, 4):
        site.desk.file(report(number, north_deg=0 if number < 3 else FAR))
    assert site.desk.merge("in-1", "in-3").reporter_count == 3
    assert site.desk.split("in-1", ["rp-3", "rp-3"]).id == "in-3"
    assert site.desk.validate("in-1", IncidentCategory.FIRE, "Ada").validated_by == "Ada"
    assert site.desk.edit("in-1", severity=Severity.HIGH, description="It was a fire after all").severity is Severity.HIGH
    assert [change.incident for change in site.posted[-1:]] == [site.desk.get("in-1")]
    for wrong in (lambda: site.desk.split("in-1", ["rp-9"]), lambda: site.desk.merge("in-1", "in-9"), lambda: site.desk.get("in-9")):
        with pytest.raises(NotFound):
            wrong()


def test_the_newest_open_ones_are_shown(site: Site) -> None:
    site.desk.file_all([report(number, north_deg=number * FAR, after_s=number / 10) for number in range(100)])
    site.desk.file_all([report(number, north_deg=number * FAR, after_s=number / 10) for number in range(100, SHOWN + 5)])
    site.desk.edit(f"in-{SHOWN}", state=IncidentState.CLOSED)
    shown = site.desk.open_incidents()
    assert [each.id for each in shown[:5]] == ["in-204", "in-203", "in-202", "in-201", "in-199"] and len(shown) == SHOWN - 1
    again = site.another_desk(site.store.incidents)
    again.start()
    assert again.open_incidents()[: len(shown)] == shown


def test_after_the_end_nothing_is_taken(site: Site) -> None:
    site.desk.close()
    for act in (lambda: site.desk.file(report(1)), lambda: site.desk.file_all([report(1)]), lambda: site.desk.edit("in-1")):
        with pytest.raises(EnvironmentFault) as fault:
            act()
        assert fault.value.reason == "stopping"
    assert site.incidents() == ()


def test_h6_a_device_stays_the_same_reporter_and_its_id_is_kept_nowhere(site: Site) -> None:
    reporter = site.desk.device("phone-4711")
    assert site.another_desk(site.store.incidents).device("phone-4711") == reporter != site.desk.device("phone-4712")
    site.desk.file(report(1, reporter=reporter))
    kept = [path.read_bytes() for path in site.folder.iterdir() if path.is_file()]
    assert not any(b"4711" in content for content in kept)
    assert len(json.loads((site.folder / "secrets.json").read_text())["reports/salt"]) == 64


def test_ids_follow_the_key_or_nobody_knows_them() -> None:
    assert new_report_id("user:1", "k") == new_report_id("user:1", "k") != new_report_id("user:2", "k")
    assert new_report_id() != new_report_id()


@pytest.mark.soak
def test_a_storm_of_ten_thousand_loses_and_doubles_nothing(site: Site) -> None:
    def reporter(first: int) -> None:
        for number in range(first, first + 200):
            said = report(number, north_deg=number % 97 * FAR, key=f"k{number}")
            site.desk.file(said)
            if number % 10 == 0:
                assert site.desk.file(said).again

    together([lambda first=first: reporter(first) for first in range(0, 10_000, 200)])
    counts = site.store.answer(CountIncidents())
    assert counts is not None and (counts.incidents, counts.reports) == (97, 10_000)
    assert sum(each.reporter_count for each in site.incidents()) == 10_000
    assert {each.id for each in site.store.incidents.news()} == {each.id for each in site.incidents()}
