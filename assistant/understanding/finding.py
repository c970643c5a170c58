"""Finds the spans of a message: titles first, then people, words of the vocabulary, and what points at the cards."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.understanding import intents, opinions, stances
from assistant.understanding.deciding import Draft, inside, spans_of
from assistant.understanding.life import of_life
from assistant.understanding.mentions import TitleReader
from assistant.understanding.namesakes import is_named_thing
from assistant.understanding.naming import FANS, NameFinder, Person
from assistant.understanding.others import only_others, was_done_by_others
from assistant.understanding.polarity import mask
from assistant.understanding.references import Reference, references
from assistant.understanding.told import describes, is_told
from assistant.understanding.vocabulary import Vocabulary
from retrieval.caseless import Caseless
from retrieval.titles import Mention

if TYPE_CHECKING:
    from retrieval.catalog import Catalog

_ASKED_OF = Caseless(
    r"\b(?:with|by|starring|featuring|directed by|from director|actor|actress|director)\s*$|由$|主演的?$|导演的?$",
)
_MADE_BY = Caseless(
    r"[\"”’']?,?\s+(?:by|directed by|from|starring|the one (?:by|with|from)|the \w+ (?:film|movie|one))\s+",
)
_WITH = re.compile(r"[\"”’']?,?\s+with\s+(?:actor|actress) ", re.IGNORECASE)
_MORE_OF = Caseless(r"\b(?:more|any|some|another|good|great|best|new|old|early|late|classic|or|and)\s*$")
_BUT = re.compile(r"\s*,?\s+(?:but|only|except|please|not|minus)\b", re.IGNORECASE)
"""Behind a name at the start of a message, which then is a request: "Hitchcock, but nothing famous"."""
_THE = re.compile(r"\bthe\s+$", re.IGNORECASE)
_ONE = re.compile(r"\s+one\b", re.IGNORECASE)
"""One of several films, told by who is in it: "all but the Jeremy Renner one"."""
_LONGER_NAME = re.compile(r" [A-Z][a-z]+")
_WORKS = Caseless(
    r"^(?:['’]s?)?[\s\-]+(?:(?:gangster|crime|horror|war|space|action|spy|heist|sci-?fi|romantic|mob|early|late|old|new)[\s\-]+)?(?:style|type|like|esque|movies?|films?|flicks?|classics?|thrillers?|comed\w+|stuff)",
)


class Finder:
    """Fills a draft with what its message names."""

    def __init__(self, catalog: Catalog, titles: TitleReader, people: NameFinder, vocabulary: Vocabulary) -> None:
        self._catalog, self._titles, self._people, self._vocabulary = catalog, titles, people, vocabulary

    def find(self, draft: Draft) -> None:
        """Spans first, so that what is a title is not read as a person, a genre or a year."""
        message, state = draft.message, draft.state
        shown = frozenset(state.shown)
        titles = [
            title
            for title in self._titles.read(message, shown, expected=state.inquiry == "favourite")
            if not (_is_unknown(title) and self._people.is_name(title.text))  # "Keaton is so good"
        ]
        for person in self._people.find(message):
            clash = [title for title in titles if title.start < person.end and person.start < title.end]
            meant = person.sure or self._surname_meant(message, person)
            if meant and all(_is_unknown(title) for title in clash):
                titles = [title for title in titles if title not in clash]  # "all of Wes Anderson's films"
                clash = []
            named = any(not _is_unknown(title) for title in clash) or self._titles.is_title(person.name)
            if not person.listed and person.role != "studio" and named:
                continue  # "something with Harry Potter"
            longest = max((title.end - title.start for title in clash), default=0)
            linked = any(
                title.link.kind in ("exact", "alias", "elsewhere") and not _is_unknown(title) for title in clash
            )
            if clash and not _ASKED_OF.search(message[: person.start]):
                if longest > person.end - person.start or (linked and longest == person.end - person.start):
                    continue
            elif longest > person.end - person.start:
                continue
            if any(self._made_by(title, person, message[title.end : person.start]) for title in titles):
                continue  # "Heat by Michael Mann": the name only tells which one is meant
            if meant:
                titles = [title for title in titles if title not in clash]
                draft.people.append(person)
        spans = spans_of(titles, draft.people)
        draft.masked = mask(message, [(title.start, title.end) for title in titles])
        draft.people = [
            person
            for person in draft.people
            if not is_told(draft.masked, person.start, person.end)
            and not (_THE.search(draft.masked[: person.start]) and _ONE.match(draft.masked[person.end :]))
            and not _is_told_of_others(draft.masked, person.start)
        ]
        draft.words = [
            word
            for word in (*self._vocabulary.find(message), *self._titles.misspelt_genres(message))
            if not inside(word.start, word.end, spans)
            and not is_named_thing(message[: word.start])
            and not describes(draft.masked, word)
            and not _is_told_of_others(draft.masked, word.start)
        ]
        draft.titles = [(t, stances.of_title(draft.masked, t, draft.polarity, shown)) for t in titles]
        draft.titles = stances.agreeing(draft.masked, draft.titles)
        pointed = references(draft.masked, state.last_shown or state.focus, self._catalog, state.focus)
        if len(pointed) > 1:  # "loved the first, haven't seen the others"
            pointed = [one for one in pointed if not intents.says_unseen(draft.polarity.clause(one.start))]
        described = [(one.start, one.end) for one in pointed if not one.vague]
        draft.people = [person for person in draft.people if not inside(person.start, person.end, described)]
        if any(title.link.item_id in state.last_shown for title in titles):  # "of those I loved X"
            pointed = [one for one in pointed if not re.search(r"\b[Oo]f\s+$", message[: one.start])]
        if titles:  # "Inception, love that one": the title itself is meant.
            pointed = [one for one in pointed if not (one.vague and titles[0].start < one.start)]
        draft.pointed = [(r, stances.of_reference(draft.masked, r, draft.polarity)) for r in pointed]
        for title, stance in draft.titles:
            if title.link.item_id in state.last_shown and title.link.item_id:
                draft.pointed.append((Reference(title.start, title.end, (title.link.item_id,), named=True), stance))

    def _made_by(self, title: Mention, person: Person, between: str) -> bool:
        """Whether a name only tells which title is meant: it made it, or stars in it."""
        if _MADE_BY.fullmatch(between):
            return True
        item = self._catalog.get(title.link.item_id or "")
        return bool(_WITH.fullmatch(between) and item and any(credit.name == person.name for credit in item.people))

    def _surname_meant(self, message: str, person: Person) -> bool:
        """A bare surname counts when it does not merely start a sentence, or when its works follow."""
        before, after = message[: person.start].rstrip(), message[person.end :]
        asked_for = _ASKED_OF.search(before) or FANS.search(before) or _WORKS.match(after)
        if person.role == "writer" and not (asked_for or self._people.directs(person.name)):
            return False  # "except for Logan": few know who wrote a film
        if message[person.start].islower():
            word = message[person.start : person.end]
            if self._vocabulary.entry(word) or self._titles.is_common(word):
                return False
            cued = _ASKED_OF.search(before) or FANS.search(before) or _MORE_OF.search(before) or _WORKS.match(after)
            return bool(cued) or self._titles.is_rare(word)
        if _LONGER_NAME.match(after) and not _WORKS.match(after):
            return False  # "Black Mirror" is not Jack Black
        listed = re.match(r"\s*(?:,|and|or|&|\+|/)\s*[A-Z]", after)
        rare = not self._titles.is_common(message[person.start : person.end]) and re.match(
            r"\s+(?:but|please)\b|\W*$", after
        )
        judged = opinions.bare(re.split(r"[,.;!?]", after)[0]) is not None or (not before and _BUT.match(after))
        return bool(before and before[-1] not in ".!?") or bool(_WORKS.match(after) or listed or rare or judged)


def _is_told_of_others(masked: str, place: int) -> bool:
    """Whether what stands here is other people's taste or doing, or told of somebody's life: no wish of this person."""
    return only_others(masked, place) or was_done_by_others(masked[:place]) or of_life(masked, place)


def _is_unknown(title: Mention) -> bool:
    """Whether neither the catalog nor any list has this title: it was taken for one by its looks."""
    return title.link.item_id is None and not title.link.alternatives and title.link.kind != "elsewhere"
