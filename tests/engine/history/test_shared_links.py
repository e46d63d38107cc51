"""Two runs of a record that go by the same readings of links say what they say when each makes its own."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine.history.replay.compare import OneRun, links_of, one_run
from engine.history.replay.links import LinksApart, LinkTick
from engine.history.replay.window import Window
from engine.model.history.replay import ReplaySettings
from engine.model.observation import SettingsChanged, Tick
from engine.model.people.settings import ActivitySettings
from engine.model.settings import GateSettings, Settings
from engine.model.site import RadioSettings
from engine.model.time import SECOND
from tests.fakes.kept_run import KeptRun, keep_run, room_with_camera
from tests.fakes.observations import Walk

SECONDS = 10.0


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> KeptRun:
    return keep_run(tmp_path_factory.mktemp("kept"), room_with_camera(SECONDS, [Walk(3.0, 9.0)]), 50)


def window(kept: KeptRun, tried: ReplaySettings = ReplaySettings(), since_s: float = 4.0) -> Window:  # noqa: B008
    first, last = kept.observed[0].received_ns, kept.observed[-1].received_ns
    return Window(kept.journal, kept.checkpoints, first + round(since_s * SECOND), last + 1, tried)


def said(run: OneRun) -> tuple[object, ...]:
    things = run.things
    return {kind: things.of_kind(kind) for kind in things._kept}, things._decisions, run.then, run.missing


@pytest.mark.parametrize(
    "tried",
    [
        ReplaySettings(),
        ReplaySettings(gates=replace(GateSettings(), min_confidence=0.95)),
        ReplaySettings(radio=replace(RadioSettings(), most_people=1, cell_m=0.4)),
        ReplaySettings(radio=replace(RadioSettings(), enabled=False)),
        ReplaySettings(activities=ActivitySettings()),
    ],
    ids=["as it was", "gates", "radio", "radio off", "activities"],
)
def test_given_links_are_as_good_as_its_own(kept: KeptRun, tried: ReplaySettings) -> None:
    tried_window = window(kept, tried)
    given = one_run(tried_window, lambda _: None, links_of(tried_window))
    assert said(given) == said(one_run(tried_window, lambda _: None))


def test_there_is_one_reading_for_each_tick_from_the_checkpoint_on(kept: KeptRun) -> None:
    ticks = list(links_of(window(kept)))
    observed = [numbered.observation.occurred_ns for numbered in kept.observed if isinstance(numbered.observation, Tick)]
    assert [tick.at_ns for tick in ticks] == observed[-len(ticks) :]
    assert observed[0] < ticks[0].at_ns < window(kept).since_ns
    assert all(tick.read is not None and len(tick.read.features) > 0 for tick in ticks)


def test_radio_that_is_only_tried_makes_its_own(tmp_path: Path) -> None:
    """It was off, so that nobody read the links."""
    room = room_with_camera(SECONDS, [Walk(3.0, 9.0)])
    off = [
        replace(each, observation=replace(seen, settings=without_radio(seen.settings)))
        if isinstance(seen := each.observation, SettingsChanged)
        else each
        for each in room
    ]
    tried_window = window(keep_run(tmp_path, off, 50), ReplaySettings(radio=RadioSettings()))
    ticks: list[LinkTick] = list(links_of(tried_window))
    assert {tick.read for tick in ticks} == {None}
    with pytest.raises(LinksApart):
        one_run(tried_window, lambda _: None, iter(ticks))
    assert one_run(tried_window, lambda _: None).ratio > 0


def without_radio(settings: Settings) -> Settings:
    return replace(settings, radio=replace(settings.radio, enabled=False))
