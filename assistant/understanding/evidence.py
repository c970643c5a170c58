"""How much speaks for a span of a message being meant as a title, and not as the words that it is made of."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.understanding import opinions
from assistant.understanding.namesakes import is_called_otherwise, is_named_thing, is_place
from assistant.understanding.surroundings import (
    A_FILM,
    ABOUT,
    ASKED_ABOUT,
    ASKED_AND_ANSWERED,
    BARE_OBJECT,
    BY,
    CALLED,
    COMPARED,
    COUNTED,
    COUNTS,
    DETERMINED,
    ENDS_THERE,
    FEELS,
    FILM_VERB,
    HAS_AN_OBJECT,
    HATED_IT,
    INTERJECTIONS,
    INTRODUCED,
    IT_WAS,
    NAMED,
    NEXT_WORD,
    OBJECT,
    OCCASION,
    PRAISED,
    PRONOUNS,
    REACH,
    REACTION,
    SPEAKERS,
    SPEAKS,
    STRONG_OBJECT,
    SUBJECTS,
    THAT_MOVIE,
    THE,
    TOO,
    VERSUS,
    WATCHED_WHOM,
    WHICH,
    WHICH_IS,
    WHICH_OF_THEM,
    WHOM,
    A,
    in_front,
    is_judgement,
    is_object,
    is_quoted,
    is_verb,
    opens,
    shouted,
    starts,
)
from assistant.understanding.vocabulary import CJK, Entry, Vocabulary
from retrieval.text import fold
from retrieval.titlekeys import canonical
from retrieval.titles import Mention

if TYPE_CHECKING:
    from retrieval.catalog import Catalog

ACCEPT = 2.0
"""The evidence that a span needs to count as a title."""

CHAT_WORDS = frozenset(Path(__file__).with_name("chat_words.txt").read_text(encoding="utf-8").split())
"""Words of small talk and of talk about films: alone they name no title."""


class Evidence:
    """Weighs mentions with what the catalog's own descriptions say about which words are common."""

    def __init__(self, catalog: Catalog, vocabulary: Vocabulary) -> None:
        self._catalog, self._vocabulary = catalog, vocabulary

    @cached_property
    def _counts(self) -> Counter[str]:
        """In how many descriptions a word stands, and how often a title of two words or more does as plain words."""
        counts: Counter[str] = Counter()
        for row in range(min(len(self._catalog), 5000)):
            tokens = fold(self._catalog.item(row).description).split()
            pairs = {f"{one} {two}" for one, two in pairwise(tokens)}
            counts.update({*tokens, *pairs})
        return counts

    @cached_property
    def known(self) -> frozenset[str]:
        """Every word of a description or a title: a word outside them may be a misspelt title."""
        titles = {word for title in self._catalog.titles for word in fold(title).split()}
        return frozenset({*CHAT_WORDS, *titles, *(word for word in self._counts if " " not in word)})

    def is_common(self, word: str) -> bool:
        """Whether a word of small talk, or of many descriptions."""
        return word in CHAT_WORDS or self._counts[word] >= max(8, min(len(self._catalog), 5000) // 250)

    def is_rare(self, word: str) -> bool:
        """Whether at most three descriptions have this word."""
        return self._counts[word] < 4

    def weigh(
        self, message: str, mention: Mention, shown: frozenset[str], listed: tuple[int, int] | None = None
    ) -> float:
        """Evidence for a title: quotes, a year behind it, capitals, rare words, and being liked, hated or watched.

        `listed` is the span of the list that the mention stands in: what is said in front of a list or behind it is
        said of each of its members.
        """
        before, after = in_front(message, mention.start), message[mention.end : mention.end + REACH]
        if opens(bare := WHICH_OF_THEM.sub("", before)):
            before = bare  # "the first Taken? fantastic"
        if self._names_a_theme(mention, before, after):
            return 0.0
        list_start, list_end = listed or (mention.start, mention.end)
        list_before, list_after = in_front(message, list_start), message[list_end : list_end + REACH]
        weight = 3.0 * is_quoted(message, mention) + 3.0 * (mention.year is not None)
        if is_named_thing(before) or is_called_otherwise(after) or is_place(message, mention.start):
            return 0.0
        if CJK.search(mention.text):
            if len(mention.text) == 1:
                return weight  # "她喜欢…" is no "Her" without its marks
            plain = len(mention.text) < 3 or bool(self._vocabulary.entry(mention.text))
            return weight + (1.0 if plain else 2.0) + (1.0 if OBJECT.search(before[-20:]) else 0.0)
        words = canonical(mention.text).split()
        if mention.link.kind == "number":
            return ACCEPT
        if mention.link.kind == "piece" and CHAT_WORDS.issuperset(words):
            return -ACCEPT
        if weight == 0 and self._is_a_part_of_speech(words, mention, before, after):
            return -ACCEPT
        capitals = self._capitals(message, mention)
        strong = bool(STRONG_OBJECT.search(before[-50:]))
        weight += capitals + self._rarity(words) + self._fame(mention)
        if OCCASION.search(before):
            weight -= 0.8
        weight += (
            2.0 if FILM_VERB.search(before[-40:]) else 1.2 if strong else 0.8 if OBJECT.search(before[-60:]) else 0.0
        )
        if ASKED_ABOUT.search(before[-40:]) and not self._vocabulary.entry(mention.text):
            weight += 1.2 if len(words) > 1 else 0.8
        if NAMED.match(after) and (len(words) > 1 or DETERMINED.search(before)):
            weight += 0.8
        behind = self._said_behind(words, mention, after, before)
        weight += behind
        if listed and not strong:
            shared = self._said_behind(words, mention, list_after, list_before) if list_after != after else 0.0
            weight += max(0.8 if OBJECT.search(list_before[-60:]) else 0.0, shared)
        if (
            BARE_OBJECT.search(before)
            and ENDS_THERE.match(after)
            and mention.link.kind in ("exact", "elsewhere", "alias")
        ):
            weight += 0.8  # "loved Room": a noun without its article is a name
        if WHOM.issuperset(words) and WATCHED_WHOM.search(before):
            weight += 1.2
        if strong and THE.match(mention.text) and mention.link.kind == "exact" and self._fame(mention) > 0:
            weight += 0.8  # "liked the ring": the article belongs to the title
        if not before.strip() and THAT_MOVIE.match(after):
            weight += 1.0  # "Frozen: … hate that movie"
        if capitals and HATED_IT.match(after):
            weight += 0.8  # "then Taken after bedtime, hated it"
        if mention.link.more:
            weight += 0.8  # "the X films (all three)"
        if VERSUS.search(before) or VERSUS.match(after):
            weight += 0.8
        if COMPARED.match(list_after) or WHICH_IS.search(list_before):
            weight += (
                3.0 if listed and self._vocabulary.entry(mention.text) else 1.2
            )  # "alien or aliens, which is scarier?"
        if IT_WAS.match(after) and OBJECT.search(before[-60:]):
            weight += 1.0
        if self._is_by_its_maker(mention, after):
            weight += 1.5
        if message.strip(" .!?\"'") == mention.text and not CHAT_WORDS.issuperset(words):
            weight += 1.5 if self._rarity(words) > 0.5 or len(words) > 1 else 0.7
        if entry := self._vocabulary.entry(mention.text):
            listed_strong = strong or bool(listed and STRONG_OBJECT.search(list_before[-50:]))
            shown_now = mention.link.item_id in shown
            weight -= self._plainness(mention.text, entry, shown_now, capitals, listed_strong, behind, before)
        if mention.link.kind == "part" and self._rarity(words) < 1:
            weight -= 1
        cued = listed or strong or behind or bool(OBJECT.search(before[-60:]))
        if mention.link.kind == "elsewhere" and mention.text[1:].islower() and not cued:
            weight -= 0.5 if mention.text.islower() or " " not in mention.text else 0.8
        if mention.link.kind == "piece":  # Part of a name must be a name itself: words that hardly anything else says.
            weight -= 0.4 if self._names(words) else 3.0
        if behind < 1 and all(word in CHAT_WORDS or word.isdecimal() for word in words):
            weight -= 0.6
        if all(word.isdecimal() for word in words):
            subject = not before.strip() and bool(PRAISED.match(after))
            return weight + 2.0 if subject or strong or message.strip(" .!?") == mention.text else weight - 0.8
        return weight + 1.5 * (mention.link.item_id in shown)

    def is_plain(self, mention: Mention) -> bool:
        """Whether these are words of everyday talk in small letters: "seen Jaws, the others look fine"."""
        return mention.text.islower() and SUBJECTS.issuperset(canonical(mention.text).split())

    @staticmethod
    def _is_a_part_of_speech(words: list[str], mention: Mention, before: str, after: str) -> bool:
        """Whether a single word is a pronoun, an interjection or a verb: "It was good", "Yes, …", "have not saw"."""
        if len(words) != 1:
            return False
        if words[0] in COUNTED and COUNTS.match(after):
            return True
        if len(mention.text) == 1:
            return not FILM_VERB.search(before[-40:])
        if mention.text.islower() and words[0] in SPEAKERS:
            return not (CALLED.search(before) or NAMED.match(after))
        if mention.text.islower():
            return (
                is_verb(before)
                or bool(HAS_AN_OBJECT.match(after))
                or bool(ABOUT.search(before[-40:]))
                or (is_judgement(before) and opinions.is_opinion(mention.text))
            )
        if words[0] in SPEAKERS:
            return starts(before) or mention.text == "US" or bool(SPEAKS.match(after) and not is_object(before))
        return (
            words[0] in INTERJECTIONS and starts(before) and after[:1] in {",", "!", ".", " "} and bool(after.strip())
        )

    def _names_a_theme(self, mention: Mention, before: str, after: str) -> bool:
        """ "A Cold War thriller": words of the catalog's keywords that tell what kind of film is meant."""
        if fold(mention.text) not in self._catalog.keywords or not A.search(before):
            return False
        following = NEXT_WORD.match(after)
        return bool(following and (entry := self._vocabulary.entry(following[1])) and entry.section == "genre")

    @staticmethod
    def _plainness(
        text: str, entry: Entry, shown: bool, capitals: float, strong: bool, behind: float, before: str
    ) -> float:
        """How much speaks for a word of the vocabulary being just that word."""
        if entry.section in ("language", "country"):
            return 2.5 + capitals  # always written with a capital
        if entry.section == "wish" and (
            behind > 1 or (strong and INTRODUCED.search(before[-60:]))
        ):  # "Alien was amazing"
            return 0.4
        meant = strong or (entry.section == "wish" and bool(OBJECT.search(before[-60:])))  # "I like Alien"
        if capitals > 1 and (meant or shown):
            return 0.4
        if behind > 1 and " " in text and text[0].isupper():  # "Love Story was really good"
            return 0.6
        return 1.0 if capitals > 1 or shown else 2.5

    def is_felt(self, message: str, mention: Mention) -> bool:
        """Whether an opinion on this span is voiced: enough beside other titles, where films are the topic."""
        before, after = in_front(message, mention.start), message[mention.end : mention.end + REACH]
        words = canonical(mention.text).split()
        if self._vocabulary.entry(mention.text) or (CHAT_WORDS | SUBJECTS).issuperset(words):
            return False
        too = TOO.match(after) and (opens(before))
        return bool(too or FEELS.search(before[-40:])) or self._said_behind(words, mention, after, before) > 1

    @staticmethod
    def _said_behind(words: list[str], mention: Mention, after: str, before: str) -> float:
        """What is said of a subject: an opinion is for films more than for anything else that people talk of here."""
        if (mention.text.islower() and SUBJECTS.issuperset(words)) or (
            SPEAKERS.issuperset(words) and not before.strip(" .!?")
        ):
            return 0.0
        if (opens(before)) and A_FILM.match(after):
            return 2.4
        which = WHICH.match(after)
        if which and opinions.said(which["said"]):
            return 2.4
        asked = ASKED_AND_ANSWERED.match(after)
        if asked and opens(before) and opinions.bare(asked[1]):
            return 2.4
        if not opens(before):
            return 0.0
        if opinions.follows(after) or REACTION.match(after):
            return 2.4
        return 0.8 if PRAISED.match(after) else 0.0

    def _is_by_its_maker(self, mention: Mention, after: str) -> bool:
        """ "Heat by Michael Mann": a name behind that the item's record credits."""
        named = BY.match(after)
        if named is None:
            return False
        words = fold(named[1])
        if mention.link.kind == "elsewhere":
            return " " in words
        ids = (mention.link.item_id, *mention.link.alternatives)
        items = [item for item_id in ids if item_id and (item := self._catalog.get(item_id))]
        return any(
            f"{words} ".startswith(f"{fold(credit.name)} ") or fold(credit.name).split()[-1:] == words.split()[:1]
            for item in items
            for credit in item.people
        )

    def _rarity(self, words: list[str]) -> float:
        """From 0 for words of every day to 2 and more for words that hardly anything but a title says."""
        rare = [1.5 if self._counts[w] < 4 else 0.8 for w in words if not self.is_common(w) and not w.isdecimal()]
        if len(words) == 1:
            return sum(rare)
        least = min((self._counts[f"{one} {two}"] for one, two in pairwise(words)), default=0)
        unusual = 0.9 + 0.35 * (len(words) - 2) if least < 4 else 0.0
        return min(sum(rare), 2.2) + unusual

    def _names(self, words: list[str]) -> bool:
        """Whether a word is rare enough to be a name."""
        return any(self._counts[word] < 4 for word in words) or (len(words) > 2 and self._rarity(words) > 2)

    def _fame(self, mention: Mention) -> float:
        """Much seen items are meant more often than their words; hardly seen ones less."""
        if mention.link.kind == "elsewhere":
            plain = all(self.is_common(word) for word in canonical(mention.text).split())
            return (-0.3 if " " in mention.text and not mention.text.istitle() else 0.0) if plain else 0.4
        ids = (mention.link.item_id, *mention.link.alternatives)
        votes = max((item.votes or 0 for item_id in ids if item_id and (item := self._catalog.get(item_id))), default=0)
        return 0.4 if votes >= 1500 else -0.3 if votes < 100 else 0.0

    def _capitals(self, message: str, mention: Mention) -> float:
        """Capitals say little in a message that is all capitals or starts with the span, and much elsewhere."""
        if shouted(message):
            return 0.0
        words = [word for word in re.split(r"[\s\-:]+", mention.text) if word[:1].isalpha()]
        heavy = [
            word
            for word in words
            if word.lower() not in {"the", "a", "an", "of", "and", "in", "to", "for", "on", "at", "with", "by"}
        ]
        capitals = [word for word in heavy if word[:1].isupper()]
        if not heavy or len(capitals) < len(heavy):
            plain = re.sub(r"\bI\b", "i", message[1:]) == message[1:].lower()
            if not plain and capitals and mention.link.kind == "elsewhere":
                return -2.0  # "Sorry to bother you": a sentence begins, and no title
            return -0.6 if not plain and heavy and all(self.is_common(word.lower()) for word in heavy) else 0.0
        starts = not message[: mention.start].strip() or re.search(r"[.!?\n:\"“]\s*$", message[: mention.start])
        if starts and len(words) == 1:
            return 0.4
        if len(heavy) == 1 and heavy[0].casefold() in PRONOUNS:
            return 2.4  # nobody writes "Her" so in the middle of a sentence
        return 1.4 if len(heavy) == 1 else 1.8
