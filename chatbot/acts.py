"""Dialogue acts: what a visitor does by saying something. Several can be in one utterance."""

import re
from dataclasses import dataclass
from typing import Literal

ActName = Literal[
    "greet", "thank", "bye", "restart", "undo", "request-recommendation", "request-more",
    "request-alternative", "request-explanation", "compare", "inquire-item", "inquire-profile",
    "inquire-system", "accept", "affirm", "deny", "no-preference", "inform", "negate", "critique",
    "like", "dislike", "seen", "revoke", "off-topic",
]  # fmt: skip


@dataclass(frozen=True)
class Act:
    """One dialogue act and the visitor's words that it was read from."""

    act: ActName
    quote: str


_THING = r"(?:films?|movies?|ones?|suggestions?|recommendations?|options?|ideas?|items?|titles?|books?|games?)"
_PATTERNS: tuple[tuple[ActName, str], ...] = (
    ("restart", r"\b(?:start (?:over|again|afresh)|restart|from scratch|forget (?:everything|all)|clear (?:everything|all|my profile)|new search|reset)\b"),
    ("undo", r"^\s*(?:undo|oops)\b|\b(?:undo that|take that back|scratch that|forget (?:that|what i just said))\b"),
    ("inquire-profile", r"\bwhat (?:do|have) you (?:know|learned|learnt|remember|got)(?: \w+)? (?:about|on|of) me\b|\bmy (?:profile|preferences)\b|\bwhat have i (?:said|told you)\b"),
    ("inquire-system", r"\b(?:who|what) are you\b|\bare you (?:a |an )?(?:bot|robot|human|real|person|ai|chatgpt)\b|\bwhat can you do\b|\bhow (?:do|does) (?:you|this|it) work\b|^\s*help\s*[?!.]*$|\bcan you help\b(?! me find)|\bwhat is this\b(?! film| movie| one| about)"),
    ("request-explanation", r"\bwhy\b(?! not\b)(?!,)|\bexplain\b|\bwhat makes\b|\bhow come\b|\bwhat(?:['’]s| is) the reason\b"),
    ("compare", rf"\bcompare\b|\bdifferences?\b[^.?!]* between\b|\bversus\b|\bvs\b\.?|\bwhich (?:{_THING} )?(?:is|are|was) (?:the )?(?:better|best|longer|longest|shorter|shortest|newer|newest|older|oldest|funnier|funniest|scarier|scariest)\b|\bwhich of (?:these|them|those|the two)\b"),
    ("inquire-item", r"\bwho(?:['’]s| is| was| are)?\s+(?:directed|made|wrote|stars?|starring|plays?|acts?|in|the (?:director|actor|lead|cast)|its director)\b|\bhow long (?:is|are|was|does)\b|\bwhat year\b|\bwhen (?:was|is|did|were)\b|\bwhat(?:['’]s| is| are| was)\b[^.?!]* about\b|\btell me (?:more |a bit more |something )?about\b|\bmore (?:info|information|details?|on)\b|\bwhere (?:is|was|does)\b[^.?!]* (?:set|from|made|place)\b|\bwhat genre\b|\bwhat(?:['’]s| is) the (?:plot|story|runtime|rating|cast|genre|length)\b|\bis (?:it|that|this|the \w+(?: one)?)(?: one| film| movie)? (?:any good|good|scary|violent|sad|funny|long|old|suitable|gory|ok for|okay for|in english|in colour|in color|black and white)\b|\bdoes (?:it|that|this|the \w+(?: one)?) have\b|\bwhat happens in\b|\bhave you (?:heard of|got)\b|\bdo you (?:have|know)\b(?! (?:any|some|what|good|a good|an?\b|more|other))"),
    ("request-alternative", rf"\b(?:something|anything|somewhere) (?:else|different)\b|\bnone of (?:these|those|them)\b|\b(?:different|other) {_THING}\b|\bnot (?:these|those)\b|\btry again\b|\bi don['’]?t like any\b|\banother (?:list|set|batch)\b|\bdifferent\s*[.!?]*$"),
    ("request-more", rf"^\s*(?:ok(?:ay)?[, ]+|and |yes[, ]+|some )?(?:more|next|another(?: one)?|others?)(?: {_THING})?(?:,? please)?\s*[.!?]*$|\bshow (?:me )?(?:some )?more\b(?! (?:like|about))|\bany(?:thing)? (?:more|others?)\b|\bgive me (?:some )?more\b\s*(?:{_THING})?\s*[.!?]*$|\bwhat else\b|\bkeep going\b|\bmore (?:like (?:this|these|that|those)|of (?:these|those|the same)|{_THING}|please)\b|\ba few more\b|\banother one\b"),
    ("no-preference", r"\b(?:surprise me|whatever|you (?:choose|pick|decide)|dealer['’]?s choice|no preference|up to you|doesn['’]?t matter|don['’]?t (?:mind|care)|not (?:picky|fussy)|anything (?:is fine|goes|will do|works|really)|random(?:ly)?|either is fine|just (?:show|give|tell|recommend|pick|suggest)(?: me)?|no idea)\b|^\s*(?:anything|either|any|skip)\s*[.!?]*$"),
    ("greet", r"^\s*(?:hi|hello|hey|hiya|howdy|yo|greetings|good (?:morning|evening|afternoon|day))\b"),
    ("thank", r"\b(?:thanks|thank you|thx|ty|cheers|much appreciated)\b"),
    ("bye", r"\b(?:good ?bye|bye|see you|see ya|good ?night|that['’]?s all|i['’]?m done|have a (?:nice|good|great) (?:day|evening|night|one))\b"),
    ("accept", r"\bi(?:['’]?ll| will| am going to|['’]?m going to|['’]?m gonna) (?:watch|take|try|go (?:with|for)|check)\b|\b(?:sounds|looks) (?:good|great|perfect|interesting)\b|\bthat(?:['’]s| is) (?:perfect|great|the one|it)\b|\blet['’]?s (?:watch|go with|do)\b|^\s*(?:perfect|great|excellent|brilliant|lovely|awesome|nice)\s*[.!]*$"),
    ("affirm", r"^\s*(?:yes|yeah|yep|yup|sure|ok|okay|of course|definitely|absolutely|please do)\b"),
    ("deny", r"^\s*(?:no|nope|nah|not really)\s*(?:[,.!]|$|thanks|thank you)"),
    ("request-recommendation", rf"\b(?:recommend|suggest|suggestions?|recommendations?)\b|\bwhat (?:should|can|could|shall|do) (?:i|we)\b[^.?!]*\b(?:watch|see|read|play|buy|get|try)\b|\blooking for\b|\bfind me\b|\bshow me\b|\bgive me\b|\bi(?:['’]d| would)? (?:want|like|need|fancy|feel like)\b[^.?!]*\b(?:{_THING}|something|watch|see)\b|\b(?:something|anything) to (?:watch|read|play|see)\b|\bany (?:good )?{_THING}\b|\bin the mood for\b|\b(?:watch|movie|film) (?:night|tonight)\b|\bgood (?:film|movie)s?\b|^\s*(?:i(?:['’]m| am) )?bored\b"),
)  # fmt: skip
_COMPILED = tuple((name, re.compile(pattern, re.I)) for name, pattern in _PATTERNS)
CHATTER: frozenset[ActName] = frozenset({"greet", "thank", "bye", "accept", "affirm", "deny", "inquire-system"})
"""Acts that ask for nothing by themselves."""


def find_acts(text: str) -> list[tuple[Act, int, int]]:
    """The acts that fixed phrases show, each with the characters that show it."""
    found = [(name, pattern.search(text)) for name, pattern in _COMPILED]
    return [(Act(name, m[0].strip()), m.start(), m.end()) for name, m in found if m]
