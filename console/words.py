"""How the console says things: errors, permissions. Here refusals of the engine turn into the language on screen."""

import re

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from engine.model.accounts.access import Session, Verb
from engine.model.errors import InputError, WatchroomError
from engine.model.places import place_names as names_of_places
from engine.model.settings import Settings
from widgets.engine_text import translate_engine_text
from widgets.marks.plain_tip import plain_tip


def error_text(error: WatchroomError) -> str:
    """What to show for an error that belongs to no field."""
    return sentence(error.message) if isinstance(error, InputError) else translate_engine_text(str(error))


def short_digests(text: str) -> str:
    """SHA-256 digests cut to their first twelve digits: whoever compares them in full does so elsewhere."""
    return re.sub(r"\b([0-9a-f]{12})[0-9a-f]{52}\b", r"\1…", text)


def field_of(error: WatchroomError) -> str:
    """Last part of the dotted path of the field an error is about; empty when it is about none."""
    return error.field.rsplit(".", 1)[-1] if isinstance(error, InputError) else ""


def sentence(text: str, subject: str = "") -> str:
    """A sentence with a capital letter and a full stop: (`is empty`, `The address`) gives `The address is empty.`

    Only a text that lacks a subject gets one. What the engine wrote comes in the language on screen.
    """
    shown = translate_engine_text(text)
    words = f"{subject} {shown}" if subject and text.startswith(("is ", "may ", "cannot ")) else shown
    ended = words if words.endswith((".", "!", "?", "…")) else f"{words}."
    return ended[:1].upper() + ended[1:]


def permit(target: QWidget | QAction, session: Session, verb: Verb, tooltip: str = "") -> bool:
    """Enable what needs this verb, or disable it and say why in its tooltip. Returns whether the session holds the verb."""
    allowed = session.may(verb)
    target.setEnabled(allowed)
    target.setToolTip(plain_tip(tooltip if allowed else denied_text(verb)))
    return allowed


def denied_text(verb: Verb) -> str:
    ask = QCoreApplication.translate("Words", "Ask an administrator.")
    return f"{_denied(verb)} {ask}"


def _denied(verb: Verb) -> str:
    """What `PermissionDenied` says, in the language on screen."""
    return {
        Verb.SEE_LIVE: QCoreApplication.translate("Words", "This account may not see live."),
        Verb.SEE_PAST: QCoreApplication.translate("Words", "This account may not see past."),
        Verb.EXPORT: QCoreApplication.translate("Words", "This account may not export."),
        Verb.ACKNOWLEDGE: QCoreApplication.translate("Words", "This account may not acknowledge."),
        Verb.DELETE: QCoreApplication.translate("Words", "This account may not delete."),
        Verb.STEER: QCoreApplication.translate("Words", "This account may not steer cameras."),
        Verb.UNMASK: QCoreApplication.translate("Words", "This account may not unmask."),
        Verb.ADMINISTER: QCoreApplication.translate("Words", "This account may not administer."),
        Verb.REPORT_FOR_OTHERS: QCoreApplication.translate("Words", "This account may not report for others."),
    }[verb]


def place_names(settings: Settings) -> dict[str, str]:
    """Of zones, portals, lines and nodes, by id."""
    return names_of_places(settings) | {node.mac: node.name or node.mac for node in settings.nodes}
