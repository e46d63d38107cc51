"""Half an hour of the demo site, and then the questions of the five sets: no sentence that is marked verified is untrue, as far as the
simulated world can say, and each has its German. `WATCHROOM_SOAK_MINUTES`: how long; figures go to the folder `WATCHROOM_FIGURES`, as
`demo_chat.json`."""

import os
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from console.site import demo_added, running
from engine.gateway.border.bind import Bind
from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.history.chat import AskRecord, ChatAnswer, Sentence
from engine.vision.models import ModelStore
from tests.engine.history.chat_live import Judge, invented, judged_by
from tests.soak.figures import report_figures

MINUTES = float(os.environ.get("WATCHROOM_SOAK_MINUTES", "30"))
SESSION = Session("test-session", User("us-1", "rita", Role.ADMIN), ROLE_VERBS[Role.ADMIN])
pytestmark = [pytest.mark.soak, pytest.mark.timeout(MINUTES * 60 + 3_600)]


def test_nothing_untrue_is_verified(shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models = tmp_path / "models"
    ModelStore(models).install(("yolox-nano",), shared / "data" / "models")
    monkeypatch.setenv("WATCHROOM_MODELS", str(models))
    said: set[Sentence] = set()
    with running(tmp_path / "demo", Bind(), replace(demo_added(), time_zone="UTC"), gateway_needed=False) as site:
        time.sleep(MINUTES * 60)

        def ask(question: str, *before: ChatAnswer) -> ChatAnswer:
            answer = site.engine.chat.ask(AskRecord(question, conversation=before[-1].id if before else ""), SESSION)
            said.update(answer.sentences)
            return answer

        judge = judged_by(site.engine, ask)
        made_up = invented(site.engine.record.store.asked)
    english = without_german(said)
    told = figures(judge) | {"sentences": len(said), "without German": len(english)}
    report_figures("demo_chat", told)
    assert judge.judged > 1_000
    assert not made_up, "the generated week has only what a live engine writes"
    untrue = [each for each in judge.wrong if not each.basis_told]
    assert not untrue, untrue[:20]
    assert not english, sorted(english)[:20]


def without_german(said: Iterable[Sentence]) -> set[str]:
    """Empty in a run without Qt, which writes the numbers of a screen."""
    try:
        from widgets.answer_text import DOMAIN, AnswerBook
        from widgets.engine_text import read_catalogue
    except ModuleNotFoundError:
        return set()
    book = AnswerBook(read_catalogue(DOMAIN, "de"))
    return {sentence.text for sentence in said if book.translate(sentence) is None}


def figures(judge: Judge) -> dict[str, object]:
    untrue = Counter(each.fault for each in judge.wrong if not each.basis_told)
    mistaken = Counter(each.fault for each in judge.wrong if each.basis_told)
    counts = {"questions": judge.questions, "verified": judge.verified, "judged": judge.judged}
    return {**counts, "untrue": dict(untrue), "sensor mistaken, and named": dict(mistaken)}
