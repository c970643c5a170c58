"""Write why each card is there: one streamed call for all cards, and only grounded sentences reach the person."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.engines.types import EngineError, LanguageModel, Message
from assistant.events import Usage
from assistant.explaining.facts import Facts, gather, wish_lines
from assistant.explaining.gist import MOST_WORDS
from assistant.explaining.grounding import Violation, check
from assistant.explaining.inputs import card_input
from assistant.explaining.masking import HAN
from assistant.explaining.retold import Retold
from assistant.explaining.sentences import pieces
from assistant.explaining.shortening import reworded
from assistant.explaining.templates import reasons, with_reason
from assistant.state import DialogueState
from prompts import Prompt, load
from ranking.types import Ranking


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence of the model, the card it was taken for, what in it is not grounded, and the text it may shorten."""

    text: str
    card: int | None
    violations: tuple[Violation, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class ExplainResult:
    """What an explanation ended with: the reason per card as shown, what it cost, and whether the engine was lost.

    `judged` holds every sentence the model wrote with its violations and `asked` the places of the cards it was asked
    about, for the evaluation; `prompt` names the version.
    """

    reasons: tuple[str, ...]
    usage: Usage = field(default_factory=Usage)
    lost: bool = False
    judged: tuple[Judged, ...] = ()
    prompt: str = ""
    asked: tuple[int, ...] = ()


@dataclass
class _Progress:
    """What has been written so far in one explanation. `lines` are what is said of a card that no answer comes for."""

    lines: list[str]
    asked: tuple[int, ...] = ()
    written: dict[int, str] = field(default_factory=dict)
    judged: list[Judged] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    lost: bool = False

    def next_card(self) -> int | None:
        """The first card that nothing was written about yet."""
        return next((card for card in range(len(self.lines)) if card not in self.written), None)

    def next_asked(self) -> int | None:
        """The first card that the model was asked about and has not answered."""
        return next((card for card in self.asked if card not in self.written), None)


class Explainer:
    """Explains a ranking with a language model, or from templates alone when there is none."""

    def __init__(
        self,
        model: LanguageModel | None,
        prompt: Prompt | None = None,
        chinese: Prompt | None = None,
        *,
        max_tokens: int | None = None,
        timeout: float = 60.0,
    ) -> None:
        self.model = model
        self.prompt = prompt or load("explain")
        self.chinese = chinese or load("explain-zh")
        self.max_tokens = max_tokens
        self.timeout = timeout
        self.retold = Retold()

    def explain(self, ranking: Ranking, state: DialogueState) -> Generator[str, None, ExplainResult]:
        """Grounded text, one line per card, each as soon as it is checked; the return value is the result.

        A sentence that fails the check is replaced by the card's template line. When the engine fails, the remaining
        cards get their template lines and `lost` is true; no exception leaves. Closing the generator ends the call.
        """
        facts = gather(ranking, state)
        progress = _Progress(list(reasons(ranking, state)))
        if self.model is not None and facts.cards:
            try:
                yield from self._write(self.model, facts, progress, state)
            except EngineError:
                progress.lost = True
        yield from _rest(progress, facts)
        lines = tuple(progress.written[card] for card in range(len(facts.cards)))
        prompt = self.prompt_for(state).reference
        return ExplainResult(lines, progress.usage, progress.lost, tuple(progress.judged), prompt, progress.asked)

    def prompt_for(self, state: DialogueState) -> Prompt:
        """The prompt of the person's language: one language per prompt keeps a small model from mixing them."""
        return self.chinese if state.language == "zh" else self.prompt

    def messages(self, facts: Facts, state: DialogueState) -> tuple[Message, ...]:
        """The prompt for these facts, as a person's first message meets it; nothing else reaches the model."""
        inputs = self._inputs(facts, state)
        return self._messages([inputs[number] for number in self._most(inputs, state)], facts, state)

    def _inputs(self, facts: Facts, state: DialogueState) -> dict[int, dict[str, object]]:
        """The inputs of the cards that the model can be asked about, by place.

        A prompt that `needs` a fact is not asked about cards without it: a model with nothing to tell makes it up.
        """
        parameters = self.prompt_for(state).parameters
        words, needed = int(parameters.get("gist_words", MOST_WORDS)), parameters.get("needs")
        inputs = {number: card_input(card, facts, number, words) for number, card in enumerate(facts.cards)}
        return {number: card for number, card in inputs.items() if needed is None or card[needed]}

    def _most(self, cards: Iterable[int], state: DialogueState) -> tuple[int, ...]:
        """The first of these cards, as many as the prompt asks about at once."""
        return tuple(cards)[: self.prompt_for(state).parameters.get("most_cards")]

    def _messages(
        self, inputs: Sequence[Mapping[str, object]], facts: Facts, state: DialogueState
    ) -> tuple[Message, ...]:
        rendered = self.prompt_for(state).render(
            cards=list(inputs),
            wishes=list(wish_lines(state)),
            liked=list(facts.liked),
            language="Chinese" if facts.language == "zh" else "English",
        )
        return tuple(Message(role, content) for role, content in rendered)

    def _write(self, model: LanguageModel, facts: Facts, progress: _Progress, state: DialogueState) -> Iterator[str]:
        prompt, inputs = self.prompt_for(state), self._inputs(facts, state)
        # What each sentence may only shorten, and therefore depends on alone; nothing where the prompt writes freely.
        shortens = prompt.parameters.get("shortens")
        sources = {number: str(one[shortens]) for number, one in inputs.items() if shortens}
        known = {number: text for number, one in sources.items() if (text := self.retold.get(prompt.reference, one))}
        for number, text in known.items():
            if not check(text, facts, (facts.cards[number],)):
                progress.lines[number] = _whole(text, number, facts, prompt.parameters)
        progress.asked = self._most((number for number in inputs if number not in known), state)
        if not progress.asked:
            return
        yield from _rest(progress, facts, before=progress.asked[0])
        limit = self.max_tokens or int(prompt.parameters.get("max_tokens", 160))
        messages = self._messages([inputs[number] for number in progress.asked], facts, state)
        for piece in pieces(self._stream(model, messages, limit, progress)):
            card = progress.asked[piece.place] if 0 <= piece.place < len(progress.asked) else None
            violations = check(piece.text, facts, (facts.cards[card],) if card is not None else None)
            source = "" if card is None else sources.get(card, "")
            if source:
                violations += reworded(piece.text, source)
            if progress.usage.completion_tokens >= limit:  # known only at the end: this piece is the last
                violations += (Violation("plot", "cut off"),)
            progress.judged.append(Judged(piece.text, card, violations, source))
            if card is None or card in progress.written:
                continue
            if not violations and not _thin(piece.text):
                progress.lines[card] = _whole(piece.text, card, facts, prompt.parameters)
                if source:
                    self.retold.keep(prompt.reference, source, piece.text)
            yield _show(progress, facts, card)
            yield from _rest(progress, facts, before=progress.next_asked())

    def _stream(
        self, model: LanguageModel, messages: tuple[Message, ...], limit: int, progress: _Progress
    ) -> Iterator[str]:
        chunks = model.stream(messages, max_tokens=limit, timeout=self.timeout)
        progress.usage = Usage(calls=1)
        try:
            for chunk in chunks:
                if chunk.prompt_tokens or chunk.completion_tokens:
                    progress.usage = Usage(1, chunk.prompt_tokens, chunk.completion_tokens)
                if chunk.text:
                    yield chunk.text
        finally:
            if close := getattr(chunks, "close", None):
                close()


def _whole(text: str, card: int, facts: Facts, parameters: Mapping[str, object]) -> str:
    """The model's sentence, with what kind of item it is and the reason for the pick where the prompt leaves these out.

    A sentence that names a liked title or a person asked for gives the reason itself.
    """
    reasoned = any(name in text for name in (*facts.liked, *facts.people))
    return with_reason(
        text,
        facts.cards[card].ranked,
        card,
        chinese=bool(HAN.search(text)),
        kind_too=bool(parameters.get("append_kind")),
        tie_too=bool(parameters.get("append_tie")) and not reasoned,
    )


def _thin(text: str) -> bool:
    """Whether a line says too little to be worth its place ("Science fiction.")."""
    return len(text) < 6 if HAN.search(text) else len(text.split()) < 3


def _rest(progress: _Progress, facts: Facts, before: int | None = None) -> Iterator[str]:
    """Show the cards that stand next, up to `before`, which the model is still to write about; all without it."""
    while (card := progress.next_card()) is not None and card != before:
        yield _show(progress, facts, card)


def _show(progress: _Progress, facts: Facts, card: int) -> str:
    """Record the line for this card and put the title before it where the line does not begin with it."""
    text = progress.written[card] = progress.lines[card]
    item = facts.cards[card].item
    if facts.language == "zh":
        line = text if text.startswith(f"《{item.title}》") else f"《{item.title}》：{text}"
    else:
        line = text if text.startswith(item.title) else f"{item.title}: {text}"
    return line if len(progress.written) == 1 else "\n" + line
