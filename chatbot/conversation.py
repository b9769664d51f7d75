"""A conversation is a value: `respond` takes one and gives the next."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from chatbot.profile import SIMILAR, Profile, ProfileChange, apply
from chatbot.words import languages, pattern

Action = Literal["recommend", "ask", "answer", "compare", "explain", "talk"]
Reaction = Literal["like", "dislike", "seen", "hide", "click", "save", "convert"]
REACTIONS: tuple[Reaction, ...] = ("like", "dislike", "seen", "hide", "click", "save", "convert")


@dataclass(frozen=True)
class Option:
    """An answer to a question, and how many items would be left after it."""

    value: str
    remaining: int


@dataclass(frozen=True)
class Question:
    """The one question worth asking: over a facet, with what it is expected to tell (bits)."""

    facet: str
    text: str
    options: tuple[Option, ...]
    expected_bits: float


@dataclass(frozen=True)
class Turn:
    """What was said and shown in one turn. `about` are the items that were talked about."""

    utterance: str
    reply: str
    action: Action
    acts: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    question: Question | None = None
    about: tuple[str, ...] = ()
    language: str = "en"
    """The one that was spoken, or last spoken before a turn by hand; the reply is in it."""
    sponsored: tuple[str, ...] = ()
    """Of what was shown, what was labelled so: the label goes wherever the turn is shown again."""

    @property
    def asks_if_seen(self) -> bool:
        """Whether the reply asked if something was seen, so that "yes" means that it was."""
        return any(
            pattern("talk", "question.seen", name).search(self.reply) for name in languages()
        )


@dataclass(frozen=True)
class Conversation:
    """All that one visitor has said and been shown. `past` are earlier profiles, for undo; `moment` is
    when and where they are, in words of the site's own ("device": "phone"), if it says so."""

    id: str
    catalogue: str
    turns: tuple[Turn, ...] = ()
    profile: Profile = field(default_factory=Profile)
    past: tuple[Profile, ...] = ()
    past_turns: tuple[int, ...] = ()
    """How many turns there were when each of `past` was left, the latest last; what was stored before
    this was kept has fewer."""
    hidden: tuple[str, ...] = ()
    moment: Mapping[str, str] = field(default_factory=dict)
    page: str = ""
    """The item whose page the visitor looks at, if the site says so."""
    page_opened: int = 0
    """How many turns there were when they came there."""

    @property
    def shown(self) -> tuple[str, ...]:
        """Every item ever shown here."""
        return tuple(dict.fromkeys(id for turn in self.turns for id in turn.shown))

    @property
    def last_shown(self) -> tuple[str, ...]:
        """The items of the latest list, which "the second" counts in; none right after starting over."""
        return next((turn.shown for turn in reversed(self.latest) if turn.shown), ())

    @property
    def undone_shown(self) -> tuple[str, ...]:
        """The list that stood before the last change of the profile, which an undo brings back."""
        turns = self.turns[: self.past_turns[-1]] if self.past_turns else ()
        return replace(self, turns=turns).last_shown

    @property
    def latest(self) -> tuple[Turn, ...]:
        """The turns since the visitor last started over, that one included."""
        began = max((n for n, turn in enumerate(self.turns) if "restart" in turn.acts), default=0)
        return self.turns[began:]

    @property
    def focus(self) -> tuple[str, ...]:
        """The items that "it" means: that of a page which was opened since the last turn; else those the
        last turn was about; else, as long as nothing was shown, that of the page."""
        about = self.turns[-1].about if self.turns else ()
        looked_at = (self.page,) if self.page else ()
        if self.page_opened == len(self.turns):
            return looked_at or about
        return about or (() if self.last_shown else looked_at)

    @property
    def language(self) -> str:
        """The language of the latest turn, which goes on until another is spoken."""
        return self.turns[-1].language if self.turns else "en"

    @property
    def asked(self) -> frozenset[str]:
        """Facets that were asked about."""
        return frozenset(turn.question.facet for turn in self.turns if turn.question)

    def heard(self, reply: str, about: tuple[str, ...]) -> "Conversation":
        """With something that another recommender said, and the items that it was about."""
        return replace(
            self, turns=(*self.turns, Turn("", reply, "talk", about=about, language=self.language))
        )

    def changed(self, change: ProfileChange) -> "Conversation":
        """With the profile changed; an undo goes back to the one before the last change."""
        if change.undo and self.past:
            past, turns = self.past[:-1], self.past_turns[:-1]
            back = replace(self, profile=self.past[-1], past=past, past_turns=turns)
            return back.changed(replace(change, undo=False))
        after = apply(self.profile, change)
        if after == self.profile:
            return self
        past, turns = (*self.past[-19:], self.profile), (*self.past_turns[-19:], len(self.turns))
        return replace(self, profile=after, past=past, past_turns=turns)

    def only_with(self, known: Collection[str]) -> "Conversation":
        """Without items that are not (or no longer) in the catalogue."""
        profile = self.profile
        wants = tuple(w for w in profile.wants if w.facet != SIMILAR or w.value in known)
        kept = {
            name: tuple(id for id in getattr(profile, name) if id in known)
            for name in ("liked", "disliked", "seen")
        }
        turns = tuple(
            replace(
                turn,
                shown=tuple(id for id in turn.shown if id in known),
                about=tuple(id for id in turn.about if id in known),
            )
            for turn in self.turns
        )
        page = self.page if self.page in known else ""
        return replace(self, turns=turns, profile=replace(profile, wants=wants, **kept), page=page)

    def on_page(self, item: str) -> "Conversation":
        """With the visitor on the page of an item, or, without one, on none."""
        if item == self.page:
            return self
        return replace(self, page=item, page_opened=len(self.turns))

    def reacted(self, item: str, reaction: Reaction) -> "Conversation":
        """With a reaction to an item. Clicks, saves and purchases are for the log alone."""
        match reaction:
            case "like":
                return self.changed(ProfileChange(liked=(item,)))
            case "dislike":
                return self.changed(ProfileChange(disliked=(item,)))
            case "seen":
                return self.changed(ProfileChange(seen=(item,)))
            case "hide":
                return replace(self, hidden=tuple(dict.fromkeys((*self.hidden, item))))
            case "click" | "save" | "convert":
                return self
