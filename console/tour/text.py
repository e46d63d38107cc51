"""What the tour of the console says: one row per step, in their order. What each points at and waits for is in `tour_steps`.

`ask`: what the visitor is to do, which the tour waits for; empty: nothing. Two or three short sentences each: at 150 % they share a window
of 1024 × 640 with what they are about.
"""

from dataclasses import dataclass


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
        "welcome",
        _tr("Welcome to Watchroom"),
        _tr("A tour of the real console, in about five minutes. Nothing is staged: what it points at works. Escape leaves it."),
    ),
    StepText(
        "rail",
        _tr("Ten pages"),
        _tr("What happens now (Live, Space, Alerts), what happened (Investigate), how the system does. Ctrl and a digit go there."),
    ),
    StepText(
        "wall",
        _tr("Live"),
        _tr("Each tile says how old its picture is. A lost camera shows its last picture dimmed, never as live. Digits choose cameras."),
    ),
    StepText(
        "acknowledge",
        _tr("Alerts want somebody"),
        _tr("An alert is what deserves a person, with its severity as shape, word and colour. To acknowledge means: I have it in view."),
        _tr("Choose an alert with the arrow keys or a click, and press A. If none is open, wait a little or go on."),
    ),
    StepText(
        "why",
        _tr("Why, and why not"),
        _tr("Every alert says which gates it passed and by how much. It can be asked of silence too: why was nothing raised?"),
        _tr("Open “Why nothing?…” above (Alt+W), look, and close it again."),
    ),
    StepText(
        "space",
        _tr("The floor"),
        _tr("Radio nodes and cameras together say where people are. The disc around one says how sure that is; choose it to see why."),
    ),
    StepText(
        "timeline",
        _tr("The past"),
        _tr("Everything that was recorded, on one clock."),
        _tr("Open Investigate at the left, or with Ctrl and its number."),
    ),
    StepText(
        "lanes",
        _tr("One timeline"),
        _tr(
            "The wheel zooms, a drag moves it, a click goes to a moment. J, K and L play back, pause and play. Hatched means not observed, "
            "which is not the same as nothing happened."
        ),
    ),
    StepText(
        "chat",
        _tr("Ask the record"),
        _tr("Each sentence of an answer names what it rests on. What cannot be shown is not claimed."),
        _tr("Press Ctrl+/, choose one of the questions or write one, and press Enter."),
    ),
    StepText(
        "zone",
        _tr("Draw a zone"),
        _tr("Zones say what a place of the picture means. They count at once, without a restart."),
        _tr("Right-click a picture (or press the menu key on it), open “Zones and masks…”, draw three corners or more, and save."),
    ),
    StepText(
        "keys",
        _tr("Everything by name"),
        _tr("Ctrl+K finds every page, camera, person and action. ? lists all keys, and Ctrl+Z takes back what was removed last."),
    ),
    StepText(
        "end",
        _tr("That is all"),
        _tr("The tour starts again from the account menu below under Help, or from Ctrl+K with “tour”. Have a quiet shift."),
    ),
)
