"""How gestures and takes are told."""

from collections.abc import Mapping

from engine.model.event import Event
from engine.model.people.gesture import GestureMode
from engine.model.people.view import GestureScore, GestureView, TakeState, TakeView
from widgets.number_text import number_text
from widgets.time_text import clock_text, relative_text
from widgets.translation import tr

LINE = 0.70  # the confidence at which a movement counts
_FEW_PER_S = 9.0


def mode_word(mode: GestureMode) -> str:
    return {GestureMode.OFF: tr("Off"), GestureMode.SHADOW: tr("On trial"), GestureMode.ARMED: tr("Armed")}[mode]


def mode_tip(mode: GestureMode) -> str:
    return {
        GestureMode.OFF: tr("Not looked for"),
        GestureMode.SHADOW: tr("On trial: lists only what it would have raised"),
        GestureMode.ARMED: tr("Raises an event each time it is made"),
    }[mode]


def take_words(take: TakeView) -> tuple[str, str]:
    """What is said below a take, and the level of its mark."""
    if take.state is TakeState.RECORDING:
        return (tr("Recording… {0} pictures").format(take.frames), "neutral")
    if take.state is TakeState.FAILED:
        return take.trouble, "critical"
    rate = take.frames / max(take.lasts_s, 0.1)
    if rate < _FEW_PER_S:
        return tr("{0} s, only {1} pictures a second: slow movements are seen best").format(
            number_text(take.lasts_s, ".1f"), round(rate)
        ), "moderate"
    return tr("Good: {0} s, {1} pictures").format(number_text(take.lasts_s, ".1f"), take.frames), "good"


def seen_words(gesture: GestureView, now_ns: int) -> str:
    if gesture.last_seen_ns is None:
        return tr("Never seen yet")
    times = tr("seen once") if gesture.fired == 1 else tr("seen {0} times").format(gesture.fired)
    last = tr("last {0}").format(relative_text(gesture.last_seen_ns, now_ns))
    return f"{times[:1].upper()}{times[1:]}, {last}" if gesture.fired else tr("On trial only, {0}").format(last)


def learned_words(gesture: GestureView) -> str:
    takes = tr("1 take") if gesture.takes == 1 else tr("{0} takes").format(gesture.takes)
    by = tr(" by {0}").format(gesture.created_by) if gesture.created_by else ""
    return tr("Learned from {0} of {1} s{2}").format(takes, number_text(gesture.lasts_s, ".1f"), by)


def tried_words(recognised: int, tried: int) -> str:
    times = tr("Tried once") if tried == 1 else tr("Tried {0} times").format(tried)
    return tr("{0}, recognised {1} of {2}: {3} %").format(times, recognised, tried, round(100 * recognised / max(tried, 1)))


def shadow_words(gesture: GestureView) -> str:
    if gesture.shadow_fired == 0:
        return tr("On trial, not seen yet.")
    if gesture.shadow_fired == 1:
        return tr("On trial, it would have raised 1 event.")
    return tr("On trial, it would have raised {0} events.").format(gesture.shadow_fired)


def raised_words(event: Event, cameras: Mapping[str, str], now_ns: int) -> str:
    """One line of what a gesture in shadow mode would have raised. `cameras`: names by id."""
    who = event.person or tr("somebody")
    where = cameras.get(event.camera_id, event.camera_id)
    when = clock_text(event.started_ns, now_ns)
    return tr("{0}  {1}, {2}, {3}").format(when, where, who, percent(event.confidence))


def confused_words(gesture: GestureView) -> tuple[str, str]:
    """What it is most like, and the level of the mark; empty when it is like nothing else."""
    nearest = next(iter(gesture.confused_with), None)
    if nearest is None or nearest.confidence < 0.3:
        return "", "good"
    said = tr("Nearest other gesture: {0} ({1})").format(nearest.label, percent(nearest.confidence))
    return said, "moderate" if nearest.confidence >= 0.6 else "neutral"


def verdict(scores: tuple[GestureScore, ...]) -> tuple[str, str]:
    """What a test take counts as, and the level of its mark."""
    best = next(iter(scores), None)
    if best is None:
        return tr("Not similar to any taught gesture."), "neutral"
    if best.confidence >= LINE:
        return tr("Recognised: {0}, {1}.").format(best.label, percent(best.confidence)), "good"
    return tr("Not recognised. Nearest is {0} with {1}; it counts from 70 %.").format(best.label, percent(best.confidence)), "moderate"


def percent(share: float) -> str:
    return f"{number_text(100 * share, '.0f')} %"
