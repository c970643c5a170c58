"""Words that say that what follows them, or what stands before them, is wanted, refused or allowed."""

# ruff: noqa: E501  the alternatives of a pattern are easier to check in one line
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from assistant.understanding import opinions
from retrieval.caseless import Caseless

Colour = Literal["wanted", "refused", "allowed", "neutral"]


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that colour what follows them, or with `before` what stands before them in the clause.

    A `weak` one, such as "any" or "something", only points at its object: it keeps the colour of a cue right in front.
    """

    start: int
    end: int
    colour: Colour
    before: bool = False
    weak: bool = False


_N = r"(?:n['’]?t|not|never)"
_ADV = r"(?:\s+(?:really|particularly|that|so|very|too|much|at all|even|usually|ever|always|actually|especially|exactly|quite|all that|super|a|been|big|huge|the biggest|much of a|much of|in the|any|ever really))*"
_REFUSE = (
    r"\b(?:don['’]?t|do not) (?:even )?get me started on\b|\bwe don['’]?t (?:speak|talk) (?:of|about)\b|\bif you (?:recommend|suggest|show me|mention|bring up|say)\b|\b(?:neither|none) of (?:us|them|my [\w\-]+)\s+(?:really\s+|ever\s+)?(?:like|liked|enjoyed|loved|cared for|got|could stand)\b|\b(?:nobody|no one)(?: \w+){0,4} (?:likes?|liked|enjoys?|enjoyed|loved|(?:can|could) (?:stand|bear|take))\b",
    r"\b(?:anything|everything|anyone|anybody|everyone|any genre|all|any)\s+(?:but|except|besides|other than)\b",
    r"\b(?:except|other than|apart from|aside from|besides|excluding|exclude|without|w/o|minus|avoid|avoiding|skip|sans|steer clear of|stay away from|keep away from|allergic to|(?:need|want) a break from|(?:can|could) do without|rather than|instead of)\b(?:\s+for)?",
    r"\bfinds?\b(?=[^,.;!?]{1,40}\b(?:boring|dull|annoying|tedious|overrated|silly|cheesy|tiring|unbearable|too \w+)\b)",
    r"\bexpect(?:ed|ing) (?:so |way |a lot |much )*(?:more|better) (?:from|of)\b|\b(?:never|not|n['’]?t|don['’]?t) (?:get|got|understand|understood|see) what (?:people|everyone|everybody|they|others) (?:see|saw|like|love|find) (?:in|about)\b|\bwhat(?:['’]?s| is| was) the point of\b|\bno way (?:i|we|am i)\b[^.,;!?]{0,20}\b(?:watch|see|sit)\w*(?:\s+(?:another|any|through|more))*|\brather\b[^.;!?□]{0,60}?\bthan\b(?:\s+(?:watch|see|sit through|rewatch))?|\b(?:keep|leave)\b(?=[^,.;!?]{1,40}\b(?:away|out)\b)|\b(?:outgrew|outgrown|grew out of|grown out of)\b|\b(?:bottom|worst) (?:\d+|three|four|five|ten)\b|\bleast favou?rites?\b",
    r"\b(?:hate|hates|hated|hating|dislike|disliked|dislikes|despise|despised|loathe|loathed|detest|detested|abhor)\b",
    r"\b(?:can|could|do|does)(?:n?['’]?t|not| not)(?:\s+(?:really|even))?\s+(?:stand|bear|take|get into|get the (?:hype|appeal|fuss)(?: (?:around|of|about|with))?|finish|sit through|handle|deal with|watch|do)\b|\b(?:never|not) (?:understood|got|saw|see) (?:the )?(?:hype|appeal|fuss|point)(?: (?:around|of|about|with|in))?",
    r"\b(?:never|couldn['’]?t|could not|can['’]?t)\s+(?:really\s+|quite\s+)?(?:get|got) into\b|\b(?:didn['’]?t|don['’]?t|did not|do not) (?:really )?care (?:much |too much |at all )?for\b|\bpass on\b",
    r"\b(?:tired|sick|bored|weary|fed up|done|over it)\s+(?:of|with|by)\b|\b(?:i['’]?m|i am|we['’]?re|so)\s+over\b|\bhad it (?:up to (?:here|there) )?with\b|\bhad enough\b(?:\s+of)?|\benough\s+(?:of|with)\b",
    r"\b(?:disappointed|let down|underwhelmed|put off|unimpressed)\s+(?:by|with|in)\b|\bfell asleep (?:in|during|watching)\b|\bwalked out of\b",
    rf"\b(?:do|does|did|was|is|are|am|were|have|has|had|would|wo|could|should)\s?{_N}{_ADV}\s+(?:like|love|loved|enjoy|want|need|care for|care about|into|in the mood for|in the mood|fan of|fans of|fan|interested in|interested|keen on|feel like|looking for|after|crazy about|feeling|liked|enjoyed|suggest|recommend|include|show|give|dig|appreciate|think much of)\b",
    rf"\b(?:never|not|nor)\b{_ADV}\s+(?:like|liked|love|loved|enjoy|enjoyed|want|care for|cared for|into|in the mood for|fan of|interested in|keen on|feel like|looking for|crazy about|dig|show me|recommend)\b",
    r"\b(?:do|does|did)(?:n['’]?t| not)\s+(?:have|include|star|feature|contain|involve)\b(?!\s+to\b)",
    r"\b(?:dont|doesnt|didnt|wasnt|isnt)\b"
    + _ADV
    + r"\s+(?:like|love|enjoy|want|care for|into|in the mood for|feel like|show|give|recommend|need|a fan of|fan of)\b",
    r"\b(?:no|not|nothing|neither|nor|none of|non|never|less|fewer|unlike|stop|zero|nope to)\b(?!\s*,)(?:\s+(?:like|more|another|too|so|very|really|any|anything|recommending|suggesting|showing|me|interested in|in the mood for))*",
    r"\b(?:is|are|was|were)(?:n['’]?t|nt)\b(?!\s+(?:there|it|they|that|this|he|she|he|bad|half))",
    r"\bused to\s+(?:like|love|enjoy|be into|watch)\b",
    r"\b(?:leave out|leaving out|cut out|cut the|spare (?:me|us)|hold the|ditch|thumbs down (?:for|to|on)|easy on|light on|low on|no longer (?:into|like|enjoy|want)|(?:has|have|['’]ve|had) no (?:patience|time|love|interest|stomach|use) (?:for|in)|can['’]?t be (?:bothered|doing) with|(?:don['’]?t|do not) bother with|turned? off by|(?:away|far) from)\b",
    rf"(?<![\w])(?:{opinions.feelings('bad')})(?!\w)",
)
_ALLOW = (
    r"\b(?:do|does|would|wo)(?:n['’]?t|\s+not)\s+mind\b|\bdont mind\b",
    r"\b(?:do|does|have|has|got)(?:n['’]?t| not)?(?:\s+(?:have|got))?\s+(?:anything|nothing)\s+against\b|\b(?:did|do|does)(?:n['’]?t| not) (?:actually |really |even |exactly )?(?:hate|dislike)\b|\bnot that (?:i|we) (?:\w+ )?(?:hate|dislike|mind)\b|\b(?:no|not any|nothing)\s+(?:problem|issue|issues|objection|against|wrong)\b(?:\s+(?:with|to|against))?",
    r"\b(?:ca|could)(?:n['’]?t|not|nt)\s+(?:wait|recommend)\b",
    r"\b(?:not|never)\s+(?:bad|a bad|terrible|seen|saw|watched|heard|sure|disappoint\w*|too bad|yet)\b",
    r"\b(?:have|has|had)(?:n['’]?t|nt|\s+not|\s+never)\s+(?:yet\s+)?(?:seen|watched|heard|tried|caught)\b",
    r"\bno\s+(?:idea|doubt|clue|one|matter|need|preference|worries|thanks|thank|wait|but|more than|longer than|later than|older than|earlier than|newer than|way(?! (?:i|we|am)\b))\b|\bnot\s+(?:older|newer|longer|shorter|later|earlier|more|less|before|after)\b",
    r"\bwhy\s+not\b|\bwhether or not\b|\bdo not know\b|\bdon['’]?t know\b|\bnot know\b",
)
_WANT = (
    r"\bwho (?:does|did|would)(?:n['’]?t| not) (?:love|like|enjoy)\b|\bnothing (?:beats|tops|compares to|comes close to)\b(?=\s+□)|\b(?:not|never) (?:get|got|grow|grown) (?:tired|sick|bored) of\b|\bnot\s+(?:only|just|merely|necessarily)\b|\bnothing\s+but\b|\b(?:ca|could)(?:n['’]?t|not|nt)\s+(?:get enough of|stop watching|go wrong with|beat)\b|\bcannot get enough of\b",
    r"\b(?:love|loved|loves|loving|adore|adored|like|liked|likes|enjoy|enjoyed|enjoys|prefer|preferred|want|wanted|wants|need|needs|crave|craving)\b",
    r"\b(?:looking|searching|hoping|hunting)\s+for\b|\bin the mood\b(?:\s+for)?|\bfan of\b|\bfans of\b|\bbig into\b|\binto\b|\bkeen on\b|\bfeel like\b|\bfeeling like\b",
    r"\b(?:give me|show me|gimme|recommend|suggest|find me|find|how about|what about|rather|instead|maybe|perhaps|ideally|please|favou?rites?|such as|similar to|only|fine with|ok with|okay with|open to|thumbs up (?:for|to|on)|either|just(?!\s+(?:re)?(?:watched|saw|seen|finished|got|came|been))|got)\b",
    rf"(?<!\w)(?:{opinions.feelings('good')})(?!\w)",
    r"\b(?:something|anything|more|best|good|great|some|any)\b",
)
_ZH_REFUSE = r"(?:别|不要|不用)(?:再)?(?:给我)?推荐|不要|不想看|不想要|不想|不喜欢|不爱看|不爱|讨厌|不看|别给我|别(?!的|人)|除了|受不了|看腻了|厌倦了?|不是|不太喜欢|不怎么喜欢|没兴趣|无聊的|少一点|拒绝|不能有|不需要|排除|避开|(?<!有)没有(?!看)|不(?=恐怖|暴力|血腥|吓人|太)|太(?=恐怖|暴力|血腥|吓人|黑暗|压抑)"
_ZH_WANT = r"喜欢|想看|想要|爱看|最爱|超爱|来点|来部|来一部|推荐|找|要(?!不)|求|类似|像|想找|给我|有没有|有什么|换成|但是?|最好|希望|偏爱"
_ZH_BAD = r"(?:太?难看|太?无聊|烂片|太烂|很烂|不好看|不行|看不下去|看不进去|看睡着|睡着了|失望|没意思|一般般|很差|差劲|就算了|算了|免谈|免了|除外|不考虑|绝对不|碰都不碰|接受不了|不能接受|不适合我|不是我的菜|不对胃口)"
_ZH_GOOD = r"(?:很?好看|很棒|太棒了?|不错|精彩|经典|很喜欢|超好看|可以|也行)"


def _any(patterns: tuple[str, ...]) -> Caseless:
    return Caseless("|".join(f"(?:{pattern})" for pattern in patterns))


_AHEAD: tuple[tuple[Caseless, Colour], ...] = (
    (_any(_WANT[:1]), "wanted"),
    (_any(_ALLOW), "allowed"),
    (_any((*_REFUSE, _ZH_REFUSE)), "refused"),
    (_any((*_WANT[1:], _ZH_WANT)), "wanted"),
)
_KEEPING = tuple(pattern for pattern, _ in _AHEAD[:3])
_WEAK = re.compile(_WANT[-1], re.IGNORECASE)
_ZH_BEHIND: tuple[tuple[re.Pattern[str], Colour], ...] = (
    (re.compile(_ZH_BAD), "refused"),
    (re.compile(_ZH_GOOD), "wanted"),
)


def find_cues(message: str) -> list[Cue]:
    """Every cue in the order of the message; where two of one direction overlap, the kind listed first wins."""
    return read_cues(message)[0]


def read_cues(message: str) -> tuple[list[Cue], list[tuple[int, int]]]:
    """The cues, and where one of them holds words that elsewhere bound a clause: the "but" of "anything but"."""
    kept: list[tuple[int, int]] = []
    taken = [
        Cue(start, end, "refused" if sign == "bad" else "wanted", before=True)
        for start, end, sign in opinions.verdicts(message)
    ]
    for before, kinds in ((True, _ZH_BEHIND), (False, _AHEAD)):
        for pattern, colour in kinds:
            for match in pattern.finditer(message):
                start, end = match.span()
                if pattern in _KEEPING:
                    kept.append((start, end))
                if start < end and not any(start < c.end and c.start < end for c in taken if c.before == before):
                    weak = bool(colour == "wanted" and not before and _WEAK.fullmatch(match[0]))
                    taken.append(Cue(start, end, colour, before, weak))
    return sorted(taken, key=lambda cue: cue.start), kept
