"""Tooltips that show a text as it is."""

from PySide6.QtGui import Qt, QTextDocumentFragment


def plain_tip(text: str) -> str:
    """What looks like HTML in a tooltip Qt shows as HTML, and loads its pictures, from network shares too. A device's name, a node's
    version or a reason may look like that."""
    return Qt.convertFromPlainText(text) if Qt.mightBeRichText(text) else text


def tip_words(tip: str) -> str:
    """The words of a tooltip that `plain_tip` made, for showing them elsewhere: made plain twice, its marks would be on the screen."""
    return QTextDocumentFragment.fromHtml(tip).toPlainText() if Qt.mightBeRichText(tip) else tip
