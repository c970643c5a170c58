"""Words around a span that make it a title: cues in front, opinions behind, and what rules a title out."""

# ruff: noqa: E501  the alternatives of a pattern are easier to check in one line
from __future__ import annotations

import re
from functools import lru_cache

from assistant.understanding import opinions
from retrieval.caseless import Caseless
from retrieval.titles import Mention

_FELT = rf"(?<!\w)(?:{opinions.feelings('good')}|{opinions.feelings('bad')})(?!\w)"
_ADVERB = r"(?:\s+(?:the\s+)?(?:movie|film|classic|original|movies|films|both|all of|all|watching|of|really|either|old|even|also|especially|just|still|remake of|first|new))*"
OBJECT = Caseless(
    rf"(?:{_FELT}|"
    r"\b(?:love|loved|loves|adore|adored|like|liked|likes|enjoy|enjoyed|hate|hated|dislike|disliked|despised|watch|watched|rewatched|watching|"
    r"saw|seen|stand|finish|finished|similar to|such as|fans? of|every (?:minute|second) of|the ending of|the point of|reminds me of|thumbs (?:up|down) (?:for|to|on)|compare|between|versus|compared to|vibes? of|than|unlike|called|named|titled|"
    r"favou?rites? (?:is|are|was)|favou?rite (?:movie|film)s? (?:is|are|was|of all time is)|about|recommend|suggest|loving|kinda like|have you seen|"
    r"i['’]m into|obsessed with|sequel to|remake of|obsessed w(?:ith|/)?|especially(?: in)?|particularly|mainly|version of|same \w+ as|style of|spirit of|line of|lines of|vein of|didn['’]t get|tried|into)\b"
    r"|喜欢|看过|看了|像|类似|爱看|讨厌|跟|和|与|比)"
    rf"{_ADVERB}\s*[:\"“‘'《]?\s*$",
)
ASKED_ABOUT = Caseless(
    r"(?:(?:^|[.!?,;:]\s*|\b(?:so|and|but|or|hey|ok|okay|well|wait|hm+|oh|also)\s+)(?:is|was|are|were|does|did|has|would|will|could|(?:do|does) (?:you|your \w+|the \w+) (?:have|carry|include|know|know of))"
    r"|\b(?:who(?:['’]s| is| was) in|who (?:directed|made|wrote|plays in|stars in|starred in)|how (?:long|old|good|scary|sad) (?:is|was)|what(?:['’]s| is| was)|what year (?:was|is|did)|when (?:was|did)|think (?:of|about)|know))"
    r"\s+(?:the (?:movie|film)\s+)?[\"“'《]?$",
)
"""Words in front of what a question is about: "is Coraline too scary"."""
ASKED_AND_ANSWERED = re.compile(r"^[\"”’']?\s*\?\s*([^.!?□]{1,40})(?=[.!?]|$)")
"""A question that its asker answers: "Taken? gold."."""
FEELS = Caseless(rf"(?:{_FELT}|\b(?:not(?: so much| really| as much)?|nor|except)){_ADVERB}\s*$")
_NOUN = r"(?:movies?|films?|flicks?|something|anything|stuff|ones?|more|others?|else|nothing|things?|horror|comed(?:y|ies)|thrillers?|romcoms?|romances?|dramas?|westerns?|document\w+|musicals?|sci-?fi|animations?|action|\w+ (?:movies?|films?))"
STRONG_OBJECT = Caseless(
    rf"(?:{_FELT}|"
    r"\b(?:loved|adored|liked|enjoyed|hated|disliked|despised|watched|rewatched|saw|seen|finished|similar to|such as|fans? of|called|titled|"
    r"love|enjoy|hate|stand|(?:rather|gladly|could|would|to) (?:just )?(?:watch|see|rewatch))\b|"
    r"\b(?:favou?rites?|(?:top|best|my) (?:\d+|three|four|five|ten))(?:\s+(?:movie|film|one)s?)?(?:\s+(?:of all time|ever|of mine))?\s*(?:is|are|was|were|includes?|would be|have to be|:|=|-)|"
    rf"\b{_NOUN}\s+(?:kind of\s+|a bit\s+|a lot\s+|just\s+)?(?:like|similar to|in the (?:vein|style|spirit) of|along the lines of)\b|\b(?:not|nothing|isn['’]?t|unlike|more|less)\s+(?:like\b)?)"
    r"(?:\s+(?:the\s+)?(?:first|original|movie|film|old|either|maybe|say|for example))*\s*[:\"“‘']?\s*$",
)
QUOTES = (('"', '"'), ("“", "”"), ("‘", "’"), ("《", "》"), ("'", "'"), ("「", "」"))
NAMED = Caseless(
    r"^[\"”’']?\s*[\- ](?:(?:type|style|kind|esque)(?: of)?[\- ])?(?:movies?|films?|ones|series|franchise|trilogy|saga|flicks?)\b"
    r"|^,?\s+(?:especially|in particular|type of thing|vibes?|style)\b",
)
BY = Caseless(
    r"^[\"”’']?,?\s+(?:by|from|directed by|was|with|starring)\s+(?:actor |actress |director )?((?:[^\W\d_][\w'’.\-]*\s*){1,3})",
)
_COUNTED = (
    "one two three four five six seven eight nine ten eleven twelve twenty thirty fifty hundred first second third"
)
COUNTED = frozenset(_COUNTED.split())
COUNTS = Caseless(
    r"\s+(?:of (?:my|our|the|your|his|her|all|a)\b|times|people|minutes?|mins|hours?|days?|weeks?|months?|years?|of (?:us|them|these|those)|movies|films|kids|friends|more|or (?:so|more|less|fewer|two|three|four|five|six|seven|eight|nine|ten|\d+)|stars|things)\b",
)
"""What numbers stand in front of: "seen it like ten times"."""
THAT_MOVIE = Caseless(r"^\s*[:.!?…,–—-]+\s[^□]{0,120}\b(?:that|this) (?:movie|film)\b")
COMPARED = Caseless(
    r"^[\"”’']?\s*[,:;?–—-]+\s*(?:which|what)(?: (?:one|of (?:the two|them|these)))?(?:['’]s| is| was| has| do| should| would)\b",
)
VERSUS = re.compile(r"^\s+(?:vs\.?|versus)\s|\b(?:vs\.?|versus)\s+(?:the\s+)?$", re.IGNORECASE)
WHICH_OF_THEM = Caseless(r"\b(?:the\s+)?(?:first|second|third|fourth|fifth|original|1st|2nd|3rd|4th)\s+$")
WHICH_IS = Caseless(
    r"\b(?:which|what|who)(?: one)?(?:['’]?s| is| was) (?:the )?(?:better|worse|best|\w+er|more \w+)(?: (?:movie|film|one))?\s*[,:–—-]*\s*$",
)
HAS_AN_OBJECT = re.compile(r"\s+(?:it|them|him)\b(?!['’])", re.IGNORECASE)
"""What stands in front of it is a verb: "saw it with my brother"."""
HATED_IT = Caseless(
    r"^[^.!?□]{0,40},\s*(?:(?:and|but)\s+)?(?:(?:i|we)\s+)?(?:loved|hated|liked|enjoyed|adored) (?:it|that)\b",
)
CALLED = Caseless(r"\b(?:movie|film|called|named|titled|original|new|remake of|old)\s+$")
ABOUT = Caseless(
    r"\b(?:something|anything|movies?|films?|ones?|stor(?:y|ies)|document\w+) (?:about|with|on)\s+(?:the |an? )?$",
)
"""What stands behind it is a theme: "something about cats"."""
THE = re.compile(r"the\s", re.IGNORECASE)
IT_WAS = Caseless(
    r"^[\"”’']?\s*(?:,|and|but|\.)\s*(?:it was|(?:i |we )?(?:really |absolutely |both )?(?:loved|hated|liked|enjoyed) it)\b",
)
OCCASION = re.compile(r"\b(?:for|on|around|until|this|every|during)\s*$", re.IGNORECASE)
DETERMINED = Caseless(r"\b(?:the|all|the (?:first|second|third|last|original|old|new)|(?:first|original))\s*$")
PRAISED = Caseless(
    r"^[\"”’']?(?:\s+(?:movies?|films?|series))?(?:\s*(?:,|and|&)[^.!?]{1,60}?)?\s+(?:(?:just|really|simply|honestly|totally|still)\s+)?(?:(?:was|is|isn['’]?t|wasn['’]?t|were|are|made me|messed me|blew|bored|put me|has been|had)\b(?!\s*(?:[.!,;]|$)|\s+(?:killing|going|getting|coming|there|a good|an? (?:movie|film)))|"
    r"sucks?|sucked|rocks|rocked|=|>)"
    r"|^\s+but\s+(?:with|in|for|as|set|make|more|less|not|a|older|newer|shorter|longer|funnier|darker|lighter|scarier)\b"
    r"|^,?\s*(?:not so much|not really|though\b|on the other hand|now that['’]s)",
)
SPEAKERS = frozenset({"us", "it", "that", "this", "he", "she", "they", "you", "i", "we", "there"})
SPEAKS = Caseless(r"\s+(?:was|is|has|had|did|does|would|will|looks?|looked|sounds?|seems?)\b")
A_FILM = Caseless(
    r"^[\"”’']?\s+(?:is|was|has to be|remains)\s+(?:[\w\-]+\s+){0,2}?(?:an?|the|my|our|one of (?:my|the|our))\s+(?:[\w\-]+\s+){0,4}?(?:movies?|films?|flicks?)\b",
)
BARE_OBJECT = Caseless(r"\b(?:loved|hated|liked|enjoyed|adored|disliked|loathed|despised)\s+$")
ENDS_THERE = re.compile(r"\s*(?:[,.!;:)]|$|(?:and|but|so|though|also)\b)", re.IGNORECASE)
FILM_VERB = Caseless(
    r"\b(?:watched|rewatched|rewatch|rewatching|streamed|(?:fell|falling) asleep (?:during|watching|in)|walked out (?:of|on)|sat through|put on|threw on|popped in|turned on|(?:sit|get|make it) through)\s*$",
)
"""What is done with films and with little else."""
_SUBJECT_WORDS = (
    "it that this he she they you i we me what who which there here everything something nothing anything everyone someone people life love time "
    "work home school today tonight yesterday tomorrow weather dinner one other others thing things no yes idea music acting story plot ending cast movie "
    "film movies films brother sister mom dad mother father wife husband boyfriend girlfriend friend friends kids family date day night "
    "weekend comedy horror drama action yep nope yeah ok okay trash garbage crap man boy dude god girl guy"
)
SUBJECTS = frozenset(_SUBJECT_WORDS.split())
"""Words that something is said of in everyday talk: an opinion behind one of them makes no title of it."""
REACTION = Caseless(
    r"^[\"”’']?\s+(?:\w+ly\s+)?(?:scared|frightened|terrified|haunted|traumatized|traumatised|shocked|surprised|moved|touched|bored|amused|annoyed|disturbed|confused|inspired|ruined|changed|taught|made|kept|got|had|left|gave|creeped|freaked|cracked|fooled|wrecked|messed|hit|knocked|blew|broke|stuck with|stayed with|grew on|reminded)\s+(?:[\w'’]+\s+){0,5}?(?:me|us|my|our)\b",
)
"""What a film does to people, for good or bad: "Alien frightened the life out of me"."""
WHICH = Caseless(
    r"^[\"”’']?(?:,?\s*which|\s*[,;–—-]\s*(?:which|that one|now that one|it))\b(?=(?P<said>[^.;!?]{1,80}))",
)
TOO = Caseless(r"^,?\s+(?:too|as well|also|either|especially|in particular|most of all)\s*(?:[.,!?;]|$)")
INTRODUCED = re.compile(r"(?::|\bare|\binclude)\s*(?:[^.!?:]*,\s*)?$", re.IGNORECASE)
A = re.compile(r"\b(?:an?|some|any|good|great|more|decent|tense|\w+ing)\s+$", re.IGNORECASE)
NEXT_WORD = re.compile(r"\s+([\w\-]+)")
WATCHED_WHOM = re.compile(r"\b(?:watched|rewatched|watch|rewatch|streamed|finished)\s*$", re.IGNORECASE)
WHOM = frozenset({"her", "him", "us"})
PRONOUNS = frozenset({"her", "him", "us", "it", "them", "she"})
OPENS = Caseless(
    r"(?:[.!?,;:]|\s[-–—]|\b(?:but|and|though|because|think|thought|says?|said|heard|know|guess|swear|that|so))\s*$",
)


_ADVERBS = Caseless(
    r"(?:\b(?:honestly|personally|actually|also|even|still|obviously|ironically|frankly|sadly|well|yes|no|ok|okay|hm+|man|god|wow|oh|yeah|now|then|imo|to be fair|in my opinion|for me),?\s+)+$",
)


REACH = 200
"""Letters in front of a span and behind it that say something about it; without a bound, long messages cost squares."""


INTERJECTIONS = frozenset(
    [
        "lol",
        "haha",
        "yes",
        "yep",
        "yeah",
        "yup",
        "oh",
        "also",
        "no",
        "nope",
        "and",
        "but",
        "so",
        "like",
        "well",
        "hi",
        "hey",
        "hello",
        "i",
        "ok",
        "okay",
        "ah",
        "wow",
        "or",
        "maybe",
        "even",
        "just",
        "thanks",
        "loved",
        "love",
        "likes",
        "loves",
        "liked",
        "dislike",
        "dislikes",
        "disliked",
        "hate",
        "hates",
        "hated",
        "seen",
    ]
)
"""Words that open a sentence and name nothing."""
_VERB = Caseless(
    r"\b(?:i|we|you|they|he|she|who|(?:have|has|had|did|do|does)(?:n['’]?t|\s+not|\s+never)?)\s+"
    r"(?:(?:just|also|already|never|even|recently|finally|all|both)\s+)?$",
)
_STARTS = Caseless(
    r"(?:^|[.!?;:,\n]|\b(?:yes|yeah|no|oh|ok|okay|lol|well|and|but|because|so|that|think|thought|said))\s*$",
)


_JUDGED = Caseless(
    r"\b(?:was|is|were|are|be|been|such|what|absolute|total|complete|pure)\s+(?:an?\s+|the\s+|so\s+)?(?:\w+\s+)?$",
)


def is_object(before: str) -> bool:
    """Whether what stands in front takes a film as its object: "loved …"."""
    return bool(STRONG_OBJECT.search(before[-50:]))


def is_judgement(before: str) -> bool:
    """Whether a word of opinion behind these words is just that: "was a blast"."""
    return bool(_JUDGED.search(before[-40:]))


def is_verb(before: str) -> bool:
    """Whether a word in small letters behind these words is a verb and no title: "have not saw either"."""
    return bool(_VERB.search(before[-40:]))


def starts(before: str) -> bool:
    """Whether a clause begins behind these words, where a capital says nothing and a pronoun is just that."""
    return bool(_STARTS.search(before[-12:]))


def in_front(message: str, place: int) -> str:
    """The words in front of a place."""
    return message[max(0, place - REACH) : place]


def opens(before: str) -> bool:
    """Whether a statement may begin behind these words, adverbs left aside: "honestly, X was …"."""
    bare = _ADVERBS.sub("", before)
    return not bare.strip() or bool(OPENS.search(before) or OPENS.search(bare))


@lru_cache(maxsize=8)
def shouted(message: str) -> bool:
    """Whether a message is written in capitals, which then say nothing."""
    letters = [char for char in message if char.isalpha()]
    return len(letters) > 12 and sum(char.isupper() for char in letters) > 0.6 * len(letters)


def is_quoted(message: str, mention: Mention) -> bool:
    """Whether a mention stands in quotation marks."""
    left, right = message[: mention.start].rstrip()[-1:], message[mention.end :].lstrip(" .!?,")[:1]
    return any(left == opening and right == closing for opening, closing in QUOTES)
