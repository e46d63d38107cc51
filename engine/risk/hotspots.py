"""Questions to the risk surface: the riskiest cells around a place, why a cell has its risk, and the map of an hour."""

import numpy as np
import numpy.typing as npt

from engine.model.errors import InputError
from engine.model.incident import IncidentCategory
from engine.model.risk import CATEGORIES, Hotspot, RiskBump, RiskPart, RiskPicture, RiskReasons
from engine.model.risk_question import MOST_CELLS, ExplainRisk, GetRiskPicture, ListHotspots
from engine.risk.cell_rows import directions
from engine.risk.grid import EARTH_M, Numbers, Values, distance_m
from engine.risk.surface import LAST_HOUR, REACH_M, Field, RiskSurface

_ROUNDED = 5e-7  # of a risk that is kept in 32 bits
_REACH_DEG = 1.01 * np.degrees(REACH_M / EARTH_M)


def hotspots(surface: RiskSurface, ask: ListHotspots, now_ns: int) -> tuple[Hotspot, ...]:
    """Highest first; of equal ones the nearest. Those with their middle within the radius, and the one that the place is in."""
    field = surface.field(ask.hours_ahead, now_ns)
    away = _away(field, ask.latitude, ask.longitude)
    here = surface.grid.cells(np.array([ask.latitude]), np.array([ask.longitude]))
    near = away <= 1000.0 * ask.radius_km
    row, known = field.rows.find(here)
    near[row[known]] = True
    with np.errstate(invalid="ignore"):
        rows = np.flatnonzero(near & (field.risks >= ask.min_risk - _ROUNDED))
    chosen = _highest(rows, field.risks[rows], away[rows], ask.limit)
    return _spots(surface, chosen, ask.hours_ahead, now_ns)


def explained(surface: RiskSurface, ask: ExplainRisk, now_ns: int) -> RiskReasons:
    """The base and the parts add up to the risk, where that is below 1. Raises InputError."""
    if not surface.grid.is_cell(ask.cell):
        raise InputError("cell", f"{ask.cell} is no cell of the risk map. Cells have other numbers when their size is changed")
    cell = np.array([ask.cell], np.int64)
    rows, known = surface.rows.find(cell)
    spot = _spots(surface, rows, ask.hours_ahead, now_ns)[0] if known[0] else _unknown(surface, cell, ask.hours_ahead)
    if spot.risk is None or ask.hours_ahead > LAST_HOUR:
        return RiskReasons(spot)
    latitude, longitude = surface.grid.centres(cell)
    near = [bump for bump in surface.bumps.values() if abs(bump.latitude - latitude[0]) <= _REACH_DEG]
    parts = [_part(surface, bump, float(latitude[0]), float(longitude[0]), now_ns) for bump in near]
    found = sorted((part for part in parts if part.added > 0.0), key=lambda part: (-part.left, part.incident_id))
    return RiskReasons(spot, tuple(found))


def picture(surface: RiskSurface, ask: GetRiskPicture, now_ns: int, faded: bool) -> RiskPicture:
    """`faded`: see `RiskPicture`."""
    field = surface.field(ask.hours_ahead, now_ns)
    rows = np.flatnonzero(_inside(field, ask) & ~np.isnan(field.risks))
    if len(rows) > MOST_CELLS:
        rows = np.sort(rows[np.argpartition(-field.risks[rows], MOST_CELLS - 1)[:MOST_CELLS]])
    base = surface.base
    return RiskPicture(
        surface.grid.cell_m,
        ask.hours_ahead,
        now_ns,
        field.rows.latitudes[rows].astype(np.float32),
        field.rows.longitudes[rows].astype(np.float32),
        field.risks[rows],
        field.rows.cells[rows],
        base.computed_ns,
        is_stale(surface, now_ns),
        faded,
    )


def risk_at(surface: RiskSurface, places: Values, now_ns: int) -> tuple[float | None, ...]:
    """Risk of the hour at places (N, 2) in degrees; None: no data."""
    rows, known = surface.rows.find(surface.grid.cells(places[:, 0], places[:, 1]))
    return tuple(
        _total(*surface.value(row, 0, now_ns)) if there else None for row, there in zip(rows.tolist(), known.tolist(), strict=True)
    )


def count_cells(surface: RiskSurface, now_ns: int) -> int:
    """Those with data."""
    return int(np.count_nonzero(~np.isnan(surface.field(0, now_ns).risks)))


def is_stale(surface: RiskSurface, now_ns: int) -> bool:
    return 0 < surface.base.expires_ns <= now_ns


def _away(field: Field, latitude: float, longitude: float) -> Values:
    """(N,) metres as the crow flies."""
    here = directions(np.array([latitude]), np.array([longitude]))[:, 0]
    half_chord = np.sqrt(np.maximum(0.5 - 0.5 * (here @ field.rows.directions), 0.0))
    return 2 * EARTH_M * np.arcsin(np.minimum(half_chord, 1.0))


def _highest(rows: Numbers, risks: npt.NDArray[np.float32], away: Values, limit: int) -> Numbers:
    """In order. Many have the same risk, so that the nearest of those at the edge are looked for among them alone."""
    if len(rows) > limit:
        edge = np.partition(risks, len(risks) - limit)[len(risks) - limit]
        above, level = np.flatnonzero(risks > edge), np.flatnonzero(risks == edge)
        missing = limit - len(above)
        level = level[np.argpartition(away[level], missing - 1)[:missing]]
        kept = np.concatenate([above, level])
        rows, risks, away = rows[kept], risks[kept], away[kept]
    return rows[np.lexsort((away, -risks))]


def _inside(field: Field, ask: GetRiskPicture) -> npt.NDArray[np.bool_]:
    latitudes, longitudes = field.rows.latitudes, field.rows.longitudes
    east, west = longitudes <= ask.east, longitudes >= ask.west
    across = east & west if ask.west <= ask.east else east | west
    return (latitudes >= ask.south) & (latitudes <= ask.north) & across


def _spots(surface: RiskSurface, rows: Numbers, hours_ahead: int, now_ns: int) -> tuple[Hotspot, ...]:
    base = surface.base
    cells, stale = surface.rows.cells[rows], is_stale(surface, now_ns)
    facts, has_facts = base.facts.rows(cells)
    spots: list[Hotspot] = []
    for row, cell, fact, has in zip(rows.tolist(), cells.tolist(), facts.tolist(), has_facts.tolist(), strict=True):
        value, added = surface.value(row, hours_ahead, now_ns)
        spots.append(
            Hotspot(
                cell=cell,
                latitude=round(float(surface.rows.latitudes[row]), 6),
                longitude=round(float(surface.rows.longitudes[row]), 6),
                hours_ahead=hours_ahead,
                risk=_total(value, added),
                base=value,
                confidence=round(float(base.facts.confidences[fact]), 6) if has else 0.0,
                incidents=int(base.facts.counts[fact]) if has else 0,
                categories=_categories(int(base.facts.categories[fact])) if has else (),
                mean_severity=round(float(base.facts.severities[fact]), 3) if has else None,
                computed_ns=base.computed_ns if value is not None else 0,
                expires_ns=base.expires_ns if value is not None else 0,
                stale=stale and value is not None,
            )
        )
    return tuple(spots)


def _total(base: float | None, added: float) -> float | None:
    return None if base is None and not added else min(1.0, (base or 0.0) + added)


def _categories(bits: int) -> tuple[IncidentCategory, ...]:
    return tuple(category for number, category in enumerate(CATEGORIES) if bits >> number & 1)


def _unknown(surface: RiskSurface, cell: Numbers, hours_ahead: int) -> Hotspot:
    latitude, longitude = surface.grid.centres(cell)
    return Hotspot(int(cell[0]), float(latitude[0]), float(longitude[0]), hours_ahead, None, None, 0.0, 0)


def _part(surface: RiskSurface, bump: RiskBump, latitude: float, longitude: float, now_ns: int) -> RiskPart:
    away = float(distance_m(bump.latitude, bump.longitude, np.array([latitude]), np.array([longitude]))[0])
    share = max(0.0, 1.0 - away / REACH_M)
    left = surface.left(bump, now_ns) * share
    added = bump.strength * share
    return RiskPart(bump.incident_id, bump.category, bump.severity, bump.weight, away, bump.at_ns, added, left)
