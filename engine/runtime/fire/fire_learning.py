"""Where the classes of the day come from: a risk service is asked; weather, fetched or read from a file, becomes days of a season."""

import logging
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from engine.fire.fetching import Fetch, Login
from engine.fire.places import Place, camera_ids, places_of, site_place, utc_day
from engine.fire.season import Season, state_after
from engine.fire.service import OurCamera, RiskService, Scores, risks_of
from engine.fire.weather_csv import WeatherRow, read_weather
from engine.fire.weather_service import MOST_DAYS, WeatherService, noon_ns
from engine.model.errors import EnvironmentFault, InputError
from engine.model.fire.fire import FireDay, FireRisk, FireSettings, FireSource, NoonWeather
from engine.model.settings import Settings
from engine.model.time import SECOND, Clock
from engine.model.value_class import dataclass
from engine.runtime.ports import SettingsSource
from engine.store.fire.fire import FireTable

log = logging.getLogger(__name__)

LARGEST = 5 << 20  # of an imported text
_NAMED = 5  # lines of a file that are named one by one
_HOUR_NS = 3600 * SECOND


@dataclass(frozen=True, slots=True)
class Learnt:
    """`warning`: what is odd about an answer that is one, a sentence or empty."""

    risks: tuple[FireRisk, ...]
    warning: str = ""


class FireLearning:
    """Any thread; calls take as long as the network does. All may raise EnvironmentFault.

    Args:
        settings: of the site, with the fire settings that hold.
    """

    def __init__(self, store: FireTable, fetch: Fetch, settings: SettingsSource, clock: Clock) -> None:
        self._store = store
        self._fetch = fetch
        self._settings = settings
        self._clock = clock

    def from_service(self, day: date, password: str) -> Learnt:
        """The classes that the service tells of a day, of every camera."""
        settings, now_ns = self._settings.now(), self._clock.now_ns()
        fire = settings.fire
        service = RiskService(self._fetch, fire.service_url, Login(fire.login, password), fire.organization_id, fire.bounds)
        scores = service.scores(day)
        risks = risks_of(scores, _cameras(settings), lambda: _names(service), day, now_ns)
        return Learnt(risks, _warning(scores, day))

    def from_weather(self) -> None:
        """Bring the season of every place up to today; kept."""
        settings = self._settings.now()
        places = {place.id: place for place in places_of(settings).values() if place is not None}
        if settings.fire.weather_url and not places:
            raise EnvironmentFault(
                "no_place", "The site has no location, so its weather is unknown. Set it under Incidents, Site location…"
            )
        faults = [self._brought_up(place, settings.fire) for place in places.values() if settings.fire.weather_url]
        first = next((fault for fault in faults if fault is not None), None)
        if first is not None:
            raise first

    def weather_risks(self) -> tuple[FireRisk, ...]:
        """What weather that is kept says of every camera now, where it says anything."""
        settings, now_ns = self._settings.now(), self._clock.now_ns()
        places = places_of(settings)
        days = {place.id: self._newest(place, now_ns, settings.fire) for place in places.values() if place is not None}
        told = ((camera_id, None if place is None else days[place.id]) for camera_id, place in places.items())
        return tuple(risk for camera_id, found in told if found is not None for risk in (_computed(camera_id, *found),))

    def take_csv(self, text: str) -> str:
        """Weather of the site from a file; everything after its first day is computed anew. What became of it, in words.

        Raises InputError: field and line.
        """
        if len(text) > LARGEST:
            raise InputError("text", f"is larger than {LARGEST >> 20} MB")
        settings = self._settings.now()
        place = site_place(settings)
        if place is None:
            raise InputError("anchor", "is not set: set the site location first, which day length depends on")
        table = read_weather(text)
        noons = table.noons
        if not noons:
            raise InputError("text", "holds no day")
        days = self._compute_anew(place, noons, settings.fire)
        given = {noon.day for noon in noons}
        return _day_counts_text([day for noon, day in days if noon.day in given]) + _left_out(table.left_out)

    def _brought_up(self, place: Place, fire: FireSettings) -> EnvironmentFault | None:
        """What failed: one place does not stand in the way of the others."""
        try:
            self._bring_up(place, fire)
        except EnvironmentFault as fault:
            return fault
        return None

    def _bring_up(self, place: Place, fire: FireSettings) -> None:
        today = utc_day(self._clock.now_ns())
        last = self._store.last_computed(place.id, before=today)
        earliest = today - timedelta(days=min(max(fire.spin_up_days, 1), MOST_DAYS - 1))
        first = earliest if last is None else max(last.day + timedelta(days=1), earliest)
        noons = WeatherService(self._fetch, fire.weather_url).noons(place.latitude, place.longitude, first, today)
        self._store_days(place, _season(place, fire).run(state_after(last), noons, self._coming(place)))

    def _compute_anew(self, place: Place, noons: list[NoonWeather], fire: FireSettings) -> list[tuple[NoonWeather, FireDay]]:
        first = noons[0].day
        merged = {noon.day: noon for noon, _ in self._store.weather(place.id, first)} | {noon.day: noon for noon in noons}
        last = self._store.last_computed(place.id, before=first)
        days = _season(place, fire).run(state_after(last), (merged[day] for day in sorted(merged)), self._coming(place))
        self._store_days(place, days)
        return days

    def _store_days(self, place: Place, days: list[tuple[NoonWeather, FireDay]]) -> None:
        self._store.keep_weather(place.id, days)

    def _coming(self, place: Place) -> Callable[[date], bool]:
        now_ns = self._clock.now_ns()
        return lambda day: noon_ns(day, place.longitude) > now_ns

    def _newest(self, place: Place, now_ns: int, fire: FireSettings) -> tuple[FireDay, int] | None:
        """The newest day up to today that is not too old, and when its noon was (now, where it is yet to come)."""
        today, oldest_ns = utc_day(now_ns), now_ns - round(fire.oldest_h * _HOUR_NS)
        kept = self._store.weather(place.id, utc_day(oldest_ns))
        days = [day for _, day in kept if day.day <= today and noon_ns(day.day, place.longitude) >= oldest_ns]
        return (days[-1], min(noon_ns(days[-1].day, place.longitude), now_ns)) if days else None


def _season(place: Place, fire: FireSettings) -> Season:
    return Season(place.latitude, fire.start_codes, fire.spin_up_days, fire.bounds)


def _cameras(settings: Settings) -> list[OurCamera]:
    ids = dict(settings.fire.service_ids)
    names = {camera.id: camera.name for camera in settings.cameras}
    return [OurCamera(camera_id, names.get(camera_id, camera_id), ids.get(camera_id)) for camera_id in camera_ids(settings)]


def _names(service: RiskService) -> Mapping[str, str]:
    """A service that does not list its cameras has told its scores all the same."""
    try:
        return service.names()
    except EnvironmentFault as fault:
        log.info("The risk service does not say what its cameras are called: %s", fault)
        return {}


def _warning(scores: Scores, day: date) -> str:
    if not scores.scores:
        return f"The risk service knows no class of any camera for {day}: nothing is suppressed by fire weather."
    if scores.skipped:
        return f"{scores.skipped} of the risk service's {scores.skipped + len(scores.scores)} rows make no sense and were left out."
    return ""


def _computed(camera_id: str, day: FireDay, at_ns: int) -> FireRisk:
    trouble = "" if day.fire_class is not None else f"The fire weather of {day.day} is unknown: {day.reason}"
    return FireRisk(camera_id, day.day, day.fire_class, day.fwi, FireSource.WEATHER, at_ns, trouble)


def _left_out(rows: list[WeatherRow]) -> str:
    """What of a file was not used, the first lines by name."""
    if not rows:
        return ""
    more = f" … and {len(rows) - _NAMED} more" if len(rows) > _NAMED else ""
    return f"; {len(rows)} lines were left out: " + "; ".join(f"line {row.line}: {row.wrong}" for row in rows[:_NAMED]) + more


def _day_counts_text(days: list[FireDay]) -> str:
    statuses = [day.status.value for day in days]
    parts = ", ".join(f"{statuses.count(status)} {status}" for status in dict.fromkeys(statuses))
    return f"{len(days)} days: {parts}"
