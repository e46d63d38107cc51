"""The chat beside every page: asks the engine off the UI thread, shows answers, and leads to the moments that they rest on."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from console.bridge import EngineBridge
from console.chat.asking import Asking
from console.chat.examples import example_questions
from console.chat.query_form import words_of
from console.chat.question_form import QuestionForm, site_words
from console.chat.suggestions import question_site, suggestions_for
from console.courier import ignore_answer
from console.dialogs.at_site import open_at_site
from console.dialogs.chat.chat_history import ChatHistoryDialog
from console.dialogs.chat.chat_settings import ChatSettingsDialog
from console.dialogs.confirm import ConfirmDialog
from console.searching.saved_searches import SavedSearches
from console.shell.jump_links import Jump
from console.words import error_text
from engine.gateway.federation.rewriting import Qualifier, rewrite
from engine.model.accounts.access import Verb
from engine.model.errors import WatchroomError
from engine.model.history.chat import (
    LONGEST_MESSAGE,
    AskRecord,
    ChatAnswer,
    Citation,
    CitationKind,
    ForgetChat,
    ListChat,
    PlannerKind,
    VideoClip,
)
from engine.model.history.plan import QuestionPlan
from engine.model.history.query import Query
from engine.model.history.query_text import from_text
from engine.model.history.timeline import LONGEST_NAME, SavedSearch, SaveSearch, SearchFilter
from engine.model.sites import SiteReach, SiteState
from engine.model.snapshot import Snapshot
from engine.model.time import Clock
from widgets.chat.chat_pane import ChatPane
from widgets.chat.chat_sentence import is_playable
from widgets.chat.chat_words import answer_markdown, history_markdown
from widgets.events.thumbnails import Thumbnails
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.marks.toast import ToastArea
from widgets.signals import on
from widgets.translation import tr

MOST_LISTED = 500


class ChatDock(QWidget):
    """UI thread. One question is under way at a time; the answer to one that nobody waits for any more is let fall.

    Over several sites each is asked for itself, and follows on from its own answer before: nothing that one site said goes to another.

    Signals:
        jump_wanted(Jump, play): show this moment on the timeline, moving where something is to be seen.
        person_wanted(id): show where somebody was. closed(): the operator put the dock away.
    """

    jump_wanted = Signal(object, bool)
    person_wanted = Signal(str)
    closed = Signal()

    def __init__(self, bridge: EngineBridge, clock: Clock, toasts: ToastArea, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._clock, self._toasts = bridge, clock, toasts
        self._thumbnails = Thumbnails()
        self._conversations: dict[str, str] = {}  # the newest answer of each site, by key
        self._asking: Asking | None = None
        self._number = 0
        self._examples_of: object = None
        self._hidden = False
        self.pane = ChatPane(self)
        self.form = QuestionForm(
            bridge, self.pane.chips, clock, self.pane.box.text, self._one_target, self.pane.box.edit.unfinished_word, self._conversation
        )
        column = make_column(self, margins=NO_MARGINS)
        column.addWidget(self.pane)
        self._add_menu()
        self._connect()

    def _add_menu(self) -> None:
        acts = (
            ("clock", tr("&History…"), self.open_history),
            ("copy", tr("&Copy what is shown as markdown"), self.copy_shown),
            ("download", tr("&Export the history as markdown…"), self.export_history),
            ("trash-2", tr("&Forget all my questions…"), self.forget_all),
        )
        for name, text, do in acts:
            action = QAction(icon(name), text, self.pane.menu)
            on(action.triggered, do)
            self.pane.menu.addAction(action)
        saved = QMenu(tr("&Saved questions"), self.pane.menu)
        saved.setIcon(icon("tag"))
        self.pane.menu.insertMenu(self.pane.menu.actions()[1], saved)
        self.saves = SavedSearches(self._bridge, saved, self._saved_now, questions=True)
        self.settings_action = QAction(icon("settings"), tr("Chat &settings…"), self.pane.menu)
        self.settings_action.triggered.connect(self.open_settings)
        if self._bridge.may(Verb.ADMINISTER):
            self.pane.menu.addSeparator()
            self.pane.menu.addAction(self.settings_action)

    def _connect(self) -> None:
        pane = self.pane
        pane.asked.connect(self.ask)
        pane.asked_at.connect(lambda key, question: self.ask(question, key))
        pane.target_chosen.connect(lambda _: self._show_examples())
        pane.stopped.connect(self.stop_waiting)
        pane.begun_anew.connect(self._begin_anew)
        pane.cited.connect(self._cited)
        pane.clip_wanted.connect(self._play)
        pane.save_wanted.connect(self._save_asked)
        pane.copy_wanted.connect(lambda answer: self._copy(answer_markdown(answer, self._bridge.site_of(answer.id))))
        pane.forget_wanted.connect(self.forget)
        pane.closed.connect(self.closed)
        self._connect_form(pane)
        self.saves.chosen.connect(self._ask_saved)
        self.saves.told.connect(self._toasts.show_message)

    def _connect_form(self, pane: ChatPane) -> None:
        on(pane.box.typed, self.form.restart)
        on(pane.box.form_wanted, self.form.begin)
        on(pane.box.edit.cursor_moved, self.form.strike_finished)
        on(pane.target_chosen, self.form.restart)
        self.form.filled.connect(pane.box.set_has_form)
        pane.box.edit.suggestions.wanted.connect(self._suggest)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """What could be asked, what cameras are called, and in which zone. Cheap when nothing changed."""
        zone, sites = snapshot.settings.alerts.time_zone, self._bridge.sites
        about = (snapshot.settings.cameras, snapshot.people.persons, zone, tuple((site.key, site.name, site.settings) for site in sites))
        if self._examples_of is None or about != self._examples_of:
            self._examples_of = about
            zones = {site.settings.alerts.time_zone for site in sites if site.settings is not None}
            self.pane.set_zone(zone if len(zones) <= 1 else "")
            self.pane.set_cameras({camera.id: camera.name for camera in snapshot.settings.cameras})
            self.pane.set_targets({site.key: _target_text(site) for site in sites})
            self._show_examples()
        if snapshot.faces_hidden != self._hidden:
            self._hidden = snapshot.faces_hidden
            self._thumbnails.drop_all()
            for card in self.pane.cards:
                self._fetch_thumbnails(card.answer)

    def focus_question(self) -> None:
        self.pane.box.edit.setFocus()

    # asking

    def ask(self, question: str, key: str = "", plan: QuestionPlan | None = None) -> None:
        """`key`: of the one site to ask; empty: those that are chosen. plan: what the question was made into elsewhere."""
        if self.pane.waiting.on:
            return
        plan, title = (plan, "") if plan is not None else self.form.take() or (None, "")
        question = question or title
        self._number += 1
        asking = self._asking = Asking(self._number, question, self._targets(key))
        self.pane.show_waiting(question)
        for site in asking.sites:
            self._bridge.ask_at(
                site,
                AskRecord(question, conversation=self._conversations.get(site, ""), plan=plan),
                self._answered,
                partial(self._not_answered, asking, site),
                asking,
                site,
                owner=self,
            )

    def _targets(self, key: str) -> dict[str, str]:
        """Names by key. A console of one site asks that, which needs no name."""
        chosen, sites = key or self.pane.target_key(), self._bridge.sites
        asked = {site.key: site.name for site in sites if not chosen or site.key == chosen}
        return asked or {chosen: ""}

    def _one_target(self) -> str | None:
        """The key of the one site that would be asked; None: several."""
        keys = list(self._targets(""))
        return keys[0] if len(keys) == 1 else None

    def _conversation(self, key: str) -> str:
        return self._conversations.get(key, "")

    def _suggest(self, begun: str) -> None:
        """Of what the console holds: nothing is asked of an engine."""
        snapshot = self._bridge.snapshot
        if snapshot is not None:
            suggestions = suggestions_for(begun, question_site(snapshot, self._one_target(), self._clock.now_ns()))
            self.pane.box.edit.suggestions.show_suggestions(suggestions)

    def stop_waiting(self) -> None:
        self._asking = None
        self.pane.end_waiting()

    def _answered(self, asking: Asking, key: str, answer: ChatAnswer) -> None:
        if asking is not self._asking:
            return
        self._conversations[key] = answer.id
        asking.done.add(key)
        asking.answered += 1
        site = (key, self._bridge.site_of(answer.id))
        self.pane.show_answer(answer, self._clock.now_ns(), site, asking.missing_names, below=asking.answered > 1)
        self._fetch_thumbnails(answer)
        self._end_if_over(asking)

    def _not_answered(self, asking: Asking, key: str, error: WatchroomError) -> None:
        if asking is not self._asking:
            return
        asking.done.add(key)
        asking.troubles[key] = error_text(error)
        self._end_if_over(asking)

    def _end_if_over(self, asking: Asking) -> None:
        """Who did not answer is told last."""
        if not asking.over:
            return
        self._asking = None
        troubles = [(asking.sites[key], text) for key, text in asking.troubles.items()]
        if not asking.answered:
            only = troubles[0][1] if len(troubles) == 1 else tr("No site answered.")
            self.pane.show_trouble(only, asking.question)
        for name, text in troubles if len(asking.sites) > 1 else ():
            self.pane.show_site_trouble(name, text)

    def _begin_anew(self) -> None:
        self._conversations.clear()

    def _show_examples(self) -> None:
        snapshot = self._bridge.snapshot
        if snapshot is not None:
            self.pane.set_examples(example_questions(snapshot, self.pane.target_key()))

    # what it rests on

    def _cited(self, citation: Citation, answer: ChatAnswer) -> None:
        self.show_citation(citation, _event_of(citation, answer))

    def show_citation(self, citation: Citation, event_id: str = "") -> None:
        """What a sentence rests on, on the page that shows it."""
        event_id = event_id or (citation.id if citation.kind is CitationKind.EVENT else "")
        if citation.kind is CitationKind.PERSON:
            self.person_wanted.emit(citation.id)
        else:
            self.jump_wanted.emit(Jump(citation.at_ns, citation.camera_id, event_id), is_playable(citation))

    def _play(self, clip: VideoClip) -> None:
        self.jump_wanted.emit(Jump(clip.at_ns, clip.camera_id, clip.event_id), True)

    def _fetch_thumbnails(self, answer: ChatAnswer) -> None:
        for clip in answer.clips:
            known = self._thumbnails.get(clip.event_id)
            if known is not None:
                self.pane.set_thumbnail(clip.event_id, known)
            elif clip.event_id:
                self._fetch_thumbnail(clip.event_id)

    def _fetch_thumbnail(self, event_id: str) -> None:
        port, hidden = self._bridge.port, self._hidden

        def show_thumbnail(jpeg: bytes | None) -> None:
            if jpeg is not None and hidden == self._hidden and self._thumbnails.put(event_id, jpeg, self.devicePixelRatioF()):
                picture = self._thumbnails.get(event_id)
                if picture is not None:
                    self.pane.set_thumbnail(event_id, picture)

        self._bridge.fetch(partial(port.thumbnail, event_id), show_thumbnail, ignore_answer, owner=self)

    # what was asked before

    def open_history(self) -> ChatHistoryDialog:
        dialog = ChatHistoryDialog(self._bridge, self._clock, self)
        dialog.chosen.connect(self.show_before)
        dialog.forgotten.connect(self._forgotten)
        dialog.export_wanted.connect(self.export_history)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def show_before(self, answer: ChatAnswer) -> None:
        """An answer of before; the next question follows on from it."""
        self.stop_waiting()
        key = self._bridge.key_of(answer.id)
        self._conversations = {key: answer.id}
        self.pane.choose_target(key)
        self.pane.show_history((answer,), self._clock.now_ns(), (key, self._bridge.site_of(answer.id)))
        self._fetch_thumbnails(answer)

    def _saved_now(self) -> SaveSearch | None:
        """What is filled in or being typed, else what was asked last."""
        if self.form.is_filled:
            return _save_of(self._form_words(self.form.query, self._one_target() or "", self._clock.now_ns()))
        if self.pane.box.text() or not self.pane.cards:
            return _save_of(self.pane.box.text())
        return _save_of(self._words_of(self.pane.cards[-1].answer))

    def _words_of(self, answer: ChatAnswer) -> str:
        """The question of an answer. What a form asked is told in words that ask the same; empty: there are none."""
        if answer.planner is not PlannerKind.FORM:
            return answer.question
        key = self._bridge.key_of(answer.id)
        query = from_text(answer.query) if answer.query else None
        return self._form_words(rewrite(query, Qualifier(key)) if key else query, key, answer.asked_ns)

    def _form_words(self, query: Query | None, key: str, at_ns: int) -> str:
        snapshot = self._bridge.snapshot
        return "" if query is None or snapshot is None else words_of(query, site_words(snapshot, key, at_ns))

    def _save_asked(self, answer: ChatAnswer) -> None:
        command = _save_of(self._words_of(answer))
        if command is not None:
            self.saves.save(command)
        else:
            self._toasts.show_message(tr("No question in words asks the same as this form, so it cannot be saved."), "critical")

    def show_saved(self) -> None:
        """The menu of saved questions, for the keyboard."""
        if not self.pane.waiting.on:
            button = self.pane.more_button
            self.saves.menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _ask_saved(self, saved: SavedSearch) -> None:
        """Anew: it follows on from nothing."""
        if not self.pane.waiting.on:
            self._begin_anew()
            self.form.take()  # whatever is filled in was about other words
            self.ask(saved.question, self._bridge.key_of(saved.id))

    def copy_shown(self) -> None:
        shown = [card.answer for card in self.pane.cards]
        self._copy(self._markdown(tuple(shown)) if shown else "")

    def export_history(self) -> None:
        self._bridge.ask(ListChat(MOST_LISTED), self._export, self._toast_error, owner=self)

    def _export(self, answers: tuple[ChatAnswer, ...]) -> None:
        if not answers:
            self._toasts.show_message(tr("There is nothing to export yet."))
            return
        chosen, _ = QFileDialog.getSaveFileName(self, tr("Export the history"), "questions.md", "Markdown (*.md)")
        if not chosen:
            return
        try:
            Path(chosen).write_text(self._markdown(answers), encoding="utf-8")
        except OSError as error:
            self._toasts.show_message(tr("Nothing was saved: {0}.").format(error.strerror or str(error)), "critical")
            return
        self._toasts.show_message(tr("Saved as {0}.").format(chosen), "good")

    def forget(self, answer: ChatAnswer) -> None:
        self._bridge.tell(ForgetChat(answer.id), self._forgotten, self._toast_error, answer.id, owner=self)

    def forget_all(self) -> ConfirmDialog:
        told = tr("All questions that you asked, and their answers, are removed. The record itself stays as it is.")
        dialog = ConfirmDialog(tr("Forget all questions?"), told, tr("&Forget all"), self, can_undo=True)
        dialog.accepted.connect(lambda: self._bridge.tell(ForgetChat(), self._forgotten, self._toast_error, "", owner=self))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _forgotten(self, answer_id: str) -> None:
        """Empty: all of them."""
        if not answer_id:
            self.pane.clear()
        self.pane.remove_answer(answer_id)
        self._conversations = {self._bridge.key_of(card.answer.id): card.answer.id for card in self.pane.cards}
        self.pane.box.set_follow_up(bool(self._conversations))

    def open_settings(self) -> ChatSettingsDialog | None:
        """None: the user is asked of which site."""
        return open_at_site(self._bridge, ChatSettingsDialog, self)

    def _markdown(self, answers: tuple[ChatAnswer, ...]) -> str:
        snapshot = self._bridge.snapshot
        site = snapshot.settings.site_name if snapshot is not None else ""
        sites = {answer.id: self._bridge.site_of(answer.id) for answer in answers}
        return history_markdown(site, self._bridge.session.user.name, answers, sites)

    def _copy(self, text: str) -> None:
        if not text:
            self._toasts.show_message(tr("There is nothing to copy yet."))
            return
        QGuiApplication.clipboard().setText(text)
        self._toasts.show_message(tr("Copied as markdown."))

    def _toast_error(self, error: WatchroomError) -> None:
        self._toasts.show_message(error_text(error), "critical")


def _save_of(question: str) -> SaveSearch | None:
    words = " ".join(question.split())
    return SaveSearch(words[:LONGEST_NAME], SearchFilter(), words) if 0 < len(words) <= LONGEST_MESSAGE else None


def _target_text(site: SiteState) -> str:
    """With who answers there, or that nobody does."""
    if site.reach is not SiteReach.ONLINE:
        return tr("{0} – away").format(site.name)
    if Verb.SEE_PAST not in site.verbs:
        return tr("{0} – no access to past events").format(site.name)
    with_claude = site.settings is not None and site.settings.chat.claude
    return (tr("{0} – with the language model") if with_claude else tr("{0} – answered there")).format(site.name)


def _event_of(citation: Citation, answer: ChatAnswer) -> str:
    """Of a clip, so that the page can say why."""
    return next((clip.event_id for clip in answer.clips if citation.kind is CitationKind.CLIP and clip.clip_id == citation.id), "")
