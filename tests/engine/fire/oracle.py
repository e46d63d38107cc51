"""What xclim (Apache-2.0) answers for thousands of days, kept in `xclim.npz` so that comparing with it needs no xclim.

`python tests/engine/fire/oracle.py` makes the file anew, where the extra `oracle` is installed. Weather is kept in tenths, as int16.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

KEPT = Path(__file__).with_name("xclim.npz")
NAMES = ("ffmc", "dmc", "dc", "isi", "bui", "fwi")
LATITUDES = (-75.0, -45.0, -30.0, -22.0, -15.0, 0.0, 15.0, 29.9, 30.0, 46.0, 65.0, 89.0)
BEGIN = np.datetime64("2023-01-01")
Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Season:
    """`weather` (4, sites, days): temperature, humidity, wind, rain; `start` (3, sites); `latitude` (sites,); the first day is `BEGIN`."""

    weather: Array
    start: Array
    latitude: Array

    @property
    def months(self) -> npt.NDArray[np.int64]:
        """(days,)"""
        days = BEGIN + np.arange(self.weather.shape[2])
        return days.astype("datetime64[M]").astype(np.int64) % 12 + 1


def drawn_season(seed: int, days: int = 365) -> Season:
    """A year of weather at each latitude, with edge cases strewn in, from the usual start."""
    rng = np.random.default_rng(seed)
    shape = (len(LATITUDES), days)
    weather = np.stack([rng.normal(18, 14, shape), rng.beta(1.5, 1.5, shape) * 100, rng.gamma(2, 8, shape), _rain(rng, shape)])
    start = np.repeat([[85.0], [6.0], [15.0]], len(LATITUDES), axis=1)
    return Season(_strewn(rng, weather), start, np.array(LATITUDES))


def drawn_days(seed: int, cells: int) -> Season:
    """Single days after whatever codes, each of another place."""
    rng = np.random.default_rng(seed)
    weather = np.stack([rng.uniform(-40, 48, cells), rng.uniform(0, 100, cells), rng.uniform(0, 90, cells), _rain(rng, (cells,))])
    start = np.stack([rng.uniform(0, 101, cells), rng.gamma(1, 60, cells), rng.gamma(1, 250, cells)])
    for row, edges in enumerate(((0.0, 101.0, 50.0), (0.0, 33.0, 33.1, 65.0, 65.1), (0.0, 800.0))):
        chosen = rng.random(cells) < 0.05
        start[row, chosen] = rng.choice(edges, chosen.sum())
    return Season(_strewn(rng, weather)[..., None], np.round(start, 2), rng.choice(LATITUDES, cells))


def _rain(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return np.where(rng.random(shape) < 0.3, rng.gamma(0.7, 12, shape), 0.0)


def _strewn(rng: np.random.Generator, weather: Array) -> Array:
    """One value in fifty at or beside a bound of an equation."""
    edges = ((-50, -2.8, -2.9, -1.1, -1.2, 0, 21.1, 55), (0, 0.1, 50, 99.9, 100), (0, 0.1, 150), (0, 0.5, 0.6, 1.5, 1.6, 2.8, 2.9, 300))
    for values, choices in zip(weather, edges, strict=True):
        chosen = rng.random(values.shape) < 0.02
        values[chosen] = rng.choice(np.array(choices, np.float64), chosen.sum())
    weather[0] = weather[0].clip(-50, 55)
    weather[1] = weather[1].clip(0, 100)
    return np.round(weather, 1)


def asked(season: Season) -> dict[str, Array]:
    """xclim's answers, (sites, days) each. Raises ImportError where it is not installed."""
    import xarray as xr
    from xclim.indices.fire import cffwis_indices

    days = season.weather.shape[2]
    time = {"time": (BEGIN + np.arange(days)).astype("datetime64[ns]")}
    units = ("degC", "%", "km/h", "mm/d")

    def series(values: Array, unit: str) -> xr.DataArray:
        return xr.DataArray(values, dims=("site", "time"), coords=time, attrs={"units": unit})

    def fixed(values: Array, unit: str = "") -> xr.DataArray:
        return xr.DataArray(values, dims=("site",), attrs={"units": unit})

    temperature, humidity, wind, rain = map(series, season.weather, units)
    start = dict(zip(("ffmc0", "dmc0", "dc0"), map(fixed, season.start), strict=True))
    dc, dmc, ffmc, isi, bui, fwi = cffwis_indices(temperature, rain, wind, humidity, fixed(season.latitude, "degrees_north"), **start)
    found = (ffmc, dmc, dc, isi, bui, fwi)
    return {name: values.transpose("site", "time").to_numpy() for name, values in zip(NAMES, found, strict=True)}


def kept() -> list[tuple[Season, dict[str, Array]]]:
    """The seasons of the file, with xclim's answers."""
    with np.load(KEPT, allow_pickle=False) as file:
        return [_read(file, prefix) for prefix in ("season", "days")]


def _read(file: "np.lib.npyio.NpzFile", prefix: str) -> tuple[Season, dict[str, Array]]:
    weather = file[f"{prefix}_weather"].astype(np.float64) / 10
    season = Season(weather, file[f"{prefix}_start"], file[f"{prefix}_latitude"])
    return season, {name: file[f"{prefix}_{name}"].astype(np.float64) for name in NAMES}


def keep() -> None:
    arrays: dict[str, npt.NDArray[np.generic]] = {}
    for prefix, season in (("season", drawn_season(1)), ("days", drawn_days(2, 4_000))):
        arrays[f"{prefix}_weather"] = np.round(season.weather * 10).astype(np.int16)
        arrays |= {f"{prefix}_start": season.start, f"{prefix}_latitude": season.latitude}
        arrays |= {f"{prefix}_{name}": values.astype(np.float32) for name, values in asked(season).items()}
    np.savez_compressed(KEPT, **arrays)


if __name__ == "__main__":
    keep()
    print(f"{KEPT.stat().st_size} bytes", file=sys.stderr)
