"""What can be done from anywhere in the main window, beside going to a page and changing the look."""

from typing import TYPE_CHECKING

from console.palette.commands_catalogue import EVERYWHERE, Action
from console.shell.undo import KEY
from engine.model.accounts.access import Verb
from widgets.translation import tr

if TYPE_CHECKING:
    from console.window import MainWindow


def window_actions(window: "MainWindow") -> tuple[Action, ...]:
    """For its keys and the palette. Once its parts are there."""
    return (*_of_the_chat(window), *_of_the_reports(window), *_of_the_shift(window), *_of_the_user(window))


def _of_the_chat(window: "MainWindow") -> tuple[Action, ...]:
    ask, beside, saved = window.chat.focus_question, window.chat.toggle_question, window.chat.show_saved_questions
    where, hosts = tr("Everywhere"), (window,)
    return (
        Action(f"{EVERYWHERE}.ask", tr("Ask the record"), where, ask, hosts=hosts, words=tr("chat question")),
        Action(f"{EVERYWHERE}.saved-questions", tr("Saved questions…"), where, saved, words=tr("chat ask again keep"), verb=Verb.SEE_PAST),
        Action(f"{EVERYWHERE}.chat", tr("Show or hide the chat"), where, beside, "Ctrl+/", hosts=hosts),
    )


def _of_the_reports(window: "MainWindow") -> tuple[Action, ...]:
    """Where incidents are not left out."""
    if not window.has_page("incidents"):
        return ()
    words = tr("incident new write")
    return (Action(f"{EVERYWHERE}.file-report", tr("File report…"), tr("Everywhere"), window.file_report, verb=Verb.SEE_LIVE, words=words),)


def _of_the_shift(window: "MainWindow") -> tuple[Action, ...]:
    if window.session.machine is not None:
        return ()
    where, hosts = tr("Everywhere"), (window,)
    give, before = tr("Hand over to the next shift…"), tr("Previous hand-overs…")
    return (
        Action(f"{EVERYWHERE}.lock", tr("Lock the screen"), where, window.lock_now, "Ctrl+L", hosts=hosts, words=tr("away password")),
        Action(f"{EVERYWHERE}.hand-over", give, where, window.hand_over, verb=Verb.ACKNOWLEDGE, words=tr("shift note")),
        Action(f"{EVERYWHERE}.hand-overs", before, where, window.show_handovers, verb=Verb.SEE_PAST, words=tr("shift notes")),
    )


def _of_the_user(window: "MainWindow") -> tuple[Action, ...]:
    where, hosts, back = tr("Everywhere"), (window,), tr("take back delete restore")
    undo, why_not, full = window.undo.undo_newest, window.undo.why_not, window.toggle_full_screen
    return (
        Action(f"{EVERYWHERE}.undo", tr("Undo the last removal"), where, undo, KEY, hosts=hosts, words=back, why_not=why_not),
        Action(f"{EVERYWHERE}.full-screen", tr("Full screen on or off"), tr("View"), full, "F11", hosts=hosts, words=tr("window whole")),
        Action(f"{EVERYWHERE}.tour", tr("Five-minute tour"), where, window.tour.start, words=tr("help begin learn")),
        *_of_the_sites(window),
        *(_of_the_account(window) if window.session.machine is None else ()),
    )


def _of_the_sites(window: "MainWindow") -> tuple[Action, ...]:
    if window.sites is None:
        return ()
    where, sites = tr("Everywhere"), window.sites
    shown, every = tr("Sites shown…"), tr("Show all sites")
    return (
        Action(f"{EVERYWHERE}.sites", tr("Sites…"), where, sites.show_list, words=tr("engine add sign in connect")),
        Action(f"{EVERYWHERE}.sites-shown", shown, where, sites.button.open_menu, words=tr("filter choose some site")),
        Action(f"{EVERYWHERE}.all-sites", every, where, sites.show_only, words=tr("filter choose every site"), about=(None,)),
    )


def _of_the_account(window: "MainWindow") -> tuple[Action, ...]:
    """Of who signed in: a display has no password, and is signed out where its token is revoked."""
    where, hosts = tr("Everywhere"), (window,)
    stay, confirm = tr("Stay signed in…"), window.stay_signed_in
    staying = Action(f"{EVERYWHERE}.stay", stay, where, confirm, words=tr("confirm password seven days session"))
    return (
        *((staying,) if window.session.has_password else ()),
        Action(f"{EVERYWHERE}.password", tr("Change your password…"), where, window.change_password, words=tr("account")),
        Action(f"{EVERYWHERE}.sign-out", tr("Sign out"), where, window.sign_out, hosts=hosts, words=tr("log off leave")),
    )
