"""Questions to the risk surface: the riskiest cells around a place, why a cell has its risk, and the map of an hour."""

import numpy as np
import numpy.typing as npt

from engine.model.errors import InputError
from engine.model.geometry import EARTH_M
from engine.model.incidents.incident import IncidentCategory
from engine.model.risk.questions import MOST_CELLS, ExplainRisk, GetRiskPicture, ListHotspots
from engine.model.risk.risk import CATEGORIES, Hotspot, RiskBump, RiskPart, RiskPicture, RiskReasons
from engine.risk.cell_rows import directions
from engine.risk.grid import Numbers, Values
from engine.risk.surface import LAST_HOUR, REACH_M, RiskSurface

_ROUNDED = 5e-7  # of a risk that is kept in 32 bits


def hotspots(surface: RiskSurface, ask: ListHotspots, now_ns: int) -> tuple[Hotspot, ...]:
    """Highest first; of equal ones the nearest. Those with their middle within the radius, and the one that the place is in."""
    rows, away = _cells_near(surface, ask.latitude, ask.longitude, 1000.0 * ask.radius_km)
    risks = surface.risks(rows, ask.hours_ahead, now_ns)
    with np.errstate(invalid="ignore"):
        enough = np.flatnonzero(risks >= ask.min_risk - _ROUNDED)
    chosen = _highest(rows[enough], risks[enough], away[enough], ask.limit)
    return _spots(surface, chosen, ask.hours_ahead, now_ns)


def explained(surface: RiskSurface, ask: ExplainRisk, now_ns: int) -> RiskReasons:
    """The base and the parts add up to the risk, where that is below 1. Raises InputError."""
    if not surface.grid.is_cell(ask.cell):
        raise InputError("cell", f"{ask.cell} is no cell of the risk map. Cells have other numbers when their size is changed")
    cell = np.array([ask.cell], np.int64)
    rows, known = surface.cell_rows.find_rows(cell)
    spot = _spots(surface, rows, ask.hours_ahead, now_ns)[0] if known[0] else _unknown(surface, cell, ask.hours_ahead)
    if spot.risk is None or ask.hours_ahead > LAST_HOUR:
        return RiskReasons(spot)
    reach = np.degrees((REACH_M + surface.grid.cell_m) / EARTH_M)
    near = [bump for bump in surface.bumps.values() if abs(bump.latitude - spot.latitude) <= reach]
    parts = [_risk_part(surface, bump, away, now_ns) for bump, away in zip(near, surface.away(near, ask.cell).tolist(), strict=True)]
    found = sorted((part for part in parts if part.added > 0.0), key=lambda part: (-part.left, part.incident_id))
    return RiskReasons(spot, tuple(found))


def risk_picture(surface: RiskSurface, ask: GetRiskPicture, now_ns: int, faded: bool) -> RiskPicture:
    """`faded`: see `RiskPicture`."""
    rows = np.flatnonzero(_cells_in_view(surface, ask))
    risks = surface.risks(rows, ask.hours_ahead, now_ns)
    kept = np.flatnonzero(~np.isnan(risks))
    if len(kept) > MOST_CELLS:
        kept = np.sort(kept[np.argpartition(-risks[kept], MOST_CELLS - 1)[:MOST_CELLS]])
    rows, risks = rows[kept], risks[kept]
    base = surface.base
    return RiskPicture(
        surface.grid.cell_m,
        ask.hours_ahead,
        now_ns,
        surface.cell_rows.latitudes[rows].astype(np.float32),
        surface.cell_rows.longitudes[rows].astype(np.float32),
        risks,
        surface.cell_rows.cells[rows],
        base.computed_ns,
        is_stale(surface, now_ns),
        faded,
    )


def risk_at(surface: RiskSurface, places: Values, now_ns: int) -> tuple[float | None, ...]:
    """Risk of the hour at places (N, 2) in degrees; None: no data."""
    rows, known = surface.cell_rows.find_rows(surface.grid.cells(places[:, 0], places[:, 1]))
    return tuple(
        _total(*surface.risk_at_row(row, 0, now_ns)) if there else None for row, there in zip(rows.tolist(), known.tolist(), strict=True)
    )


def count_cells(surface: RiskSurface, now_ns: int) -> int:
    """Those with data."""
    return int(np.count_nonzero(~np.isnan(surface.risks(np.arange(len(surface.cell_rows)), 0, now_ns))))


def is_stale(surface: RiskSurface, now_ns: int) -> bool:
    return 0 < surface.base.expires_ns <= now_ns


def _cells_near(surface: RiskSurface, latitude: float, longitude: float, radius_m: float) -> tuple[Numbers, Values]:
    """Rows of the cells with their middle within a radius as the crow flies, and of the one that holds the place; how far away, metres.

    By the chord through the Earth, which needs one sum for each cell; without BLAS, whose threads wait for each other on a busy machine.
    """
    here = np.array([latitude]), np.array([longitude])
    x, y, z = directions(*here)[:, 0].tolist()
    all_x, all_y, all_z = surface.cell_rows.directions
    square = all_x * (-0.5 * x)
    square += all_y * (-0.5 * y)
    square += all_z * (-0.5 * z)
    square += 0.5  # of half a chord
    near = square <= np.sin(radius_m / EARTH_M / 2) ** 2
    row, known = surface.cell_rows.find_rows(surface.grid.cells(*here))
    near[row[known]] = True
    rows = np.flatnonzero(near)
    return rows, 2 * EARTH_M * np.arcsin(np.sqrt(np.clip(square[rows], 0.0, 1.0)))


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


def _cells_in_view(surface: RiskSurface, ask: GetRiskPicture) -> npt.NDArray[np.bool_]:
    latitudes, longitudes = surface.cell_rows.latitudes, surface.cell_rows.longitudes
    east, west = longitudes <= ask.east, longitudes >= ask.west
    across = east & west if ask.west <= ask.east else east | west
    return (latitudes >= ask.south) & (latitudes <= ask.north) & across


def _spots(surface: RiskSurface, rows: Numbers, hours_ahead: int, now_ns: int) -> tuple[Hotspot, ...]:
    base = surface.base
    cells, stale = surface.cell_rows.cells[rows], is_stale(surface, now_ns)
    facts, has_facts = base.facts.find_rows(cells)
    spots: list[Hotspot] = []
    for row, cell, fact, has in zip(rows.tolist(), cells.tolist(), facts.tolist(), has_facts.tolist(), strict=True):
        value, added = surface.risk_at_row(row, hours_ahead, now_ns)
        spots.append(
            Hotspot(
                cell=cell,
                latitude=round(float(surface.cell_rows.latitudes[row]), 6),
                longitude=round(float(surface.cell_rows.longitudes[row]), 6),
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


def _risk_part(surface: RiskSurface, bump: RiskBump, away: float, now_ns: int) -> RiskPart:
    share = max(0.0, 1.0 - away / REACH_M)
    left, added = surface.left(bump, now_ns) * share, bump.strength * share
    return RiskPart(bump.incident_id, bump.category, bump.severity, bump.weight, away, bump.at_ns, added, left)
