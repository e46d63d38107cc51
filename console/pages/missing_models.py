"""Why something cannot be done for lack of models, and the button that installs them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from console.bridge import EngineBridge
from console.model_installation import ModelInstallation, running_installation
from engine.model.accounts.access import Verb
from engine.model.command import InstallModels
from engine.model.snapshot import Snapshot
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_row
from widgets.marks.notice import Notice
from widgets.marks.toast import ToastArea
from widgets.translation import tr


class MissingModels(QWidget):
    """UI thread; hidden while there is no trouble. `roles`: of the models that are needed."""

    def __init__(self, bridge: EngineBridge, toasts: ToastArea, roles: tuple[str, ...]) -> None:
        super().__init__()
        self._bridge, self._toasts, self._roles = bridge, toasts, roles
        self._missing: tuple[str, ...] = ()
        self.installation = ModelInstallation(bridge, toasts, self)
        self.notice = Notice(level="high")
        self.install = QPushButton(icon("download"), tr("&Install missing models"))
        self.install.clicked.connect(self._install)
        row = make_row(self, margins=NO_MARGINS)
        row.addWidget(self.notice, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.install, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_trouble(self, trouble: str, snapshot: Snapshot) -> None:
        """`trouble`: a sentence; empty when all is well."""
        installing = running_installation(snapshot) is not None
        self._missing = tuple(model.id for model in snapshot.models if model.role in self._roles and not model.installed)
        self.notice.set_notice(trouble, "high")
        self.install.setVisible(self._bridge.may(Verb.ADMINISTER) and bool(self._missing))
        self.install.setEnabled(not installing)
        self.install.setText(tr("Installing…") if installing else tr("&Install missing models"))
        self.setVisible(bool(trouble))

    def _install(self) -> None:
        self.installation.start(InstallModels(self._missing))
