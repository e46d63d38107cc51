"""What each step of the tour points at and waits for. What it says stands in `tour_text`.

A step waits for something real: a watch looks at the console and the site as they were when the step began, and says when that was done.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QWidget

from console.dialogs.alerts.why_nothing import WhyNothingDialog
from console.pages.live.live import LivePage
from console.tour.text import TEXTS, StepText
from engine.model.accounts.access import Verb
from engine.model.alerts.alert import AlertState
from engine.model.settings import CameraSettings
from engine.model.value_class import dataclass

if TYPE_CHECKING:
    from console.window import MainWindow

Watch = Callable[[], bool]  # whether it was done since


@dataclass(frozen=True, slots=True)
class Step:
    """`page`: which is brought on screen first, empty: none. `target`: what is outlined; None: nothing. `watch`: begins to wait.
    verb, elsewhere (a page that it leads to): without them the step is left out."""

    text: StepText
    page: str = ""
    target: Callable[["MainWindow"], QWidget | None] | None = None
    watch: Callable[["MainWindow"], Watch] | None = None
    verb: Verb | None = None
    elsewhere: str = ""

    @property
    def needs(self) -> str:
        return self.page or self.elsewhere


def steps_for(window: "MainWindow") -> tuple[Step, ...]:
    """Those that this session can take."""
    pages, session = window.page_ids(), window.session

    def fits(step: Step) -> bool:
        return (not step.needs or step.needs in pages) and (step.verb is None or session.may(step.verb))

    return tuple(step for step in STEPS if fits(step))


def _wall(window: "MainWindow") -> QWidget | None:
    page = window.page("live")
    return page.wall if isinstance(page, LivePage) else page


def _alerts(window: "MainWindow") -> QWidget | None:
    from console.pages.alerts.alerts import AlertsPage  # loaded by its page

    page = window.page("alerts")
    return page.list if isinstance(page, AlertsPage) else page


def _why(window: "MainWindow") -> QWidget | None:
    from console.pages.alerts.alerts import AlertsPage  # loaded by its page

    page = window.page("alerts")
    return page.why_button if isinstance(page, AlertsPage) else page


def _timeline(window: "MainWindow") -> QWidget | None:
    from console.pages.investigate.investigate import InvestigatePage  # loaded by its page

    page = window.page("investigate")
    return page.timeline if isinstance(page, InvestigatePage) else page


def _chat(window: "MainWindow") -> QWidget | None:
    return window.chat.dock if window.chat.dock.isVisible() else window.chat.button


def _acknowledged(window: "MainWindow") -> Watch:
    seen_new: set[str] = set()

    def was_acknowledged() -> bool:
        alerts = () if window.snapshot is None else window.snapshot.alerts.alerts
        seen_new.update(each.id for each in alerts if each.state is AlertState.NEW)
        return any(each.id in seen_new and each.state is not AlertState.NEW for each in alerts)

    was_acknowledged()
    return was_acknowledged


def _asked_why(window: "MainWindow") -> Watch:
    opened: list[bool] = []

    def was_explained() -> bool:
        now = isinstance(QApplication.activeModalWidget(), WhyNothingDialog)
        opened.extend([True] if now else [])
        return bool(opened) and not now

    return was_explained


def _opened_timeline(window: "MainWindow") -> Watch:
    return lambda: window.current_page_id() == "investigate"


def _answered(window: "MainWindow") -> Watch:
    before = {id(card) for card in window.chat.dock.pane.cards}
    return lambda: any(id(card) not in before for card in window.chat.dock.pane.cards)


def _shape_was_drawn(window: "MainWindow") -> Watch:
    before = _shapes(window)
    return lambda: bool(_shapes(window) - before)


def _shapes(window: "MainWindow") -> set[object]:
    cameras = () if window.snapshot is None else window.snapshot.settings.cameras
    return {shape for camera in cameras for shape in _shapes_of(camera)}


def _shapes_of(camera: CameraSettings) -> tuple[object, ...]:
    ids = (each.id for each in (*camera.zones, *camera.lines))
    return (*ids, *((camera.id, area) for area in (*camera.masks, *camera.privacy)))


_TEXT = {text.id: text for text in TEXTS}

STEPS: tuple[Step, ...] = (
    Step(_TEXT["welcome"]),
    Step(_TEXT["rail"], "live", lambda window: window.rail),
    Step(_TEXT["wall"], "live", _wall),
    Step(_TEXT["acknowledge"], "alerts", _alerts, _acknowledged, Verb.ACKNOWLEDGE),
    Step(_TEXT["why"], "alerts", _why, _asked_why, Verb.SEE_PAST),
    Step(_TEXT["space"], "space", lambda window: window.page("space")),
    Step(_TEXT["timeline"], "", lambda window: window.rail.buttons().get("investigate"), _opened_timeline, Verb.SEE_PAST, "investigate"),
    Step(_TEXT["lanes"], "investigate", _timeline, verb=Verb.SEE_PAST),
    Step(_TEXT["chat"], "", _chat, _answered, Verb.SEE_PAST),
    Step(_TEXT["zone"], "live", _wall, _shape_was_drawn, Verb.ADMINISTER),
    Step(_TEXT["keys"], "", lambda window: window.status),
    Step(_TEXT["end"]),
)
