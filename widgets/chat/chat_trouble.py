"""A site that did not answer a question, and why."""

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from widgets.chat.chat_answer import site_label
from widgets.marks.notice import Notice
from widgets.theme import set_role


class SiteTrouble(QFrame):
    """Main thread. Stands where its answer would."""

    def __init__(self, site: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self.site_name, self.text = site_label(site, self), text
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        column.addWidget(self.site_name)
        column.addWidget(Notice(text, "moderate"))
        self.setAccessibleName(f"{site}: {text}")
