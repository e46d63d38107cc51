"""A dialog that tells the engine one thing and closes when that is done."""

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton, QWidget

from console.bridge import EngineBridge
from console.dialogs.basis import Basis
from console.dialogs.frame import FramedDialog
from engine.model.command import Command
from engine.model.command_terms import CommandTerms
from engine.model.errors import Conflict, InputError, WatchroomError
from widgets.fields.form import FieldGroup


class SavingDialog(FramedDialog):
    """Build the body, then `add_save`. `fields`: where an `InputError` finds its field."""

    CHOICES_ARE_WORK = True

    def __init__(self, bridge: EngineBridge, title: str, lead: str = "", width: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(title, lead, width, parent)
        self.bridge = bridge
        self.fields = FieldGroup(self)
        self.fields.validity_changed.connect(self.refresh)
        self.fields.submitted.connect(self.submit)
        self._busy = False
        self.basis = Basis(bridge.snapshot)

    def add_save(self, text: str) -> QPushButton:
        """Cancel, and the button that saves."""
        self.cancel = self.add_cancel()
        self.save = self.add_button(text, "primary")
        self.save.setDefault(True)
        self.save.clicked.connect(self.submit)
        self.refresh()
        return self.save

    @property
    def busy(self) -> bool:
        return self._busy

    def is_valid(self) -> bool:
        """Override with what else has to be right."""
        return self.fields.is_valid()

    def command(self) -> Command:
        """What is to be told. Raises InputError."""
        raise NotImplementedError

    def done_with(self, outcome: str) -> None:
        """The engine has done it; `outcome` is what the command gave."""
        self.accept()

    def submit(self) -> None:
        if self._busy or not self.is_valid():
            self.fields.reveal()
            return
        try:
            command = self.command()
        except InputError as error:
            self.show_refusal(error)
            return
        self.tell(command, self.done_with)

    def tell(self, command: Command, then: Callable[[str], None]) -> None:
        """Send a command; nothing else can be sent until it is answered."""
        self.set_busy(True)
        self.show_trouble("")

        def on_saved(outcome: str) -> None:
            self.set_busy(False)
            self.basis.forget()
            then(outcome)

        self.bridge.command(command, on_saved, self.show_refusal, owner=self, terms=self.terms(command))

    def terms(self, command: Command) -> CommandTerms:
        """What the command was made from."""
        return self.basis.terms(command, self.bridge.snapshot)

    def show_refusal(self, error: WatchroomError) -> None:
        self.set_busy(False)
        if isinstance(error, Conflict):
            self.show_trouble(self.basis.conflict_text(error))
        else:
            self.show_error(error, self.fields)

    def set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.refresh()

    def refresh(self) -> None:
        if hasattr(self, "save"):
            self.save.setEnabled(self.is_valid() and not self._busy)
