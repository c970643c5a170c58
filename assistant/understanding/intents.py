"""What a message does, from its wording alone. Ordered rules: the first that matches decides."""

# ruff: noqa: E501  the alternatives of a pattern are easier to check in one line
from __future__ import annotations

from assistant.acts import Intent
from retrieval.caseless import Caseless

_START_OVER = Caseless(
    r"\b(?:start(?:ing)? (?:over|again|fresh|from scratch|anew)|from scratch|begin again|new search|reset|clear (?:everything|all|it all)|"
    r"(?:forget|scrap|drop|ignore|delete) (?:everything|all of (?:it|that)|it all|all that|all)(?!\s+(?:instructions|previous))\b(?! (?:i said )?about)|wipe (?:everything|it|the slate)|clean slate)"
    r"|重新开始|从头(?:开始|再来)|重来|重置|清空|全部忘",
)
_UNDO = Caseless(
    r"\b(?:undo|(?<!never )(?<!not )(?<!n't )(?:go|went|take me|step) back(?: (?:one|a) step| to (?:the )?(?:previous|last|earlier))?\b(?!\s+(?:to the (?:\d|[a-z]+ties)|in time|to school|home))|take (?:that|it) back|scratch that|revert|"
    r"(?:forget|ignore|cancel|disregard) (?:that|what i (?:just )?said|my last|the last (?:thing|message|one|request))\s*(?:$|[.,!]|message|request|i said)|\b(?:have|get|see|show(?: me)?|give me|want|bring)\b[^.!?]{0,12}\b(?:previous|last|earlier|old) (?:list|ones|results|suggestions|recommendations|cards|set|selection|batch)\b|\b(?:previous|last|earlier|old) (?:list|ones|results|suggestions|recommendations|cards|set|selection|batch) (?:was|were) (?:\w+ )?(?:better|nicer|good)\b|(?:i )?take (?:that|it|what i(?:['’]ve| have)? (?:just )?said(?: about [^.,;!?]{1,40})?) back|take back (?:that|it|what i(?:['’]ve| have)? (?:just )?said(?: about [^.,;!?]{1,40})?)|bring back (?:the )?(?:previous|last|old|earlier)|(?:put|change|turn|set|take) (?:things|it|everything|that|the list) back\b|(?:back )?(?:to|as|the way|how) (?:it|they|things) (?:was|were) before|take back the (?:last|previous)|(?:pressed|hit|clicked|tapped) the wrong|i didn['’]?t mean that)"
    r"|撤销|撤回|上一步|退回|收回|当我没说",
)
_WHY = Caseless(
    r"\b(?:why (?:on earth |the hell |the heck |exactly )?(?:would you (?:recommend|suggest|pick|choose)|did|do|does|have|are|is|was|this|that|these|those|them|the|it|□+)\b(?! not)(?! i )|how come|why you (?:picked|chose|suggest\w*|recommend\w*|think|showed)|what made you|what makes (?:you|it|that|this)|reason for|explain (?:why|your|the|that|this)|how did you (?:pick|choose|come))|^\W*why (?:on earth |the hell |the heck )?would you\b|^\s*why\s*\??\s*$|为什么|为何|理由|凭什么",
)
_COMPARE = Caseless(
    r"\b(?:in common|difference(?:s)? between|what['’]?s the diff(?:erence)?|differ\b|compare|how (?:are|do) (?:they|these|those) (?:differ|compare|similar|alike|related)|which (?:one )?(?:of (?:these|those|them|the \w+) )?(?:one )?(?:is|was|has|would|do you|should|are)\b|which of\b|which one|(?:what|which|who)(?:['’]?s| is| was) (?:the )?(?:\w+er|better|worse|more \w+)\b[^.!]*\bor\b|versus|\bvs\.?\b|better[:,]? .{1,60} or )|共同点|有什么(?:区别|不同|共同)|哪(?:部|个)(?:更|最|比较|好)|比较一下|相比",
)
_ASK = Caseless(
    r"\b(?:who(?:['’]?s| is| was| are| were| directed| wrote| made| starred| stars| plays| played| acted| else| acts)\b(?! the (?:best|greatest))|"
    r"what(?:['’]?s| is| was| are) (?!next|new|similar|good|hot|up\b|else|on\b|out\b|worth|popular)(?:it|that|this|number \w+|no\.? ?\d|the \w+ (?:one|movie|film)|the (?:plot|story|rating|runtime|premise|cast|genre|year|title|name)|[^?]{1,60}?) ?(?:about|like|rated|called)?\b(?=\s*\?|.*\babout\b)|what (?:year|genre|language|country|happens)|"
    r"when (?:was|did|were|is)|how (?:long|old|scary|good|violent|sad|popular|many (?:people|votes|minutes))|where (?:was|is|does|did)|"
    r"(?:^|[.,!?;:]\s*|\b(?:and|but|so|ok|okay|well|hm+|hey|wait|oh|also)\s+)(?:is|are|was|were|does|do|did|has|have) (?:it|that|this|they|these|those|he|she|the (?:first|second|third|fourth|fifth|last|\w+ one))\b|"
    r"(?:^|[.!?,;:]\s*|\b(?:and|but|so|ok|okay|well|hm+|hey|wait|oh|also)\s+)(?:is|are|was|were|does|did|do)\s+(?:the\s+)?[^?.!]{2,40}?\s+(?:in|play in|star in|appear in|act in|direct)\s+(?:it|that|this|them|these|any of (?:these|them|those)|one of (?:these|them|those)|the (?:\w+ )?one|□+|number \w+)\b|where (?:can|could|do|to) (?:i|we|you)?\s*(?:watch|see|find|stream|rent|buy|get)\b|(?<![\w ] )(?<!\w )(?:is|was|are|does|did|has|do)\s+(?:the\s+)?□+|\b(?:wait|hey|hm+|sorry)\W+(?:is|was|are|does|did|has)\s+(?:the\s+)?□+|tell me (?:more |something )?about|more (?:info|information|details) (?:on|about)|what about the plot|is there (?:a sequel|a love|any (?:violence|nudity|gore|sex))|any good\s*\?|(?:does|do|did) (?:the |a |an |any )?[\w ]{2,20} (?:die|survive|live|win|cry|get (?:hurt|killed|shot))\b|is(?:n['’]?t| not)? (?:that|this|it) (?:the|an?)\b[^.!?]*\?|(?:would|will|could) □+ (?:be|work|do|suit)\b|(?:do|does) (?:you|your \w+|the \w+) (?:have|carry|include)\s+(?:the (?:movie|film) )?□+)"
    r"|谁(?:导演|演|拍|主演)|导演是谁|主演是谁|讲(?:的是|的|了)?(?:什么|啥)|多长|哪年|哪一年|什么时候|吓人吗|好看吗|恐怖吗|演员有|是谁(?:导|演|拍)|评分|片长|适合.*吗|介绍一下",
)
_MORE_LIKE = Caseless(
    r"\b(?:else (?:is |was |feels )?like (?:it|that|this|them)|what(?:['’]?s| is) similar|more (?:like|of|along the lines of|in the (?:vein|style) of)|in the (?:vein|style|spirit) of|along the lines of|similar to|(?:something|anything|stuff|others?|ones?|movies?|films?|flicks?|comed\w+|thrillers?|dramas?|horrors?|romcoms?|romances?|westerns?|musicals?|myster\w+|action|sci-?fi|animations?|document\w+) (?:else )?(?:just )?(?:like|similar to|along the lines of|in the vein of)|same (?:vibe|style|feel|kind) as|(?:^|more|else|something|movies?|films?|any|just|but|,)\s*like (?:the (?:\w+ one|first|second|third|fourth|fifth|last)|that|this|those|these|number|#))\b|类似|像.{1,20}(?:的|一样|那样|这样)|跟.{1,20}差不多",
)
_SEEN = Caseless(
    r"\b(?:already|i['’]?ve|have|i|we|we['’]?ve) (?:already |just |also |finally |recently |did |both |only |ever )*(?:seen|watched|saw|(?<=did )see|(?<=did )watch)\b|\bwent to see\b|\b(?:was|been) dragged to\b|\bseen (?:it|that|this|them|those|these|all|both|the)\b|\balready (?:seen|watched)\b|^\s*seen\b|^\W*(?:(?:so|ok|okay|well|and|just|finally|recently|also|then|yeah|yep|yes|oh|haha|hey)\W+)*(?:re)?(?:watched|saw)\b|看过|已经看",
)
_WANTS_MORE = Caseless(
    r"\b(?:any|got|what|some|show me|have you) (?:any )?(?:others?|more|else)\b|\banything else\b|\bother (?:suggestions?|options?|recommendations?|ideas?|ones|movies|films)\b|\b(?:show|give) me more\b|\bmore please\b|\bwhat else\b",
)


def wants_more(message: str) -> bool:
    """Whether more cards are asked for, and nothing else: "any others?"."""
    return bool(_WANTS_MORE.search(message))


_UNSEEN = Caseless(
    r"(?:\b(?:have|has|had)|['’]ve|\bive)(?:n['’]?t|nt| not| never)\s+(?:yet\s+|actually\s+|even\s+|ever\s+)?(?:seen|see|saw|watched|heard of|tried|got(?:ten)? (?:a)?round to|caught)|\b(?:did|do)(?:n['’]?t|nt| not) (?:\w+ )?(?:see|watch|catch|saw)\b|\bnever (?:\w+ )?(?:seen|saw|see|watched|heard of|tried|caught|got (?:a)?round to)|\b(?:yet|still need|need|have) to (?:see|watch)\b|没看过|没有看过|还没看",
)
_REJECT = Caseless(
    r"^\s*(?:no+|nope|nah|meh|pass|next)\b(?=\s*(?:[,.!;]|$|thanks?|thank|no\b|nope|not\b|these|those|none|please|way|one|i\b|we\b|to\b))|\bnot for (?:me|us)\b|\b(?:none of (?:these|those|them|the above)|not (?:that|this|the \w+) (?:one|movie|film)|not (?:these|those|them|it|that)\b|not interested|something else|something different|different (?:ones|suggestions|options|movies|films)|try again|don['’]?t (?:like|want) (?:these|those|that one|any|them|the \w+ one|this)|(?:remove|drop|skip|hide|lose) (?:the|that|this|number|#|those|these)\b|doesn['’]?t (?:appeal|interest|sound))"
    r"|不要这|都不(?:喜欢|要|行|想)|换(?:一批|几部|别的|个|一部)|别的|这些不|不感兴趣|不是这",
)
_REQUEST = Caseless(
    r"\b(?:recommend\w*|suggest\w*|looking for|look for|searching for|find (?:me|something)|give me(?! (?:hives|the (?:ick|creeps)|chills|goosebumps|nightmares|an? (?:headache|migraine)))|show me|gimme|i (?:want(?! my)|need|wanna|would like|['’]?d like|fancy|feel like)|in the mood|"
    r"what (?:should|can|could|do you|would you|to|else|movies?|films?)\b|something|anything|any (?:good|other|more|ideas?|movies?|films?|\w+ (?:movies?|films?))|got any|ideas?|(?:how|what) about|movies? (?:like|with|about|from|to)|films? (?:like|with|about|from|to)|help (?:me|us)(?! with (?:my|the|a)\b)|need help (?:choos|pick|find|decid)\w+|would be (?:great|nice|perfect|good|lovely|cool|awesome|ideal)|(?:try|trying|want|like|hope|hoping) to find|find (?:an?|some|us)|what(?:['’]?s| is) a\b|what (?:fits|works|then|goes)|(?:would|['’]d|will|could) (?:quite |really |absolutely )?(?:love|like|fancy|enjoy|appreciate)|fancy an?\b|might there be|is there (?:an?|any|some|anything|something)|are there (?:any|some)|cheer (?:me|us) up|put me in|"
    r"more (?:[\w\-]+ ){0,3}(?:like|stuff|movies|films)|pick (?:me|us|an?|some\w*)\b|\b(?!these|those|the|your|which|what|of|other|more|less)\w+ (?:movies|films)\s*\?|surprise me|entertain me|add (?:some|an?|more)\b|(?:you|u) (?:choose|pick|decide|tell me)|dealer['’]?s choice|(?:your|ur) (?:choice|call|pick)|up to you|up for\b|whatever you (?:think|like|want|recommend)|what(?:['’]?s| is) (?:good|worth watching|new|hot)|(?:i['’]?m|we['’]?re|am|are) (?:so |really |very )?bored\b(?! (?:of|by|with))|who else\b|(?:maybe|perhaps) (?:an?|some)\b|what(?:['’]?s)? next|what else|(?:want|need)\s+(?:an?|some|more|something)\b|more (?:like|please|of)|another|got more|any others?|others?\s*\?|similar\s*\?|(?:can|could|would) you (?:\w+ ){0,2}(?:recommend|suggest|find|show|give|pick|help|think|offer|list|name|tell|do)|do you (?:have|know|think)|let['’]?s (?:see|try|watch)|(?:can|could|would|will) (?:you|we)\s+(?:\w+ ){0,2}(?:narrow|keep|move|switch|limit|stick|restrict|go|skip|leave|change|make|filter|focus|stay|have|do|get|bring)|narrow (?:it|this|that|them) down|please|i['’]?m after|want to (?:watch|see)|what are (?:some|the best))\b|(?<=□) ?[\- ]?(?:type|style|kind|esque|like)(?: of)?[\- ]+(?:movies?|films?|flicks?|stuff|things?|vibes?)\b|推荐|想看|来(?:点|部|一部|几部|个)|找|有没有|有什么|求|给我|换成|还有[^。！]*吗|有没有|类似的",
)
_GREETING = Caseless(
    r"^\W*(?:hi|hello|hey|yo|thanks|thank you|thx|ok|okay|cool|great|nice|perfect|awesome|bye|goodbye|good (?:morning|evening|night)|how are you|lol|haha\w*|sure|got it|sounds good|你好|谢谢|多谢|再见|好的|哈哈|嗨)\b[^?]{0,40}$|^\W*(?:你好|谢谢|多谢|再见|好的|哈哈|嗨)",
)
STEERING = Caseless(
    r"\b(?:ignore|disregard|forget|override|bypass)\b[^.!?\n]{0,40}\b(?:instructions?|prompts?|rules?|guidelines|above|system)\b|\bsystem prompt\b|\byou are now\b|\bpretend (?:to be|you)|\bact as (?:a|an|if)\b|\bjailbreak\b|\bdeveloper mode\b|\breveal\b.*\b(?:prompt|instructions)\b|\bprint\b.*\b(?:prompt|instructions)\b|忽略.{0,12}(?:指令|指示|提示|规则|要求)|系统提示|你现在是",
)
"""Attempts to steer the assistant: such a sentence states no wish."""


_SOMEBODY_WHO = Caseless(r"\b(?:guy|man|woman|lady|person|people|director|actor|actress|one|those|someone)s? who\b")


def early(message: str) -> Intent | None:
    """Intents that the wording alone settles, whatever values the message has."""
    if _START_OVER.search(message):
        return Intent.START_OVER
    if _UNDO.search(message):
        return Intent.UNDO
    if _WHY.search(message):
        return Intent.ASK_WHY
    return None


_RETRACTION = Caseless(
    r"\b(?:actually,?\s+|sorry,?\s+|no,?\s+|wait,?\s+)*(?:(?:i )?take (?:that|it) back|scratch that|(?:forget|ignore|disregard) (?:that|what i (?:just )?said)|i didn['’]?t mean (?:that|it)|我收回|当我没说)\b",
)


def without_retraction(message: str) -> str:
    """What is said beside "I take that back", in the same place; "" where an undo is asked for outright, or nothing."""
    rest = _RETRACTION.sub(lambda match: " " * len(match[0]), message)
    return rest if rest != message and rest.strip(" .,!?") and not _UNDO.search(rest) else ""


def asks_comparison(message: str) -> bool:
    """Whether items are compared."""
    return bool(_COMPARE.search(message))


def asks_item(message: str) -> bool:
    """Whether a question about an item is asked."""
    return bool(_ASK.search(_SOMEBODY_WHO.sub(" ", message)))


_COMPARED_BY_NAME = Caseless(
    r"\bcompare\b|\bin common\b|\bdifference between\b|\bwhich (?:one )?(?:is|was|should|do|would|shall)\b|哪[部个]更|\bvs\.?(?=\s)|\bversus\b|\b(?:which|what|who)(?:['’]s| is| was)? (?:the )?better\b|□[^.!?]{0,12}\b(?:better|worse|\w+ier|more \w+) than\b[^.!?]*□[^.!]*\?|^\W*□+ or (?:the )?□+\W*\?|比较一下|有什么(?:区别|不同)"
)


def compares(message: str) -> bool:
    """Whether named items are to be compared, shown or not: "compare X and Y", "what do X and Y have in common"."""
    return bool(_COMPARED_BY_NAME.search(message))


def more_like(message: str) -> bool:
    """Whether more of the same is asked for."""
    return bool(_MORE_LIKE.search(message))


def says_seen(message: str) -> bool:
    """Whether something was already watched."""
    return bool(_SEEN.search(message)) and not _UNSEEN.search(message)


_IT = Caseless(r"\b(?:it|that|those|them|these)\b|^\W*我?们?(?:都|已经|早就|早)?看过了?\W*$")


def says_seen_it(message: str) -> bool:
    """Whether what was talked of was already watched, without naming it: Chinese leaves the pronoun out."""
    return says_seen(message) and bool(_IT.search(message))


def says_unseen(message: str) -> bool:
    """Whether something was not watched yet."""
    return bool(_UNSEEN.search(message))


_ASKED_BACK = Caseless(
    r"\b(?:have|did|do) you (?:ever |also |really |like )*(?:see|seen|watch|watched|like|liked|enjoy|love|hear of|heard of|know)\b[^.!]*\?",
)


_TAG = Caseless(
    r",\s+(?:(?:is|was|did|does|are|were|has|do)(?:n['’]?t)? (?:it|he|she|they|that))\s*\?*\s*$|,?\s+right\s*\?\s*$",
)


def asks_back(message: str) -> bool:
    """Whether a question about a film is asked as one asks a person: "have you seen X?", "… is by Y, isn't it"."""
    return bool(_ASKED_BACK.search(message) or _TAG.search(message))


def rejects(message: str) -> bool:
    """Whether what was shown is refused."""
    return bool(_REJECT.search(message))


_THANKS = Caseless(
    r"\b(?:great|good|nice|excellent|perfect|lovely|interesting|the) (?:ideas?|suggestions?)\b(?!\s+(?:for|of|about))|\bthat sounds? like\b|\byou get the idea\b|\b(?:is|was|are|were) (?:[\w'’\-]+ ){0,5}(?:movies?|films?) (?:like|with|about|from|to|ever)\b|\b(?:want|going|like) to (?:see|watch|check) (?:it|that|them)\b|\bd(?:o|id)(?:n['’]?t| not)?(?: do)? anything for\b|\binterested in anything\b|\bgive me □+ (?:over|any day)|\b(?:do|did|have) you (?:ever |also |really |personally )?(?:like|love|see|seen|watch|watched|enjoy|enjoyed|hear|heard)\b[^.!?]*|\b(?:thanks?|thank you|thx|appreciate)\b[^.!?]{0,60}\b(?:suggest|recommend|help|idea)\w*|\bi(?:['’]ll| will) (?:\w+ )?(?:check|look|give|try)\b[^.!?]{0,60}",
)


def requests(message: str) -> bool:
    """Whether something to watch is asked for; thanks for a suggestion ask for none."""
    return bool(_REQUEST.search(_THANKS.sub(" ", message)))


_OUT_OF_SCOPE = Caseless(
    r"\bhelp (?:me|us) with (?:my|the|our)\b[^.!?,]*|\b(?:tell|write|sing|make|read|cook|draw|compose|solve|translate|calculate|fix|debug)\b(?: (?:me|us))?\b[^.!?]{0,24}\b(?:jokes?|poems?|songs?|haiku|recipes?|essays?|code|script|homework|e-?mails?|letters?|dinner|lunch|sentences?|equations?|python|sandwich|stories)\b(?:(?!\band\b)[^.!?,])*"
    r"|\b(?:book|order|reserve|buy|get|call)\b(?: (?:me|us))?\b[^.!?]{0,30}\b(?:tables?|tickets?|flights?|pizzas?|taxis?|cabs?|hotels?|rooms?|restaurants?|food|groceries|uber)\b(?:(?!\band\b)[^.!?,])*"
    r"|\bwhat(?:['’]?s| is) \d+ ?(?:percent|%|plus|minus|times|divided by|x|\*|\+)[^.!?]*|\b(?:weather|forecast)\b(?![^.!?]*\b(?:movies?|films?)\b)[^.!?]*|\b(?:temperature|football score|stock (?:price|market)|bitcoin|capital of|president|prime minister|exchange rate|alarm|timer|what time (?:is it|it is)|square root)\b(?![^.!?]*\b(?:movies?|films?)\b)"
    r"|\bdo you (?:speak|eat|sleep|dream|drink|dance|sing|exist)\b[^.!?]*|\b(?:are you|would you call yourself|do you consider yourself|were you)\b(?! (?:able|going|sure|saying|suggesting|recommending|familiar|aware))[^.!?]*|\bwho (?:made|built|created|trained|programmed) you\b[^.!?]*|\bwhat(?:['’]s| is) your name\b",
)


def without_other_matters(message: str) -> str:
    """The message with what has nothing to do with films blotted out: "book a table", "are you a robot?"."""
    return _OUT_OF_SCOPE.sub(lambda match: " " * len(match[0]), message)


_FEEL = (
    r"(?:love|loved|loves|like|liked|likes|enjoy|enjoyed|enjoys|adore|adored|adores|hate|hated|hates|dislike|dislikes|disliked|detest|despise|loathe|dig|appreciate|"
    r"(?:ca|could)(?:n['’]?t|nnot| not) (?:stand|bear)|can not stand|(?:not )?(?:really )?feeling|(?:have|has|had|['’]ve) (?:always had )?an? (?:\\w+ )?(?:soft spot|weakness|thing) for|(?:do|does|did)(?:n['’]?t| not)(?: \w+){0,2} (?:like|love|enjoy|care for)|never (?:liked|cared for|got into)|"
    r"(?:am|are|is|was|were)(?:n['’]?t| not)?(?: (?:an?|really|so|very|big|huge|such|totally|not|the|too|just|\w+ly|absolute))* (?:fans?|into|obsessed|fond|crazy|tired|sick|bored|done|over|allergic|scared|afraid|keen|interested in))"
)
_SELF = r"(?:i|we|he|she|they|(?:my|our|the) [\w\-]+(?: and (?:i|me|my \w+))?|everyone|everybody|most of us|both of us)"
_OFTEN = r"(?:\s+(?:really|also|just|do|did|still|both|all|always|usually|mostly|generally|especially|particularly|normally|typically|tend to|kind of|sort of|absolutely|actually|honestly|personally|\w+ly))*"
TELLING = Caseless(
    rf"\b{_SELF}{_OFTEN}\s+{_FEEL}\b|\b(?:i|we|they|he|she)['’](?:m|re|s)(?: (?:an?|really|so|very|big|huge|such|totally|not|the|too|just|\w+ly|absolute))* (?:fans?|into|obsessed|fond|crazy|tired|sick|bored|done|over|allergic|scared|afraid|interested in|keen on)\b"
    rf"|^\W*(?:(?:and|but|also|really|absolutely|yes|no|yeah|oh|ok|well|honestly|personally|huge|big|not a|a|not)\b[\s,]*)*(?:{_FEEL}|fans? of|into)\b"
    r"|\b(?:not|never|isn['’]?t|big|huge|i['’]?m|i am)\b(?: (?:really|such|been|an?|the|big|huge|much of an?))*(?: [\w\-]+){0,3} fans?\b"
    r"|\b(?:is|are|was|were)(?:n['’]?t| not)? (?:\w+ )?(?:my|our|his|her|the best|great|boring|overrated|always|not for|too|so|out of the question|off the table)\b|['’]s (?:out of the question|off the table|not my thing)|\b(?:my|our) (?:\w+ )?favou?rites?\b[^.!?]{0,40}\b(?:is|are|was|has to be)\b|\bforever\W*$|\bget me started on\b|\bmakes? me\b|\bbores? me\b|\b(?:i|we) (?:find|think|thought|found)\b"
    r"|^\W*(?:我)?(?:不太?喜欢|讨厌|最?喜欢|超喜欢|最爱|超爱)|(?:我|我们|老婆|老公|孩子|女朋友|男朋友|爸|妈)[^，。！？]{0,4}(?:喜欢|爱看|讨厌|不爱|受不了)",
)
"""A statement of taste: "I love thrillers", "comedies are my favourite"."""


def tells(words: str) -> bool:
    """Whether these words, with which a sentence begins, say what somebody likes or not."""
    return bool(TELLING.search(words))


def greets(message: str) -> bool:
    """Small talk: greetings, thanks and the like."""
    return bool(_GREETING.search(message))


_COMPARED = Caseless(
    r"\b(?:older|newer|shorter|longer|lighter|darker|funnier|scarier|slower|faster|happier|sadder|better known|less \w+|too (?!much|many)\w+)\b|更|点$|太",
)


def compared(message: str) -> bool:
    """Whether something is said to be too long, or wanted shorter: that changes the request, and refuses no card."""
    return bool(_COMPARED.search(message))


_CRITIQUE = Caseless(
    r"\b(?:older|newer|shorter|longer|lighter|darker|funnier|scarier|too \w+|less|more|lesser|another|others?|next|different|forget|drop|never ?mind|whatever|any (?:year|genre|length|language|country)|doesn['’]?t matter|after all)\b|更|点$|一些|无所谓|不限|不管|也可以",
)


def critiqued(message: str) -> bool:
    """Whether what was shown is compared with what is wanted."""
    return bool(_CRITIQUE.search(message))


_RESET = Caseless(
    r"\b(?:(?:let['’]?s|can we|please|ok(?:ay)?|i want to)\s+)*(?:start(?:ing)? (?:over|again|fresh|from scratch|anew)|from scratch|begin again|new search|reset|"
    r"(?:forget|clear|scrap|drop) (?:everything|it all|all of (?:it|that)))\b|重新开始|从头(?:开始|再来)|重来|重置|清空",
)
_NAMES_WHAT = Caseless(
    r"^\W*(?:an?|some|any|the best|good)\b[^.!?]*\b(?:movies?|films?|flicks?|comed(?:y|ies)|thrillers?|dramas?|westerns?|one)\b|\bwith\b[^.!?]*\bplease\b|^\W*(?:movies?|films?)\b",
)
_HATES = Caseless(
    r"\b(?:hate|dislike|can['’]?t stand|cannot stand|don['’]?t (?:really )?(?:like|enjoy)|do not like|despise|loathe|not a (?:big |huge )?fan of|am not into|['’]m not into|not (?:really )?(?:into|feeling|in the mood for)|allergic to|out of the question|off the table|(?:sick|tired|bored) of|(?:so )?(?:over|done with)|did(?:n['’]?t)? (?:anything|nothing) for me|did nothing)\b|讨厌|不喜欢|受不了",
)
_PRAISES = Caseless(
    r"^\W*(?:[^.!?]*\b(?:i|we)\s+(?:really\s+|absolutely\s+|also\s+)?(?:love|loved|prefer|adore|enjoy|enjoyed|like|liked)\b|[^.!?]*\bfan of\b)",
)


def without_reset(message: str) -> str:
    """The message without the words that start over."""
    return _START_OVER.sub(" ", _RESET.sub(" ", message))


def names_what(message: str) -> bool:
    """Whether a kind of film is named, which asks for one: "a Pixar movie"."""
    return bool(_NAMES_WHAT.search(message))


def only_hates(message: str) -> bool:
    """Whether something is refused and nothing asked for."""
    return bool(_HATES.search(message))


def praises_first(message: str) -> bool:
    """Whether the message is mainly about what the person loves."""
    return bool(_PRAISES.search(message))


_LOVED_IT = Caseless(
    r"(?:^\W*|\b(?:i|we) (?:really |absolutely |just |also |both )*)(?:loved|liked|enjoyed|adored|love) (?:it|that|them|those|both|this one|this movie|this film)\b",
)
_HATED_IT = Caseless(
    r"(?:^\W*|\b(?:i|we) (?:really |absolutely |just |also )*)(?:hated|hate|disliked|didn['’]?t (?:really )?(?:like|enjoy)|did not (?:really )?(?:like|enjoy)) (?:it|that|them|those|both|this one|this movie|this film)\b",
)


def felt(message: str) -> Intent | None:
    """A feeling about what was talked of, without naming it."""
    return Intent.LIKE if _LOVED_IT.search(message) else Intent.DISLIKE if _HATED_IT.search(message) else None
