"""Simulated talk of two people about a catalogue: one says what it likes and wishes, one suggests.

The seeker has one item in mind and likes others that are like it (`tastes.py`). It names a few of those,
and wishes for what the record of the first says (`sought.py`); the other suggests the first and some that
are like it, in any order. Each suggestion makes a sample, as a dialogue between people would. No title is
said, or can be put together from what is said (`secret.py`), before it is suggested.
"""

import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal

from chatbot.lexicon import Lexicon
from chatbot.words.filler import function_words
from finetune import small_talk
from finetune.samples import Message, Sample
from finetune.secret import Secret, folded_words, main_words
from finetune.sought import about, persona_of
from finetune.tastes import Manner, Tastes, several
from retrieval.find import Retriever
from retrieval.item import Item
from retrieval.text import singular

TRIES = 8  # draws, and wordings, before something is left out
SUGGESTIONS = (2, 4)  # of one conversation, least and most
TWO_AT_ONCE = 0.2
WITH_YEAR = 0.3  # of titles, said with their year
TOPIC = 6  # words in a row that are said of an item's prose, at most
SOURCE = "simulated"
Companion = Callable[[Collection[int]], int]


@dataclass
class _Talk:
    """One conversation while it is made. `words` are all that were said by anybody."""

    secrets: dict[int, Secret]
    """Of what is still to be suggested, by row."""
    context: list[Message] = field(default_factory=list)
    mentioned: dict[str, None] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)

    def is_told_by(self, text: str) -> bool:
        return any(secret.is_told_by(text, self.words) for secret in self.secrets.values())

    def said(self, text: str) -> str:
        self.words |= {singular(w) for w in folded_words(text)}
        return text


class Simulation:
    """Simulated talk about a catalogue, numbered from 0. The same number, seed, manner and catalogue give
    the same talk."""

    def __init__(
        self,
        retriever: Retriever,
        lexicon: Lexicon,
        manner: Manner,
        seed: int,
        hidden: Collection[str] = (),
    ) -> None:
        self._retriever, self._lexicon, self._manner = retriever, lexicon, manner
        self._seed = seed
        self._tastes = Tastes(retriever, manner, hidden)
        self._items = list(retriever.catalogue.items.values())
        self._sharing: dict[str, list[str]] = {}
        for item in self._items:
            for word in main_words(item.title):
                self._sharing.setdefault(word, []).append(item.title)

    def talk(self, n: int) -> list[Sample]:
        """The samples of conversation `n`; none where the catalogue has too little to talk about."""
        if not self._items:
            return []
        dice = random.Random(f"{self._seed}/{n}")
        first = self._tastes.one(dice)
        secrets = {first: self._secret(first)}

        def companion(found: Collection[int]) -> int:
            return self._tastes.companion(first, dice, {*secrets, *found})

        def is_apart(row: int) -> bool:
            apart = self._apart(row, secrets)
            if apart:
                secrets[row] = self._secret(row)
            return apart

        several(dice.randint(*SUGGESTIONS) - 1, companion, is_apart, TRIES)
        named = self._manner.named
        count = dice.choices(range(len(named)), named)[0]
        liked = several(count, companion, lambda r: not self._tells(r, secrets), TRIES)
        order = dice.sample(list(secrets), len(secrets))
        talk = _Talk(dict(secrets))
        pieces = self._pieces(first, liked, n, dice, companion)
        return self._conversation(n, order, pieces, talk, dice)

    def _conversation(
        self, n: int, order: list[int], pieces: list["Piece"], talk: _Talk, dice: random.Random
    ) -> list[Sample]:
        chat = self._manner.chat
        if dice.random() < chat:
            self._say("user", small_talk.HELLO, talk, dice)
            self._say("assistant", small_talk.WELCOME, talk, dice)
        found: list[Sample] = []
        opening = True
        while order:
            self._turn(pieces, talk, dice, opening)
            if opening and pieces and dice.random() < chat:
                self._say("assistant", small_talk.ASKED, talk, dice)
                self._turn(pieces, talk, dice, opening)
            opening = False
            now = [order.pop() for _ in range(min(len(order), 1 + (dice.random() < TWO_AT_ONCE)))]
            ids = tuple(self._items[row].id for row in now)
            if talk.context and talk.context[-1].role == "user":
                found.append(
                    Sample(
                        id=f"{SOURCE}/{n}/{len(found)}",
                        dialogue=f"{SOURCE}/{n}",
                        context=tuple(talk.context),
                        mentioned=tuple(talk.mentioned),
                        labels=ids,
                        source=SOURCE,
                        catalogue=self._retriever.catalogue.name,
                    )
                )
            for row in now:
                del talk.secrets[row]
            ways = small_talk.SUGGESTED[len(now) - 1]
            if not self._say("assistant", ways, talk, dice, [self._items[row] for row in now]):
                break
        return found

    def _turn(self, pieces: list["Piece"], talk: _Talk, dice: random.Random, opening: bool) -> None:
        """What the seeker says: a reaction to what was suggested, and the next of what there is to say."""
        said: list[str] = []
        if not opening:
            ways = small_talk.KNOWN if dice.random() < 0.5 else small_talk.UNKNOWN
            said.append(self._worded(ways, talk, dice))
        wanted = dice.randint(1, 2) if opening else int(dice.random() < 0.5)
        now, pieces[:wanted] = pieces[:wanted], []
        said += [piece(talk, dice) for piece in now]
        if not opening and len(said) < 2:
            said.append(self._worded(small_talk.FURTHER, talk, dice))
        said = [s for s in said if s] or [self._worded(small_talk.OPEN, talk, dice)]
        whole = " ".join(s if s.endswith((".", "?", "!")) else f"{s}." for s in said if s)
        # a title may come of the end of one thing said and the beginning of the next
        texts = said if talk.is_told_by(whole) else [whole]
        talk.context += [Message(role="user", text=text) for text in texts if text]

    def _say(
        self,
        role: Literal["user", "assistant"],
        ways: Sequence[str],
        talk: _Talk,
        dice: random.Random,
        items: Sequence[Item] = (),
    ) -> bool:
        text = self._worded(ways, talk, dice, items)
        if text:
            talk.context.append(Message(role=role, text=text))
        return bool(text)

    def _worded(
        self, ways: Sequence[str], talk: _Talk, dice: random.Random, items: Sequence[Item] = ()
    ) -> str:
        """One of the ways, with titles, that tells no secret; empty where all do."""
        names = {
            place: item.label() if dice.random() < WITH_YEAR else item.title.strip() or item.id
            for place, item in zip("abc", items, strict=False)
        }
        for way in dice.sample(ways, min(len(ways), TRIES)):
            text = way.format(**names)
            if not talk.is_told_by(text):
                talk.mentioned |= dict.fromkeys(item.id for item in items)
                return talk.said(text)
        return ""

    def _pieces(
        self, first: int, liked: list[int], n: int, dice: random.Random, companion: Companion
    ) -> list["Piece"]:
        """What the seeker has to say, in any order: wishes, what it should be about, and what it liked,
        one or several at once."""
        columns, schema = self._retriever.columns, self._lexicon.schema
        manner = self._manner
        wished = companion(()) if dice.random() < manner.loose else first
        sought = about(self._items[wished], schema, columns, persona_of(n), dice)
        pieces = [_said(s.ways) for s in sought.wishes if dice.random() < manner.wished]
        topic = self._topic(first, dice) if dice.random() < manner.told else ""
        if topic:
            ways = [(way.format(a=topic), ()) for way in small_talk.ABOUT]
            pieces.insert(dice.randint(0, len(pieces)), _said(ways))
        while liked:
            size = dice.randint(1, min(len(liked), len(small_talk.LIKED)))
            now, liked = [self._items[row] for row in liked[:size]], liked[size:]
            # wishes keep their order: only the first is worded as one that stands alone
            pieces.insert(dice.randint(0, len(pieces)), self._liking(now))
        return pieces

    def _topic(self, row: int, dice: random.Random) -> str:
        """A few words in a row of what an item's record says in prose, from one that says something to
        another; empty where it says nothing."""
        prose = self._lexicon.schema.named("description")
        words = " ".join(str(self._items[row].fields.get(f) or "") for f in prose).split()
        telling = [n for n, w in enumerate(words) if main_words(w) and w[0].islower()]
        telling = [n for n in telling if not set(main_words(words[n])) & function_words()]
        if not telling:
            return ""
        start = dice.choice(telling)
        end = max(n for n in telling if n < start + TOPIC)
        return " ".join(words[start : end + 1]).strip(".,;:!?()\"'")

    def _liking(self, items: list[Item]) -> "Piece":
        def say(talk: _Talk, dice: random.Random) -> str:
            return self._worded(small_talk.LIKED[len(items) - 1], talk, dice, items)

        return say

    def _secret(self, row: int) -> Secret:
        """The title of a row, with the titles that its words could also mean."""
        item = self._items[row]
        words = main_words(item.title)
        sharing = min((self._sharing[w] for w in words), key=len, default=[])
        return Secret(item, sharing)

    def _tells(self, row: int, secrets: dict[int, Secret]) -> bool:
        title = self._items[row].label()
        return not title.strip() or any(s.is_told_by(title) for s in secrets.values())

    def _apart(self, row: int, secrets: dict[int, Secret]) -> bool:
        """Whether a row's title tells none of the others, nor they it."""
        own = self._secret(row)
        others = (self._items[r].label() for r in secrets)
        return not self._tells(row, secrets) and not any(own.is_told_by(t) for t in others)


Piece = Callable[[_Talk, random.Random], str]


def _said(ways: Sequence[tuple[str, object]]) -> Piece:
    def say(talk: _Talk, dice: random.Random) -> str:
        for text, _ in dice.sample(ways, min(len(ways), TRIES)):
            if not talk.is_told_by(text):
                return talk.said(text)
        return ""

    return say
