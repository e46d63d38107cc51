"""TOML in the colours of the theme: heads stand out, comments stand back."""

import re

from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from widgets.theme import color

_HEAD = re.compile(r"^\s*\[\[?[^\]]*\]\]?")
_KEY = re.compile(r"^\s*[A-Za-z0-9_-]+(?=\s*=)")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'')
_COMMENT = re.compile("#")


class TomlColors(QSyntaxHighlighter):
    """Line by line: a string over several lines is plain."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._head, self._key, self._string, self._comment = (_char_format(role) for role in ("accent", "accent", "text", "secondary"))
        self._head.setFontWeight(QFont.Weight.Bold)
        self._comment.setFontItalic(True)

    def highlightBlock(self, text: str) -> None:
        strings = [found.span() for found in _STRING.finditer(text)]
        for pattern, look in ((_HEAD, self._head), (_KEY, self._key)):
            if found := pattern.match(text):
                self.setFormat(found.start(), found.end() - found.start(), look)
        for begin, end in strings:
            self.setFormat(begin, end - begin, self._string)
        outside = (found.start() for found in _COMMENT.finditer(text) if not any(begin < found.start() < end for begin, end in strings))
        if (comment := next(outside, None)) is not None:
            self.setFormat(comment, len(text) - comment, self._comment)


def _char_format(role: str) -> QTextCharFormat:
    look = QTextCharFormat()
    look.setForeground(color(role))
    return look
