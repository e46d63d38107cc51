"""The page itself: one HTML file, its style, its script, and its words by language. All that it loads is this engine's own."""

import html
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

# Nothing from elsewhere, no script or style within the page, and no other page around it. Thumbnails are made by the page (`blob:`).
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
PARTS = {"report.css": "text/css", "report.js": "text/javascript", "map.js": "text/javascript", "icon.svg": "image/svg+xml"}
FIRST_LANGUAGE = "en"
_PLACE = re.compile(r"{{([a-z_]+)}}")


def _folder() -> Traversable:
    return files("resources") / "report_page"


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """By language, as the files in `words` are called; the first one first."""
    found = {each.name.removesuffix(".json"): each for each in (_folder() / "words").iterdir() if each.name.endswith(".json")}
    ordered = sorted(found, key=lambda language: (language != FIRST_LANGUAGE, language))
    return {language: json.loads(found[language].read_text("utf-8")) for language in ordered}


@cache
def part(name: str) -> bytes:
    return (_folder() / name).read_bytes()


@cache
def page(language: str) -> str:
    """In that language. Words are text, never markup."""
    said = words()[language]
    switch = "".join(
        f'<option value="{code}" lang="{code}"{" selected" if code == language else ""}>{html.escape(each["language"])}</option>'
        for code, each in words().items()
    )
    text = _PLACE.sub(lambda found: html.escape(said[found[1]]), (_folder() / "report.html").read_text("utf-8"))
    return text.replace("<!--lang-->", language).replace("<!--languages-->", switch)


def preferred(accept: str) -> str:
    """The language of the page for an `Accept-Language` (RFC 9110, 12.5.4)."""
    wanted = sorted((_weighted(each) for each in accept.split(",")[:20] if each.strip()), reverse=True, key=lambda pair: pair[0])
    return next((language for weight, language in wanted if weight > 0 and language in words()), FIRST_LANGUAGE)


def _weighted(text: str) -> tuple[float, str]:
    tag, _, rest = text.partition(";")
    found = re.fullmatch(r"\s*q=([01](?:\.[0-9]{0,3})?)\s*", rest)
    return (float(found[1]) if found else 1.0 if not rest else 0.0), tag.strip().lower().partition("-")[0]
