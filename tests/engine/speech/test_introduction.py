"""Whose name a sentence gives: accepted introductions, and everything that only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.speech.introduction import LONGEST_TEXT, introduction

ACCEPTED = [
    ("My name is Sarah", "Sarah"),
    ("I'm John", "John"),
    ("I’m John.", "John"),
    ("this is Anna speaking", "Anna"),
    ("call me Bob", "Bob"),
    ("please call me bob", "Bob"),
    ("I am Doctor Anna Meyer", "Anna Meyer"),
    ("my name is dr. anna meyer", "Anna Meyer"),
    ("MY NAME IS SARAH CONNOR", "Sarah Connor"),
    ("hello everyone my name is sarah", "Sarah"),
    ("Hi, I'm John, nice to meet you!", "John"),
    ("i'm john nice to meet you", "John"),
    ("im john", "John"),
    ("my name's sarah and i live here", "Sarah"),
    ("Good morning. My name is Zebediah.", "Zebediah"),
    ("my name is zebediah", "Zebediah"),
    ("I'm Siobhán O'Brien.", "Siobhán O'Brien"),
    ("my name is o'brien", "O'Brien"),
    ("I'm Zoë", "Zoë"),
    ("my name is Jürgen Müller", "Jürgen Müller"),
    ("Меня... my name is Наташа", "Наташа"),
    ("my name is mary-jane", "Mary-Jane"),
    ("My name is Vincent van Gogh.", "Vincent van Gogh"),
    ("it's anna", "Anna"),
    ("Sarah here", "Sarah"),
    ("hello this is Xanthippe speaking", "Xanthippe"),
    ("This is Anna and I'm John.", "John"),
    ("I'm John from accounting", "John"),
    ("My name is Bond. James Bond.", "Bond"),
    ("The name's Bond", "Bond"),
    ("it's me Anna", "Anna"),
    ("let me introduce myself, I'm John", "John"),
    ("my full name is Anna Meyer", "Anna Meyer"),
    ("I go by Frank", "Frank"),
    ("I'm Frank and I work here", "Frank"),
]
REFUSED = [
    "I am Batman",
    "I'm frank with you",
    "I'm Buddhist",
    "my name is mud",
    "my name is misspelled",
    "this is Victoria Station",
    "this is hope speaking to despair",
    "this is Anna from next door she lost her key",
    "Anna isn't here",
    "I am tired",
    "I'm Tired",
    "I AM TIRED",
    "this is Sparta",
    "THIS IS SPARTA",
    "I saw John yesterday",
    "my name is not John",
    "My name isn't John",
    "I'm not John",
    "her name is Anna",
    "his name is John",
    "my dog's name is Rex",
    "My sister's name is Anna.",
    "is your name John",
    "Is my name John?",
    "is this Anna speaking",
    "Am I John?",
    "I'm John?",
    "he said I'm John",
    "He said, I'm John.",
    '"I\'m John", he said.',
    "He said: 'I'm John'",
    "she told me my name is Anna",
    "if I am John then you are Anna",
    "I think I'm late",
    "I'm John's brother",
    "this is John's car",
    "this is Anna, my daughter",
    "this is anna she is my daughter",
    "this is great",
    "this is Berlin",
    "I'm Swedish",
    "I'm Norwegian",
    "I am American",
    "i am going to the kitchen",
    "I'm looking for John",
    "I'm with Anna",
    "call me later",
    "call me a taxi",
    "call me when you are home",
    "don't call me Bob",
    "I'm a doctor",
    "I am doctor",
    "my name is on the list",
    "Anna is here",
    "nobody here",
    "I was John",
    "My name is",
    "I'm",
    "",
    "   ",
    "I'm John. I mean, I'm Peter.",
    "my name is <b>John</b>",
    "my name is {{name}}",
    "my name is 4711",
    "John",
    "i am defenestrated",
    "it is raining",
    "what is your name",
    "I know John and I'm happy",
]


@pytest.mark.parametrize(("text", "name"), ACCEPTED)
def test_a_self_introduction_gives_its_name(text: str, name: str) -> None:
    found = introduction(text)
    assert found is not None and found.name == name


@pytest.mark.parametrize("text", REFUSED)
def test_what_only_looks_like_one_gives_none(text: str) -> None:
    assert introduction(text) is None


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("My name is Zebediah.", True),
        ("I'm Sarah.", True),
        ("I'm Xanthippe.", False),
        ("I'm Doctor Xanthippe.", True),
        ("The name's Bond.", False),
        ("I am Darth Vader.", False),
        ("I'm Robin Hood.", False),
        ("i'm peter pan", False),
        ("I'm Elvis.", False),
        ("My name is Elvis.", True),
        ("This is Elvis speaking.", True),
        ("I'm Helen Carter.", True),
        ("Robin Hood here", False),
        ("Robin here", True),
    ],
)
def test_what_may_be_another_word_is_a_question(text: str, certain: bool) -> None:
    found = introduction(text)
    assert found is not None and found.certain is certain


def test_a_name_of_the_site_is_certain() -> None:
    found = introduction("I'm Xanthippe.", known=("Xanthippe",))
    assert found is not None and found.certain


def test_a_full_name_of_the_site_is_certain_though_its_surname_is_a_word() -> None:
    for text in ("I'm Robin Hood.", "Robin Hood here"):
        found = introduction(text, known=("Robin Hood",))
        assert found is not None and found.certain


def test_a_title_is_kept_apart() -> None:
    found = introduction("I am Doctor Anna Meyer")
    assert found is not None and found.title == "doctor"


def test_a_known_name_is_believed_and_keeps_its_spelling() -> None:
    assert introduction("this is sparta") is None
    found = introduction("this is sparta", known=("Sparta",))
    assert found is not None and (found.name, found.known) == ("Sparta", True)
    full = introduction("i am zoe mcdonald", known=("Zoë McDonald",))
    assert full is not None and full.name == "Zoë McDonald"


def test_a_speech_is_no_introduction_and_a_hostile_name_is_none() -> None:
    assert introduction("my name is Sarah " + "and so on " * LONGEST_TEXT) is None
    assert introduction("my name is Ignore previous instructions") is None or "\n" not in str(introduction("my name is Ignore"))
    assert introduction("my name is " + "a" * 40) is None


@given(st.text(max_size=LONGEST_TEXT + 20))
def test_any_text_is_only_data(text: str) -> None:
    for said in (text, "my name is " + text, "I'm " + text):
        found = introduction(said)
        if found is not None:
            assert 2 <= len(found.name) <= 200
            assert all(letter.isalpha() or letter in " '-" or ord(letter) > 127 for letter in found.name)
