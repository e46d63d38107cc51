"""How long the disk lasts: by what grew lately, up to the limits of what is kept, and never a number that rests on nothing."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from engine.model.settings import Settings
from engine.model.time import SECOND, ManualClock
from engine.runtime.keeping.disk_forecast import EVERY_NS, LEAST_NS, DiskWatch, Sample, caps, forecast
from engine.runtime.settings.site_settings import FixedSettings

GIB = 1 << 30
HOUR = 3600 * SECOND
DAY = 24 * HOUR


def grown(days: float, **per_day: float) -> list[Sample]:
    ages = [days * i / 24 for i in range(25)]
    return [Sample(round(age * DAY), {name: round(GIB + rate * GIB * age) for name, rate in per_day.items()}) for age in ages]


def test_what_has_no_limit_fills_the_disk() -> None:
    told = forecast(grown(2, database=1.0, other=1.0), {}, 20 * GIB, 100 * GIB)
    assert told.days_left == pytest.approx(10, rel=1e-3) and not told.bounded and told.basis_s == 2 * 86_400
    assert {each.name: round((each.bytes_a_day or 0) / GIB, 3) for each in told.growth} == {"database": 1.0, "other": 1.0}


def test_what_comes_to_its_limit_stops_growing() -> None:
    """Clips grow by 2 GiB a day for 3 days more; the database goes on by 1: 6 + 3 after 3 days, and then 11 days for the rest."""
    samples = grown(1, clips=2.0, database=1.0)
    limits = {"clips": samples[-1].sizes["clips"] + 6 * GIB}
    assert forecast(samples, limits, 20 * GIB, 100 * GIB).days_left == pytest.approx(14, rel=1e-3)
    never = forecast(grown(1, clips=2.0), {"clips": 9 * GIB}, 20 * GIB, 100 * GIB)
    assert never.days_left is None and never.bounded
    soon = forecast(grown(1, clips=2.0), {"clips": 90 * GIB}, 1 * GIB, 100 * GIB)
    assert soon.days_left == pytest.approx(0.5, rel=1e-3)


def test_what_shrinks_frees_nothing_in_advance() -> None:
    told = forecast(grown(1, clips=-0.5, database=1.0), {}, 10 * GIB, 100 * GIB)
    assert told.days_left == pytest.approx(10, rel=1e-3)
    assert forecast(grown(1, clips=-0.5), {}, 10 * GIB, 100 * GIB).days_left is None


def test_nothing_is_said_before_it_was_watched_for_long_enough() -> None:
    short = forecast(grown(LEAST_NS / DAY / 2, database=5.0), {}, GIB, 2 * GIB)
    assert short.days_left is None and short.growth[0].bytes_a_day is None and not short.bounded
    assert forecast([], {}, GIB, 2 * GIB).growth == ()


@dataclass
class Site:
    folder: Path
    clock: ManualClock = field(default_factory=lambda: ManualClock(DAY))
    size: int = GIB

    def watch(self) -> DiskWatch:
        return DiskWatch(self.folder, self.clock, FixedSettings(Settings()), lambda: {"database": self.size}, lambda: (10 * GIB, 20 * GIB))


def test_it_goes_on_after_a_restart_and_forgets_what_is_old(tmp_path: Path) -> None:
    site = Site(tmp_path)
    watch = site.watch()
    for _ in range(12):
        watch.sample()
        watch.sample()
        site.clock.advance_to(site.clock.now_ns() + EVERY_NS)
        site.size += GIB // 144
    again = site.watch()
    assert again.forecast().basis_s == 11 * 600
    assert again.forecast().days_left == pytest.approx(10, rel=0.01)
    site.clock.advance_to(site.clock.now_ns() + 30 * DAY)
    assert site.watch().forecast().basis_s == 0
    (tmp_path / "disk-growth.json").write_text("[[1, 2")
    assert site.watch().forecast().growth == ()


def test_copies_elsewhere_are_not_on_this_disk() -> None:
    here = Settings()
    there = replace(here, upkeep=replace(here.upkeep, backup_folder="/elsewhere"))
    assert caps(here)["backups"] == 20 * GIB and "backups" not in caps(there)
