"""The sentences of the speech bench: halves that share nothing, and few that are taken for an introduction."""

from benchmarks.speech import sentences
from engine.speech.introduction import introduction


def test_the_halves_share_nothing_and_hold_everything() -> None:
    for each in (sentences.NO_INTRODUCTION, sentences.INTRODUCTIONS):
        halves = {*sentences.tuning(each)}, {*sentences.held_out(each)}
        assert not halves[0] & halves[1] and halves[0] | halves[1] == {*each} and len(halves[1]) >= 80


def test_of_the_tuning_half_one_sentence_is_taken_and_no_introduction_missed() -> None:
    found = [introduction(text, sentences.KNOWN) for text in sentences.tuning(sentences.NO_INTRODUCTION)]
    assert sum(one is not None and one.certain for one in found) <= 1
    for text, name in sentences.tuning(sentences.INTRODUCTIONS):
        heard = introduction(text, sentences.KNOWN)
        assert heard is not None and heard.name == name, text
