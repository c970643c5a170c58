"""What shares its name with a film and is none: songs, books, games, places, friends and pets."""

# ruff: noqa: E501  the alternatives of a pattern are easier to check in one line
from __future__ import annotations

import re

from assistant.understanding.life import of_life
from retrieval.caseless import Caseless

_OTHER_THING = Caseless(
    r"\b(?:listen(?:ed|ing|s)? to|reading|re-?read(?:ing)?|humming|singing|(?:page|chapter) \w+ of|(?:production|performance|staging) of)\s*[\"“‘']?$"
    r"|\b(?:flights?|trips?|fly(?:ing)?|flew|travel\w*|mov(?:ed|ing)|trains?|bus|driv(?:e|ing)|drove|holidays?|vacations?|honeymoon|live[sd]?|living|born|been|office)\s+(?:back )?(?:to|in|from|near)\s*$"
    r"|\b(?:named?|naming|call(?:ed)?) (?:my|our|his|her|their|the) [\w\-]+\s+$"
    r"|\b(?:song|album|book|novel|band|game|word|podcast|track|comic|play|restaurant|dog|cat)s?\s+(?:is\s+)?(?:called|named|titled|by)\s*[\"“‘']?$",
)
_ACQUAINTED = re.compile(
    r"\b(?:(?:[Mm]rs?|[Mm]s|[Dd]r|[Mm]iss|[Ss]ir)\.?|(?:[Mm]y|[Oo]ur|[Hh]is|[Hh]er|[Tt]heir|[Tt]he)(?: [a-z\-]+)? (?:aunts?|uncles?|brothers?|sisters?|friends?|bestie|flat-?mates?|room-?mates?|house-?mates?|neighbou?rs?|boss|bosses|colleagues?|co-?workers?|sons?|daughters?|nephews?|nieces?|cousins?|wife|husband|partner|kids?|girlfriend|boyfriend|fianc[eé]e?|gf|bf|cats?|dogs?|hamster|teacher|coach|dentist|landlord|grandma|grandpa|grandson|granddaughter|toddler|baby|mate|ex)"
    r"|(?:aunts|uncles|brothers|sisters|friends|sons|daughters|nephews|nieces|cousins|kids|cats|dogs) (?:are|were) (?:called|named)|(?:[Nn]ame is|[Nn]ame['’]s|I['’]m|I am|[Tt]his is|i['’]m|[Cc]all me))"
    r"\s+(?:[A-Z][a-z]+(?: \(\d+\))?(?:,| and|, and) )*$"
)
"""Who is named behind it is an acquaintance: "my flatmate Carlos", "my nephews Luca and Bobby"."""
_FROM_WORK = re.compile(
    r"^\s*\(\d{1,2}\)|^\s+(?:from|at|in) (?:accounting|accounts|work|school|college|uni|church|the office|the gym|hr|it\b|next door|sales|marketing|finance|upstairs|downstairs|across)\b|^\s+and (?:I|me) (?:are|drive|have|went|live|work|met|share|go|moved|play)\b|^['’]s (?:birthday|name|party|wedding|mum|mom|dad|house|place|idea)\b|^,? (?:the|an?) [\w\- ]{0,30}?(?:neighbou?r|colleague|friend|dog|cat|room-?mate|flat-?mate)\b"
)
"""What stands behind the name of an acquaintance."""
_MADE_OF_IT = Caseless(
    r"^[\"”’']?,?\s+\(?(?:the|a) (?:novel|book|song|band|game|musical|album|comic|poem|tv series|tv show|play)\b(?! (?:is|was) based)|^[^.!?]{0,40}\bon (?:the |my |our )?(?:playstation|ps ?[2345]|xbox|switch|steam|console|guitar|piano|vinyl|spotify)\b|^[^.!?]{0,60}\b(?:stuck in my head|the song,? (?:i mean|not the)|(?:i mean|meant) the (?:song|book|game|band|album))\b"
    r"|^[\"”’']?\s+(?:school |high school )?(?:play|soundtrack|album|songs?|books?|novels?|game|video ?games?|posters?|costumes?|t-?shirts?|party|ride|tv show|cosplay|lego|toys?)\b",
)
_A_PERSON = Caseless(
    r"^[\"”’']?,?\s+(?:is|was|are|were|['’]s)\s+(?:[\w\-]+\s+){0,3}?(?:actors?|actress(?:es)?|directors?|filmmakers?|singers?|comedians?|bands?|songs?|books?|guys?)\b(?!\s+(?:movies?|films?|flicks?))|^\s+(?:was|is|were|are) (?:also )?in (?:it|that|this)\b",
)
_NEAR = Caseless(r"\b(?:place|shop|bar|cafe|café|restaurant|hotel|flat|house|parking|station)s? (?:\w+ )?(?:near|in|at|around)\s+$|\bnear\s+$")  # fmt: skip
_PLACED = re.compile(r"\b(?:in|to|near|from|at|around|through|outside|for)\s+$", re.IGNORECASE)
"""Prepositions in front of a place."""


def is_named_thing(before: str) -> bool:
    """Whether the words in front name a song, a book, a dog or a friend: what follows is no film."""
    return bool(_OTHER_THING.search(before[-40:]) or _ACQUAINTED.search(before[-60:]))


def is_called_otherwise(after: str) -> bool:
    """Whether the words behind a name say that it is a person or no film: "… is my favourite actor", "… soundtrack"."""
    return bool(_A_PERSON.match(after) or _MADE_OF_IT.match(after) or _FROM_WORK.match(after))


def is_place(message: str, start: int) -> bool:
    """Whether somebody lives, goes or eats at what stands here: "I taught in Munich"."""
    before = message[:start]
    return bool(_PLACED.search(before)) and (bool(_NEAR.search(before)) or of_life(message, start))
