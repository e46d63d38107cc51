"""A risk service: the class of the day for each of its cameras (the contract of Pyronear's risk API).

`GET /scores/{date}?organization_id=` with HTTP Basic gives `[{camera_id, date, fwi?, fwi_class?, fetched_at}]`. Rows that make no sense are
left out and counted; what is no list, or holds no good row at all, is a failure, so that what was known before stays. An empty list is an
answer: the service knows nothing. A row without class and value is one too: the service has no value there (it cannot tell a raster
without coverage from one that is all zero), which is unknown and not "very low". A value of 0 that is told is a value.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, TypeAlias, cast

from engine.fire.fetching import MALFORMED, Fetch, Login, read_json
from engine.model.errors import EnvironmentFault
from engine.model.fire.fire import ClassBounds, FireClass, FireRisk, FireSource
from engine.model.value_class import dataclass

HIGHEST = 200.0  # FWI that the service itself takes for a value
WHO = "The risk service"
Plain: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Score:
    """What the service says of one of its cameras. `camera_id`: as text. Both None: it has no value there."""

    camera_id: str
    fwi: float | None
    fire_class: FireClass | None


@dataclass(frozen=True, slots=True)
class Scores:
    """`skipped`: rows that make no sense."""

    scores: tuple[Score, ...]
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class OurCamera:
    """`service_id`: as the settings say, None: known by the same id or name."""

    id: str
    name: str
    service_id: int | None = None


class RiskService:
    """Any thread; each call takes the time of `fetch` at most. Raises EnvironmentFault.

    Args:
        url: of the API's root. bounds: where the service tells a value and no class.
    """

    def __init__(self, fetch: Fetch, url: str, login: Login, organization_id: int | None, bounds: ClassBounds) -> None:
        self._fetch = fetch
        self._url = url.rstrip("/")
        self._login = login
        self._query = {} if organization_id is None else {"organization_id": str(organization_id)}
        self._bounds = bounds

    def scores(self, day: date) -> Scores:
        rows = self._fetch_list(f"scores/{day.isoformat()}")
        scores = _read_all(rows, partial(self._score, day=day))
        if rows and not scores.scores:
            raise EnvironmentFault(MALFORMED, f"{WHO} answers with {len(rows)} rows, none of which makes sense. What was known stays.")
        return scores

    def names(self) -> dict[str, str]:
        """What the service calls its cameras."""
        rows = [cast("Plain", row) for row in self._fetch_list("cameras") if isinstance(row, dict)]
        told = [(_camera_id(row.get("id")), row.get("name")) for row in rows]
        return {key: name for key, name in told if key is not None and isinstance(name, str)}

    def _fetch_list(self, path: str) -> Sequence[Any]:
        answer = read_json(self._fetch(f"{self._url}/{path}", self._query, self._login), WHO)
        if not isinstance(answer, list):
            raise EnvironmentFault(MALFORMED, f"{WHO} answers with something that is no list. What was known stays.")
        return cast("list[Any]", answer)

    def _score(self, row: Plain, day: date) -> Score | None:
        camera_id, told_day, fwi = _camera_id(row.get("camera_id")), row.get("date", day.isoformat()), row.get("fwi")
        if camera_id is None or not isinstance(told_day, str) or told_day[:10] != day.isoformat():
            return None
        if fwi is not None and not _is_fwi(fwi):
            return None
        said = row.get("fwi_class")
        if said is None:
            return Score(camera_id, fwi, None if fwi is None else self._bounds.class_of(fwi))
        known = class_named(said)
        return None if known is None else Score(camera_id, fwi, known)


def class_named(word: object) -> FireClass | None:
    """The class behind a word of the service, however it is written: ` Very High` is `very_high`. None: there is no such class."""
    if not isinstance(word, str):
        return None
    try:
        return FireClass("_".join(word.strip().lower().split()))
    except ValueError:
        return None


def risks_of(
    scores: Scores, cameras: Sequence[OurCamera], names: Callable[[], Mapping[str, str]], day: date, now_ns: int
) -> tuple[FireRisk, ...]:
    """One for each of our cameras.

    Args:
        names: what the service calls its cameras; asked only where a camera is not known otherwise. Raises EnvironmentFault.
    """
    told = {score.camera_id: score for score in scores.scores}
    ids = {camera.id: _known_by_id(camera, told) for camera in cameras}
    strangers = [camera for camera in cameras if ids[camera.id] is None and camera.service_id is None]
    if strangers and told:
        ids |= _known_by_name(strangers, names())
    return tuple(_risk(camera, told.get(ids[camera.id] or ""), day, now_ns) for camera in cameras)


def _known_by_id(camera: OurCamera, told: Mapping[str, Score]) -> str | None:
    if camera.service_id is not None:
        return str(camera.service_id)
    return next((key for key in (camera.id, camera.name.strip()) if key in told), None)


def _known_by_name(cameras: Sequence[OurCamera], names: Mapping[str, str]) -> dict[str, str | None]:
    """By the same name, but for its case; a name that two cameras of the service have is nobody's."""
    called = [name.strip().casefold() for name in names.values()]
    by_name = {name.strip().casefold(): key for key, name in names.items() if called.count(name.strip().casefold()) == 1}
    return {camera.id: by_name.get(camera.name.strip().casefold(), by_name.get(camera.id.casefold())) for camera in cameras}


def _risk(camera: OurCamera, score: Score | None, day: date, now_ns: int) -> FireRisk:
    if score is None:
        trouble = f"{WHO} tells nothing of this camera. Give the number that it has there, or the same name."
        return FireRisk(camera.id, day, None, None, FireSource.SERVICE, now_ns, trouble)
    trouble = "" if score.fire_class is not None else f"{WHO} has no value for this place: no coverage, or nothing but zeros."
    return FireRisk(camera.id, day, score.fire_class, score.fwi, FireSource.SERVICE, now_ns, trouble)


def _read_all(rows: Sequence[Any], read: Callable[[Plain], Score | None]) -> Scores:
    found = [read(cast("Plain", row)) if isinstance(row, dict) else None for row in rows]
    good = [score for score in found if score is not None]
    return Scores(tuple(good), len(found) - len(good))


def _camera_id(value: object) -> str | None:
    """The service numbers its cameras; another one may call them something."""
    return str(value) if type(value) is int or (isinstance(value, str) and 0 < len(value) <= 100) else None


def _is_fwi(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and 0 <= value <= HIGHEST
