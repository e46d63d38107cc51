"""Which site a command is for, where nothing in it says that."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QRadioButton, QWidget

from console.dialogs.frame import FramedDialog
from console.sites.sites_bridge import SiteWish


class ChooseSiteDialog(FramedDialog):
    def __init__(self, wish: SiteWish, parent: QWidget | None = None) -> None:
        title = QCoreApplication.translate("ChooseSiteDialog", "Which site?")
        super().__init__(title, _lead(wish), width=400, parent=parent)
        self._wish = wish
        self.choices: dict[tuple[str, ...], QRadioButton] = {}
        if wish.several and len(wish.sites) > 1:
            self._add(self.tr("All sites"), tuple(site.key for site in wish.sites))
        for site in wish.sites:
            self._add(site.name, (site.key,))
        first = self.choices.get((wish.last,)) or next(iter(self.choices.values()), None)
        if first is None:
            self.show_trouble(self.tr("No site answers now."))
        else:
            first.setChecked(True)
        self.add_cancel()
        self.button = self.add_button(self.tr("C&ontinue"), "primary")
        self.button.setDefault(True)
        self.button.setEnabled(first is not None)
        self.button.clicked.connect(self.accept)
        self.accepted.connect(self._choose)
        self.rejected.connect(wish.give_up)

    def _add(self, text: str, keys: tuple[str, ...]) -> None:
        choice = QRadioButton(text.replace("&", "&&"), self)
        self.choices[keys] = choice
        self.body.addWidget(choice)

    def _choose(self) -> None:
        self._wish.choose(next(keys for keys, choice in self.choices.items() if choice.isChecked()))


def _lead(wish: SiteWish) -> str:
    if wish.several and len(wish.sites) > 1:
        return QCoreApplication.translate("ChooseSiteDialog", "This can go to one site or to all of them.")
    return QCoreApplication.translate("ChooseSiteDialog", "This concerns one site.")
