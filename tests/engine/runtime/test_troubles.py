"""What is wrong with parts of the engine, told once and for as long as it is so."""

from engine.model.time import SystemClock
from engine.runtime.supervisor import ErrorBook
from engine.runtime.troubles import Troubles


def test_a_trouble_is_told_until_it_is_over() -> None:
    troubles = Troubles(ErrorBook(SystemClock()))
    troubles.tell("store", "The disk is full.")
    troubles.tell("atlas", "Atlas does not answer.")
    assert troubles.sentences() == ("The disk is full.", "Atlas does not answer.")
    troubles.tell("store", None)
    assert troubles.sentences() == ("Atlas does not answer.",)


def test_each_sentence_of_a_part_is_one_entry_of_the_error_book_however_often_it_is_told() -> None:
    errors = ErrorBook(SystemClock())
    store = Troubles(errors).of("store")
    store.tell("The disk is full.")
    store.tell("The disk is full.")
    store.tell("The disk is gone.")
    noted = [(note.component, note.message, note.count) for note in errors.newest_first()]
    assert noted == [("store", "The disk is gone.", 1), ("store", "The disk is full.", 1)]


def test_a_trouble_that_comes_back_is_noted_again() -> None:
    errors = ErrorBook(SystemClock())
    store = Troubles(errors).of("store")
    store.tell("The disk is full.")
    store.tell(None)
    store.tell("The disk is full.")
    assert [note.count for note in errors.newest_first()] == [2]
