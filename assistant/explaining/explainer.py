"""Write why each card is there: one streamed call for all cards, and only grounded sentences reach the person."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

from assistant.engines.types import EngineError, LanguageModel, Message
from assistant.events import Usage
from assistant.explaining.facts import CardFacts, Facts, gather, wish_lines, words_of
from assistant.explaining.gist import gist
from assistant.explaining.grounding import Violation, check, mentioned
from assistant.explaining.lexicon import lexicon
from assistant.explaining.masking import HAN
from assistant.explaining.sentences import pieces
from assistant.explaining.templates import kind, reasons, tie
from assistant.state import DialogueState
from prompts import Prompt, load
from ranking.types import Ranking
from retrieval.types import Credit, unique


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence of the model, the card it was taken for, and what in it is not grounded."""

    text: str
    card: int | None
    violations: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True)
class ExplainResult:
    """What an explanation ended with: the reason per card as shown, what it cost, and whether the engine was lost.

    `judged` holds every sentence the model wrote with its violations, for the evaluation; `prompt` names the version.
    """

    reasons: tuple[str, ...]
    usage: Usage = field(default_factory=Usage)
    lost: bool = False
    judged: tuple[Judged, ...] = ()
    prompt: str = ""


@dataclass
class _Progress:
    """What has been written so far in one explanation."""

    templates: tuple[str, ...]
    written: dict[int, str] = field(default_factory=dict)
    judged: list[Judged] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    lost: bool = False

    def next_card(self) -> int | None:
        """The first card that nothing was written about yet."""
        return next((card for card in range(len(self.templates)) if card not in self.written), None)


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

    def explain(self, ranking: Ranking, state: DialogueState) -> Generator[str, None, ExplainResult]:
        """Grounded text, one line per card, each as soon as it is checked; the return value is the result.

        A sentence that fails the check is replaced by the card's template line. When the engine fails, the remaining
        cards get their template lines and `lost` is true; no exception leaves. Closing the generator ends the call.
        """
        facts = gather(ranking, state)
        progress = _Progress(reasons(ranking, state))
        if self.model is not None and facts.cards:
            try:
                yield from self._write(self.model, facts, progress, state)
            except EngineError:
                progress.lost = True
        while (card := progress.next_card()) is not None:
            yield _show(progress, facts, card, progress.templates[card])
        lines = tuple(progress.written[card] for card in range(len(facts.cards)))
        return ExplainResult(
            lines, progress.usage, progress.lost, tuple(progress.judged), self.prompt_for(state).reference
        )

    def prompt_for(self, state: DialogueState) -> Prompt:
        """The prompt of the person's language: one language per prompt keeps a small model from mixing them."""
        return self.chinese if state.language == "zh" else self.prompt

    def messages(self, facts: Facts, state: DialogueState) -> tuple[Message, ...]:
        """The prompt for these facts; nothing else reaches the model."""
        zh = facts.language == "zh"
        rendered = self.prompt_for(state).render(
            cards=[_card_input(card, facts, number) for number, card in enumerate(facts.cards)],
            wishes=list(wish_lines(state)),
            liked=list(facts.liked),
            language="Chinese" if zh else "English",
        )
        return tuple(Message(role, content) for role, content in rendered)

    def _write(self, model: LanguageModel, facts: Facts, progress: _Progress, state: DialogueState) -> Iterator[str]:
        parameters = self.prompt_for(state).parameters
        limit = self.max_tokens or int(parameters.get("max_tokens", 160))
        zh = facts.language == "zh"
        ties = [tie(card.ranked, number, chinese=zh) for number, card in enumerate(facts.cards)]
        ties = ties if parameters.get("append_tie") else []
        stream = self._stream(model, self.messages(facts, state), limit, progress)
        for piece in pieces(stream):
            card = _card_of(piece.text, piece.card, facts, progress)
            about = (facts.cards[card],) if card is not None else None
            violations = check(piece.text, facts, about)
            progress.judged.append(Judged(piece.text, card, violations))
            if card is None or card in progress.written:
                continue
            refused = violations or _thin(piece.text)
            own = _with_tie(piece.text, ties[card], facts) if ties else piece.text
            yield _show(progress, facts, card, progress.templates[card] if refused else own)

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


def _with_tie(text: str, reason: str, facts: Facts) -> str:
    """The sentence with the reason for the pick as its last half-sentence, unless it names a liked title itself."""
    if not reason or any(title in text for title in facts.liked):
        return text
    bare, zh = text.rstrip(" .!。！"), bool(HAN.search(text))
    return f"{bare}，{reason}。" if zh else f"{bare}, {reason}."


def _thin(text: str) -> bool:
    """Whether a line says too little to be worth its place ("Science fiction.")."""
    return len(text) < 6 if HAN.search(text) else len(text.split()) < 3


def _card_input(card: CardFacts, facts: Facts, number: int) -> dict[str, object]:
    item, lex, zh = card.item, lexicon(), facts.language == "zh"
    makers = item.credited("director") or item.credited("author")
    genres = [*(genre for genre in item.genres if lex.canonical(genre) in facts.wished_genres), *item.genres]
    return {
        "title": item.title,
        "year": item.year,
        "genres": [lex.zh_genre(genre) if zh else genre for genre in unique(genres)[:2]],
        "maker": makers[0] if makers else "",
        "people": _people(card, facts),
        "asked": asked.name if (asked := _asked(card, facts)) else "",
        "keywords": _keywords(card, zh),
        "liked": list(card.liked[:1]),
        "gist": gist(item.description),
        "kind": kind(card.ranked, chinese=zh),
        "tie": tie(card.ranked, number, chinese=zh),
    }


def _asked(card: CardFacts, facts: Facts) -> Credit | None:
    """The credit of the person who was asked for."""
    asked = {person.casefold() for person in facts.people}
    return next((credit for credit in card.item.people if credit.name.casefold() in asked), None)


def _people(card: CardFacts, facts: Facts) -> str:
    """The credit that matters here, in words: the person asked for, else the director or author."""
    makers = [credit for credit in card.item.people if credit.role in {"director", "author"}]
    credit = _asked(card, facts) or next(iter(makers), None)
    if credit is None:
        return ""
    said = {"director": "directed by {}", "author": "written by {}", "actor": "starring {}"}
    return said.get(credit.role, "with {}").format(credit.name)


def _keywords(card: CardFacts, zh: bool) -> list[str]:
    """At most three keywords that say something, no two of which share a word.

    Those that met a wish come first, then those common enough to have a translation: they mean something to people.
    """
    lex = lexicon()
    chosen: list[str] = []
    used: set[str] = set()
    common = [key for key in card.item.keywords if key in lex.zh_keywords]
    for key in unique([*card.met, *common, *card.item.keywords]):
        words = set(words_of(key))
        if key not in card.item.keywords or key in lex.dull_keywords or words & used:
            continue
        if zh and key not in lex.zh_keywords:
            continue
        chosen.append(lex.zh_keywords[key] if zh else key)
        used |= words
    return chosen[:3]


def _card_of(text: str, numbered: int | None, facts: Facts, progress: _Progress) -> int | None:
    if numbered is not None:
        return numbered if 0 <= numbered < len(facts.cards) else None
    named = [facts.cards.index(card) for card in mentioned(text, facts)]
    return named[0] if len(named) == 1 else progress.next_card() if not named else None


def _show(progress: _Progress, facts: Facts, card: int, text: str) -> str:
    """Record the line for this card and put the title before it where the line does not name it."""
    progress.written[card] = text
    item = facts.cards[card].item
    if facts.language == "zh":
        line = text if item.title in text else f"《{item.title}》：{text}"
    else:
        line = text if item.title in text else f"{item.title}: {text}"
    return line if len(progress.written) == 1 else "\n" + line
