"""The briefing of a shift in a dialog: asked for at each site, and saved with its hand-over."""

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from console.bridge import EngineBridge
from console.dialogs.frame import FramedDialog
from console.words import error_text
from engine.model.errors import WatchroomError
from engine.model.history.briefing import Briefing, GetBriefing
from widgets.chat.briefing_view import BriefingView, briefing_markdown
from widgets.chat.chat_words import escaped
from widgets.translation import tr


def ask_briefing(bridge: EngineBridge, view: BriefingView, handover_id: str = "") -> None:
    """Of the shift that goes on (no id) at each site."""
    view.show_waiting(handover_id)
    names = {site.key: site.name for site in bridge.sites} if len(bridge.sites) > 1 and not handover_id else {}
    if not names:
        failed = partial(_show_error, view, handover_id, "")
        bridge.ask(GetBriefing(handover_id), _show_briefing, failed, view, handover_id, "", owner=view)
    for key, name in names.items():
        bridge.ask_at(key, GetBriefing(), _show_briefing, partial(_show_error, view, "", name), view, "", name, owner=view)


def _show_briefing(view: BriefingView, handover_id: str, site: str, briefing: Briefing) -> None:
    """One that came too late, as another hand-over is chosen now, is let fall."""
    if view.about == handover_id:
        view.show_briefing(briefing, site)


def _show_error(view: BriefingView, handover_id: str, site: str, error: WatchroomError) -> None:
    if view.about == handover_id:
        view.show_trouble(f"{site}: {error_text(error)}" if site else error_text(error))


def save_handover(dialog: FramedDialog, told: str, briefings: list[Briefing]) -> None:
    """As markdown, where the user wants it. `told`: the hand-over, a paragraph a line."""
    chosen, _ = QFileDialog.getSaveFileName(dialog, tr("Export the hand-over"), "hand-over.md", "Markdown (*.md)")
    if not chosen:
        return
    try:
        Path(chosen).write_text(handover_markdown(told, briefings), encoding="utf-8")
    except OSError as error:
        dialog.show_trouble(tr("Nothing was saved: {0}.").format(error.strerror or str(error)))


def handover_markdown(told: str, briefings: list[Briefing]) -> str:
    lines = [escaped(line.removeprefix("•")) for line in told.splitlines() if line.strip()]
    return "\n\n".join((f"# {tr('Hand-over')}", *lines, *map(briefing_markdown, briefings)))
