"""How an utterance over several scenes comes apart: the nouns that name a scene, and the pieces.

Everything here is about words and where they stand; who hears a piece is `chatbot/scenes.py`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chatbot.conversation import Conversation
from chatbot.lexicon import Lexicon
from chatbot.mentions import link
from chatbot.scene_words import SceneWords
from chatbot.words import pattern
from retrieval.text import HAN, tokens

Span = tuple[int, int]
Names = tuple[str, ...]
WORD = re.compile(r"\w")


@dataclass(frozen=True)
class Scene:
    """A catalogue that is talked about: its words, its lexicon, its part of the conversation."""

    words: SceneWords
    lexicon: Lexicon
    conversation: Conversation

    @property
    def name(self) -> str:
        """The catalogue's name."""
        return self.words.name


@dataclass(frozen=True)
class Piece:
    """A stretch of an utterance, the scene that a noun in it names (and where), what an earlier
    piece says of it too (`lead`), and what a later one does (`tail`)."""

    start: int
    end: int
    sentence: int
    named: str = ""
    noun: Span = (0, 0)
    lead: str = ""
    tail: str = ""
    scenes: Names = ()
    shared: bool = False


def nouns_of(
    read: str, scenes: Sequence[Scene], language: str
) -> tuple[list[tuple[Span, str]], frozenset[str]]:
    """The nouns that name a scene, in order, and the scenes that are turned down ("no films
    tonight"). Nouns inside titles and other words do not count, nor those that only say more of
    another ("a film about books"), nor words that name several scenes."""
    never = [m.span() for m in pattern("scenes", "split.never", language).finditer(read)]
    within: list[tuple[Span, str]] = []
    for scene in scenes:
        spans = {span for span, kind in mentioned(read, scene, language) if kind == "title"}
        never += spans
        within += [(span, scene.name) for span, _ in mentioned(read, scene, language)]
    found: list[tuple[Span, str]] = []
    for scene in scenes:
        for span in scene.words.named(read):
            holders = {name for outer, name in within if _holds(outer, span)}
            if any(_holds(outer, span) or outer == span for outer in never):
                continue
            if not holders or scene.name in holders:
                found.append((span, scene.name))
    spans = {span for span, _ in found}
    found = sorted(
        (span, name)
        for span, name in found
        if len({n for s, n in found if s == span}) == 1 and not any(_holds(o, span) for o in spans)
    )
    kept: list[tuple[Span, str]] = []
    declined: set[str] = set()
    for (start, end), name in found:
        before, after = read[:start], read[end:]
        sentence = kept and not pattern("scenes", "split.end", language).search(
            read[kept[-1][0][1] : start]
        )
        said_more = pattern("scenes", "split.about", language).search(before)
        said_more = said_more or pattern("scenes", "split.behind", language).match(after)
        if said_more or (sentence and pattern("scenes", "split.of", language).search(before)):
            continue
        refused = pattern("scenes", "split.declines", language).search(before)
        if refused and pattern("scenes", "split.declined", language).match(after):
            declined.add(name)
        kept.append(((start, end), name))
    return kept or _titles(read, scenes, language), frozenset(declined)


def _titles(read: str, scenes: Sequence[Scene], language: str) -> list[tuple[Span, str]]:
    """Titles that one scene alone has stand for it where no noun does: "seen Alien, read Emma"."""
    found = {
        s.name: {span for span, kind in mentioned(read, s, language) if kind == "title"}
        for s in scenes
    }
    return sorted(
        (span, name)
        for name, spans in found.items()
        for span in spans
        if not any(
            start < span[1] and span[0] < end
            for other, there in found.items()
            for start, end in there
            if other != name
        )
    )


def mentioned(read: str, scene: Scene, language: str) -> list[tuple[Span, str]]:
    """What a scene's catalogue knows in `read`: where it stands, and whether it is a title, a person or
    a value."""
    words = tokens(read)
    mentions = link(read, words, scene.lexicon, language, scene.conversation.last_shown)
    return [((words[m.first].start, words[m.last].end), m.kind) for m in mentions]


def _holds(outer: Span, inner: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1] and outer != inner


def pieces_of(
    read: str, nouns: Sequence[tuple[Span, str]], scenes: Sequence[Scene], language: str
) -> list[Piece]:
    """The utterance cut between nouns of different scenes, at the ends of sentences, and behind a
    noun where a clause of its own begins."""
    titles = [
        span for s in scenes for span, kind in mentioned(read, s, language) if kind == "title"
    ]

    def free(at: int) -> bool:
        return not any(start < at < end for start, end in titles)

    ends = [m.span() for m in pattern("scenes", "split.end", language).finditer(read)]
    ends = [span for span in ends if free(span[0]) and span[1] < len(read)]
    cuts = dict.fromkeys(ends, True)
    heads: list[tuple[Span, str]] = []
    for span, name in nouns:
        if heads and heads[-1][1] != name:
            between = (heads[-1][0][1], span[0])
            if not any(between[0] <= s and e <= between[1] for s, e in ends):
                cut = _joint(read, between, free, language)
                if cut is None:
                    continue  # "what book should I read before watching the film?"
                cuts[cut] = False
        heads.append((span, name))
    first = heads[0][0][1] if heads else 0
    for match in pattern("scenes", "split.joint", language).finditer(read):
        opens = pattern("scenes", "split.clause", language).match(read, match.end())
        apart = not any(s < match.end() and match.start() < e for s, e in cuts)
        if opens and apart and match.start() >= first and match.start() > 0 and free(match.end()):
            cuts[match.span()] = False
    pieces: list[Piece] = []
    start, sentence = 0, 0
    for (left, right), is_end in [*sorted(cuts.items()), ((len(read), len(read)), True)]:
        here = [(span, name) for span, name in heads if start <= span[0] < left]
        stop = right if is_end else left
        if WORD.search(read[start:stop]):
            noun, name = here[0] if here else ((0, 0), "")
            pieces.append(Piece(start, stop, sentence, name, noun))
        start, sentence = right, sentence + is_end
    return pieces


def _joint(read: str, between: Span, free: Callable[[int], bool], language: str) -> Span | None:
    """Where one wish ends and the next begins, between two nouns: the last place before a word that
    opens a noun phrase, else the last "and", else the last comma."""
    found = [
        m.span()
        for m in pattern("scenes", "split.joint", language).finditer(read, *between)
        if free(m.end())
    ]
    opens = pattern("scenes", "split.opens", language)
    ranked = sorted(
        found,
        key=lambda s: (bool(opens.match(read, s[1])), bool(WORD.search(read[s[0] : s[1]])), s[0]),
    )
    if not ranked and HAN.match(read, between[1]) and read[between[1] - 1] not in "的个部本":
        return (between[1], between[1])  # 电影也行书也行
    return ranked[-1] if ranked else None
