"""A plain tool-calling agent (plan, act, reflect) over the same catalog and engine: what a turn costs that way.

The loop is that of ReAct (Yao et al. 2023) with a plan before it and Reflexion's check after it (Shinn et al. 2023), as
conversational recommenders with a language model in control do it (InteRecAgent, Huang et al. 2023).
"""

from __future__ import annotations

import random
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal, TypeVar

from pydantic import BaseModel, Field
from tqdm import tqdm

from assistant.assistant import Assistant
from assistant.engines import EngineError, LanguageModel, Message
from assistant.events import Done, Problem, Usage
from assistant.state import DialogueState
from prompts.evaluation.cache import BudgetSpent, CachedModel
from prompts.evaluation.cases import CASES, read_cases
from prompts.loader import Prompt, load
from retrieval.types import Constraints, Item, Query

MOST_ACTS = 5
_SHOWN = 5
_SECONDS = 300.0

Answer = TypeVar("Answer", bound=BaseModel)


class Plan(BaseModel):
    """The first step."""

    plan: str = Field(max_length=300)


class Act(BaseModel):
    """One call of a tool; the arguments that it does not take are ignored."""

    thought: str = Field(max_length=200)
    tool: Literal["search", "similar", "details", "finish"]
    query: str | None = None
    title: str | None = None
    genres: list[str] | None = None
    not_genres: list[str] | None = None
    year_from: int | None = None
    year_to: int | None = None


class Reply(BaseModel):
    """The answer to the person."""

    titles: list[str] = Field(max_length=5)
    text: str = Field(max_length=600)


class Verdict(BaseModel):
    """The check of the answer; when it is not fine, it is written once more."""

    fine: bool
    reason: str = Field(max_length=200)


@dataclass(frozen=True, slots=True)
class AgentReport:
    """Means per message: calls of the language model, and its tokens in and out together."""

    messages: int
    agent_calls: float
    agent_tokens: float
    agent_prompt_tokens: float
    agent_completion_tokens: float
    our_calls: float
    our_most_calls: int
    our_tokens: float
    our_prompt_tokens: float
    our_completion_tokens: float
    share_of_tokens: float

    @property
    def passed(self) -> bool:
        """At most two calls in any turn, and at most a third of the agent's tokens."""
        return self.our_most_calls <= 2 and self.share_of_tokens <= 1 / 3

    def __str__(self) -> str:
        """One line per figure."""
        return "\n".join(f"{name:24} {value}" for name, value in asdict(self).items())


class Agent:
    """Answers one message with tools, counting what it takes."""

    def __init__(self, assistant: Assistant, model: LanguageModel, prompt: Prompt | None = None) -> None:
        self._assistant, self._model = assistant, model
        self._prompt = prompt or load("agent")

    def run(self, message: str) -> tuple[Reply | None, Usage]:
        """The reply, None when the model wrote none, and the cost."""
        steps: list[str] = []
        cost = Usage()

        def ask(what: str, schema: type[Answer]) -> Answer | None:
            nonlocal cost
            rendered = self._prompt.render(message=message, steps=steps, ask=what)
            messages = [Message(role, text) for role, text in rendered]
            said = self._model.structured(messages, schema, max_tokens=240, timeout=_SECONDS)
            cost += Usage(1, said.prompt_tokens, said.completion_tokens)
            steps.append(f"{schema.__name__}: {said.text}")
            return said.value

        ask("Write the plan: which tools, in which order.", Plan)
        for _ in range(MOST_ACTS):
            act = ask("Call the next tool, or finish.", Act)
            if act is None or act.tool == "finish":
                break
            steps.append(f"Result: {self._call(act)}")
        reply = ask("Write the reply: the titles, and why each fits.", Reply)
        verdict = ask("Check the reply: is every title from a result, and every limit of the request kept?", Verdict)
        if verdict is not None and not verdict.fine:
            reply = ask("Write the reply again, mended.", Reply) or reply
        return reply, cost

    def _call(self, act: Act) -> str:
        catalog = self._assistant.catalog
        if act.tool == "search":
            limits = Constraints(
                genres_any=self._genres(act.genres),
                not_genres=self._genres(act.not_genres),
                year_from=act.year_from,
                year_to=act.year_to,
            )
            words = act.query or ""
            return self._listed(Query(text=words, keywords=(words,) if words else (), constraints=limits, count=_SHOWN))
        link = self._assistant.understander.rules.linker.link(act.title or act.query or "")
        item = catalog.get(link.item_id) if link.item_id else None
        if item is None:
            return "no such film"
        if act.tool == "similar":
            return self._listed(Query(liked=(item.id,), count=_SHOWN))
        people = ", ".join(credit.name for credit in item.people[:4])
        return f"{_line(item)}; {people}; {item.description[:200]}"

    def _genres(self, names: Sequence[str] | None) -> frozenset[str]:
        known = (self._assistant.catalog.genre(name) for name in names or ())
        return frozenset(genre for genre in known if genre)

    def _listed(self, query: Query) -> str:
        ranking = self._assistant.rank(query)
        return "; ".join(_line(ranked.item) for ranked in ranking.items) or "nothing fits"


def _line(item: Item) -> str:
    return f"{item.label()} [{', '.join(item.genres[:3])}]"


def sample(count: int, seed: int = 7) -> list[str]:
    """Messages of the gold set that ask for something, with likes or limits in them."""
    limits = ("like", "genres", "people", "not_genres", "year_from", "year_to")
    fitting = []
    for case in read_cases(CASES / "understand.jsonl"):
        expected = case.data["expect"]
        if expected["intent"] == "recommend" and sum(bool(expected[name]) for name in limits) > 1:
            fitting.append(case.text("text"))
    return random.Random(seed).sample(fitting, min(count, len(fitting)))


def compare(assistant: Assistant, model: CachedModel, messages: Sequence[str], progress: bool = False) -> AgentReport:
    """Each message through the agent and through a turn of this assistant, which asks the same model.

    When the model's time is used up, the report is on the messages that are done; its answers are kept, so the next run
    goes on. Raises EngineError when the engine is lost, or the time was too short for a single message.
    """
    agent = Agent(assistant, model)
    theirs: list[Usage] = []
    ours: list[Usage] = []
    for message in tqdm(messages, desc="messages", disable=not progress, file=sys.stderr):
        try:
            rival = agent.run(message)[1]
            own = _turn(assistant, message)
        except EngineError as error:
            if isinstance(error, BudgetSpent) or model.out_of_time:
                break
            raise
        theirs.append(rival)
        ours.append(own)
    if not ours:
        raise BudgetSpent("the time was too short for one message; run it again to go on where it stopped")

    def mean(values: list[int]) -> float:
        return round(statistics.mean(values), 1)

    tokens = [[usage.prompt_tokens + usage.completion_tokens for usage in side] for side in (theirs, ours)]
    return AgentReport(
        messages=len(ours),
        agent_calls=mean([usage.calls for usage in theirs]),
        agent_tokens=mean(tokens[0]),
        agent_prompt_tokens=mean([usage.prompt_tokens for usage in theirs]),
        agent_completion_tokens=mean([usage.completion_tokens for usage in theirs]),
        our_calls=mean([usage.calls for usage in ours]),
        our_most_calls=max(usage.calls for usage in ours),
        our_tokens=mean(tokens[1]),
        our_prompt_tokens=mean([usage.prompt_tokens for usage in ours]),
        our_completion_tokens=mean([usage.completion_tokens for usage in ours]),
        share_of_tokens=round(sum(tokens[1]) / sum(tokens[0]), 3),
    )


def _turn(assistant: Assistant, message: str) -> Usage:
    """The cost of a first turn. Raises EngineError when it had to do without the language model."""
    for event in assistant.reply(DialogueState(), message):
        if isinstance(event, Problem):
            raise EngineError(f"{message!r}: {event.text}")
        if isinstance(event, Done):
            return event.usage
    raise EngineError(f"{message!r}: the turn had no end")
