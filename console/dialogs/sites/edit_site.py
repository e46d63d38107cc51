"""A site that is added, or its name and address changed. Its certificate is looked at before anything else is sent there."""

from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from console.courier import Courier
from console.dialogs.frame import FramedDialog, open_dialog
from console.dialogs.sites.certificate import CertificateDialog
from console.sites.site_book import KnownSite, SiteBook
from console.sites.site_trust import SiteLook, Trust, confirmed_of, look_at, to_confirm
from engine.gateway.remote.calls import engine_address
from engine.model.errors import InputError, WatchroomError
from widgets.fields.form import Field, FieldGroup, Needed
from widgets.marks.notice import Notice

_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class EditSiteDialog(FramedDialog):
    """Signals: saved(KnownSite): it is in the list. The dialog closes then."""

    saved = Signal(object)

    def __init__(self, book: SiteBook, site: KnownSite | None = None, parent: QWidget | None = None) -> None:
        """`site`: the one that is changed; None: a new one."""
        super().__init__(_title(site), width=440, parent=parent)
        self._book, self._site = book, site
        self._courier = Courier(self, workers=1)
        self.finished.connect(lambda _result: self._courier.close())
        self.fields = FieldGroup(self)
        self.fields.add_field(
            "name", Field(self.tr("Name"), Needed(self.tr("Enter a name.")), placeholder=self.tr("For example North gate"))
        )
        self.fields.add_field(
            "address", Field(self.tr("Address"), Needed(self.tr("Enter an address.")), placeholder="https://192.168.1.20:8740")
        )
        self.plain = Notice()
        self.body.addWidget(self.fields)
        self.body.addWidget(self.plain)
        if site is not None:
            self.fields.field("name").set_value(site.name)
            self.fields.field("address").set_value(site.address)
        self.cancel = self.add_cancel()
        self.button = self.add_button(self._button_text(), "primary")
        self.button.setDefault(True)
        self.button.clicked.connect(self.submit)
        self.fields.submitted.connect(self.submit)
        self.fields.field("address").changed.connect(self._judge_address)

    def _button_text(self) -> str:
        return self.tr("&Add site") if self._site is None else self.tr("&Save")

    def _judge_address(self, address: str) -> None:
        self.plain.set_notice(self.tr("Plain HTTP: passwords and pictures travel unencrypted.") if _is_plain(address) else "")

    def submit(self) -> None:
        if not self.button.isEnabled() or not self.fields.reveal():
            return
        try:
            wanted = self._site_of_fields()
        except InputError as error:
            self._show_refusal(error)
            return
        if self._site is not None and wanted.address == self._site.address:
            self._save(wanted)
            return
        self._set_busy(True)
        self._courier.fetch(partial(look_at, wanted), partial(self._judge, wanted), self._show_refusal)

    def _site_of_fields(self) -> KnownSite:
        values = self.fields.values()
        site = self._site or KnownSite("", "", "")
        address = engine_address(values["address"])
        return replace(site, name=values["name"], address=address, certificate=site.certificate if address == site.address else "")

    def _judge(self, site: KnownSite, look: SiteLook) -> None:
        self._set_busy(False)
        if look.seen is None or look.trust is Trust.KNOWN:
            self._save(site)
            return
        trusted = replace(site, certificate=to_confirm(look.seen))
        dialog = CertificateDialog(site.name, look, confirmed_of(site), self)
        dialog.accepted.connect(partial(self._save, trusted))
        open_dialog(dialog)

    def _save(self, site: KnownSite) -> None:
        try:
            if self._site is None:
                site = self._book.add(site.name, site.address, site.certificate)
            else:
                self._book.change(site)
        except WatchroomError as error:
            self._show_refusal(error)
            return
        self.saved.emit(self._book.site(site.key))
        self.accept()

    def _show_refusal(self, error: WatchroomError) -> None:
        self._set_busy(False)
        if isinstance(error, InputError) and error.field == "connect":
            error = InputError("address", error.message)
        self.show_error(error, self.fields)

    def _set_busy(self, busy: bool) -> None:
        self.show_trouble("")
        self.fields.setEnabled(not busy)
        self.button.setEnabled(not busy)
        self.button.setText(self.tr("Connecting…") if busy else self._button_text())


def _title(site: KnownSite | None) -> str:
    if site is None:
        return QCoreApplication.translate("EditSiteDialog", "Add site")
    return QCoreApplication.translate("EditSiteDialog", "Edit {0}").format(site.name)


def _is_plain(address: str) -> bool:
    """Beyond this machine."""
    try:
        parts = urlsplit(address.strip())
        return parts.scheme == "http" and bool(parts.hostname) and parts.hostname not in _THIS_MACHINE
    except ValueError:
        return False
