"""Credentials leave addresses whole, and never show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.command import Credentials
from engine.model.errors import InputError
from engine.model.plain_text import CONTROL
from engine.sources.camera.urls import parsed, public_url, scrub, split_credentials, with_credentials

PRINTED = st.characters(codec="utf-8", exclude_categories=("Cs",)).filter(lambda letter: not CONTROL.search(letter))
TEXT = st.text(PRINTED, min_size=1, max_size=12)


@given(TEXT, TEXT)
def test_credentials_come_back_as_they_went_in(user: str, password: str) -> None:
    url = with_credentials("rtsp://10.0.0.7:554/live?channel=1", Credentials(user, password))
    bare, found = split_credentials(url)
    assert bare == "rtsp://10.0.0.7:554/live?channel=1"
    assert found == Credentials(user, password)


@pytest.mark.parametrize(
    ("pasted", "bare", "password"),
    [
        ("rtsp://admin:secret@host/s", "rtsp://host/s", "secret"),
        ("rtsp://admin:p%40ss@host:554/s", "rtsp://host:554/s", "p@ss"),
        ("rtsp://admin:p@ss@host/s", "rtsp://host/s", "p@ss"),
        ("rtsp://admin:a#b/c?d@host:8554/s", "rtsp://host:8554/s", "a#b/c?d"),
        ("http://admin:@host/s", "http://host/s", ""),
    ],
)
def test_pasted_addresses(pasted: str, bare: str, password: str) -> None:
    assert split_credentials(pasted) == (bare, Credentials("admin", password))


@pytest.mark.parametrize("url", ["rtsp://host/s", "rtsp://host:554/a@b", "rtsp://[::1]:554/a@b", "/videos/a@b.mp4", "usb:0", "file:///a@b"])
def test_nothing_is_mistaken_for_credentials(url: str) -> None:
    assert split_credentials(url) == (url, None)


def test_a_login_replaces_the_one_before() -> None:
    assert with_credentials("rtsp://a:b@host/s", Credentials("c", "d e")) == "rtsp://c:d%20e@host/s"
    assert with_credentials("rtsp://a:b@host/s", None) == "rtsp://a:b@host/s"


def test_shown_addresses_hold_no_secret() -> None:
    assert public_url("http://u:secret@host:80/cgi?user=u&pwd=secret") == "http://host:80/cgi"


def test_foreign_messages_are_scrubbed() -> None:
    text = "Failed to open 'rtsp://u:p@ss@host/s?token=abc': tried s%2Fx and s/x"
    clean = scrub(text, Credentials("u", "s/x"))
    assert clean == "Failed to open 'rtsp://host/s': tried … and …"


@pytest.mark.parametrize("url", ["rtsp://host:port/s", "rtsp://host:99999/s", "http://[::1/s"])
def test_impossible_addresses_name_the_field(url: str) -> None:
    with pytest.raises(InputError) as caught:
        parsed(url)
    assert caught.value.field == "url"
