"""What the tour of the console says: one row per step, in their order. What each points at and waits for is in `tour_steps`.

`ask`: what the visitor is to do, which the tour waits for; empty: nothing. Two or three short sentences each: at 150 % they share a window
of 1024 × 640 with what they are about.
"""

from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class StepText:
    """In English; `tr` gives it in the language of the console."""

    id: str
    title: str
    text: str
    ask: str = ""


def _tr(text: str) -> str:
    """Marks a text of the table for the translators; `tr` translates it when it is shown."""
    return text


TEXTS: tuple[StepText, ...] = (
    StepText(
        "welcome", _tr("Welcome to Watchroom"), _tr("A five-minute tour of the console. Everything it points at works. Esc leaves it.")
    ),
    StepText(
        "rail",
        _tr("Ten pages"),
        _tr("Live, Space and Alerts show the present, Investigate the past, System the health. Ctrl and a digit switch pages."),
    ),
    StepText(
        "wall",
        _tr("Live"),
        _tr("Each tile shows the age of its picture. An offline camera shows its last picture dimmed. Digits select cameras."),
    ),
    StepText(
        "acknowledge",
        _tr("Alerts"),
        _tr("An alert needs an operator. Shape, word and colour show its severity. Acknowledge it when you take it on."),
        _tr("Select an alert and press A. If none is open, wait or skip this step."),
    ),
    StepText(
        "why",
        _tr("Causes, and missing alerts"),
        _tr("Each alert lists its conditions and margins. You can also ask why there was no alert."),
        _tr("Open “Why was there no alert?…” above (Alt+W), look, and close it again."),
    ),
    StepText(
        "space",
        _tr("The floor"),
        _tr("Radio nodes and cameras locate people. The disc shows the uncertainty; select a person to see the evidence."),
    ),
    StepText(
        "timeline",
        _tr("The past"),
        _tr("All recordings on one timeline, in site time."),
        _tr("Open Investigate at the left, or with Ctrl and its number."),
    ),
    StepText(
        "lanes",
        _tr("One timeline"),
        _tr("Wheel to zoom, drag to move, click to go to a moment. J, K, L play backwards, pause and play. Hatched: not observed."),
    ),
    StepText(
        "chat",
        _tr("Ask the record"),
        _tr("Each sentence of an answer cites its evidence."),
        _tr("Press Ctrl+/, select or type a question, and press Enter."),
    ),
    StepText(
        "zone",
        _tr("Draw a zone"),
        _tr("Zones give meaning to parts of the picture. They take effect at once."),
        _tr("Right-click a picture (or press the menu key on it), open “Zones and masks…”, draw three corners or more, and save."),
    ),
    StepText(
        "keys",
        _tr("Find anything"),
        _tr("Ctrl+K finds pages, cameras, people and actions. ? lists all keys. Ctrl+Z undoes the last removal."),
    ),
    StepText("end", _tr("End of the tour"), _tr("Restart the tour from the account menu under Help, or with Ctrl+K, “tour”.")),
)
