"""The Canadian Fire Weather Index System for one day of many cells at once.

Source: C. E. Van Wagner and T. L. Pickett, *Equations and FORTRAN program for the Canadian Forest Fire Weather Index System*, Forestry
Technical Report 33, 1985; C. E. Van Wagner, *Development and structure of the Canadian Forest Fire Weather Index System*, FTR 35, 1987.
Numbers of equations below are theirs. Day lengths south of 30° N: B. D. Lawson and O. B. Armitage, *Weather guide for the Canadian Forest
Fire Danger Rating System*, 2008, and R. D. Field et al., *Development of a Global Fire Weather Database*, NHESS 15, 2015. Equation 12 is
rounded as in the Canadian Forest Service's own program (X. Wang et al., *cffdrs: an R package*, Ecological Processes 6, 2017), which moves
DMC after rain by 0.12 at most: whoever compares, compares with that.

Weather is that of noon, local standard time: temperature °C, relative humidity %, wind 10 m above open ground km/h, rain of the last
24 hours mm. A value that no instrument can have measured makes its cell NaN and leaves the others alone; why, `engine.fire.season` says.
"""

from dataclasses import fields
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from engine.model.value_class import dataclass

Cells: TypeAlias = npt.NDArray[np.float64]
"""(N,) float64, one value a cell."""
Whole: TypeAlias = npt.NDArray[np.int64]

BLOCK = 8_192  # cells at a time, so that what is half done stays in the processor's cache
_BANDS = np.array([-30.0, -15.0, 15.0, 30.0])  # degrees north, each the lower bound of the next
_DAY_LENGTHS = np.array(
    [
        [11.5, 10.5, 9.2, 7.9, 6.8, 6.2, 6.5, 7.4, 8.7, 10.0, 11.2, 11.8],  # as in Argentina
        [10.1, 9.6, 9.1, 8.5, 8.1, 7.8, 7.9, 8.3, 8.9, 9.4, 9.9, 10.2],
        [9.0] * 12,  # about the equator
        [7.9, 8.4, 8.9, 9.5, 9.9, 10.2, 10.1, 9.7, 9.1, 8.6, 8.1, 7.8],
        [6.5, 7.5, 9.0, 12.8, 13.9, 13.9, 12.4, 10.9, 9.4, 8.0, 7.0, 6.0],  # Canada: the table of 1987
    ]
)
_NORTHERN = [-1.6, -1.6, -1.6, 0.9, 3.8, 5.8, 6.4, 5.0, 2.4, 0.4, -1.6, -1.6]
_SOUTHERN = _NORTHERN[6:] + _NORTHERN[:6]
_DAY_FACTORS = np.array([_SOUTHERN, _SOUTHERN, [1.39] * 12, _NORTHERN, _NORTHERN])

LIMITS = {"temperature": (-90.0, 60.0), "humidity": (0.0, 100.0), "wind": (0.0, 300.0), "rain": (0.0, 2000.0)}
"""What can be true on Earth, both bounds included."""


@dataclass(frozen=True, slots=True, eq=False)
class Noon:
    """(N,) each: °C, %, km/h, mm of the last 24 hours."""

    temperature: Cells
    humidity: Cells
    wind: Cells
    rain: Cells

    def sound(self) -> npt.NDArray[np.bool_]:
        """(N,) where every value lies within `LIMITS`."""
        inside = np.ones(self.temperature.shape, np.bool_)
        for name, (low, high) in LIMITS.items():
            values = getattr(self, name)
            inside &= (values >= low) & (values <= high)  # NaN is neither
        return inside


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """(N,) each: how dry fine fuel (0–101), duff (from 0) and deep layers (from 0) are; higher is drier."""

    ffmc: Cells
    dmc: Cells
    dc: Cells

    @classmethod
    def all_alike(cls, codes: tuple[float, float, float], cells: int) -> "Codes":
        return cls(*(np.full(cells, value, np.float64) for value in codes))


@dataclass(frozen=True, slots=True, eq=False)
class FireDays:
    """(N,) each: the codes of the day, and the indices that follow from them. NaN where weather or codes were not sound."""

    ffmc: Cells
    dmc: Cells
    dc: Cells
    isi: Cells
    bui: Cells
    fwi: Cells
    dsr: Cells

    @property
    def codes(self) -> Codes:
        return Codes(self.ffmc, self.dmc, self.dc)


def fire_days(before: Codes, noon: Noon, month: int | Whole, latitude: float | Cells) -> FireDays:
    """One day of every cell.

    Args:
        before: of the day before. month: 1–12, of all or (N,). latitude: degrees north, of all or (N,).
    """
    cells = noon.temperature.size
    row, column = np.broadcast_to(_band(latitude), cells), np.broadcast_to(np.asarray(month, np.int64) - 1, cells)
    out = FireDays(*(np.empty(cells) for _ in fields(FireDays)))
    with np.errstate(all="ignore"):  # what is not sound is marked at the end
        for start in range(0, cells, BLOCK):
            here = slice(start, start + BLOCK)
            day = _block(_slice_fields(before, here), _slice_fields(noon, here), row[here], column[here])
            for name, values in zip(FireDays.__slots__, day, strict=True):
                getattr(out, name)[here] = values
    return out


def _band(latitude: float | Cells) -> Whole:
    return np.searchsorted(_BANDS, latitude, side="right")


def _slice_fields(values: "Codes | Noon", here: slice) -> tuple[Cells, ...]:
    return tuple(getattr(values, name)[here] for name in values.__slots__)


def _block(before: tuple[Cells, ...], noon: tuple[Cells, ...], row: Whole, column: Whole) -> tuple[Cells, ...]:
    temperature, humidity, wind, rain = noon
    ffmc = fine_fuel_code(before[0], temperature, humidity, wind, rain)
    dmc = duff_code(before[1], temperature, humidity, rain, _DAY_LENGTHS[row, column])
    dc = drought_code(before[2], temperature, rain, _DAY_FACTORS[row, column])
    isi, bui = initial_spread(ffmc, wind), build_up(dmc, dc)
    fwi = fire_weather(isi, bui)
    day = (ffmc, dmc, dc, isi, bui, fwi, severity_rating(fwi))
    bad = ~(Noon(*noon).sound() & (before[0] >= 0) & (before[0] <= 101) & (before[1] >= 0) & (before[2] >= 0))
    if bad.any():
        for values in day:
            values[bad] = np.nan
    return day


def fine_fuel_code(before: Cells, temperature: Cells, humidity: Cells, wind: Cells, rain: Cells) -> Cells:
    """FFMC: litter and cured fine fuel."""
    moisture = 147.2 * (101.0 - before) / (59.5 + before)  # (1)
    rainy = np.flatnonzero(rain > 0.5)
    if rainy.size:
        moisture[rainy] = _litter_after_rain(moisture[rainy], rain[rainy] - 0.5)  # (2)
    dry, wet = _equilibria(temperature, humidity)
    drying, wetting = moisture > dry, moisture < np.minimum(dry, wet)
    share = np.where(drying, humidity, 100.0 - humidity) / 100.0
    rate = 0.424 * (1.0 - _power(share, 1.7)) + 0.0694 * np.sqrt(wind) * (1.0 - _eighth(share))  # (6a), (7a)
    left = np.exp(-np.log(10.0) * rate * 0.581 * np.exp(0.0365 * temperature))  # (6b), (7b)
    equilibrium = np.where(drying, dry, wet)
    moisture = np.where(drying | wetting, equilibrium + (moisture - equilibrium) * left, moisture)  # (8), (9)
    return np.clip(59.5 * (250.0 - moisture) / (147.2 + moisture), 0.0, 101.0)  # (10)


def _litter_after_rain(moisture: Cells, rain: Cells) -> Cells:
    soaked = moisture + 42.5 * rain * np.exp(-100.0 / (251.0 - moisture)) * (1.0 - np.exp(-6.93 / rain))  # (3a)
    more = 0.0015 * np.square(np.maximum(moisture - 150.0, 0.0)) * np.sqrt(rain)  # (3b)
    return np.minimum(soaked + more, 250.0)


def _equilibria(temperature: Cells, humidity: Cells) -> tuple[Cells, Cells]:
    """Moisture towards which litter dries (4), and towards which it wets (5)."""
    log_humidity = np.log(humidity)
    moist = np.exp((humidity - 100.0) / 10.0)
    warm = 0.18 * (21.1 - temperature) * (1.0 - np.exp(-0.115 * humidity))
    return np.exp(0.679 * log_humidity) * 0.942 + 11.0 * moist + warm, np.exp(0.753 * log_humidity) * 0.618 + 10.0 * moist + warm


def duff_code(before: Cells, temperature: Cells, humidity: Cells, rain: Cells, day_length: Cells) -> Cells:
    """DMC: loosely packed duff. `day_length`: effective, hours."""
    wetted = before.copy()
    rainy = np.flatnonzero(rain > 1.5)
    if rainy.size:
        wetted[rainy] = _duff_after_rain(before[rainy], 0.92 * rain[rainy] - 1.27)  # (11)
    drying = 1.894e-6 * (np.maximum(temperature, -1.1) + 1.1) * (100.0 - humidity) * day_length  # (16)
    return wetted + 100.0 * drying  # (17)


def _duff_after_rain(before: Cells, rain: Cells) -> Cells:
    moisture = 20.0 + 280.0 * np.exp(-0.023 * before)  # (12), rounded as in cffdrs
    log_code = np.log(np.maximum(before, 1.0))  # needed above 33 only
    slope = np.where(before <= 65.0, 14.0 - 1.3 * log_code, 6.2 * log_code - 17.2)  # (13b), (13c)
    slope = np.where(before <= 33.0, 100.0 / (0.5 + 0.3 * before), slope)  # (13a)
    moisture += 1000.0 * rain / (48.77 + slope * rain)  # (14)
    return np.maximum(43.43 * (5.6348 - np.log(moisture - 20.0)), 0.0)  # (15)


def drought_code(before: Cells, temperature: Cells, rain: Cells, day_factor: Cells) -> Cells:
    """DC: deep, compact organic layers."""
    wetted = before.copy()
    rainy = np.flatnonzero(rain > 2.8)
    if rainy.size:
        stored = 800.0 * np.exp(-before[rainy] / 400.0) + 3.937 * (0.83 * rain[rainy] - 1.27)  # (18), (19), (20)
        wetted[rainy] = np.maximum(400.0 * np.log(800.0 / stored), 0.0)  # (21)
    lost = 0.36 * (np.maximum(temperature, -2.8) + 2.8) + day_factor  # (22)
    return wetted + 0.5 * np.maximum(lost, 0.0)  # (23)


def initial_spread(ffmc: Cells, wind: Cells) -> Cells:
    """ISI: how fast a fire spreads, without regard to fuel."""
    moisture = 147.2 * (101.0 - ffmc) / (59.5 + ffmc)
    fuel = 91.9 * np.exp(-0.1386 * moisture) * (1.0 + _power(moisture, 5.31) / 4.93e7)  # (25)
    return 0.208 * np.exp(0.05039 * wind) * fuel  # (24), (26)


def build_up(dmc: Cells, dc: Cells) -> Cells:
    """BUI: fuel that is there to burn."""
    both = dmc + 0.4 * dc
    safe = np.where(both > 0.0, both, 1.0)  # nothing is dry: 0
    share = 0.8 * dc / safe
    deep = dmc - (1.0 - share) * (0.92 + _power(0.0114 * dmc, 1.7))  # (27b)
    return np.maximum(np.where(dmc <= 0.4 * dc, share * dmc, deep), 0.0)  # (27a)


def fire_weather(isi: Cells, bui: Cells) -> Cells:
    """FWI: intensity of a spreading fire."""
    duff = np.where(bui <= 80.0, 0.626 * _power(bui, 0.809) + 2.0, 1000.0 / (25.0 + 108.64 * np.exp(-0.023 * bui)))  # (28a), (28b)
    intensity = 0.1 * isi * duff  # (29)
    above = np.log(np.maximum(intensity, 1.0))
    return np.where(intensity > 1.0, np.exp(2.72 * _power(0.434 * above, 0.647)), intensity)  # (30a), (30b)


def severity_rating(fwi: Cells) -> Cells:
    """DSR: work it takes to put a fire out, as a value that may be averaged over days."""
    return 0.0272 * _power(fwi, 1.77)  # (31)


def _power(base: Cells, exponent: float) -> Cells:
    """base ** exponent for base ≥ 0, several times faster than numpy's."""
    return np.exp(exponent * np.log(base))


def _eighth(base: Cells) -> Cells:
    return np.square(np.square(np.square(base)))
