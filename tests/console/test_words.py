"""How errors and permissions read."""

import pytest

from console.words import denied_text, error_text, field_of, sentence, short_digests
from engine.model.accounts.access import Verb
from engine.model.errors import EnvironmentFault, InputError


@pytest.mark.parametrize(
    ("text", "subject", "expected"),
    [
        ("is empty; give a file", "The address", "The address is empty; give a file."),
        ("unknown scheme 'x'", "The address", "Unknown scheme 'x'."),
        ("Already a sentence.", "The address", "Already a sentence."),
        ("recording…", "", "Recording…"),
    ],
)
def test_sentences(text: str, subject: str, expected: str) -> None:
    assert sentence(text, subject) == expected


def test_errors_name_their_field_and_read_as_sentences() -> None:
    wrong = InputError("camera.sub_url", "is empty")
    assert field_of(wrong) == "sub_url" and error_text(wrong) == "Is empty."
    fault = EnvironmentFault("disk_full", "The disk is full.")
    assert field_of(fault) == "" and error_text(fault) == "The disk is full."


def test_what_is_denied_says_whom_to_ask() -> None:
    assert denied_text(Verb.ADMINISTER) == "This account may not administer. Ask an administrator."


def test_digests_are_cut_and_other_numbers_are_not() -> None:
    digest = "695e750a5d5754bb5a8d5325643b59282191a7e7a564e435a415fd3c578eab14"
    assert short_digests(f"expected SHA-256 {digest}, got 17") == "expected SHA-256 695e750a5d57…, got 17"
