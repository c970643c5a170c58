"""What each click does. Every one is answered without the language model."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assistant.acts import DialogueAct, Intent, Slot
from retrieval.types import Item
from ui.chips import Unreadable, added, chips, in_the_way, refine
from ui.compare import comparison
from ui.history import told
from ui.session import Session, new_id
from ui.strings import LANGUAGES, strings
from ui.view import Once

if TYPE_CHECKING:
    from ui.page import Page

Data = Mapping[str, Any]


class Clicks:
    """One method per click; each changes the session and tells what to show once."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._handlers: dict[str, Callable[[Session, Data], Once]] = {
            "like": self._judge,
            "dislike": self._judge,
            "reject": self._judge,
            "seen": self._judge,
            "more": self._more,
            "critique": self._critique,
            "remove": self._chip,
            "weaken": self._chip,
            "relax": self._relax,
            "add": self._add,
            "tune": self._tune,
            "stop": self._stop,
            "undo": self._undo,
            "edit": self._edit,
            "new": self._new,
            "open": self._open,
            "compare": self._compare,
            "language": self._language,
            "memory": self._memory,
            "keep-taste": self._keep_taste,
            "drop-taste": self._drop_taste,
            "export": self._export,
            "forget": self._forget,
        }

    def handle(self, session: Session, data: Data) -> Once:
        """Do what was clicked; an unknown click only shows the page again."""
        handler = self._handlers.get(str(data.get("do", "")))
        return handler(session, data) if handler else Once()

    def _item(self, data: Data) -> Item | None:
        return self.page.assistant.catalog.get(str(data.get("id", "")))

    def _judge(self, session: Session, data: Data) -> Once:
        item, kind = self._item(data), str(data["do"])
        if item is None:
            return Once()
        intents = {
            "like": (Intent.LIKE, "="),
            "dislike": (Intent.DISLIKE, "not"),
            "seen": (Intent.SEEN, "seen"),
        }
        language = session.state.language
        if kind == "reject":
            act = DialogueAct(Intent.REJECT, refers_to=(item.id,), language=language)
        else:
            intent, operator = intents[kind]
            slot = Slot("title", operator, item.title, item_id=item.id)  # type: ignore[arg-type]
            act = DialogueAct(intent, (slot,), language=language)
        note = strings(session.language)[f"noted_{kind}"].format(title=item.title)
        self.page.rank_again(session, act, note)
        return Once(announce=note)

    def _more(self, session: Session, data: Data) -> Once:
        item = self._item(data)
        if item is None:
            return Once()
        said = strings(session.language)["said_more"].format(title=item.label())
        act = DialogueAct(Intent.MORE_LIKE, refers_to=(item.id,), language=session.state.language)
        self.page.new_turn(session, said, act)
        return Once(announce=said)

    def _critique(self, session: Session, data: Data) -> Once:
        live, place = session.live, data.get("place")
        if live is None or not isinstance(place, int) or not 0 <= place < len(live.critiques):
            return Once()
        critique = live.critiques[place]
        said = strings(session.language)[f"critique_{critique.name}"]
        self.page.new_turn(session, said, replace(critique.act, language=session.state.language))
        return Once(announce=said)

    def _chip(self, session: Session, data: Data) -> Once:
        words, place = strings(session.language), data.get("place")
        held = chips(session.state, self.page.assistant.catalog, words)
        if not isinstance(place, int) or not 0 <= place < len(held) or held[place].label != data.get("label"):
            return Once()
        chip = held[place]
        removing = data["do"] == "remove"
        slots = chip.remove if removing else chip.weaken
        noted = "noted_removed" if removing else "noted_weakened" if chip.limit else "noted_neutral"
        note = words[noted].format(what=chip.label)
        self.page.rank_again(session, refine(slots, session.state.language), note)
        return Once(announce=note)

    def _relax(self, session: Session, data: Data) -> Once:
        words, live = strings(session.language), session.live
        blocking = live.ranking.blocking if live is not None and live.ranking is not None else ()
        for chip in in_the_way(session.state, blocking, words):
            if chip.limit == data.get("label"):
                note = words["noted_removed"].format(what=chip.label)
                self.page.rank_again(session, refine(chip.remove, session.state.language), note)
                return Once(announce=note)
        return Once()

    def _add(self, session: Session, data: Data) -> Once:
        words, typed = strings(session.language), str(data.get("text", "")).strip()
        if not typed:
            return Once()
        try:
            slots = added(str(data.get("kind", "")), typed, self.page.assistant.catalog)
        except Unreadable as problem:
            return Once(problem=words[problem.key].format(what=typed[:80]))
        note = words["noted_added"].format(what=slots[0].value)
        self.page.rank_again(session, refine(slots, session.state.language), note)
        return Once(announce=note)

    def _tune(self, session: Session, data: Data) -> Once:
        name, value = data.get("name"), data.get("value")
        if name not in ("novelty", "diversity") or not isinstance(value, int | float):
            return Once()
        before, wanted = session.state, min(max(float(value), 0.0), 1.0)
        tuned = replace(before, novelty=wanted) if name == "novelty" else replace(before, diversity=wanted)
        live = session.live
        if live is None or live.ranking is None:
            session.state = tuned
            return Once()
        session.state = tuned
        self.page.rank_again(session, refine((), before.language), strings(session.language)["noted_tuned"])
        session.past[-1] = (session.past[-1][0], before)
        return Once()

    def _stop(self, session: Session, _: Data) -> Once:
        session.start_run()
        session.halt()
        self.page.keep(session)
        return Once()

    def _undo(self, session: Session, _: Data) -> Once:
        session.start_run()
        session.halt()
        session.undo()
        self.page.keep(session)
        return Once()

    def _edit(self, session: Session, data: Data) -> Once:
        session.start_run()
        session.halt()
        turn = session.rewind(str(data.get("turn", "")))
        return Once(compose=turn.said) if turn else Once()

    def _new(self, session: Session, _: Data) -> Once:
        session.start_run()
        session.halt()
        self.page.keep(session)
        self.page.begin(session)
        return Once(compose="")

    def _open(self, session: Session, data: Data) -> Once:
        session.start_run()
        session.halt()
        self.page.keep(session)
        self.page.open(session, str(data.get("id", "")))
        return Once()

    def _compare(self, session: Session, data: Data) -> Once:
        picked = data.get("ids")
        ids = [str(item_id) for item_id in picked[:2]] if isinstance(picked, list) else []
        items = [item for item_id in ids if (item := self.page.assistant.catalog.get(item_id)) is not None]
        if len(items) != 2:
            return Once()
        said = {
            ranked.item.id: reason
            for turn in session.turns
            if turn.ranking
            for ranked, reason in zip(turn.ranking.items, turn.reasons, strict=False)
        }
        reasons = (said.get(items[0].id, ""), said.get(items[1].id, ""))
        table = comparison((items[0], items[1]), reasons, strings(session.language))
        return Once(compared=table, dialog="compare")

    def _language(self, session: Session, data: Data) -> Once:
        language = str(data.get("text", ""))
        if language in LANGUAGES:
            session.language = language
            session.epoch += 1
            if not session.turns:
                session.state = replace(session.state, language=language)
        return Once()

    def _memory(self, session: Session, data: Data) -> Once:
        session.memory = data.get("on") is True
        self.page.keep(session)
        return Once()

    def _keep_taste(self, session: Session, data: Data) -> Once:
        self.page.history.keep_taste(session.person, on=data.get("on") is True)
        self.page.list(session)
        return Once()

    def _drop_taste(self, session: Session, data: Data) -> Once:
        self.page.history.drop_taste(session.person, str(data.get("id", "")))
        self.page.list(session)
        return Once()

    def _export(self, session: Session, _: Data) -> Once:
        everything = dict(self.page.history.export(session.person))
        if session.turns and not session.memory:
            everything["this conversation"] = told(session.saved())
        text = json.dumps(everything, ensure_ascii=False, indent=2, default=str)
        return Once(download={"name": "concierge.json", "text": text})

    def _forget(self, session: Session, _: Data) -> Once:
        session.start_run()
        count = self.page.history.forget(session.person)
        session.person = new_id()
        self.page.begin(session)
        self.page.list(session)
        return Once(announce=strings(session.language)["forgotten"].format(count=count), compose="", forgotten=True)
