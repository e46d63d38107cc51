"""What the survey of scanners says. Pure."""

from collections.abc import Mapping, Sequence

from console.dialogs.devices.survey_walk import SETTLE_NS
from engine.model.radio.scanner_survey import LEAST_APART_M, LEAST_PLACES, SurveyFit
from engine.model.time import SECOND
from widgets.number_text import number_text
from widgets.translation import tr
from widgets.words import count_text

GOOD_PLACES = 8


def hint_text(devices: int, scanners: int, has_spot: bool, running: bool, near: int) -> str:
    """What to do next. `near`: number of the place that the spot is too close to; 0 for none."""
    if not scanners:
        return tr("Place the nodes on the floor plan and connect them, then open this again.")
    if not devices:
        return tr("No phone or tag is received now. Switch Bluetooth on, wake the phone's screen, then open this again.")
    if running:
        text = tr("Stay there with the screen on, and turn around slowly. The first {0} s do not count.")
        return text.format(SETTLE_NS // SECOND)
    if near:
        return tr("Less than {0} m from place {1}. Choose a spot further away.").format(number_text(LEAST_APART_M, "g"), near)
    if has_spot:
        return tr("Press Here when you stand there, phone in your hand.")
    return tr("Click on the plan where you stand. With keys: Space sets the spot, arrows move it.")


def places_text(count: int) -> str:
    places = count_text(count, tr("one place"), tr("{0} places")) if count else tr("No places yet")
    if count < LEAST_PLACES:
        return f"{places} · {tr('{0} more needed').format(LEAST_PLACES - count)}"
    if count < GOOD_PLACES:
        return f"{places} · {tr('{0} or more are better').format(GOOD_PLACES)}"
    return places


def shortage_text(phone: str, heard_by: Sequence[str]) -> str:
    """Why a place does not count. `heard_by`: names of the scanners that received the phone there."""
    if heard_by:
        text = tr("Only {0} received {1} here. Stand where two scanners or more receive it, then press Here again.")
        return text.format(heard_by[0], phone)
    return tr("No scanner received {0} here. Wake its screen, check that Bluetooth is on, then press Here again.").format(phone)


def fit_notice(fit: SurveyFit | None, scanners: Mapping[str, str], away: Sequence[str]) -> tuple[str, str]:
    """Sentence and level: what a fit is worth, and which scanners take no part. `away`: names of those that are offline."""
    if fit is None:
        return (tr("Offline, not surveyed: {0}").format(", ".join(away)), "moderate") if away else ("", "neutral")
    before, after = (number_text(metres, ".1f") for metres in (fit.mean_before_m, fit.mean_after_m))
    if not fit.is_better:
        text = tr(
            "Not better: the position error would be {1} m on average instead of {0} m. It cannot be saved. "
            "Add places where nobody stood yet, then fit again."
        )
        return text.format(before, after), "high"
    text = tr("Better: the position error falls from {0} m to {1} m on average, each place tested without its own readings.")
    unheard = [*(scanners[scanner] for scanner in fit.unheard if scanner in scanners), *away]
    silent = " " + tr("No calibration for scanners that received nothing: {0}.").format(", ".join(unheard)) if unheard else ""
    return text.format(before, after) + silent, "low"
