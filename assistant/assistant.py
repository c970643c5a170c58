"""One turn of the conversation, from the message to the last word, as a stream of typed events."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from assistant.acts import DialogueAct, Intent
from assistant.answers import answer
from assistant.engines import Engine
from assistant.events import Answer, Cards, Done, Event, Problem, Question, Understood, Usage, Word
from assistant.explaining import Explainer, reasons
from assistant.nothing_left import nothing_left
from assistant.phrases import Say
from assistant.state import DialogueState
from assistant.understanding import Understander
from assistant.understanding.echo import echo
from ranking.ranker import Ranker
from ranking.types import Ranking
from retrieval.catalog import Catalog
from retrieval.retriever import Retriever
from retrieval.types import Candidates, Query

LONGEST_MESSAGE = 4000
"""Characters of one message. Longer ones are refused, not cut: half a wish may mean its opposite."""

_QUESTIONS = frozenset({Intent.ASK_ITEM, Intent.ASK_WHY, Intent.COMPARE})
_SAYS_ONLY = _QUESTIONS | {Intent.CHAT, Intent.START_OVER, Intent.UNDO}
"""Acts that are answered in words, without cards; "start over, a comedy please" asks for cards too."""


@dataclass
class _Clock:
    """Milliseconds since the turn began, and per step."""

    began: float = field(default_factory=time.perf_counter)
    marks: dict[str, float] = field(default_factory=dict)

    def since_start(self, name: str) -> None:
        self.marks.setdefault(name, (time.perf_counter() - self.began) * 1000)

    def step(self, name: str, began: float) -> None:
        self.marks[name] = (time.perf_counter() - began) * 1000


class InputProblem(ValueError):
    """The message cannot be taken as it is; the text says why."""


def clean(utterance: str, *, chinese: bool = False) -> str:
    """The message without control characters and with single spaces. `chinese` says in which language to complain.

    Raises
    ------
    InputProblem
        when nothing is left, or the message is longer than `LONGEST_MESSAGE`.
    """
    say = Say(chinese)
    kept = "".join(
        " " if character.isspace() else character
        for character in utterance
        if character.isspace() or unicodedata.category(character) not in {"Cc", "Cs", "Co"}
    )
    text = re.sub(r" {2,}", " ", kept).strip()
    if not text:
        raise InputProblem(
            say(
                "The message is empty. Tell me what you feel like, or a title that you loved.",
                "消息是空的。说说你想看什么，或者喜欢过的一部片子。",
            )
        )
    if len(text) > LONGEST_MESSAGE:
        raise InputProblem(
            say(
                f"The message has {len(text):,} characters; up to {LONGEST_MESSAGE:,} can be read at once. "
                "Please send a shorter one.",
                f"这条消息有 {len(text):,} 个字符，一次最多能读 {LONGEST_MESSAGE:,} 个。请发短一点的。",
            )
        )
    return text


def _without_model(busy: bool, say: Say) -> Problem:
    why = say("has too many messages waiting", "现在排队太长") if busy else say("is not available", "现在不可用")
    return Problem(
        "busy" if busy else "no-engine",
        say(
            f"The language model {why} just now. I read your message with rules and write the reasons from the "
            "facts alone.",
            f"语言模型{why}。我用规则读了你的消息，只根据资料写理由。",
        ),
    )


class Assistant:
    """Puts understanding, retrieval, ranking and explaining in a row. Holds no conversation: the state is passed in."""

    def __init__(
        self,
        catalog: Catalog,
        retriever: Retriever,
        ranker: Ranker,
        understander: Understander,
        explainer: Explainer,
        engine: Engine | None = None,
    ) -> None:
        self.catalog = catalog
        self.retriever = retriever
        self.ranker = ranker
        self.understander = understander
        self.explainer = explainer
        self.engine = engine

    def engine_status(self) -> tuple[str, str, str]:
        """Kind of the engine, name of its model, and its state; "none" where there is no engine."""
        if self.engine is None:
            return "none", "", "stopped"
        return self.engine.kind, self.engine.model.name, self.engine.state

    def reply(self, state: DialogueState, utterance: str) -> Iterator[Event]:
        """The events of one turn. Always ends with `Done`; its state is the one to keep for the next turn."""
        clock = _Clock()
        try:
            text = clean(utterance, chinese=state.language == "zh")
        except InputProblem as problem:
            yield Problem("input", str(problem))
            yield Done(state, str(problem), timings_ms=clock.marks)
            return
        understood = self.understander.understand(text, state)
        clock.since_start("understand")
        if understood.degraded:
            yield _without_model(understood.busy, Say(understood.act.language == "zh"))
        yield from self._turn(state, understood.act, understood.usage, clock, prose=not understood.degraded)

    def act(self, state: DialogueState, act: DialogueAct) -> Iterator[Event]:
        """The events of a click: no LLM, the cards on the screen may stay where the change leaves them in place."""
        yield from self._turn(state, act, Usage(), _Clock(), prose=False, click=True)

    def rank(self, query: Query, clock: _Clock | None = None) -> Ranking:
        """The ranking for a query, with the trace of both steps."""
        clock = clock or _Clock()
        began = time.perf_counter()
        candidates = self.retriever.retrieve(query)
        clock.step("retrieve", began)
        began = time.perf_counter()
        ranking = self.ranker.rank(query, candidates)
        clock.step("rank", began)
        return ranking

    def _turn(
        self, state: DialogueState, act: DialogueAct, usage: Usage, clock: _Clock, *, prose: bool, click: bool = False
    ) -> Iterator[Event]:
        after = state.apply(act)
        line = echo(after, act, self.catalog)
        yield Understood(act, after, line)
        asks_anew = act.intent is Intent.START_OVER and bool(act.slots)
        if act.intent in _SAYS_ONLY and not asks_anew:
            yield from self._answer(after, act, usage, clock, line)
            return
        query = after.query()
        if click:
            on_screen = set(after.last_shown) - {*after.likes, *after.dislikes, *after.seen, *after.rejected}
            query = replace(query, exclude=query.exclude - on_screen)
        ranking = self.rank(query, clock)
        clock.since_start("cards")
        lines = reasons(ranking, after)
        yield Cards(ranking, lines)
        written: list[str] = []
        if not ranking.items:
            written.append(nothing_left(ranking, after) + "\n" * bool(ranking.cards))
            yield Answer(written[0])
        shown = after.showed([ranked.item.id for ranked in ranking.cards])
        question = self._question(shown)
        if question is not None:
            yield question
        if prose and ranking.cards:
            explanation = self.explainer.explain(ranking, shown)
            while True:
                try:
                    piece = next(explanation)
                except StopIteration as stop:
                    result = stop.value
                    break
                clock.since_start("first_word")
                written.append(piece)
                yield Word(piece)
            usage, lines = usage + result.usage, result.reasons
            if result.lost:
                yield Problem(
                    "engine-lost",
                    Say(after.language == "zh")(
                        "The language model stopped in the middle of the answer and is being started again. "
                        "The cards are complete; the rest of the text is written from the facts alone.",
                        "语言模型在回答中途停止，正在重新启动。卡片是完整的；其余的文字只根据资料写成。",
                    ),
                )
        clock.since_start("total")
        if not prose:
            written.append("\n".join(lines))
        yield Done(shown, "".join(written), lines, usage, clock.marks)

    def _answer(
        self, state: DialogueState, act: DialogueAct, usage: Usage, clock: _Clock, line: str
    ) -> Iterator[Event]:
        text = line
        if act.intent in _QUESTIONS or act.intent is Intent.CHAT:
            why = self._ranking_on_screen(state) if act.intent is Intent.ASK_WHY else None
            text = answer(act, state, self.catalog, why)
        yield Answer(text)
        clock.since_start("total")
        yield Done(state, text, usage=usage, timings_ms=clock.marks)

    def _ranking_on_screen(self, state: DialogueState) -> Ranking | None:
        """The cards on the screen ranked again, for their evidence and the trace; None where nothing was shown."""
        if not state.last_shown:
            return None
        asked = state.query()
        query = replace(asked, exclude=asked.exclude - set(state.last_shown), count=len(state.last_shown))
        found = self.retriever.retrieve(query)
        shown = Candidates(self.catalog.rows(state.last_shown), {}, found.trace, found.vector)
        return self.ranker.rank(query, shown)

    def _question(self, state: DialogueState) -> Question | None:
        if state.pending is None:
            return None
        options = tuple(item.label() for id_ in state.pending.options if (item := self.catalog.get(id_)) is not None)
        if not options:
            return None
        asked = "你是指" if state.language == "zh" else "Did you mean"
        joined = (" 还是 " if state.language == "zh" else " or ").join(options)
        mark = "？" if state.language == "zh" else "?"
        return Question(f"{asked} {joined}{mark}", options)
