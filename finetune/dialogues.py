"""Conversations with another recommender, read as if they were ours (FORMATS: dialogues).

What the recommender said is heard: the items that it names are what "it" and "those" mean next.
What the seeker said is understood, and ends in the profile.
"""

import html
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from chatbot.conversation import Conversation, Turn
from chatbot.lexicon import Lexicon
from chatbot.mentions import link
from chatbot.understand import understand
from finetune.json_lines import read_rows
from retrieval.text import clean, tokens

LONGEST = 2000  # characters of a turn that are read


class Said(BaseModel):
    """One turn of a dialogue; `items` are those that the file links in it."""

    model_config = ConfigDict(extra="forbid")
    role: Literal["user", "assistant"]
    text: str
    items: list[str] = []


class Answer(BaseModel):
    """What a seeker said of an item when asked afterwards: 0 no, 1 yes, 2 did not say."""

    model_config = ConfigDict(extra="forbid")
    suggested: int
    seen: int
    liked: int


class Dialogue(BaseModel):
    """A conversation, and the seeker's own answers on its items."""

    model_config = ConfigDict(extra="forbid")
    id: str
    turns: list[Said]
    feedback: dict[str, Answer] = {}


def read_dialogues(path: Path) -> Iterator[Dialogue]:
    """The dialogues of a JSON Lines file, gzipped or not. Raises TastemakerError naming the line."""
    return read_rows(path, Dialogue, "dialogue")


def titles_in(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The ids of the items whose titles a text names, in order, each once."""
    mentions = link(text, tokens(text), lexicon)
    return tuple(dict.fromkeys(m.senses[0].value for m in mentions if m.kind == "title"))


def heard(dialogue: Dialogue, lexicon: Lexicon, catalogue: str = "") -> Conversation:
    """The conversation that a dialogue amounts to, with the profile at its end."""
    conversation = Conversation(dialogue.id, catalogue)
    for said in dialogue.turns:
        conversation = hear(conversation, said.role, said.text, lexicon)
    return conversation


def hear(conversation: Conversation, role: str, said: str, lexicon: Lexicon) -> Conversation:
    """A conversation after one more utterance of somebody else's dialogue."""
    text = clean(html.unescape(said), LONGEST)
    if role == "assistant":
        return conversation.heard(text, titles_in(text, lexicon) or conversation.focus)
    understanding = understand(text, conversation, lexicon)
    about = understanding.about or conversation.focus
    acts = tuple(a.act for a in understanding.acts)
    conversation = conversation.changed(understanding.change)
    turn = Turn(text, "", "talk", acts, about=about)
    return replace(conversation, turns=(*conversation.turns, turn))
