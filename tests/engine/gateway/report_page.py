"""A site with the report page switched on, and what phones send to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from console.site import Site, running
from engine._opencv import cv2
from engine.gateway.border.bind import Bind
from engine.model.incidents.report_page import ReportPageSettings
from engine.model.site import SiteAnchor
from engine.runtime.command_line_settings import CommandLineSettings

HERE = SiteAnchor(53.54, 9.98)
PAGE, REPORTS, SITE = "/report", "/report/reports", "/report/site"
PHONE = "0123456789abcdef"
GENEROUS = ReportPageSettings(True, per_link_hour=10_000.0, per_address_hour=10_000.0, per_phone_hour=10_000.0)


@contextmanager
def reporting_site(folder: Path, page: ReportPageSettings = GENEROUS) -> Iterator[Site]:
    with running(folder, Bind(), CommandLineSettings(()), gateway_needed=True) as site:
        site.door.set_up("Harbour south", "ada", "correct horse battery").close()
        site.engine.change_settings(replace(site.engine.settings, report_page=page, anchor=HERE), "test")
        yield site


@contextmanager
def page_as(site: Site, **changes: Any) -> Iterator[None]:
    """Other settings of the page meanwhile."""
    before = site.engine.settings
    site.engine.change_settings(replace(before, report_page=replace(before.report_page, **changes)), "test")
    try:
        yield
    finally:
        site.engine.change_settings(before, "test")


def new_link(site: Site, days: float | None = 1.0) -> str:
    return site.engine.report_page.links.create("Gate", days, "ada")


def shown(token: str, key: str = "") -> dict[str, str]:
    return {"Authorization": f"ReportLink {token}"} | ({"Idempotency-Key": key} if key else {})


def said(**parts: Any) -> dict[str, Any]:
    return {"description": "Two people climb over the fence at the gate.", "phone": PHONE, "latitude": 53.5411, "longitude": 9.9811} | parts


def photo(seed: int = 1, size: tuple[int, int] = (60, 80), ending: str = ".jpg") -> bytes:
    picture = np.random.default_rng(seed).integers(0, 255, (*size, 3), np.uint8)
    return cv2.imencode(ending, picture)[1].tobytes()


def pictures(*data: bytes) -> list[tuple[str, tuple[str, bytes, str]]]:
    return [("pictures", (f"{number}.jpg", each, "image/jpeg")) for number, each in enumerate(data)]


def client_of(site: Site) -> httpx.Client:
    return httpx.Client(base_url=site.url, timeout=60, trust_env=False)
