"""How the report of a pack looks: fonts that know names of many languages, few colours, and text that is never markup."""

from functools import cache
from importlib.resources import as_file, files
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, Table, TableStyle

PLAIN, BOLD = "Watchroom", "Watchroom-Bold"
INK, QUIET, LINE, ACCENT = HexColor("#16202a"), HexColor("#5c6773"), HexColor("#c8d0d8"), HexColor("#0b6ea8")
SEVERITIES = {1: HexColor("#8b949e"), 2: HexColor("#0072b2"), 3: HexColor("#b8860b"), 4: HexColor("#d55e00"), 5: HexColor("#b00020")}
SHAPES = {1: "○", 2: "●", 3: "■", 4: "◆", 5: "▲"}
_LONGEST = 400


@cache
def _register() -> None:
    """DejaVu Sans: Latin, Greek and Cyrillic letters; others come out as boxes, and the record beside the report has them."""
    for name, file in ((PLAIN, "DejaVuSans.ttf"), (BOLD, "DejaVuSans-Bold.ttf")):
        with as_file(files("resources") / "fonts" / file) as path:
            pdfmetrics.registerFont(TTFont(name, str(path)))  # pyright: ignore[reportUnknownMemberType]


def styles() -> dict[str, ParagraphStyle]:
    _register()
    body = ParagraphStyle("body", fontName=PLAIN, fontSize=9, leading=12.5, textColor=INK, splitLongWords=1)
    return {
        "body": body,
        "quiet": ParagraphStyle("quiet", body, textColor=QUIET, fontSize=8, leading=11),
        "cell": ParagraphStyle("cell", body, fontSize=7.5, leading=9.5),
        "mono": ParagraphStyle("mono", body, fontSize=6.5, leading=8.5, wordWrap="CJK"),
        "title": ParagraphStyle("title", body, fontName=BOLD, fontSize=20, leading=25, spaceAfter=4),
        "heading": ParagraphStyle("heading", body, fontName=BOLD, fontSize=12, leading=16, spaceBefore=14, spaceAfter=5),
        "mark": ParagraphStyle("mark", body, fontName=BOLD, textColor=SEVERITIES[5], fontSize=10, spaceAfter=4),
    }


def text(words: str, style: ParagraphStyle) -> Paragraph:
    """Words of whoever: names and descriptions are shown as they are, never read as markup."""
    shown = words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
    return Paragraph(escape(shown).replace("\n", "<br/>"), style)


def long_text(words: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(words).replace("\n", "<br/>"), style)


def table(rows: list[list[Any]], widths: list[float], header: bool = True) -> Table:
    """Rows of paragraphs, with the first repeated on every page."""
    made = Table(rows, colWidths=widths, repeatRows=1 if header else 0, hAlign="LEFT")
    commands: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 5),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ]
    if header:
        commands.append(("LINEBELOW", (0, 0), (-1, 0), 1, INK))
    made.setStyle(TableStyle(commands))
    return made
