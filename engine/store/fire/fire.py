"""Fire weather's part of the record: the classes of cameras by day, and the seasons of places."""

import math
from collections.abc import Sequence as Several
from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, delete, select

from engine.model.fire.fire import FireDay, FireDayStatus, FireRisk, NoonWeather
from engine.model.wire import read_as, to_plain
from engine.store.fire.fire_tables import fire_risks, fire_weather
from engine.store.guarded import GuardedTables
from engine.store.upsert import upsert

_MEASURED = tuple(field.name for field in fields(NoonWeather) if field.name != "day")
_COMPUTED = tuple(field.name for field in fields(FireDay))


class FireTable(GuardedTables):
    """Any thread. `faults` turns what the database says when the world fails into EnvironmentFault."""

    def keep_risks(self, risks: Several[FireRisk]) -> None:
        """Insert, or replace by day and camera; in one transaction, durable on return."""
        with self._write() as connection:
            upsert(connection, fire_risks, [to_plain(risk) for risk in risks])

    def risks(self, day: date) -> tuple[FireRisk, ...]:
        """What is known of a day, whenever it was learnt."""
        with self._read() as connection:
            rows = connection.execute(select(fire_risks).where(fire_risks.c.day == day.isoformat())).mappings()
            return tuple(map(_risk, rows))

    def newest_risks(self, since_ns: int) -> tuple[FireRisk, ...]:
        """Of each camera what was learnt last, where that was since then."""
        query = select(fire_risks).where(fire_risks.c.fetched_ns >= since_ns).order_by(fire_risks.c.fetched_ns, fire_risks.c.day)
        with self._read() as connection:
            found = {row["camera_id"]: row for row in connection.execute(query).mappings()}
            return tuple(map(_risk, found.values()))

    def keep_weather(self, place: str, days: Several[tuple[NoonWeather, FireDay]]) -> None:
        """Insert, or replace by place and day; in one transaction, durable on return."""
        with self._write() as connection:
            upsert(connection, fire_weather, [{"place": place, **_measured(noon), **to_plain(day)} for noon, day in days])

    def weather(self, place: str, first: date) -> tuple[tuple[NoonWeather, FireDay], ...]:
        """From a day on, in order; days to come are forecasts."""
        mine = (fire_weather.c.place == place, fire_weather.c.day >= first.isoformat())
        with self._read() as connection:
            rows = connection.execute(select(fire_weather).where(*mine).order_by(fire_weather.c.day)).mappings()
            return tuple((_noon(row), _day(row)) for row in rows)

    def last_computed(self, place: str, before: date | None = None) -> FireDay | None:
        """The last day whose codes are known and no forecast: from it the season goes on."""
        known = [fire_weather.c.place == place, fire_weather.c.forecast.is_(False)]
        known.append(fire_weather.c.status != FireDayStatus.REJECTED.value)
        if before is not None:
            known.append(fire_weather.c.day < before.isoformat())
        with self._read() as connection:
            query = select(fire_weather).where(*known).order_by(fire_weather.c.day.desc()).limit(1)
            row = connection.execute(query).mappings().first()
            return None if row is None else _day(row)

    def forget(self, before: date) -> None:
        """Days before are removed."""
        with self._write() as connection:
            for table in (fire_risks, fire_weather):
                connection.execute(delete(table).where(table.c.day < before.isoformat()))


def _risk(row: RowMapping) -> FireRisk:
    return read_as(FireRisk, dict(row))


def _day(row: RowMapping) -> FireDay:
    return read_as(FireDay, {name: row[name] for name in _COMPUTED})


def _noon(row: RowMapping) -> NoonWeather:
    values = (math.nan if row[name] is None else row[name] for name in _MEASURED)
    return NoonWeather(date.fromisoformat(row["day"]), *values)


def _measured(noon: NoonWeather) -> dict[str, Any]:
    """Databases do not agree on NaN: what was not measured is NULL."""
    values = {name: getattr(noon, name) for name in _MEASURED}
    return {name: value if math.isfinite(value) else None for name, value in values.items()}
