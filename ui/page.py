"""The page: what each event from the browser does to a session, and the view that it is answered with."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

from assistant.acts import DialogueAct
from assistant.engines import on_behalf_of
from assistant.events import Cards, Done, Event, Problem, Word
from assistant.state import DialogueState
from ui.clicks import Clicks
from ui.session import Session, new_id
from ui.strings import LANGUAGES, strings
from ui.turns import fold
from ui.types import Conversationalist, History, Turn
from ui.view import Once, view

_WORDS_EVERY_S = 0.03
"""Words are sent together in steps of this length: the eye sees no difference, the browser does."""

_log = logging.getLogger(__name__)
View = dict[str, Any]


class Page:
    """The page's side of the conversation: sessions in, views out. Holds nothing of a visitor itself."""

    def __init__(self, assistant: Conversationalist, history: History) -> None:
        self.assistant = assistant
        self.history = history
        self.clicks = Clicks(self)

    def hello(self, session: Session, event: gr.EventData) -> View:
        """A page was opened or reloaded: whose it is, and the conversation to go on with."""
        data = _data(event)
        person = str(data.get("person", ""))
        session.person = person if 16 <= len(person) <= 64 and person.isalnum() else new_id()
        session.memory = data.get("memory") is not False
        language = str(data.get("language", ""))
        session.language = language if language in LANGUAGES else "en"
        self.list(session)
        self.begin(session)
        self.open(session, str(data.get("conversation", "")))
        return self.shown(session)

    def begin(self, session: Session) -> None:
        """A new conversation, with what the person wants remembered."""
        state = DialogueState()
        try:
            state = self.history.beginning(session.person)
        except Exception:
            _log.exception("the long-term taste could not be read")
        session.clear(state)

    def open(self, session: Session, conversation: str) -> None:
        """Go on with a conversation that was kept, if this person has it."""
        try:
            kept = self.history.load(session.person, conversation)
        except Exception:
            _log.exception("a conversation could not be opened")
            return
        if kept is not None:
            session.resume(kept)

    def converse(self, session: Session, event: gr.EventData) -> Iterator[View]:
        """One message, or the last one again: a view for each thing that happens."""
        data = _data(event)
        with session.lock:
            run, turn = session.start_run(), None
            text = str(data.get("text", ""))
            if data.get("again") and session.live is not None:
                session.halt()
                turn = session.rewind(session.live.id)
                text = turn.said if turn else text
            turn = session.begin(text, typed=True)
        yield self.shown(session)
        yield from self._follow(session, run, turn)

    def _follow(self, session: Session, run: int, turn: Turn) -> Iterator[View]:
        """The views of a turn while its events come in. Ends early when something newer was asked for."""
        events, sent = self.assistant.reply(session.state, turn.said), 0.0
        try:
            for event in _in_turn(session.person, events):
                with session.lock:
                    if session.run != run:
                        return
                    turn = fold(turn, event, self.assistant.catalog)
                    session.put(turn)
                if isinstance(event, Word) and time.monotonic() - sent < _WORDS_EVERY_S:
                    continue
                sent = time.monotonic()
                if isinstance(event, Done):
                    self.keep(session)
                yield self.shown(session, _announced(event, session), around=not isinstance(event, Word))
        except Exception:
            _log.exception("a turn failed")
            with session.lock:
                if session.run == run:
                    session.put(failed(turn, session))
            yield self.shown(session)
        finally:
            close: Callable[[], None] | None = getattr(events, "close", None)
            if close is not None:
                close()
            with session.lock:
                if session.run == run:
                    session.halt()
                    self.keep(session)

    def click(self, session: Session, event: gr.EventData) -> View:
        """Anything but a message: answered at once, without the language model."""
        data = _data(event)
        try:
            with session.lock:
                once = self.clicks.handle(session, data)
        except Exception:
            _log.exception("a click failed")
            with session.lock:
                if session.live is not None:
                    session.put(failed(session.live, session))
            once = Once()
        return self.shown(session, once)

    def rank_again(self, session: Session, act: DialogueAct, note: str) -> None:
        """Put the act's cards in place of the last turn's, or into a new turn when it has none."""
        session.start_run()
        session.halt()
        live = session.live
        if live is not None and live.ranking is not None:
            session.step()
            turn = replace(live, text="", question="", options=(), problems=(), notes=(*live.notes[-2:], note))
        else:
            turn = replace(session.begin("", typed=False), notes=(note,))
        self._finish(session, turn, act, echo=turn.echo)

    def new_turn(self, session: Session, said: str, act: DialogueAct) -> None:
        """A turn of its own for a click that moves the conversation on: what is on the screen does not come again."""
        session.start_run()
        turn = session.begin(said, typed=False)
        shown = session.state.last_shown
        session.state = replace(session.state, last_shown=())
        self._finish(session, turn, act)
        if not session.state.last_shown and session.live is not None:
            session.put(replace(session.live, after=replace(session.state, last_shown=shown)))

    def _finish(self, session: Session, turn: Turn, act: DialogueAct, echo: str | None = None) -> None:
        for event in self.assistant.act(session.state, act):
            turn = fold(turn, event, self.assistant.catalog)
        session.put(replace(turn, echo=turn.echo if echo is None else echo))
        self.keep(session)

    def keep(self, session: Session) -> None:
        """Save the conversation, unless the visitor wants nothing remembered."""
        # With all turns undone there is something to keep only if more was kept before.
        known = any(line.id == session.id for line in session.kept)
        if session.memory and session.person and (session.turns or known):
            try:
                if not self.history.save(session.saved(), session.on_record):
                    session.id = new_id()  # Another tab went on with it: from here on there are two.
                    self.history.save(session.saved(), ())
                session.on_record = session.turns
            except Exception:
                _log.exception("a conversation could not be kept; it goes on all the same")
        self.list(session)

    def list(self, session: Session) -> None:
        """Look up which conversations there are, and the long-term taste, for the views that follow."""
        try:
            session.kept = self.history.summaries(session.person)
            session.taste = self.history.taste(session.person)
        except Exception:
            _log.exception("the conversations could not be listed")

    def shown(self, session: Session, once: Once | None = None, *, around: bool = True) -> View:
        """The view of the session as it stands; without `around`, of the conversation alone."""
        with session.lock:
            return view(
                session,
                self.assistant.catalog,
                session.kept,
                self.assistant.engine_status(),
                once or Once(),
                redraw=session.epoch != session.drawn,
                around=around,
            )


def failed(turn: Turn, session: Session) -> Turn:
    """The turn with a line that says that something broke here."""
    problem = Problem("internal", strings(session.language)["internal"])
    return replace(turn, problems=(*turn.problems, problem), stage="done")


def _in_turn(person: str, events: Iterator[Event]) -> Iterator[Event]:
    """The events, each asked for in this person's name: they queue at the engine with others as one among many."""
    while True:
        # Before every step: Gradio may run each one in a context of its own.
        on_behalf_of.set(person)
        event = next(events, None)
        if event is None:
            return
        yield event


def _announced(event: Event, session: Session) -> Once:
    """What a screen reader says at this event: the cards when they are there, the words when all are."""
    words = strings(session.language)
    if isinstance(event, Cards) and event.ranking.cards:
        titles = words["comma"].join(ranked.item.title for ranked in event.ranking.cards)
        count = len(event.ranking.cards)
        return Once(announce=words["announce_cards"].format(count=count, titles=titles))
    live = session.live
    if isinstance(event, Done) and live is not None:
        return Once(announce=" ".join(filter(None, (live.text, live.question))) or words["announce_done"])
    return Once()


def _data(event: gr.EventData) -> dict[str, Any]:
    """What the page sent; anything but an object counts as nothing."""
    data = getattr(event, "_data", None)
    return data if isinstance(data, dict) else {}
