"""Asks a person whether a site's certificate, for which nobody vouches, is that site's."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QLabel, QWidget

from console.dialogs.frame import FramedDialog
from console.sites.site_trust import SiteLook, Trust
from engine.gateway.remote.pinning import SeenCertificate
from widgets.theme import set_role
from widgets.time_text import day_text
from widgets.translation import tr

_ROW_BYTES = 16


class CertificateDialog(FramedDialog):
    """`accepted`: it is to be trusted from now on. The safe button has the focus."""

    def __init__(self, site_name: str, look: SiteLook, confirmed: SeenCertificate | None, parent: QWidget | None = None) -> None:
        """`confirmed`: the one that was trusted until now; None: none was."""
        assert look.seen is not None
        changed = look.trust is Trust.CHANGED
        title = _changed_title(site_name) if changed else _new_title(site_name)
        super().__init__(title, _lead(changed, look.seen), width=560, parent=parent)
        if confirmed is not None:
            self._add_fingerprint(self.tr("Trusted until now"), confirmed)
        self.fingerprint = self._add_fingerprint(
            self.tr("Shown now") if confirmed is not None else self.tr("Fingerprint (SHA-256)"), look.seen
        )
        how = QLabel(_how(), self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(how, "secondary")
        self.body.addWidget(how)
        self.keep = self.add_cancel(self.tr("&Do not connect"))
        self.trust = self.add_button(self.tr("&Trust this certificate"), "danger" if changed else "primary")
        self.trust.clicked.connect(self.accept)
        self.keep.setDefault(True)
        self.keep.setFocus()

    def _add_fingerprint(self, name: str, seen: SeenCertificate) -> QLabel:
        shown = QLabel(_in_rows(seen.fingerprint), self, textFormat=Qt.TextFormat.PlainText)
        shown.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard)
        shown.setAccessibleName(name)
        about = QLabel(_about(seen), self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(about, "secondary")
        self.add_labelled(name, shown, about)
        return shown


def _changed_title(site_name: str) -> str:
    return QCoreApplication.translate("CertificateDialog", "The certificate of {0} has changed").format(site_name)


def _new_title(site_name: str) -> str:
    return QCoreApplication.translate("CertificateDialog", "Is this the certificate of {0}?").format(site_name)


def _lead(changed: bool, seen: SeenCertificate) -> str:
    if changed and seen.trusted:
        return tr("An authority that this computer trusts has signed the new one. Nothing was sent to the site yet.")
    if changed:
        return tr("Either the site was given a new certificate, or somebody is intercepting the connection. Nothing was sent yet.")
    return tr("No authority that this computer trusts has signed it. Nothing was sent to the site yet.")


def _how() -> str:
    command = "openssl x509 -noout -fingerprint -sha256 -in FILE"
    return tr("Compare it with the site's administrator, by phone for example. At the site, this command shows it: {0}").format(command)


def _about(seen: SeenCertificate) -> str:
    names = ", ".join(seen.names) or tr("no name")
    return tr("For {0}. Valid from {1} to {2}.").format(names, day_text(seen.from_ns), day_text(seen.until_ns))


def _in_rows(fingerprint: str) -> str:
    pairs = fingerprint.split(":")
    return "\n".join(":".join(pairs[at : at + _ROW_BYTES]) for at in range(0, len(pairs), _ROW_BYTES))
