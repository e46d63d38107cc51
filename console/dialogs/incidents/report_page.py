"""The page on which people report from their phones: on or off, its limits, and its links."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QWidget

from console.bridge import EngineBridge
from console.dialogs.accounts.account_rows import AccountRow, AccountRows
from console.dialogs.accounts.tokens import expiry_text
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.frame import open_dialog
from console.dialogs.incidents.report_link import ReportLinkDialog
from console.dialogs.labelled_rows import LabelledRows
from console.dialogs.saving import SavingDialog
from console.dialogs.setting_fields import number_box
from engine.model.command import ChangeSettings
from engine.model.errors import InputError
from engine.model.incidents.report_page import GetReportPage, ReportLink, ReportPageSettings, ReportPageView, RevokeReportLink
from engine.model.site import SiteAnchor
from widgets.fields.form import Field
from widgets.layout.boxes import make_row
from widgets.marks.notice import Notices
from widgets.theme import set_role
from widgets.time_text import relative_text
from widgets.translation import tr

_LABEL_PX = 230


class ReportPageDialog(SavingDialog):
    """For administrators."""

    SCROLLS = True

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        lead = tr("People with a link or its QR code report incidents from their phones. A link can report and nothing else.")
        super().__init__(bridge, tr("Report page"), lead, width=640, parent=parent)
        self._own_address: str | None = None  # not known yet
        settings = bridge.snapshot.settings if bridge.snapshot is not None else None
        self._settings = settings.report_page if settings is not None else ReportPageSettings()
        self._anchor: SiteAnchor | None = settings.anchor if settings is not None else None
        self.links: tuple[ReportLink, ...] = ()
        self._build_settings()
        self._build_links()
        self.add_save(tr("&Save"))
        self._connect()
        self.reload()

    def _build_settings(self) -> None:
        now = self._settings
        self.on = QCheckBox(tr("&Report page on"))
        self.on.setChecked(now.on)
        self.with_pictures = QCheckBox(tr("&Pictures with reports"))
        self.with_pictures.setChecked(now.pictures)
        hint = tr("As https://report.example. Empty: the address of the engine.")
        self.address = self.fields.add_field("address", Field(tr("&Address for phones"), _address_trouble, hint))
        self.address.set_value(now.address)
        self.per_link = number_box(ReportPageSettings, "per_link_hour", now.per_link_hour)
        self.per_address = number_box(ReportPageSettings, "per_address_hour", now.per_address_hour)
        self.per_phone = number_box(ReportPageSettings, "per_phone_hour", now.per_phone_hour)
        self.radius = number_box(ReportPageSettings, "site_radius_m", now.site_radius_m)
        rows = LabelledRows(_LABEL_PX)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.add(tr("Reports per lin&k"), self.per_link)
        rows.add(tr("Reports per &network address"), self.per_address)
        rows.add(tr("Reports per p&hone"), self.per_phone)
        rows.add(tr("Site ra&dius"), self.radius)
        self.notices = Notices()
        for part in (self.on, self.notices, self.fields):
            self.body.addWidget(part)
        self.body.addLayout(rows)
        self.body.addWidget(self.with_pictures)

    def _build_links(self) -> None:
        heading = QLabel(tr("Report links"), textFormat=Qt.TextFormat.PlainText)
        set_role(heading, "section")
        self.rows = AccountRows(tr("No link yet. Create one for each place where it is given out."), self)
        self.rows.setAccessibleName(tr("Report links"))
        self.rows.setMinimumHeight(170)
        self.new_link = QPushButton(tr("New &link…"))
        self.new_link.setAutoDefault(False)
        head = make_row(spacing=8)
        head.addWidget(heading)
        head.addStretch()
        head.addWidget(self.new_link)
        self.body.addLayout(head)
        self.body.addWidget(self.rows)

    def _connect(self) -> None:
        self.on.toggled.connect(self._show_notices)
        self.address.changed.connect(self._show_notices)
        self.new_link.clicked.connect(self.create_link)
        self._show_notices()

    def _show_notices(self) -> None:
        said: list[tuple[str, str]] = []
        address = self.page_address()
        if not address and self._own_address is not None:
            said.append((tr("The engine has no HTTP interface for phones. Start it with --bind and a certificate."), "moderate"))
        elif address.startswith("http://"):
            said.append((tr("Without https, phones do not give their position to the page."), "moderate"))
        if _is_here(address):
            said.append((tr("Phones do not reach this address: it is that of this machine only."), "moderate"))
        if self._anchor is None:
            said.append((tr("The site has no location, so the page has no map. Set it under “Site location…”."), "moderate"))
        self.notices.set_notices(tuple(said) if self.on.isChecked() else ())
        self.refresh()

    def page_address(self) -> str:
        """Without `/report`; empty where there is none."""
        return (self.address.value().strip() or self._own_address or "").rstrip("/")

    # Links

    def reload(self) -> None:
        self.bridge.ask(GetReportPage(), self._show_page, self.show_refusal, owner=self)

    def _show_page(self, page: ReportPageView) -> None:
        self.links, self._own_address = page.links, page.address
        self._show_notices()
        now_ns = self.bridge.snapshot.at_ns if self.bridge.snapshot is not None else 0
        self.rows.show_rows([self._row(link, now_ns) for link in self.links])

    def _row(self, link: ReportLink, now_ns: int) -> AccountRow:
        used = tr("not used yet") if link.last_used_ns is None else tr("used {0}").format(relative_text(link.last_used_ns, now_ns))
        counts = tr("Reports: {0} filed, {1} refused").format(link.filed, link.refused)
        made = tr("created by {0}").format(link.by)
        return AccountRow(
            link.id,
            link.label,
            f"{counts} · {used}",
            f"{expiry_text(link.expires_ns, now_ns)} · {made}",
            (("trash-2", tr("Revoke {0}").format(link.label), partial(self._ask_to_revoke, link)),),
        )

    def create_link(self) -> None:
        dialog = ReportLinkDialog(self.bridge, self.page_address(), self)
        dialog.finished.connect(self.reload)
        open_dialog(dialog)

    def _ask_to_revoke(self, link: ReportLink) -> None:
        text = tr("The link stops working. Its reports are kept.")
        dialog = ConfirmDialog(tr("Revoke {0}?").format(link.label), text, tr("&Revoke link"), self, can_undo=False)
        dialog.accepted.connect(lambda: self.bridge.tell(RevokeReportLink(link.id), self.reload, self.show_refusal, owner=self))
        open_dialog(dialog)

    # Saving

    def command(self) -> ChangeSettings:
        return ChangeSettings(
            report_page=ReportPageSettings(
                self.on.isChecked(),
                self.address.value().strip(),
                self.with_pictures.isChecked(),
                self.per_link.value(),
                self.per_address.value(),
                self.radius.value(),
                self.per_phone.value(),
            )
        )


def _address_trouble(text: str) -> str:
    try:
        ReportPageSettings(address=text.strip())
    except InputError:
        return tr("Enter an address like https://report.example, without a path.")
    return ""


def _is_here(address: str) -> bool:
    return any(f"//{name}" in address for name in ("127.", "localhost", "[::1]"))
