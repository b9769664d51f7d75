"""What has been gathered from one utterance so far, while it is being understood."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from chatbot.acts import Act
from chatbot.conversation import Conversation
from chatbot.lexicon import Lexicon
from chatbot.profile import Limit, Preference, Removal
from retrieval.text import Token

FORGET = re.compile(
    r"\b(?:forget(?: what i said)?|take back|clear|lose|drop|remove|ignore|lift|cancel|scrap|never\s?mind|doesn['’]?t have to be|needn['’]?t be|"
    r"don['’]?t need|not necessarily)\s+(?:about\s+)?(?:(?:the|that|my|it being|being|no|from|a|it to be)\s+)*$",
    re.I,
)
"""Words before something on the profile that take it off again."""

RELAXED = re.compile(
    r"^\s*(?:is|are|would be)\s+(?:also\s+|totally\s+)?(?:fine|ok|okay|alright|no problem)\b", re.I
)
"""Words after a limit that lift it: "more than two hours is fine"."""
REPAIR = re.compile(
    r"^\s*(?:no|nope|nah|oh)\b[\s,]*(?:wait\b[\s,]*)?(?:sorry\b[\s,]*)?(?:actually\b[\s,]*)?"
    r"(?:i (?:meant|mean|said)\b|make (?:it|that)\b|(?=the \d{4}\b))",
    re.I,
)
"""How a visitor starts to put right what was misunderstood; it negates nothing that follows."""
_ASKS = re.compile(
    r"^\s*(?:(?:and|so|but|ok|okay|hmm|well|then|wait)[\s,]+)*(?:(?:the|number|what about)\b[^?]{1,30}?[:,?]\s*)?"
    r"(?:is|are|was|were|does|do|did|has|have|can|could|who|what|whats|when|where|how|which|whos)(?:['’]s)?\b",
    re.I,
)
_ASKS_FOR_ITEMS = re.compile(
    r"\b(?:like|similar|something|anything|any|some|should i|can i|could i|shall|recommend|suggest|else|more|other|"
    r"have you got|do you have (?:a|an|any)|give|show|find|want|looking)\b",
    re.I,
)


@dataclass
class Reading:
    """An utterance with its tokens and its place in the conversation, and what it turned out to say."""

    text: str
    words: Sequence[Token]
    conversation: Conversation
    lexicon: Lexicon
    turn: int
    wants: list[Preference] = field(default_factory=list)
    avoids: list[Preference] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    liked: list[str] = field(default_factory=list)
    disliked: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    about: list[str] = field(default_factory=list)
    unclear: str = ""
    unknown: list[str] = field(default_factory=list)


def is_question(text: str) -> bool:
    """Whether an utterance asks something of an item, and does not ask for items."""
    return bool(_ASKS.search(text)) and not _ASKS_FOR_ITEMS.search(text)
