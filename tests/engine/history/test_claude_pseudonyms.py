"""People leave as Person A, Person B … wherever their names stand, and come back as themselves."""

import pytest

from engine.history.claude.pseudonyms import Pseudonyms
from engine.history.names import Directory, NamedEntity, NamedKind


def known(*names: str) -> Pseudonyms:
    return Pseudonyms(Directory(tuple(NamedEntity(NamedKind.PERSON, f"pe-{n}", name) for n, name in enumerate(names))))


@pytest.mark.parametrize(
    ("text", "leaves"),
    [
        ("When was John Smith here?", "When was Person A here?"),
        ("when was JOHN  smith here?", "when was Person A here?"),
        ("where is john", "where is Person A"),
        ("was Mr Smith in?", "was Mr Person A or Person B in?"),
        ("Johnson is nobody known", "Johnson is nobody known"),
        ("will somebody come?", "will somebody come?"),
        ("was Will here, or mary?", "was Person C here, or Person B?"),
        ("“John Smith” <john>", "“Person A” <Person A>"),
    ],
)
def test_names_are_replaced_whole_in_part_and_in_any_case(text: str, leaves: str) -> None:
    assert known("John Smith", "Mary Smith", "Will").out(text) == leaves


def test_pseudonyms_come_back_as_names_and_ids() -> None:
    names = known("John Smith", "Mary Smith")
    assert names.back("Person B was seen; Person Z was not.") == "Mary Smith was seen; Person Z was not."
    assert names.ids("person  a") == ("pe-0",) and names.ids("John Smith") == ()
    assert names.of_id("pe-1") == "Person B" and names.of_id("pe-9") == ""


def test_two_people_of_one_name_share_a_pseudonym() -> None:
    names = known("Ann", "Ann")
    assert names.ids("Person A") == ("pe-0", "pe-1")


def test_nobodys_name_is_taken_as_a_pseudonym() -> None:
    names = known("Person A", "Ann")
    assert names.out("Person A and Ann") == "Person B and Person C"
    assert names.back("Person B") == "Person A"


def test_names_that_come_up_later_are_replaced_from_then_on() -> None:
    names = known("Ann")
    assert names.out("closed by eve") == "closed by eve"
    assert names.also("eve") == "Person B"
    assert names.out("closed by eve") == "closed by Person B" and names.back("Person B") == "eve"


def test_with_many_people_the_letters_go_on() -> None:
    names = known(*(f"Name{n}x" for n in range(30)))
    assert names.of_id("pe-25") == "Person Z" and names.of_id("pe-26") == "Person AA"
    assert names.back("Person AA, Person A") == "Name26x, Name0x"
