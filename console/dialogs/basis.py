"""What a change was made from, so that it replaces nothing that somebody else has changed since."""

from console.words import error_text
from engine.model.accounts.commands import ChangeUser
from engine.model.as_it_was import as_it_was
from engine.model.command import Command
from engine.model.command_terms import NO_TERMS, CommandTerms, terms_from
from engine.model.errors import Conflict
from engine.model.snapshot import Snapshot
from widgets.translation import tr


def terms_of(command: Command, shown: Snapshot | None) -> CommandTerms:
    """Of a change that was made while `shown` was what there is. No terms where it changes nothing that was there."""
    if shown is None:
        return NO_TERMS
    if isinstance(command, ChangeUser):
        user = next((user for user in shown.users if user.id == command.user_id), None)
        return NO_TERMS if user is None else terms_from(ChangeUser(user.id, user.role, user.cameras))
    before = as_it_was(command, shown.settings)
    return NO_TERMS if before is None else terms_from(before)


class Basis:
    """The snapshot that a dialog was opened on. After a conflict was shown, whoever saves again means it: then it is the newest."""

    def __init__(self, opened_on: Snapshot | None) -> None:
        self._opened_on = opened_on
        self.conflict_shown = False

    def forget(self) -> None:
        """It was saved: what it is from now on is this dialog's."""
        self._opened_on, self.conflict_shown = None, False

    def terms(self, command: Command, newest: Snapshot | None) -> CommandTerms:
        return terms_of(command, newest if self.conflict_shown else self._opened_on)

    def seen_terms(self, seen: Command, newest: Snapshot | None) -> CommandTerms:
        """Of a dialog that changes a part of something. `seen`: the command that changes nothing, with that part as the dialog was opened
        on it, and everything else as it is now."""
        return terms_of(seen, newest) if self.conflict_shown else terms_from(seen)

    def conflict_text(self, conflict: Conflict) -> str:
        """The engine's sentence, and what to do."""
        self.conflict_shown = True
        return f"{error_text(conflict)} {tr('Save again to replace it, or cancel to keep it.')}"
