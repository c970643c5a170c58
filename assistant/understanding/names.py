"""How names are written: keys that spellings of one name share, and what a name's bearer may be called."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import OSA

from retrieval.text import fold

_PARTICLES = frozenset({"de", "del", "della", "di", "da", "van", "von", "der", "la", "le", "du", "mac", "st"})
_JUNIOR = re.compile(r" (?:jr|sr|ii|iii)$")
_SOUNDS = (("sch", "s"), ("ck", "k"), ("ph", "f"), ("gh", ""), ("tz", "s"), ("wr", "r"), ("kn", "n"), ("x", "ks"))
_SOFT_C = re.compile(r"c(?=[eiy])")
_SILENT = re.compile(r"[aeiouyhw]")
_TWICE = re.compile(r"(.)\1+")
_PETS = (
    "alexander alex, andrew andy, anthony tony, benjamin ben, catherine kate cate cathy, charles charlie chuck, "
    "christopher chris, daniel dan danny, david dave, edward ed eddie, elizabeth liz, francis frank, frederick "
    "fred, gregory greg, harold harry, james jim jimmy, jeffrey jeff, jennifer jen jenny, jessica jess, john "
    "johnny jack, jonathan jon, joseph joe, katherine kate kathy, kenneth ken, kristen kris, lawrence larry, "
    "leonardo leo, margaret meg maggie, martin marty, matthew matt, michael mike, natalie nat, nicholas nick nic, "
    "nicolas nick nic nicholas, patrick pat, peter pete, philip phil phillip, phillip phil philip, rebecca becky, "
    "richard rick dick, robert rob bob bobby, ronald ron, russell russ, samuel sam, sandra sandy, scarlett "
    "scarlet, stephen steve steven, steven steve stephen, susan sue, sylvester sly, theodore ted, thomas tom "
    "tommy, timothy tim, victoria vicky, vincent vince, william will bill, zachary zach zac"
)
_PET_NAMES = {first: names for first, *names in (line.split() for line in _PETS.split(","))}
"""First names, and what their bearers are called."""
_SHORT = 6
_MOST_EDITS = 3
"""Letters that may differ between two words that sound the same."""


@lru_cache(maxsize=50_000)
def name_key(name: str) -> str:
    """A name in small letters without accents, apostrophes and dots."""
    return fold(name.replace("'", "").replace("’", "").replace(".", " "))


def surnames_of(name: str) -> set[str]:
    """What a name's bearer may be called: "dicaprio", "de niro" and "deniro", "day lewis"."""
    parts = name.split()
    particles = 1
    while particles + 1 < len(parts) and name_key(parts[-1 - particles]) in _PARTICLES:
        particles += 1
    full, last = name_key(" ".join(parts[-particles:])), name_key(parts[-1]).split()[-1:]
    return {full, full.replace(" ", ""), *last} - {""}


def short_forms(key: str) -> set[str]:
    """The key of a name without a middle initial, without "Jr.", and with a pet name for the first: "jimmy stewart"."""
    plain = _JUNIOR.sub("", key)
    parts = plain.split()
    rest = [*(part for part in parts[1:-1] if len(part) > 1), *parts[1:][-1:]]
    firsts = (parts[0], *_PET_NAMES.get(parts[0], ()))
    return {" ".join([first, *rest]) for first in firsts if rest} | {plain} - {key}


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """What is left of a word without silent and doubled letters: "carrel" and "carell" sound the same."""
    text = _SOFT_C.sub("s", word)
    for letters, value in _SOUNDS:
        text = text.replace(letters, value)
    text = text.replace("c", "k").replace("q", "k").replace("z", "s")
    return _TWICE.sub(r"\1", word[:1] + _SILENT.sub("", text[1:])) if word else ""


def sounds(key: str) -> str:
    """The sound of every word of a name, the words behind the first run together."""
    first, _, rest = key.partition(" ")
    return f"{sound(first)} {sound(rest.replace(' ', ''))}"


def sounds_like(typed: str, name: str) -> bool:
    """Whether two words that share a sound are near enough in letters too."""
    most = _MOST_EDITS if len(name) > _SHORT else _MOST_EDITS - 1
    return typed[:1] == name[:1] and OSA.distance(typed, name, score_cutoff=most) <= most


def one_typo(typed: str, name: str) -> bool:
    """Whether a word is a name with one letter wrong, or two where the name is long."""
    most = 1 if len(name) < 8 else 2
    return len(typed) > 2 and typed[:1] == name[:1] and 0 < OSA.distance(typed, name, score_cutoff=most) <= most
