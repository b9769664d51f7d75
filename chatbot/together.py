"""A conversation over several scenes: one ordinary conversation for each, one id, one reply.

What was said of films stays among films: each scene has its own profile, lists and turns, and
`chatbot/scenes.py` says which of them hears what. A turn is a turn of every scene that heard it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from chatbot.clauses import Scene
from chatbot.conversation import Conversation, Turn
from chatbot.events import Event, Finished, Recommended, Retrieved, Said, Understood
from chatbot.guesses import guesses_of
from chatbot.parts import Parts
from chatbot.profile import CONTEXT, EXCLUDES_FROM, ProfileChange
from chatbot.respond import respond
from chatbot.scene_words import SceneWords
from chatbot.scenes import Heard, Latest, route
from chatbot.understand import understand
from chatbot.voice import Voice
from retrieval.text import clean


@dataclass(frozen=True)
class SharedTurn:
    """What was said and answered; `heard` are the scenes with the number of their own turn, `noted`
    those of them that only took note."""

    utterance: str
    reply: str
    heard: tuple[tuple[str, int], ...]
    noted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Together:
    """Several conversations with one visitor. `changed` are the scenes that the last change was in."""

    id: str
    conversations: tuple[Conversation, ...]
    turns: tuple[SharedTurn, ...] = ()
    changed: tuple[str, ...] = ()

    @property
    def catalogues(self) -> tuple[str, ...]:
        """The scenes, in their order."""
        return tuple(c.catalogue for c in self.conversations)

    def of(self, catalogue: str) -> Conversation:
        """The conversation about one catalogue. Raises KeyError."""
        return {c.catalogue: c for c in self.conversations}[catalogue]

    def with_one(self, conversation: Conversation) -> "Together":
        """With a conversation as it is now; it is remembered as changed if its profile is."""
        before = self.of(conversation.catalogue)
        conversations = tuple(
            conversation if c.catalogue == conversation.catalogue else c for c in self.conversations
        )
        changed = (
            (conversation.catalogue,) if conversation.profile != before.profile else self.changed
        )
        return replace(self, conversations=conversations, changed=changed)

    @property
    def latest(self) -> Latest:
        """What the turns before leave for the next."""
        talked: tuple[str, ...] = ()
        if self.turns:
            last = self.turns[-1]
            talked = tuple(name for name, _ in last.heard if name not in last.noted)
        shown = next(
            (
                name
                for turn in reversed(self.turns)
                for name, number in reversed(turn.heard)
                if self.of(name).turns[number - 1].shown
            ),
            "",
        )
        return Latest(talked, shown, self.changed)

    def turn_of(self, catalogue: str, number: int) -> int:
        """The turn of the whole conversation that was a scene's own turn `number`."""
        found = (n for n, t in enumerate(self.turns, 1) if (catalogue, number) in t.heard)
        return next(found, len(self.turns))


def begin(id: str, catalogues: Sequence[str]) -> Together:
    """A conversation over these scenes in which nothing was said."""
    return Together(id, tuple(Conversation(f"{id}/{name}", name) for name in catalogues))


@dataclass(frozen=True)
class InScene:
    """Something that happens in one scene."""

    catalogue: str
    event: Event


@dataclass(frozen=True)
class SceneEnd:
    """A scene's share of a finished turn."""

    catalogue: str
    understood: Understood
    finished: Finished


@dataclass(frozen=True)
class FinishedTogether:
    """The end of a turn: the next conversation, the reply, and what each scene that heard it did."""

    together: Together
    reply: str
    scenes: tuple[SceneEnd, ...]
    timings_ms: Mapping[str, float] = field(default_factory=dict)


def respond_together(
    together: Together,
    utterance: str,
    parts: Mapping[str, Parts],
    words: Mapping[str, SceneWords],
    by_hand: ProfileChange | None = None,
    scene: str = "",
) -> Iterator[InScene | FinishedTogether]:
    """Answer one utterance in every scene that hears it: cards of all scenes first, then words.

    `scene` says which one is meant where something was clicked, and `by_hand` is a change made so. At most one question is
    asked in a turn, so a scene behind one that asks is answered with a list.
    """
    longest = max(p.dialogue.longest_utterance for p in parts.values())
    text = clean(utterance, longest)
    if scene:
        heard: Sequence[Heard] = (Heard(scene, utterance),)
    else:
        scenes = [
            Scene(words[c.catalogue], parts[c.catalogue].lexicon, c) for c in together.conversations
        ]
        heard = route(text, scenes, together.latest)
        if len(utterance) > longest:
            heard = [replace(h, text=utterance) for h in heard]  # each says that it was cut
    ends: list[SceneEnd] = []
    for said in heard:
        here = parts[said.scene]
        if any(end.finished.question for end in ends):
            here = replace(here, dialogue=here.dialogue.model_copy(update={"policy": "recommend"}))
        before = together.of(said.scene)
        if said.only_noted:
            found: Iterable[Event] = _noted(before, said.text, here)
        else:
            found = respond(before, said.text, here, by_hand)
        understood: Understood | None = None
        for event in found:
            match event:
                case Understood():
                    understood = event
                    yield InScene(said.scene, event)
                case Retrieved() | Recommended():
                    yield InScene(said.scene, event)
                case Finished() if understood is not None:
                    ends.append(SceneEnd(said.scene, understood, event))
    replies = [
        (end.catalogue, piece) for end, piece in zip(ends, _replies(ends, words), strict=True)
    ]
    for name, piece in replies:
        if piece:
            yield InScene(name, Said(piece))
    yield _finished(together, text, tuple(ends), "".join(p for _, p in replies), heard)


def _replies(ends: Sequence[SceneEnd], words: Mapping[str, SceneWords]) -> list[str]:
    """What is said for each scene, under its name; what all say alike is said once."""
    texts = [end.finished.reply for end in ends]
    if len(texts) > 1 and len(set(texts)) == 1:
        return [texts[0], *[""] * (len(texts) - 1)]
    found = []
    for n, (end, text) in enumerate(zip(ends, texts, strict=True)):
        voice = Voice(end.understood.language)
        heading = words[end.catalogue].heading(voice.language)
        said = voice.phrase("scenes.said", scene=heading, reply=text) if text else ""
        found.append(f"\n\n{said}" if n and said else said)
    return found


def _finished(
    together: Together,
    text: str,
    ends: tuple[SceneEnd, ...],
    reply: str,
    heard: Sequence[Heard],
) -> FinishedTogether:
    after = {end.catalogue: end.finished.conversation for end in ends}
    changed = tuple(n for n, c in after.items() if c.profile != together.of(n).profile)
    turn = SharedTurn(
        text,
        reply,
        tuple((name, len(c.turns)) for name, c in after.items()),
        tuple(h.scene for h in heard if h.only_noted and h.scene in after),
    )
    timings: dict[str, float] = {}
    for end in ends:
        for stage, ms in end.finished.timings_ms.items():
            timings[stage] = round(timings.get(stage, 0.0) + ms, 2)
    now = replace(
        together,
        conversations=tuple(after.get(c.catalogue, c) for c in together.conversations),
        turns=(*together.turns, turn),
        changed=changed or together.changed,
    )
    return FinishedTogether(now, reply, ends, timings)


def _noted(before: Conversation, text: str, parts: Parts) -> Iterator[Event]:
    """A turn that takes note of what holds for every scene, and shows no list."""
    said = understand(text, before, parts.lexicon)
    company = {w.phrase for w in said.change.wants if w.facet == CONTEXT}
    change = ProfileChange(
        wants=tuple(w for w in said.change.wants if w.phrase in company),
        avoids=said.change.avoids,
    )
    after = before.changed(change)
    voice = Voice(said.language)
    quotes = [w.quote for w in change.wants if w.facet == CONTEXT]
    quotes += [a.name for a in change.avoids if a.strength >= EXCLUDES_FROM]
    reply = (
        voice.phrase("scenes.noted", quotes=voice.listed(voice.quoted(quotes))) if quotes else ""
    )
    acts = tuple(dict.fromkeys(act.act for act in said.acts))
    turn = Turn(text, reply, "talk", acts, language=said.language)
    guesses = guesses_of(after.profile, parts.retriever)
    yield Understood(said.acts, change, after.profile, guesses, (), said.language)
    after = replace(after, turns=(*before.turns, turn))
    versions = {**parts.versions, "understood_by": said.by}
    yield Finished(after, reply, "talk", None, (), {"total": 0.0}, versions, guesses)
