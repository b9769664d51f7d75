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
    r"\b(?:forget|drop|remove|ignore|lift|cancel|scrap|never\s?mind|doesn['’]?t have to be|needn['’]?t be|"
    r"don['’]?t need|not necessarily)\s+(?:about\s+)?(?:(?:the|that|my|it being|being|no|from|a|it to be)\s+)*$",
    re.I,
)
"""Words before something on the profile that take it off again."""


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
