"""Three engines in networks of their own and two consoles over them for an hour (`WATCHROOM_SOAK_MINUTES`): one after another is killed,
cut off and slowed, and each time it is measured how soon that is told, what the others' pictures do meanwhile, and how soon it is back.

In between nothing happens, and the consoles' memory stays what it was: it is that of this process, looked at after each fault. What is
kept once, of modules, pools and caches, is kept in the first five minutes (a quarter of a shorter run) and the first fault of each kind.
From then on memory is flat where its robust slope adds up to no more than a twentieth until the end. Threads are no more than their pools
may have, which fill up when so much is to be done at once. Figures are printed and, where `WATCHROOM_FIGURES` names a folder, written
there as `three_sites.json`; `memory_flat` is the yes or no.
"""

import json
import os
import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from console.garbage import EVERY_MS, collect_due, frozen
from engine.gateway.federation.calls import AT_ONCE
from engine.gateway.remote.loop import THREADS
from engine.model.errors import EnvironmentFault
from engine.model.history.timeline import PutBookmark
from engine.model.sites import SiteReach
from engine.model.time import SECOND
from engine.runtime.keeping.free_memory import limit_pools
from tests.engine.gateway.test_three_sites import camera_of, notes, random_pages, write_record
from tests.fakes.engine_process import EngineProcess
from tests.fakes.robust_slope import robust_slope
from tests.fakes.three_sites import KEYS, QUICK, SLOW, ConsoleOverSites, SiteOfThree, three_sites
from tests.fakes.video import Clip, write_clip
from tests.soak.figures import keep_figures

MINUTES = float(os.environ.get("WATCHROOM_SOAK_MINUTES", "60"))
FPS, CAMERAS, PAGES, ATTEMPTS = 15, 2, 1_000, 5
FAULT_S, CALM_S = 10.0, 20.0
TOLD_S, BACK_S, LEAST_OTHERS, MOST_GROWTH = 2.0, 15.0, 0.95, 0.05
WARM_UP_S = min(300.0, MINUTES * 15)
MOST_THREADS = 2 + AT_ONCE + THREADS  # of one site on one console
MIB = 1024**2
pytestmark = [pytest.mark.soak, pytest.mark.timeout(MINUTES * 60 + 1_800)]

Faults = dict[str, tuple[Callable[[SiteOfThree], None], Callable[[SiteOfThree], None]]]
FAULTS: Faults = {
    "cut off": (SiteOfThree.cut, SiteOfThree.mend),
    "killed": (SiteOfThree.kill, SiteOfThree.restart),
    "slowed to 20 Mbit/s, 200 ms": (lambda site: site.line.change(*SLOW), lambda site: site.line.change(*QUICK)),
}


@pytest.fixture(autouse=True)
def as_a_console() -> Iterator[None]:
    """Memory is pooled and garbage collected as in `watchroom`: see `console.garbage`."""
    limit_pools()
    over = threading.Event()
    with frozen():
        collecting = threading.Thread(target=collect_until, args=(over,), name="garbage")
        collecting.start()
        yield
        over.set()
        collecting.join()


def collect_until(over: threading.Event) -> None:
    while not over.wait(EVERY_MS / 1000):
        collect_due()


@pytest.fixture
def sites(tmp_path: Path) -> Iterator[dict[str, SiteOfThree]]:
    video = write_clip(tmp_path / "yard.mp4", Clip(width=640, height=360, fps=FPS, frames=150, gop=2 * FPS))
    with three_sites(tmp_path, [f"Yard {number}=file:{video}" for number in range(CAMERAS)], EngineProcess) as found:
        yield found


def made_by(site: SiteOfThree) -> int:
    """Pictures that the engine itself got so far, asked past the line: a busy machine reads files late."""
    return sum(camera["pictures"] for camera in site.engine.get("/api/v1/cameras"))


def shown(consoles: list[ConsoleOverSites], key: str) -> int:
    return sum(console.shown_of(key) for console in consoles)


def told_after(consoles: list[ConsoleOverSites], key: str, reach: SiteReach, began_s: float) -> float:
    """At all of them."""
    for console in consoles:
        console.wait_reach(key, reach)
    return time.monotonic() - began_s


def fault(name: str, key: str, sites: dict[str, SiteOfThree], consoles: list[ConsoleOverSites]) -> dict[str, Any]:
    begin, end = FAULTS[name]
    others = [other for other in KEYS if other != key]
    before = {other: (made_by(sites[other]), shown(consoles, other)) for other in others}
    began_s = time.monotonic()
    begin(sites[key])
    began_s = time.monotonic() if name == "killed" else began_s  # it ends a little after it was told to
    told_s = None if name.startswith("slowed") else told_after(consoles, key, SiteReach.AWAY, began_s)
    for console in consoles:
        for each in KEYS:
            command = PutBookmark(7 * SECOND, f"for {each}", camera_id=camera_of(console, each))
            if each == key and told_s is not None:
                with pytest.raises(EnvironmentFault):
                    console.port.command(command)
            else:
                console.port.command(command)
    time.sleep(max(0.0, FAULT_S - (time.monotonic() - began_s)))
    rates = {}
    for other, (made, seen) in before.items():
        made, seen = made_by(sites[other]) - made, shown(consoles, other) - seen
        rates[other] = round(seen / len(consoles) / max(made, 1), 3)
    end(sites[key])
    ended_s = time.monotonic()
    back_s = None if told_s is None else told_after(consoles, key, SiteReach.ONLINE, ended_s)
    for console in consoles:
        console.wait_pictures(key, FPS)
    return {
        "fault": name,
        "site": key,
        "told_s": None if told_s is None else round(told_s, 2),
        "back_s": None if back_s is None else round(back_s, 2),
        "others": min(rates.values()),
        "load": round(os.getloadavg()[0], 1),
    }


def sample(process: psutil.Process) -> dict[str, float]:
    figures = {"memory": process.memory_info().rss / MIB, "threads": process.num_threads(), "files": process.num_fds()}
    return {"at_s": time.monotonic(), **figures}


def test_three_sites_and_two_consoles(sites: dict[str, SiteOfThree]) -> None:
    process, chance = psutil.Process(), random.Random(23)
    most_threads = process.num_threads() + 2 * len(KEYS) * MOST_THREADS
    consoles = [ConsoleOverSites(sites), ConsoleOverSites(sites)]
    faults: list[dict[str, Any]] = []
    samples: list[dict[str, float]] = []
    try:
        for console in consoles:
            console.watch_all()
            for key in KEYS:
                console.wait_pictures(key, FPS)
        began_s, number = time.monotonic(), 0
        until_s = began_s + MINUTES * 60
        while time.monotonic() < until_s or number < len(FAULTS):
            faults.append(fault(tuple(FAULTS)[number % len(FAULTS)], chance.choice(KEYS), sites, consoles))
            number += 1
            time.sleep(CALM_S)
            if time.monotonic() - began_s >= WARM_UP_S and number >= len(FAULTS):
                samples.append(sample(process))
                keep_figures("three_sites", report(faults, samples, 0))  # also of a run that is ended early
        write_record(consoles[0], 60)
        pages = read_pages(consoles[1])
        strayed = {key: [text for text in notes(consoles[0], key) if text.startswith("for ") and text != f"for {key}"] for key in KEYS}
    finally:
        for console in consoles:
            console.close()
    figures = report(faults, samples, pages)
    print(f"\n{json.dumps(figures)}")
    keep_figures("three_sites", figures)
    assert not any(strayed.values())
    judge(figures, most_threads)


def read_pages(console: ConsoleOverSites) -> int:
    """Anew where a machine that is busy all at once lost a site meanwhile: how soon that is told, and over, is measured with the faults."""
    for attempt in range(ATTEMPTS):
        for key in KEYS:
            console.wait_reach(key, SiteReach.ONLINE)
        try:
            return random_pages(console, PAGES)
        except EnvironmentFault:
            if attempt == ATTEMPTS - 1:
                raise
    return 0


def judge(figures: dict[str, Any], most_threads: int) -> None:
    """All of it at once: what a busy machine did to a picture's rate hides nothing of the memory."""
    wrong = [each for each in figures["faults"] if not is_borne(each)]
    wrong += [] if figures["files_last"] <= figures["files_most_in_first_half"] else ["files"]
    wrong += [] if figures["threads_last"] <= most_threads else [f"threads: {figures['threads_last']:g} of {most_threads}"]
    wrong += [] if figures["memory_flat"] else [f"memory grew by {figures['memory_growth']:.1%}"]
    assert not wrong, wrong


def is_borne(fault: dict[str, Any]) -> bool:
    told_s, back_s = fault["told_s"] or 0.0, fault["back_s"] or 0.0
    return told_s <= TOLD_S and back_s <= BACK_S and fault["others"] >= LEAST_OTHERS


def report(faults: list[dict[str, Any]], samples: list[dict[str, float]], pages: int) -> dict[str, Any]:
    tenth = max(1, len(samples) // 10)
    half, last = samples[: max(1, len(samples) // 2)], samples[-tenth:]
    memory, times = [row["memory"] for row in samples], [row["at_s"] for row in samples]
    slope, measured_s = robust_slope(times, memory), times[-1] - times[0]
    growth = slope * measured_s / statistics.median(memory)
    return {
        "minutes": MINUTES,
        "warm_up_minutes": WARM_UP_S / 60,
        "pages": pages,
        "samples": len(samples),
        "memory_mib": round(statistics.median(memory), 1),
        "memory_mib_least": round(min(memory), 1),
        "memory_mib_most": round(max(memory), 1),
        "memory_slope_mib_an_hour": round(slope * 3600, 2),
        "memory_growth": round(growth, 4),
        "memory_flat": growth <= MOST_GROWTH,
        **{f"{name}_most_in_first_half": max(row[name] for row in half) for name in ("threads", "files")},
        **{f"{name}_last": statistics.median(row[name] for row in last) for name in ("threads", "files")},
        "memory_by_minute": [(round((at_s - times[0]) / 60, 1), round(each, 1)) for at_s, each in zip(times, memory, strict=True)],
        "faults": faults,
    }
