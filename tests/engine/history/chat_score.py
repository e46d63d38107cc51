"""The scores of both sets of questions as JSON: `python -m tests.engine.history.chat_score`."""

import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from engine.history.checker import Checker
from engine.model.chat import ChatAnswer, ClaimStatus, Sentence
from tests.engine.history.chat_altered import altered
from tests.engine.history.chat_invented import invented
from tests.engine.history.chat_questions import asked
from tests.engine.history.chat_second import second
from tests.engine.history.chat_site import Site, missed, site_in, uncited
from tests.fakes.week import generated


def scores(site: Site) -> dict[str, Any]:
    week = generated()
    first, more = asked(week), second(week)
    answers = [site.ask(each.question) for each in first]
    others = [site.ask(each.question) for each in more]
    exact = Counter(each.theme for each, answer in zip(more, others, strict=True) if not missed(answer, each.wants))
    return {
        "first": {
            "questions": len(first),
            "exact": sum(not missed(answer, each.wants) for each, answer in zip(first, answers, strict=True)),
            "paraphrases exact": sum(not missed(site.ask(each.paraphrase), each.wants) for each in first),
        },
        "second": {
            "questions": len(more),
            "exact": sum(exact.values()),
            "themes": {theme: f"{exact[theme]} of {count}" for theme, count in Counter(each.theme for each in more).items()},
        },
        "uncited": sum(len(uncited(answer)) for answer in (*answers, *others)),
        "altered": _struck(site, [*answers, *others]),
    }


def _struck(site: Site, answers: list[ChatAnswer]) -> dict[str, int]:
    """Every alteration and invention that fits the first true sentence of each answer."""
    checker = Checker(site.reach(), site.directory())
    told = [each for answer in answers for each in answer.sentences[:2] if each.citations]
    true = {each.text: each for each in told if each.status is ClaimStatus.VERIFIED}
    made: list[Sentence] = [other for each in true.values() for _, other in (*altered(each), *invented(each))]
    return {"sentences": len(true), "made": len(made), "struck": sum(bool(checker.why(each)) for each in made)}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, site_in(Path(folder) / "data") as found:
        json.dump(scores(found), sys.stdout, indent=1)
