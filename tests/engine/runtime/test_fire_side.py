"""Fire weather as days pass: learnt at the start and daily, tried again, kept while a service is down, forgotten when too old."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from engine.fire.fetching import Login, Reply
from engine.model.errors import EnvironmentFault, InputError
from engine.model.fire.fire import FireClass, FireRiskPolicy, FireSettings, FireSource, read_override
from engine.model.fire.smoke import Lookout
from engine.model.observation import FireRiskKnown, Observation
from engine.model.settings import CameraSettings, Settings
from engine.model.site import SiteAnchor
from engine.model.time import SECOND, ManualClock, from_iso
from engine.runtime.fire.fire_environment import FireOverrides
from engine.runtime.fire.fire_learning import FireLearning
from engine.runtime.fire.fire_side import NO_OVERRIDES, NO_SOURCE, NOT_YET, FireSide
from engine.runtime.fire.fire_state import FireState, next_hour_ns, pause_ns
from engine.store import open_store
from engine.store.store import Store
from tests.fakes.ports import InboxOf, SecretOf, SettingsOf, TroubleOf
from tests.fakes.risk_service import LOGIN, PASSWORD, Call, FakeRiskService, Fault, row

BEGIN = from_iso("2026-07-14T04:30:00Z")
DAY = date(2026, 7, 14)
MINUTE, HOUR = 60 * SECOND, 3600 * SECOND
CAMERAS = tuple(CameraSettings(name, name.title(), f"rtsp://192.0.2.1/{name}", enabled=False) for name in ("hill", "mill"))
SERVICE = FireSettings(service_url="http://risk", login=LOGIN, organization_id=2, service_ids=(("hill", 1), ("mill", 2)))
WEATHER = FireSettings(weather_url="http://risk/v1/forecast")


class Site:
    """A side of fire weather whose services answer at once and whose clock is moved by hand."""

    def __init__(self, store: Store, overrides: FireOverrides) -> None:
        self.clock = ManualClock(BEGIN)
        self.fake = FakeRiskService()
        self.gone = False
        self.on_fetch: Callable[[], None] = lambda: None
        self.settings = Settings(cameras=CAMERAS, anchor=SiteAnchor(46.0, 5.0))
        self.password: str | None = PASSWORD
        self.posted = list[Observation]()
        self.troubles = list[str | None]()
        self.store = store
        self.side = FireSide(
            store.fire,
            lambda settings: FireLearning(store.fire, self.fetch, settings, self.clock),
            SettingsOf(lambda: self.settings),
            SecretOf(lambda: self.password),
            self.clock,
            InboxOf(self.posted.append),
            TroubleOf(self.troubles.append),
            overrides,
            draw=lambda: 0.5,
        )

    def fetch(self, url: str, query: dict[str, str], login: Login | None) -> Reply:
        self.on_fetch()
        if self.gone:
            raise EnvironmentFault("timeout", "risk did not answer within 5 s.")
        basic = "" if login is None else base64.b64encode(f"{login.user}:{login.password}".encode()).decode()
        return Reply(*self.fake.answer(Call(url.removeprefix("http://risk"), query, f"Basic {basic}")))

    def use(self, fire: FireSettings) -> None:
        self.settings = replace(self.settings, fire=fire)
        self.side.refresh()

    def at(self, ns: int) -> None:
        self.clock.advance_to(ns)
        self.side.turn()

    def say(self, hill: FireClass, mill: FireClass = FireClass.HIGH, day: date = DAY) -> None:
        self.fake.scores[day] = [row(1, day, 7.0, hill.value), row(2, day, 30.0, mill.value)]

    def classes(self) -> list[FireClass | None]:
        return [risk.fire_class for risk in self.side.view().risks]

    def why(self) -> list[str]:
        return [risk.trouble for risk in self.side.view().risks]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    store = open_store(tmp_path / "watchroom.db", ManualClock(0))
    yield lambda overrides=NO_OVERRIDES: Site(store, overrides)
    store.close()


@pytest.fixture
def site(make: Callable[..., Site]) -> Site:
    return make()


def test_without_a_source_everything_is_shown_and_nobody_is_asked(site: Site) -> None:
    site.side.turn()
    assert site.classes() == [None, None]
    assert site.why() == [NO_SOURCE, NO_SOURCE]
    assert site.fake.calls == []
    assert site.troubles == []
    assert site.posted == [FireRiskKnown(BEGIN)]
    assert site.side.policy().keeps("hill", 0.01)


def test_classes_are_learnt_at_the_start_and_told(site: Site) -> None:
    site.use(SERVICE)
    assert site.why() == [NOT_YET, NOT_YET]
    site.say(FireClass.LOW)
    site.side.turn()
    view = site.side.view()
    assert site.classes() == [FireClass.LOW, FireClass.HIGH]
    assert (view.fetched_ns, view.trouble, view.password_stored) == (BEGIN, "", True)
    assert view.next_ns == from_iso("2026-07-15T04:00:00Z")
    told = FireRiskKnown(BEGIN, (("hill", FireClass.LOW), ("mill", FireClass.HIGH)), SERVICE.thresholds)
    assert site.posted == [told]
    assert [site.side.policy().keeps("hill", value) for value in (0.449, 0.45, None)] == [False, True, True]
    assert site.side.policy().keeps("mill", 0.1)


def test_p13_at_four_the_class_changes_and_what_was_hidden_reappears(site: Site) -> None:
    site.use(SERVICE)
    site.say(FireClass.LOW)
    site.side.turn()
    site.say(FireClass.HIGH, day=DAY + timedelta(days=1))
    site.at(from_iso("2026-07-15T03:59:59Z"))
    assert not site.side.policy().keeps("hill", 0.3)
    site.at(from_iso("2026-07-15T04:00:00Z"))
    assert site.side.policy().keeps("hill", 0.3)
    assert [known.classes[0][1] for known in site.posted if isinstance(known, FireRiskKnown)] == [FireClass.LOW, FireClass.HIGH]


def test_p6_a_start_that_fails_is_tried_again_after_1_2_4_up_to_30_minutes(site: Site) -> None:
    site.use(SERVICE)
    site.say(FireClass.LOW)
    site.gone = True
    site.side.turn()
    assert site.side.view().trouble == "risk did not answer within 5 s."
    waited = list[float]()
    for _ in range(7):
        due_ns = site.side.view().next_ns
        waited.append((due_ns - site.clock.now_ns()) / MINUTE)
        site.at(due_ns - 1)
        assert site.side.view().next_ns == due_ns
        site.at(due_ns)
    assert waited == [1, 2, 4, 8, 16, 30, 30]
    site.gone = False
    site.at(site.side.view().next_ns)
    assert site.classes()[0] is FireClass.LOW
    assert site.side.view().trouble == ""
    assert site.troubles == ["risk did not answer within 5 s.", None]


def test_p6_pauses_differ_a_little_and_never_pass_half_an_hour() -> None:
    assert [pause_ns(1, draw) / MINUTE for draw in (0.0, 0.5, 1.0)] == [0.8, 1.0, 1.2]
    assert max(pause_ns(failures, draw) for failures in range(1, 50) for draw in (0.0, 0.5, 1.0)) == 30 * MINUTE


@pytest.mark.parametrize(
    ("hour", "now", "expected"), [(4, "03:59:59", "14T04"), (4, "04:00:00", "15T04"), (4, "23:00:00", "15T04"), (0, "00:00:00", "15T00")]
)
def test_the_next_time_is_at_the_hour_after_now(hour: int, now: str, expected: str) -> None:
    assert next_hour_ns(from_iso(f"2026-07-14T{now}Z"), hour) == from_iso(f"2026-07-{expected}:00:00Z")


def test_a_clock_that_was_set_back_does_not_stop_it() -> None:
    assert FireState(due_ns=100 * 24 * HOUR).is_due(5)
    assert not FireState(due_ns=24 * HOUR).is_due(5)


@pytest.mark.parametrize("fault", [Fault(500), Fault(body=b"<html>"), Fault(body=b'{"detail": 1}'), Fault(401), None])
def test_p4_p5_a_failure_keeps_what_was_known_for_36_hours(site: Site, fault: Fault | None) -> None:
    site.use(SERVICE)
    site.say(FireClass.LOW)
    site.side.turn()
    site.fake.always, site.gone = fault, fault is None
    site.at(from_iso("2026-07-15T04:00:00Z"))
    view = site.side.view()
    assert (site.classes()[0], view.fetched_ns) == (FireClass.LOW, BEGIN)
    assert view.trouble
    assert view.since_ns == site.clock.now_ns()
    site.at(BEGIN + 36 * HOUR)
    assert site.classes()[0] is FireClass.LOW
    site.at(BEGIN + 36 * HOUR + 1)
    assert site.classes() == [None, None]
    assert site.why()[0] == "The data is older than 36 h, and no longer used."
    assert site.side.policy().keeps("hill", 0.01)
    assert site.posted[-1] == FireRiskKnown(site.clock.now_ns())
    assert site.side.view().since_ns == from_iso("2026-07-15T04:00:00Z")


def test_p5_an_empty_list_clears_and_warns(site: Site) -> None:
    site.use(SERVICE)
    site.say(FireClass.LOW)
    site.side.turn()
    site.at(from_iso("2026-07-15T04:00:00Z"))
    assert site.classes() == [None, None]
    assert site.troubles == ["The risk service knows no class of any camera for 2026-07-15: nothing is suppressed by fire weather."]
    assert site.side.view().next_ns == from_iso("2026-07-16T04:00:00Z")  # it is an answer


def test_p5_rows_that_make_no_sense_are_left_out_and_counted(site: Site) -> None:
    site.use(SERVICE)
    site.fake.scores[DAY] = [row(1, DAY, 7.0, "low"), {"camera_id": 2, "fwi_class": "damp"}]
    site.side.turn()
    assert site.classes() == [FireClass.LOW, None]
    assert site.side.view().trouble == "1 of the risk service's 2 rows make no sense and were left out."


def test_a_service_without_a_password_says_what_it_needs(site: Site) -> None:
    site.password = None
    site.use(SERVICE)
    site.side.turn()
    assert site.side.view().trouble == "The risk service needs a login and a password. Enter both."
    assert not site.side.view().password_stored
    assert site.fake.calls == []


def test_classes_outlive_a_restart_but_not_36_hours(make: Callable[..., Site]) -> None:
    site = make()
    site.use(SERVICE)
    site.say(FireClass.LOW)
    site.side.turn()
    for later, expected in ((20 * HOUR, FireClass.LOW), (37 * HOUR, None)):
        again = make()
        again.settings, again.gone = site.settings, True
        again.clock.advance_to(BEGIN + later)
        again.side.recall()
        again.side.turn()
        assert again.classes()[0] is expected


def test_p7_an_override_is_for_every_camera_and_asks_nobody(site: Site) -> None:
    site.use(SERVICE)
    site.say(FireClass.VERY_LOW)
    site.side.turn()
    calls = len(site.fake.calls)
    assert site.side.policy(override=FireClass.MODERATE).keeps("hill", 0.01)
    low = site.side.policy(DAY - timedelta(days=9), FireClass.LOW)
    assert [low.keeps(camera, 0.449) for camera in ("hill", "mill", "elsewhere")] == [False] * 3
    assert len(site.fake.calls) == calls


@pytest.mark.parametrize("word", ["Moderate", "foo", "", " moderate", "very low", "MODERATE"])
def test_p7_an_override_is_its_own_word_only(word: str) -> None:
    with pytest.raises(InputError) as refused:
        read_override(word)
    assert refused.value.field == "risk_score"


def test_p7_the_six_words_are_overrides() -> None:
    assert [read_override(known.value) for known in FireClass] == list(FireClass)


def test_the_kill_switch_shows_everything(site: Site) -> None:
    site.use(replace(SERVICE, filtering=False))
    site.say(FireClass.VERY_LOW)
    site.side.turn()
    assert site.classes()[0] is FireClass.VERY_LOW
    assert site.side.policy() == site.side.policy(DAY) == site.side.policy(override=FireClass.VERY_LOW) == FireRiskPolicy(thresholds=())
    assert site.posted == [FireRiskKnown(BEGIN)]


def test_p11_a_day_has_its_own_classes(site: Site) -> None:
    site.use(SERVICE)
    site.say(FireClass.VERY_LOW)
    site.side.turn()
    site.say(FireClass.HIGH, day=DAY + timedelta(days=1))
    site.at(from_iso("2026-07-15T04:00:00Z"))
    assert site.side.policy(DAY + timedelta(days=1)).keeps("hill", 0.1)
    assert not site.side.policy(DAY).keeps("hill", 0.1)
    assert site.side.policy(DAY + timedelta(days=2)).keeps("hill", 0.1)  # nobody knows it yet


def test_p11_a_day_before_the_engine_ran_is_asked_for_once(site: Site) -> None:
    past = DAY - timedelta(days=30)
    site.use(SERVICE)
    site.say(FireClass.HIGH)
    site.say(FireClass.VERY_LOW, day=past)
    site.side.turn()
    for _ in range(3):
        assert not site.side.policy(past).keeps("hill", 0.1)
    assert len(site.fake.of(f"/scores/{past}")) == 1


def test_p11_a_day_that_cannot_be_asked_for_is_shown_whole_and_left_alone_for_a_while(site: Site) -> None:
    past = DAY - timedelta(days=30)
    site.use(SERVICE)
    site.side.turn()
    site.fake.always = Fault(500)
    for _ in range(3):
        assert site.side.policy(past).keeps("hill", 0.1)
    assert len(site.fake.of(f"/scores/{past}")) == 1
    site.fake.always = None
    site.say(FireClass.VERY_LOW, day=past)
    site.clock.advance_to(BEGIN + 5 * MINUTE)
    assert not site.side.policy(past).keeps("hill", 0.1)


def test_the_environment_goes_before_the_settings(make: Callable[..., Site]) -> None:
    given = {"RISK_API_URL": "http://risk", "RISK_API_LOGIN": LOGIN, "RISK_API_PWD": PASSWORD, "RISK_REFRESH_HOUR_UTC": "25"}
    site = make(FireOverrides.of(given))
    site.password = None
    site.use(FireSettings(service_url="http://elsewhere", service_ids=SERVICE.service_ids))
    site.say(FireClass.LOW)
    site.side.turn()
    view = site.side.view()
    assert site.classes()[0] is FireClass.LOW
    assert view.overridden == ("service_url", "login", "refresh_hour_utc", "password")
    assert view.next_ns == from_iso("2026-07-14T23:00:00Z")
    assert view.password_stored


def test_empty_variables_count_as_not_set_and_nonsense_is_named() -> None:
    assert FireOverrides.of({"RISK_API_URL": " ", "RISK_API_PWD": ""}) == FireOverrides()
    assert FireOverrides.of({}).over(SERVICE) is SERVICE
    with pytest.raises(InputError) as refused:
        FireOverrides.of({"RISK_REFRESH_HOUR_UTC": "four"})
    assert refused.value.field == "RISK_REFRESH_HOUR_UTC"
    assert PASSWORD not in repr(FireOverrides.of({"RISK_API_PWD": PASSWORD}))


def test_weather_is_fetched_from_before_the_spin_up_and_a_class_is_told(site: Site) -> None:
    site.use(WEATHER)
    site.side.turn()
    query = site.fake.calls[0].query
    assert (query["latitude"], query["longitude"]) == ("46.00", "5.00")
    assert (query["start_date"], query["end_date"]) == ("2026-06-13", "2026-07-15")
    risk = site.side.view().risks[0]
    assert (risk.source, risk.day, risk.fetched_ns) == (FireSource.WEATHER, DAY, BEGIN)
    assert risk.fire_class is not None
    days = [day for _, day in site.store.fire.weather("site", DAY - timedelta(days=1))]
    assert [day.forecast for day in days] == [False, True]  # it is half past four: noon of today is yet to come
    assert days[1].spun_up == 31


def test_the_next_day_goes_on_from_yesterday(site: Site) -> None:
    site.use(WEATHER)
    site.side.turn()
    site.fake.hour = (10.0, 90.0, 5.0, 1.0)
    site.at(from_iso("2026-07-15T04:00:00Z"))
    query = site.fake.calls[-1].query
    assert (query["start_date"], query["end_date"]) == ("2026-07-13", "2026-07-16")  # the 14th was a forecast
    days = [day for _, day in site.store.fire.weather("site", DAY)]
    assert [day.forecast for day in days] == [False, True]
    assert site.side.view().risks[0].fire_class is FireClass.VERY_LOW


def test_spin_up_is_unknown_and_says_how_far_it_is(site: Site) -> None:
    site.use(replace(WEATHER, spin_up_days=60))
    site.side.turn()
    site.settings = replace(site.settings, fire=replace(WEATHER, spin_up_days=365))
    site.at(from_iso("2026-07-15T04:00:00Z"))
    assert site.classes() == [None, None]
    assert site.why()[0] == "The fire weather of 2026-07-15 is unknown: Unknown, 62 of 365 days of spin-up."


def test_lookouts_elsewhere_have_their_own_weather(site: Site) -> None:
    site.settings = replace(site.settings, lookouts=(Lookout("mill", 47.26, 5.0), Lookout("hill", 46.01, 5.01)))
    site.use(WEATHER)
    site.side.turn()
    assert sorted(call.query["latitude"] for call in site.fake.calls) == ["46.00", "47.30"]
    assert len(site.store.fire.weather("47.3,5.0", DAY)) == 1


def test_weather_without_a_place_says_so(site: Site) -> None:
    site.settings = replace(site.settings, anchor=None)
    site.use(WEATHER)
    site.side.turn()
    assert site.side.view().trouble.startswith("The site has no location")
    assert site.classes() == [None, None]


def test_weather_that_fails_keeps_what_was_known_and_the_service_goes_before_it(site: Site) -> None:
    site.use(replace(SERVICE, weather_url=WEATHER.weather_url))
    site.fake.scores[DAY] = [row(1, DAY, 60.0, "extreme")]
    site.side.turn()
    risks = site.side.view().risks
    assert (risks[0].fire_class, risks[0].source) == (FireClass.EXTREME, FireSource.SERVICE)
    assert (risks[1].fire_class is not None, risks[1].source) == (True, FireSource.WEATHER)  # the service knows nothing of it
    assert {risk.camera_id: risk.source for risk in site.store.fire.risks(DAY)} == {"hill": FireSource.SERVICE, "mill": FireSource.WEATHER}
    site.gone = True
    site.at(from_iso("2026-07-15T04:00:00Z"))
    assert [risk.fire_class for risk in site.side.view().risks] == [risk.fire_class for risk in risks]


def test_one_place_without_weather_does_not_stand_in_the_way_of_the_others(site: Site) -> None:
    site.settings = replace(site.settings, lookouts=(Lookout("hill", 47.26, 5.0),))
    site.use(WEATHER)
    site.fake.faults.append(Fault(500))
    site.side.turn()
    assert site.side.view().trouble == 'The weather service answers with 500 ({"detail": "no"}).'
    assert sorted(known is not None for known in site.classes()) == [False, True]


def test_days_older_than_events_are_let_go(site: Site) -> None:
    site.use(SERVICE)
    site.say(FireClass.LOW)
    site.side.turn()
    site.gone = True
    site.at(from_iso("2027-07-14T04:30:00Z"))
    assert len(site.store.fire.risks(DAY)) == 2
    site.at(from_iso("2027-07-15T06:00:00Z"))
    assert site.store.fire.risks(DAY) == ()


CSV = "date,temperature,humidity,wind,rain\n"


def csv(first: date, days: int, wind: float = 15.0) -> str:
    return CSV + "".join(f"{first + timedelta(days=day)},25,35,{wind},0\n" for day in range(days))


def test_weather_from_a_file_gives_a_class(site: Site) -> None:
    assert site.side.take_csv(csv(DAY - timedelta(days=35), 36)) == "36 days: 36 ok"
    site.side.turn()
    risk = site.side.view().risks[0]
    assert (risk.day, risk.source) == (DAY, FireSource.WEATHER)
    assert risk.fire_class is not None
    site.at(from_iso("2026-07-16T04:00:00Z"))
    assert site.classes() == [None, None]  # the file ended two days ago


def test_days_after_those_of_a_file_are_computed_anew(site: Site) -> None:
    site.side.take_csv(csv(DAY - timedelta(days=10), 8))
    before = dict((day.day, day.fwi) for _, day in site.store.fire.weather("site", DAY - timedelta(days=10)))
    told = site.side.take_csv(csv(DAY - timedelta(days=8), 1, wind=-1.0))
    assert told == "1 days: 1 rejected"
    after = dict((day.day, day.fwi) for _, day in site.store.fire.weather("site", DAY - timedelta(days=10)))
    assert after.keys() == before.keys()
    assert [after[day] == before[day] for day in sorted(after)] == [True, True, False, False, False, False, False, False]


def test_a_file_without_a_place_or_days_is_refused(site: Site) -> None:
    with pytest.raises(InputError, match="holds no day"):
        site.side.take_csv(CSV)
    with pytest.raises(InputError, match="is larger than 5 MB"):
        site.side.take_csv(" " * (5 << 20) + CSV)
    site.settings = replace(site.settings, anchor=None)
    with pytest.raises(InputError) as refused:
        site.side.take_csv(csv(DAY, 1))
    assert refused.value.field == "anchor"
    assert site.store.fire.weather("site", DAY) == ()


def test_a_newer_day_of_weather_goes_before_an_older_one_of_the_service(site: Site) -> None:
    site.use(replace(SERVICE, weather_url=WEATHER.weather_url))
    site.fake.scores[DAY] = [row(1, DAY, 60.0, "extreme")]
    site.side.turn()
    site.password = "another"  # the service refuses it; the weather needs none
    site.at(from_iso("2026-07-15T04:00:00Z"))
    risk = site.side.view().risks[0]
    assert (risk.day, risk.source) == (DAY + timedelta(days=1), FireSource.WEATHER)
    assert site.side.view().trouble == "The risk service rejects the login (401). Enter it again."


def test_what_is_changed_while_it_learns_is_learnt_anew(site: Site) -> None:
    site.use(SERVICE)
    site.say(FireClass.LOW)
    site.on_fetch = site.side.refresh
    site.side.turn()
    site.on_fetch = lambda: None
    site.side.turn()
    site.side.turn()
    assert len(site.fake.of("/scores")) == 2
