"""The scores of the sets of questions as JSON: `python -m tests.engine.history.chat_score`; `--why`: also what is wrong; `--fourth` and so
on: only of that set; `--model ADDRESS`, with a set: of the language model that a server of the Messages API at that address speaks for.
"""

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

from engine.history.asking import Asker, answer_of
from engine.history.claude.client import Endpoint
from engine.history.claude.planner import ClaudePlanner, Ways
from engine.history.claude.prices import Used
from engine.history.planner import Draft
from engine.model.errors import EnvironmentFault
from engine.model.history.chat import ChatAnswer, ClaimStatus, Sentence
from tests.engine.history.chat_fourth import Fourth
from tests.engine.history.chat_questions import Asked, asked
from tests.engine.history.chat_second import Put, second
from tests.engine.history.chat_site import Site, missed, site_in, uncited
from tests.engine.history.chat_third import Third
from tests.engine.history.chat_third_forms import third
from tests.engine.history.chat_verdict import Verdict, verdict
from tests.engine.history.frozen_sets import FROZEN
from tests.fakes.week import generated

MODEL_TIMEOUT_S = 600.0


def scores(site: Site) -> dict[str, Any]:
    week = generated()
    first, more, most = asked(week), second(week), third(week)
    began = process_time()
    answers = [site.ask(each.question) for each in first]
    others = [site.ask(each.question) for each in more]
    last = [in_turn(site, each) for each in most]
    took = (process_time() - began) / (len(first) + len(more) + len(most))
    every = [*answers, *others, *last]
    return {
        "first": {
            "questions": len(first),
            "exact": sum(not missed(answer, each.wants) for each, answer in zip(first, answers, strict=True)),
            "paraphrases exact": sum(not missed(site.ask(each.paraphrase), each.wants) for each in first),
        },
        "second": _themes(more, others),
        "third": _themes(most, last),
        "declined, but to be answered": sum(not a.understood and not each.wants.declines for each, a in zip(most, last, strict=True)),
        "answered, but to be declined": sum(a.understood and bool(each.wants.declines) for each, a in zip(most, last, strict=True)),
        "uncited": sum(len(uncited(answer)) for answer in every),
        "struck": sum(each.status is ClaimStatus.STRUCK for answer in every for each in answer.sentences),
        "ms of processor time": round(1_000 * took, 1),
    }


def verdicts(site: Site, rows: list[Fourth], planner: Callable[[Site, Fourth], ChatAnswer]) -> dict[str, Any]:
    """Right, asked back and wrong; of what is not right, by way of speaking, why."""
    found: dict[str, Counter[str]] = {}
    others: list[dict[str, str]] = []
    for each in rows:
        answer = planner(site, each)
        said, lacks = verdict(answer, each.accepted)
        print(f"{said}: {each.question}", file=sys.stderr, flush=True)
        found.setdefault(each.way, Counter())[said] += 1
        if lacks:
            question = " / ".join((*each.before, each.question))
            others.append({"verdict": said, "way": each.way, "question": question, "why": lacks, "answer": answer.answer})
    ways = {way: {each.value: counted[each] for each in Verdict} for way, counted in found.items()}
    every = {each.value: sum(counted[each] for counted in found.values()) for each in Verdict}
    return {"questions": sum(every.values()), **every, "ways": ways} | ({"not right": others} if "--why" in sys.argv else {})


def in_turn(site: Site, asked: Third | Fourth) -> ChatAnswer:
    """The answer to the last question of a conversation."""
    return answers_to(site, (*asked.before, asked.question))[-1]


def answers_to(site: Site, questions: tuple[str, ...]) -> list[ChatAnswer]:
    """Each goes on from those before it."""
    turns: list[ChatAnswer] = []
    for question in questions:
        turns.append(site.ask(question, *turns))
    return turns


class Unmetered:
    """A model on this machine costs nothing."""

    def before(self, model: str, turn: int, most: Used) -> None:
        return

    def after(self, model: str, most: Used, used: Used) -> None:
        return


def by_model(address: str) -> Callable[[Site, Fourth], ChatAnswer]:
    """The last question of a conversation is put to a model, and to nobody else where it gives no plan."""
    planner = ClaudePlanner(lambda: Ways(Endpoint("", address, 0), "model", MODEL_TIMEOUT_S), Unmetered())

    def answered(site: Site, asked: Fourth) -> ChatAnswer:
        put = site.put(asked.question, *answers_to(site, asked.before))
        try:
            return Asker((planner,)).ask(site.reach(), put, "ch-1")
        except EnvironmentFault as fault:
            return answer_of(Draft((Sentence(str(fault)),), None, False), (Sentence(str(fault)),), put, "ch-1")

    return answered


def _themes(rows: list[Put] | list[Third], answers: list[ChatAnswer]) -> dict[str, Any]:
    exact = Counter(each.theme for each, answer in zip(rows, answers, strict=True) if not missed(answer, each.wants))
    return {
        "questions": len(rows),
        "exact": sum(exact.values()),
        "themes": {theme: f"{exact[theme]} of {count}" for theme, count in Counter(each.theme for each in rows).items()},
    }


def why(site: Site) -> None:
    """What is wrong, question by question."""
    week = generated()
    rows: list[tuple[Asked | Put | Third, ChatAnswer]] = [(each, site.ask(each.question)) for each in (*asked(week), *second(week))]
    rows += [(each, in_turn(site, each)) for each in third(week)]
    for each, answer in rows:
        lacks = missed(answer, each.wants)
        if lacks:
            print(f"{each.question}\n    {lacks}\n    {answer.answer[:300]}\n    {answer.query[:200]}")


if __name__ == "__main__":
    wanted = next((each for name, each in FROZEN.items() if f"--{name}" in sys.argv), None)
    planner = by_model(sys.argv[sys.argv.index("--model") + 1]) if "--model" in sys.argv else in_turn
    with tempfile.TemporaryDirectory() as folder, site_in(Path(folder) / "data") as found:
        if "--why" in sys.argv and wanted is None:
            why(found)
        told = scores(found) if wanted is None else verdicts(found, wanted.rows(generated()), planner)
        json.dump(told, sys.stdout, indent=1, ensure_ascii=False)
