"""Atlas's side of the engine: what waits survives, is sent in order and once; what an operator said stays; what is not known is said so."""

import asyncio
import logging
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.incidents.atlas.environment import Overrides
from engine.incidents.atlas.fault import AtlasFault
from engine.incidents.atlas.media import MediaRefused
from engine.incidents.editing import edit_incident
from engine.model.errors import InputError
from engine.model.event import Severity
from engine.model.incidents.atlas import AtlasState
from engine.model.incidents.atlas_call import AtlasCallKind
from engine.model.incidents.incident import IncidentCategory
from engine.model.time import ManualClock
from engine.runtime.atlas.atlas_side import SIMULATED, SWITCHED_OFF, WAITING
from engine.store import open_store
from tests.engine.runtime.atlas_site import NOW_NS, Site, settings
from tests.fakes.atlas import HANG, HTML, KEY, LOST, NONE, STOCKHOLM, FakeAtlas, atlas, changed, failing
from tests.fakes.waiting import until

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.runtime.atlas.atlas_side.POLL_S", 0.005)


@pytest.fixture(scope="module")
def one_fake() -> Iterator[FakeAtlas]:
    with atlas() as fake:
        yield fake


@pytest.fixture
def fake(one_fake: FakeAtlas) -> FakeAtlas:
    one_fake.contract = "planned"
    one_fake.forget()
    return one_fake


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record with nothing in it: made once, for that takes longer than anything else here."""
    path = tmp_path_factory.mktemp("empty") / "watchroom.db"
    open_store(path, ManualClock(NOW_NS)).close()
    return path


@pytest.fixture
def path(empty: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(empty, tmp_path / "watchroom.db"))


@pytest.fixture
def site(fake: FakeAtlas, path: Path) -> Iterator[Site]:
    with Site(path, settings(fake.url)) as opened:
        yield opened


def test_atlas_says_what_an_incident_is(site: Site, fake: FakeAtlas) -> None:  # H18
    incident = site.file(1, "shots fired, man with gun")
    with site.running():
        known = site.until_said(incident, "atlas")
    assert known.classification is not None
    assert (known.classification.category, known.classification.severity, known.classification.emergency) == ("weapons", 5, True)
    assert known.severity is Severity.CRITICAL
    assert (known.degraded_reason, site.store.atlas.waiting()) == ("", 0)
    assert known.classification.threat_id


def test_while_atlas_is_down_the_words_speak_and_the_call_waits(site: Site, fake: FakeAtlas) -> None:  # H19
    fake.always = failing(500)
    incident = site.file(1, "a man with a gun in the square", severity=Severity.HIGH)
    with site.running():
        site.until_failed()
        until(lambda: "500" in site.incident(incident).degraded_reason, "the incident says why")
        until(lambda: site.troubles != [] and "500" in (site.troubles[0] or ""), "the trouble was told")
    known = site.incident(incident)
    assert known.classification is not None
    said = known.classification
    assert (said.by, said.category, said.severity, said.confidence, said.emergency) == ("local", "weapons", 2, 0.5, True)
    assert known.severity is Severity.HIGH  # what the reporter said is not lowered
    assert site.store.atlas.waiting() == 1


def test_what_waited_is_sent_in_order_and_once_after_a_restart_and_edits_stay(fake: FakeAtlas, path: Path) -> None:  # H20
    fake.always = failing(503)
    texts = ("a fight at the bar", "someone stole a bag", "graffiti on the wall")
    with Site(path, settings(fake.url)) as site:
        filed = [site.file(number, text) for number, text in enumerate(texts)]
        with site.running():
            for incident in filed:
                site.until_said(incident, "local")
            site.until_failed()
        site.edit(filed[1], category=IncidentCategory.BURGLARY, severity=Severity.MINIMAL)
    fake.forget()
    with Site(path, settings(fake.url)) as site:
        assert site.store.atlas.waiting() == 3
        with site.running():
            for incident in filed:
                site.until_said(incident, "atlas")
            site.until_waiting(0)
        assert [call.body["data"] for call in fake.calls] == list(texts)
        assert set(fake.effects.values()) == {1}
        edited = site.incident(filed[1])
    assert (edited.category, edited.severity) == (IncidentCategory.BURGLARY, Severity.MINIMAL)
    assert edited.classification is not None
    assert edited.classification.category == "theft"


def test_killed_in_the_middle_everything_is_done_once(fake: FakeAtlas, path: Path) -> None:
    texts = [f"a fight number {number}" for number in range(4)]
    with Site(path, settings(fake.url)) as site:
        filed = [site.file(number, text) for number, text in enumerate(texts)]
    fake.faults.extend([NONE, LOST])  # the second call is done, but its answer never comes
    sender = subprocess.Popen([sys.executable, "-m", "tests.engine.runtime.atlas_site", str(path), fake.url], cwd=ROOT)
    try:
        until(lambda: len(fake.calls) == 2, "the second call was under way")
    finally:
        sender.kill()
        sender.wait()
    with Site(path, settings(fake.url)) as site:
        assert site.store.atlas.waiting() == 3
        with site.running():
            for incident in filed:
                site.until_said(incident, "atlas")
            site.until_waiting(0)
    assert [call.body["data"] for call in fake.calls] == [texts[0], texts[1], texts[1], *texts[2:]]
    assert list(fake.effects.values()) == [1, 1, 1, 1]
    assert fake.order == list(dict.fromkeys(call.key for call in fake.calls))


def test_a_call_that_atlas_does_not_take_holds_nobody_up(site: Site, fake: FakeAtlas, caplog: pytest.LogCaptureFixture) -> None:
    fake.faults.append(failing(422))
    first, second = site.file(1, "a fight at the bar"), site.file(2, "someone stole a bag")
    with site.running(), caplog.at_level(logging.WARNING):
        site.until_said(second, "atlas")
        site.until_waiting(0)
    assert "422" in site.incident(first).degraded_reason
    assert "given up" in caplog.text


def test_who_waits_behind_a_call_that_fails_is_told_that_atlas_is_not_asked_for_now(site: Site, fake: FakeAtlas) -> None:
    fake.faults.append(HANG)
    fake.always = failing(503)
    site.file(1, "a fight at the bar")
    second, told = site.file(2, "someone stole a bag"), threading.Event()
    with site.running():
        until(lambda: bool(fake.calls), "Atlas was asked about the first")
        assert site.side.expected(second, told.set) is not None
        fake.release.set()
        until(told.is_set, "who waited was told")
        assert site.side.expected(second, told.set) is None  # while the queue pauses
    assert {call.body["data"] for call in fake.calls} == {"a fight at the bar"}


def test_an_answer_that_stays_broken_holds_nobody_up_for_ever(site: Site, fake: FakeAtlas) -> None:
    broken = changed(lambda plain: plain | {"classification": {}})
    fake.faults.extend([broken] * 5)  # of the first; then it is the second's turn
    first, second = site.file(1, "a fight at the bar"), site.file(2, "someone stole a bag")
    with site.running():
        for attempt in range(1, 5):
            site.until_attempts(attempt)
            site.now_s += 100
        until(lambda: site.hurry() and site.store.atlas.waiting() == 0, "both were settled")
        site.until_said(second, "atlas")
        site.until_said(first, "atlas")  # which was sent again behind it
    assert [call.body["data"] for call in fake.calls] == [first.description] * 5 + [second.description, first.description]


def test_an_answer_that_stays_broken_for_a_day_is_waited_for_no_longer(site: Site, fake: FakeAtlas) -> None:
    fake.always = changed(lambda plain: plain | {"classification": {}})
    incident = site.file(1, "a fight at the bar")
    with site.running():
        site.until_attempts(1)
        assert site.incident(incident).degraded_reason.startswith("Waiting for Atlas")
        site.clock.advance_to(site.clock.now_ns() + 25 * 3600 * 10**9)
        until(lambda: site.hurry() and site.store.atlas.waiting() == 0, "it was given up")
    assert site.incident(incident).degraded_reason.startswith("Atlas gave no classification")


def test_an_outage_of_days_costs_no_call_and_keeps_the_order(site: Site, fake: FakeAtlas) -> None:
    fake.always = failing(503)
    filed = [site.file(number, f"a fight number {number}") for number in range(3)]
    with site.running():
        for attempt in range(1, 23):
            site.until_attempts(attempt)
            site.clock.advance_to(site.clock.now_ns() + 3600 * 10**9)
            site.now_s += 100
        fake.forget()
        for incident in filed:
            until(lambda: site.hurry() and site.is_said(incident, "atlas"), "Atlas had spoken")  # noqa: B023
    assert [call.body["data"] for call in fake.calls] == [incident.description for incident in filed]


def test_a_fault_of_the_program_holds_nobody_up(
    site: Site, fake: FakeAtlas, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def is_emergency(description: str) -> bool:
        if "bar" in description:
            raise KeyError(description)
        return False

    monkeypatch.setattr("engine.runtime.atlas.atlas_queue.is_emergency", is_emergency)
    first, second = site.file(1, "a fight at the bar"), site.file(2, "someone stole a bag")
    with site.running():
        until(lambda: site.hurry() and site.is_said(second, "atlas"), "Atlas had spoken of the other")
    assert "KeyError" in caplog.text
    assert site.store.atlas.has(first.id, AtlasCallKind.CLASSIFY)


def test_a_portal_in_the_way_costs_no_call(site: Site, fake: FakeAtlas) -> None:
    fake.always = HTML
    incident = site.file(1, "a fight at the bar")
    with site.running():
        for attempt in range(1, 9):
            site.until_attempts(attempt)
            site.now_s += 100
        fake.always = None
        site.now_s += 100
        site.until_said(incident, "atlas")


def test_without_the_fallback_a_report_stays_unclassified_until_atlas_answers(fake: FakeAtlas, path: Path) -> None:
    fake.always = failing(503)
    with Site(path, settings(fake.url), Overrides.from_environment({"ATLAS_FALLBACK_ENABLED": "false"})) as site:
        incident = site.file(1, "a man with a gun in the square")
        assert site.side.words(incident).classification is None
        with site.running():
            site.until_failed()
            assert site.incident(incident).classification is None
            assert site.store.atlas.waiting() == 1
            fake.always = None
            site.now_s += 100
            said = site.until_said(incident, "atlas").classification
        assert said is not None
        assert (said.category, said.severity) == ("weapons", 5)


def test_without_the_fallback_a_refused_report_is_not_asked_about_every_ten_minutes(fake: FakeAtlas, path: Path) -> None:
    fake.always = failing(422)
    with Site(path, settings(fake.url, fallback_enabled=False)) as site:
        incident = site.file(1, "a man with a gun in the square")
        with site.running():
            until(lambda: len(fake.calls) == 1 and site.store.atlas.waiting() == 0, "it was given up")
            asyncio.run(site.side.sweep())
            site.file(2, "a fight at the bar")
            until(lambda: len(fake.calls) == 2 and site.store.atlas.waiting() == 0, "the next was given up")
        assert site.incident(incident).classification is None


def test_a_refusal_is_a_trouble(site: Site, fake: FakeAtlas) -> None:
    fake.always = failing(422)
    site.file(1, "a fight at the bar")
    with site.running():
        until(lambda: site.troubles != [], "the refusal was told")
        assert site.side.health().state is AtlasState.DOWN
        assert "does not take this call (422)" in (site.troubles[0] or "")
        fake.always = None
        site.until_said(site.file(2, "someone stole a bag"), "atlas")
        until(lambda: site.troubles[-1] is None, "the trouble was over")
        assert site.side.health().state is AtlasState.WORKING


def test_five_failures_open_the_breaker_and_health_says_so(site: Site, fake: FakeAtlas) -> None:  # H21
    fake.always = failing(500)
    site.file(1, "a fight at the bar")
    with site.running():
        for attempt in range(1, 6):
            site.until_attempts(attempt)
            if attempt < 5:
                site.now_s += 65
        until(lambda: site.side.health().state is AtlasState.OPEN, "the breaker was open")
        assert site.side.patterns(59, 18).available is False
        site.now_s += 50
        assert len(fake.calls) == 5
        fake.always = None
        site.now_s += 200
        until(lambda: site.side.health().state is AtlasState.WORKING, "Atlas worked")
    assert site.troubles[-1] is None


def test_feedback_says_what_was_predicted_and_waits_while_atlas_is_down(site: Site, fake: FakeAtlas) -> None:  # H24
    incident = site.file(1, "a fight at the bar")
    with site.running():
        known = site.until_said(incident, "atlas")
        site.until_waiting(0)
        fake.always = failing(500)
        assert site.side.feedback(site.validate(known, IncidentCategory.VANDALISM))
        site.until_failed()
        fake.always = None
        site.now_s += 100
        site.until_waiting(0)
    told = fake.of("training/feedback")
    assert len(told) == 2
    assert known.classification is not None
    assert told[1].body["prediction_id"] == known.classification.threat_id
    assert told[1].body["correction_metadata"]["corrected_by"] == "operator"  # this site gives no pseudonyms
    assert (told[1].body["predicted_category"], told[1].body["actual_category"]) == ("violence", "vandalism")
    assert told[0].key == told[1].key


def test_feedback_that_comes_before_the_classification_waits_for_it(site: Site, fake: FakeAtlas) -> None:
    incident = site.file(1, "a fight at the bar")
    assert site.side.feedback(site.validate(incident, IncidentCategory.ASSAULT))
    with site.running():
        site.until_waiting(0)
    assert [call.path.rpartition("/")[2] for call in fake.calls] == ["threat", "feedback"]
    assert fake.calls[1].body["actual_category"] == "violence"  # its own word for it
    assert fake.calls[1].body["user_correction"] is True  # the contract knows nothing else


def test_there_is_no_feedback_on_what_atlas_never_said(site: Site) -> None:
    site.settings = replace(site.settings, rollout_percent=0)
    incident = site.file(1, "a fight at the bar")
    assert not site.side.feedback(incident)
    assert not site.side.feedback(site.validate(incident, IncidentCategory.ASSAULT))


def test_unavailable_is_not_none_nearby(site: Site, fake: FakeAtlas) -> None:  # H25
    assert site.side.patterns(59.32, 18.07).available is False  # not running
    with site.running():
        assert site.side.patterns(59.32, 18.07) == replace(site.side.patterns(59.32, 18.07), available=True, patterns=(), reason="")
        fake.patterns.append(STOCKHOLM)
        fake.always = failing(500)
        down = site.side.patterns(59.33, 18.07)
        assert (down.available, down.patterns) == (False, ())
        assert "500" in down.reason
        fake.always = None
        there = site.side.patterns(59.33, 18.07)
        assert (there.available, len(there.patterns), len(there.recommendations)) == (True, 1, 1)


def test_a_question_that_hangs_is_answered_in_time(site: Site, fake: FakeAtlas) -> None:
    site.settings = replace(site.settings, timeout_s=0.2)
    fake.always = HANG
    with site.running():
        assert "did not answer within 0.2 s" in site.side.patterns(59.32, 18.07).reason


def test_what_is_under_way_at_the_end_counts_as_not_attempted(site: Site, fake: FakeAtlas) -> None:
    fake.always = HANG
    site.file(1, "a fight at the bar")
    with site.running():
        until(lambda: len(fake.calls) == 1, "the call was under way")
    waiting = site.store.atlas.next()
    assert waiting is not None
    assert (waiting.attempts, waiting.last_error) == (0, "")
    assert not site.side.patterns(59, 18).available


def test_media_are_checked_before_they_are_sent(site: Site, fake: FakeAtlas) -> None:  # H23
    with site.running():
        for kind, data, status in (
            ("photo", b"", 400),
            ("photo", b"hello, this is text", 415),
            ("photo", b"\xff\xd8\xff" * (4 << 20), 413),
        ):
            with pytest.raises(MediaRefused) as refused:
                site.side.analyse(kind, data)
            assert refused.value.status == status
        with pytest.raises(InputError):
            site.side.analyse("hologram", b"x")
        assert fake.calls == []
        found = site.side.analyse("photo", b"\xff\xd8\xff\xe0" + bytes(100))
        assert (found.by, found.category, found.severity, found.emergency) == ("atlas", "weapons", 5, True)
        fake.always = failing(500)
        with pytest.raises(AtlasFault):
            site.side.analyse("photo", b"\xff\xd8\xff\xe1" + bytes(100))


@pytest.mark.parametrize(
    ("changes", "simulated", "reason"),
    [
        ({"enabled": False}, False, SWITCHED_OFF),
        ({"rollout_percent": 0}, False, "Atlas is asked about 0 % of incidents only."),
        ({}, True, SIMULATED),
    ],
)
def test_who_is_not_sent_has_the_words_and_the_reason(
    site: Site, fake: FakeAtlas, changes: dict[str, object], simulated: bool, reason: str
) -> None:
    site.settings = replace(site.settings, **changes)  # type: ignore[arg-type]
    incident = replace(site.file(1, "a fight at the bar"), simulated=simulated)
    spoken = site.side.words(incident)
    assert spoken.degraded_reason == reason
    assert spoken.classification is not None
    assert spoken.classification.category == "violence"
    if not simulated:
        with site.running():
            assert site.until_said(incident, "local").degraded_reason == reason
    assert not site.side.enqueue(incident)
    assert fake.calls == []


def test_the_same_words_are_asked_about_once_and_new_words_again(site: Site) -> None:
    incident = site.file(1, "a fight at the bar")
    assert not site.side.enqueue(incident)
    assert site.side.enqueue(site.edit(incident, description="a fight, and a gun was seen"))
    assert site.store.atlas.waiting() == 2


def test_who_was_merged_meanwhile_is_classified_all_the_same(site: Site, fake: FakeAtlas) -> None:
    from engine.incidents.merging import merge_incidents

    kept, gone = site.file(1, "a fight at the bar"), site.file(2, "someone stole a bag")
    site.store.incidents.change(lambda load: merge_incidents(load, kept.id, gone.id, site.clock.now_ns()))
    with site.running():
        known = site.until_said(gone, "atlas")
        site.until_waiting(0)
    assert known.merged_into == kept.id


def test_incidents_that_a_crash_left_behind_are_asked_about_at_the_start(site: Site, fake: FakeAtlas) -> None:
    incident = site.file(1, "a fight at the bar")
    call = site.store.atlas.next()
    assert call is not None
    site.store.atlas.finish(call.seq, type(site.store.atlas.counts(0).tally)(), 0)  # as if it had never been noted
    with site.running():
        assert site.until_said(incident, "atlas").classification is not None


def test_words_say_that_atlas_is_waited_for(site: Site) -> None:
    incident = site.file(1, "a fight at the bar")
    assert site.side.words(incident).degraded_reason == WAITING
    assert site.side.words(site.side.words(incident)) is not None


def test_figures_are_none_before_anything_was_counted(site: Site) -> None:
    site.count()
    health = site.side.health()
    figures = (
        health.classified,
        health.enriched,
        health.mean_ms,
        health.uptime,
        health.links_per_week,
        health.agreement,
        health.local_agreement,
    )
    assert figures == (None,) * 7


def test_figures_are_of_what_was_counted(site: Site, fake: FakeAtlas) -> None:
    fake.patterns.append(STOCKHOLM)
    fake.faults.append(failing(500))
    site.now_s = 0.0
    texts = ("a fight at the bar", "they hit a robust tree", "nothing much to see here", "someone stole a bag")
    filed = [site.file(number, text) for number, text in enumerate(texts)]
    with site.running():
        until(lambda: len(fake.calls) == 1, "the first call had come")
        site.until_failed()
        site.clock.advance_to(site.clock.now_ns() + 61 * 10**9)
        site.now_s += 100
        for incident in filed:
            site.until_said(incident, "atlas")
        site.until_waiting(0)
        site.validate(filed[0], IncidentCategory.ASSAULT)  # both were right
        site.validate(filed[1], IncidentCategory.SUSPICIOUS_ACTIVITY)  # Atlas read `hit` and `rob`, here nothing was read
    site.settings = replace(site.settings, rollout_percent=0)
    fifth = site.file(9, "a fight in the park")
    with site.running():
        site.until_said(fifth, "local")
    site.count()
    health = site.side.health()
    assert (health.classified, health.enriched, health.links_per_week) == (0.8, 0.8, 4.0)
    assert health.uptime == 0.5  # a minute in which it did not answer, a minute in which it did
    assert health.mean_ms is not None
    assert (health.agreement, health.local_agreement) == (0.5, 1.0)


def test_the_environment_goes_before_the_settings(fake: FakeAtlas, path: Path) -> None:
    environment = {"ATLAS_URL": fake.url, "ATLAS_API_KEY": KEY, "ATLAS_ENABLED": "true", "ATLAS_ROLLOUT_PERCENT": "100"}
    stored = replace(settings(fake.url), enabled=False, url="", rollout_percent=0)
    with Site(path, stored, Overrides.from_environment(environment), secret=None) as other:
        incident = other.file(1, "a fight at the bar")
        with other.running():
            other.until_said(incident, "atlas")
        assert other.side.health().overridden == ("url", "enabled", "rollout_percent", "key")
        assert other.side.health().key_stored
    assert KEY not in repr(Overrides.from_environment(environment))


def test_a_missing_key_is_told_and_costs_nothing(site: Site, fake: FakeAtlas) -> None:
    site.secret = None
    site.file(1, "a fight at the bar")
    with site.running():
        until(lambda: site.side.health().state is AtlasState.DOWN, "it was told")
        assert "key" in site.side.health().reason
        site.secret = KEY
        site.side.configure()
        site.until_waiting(0)
    assert site.store.atlas.counts(0).tally.calls == 1


def test_who_reported_does_not_leave(site: Site, fake: FakeAtlas) -> None:
    said = "I am Ada, ada@example.org, 070-123 45 67, 850709-9805; the car ABC 123 hit me"
    incident = site.file(1, said, reporter="user:ada-lovelace-1815", latitude=59.334591, longitude=18.063240)
    with site.running():
        site.until_said(incident, "atlas")
    [call] = fake.calls
    sent = call.raw.decode() + repr(call.headers)
    for secret in ("ada-lovelace", "example.org", "070-123", "9805", "ABC 123", incident.id, "59.3345", "rp-1"):
        assert secret not in sent


def test_an_incident_that_is_gone_does_not_hold_up_the_queue(site: Site, fake: FakeAtlas) -> None:
    ghost = replace(site.file(1, "a fight at the bar"), id="in-gone", description="a ghost fights")
    assert site.side.enqueue(ghost)
    last = site.file(2, "someone stole a bag")
    with site.running():
        site.until_said(last, "atlas")
        site.until_waiting(0)
    assert site.store.atlas.has(ghost.id, AtlasCallKind.CLASSIFY) is False


def test_what_an_operator_changed_while_atlas_thought_stays(site: Site, fake: FakeAtlas) -> None:
    incident = site.file(1, "a fight at the bar")
    fake.faults.append(LOST)
    with site.running():
        until(lambda: len(fake.calls) == 1, "the call was under way")
        done = site.store.incidents.change(
            lambda load: edit_incident(load, incident.id, site.clock.now_ns(), severity=Severity.MINIMAL, category=IncidentCategory.OTHER)
        )
        assert done.incidents
        fake.release.set()
        site.until_failed()
        site.now_s += 100
        known = site.until_said(incident, "atlas")
    assert (known.severity, known.category) == (Severity.MINIMAL, IncidentCategory.OTHER)
