"""The risk map's part of the record: incidents as columns, and what they added of late."""

from collections.abc import Iterable
from collections.abc import Sequence as Several
from dataclasses import field

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Delete, bindparam, delete, select

from engine.model.incidents.incident import IncidentState
from engine.model.risk.risk import CATEGORIES, PastIncidents, RiskBump
from engine.model.value_class import dataclass
from engine.model.wire import read_as, to_plain
from engine.store.fire.risk_tables import risk_bumps, risk_cells
from engine.store.guarded import GuardedTables
from engine.store.paging import between
from engine.store.tables import alerts, incidents, meta
from engine.store.upsert import insert_into, upsert

Numbers = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]

_KEPT_FOR = "risk"  # in `meta`: the settings that cells and bumps were kept for
_GONE_BUMPS = delete(risk_bumps).where(risk_bumps.c.incident_id == bindparam("gone"))
_GONE_CELLS = delete(risk_cells).where(risk_cells.c.cell == bindparam("gone"))
_FALSE = select(alerts.c.incident_id).where(alerts.c.disposition == "false", alerts.c.incident_id != "")
_NUMBERS = {category.value: number for number, category in enumerate(CATEGORIES)}


def _no_numbers() -> Numbers:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class CellBumps:
    """`bumps` (N,) of `cells` (N,), each as it was at its own of `reference_ns` (N,)."""

    cells: Numbers = field(default_factory=_no_numbers)
    bumps: Values = field(default_factory=lambda: np.zeros(0))
    reference_ns: Numbers = field(default_factory=_no_numbers)


@dataclass(frozen=True, slots=True, eq=False)
class KeptBumps:
    """`kept_for`: what `RiskTable.replace` was told; empty where nothing was kept yet."""

    kept_for: str
    bumps: tuple[RiskBump, ...]
    cells: CellBumps


class RiskTable(GuardedTables):
    """Any thread. `faults` turns what the database says when the world fails into EnvironmentFault."""

    def past(self, since_ns: int, until_ns: int | None = None, simulated: bool = False) -> PastIncidents:
        """Incidents that occurred from `since_ns` on and before `until_ns`; none that lives on in another or was called false,
        and simulated ones only where asked for."""
        columns = (incidents.c.id, incidents.c.latitude, incidents.c.longitude, incidents.c.occurred_ns)
        query = select(*columns, incidents.c.category, incidents.c.severity, incidents.c.simulated).order_by(
            incidents.c.occurred_ns, incidents.c.id
        )
        real = (incidents.c.state != IncidentState.MERGED.value, incidents.c.id.not_in(_FALSE))
        if not simulated:
            real = (*real, incidents.c.simulated.is_(False))
        with self._read() as connection:
            rows = connection.execute(query.where(*real, *between(incidents.c.occurred_ns, since_ns, until_ns))).all()
        ids, latitudes, longitudes, times, categories, severities, drawn = zip(*rows, strict=True) if rows else ((),) * 7
        return PastIncidents(
            tuple(ids),
            np.array(latitudes, np.float64),
            np.array(longitudes, np.float64),
            np.array(times, np.int64),
            np.array([_NUMBERS[category] for category in categories], np.int8),
            np.array(severities, np.int8),
            any(drawn),
        )

    def is_false(self, incident_id: str) -> bool:
        """Whether an operator closed an alert of it as false."""
        with self._read() as connection:
            return connection.scalar(_FALSE.where(alerts.c.incident_id == incident_id).limit(1)) is not None

    def load(self) -> KeptBumps:
        with self._read() as connection:
            kept_for = connection.scalar(select(meta.c.value).where(meta.c.key == _KEPT_FOR)) or ""
            bumps = tuple(read_as(RiskBump, dict(row)) for row in connection.execute(select(risk_bumps)).mappings())
            rows = connection.execute(select(risk_cells.c.cell, risk_cells.c.bump, risk_cells.c.reference_ns)).all()
        cells, values, times = zip(*rows, strict=True) if rows else ((), (), ())
        return KeptBumps(kept_for, bumps, CellBumps(np.array(cells, np.int64), np.array(values, np.float64), np.array(times, np.int64)))

    def put(self, bumps: Several[RiskBump], gone: Several[str], cells: CellBumps) -> None:
        """What became of some incidents, and all cells that were changed by it, in one transaction. `gone`: incidents that count no more.

        A cell with a bump of 0 is removed.
        """
        with self._write() as connection:
            _put(connection, bumps, gone, cells)

    def replace(self, kept_for: str, bumps: Several[RiskBump], cells: CellBumps) -> None:
        """Everything anew. `kept_for`: names the settings that it is true for."""
        with self._write() as connection:
            connection.execute(delete(risk_bumps))
            connection.execute(delete(risk_cells))
            upsert(connection, meta, [{"key": _KEPT_FOR, "value": kept_for}])
            _put(connection, bumps, (), cells)


def _put(connection: Connection, bumps: Several[RiskBump], gone: Iterable[str], cells: CellBumps) -> None:
    _remove(connection, _GONE_BUMPS, list(gone))
    upsert(connection, risk_bumps, [to_plain(bump) for bump in bumps])
    kept = cells.bumps > 0.0
    _remove(connection, _GONE_CELLS, cells.cells[~kept].tolist())
    _put_cells(connection, cells.cells[kept], cells.bumps[kept], cells.reference_ns[kept])


def _put_cells(connection: Connection, cells: Numbers, bumps: Values, reference_ns: Numbers) -> None:
    """Given to the driver as they are: naming every value of hundreds of rows takes four times as long as the database does."""
    if not len(cells):
        return
    new = insert_into(connection, risk_cells)
    changed = {"bump": new.excluded.bump, "reference_ns": new.excluded.reference_ns}
    compiled = new.on_conflict_do_update(index_elements=["cell"], set_=changed).compile(dialect=connection.dialect)
    columns = {"cell": cells.tolist(), "bump": bumps.tolist(), "reference_ns": reference_ns.tolist()}
    connection.exec_driver_sql(str(compiled), list(zip(*(columns[name] for name in compiled.positiontup or ()), strict=True)))


def _remove(connection: Connection, statement: Delete, keys: list[str] | list[int]) -> None:
    if keys:
        connection.execute(statement, [{"gone": key} for key in keys])
