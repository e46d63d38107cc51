"""The manual's table of settings agrees with their descriptions."""

from tools import settings_page


def test_the_page_is_what_the_code_says() -> None:
    assert settings_page.PAGE.read_text("utf-8") == settings_page.page(), "run: python -m tools.settings_page"


def test_every_setting_has_a_row_with_its_range_unit_and_default() -> None:
    page = settings_page.page()
    rows = {
        row.split("|")[1].strip(): [cell.strip() for cell in row.strip("|").split("|")] for row in page.splitlines() if row[:3] == "| `"
    }
    assert len(rows) > 200
    assert rows["`incidents.radius_m`"][1:5] == ["Maximum distance", "5–1000", "m", "50"]
    assert rows["`cameras.max_megapixels`"][2:5] == ["0.01–200", "megapixels", "40"]
    assert rows["`recording.keep_clips_days`"][2:5] == ["0.04–3650", "days", "30"]
    assert rows["`cameras.number`"][2] == "1–9999, or 0" and rows["`alerts.rules.mode`"][2] == "armed, shadow, off"
