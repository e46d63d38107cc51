"""The report page in a real browser of a phone's size: what people do with it, and what goes wrong."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from console.site import Site
from engine._opencv import cv2
from engine.gateway.report_page import page as pages
from engine.model.incidents.incident import IncidentCategory, Report
from engine.model.question import GetIncident, ListIncidents
from engine.model.risk.map_settings import MapSettings
from engine.recording.jpeg import decode_picture
from tests.engine.gateway.report_page import HERE, new_link, page_as, photo, reporting_site
from tests.fakes.chromium import browser, phone
from tests.fakes.map_files import write_street_grid
from tests.fakes.waiting import until

WORDS = "Two people climb over the fence at the east gate."
ROAD_SHARE = """(() => {
  const canvas = document.querySelector("#map");
  const dots = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let white = 0;
  for (let n = 0; n < dots.length; n += 4) white += dots[n] > 250 && dots[n + 1] > 250 && dots[n + 2] > 250;
  return white / (dots.length / 4);
})()"""
NEAR = {"latitude": 53.5413, "longitude": 9.9832, "accuracy": 25}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with reporting_site(tmp_path_factory.mktemp("phones") / "data") as site:
        yield site


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture
def at_hand(chromium: Browser) -> Iterator[BrowserContext]:
    """An English phone that gives its position."""
    context = phone(chromium, geolocation=NEAR, permissions=["geolocation"])
    yield context
    context.close()


def opened(context: BrowserContext, site: Site, token: str | None = None) -> Page:
    """The page, ready to be filled in. What the browser complains of fails the test at `assert_quiet`."""
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.complaints = said  # type: ignore[attr-defined]
    page.goto(f"{site.url}/report#{new_link(site) if token is None else token}")
    return page


def assert_quiet(page: Page) -> None:
    assert page.complaints == []  # type: ignore[attr-defined]


def fill(page: Page, words: str = WORDS) -> None:
    page.get_by_label("What happened?").fill(words)
    page.get_by_role("button", name="Use my position").click()
    expect(page.locator("#place-said")).to_contain_text("Your position")


def send(page: Page) -> str:
    """The number that it shows."""
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_role("heading", name="Thank you. Your report has arrived.")).to_be_focused()
    number = page.locator("#number").inner_text()
    assert re.fullmatch(r"[0-9A-F]{4}-[0-9A-F]{4}", number)
    return number


def reports_of(site: Site, words: str) -> list[Report]:
    """All that hold these words, whatever incident they are in."""
    record = site.engine.record.store
    found = (
        each for incident in record.answer(ListIncidents(limit=500)).incidents for each in record.answer(GetIncident(incident.id)).reports
    )
    return [each for each in found if words in each.description]


def report_of(site: Site, words: str) -> Report:
    (report,) = reports_of(site, words)
    return report


@pytest.fixture
def large_photo(tmp_path: Path) -> Path:
    """Of the size that phones take, with what they write beside the picture."""
    picture = np.repeat(np.repeat(decode_picture(photo(3, (63, 84))), 48, axis=0), 48, axis=1)
    assert picture.shape == (3024, 4032, 3)
    path = tmp_path / "IMG_0001.jpg"
    path.write_bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 97])[1].tobytes())
    return path


def test_a_report_with_a_photo_arrives(site: Site, at_hand: BrowserContext, large_photo: Path) -> None:
    page = opened(at_hand, site)
    fill(page, "A window of the harbour office is broken.")
    page.set_input_files("#pictures", str(large_photo))
    expect(page.get_by_role("img", name="Picture 1")).to_be_visible()
    page.get_by_text("Kind and time (optional)").click()
    page.get_by_label("Kind").select_option("Vandalism")
    number = send(page)
    report = report_of(site, "harbour office is broken")
    assert (report.category, report.source.value, report.accuracy_m) == (IncidentCategory.VANDALISM, "public", 25)
    assert report.id.split("-")[2].startswith(number.replace("-", "").lower())
    assert (report.latitude, report.longitude) == (NEAR["latitude"], NEAR["longitude"])
    (media_id,) = report.media
    medium = site.engine.sent.get(media_id)
    kept = None if medium is None else site.engine.sent.picture(medium)
    assert kept is not None
    height, width = decode_picture(kept).shape[:2]
    assert (width, height) == (1920, 1440), "made smaller on the phone"
    assert_quiet(page)


def test_streets_of_the_map_file_are_drawn(site: Site, at_hand: BrowserContext, tmp_path: Path) -> None:
    before = site.engine.settings
    path = write_street_grid(tmp_path / "town.pmtiles", HERE.latitude, HERE.longitude)
    site.engine.change_settings(replace(before, map=MapSettings(file=str(path))), "test")
    page = opened(at_hand, site)
    until(lambda: page.evaluate(ROAD_SHARE) > 0.02, "streets are drawn")
    site.engine.change_settings(before, "test")
    bare = opened(at_hand, site)
    bare.wait_for_load_state("networkidle")
    assert bare.evaluate(ROAD_SHARE) < 0.005
    assert_quiet(page)


def test_taps_on_the_map_place_it_where_the_map_says(site: Site, at_hand: BrowserContext) -> None:
    page = opened(at_hand, site)
    page.get_by_label("What happened?").fill("Somebody paints the wall by the water.")
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] + box["width"] / 2 + 60, box["y"] + box["height"] / 2)
    expect(page.locator("#place-said")).to_have_text("On the map: 240 m east of the site.")
    send(page)
    report = report_of(site, "by the water")
    assert report.latitude == pytest.approx(HERE.latitude, abs=1e-5) and report.longitude == pytest.approx(9.98 + 240 / 66_070, abs=1e-4)
    assert_quiet(page)


def test_without_a_position_words_do(site: Site, chromium: Browser) -> None:
    context = phone(chromium)  # which asks, and nobody answers: no permission
    context.clear_permissions()
    page = opened(context, site)
    page.get_by_label("What happened?").fill("A dog is locked in a hot car.")
    page.get_by_role("button", name="Use my position").click()
    expect(page.locator("#locate-note")).to_contain_text(re.compile("does not give its position|could not be found"))
    page.get_by_role("button", name="Send report").click()
    expect(page.locator("#place-error")).to_have_text("Say where: your position, a place on the map, or words.")
    expect(page.get_by_label("Place in words (optional)")).to_be_focused()
    page.get_by_label("Place in words (optional)").fill("car park 2, by the ticket machine")
    send(page)
    report = report_of(site, "hot car")
    assert report.description.endswith("Place: car park 2, by the ticket machine") and report.accuracy_m == 500
    context.close()


def test_pages_without_https_say_why_there_is_no_position(site: Site, at_hand: BrowserContext) -> None:
    at_hand.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false})")
    page = opened(at_hand, site)
    expect(page.locator("#locate-note")).to_contain_text("secure pages (https) only")


@pytest.mark.parametrize(("locale", "send_word", "thanks"), [("de-CH", "Meldung senden", "Danke."), ("fr-FR", "Send report", "Thank you.")])
def test_it_speaks_the_language_of_the_phone_or_english(site: Site, chromium: Browser, locale: str, send_word: str, thanks: str) -> None:
    context = phone(chromium, locale=locale, geolocation=NEAR, permissions=["geolocation"])
    page = opened(context, site)
    page.locator("#description").fill(f"{WORDS} {locale}")
    page.locator("#place").fill("Tor 3")
    page.get_by_role("button", name=send_word).click()
    expect(page.locator("#thanks-head")).to_be_focused()
    expect(page.locator("#thanks-head")).to_contain_text(thanks)
    line = "Ort: Tor 3" if locale.startswith("de") else "Place: Tor 3"
    assert report_of(site, f"{WORDS} {locale}").description.endswith(line)
    context.close()


def test_the_language_is_switched_and_nothing_typed_is_lost(site: Site, at_hand: BrowserContext) -> None:
    page = opened(at_hand, site)
    fill(page)
    page.get_by_label("Language").select_option("Deutsch")
    expect(page.get_by_role("button", name="Meldung senden")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "de" and page.title() == "Vorfall melden"
    assert page.locator("#description").input_value() == WORDS
    expect(page.locator("#place-said")).to_have_text(re.compile("Ihr Standort, auf 25 m genau"))
    left = page.evaluate("[...document.querySelectorAll('[data-word]')].map(each => each.textContent)")
    assert not {text for text in left if text in pages.words()["en"].values()} - set(pages.words()["de"].values())
    assert_quiet(page)


def test_a_reload_keeps_the_words_until_they_are_sent(site: Site, at_hand: BrowserContext) -> None:
    page = opened(at_hand, site)
    page.get_by_label("What happened?").fill("Typed before the reload.")
    page.reload()
    expect(page.get_by_label("What happened?")).to_have_value("Typed before the reload.")
    fill(page, "Typed before the reload.")
    send(page)
    page.reload()
    expect(page.get_by_label("What happened?")).to_have_value("")


def test_two_taps_are_one_report(site: Site, at_hand: BrowserContext) -> None:
    page = opened(at_hand, site)
    fill(page, "Tapped twice, and once more by a lost answer.")
    page.evaluate("() => { const button = document.getElementById('send'); button.click(); button.click(); button.click(); }")
    expect(page.locator("#thanks")).to_be_visible()
    assert len(reports_of(site, "Tapped twice")) == 1


def test_an_answer_that_is_lost_counts_once(site: Site, at_hand: BrowserContext) -> None:
    """The report arrives, its answer does not; what is sent again is the same report."""
    page = opened(at_hand, site)
    fill(page, "The answer to this one is lost.")
    keys: list[str] = []

    def lose(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/report/reports", lose)
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_role("alert").filter(has_text="Not sent: no connection.")).to_be_focused()
    expect(page.get_by_label("What happened?")).to_have_value("The answer to this one is lost.")
    send(page)
    assert keys[0] == keys[1]
    assert len(reports_of(site, "this one is lost")) == 1


def test_without_a_network_it_says_so_and_keeps_everything(site: Site, at_hand: BrowserContext, large_photo: Path) -> None:
    page = opened(at_hand, site)
    fill(page, "Sent without a network at first.")
    page.set_input_files("#pictures", str(large_photo))
    expect(page.get_by_role("img", name="Picture 1")).to_be_visible()
    at_hand.set_offline(True)
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_role("alert").filter(has_text="Not sent: no connection.")).to_be_visible()
    at_hand.set_offline(False)
    send(page)
    assert len(report_of(site, "without a network").media) == 1


def test_what_is_no_picture_is_said_by_name(site: Site, at_hand: BrowserContext, tmp_path: Path) -> None:
    page = opened(at_hand, site)
    fill(page)
    text = tmp_path / "letter.jpg"
    text.write_text("no picture at all")
    page.set_input_files("#pictures", str(text))
    expect(page.get_by_role("alert").filter(has_text="letter.jpg is not a picture that can be read.")).to_be_visible()
    assert page.get_by_role("img", name="Picture 1").count() == 0


def test_pictures_are_counted_and_taken_away_again(site: Site, at_hand: BrowserContext, tmp_path: Path) -> None:
    page = opened(at_hand, site)
    paths = []
    for seed in range(5):
        path = tmp_path / f"{seed}.png"
        path.write_bytes(photo(seed, ending=".png"))
        paths.append(str(path))
    expect(page.locator("#form")).to_be_visible()
    page.set_input_files("#pictures", paths)
    expect(page.locator("#pictures-error")).to_have_text("At most 4 pictures.")
    page.get_by_role("button", name="Remove picture 2").click()
    expect(page.locator("#shown li")).to_have_count(3)


def test_a_picture_that_the_engine_finds_too_large_is_said(site: Site, at_hand: BrowserContext) -> None:
    page = opened(at_hand, site)
    fill(page)
    page.route("**/report/reports", lambda route: route.fulfill(status=413, json={"error": "bad_input", "message": "x", "field": "file"}))
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_role("alert").filter(has_text="A picture is too large.")).to_be_visible()


@pytest.mark.parametrize("token", ["", "never-was", "<img src=x onerror=alert(1)>"])
def test_links_that_are_not_good_say_so(site: Site, at_hand: BrowserContext, token: str) -> None:
    page = opened(at_hand, site, token)
    expect(page.get_by_role("alert")).to_contain_text("incomplete" if not token else "no longer valid")
    expect(page.locator("#form")).to_be_hidden()


def test_a_link_that_is_revoked_while_somebody_writes(site: Site, at_hand: BrowserContext) -> None:
    token = new_link(site)
    page = opened(at_hand, site, token)
    fill(page)
    site.engine.report_page.links.revoke(site.engine.report_page.links.link(token).id, "ada")
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_role("alert").filter(has_text="This link is no longer valid.")).to_be_focused()


def test_too_many_reports_say_how_long_to_wait(site: Site, at_hand: BrowserContext) -> None:
    with page_as(site, per_link_hour=1.0):
        page = opened(at_hand, site)
        for number in range(3):
            fill(page, f"Report number {number} of a busy evening.")
            send(page)
            page.get_by_role("button", name="File another report").click()
        fill(page, "One report more than the link may send.")
        page.get_by_role("button", name="Send report").click()
        expect(page.get_by_role("alert").filter(has_text=re.compile(r"Too many reports\. Wait \d+ min"))).to_be_visible()
        expect(page.get_by_label("What happened?")).to_have_value("One report more than the link may send.")


HOSTILE = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script> & {0} “quoted”"


def test_hostile_text_is_text_everywhere(site: Site, at_hand: BrowserContext) -> None:
    before = site.engine.settings
    from dataclasses import replace

    site.engine.change_settings(replace(before, site_name=HOSTILE[:60]), "test")
    try:
        page = opened(at_hand, site)
        expect(page.locator("#site")).to_have_text(HOSTILE[:60].strip())
        page.locator("#place").fill(HOSTILE[:100])
        page.get_by_label("What happened?").fill(HOSTILE)
        page.get_by_text("What happens with your data").click()
        send(page)
        assert page.title() == "Report an incident" and page.locator("main img, main script").count() == 0
        assert HOSTILE in report_of(site, "onerror").description
        assert_quiet(page)
    finally:
        site.engine.change_settings(before, "test")


def test_by_keyboard_only(site: Site, chromium: Browser) -> None:
    """Tab through all of it, place the marker with the arrow keys, send with Enter. Nothing is skipped, and focus is always seen."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    page = opened(context, site)
    expect(page.locator("#form")).to_be_visible()
    order: list[str] = []
    page.keyboard.press("Tab")
    for _ in range(30):
        here = page.evaluate("document.activeElement.id || document.activeElement.tagName")
        if here == "BODY":
            break
        order.append(here)
        outline = page.evaluate(
            "(() => { let at = document.activeElement; if (at.type === 'file') at = at.nextElementSibling;"
            " return getComputedStyle(at).outlineStyle; })()"
        )
        assert outline != "none", here
        if here == "description":
            page.keyboard.type("Written with keys only.")
        if here == "map":
            for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
                page.keyboard.press(key)
            expect(page.locator("#place-said")).to_contain_text("On the map: ")
        if here == "send":
            page.keyboard.press("Enter")
            break
        page.keyboard.press("Tab")
    assert order == ["language", "description", "locate", "map", "closer", "farther", "centre", "place", "pictures", "SUMMARY", "send"]
    expect(page.locator("#thanks-head")).to_be_focused()
    assert report_of(site, "keys only").longitude > HERE.longitude
    context.close()


# For screen readers

NAMES = """() => [...document.querySelectorAll('a, button, input, select, textarea, canvas, summary, img, [tabindex="0"]')]
    .filter(each => each.offsetParent !== null).map(each => ({
        id: each.id || each.tagName,
        name: (each.getAttribute('aria-label') || [...(each.labels || [])].map(label => label.textContent).join(' ')
            || each.alt || each.textContent).trim(),
        refers: (each.getAttribute('aria-describedby') || '').split(' ').filter(Boolean)
            .filter(id => !document.getElementById(id)),
        width: each.getBoundingClientRect().width, height: each.getBoundingClientRect().height}))"""
CONTRAST = """() => {
    const channel = (value) => { value /= 255; return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4; };
    const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const parse = (text) => text.match(/[\\d.]+/g).map(Number);
    const ground = (node) => { for (; node; node = node.parentElement) {
        const found = parse(getComputedStyle(node).backgroundColor); if (found.length < 4 || found[3] > 0.99) return found; }
        return [255, 255, 255]; };
    const poor = [];
    for (const node of document.querySelectorAll('h1, h2, p, label, legend, button, summary, textarea, input, select, span, strong')) {
        if (node.offsetParent === null || !(node.textContent.trim() || node.value)) continue;
        const [a, b] = [light(parse(getComputedStyle(node).color)), light(ground(node))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) poor.push([node.id || node.tagName, node.textContent.slice(0, 30), ratio]);
    }
    return poor; }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
def test_names_roles_targets_and_contrast(site: Site, chromium: Browser, scheme: Any, locale: str) -> None:
    """WCAG 2.2: 1.4.3 contrast 4.5:1, 1.4.10 no sideways scrolling at 320 px, 2.5.8 targets, 4.1.2 name and role."""
    context = phone(chromium, color_scheme=scheme, locale=locale, viewport={"width": 320, "height": 640})
    page = opened(context, site)
    expect(page.locator("#form")).to_be_visible()
    page.locator("summary").first.click()
    page.locator("#send").click()  # with what is wrong shown
    named = page.evaluate(NAMES)
    assert len(named) >= 13
    assert [each for each in named if not each["name"] or each["refers"]] == []
    assert [each["id"] for each in named if each["id"] != "pictures" and min(each["width"], each["height"]) < 44] == []
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate("document.documentElement.lang") == locale[:2]
    described = page.locator("#description")
    assert described.get_attribute("aria-invalid") == "true"
    expect(described).to_be_focused()
    context.close()


def test_the_accessibility_tree_has_headings_groups_and_live_regions(site: Site, at_hand: BrowserContext) -> None:
    page = opened(at_hand, site)
    expect(page.locator("#form")).to_be_visible()
    tree = page.locator("body").aria_snapshot()
    for part in (
        'heading "Report an incident" [level=1]',
        'combobox "Language"',
        'textbox "What happened?"',
        'group "Where?"',
        'application "Map of the surroundings"',
        'button "Use my position"',
        'button "Zoom in"',
        'textbox "Place in words (optional)"',
        'button "Take or add pictures"',
        'button "Send report"',
    ):
        assert part in tree, tree
    assert page.locator('[role="status"]').count() == 3 and page.locator('[role="alert"]').count() == 3
