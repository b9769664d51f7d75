"""References to items by place, pronoun or feature: "the second", "both", "it", "the blue one".

The turns of phrase are in `words/<language>/items.toml`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chatbot.conversation import Conversation
from chatbot.lexicon import Lexicon, Mention, Sense
from chatbot.profile import SIMILAR
from chatbot.reading import Reading
from chatbot.words import entries, pattern, patterns
from chatbot.words.filler import function_words
from retrieval.constraints import mentions
from retrieval.text import fold, singular, tokens

KINDS = (
    "dated", "last_but", "except_last", "rest", "some", "ordinal", "middle", "number", "list", "bare", "last", "all", "both",
    "described", "definite", "other", "it", "those",
)  # fmt: skip
BEHIND = frozenset(["please", "pls", "then", "thanks", "now", "tonight", "instead", "again"])
"""Words behind a description that are no part of it."""
ONE = re.compile(r"(?:the|that) one\b|[那这]", re.I)
LONGEST_IT = 4  # characters; "that one" may be another
SMALL = frozenset(
    ["last", "first", "second", "third", "other", "same", "only", "new", "next", "right", "best"]
)


@dataclass(frozen=True)
class Reference:
    """Words that point at shown items. `items` is empty where it is not clear which are meant."""

    start: int
    end: int
    items: tuple[str, ...]
    quote: str
    kind: str = ""

    @property
    def is_pronoun(self) -> bool:
        """Whether it only stands for something: "it", "those", "both"."""
        return self.kind in ("it", "those", "both", "all")


def references(
    text: str, conversation: Conversation, lexicon: Lexicon, language: str = "en"
) -> list[Reference]:
    """What in `text` points at items of the latest list, or at those talked about last."""
    shown, focus = conversation.last_shown, conversation.focus
    found: list[Reference] = []
    for kind in KINDS:
        expressions = patterns("items", f"references.{kind}", language)
        for match in (m for expression in expressions for m in expression.finditer(text)):
            if any(match.start() < r.end and r.start < match.end() for r in found):
                continue
            if kind in ("described", "definite") and _is_let_go(text, match, language):
                continue
            if kind == "dated":
                found += _dated(match, conversation, lexicon)
            elif not shown and not focus:
                continue
            elif kind == "described":
                found += _described(
                    match, shown or focus, lexicon, _is_refused(text, match, language)
                )
            elif kind == "definite":
                found += _definite(match, shown, lexicon)
            else:
                found += _resolve(kind, match, shown or focus, focus, language)
    return sorted(found, key=lambda r: r.start)


def _resolve(
    kind: str, match: re.Match[str], shown: Sequence[str], focus: Sequence[str], language: str
) -> Iterator[Reference]:
    group = {name: value for name, value in match.groupdict().items() if value is not None}
    items: Sequence[str]
    match kind:
        case "last_but":
            back = _count(group["but"], language) if "but" in group else 2
            items = shown[-back : len(shown) - back + 1]
        case "some":
            count = _count(group["n"], language)
            ending = group["end"].casefold() in ("last", "final", "bottom", "后", "最后", "末")
            items = shown[-count:] if ending else shown[:count]
            if group["end"].casefold() in ("other", "另外", "其他"):
                items = [id for id in shown if id not in focus][:count]
        case "except_last":
            place = len(shown) if "last" in group["place"] else _count(group["place"], language)
            items = [id for n, id in enumerate(shown, 1) if n != place]
        case "ordinal" | "number" | "bare":
            place = _count(group.get("place") or group["n"], language)
            items = shown[place - 1 : place] if place > 0 else ()
        case "list":
            places = [
                _count(n, language) for n in re.findall(r"\d|[一二三四五六七八九]", group["list"])
            ]
            items = [shown[n - 1] for n in places if n <= len(shown)]
            yield Reference(
                match.start("list"), match.end("list"), tuple(items), group["list"].strip(), kind
            )
            return
        case "rest":
            items = [id for id in shown if id not in focus] if set(focus) <= set(shown) else shown
        case "last":
            items = shown[-1:]
        case "middle":
            items = shown[(len(shown) - 1) // 2 :][:1]
        case "all":
            items = shown
        case "both":
            items = focus if len(focus) == 2 else shown if len(shown) == 2 else ()
        case "other":
            items = [id for id in shown if id not in focus] if len(shown) == 2 else ()
            if not items:
                return
        case "those":
            items = focus or shown
            if len(items) < 2 and not focus:
                return
        case _:
            items = focus[-1:] or shown[:1]
    yield Reference(match.start(), match.end(), tuple(items), match[0], kind)


def _count(said: str, language: str) -> int:
    said = said.casefold()
    numbers: dict[str, int] = dict(entries("items", "number_names", language))
    if said in numbers:
        return numbers[said]
    digits = re.match(r"\d+", said)
    return int(digits[0]) if digits else 0


def _described(
    match: re.Match[str], shown: Sequence[str], lexicon: Lexicon, refused: bool
) -> Iterator[Reference]:
    """The shown item that alone has what the words say: a facet value, a person, a word of its title.
    Where one is `refused` that no item is ("not the one with the dogs"), a reference to nothing."""
    words = [t.folded for t in tokens(match["words"]) if t.folded not in SMALL]
    if words[:1] and words[0] in ("the", "a", "an", "all", "those"):
        words = words[1:]
    if not words:
        return
    several = False
    for count in range(len(words), 0, -1):
        if not refused and not BEHIND.issuperset(words[count:]):
            break
        fitting = _having(words[:count], shown, lexicon, refused)
        several = several or len(fitting) > 1
        if len(fitting) == 1:
            left = [t for t in tokens(match["words"]) if t.folded in words[:count]]
            end = match.end() if count == len(words) else match.start("words") + left[-1].end
            quote = match.string[match.start() : end]
            yield Reference(match.start(), end, tuple(fitting), quote, "described")
            return
    if refused and shown:
        kind = "several" if several else "described"
        yield Reference(match.start(), match.end(), (), match[0], kind)


def _having(
    words: Sequence[str], shown: Sequence[str], lexicon: Lexicon, exactly: bool
) -> list[str]:
    """The shown items that have what the words say; unless `exactly` they are asked for, of several
    those in which it comes first."""
    if titled := [s.value for s in lexicon.titled(" ".join(words)) if s.value in shown]:
        return titled[:1]
    groups = lexicon.value_senses(" ".join(words))
    named = [s for group in groups for s in group] or lexicon.name_senses(" ".join(words))
    named = named or lexicon.person_senses(" ".join(words))
    named = named or [s for w in words for s in lexicon.surnames.get(w, ())]
    fitting = [id for id in shown if any(lexicon.items[id].has(s.facet, s.value) for s in named)]
    if len(fitting) > 1 and not exactly:
        first = [id for id in fitting if any(_leads(lexicon, id, s) for s in named)]
        fitting = first or fitting
    if len(fitting) != 1:
        by_word = [id for id in shown if all(_says(lexicon, id, word) for word in words)]
        fitting = by_word if len(by_word) == 1 else fitting
    return fitting


def _is_refused(text: str, match: re.Match[str], language: str) -> bool:
    """Whether the words say which one is not meant: "not the one with the dogs"."""
    refused = pattern("items", "refused", language)
    return bool(refused.search(text[: match.start()]) and ONE.match(match[0]))


def _is_let_go(text: str, match: re.Match[str], language: str) -> bool:
    """Whether the words say what to forget, and point at no item: "forget the war film"."""
    return bool(pattern("talk", "change.forget", language).search(text[: match.start("words")]))


def _definite(match: re.Match[str], shown: Sequence[str], lexicon: Lexicon) -> Iterator[Reference]:
    """The shown item of which alone the title has the words behind "the", as many as it has."""
    words = tokens(match["words"])
    for count in range(len(words), 0, -1):
        wanted = {singular(w.folded) for w in words[:count]} - SMALL
        if all(w.folded in function_words() for w in words[:count]):
            continue
        titles = {id: set(singular(fold(lexicon.items[id].title)).split()) for id in shown}
        fitting = [id for id, title in titles.items() if wanted and wanted <= title]
        if len(fitting) == 1:
            end = match.start("words") + words[count - 1].end
            yield Reference(
                match.start(), end, tuple(fitting), match.string[match.start() : end], "described"
            )
            return
    known = {
        id: {n for f in lexicon.schema.named("person") for v in lexicon.items[id].values(f)
             for n in fold(v).split()[-1:]}
        for id in shown
    }  # fmt: skip
    maker = words[0] if words and words[0].folded in lexicon.surnames else None
    if maker and maker.capitalised and maker.folded not in function_words():
        by = [id for id in shown if maker.folded in known[id]]
        if len(by) == 1:
            end = match.start("words") + maker.end
            quote = match.string[match.start() : end]
            yield Reference(match.start(), end, tuple(by), quote, "described")


def _dated(
    match: re.Match[str], conversation: Conversation, lexicon: Lexicon
) -> Iterator[Reference]:
    """The item of that year that has the title of one that was talked about."""
    profile = conversation.profile
    named = [w.value for w in profile.wants if w.facet == SIMILAR]
    about = (*conversation.focus, *named, *profile.liked, *profile.disliked, *profile.seen)
    titles = {fold(lexicon.items[id].title) for id in about if id in lexicon.items}
    year = float(match["year"])
    alike = [s.value for title in titles for s in lexicon.titled(title)]
    fitting = [
        id for id in (*alike, *conversation.last_shown) if lexicon.items[id].number("year") == year
    ]
    if fitting:
        yield Reference(match.start(), match.end(), tuple(fitting[:1]), match[0], "dated")


def _leads(lexicon: Lexicon, id: str, sense: Sense) -> bool:
    """Whether a value comes first among those of its facet."""
    return lexicon.items[id].values(sense.facet)[:1] == (sense.value,)


def _says(lexicon: Lexicon, id: str, word: str) -> bool:
    item = lexicon.items[id]
    title = fold(item.title).split()
    people = " ".join(v for f in lexicon.schema.named("person") for v in item.values(f))
    return word in title or word in fold(people).split() or mentions(item, word)


def apart(
    reading: Reading, mentions: list[Mention], pointed: list[Reference]
) -> tuple[list[Mention], list[Reference]]:
    """Mentions and references that do not overlap: what describes a shown item is no wish, and a
    title is no reference. Behind a title, "it" is that title."""
    words = reading.words
    titled = [m for m in mentions if m.kind == "title"]
    if not _has_others(reading, [r for r in pointed if r.kind != "rest"], titled):
        pointed = [r for r in pointed if not any(_is_rest(m, r, reading) for m in titled)]
    rest = [r for r in pointed if r.kind == "rest"]
    mentions = [m for m in mentions if not any(_is_rest(m, r, reading) for r in rest)]
    pointed = [_less_named(r, pointed, mentions) if r in rest else r for r in pointed]
    titles = [(words[m.first].start, words[m.last].end) for m in mentions if m.kind == "title"]
    clear = [
        r
        for r in pointed
        if not any(
            s < r.end and r.start < e and (r.kind != "described" or s < r.start) for s, e in titles
        )
    ]
    several = len(titles) > 1 or any(len(r.items) > 1 and not r.is_pronoun for r in clear)
    if several:  # "seen the first two, both excellent": both of these
        clear = [r for r in clear if r.kind != "both" or r.start < min(c.start for c in clear)]
    clear = _following(clear)
    hated = pattern("items", "of_what_is_ruled_out", reading.language)
    clear = [r for r in clear if not (r.is_pronoun and hated.search(reading.text[: r.start]))]
    spans = [(r.start, r.end) for r in clear]
    mentions = [
        m
        for m in mentions
        if not any(words[m.first].start < e and s < words[m.last].end for s, e in spans)
    ]
    named = [s for s, _ in titles] + [r.start for r in clear if not r.is_pronoun]
    first = min(named, default=len(reading.text))
    return mentions, [r for r in clear if not (r.is_pronoun and r.start > first)]


def _has_others(reading: Reading, pointed: Sequence[Reference], titles: Sequence[Mention]) -> bool:
    """Whether "the others" are others than something that was named or talked of: else it is a title."""
    too = pattern("items", "too", reading.language).search(reading.text)
    return bool(pointed or len(titles) > 1 or reading.conversation.focus or too)


def _is_rest(mention: Mention, rest: Reference, reading: Reading) -> bool:
    """Whether what looks like a title only says "the others" of what is shown."""
    words = reading.words[mention.first : mention.last + 1]
    inside = rest.start <= words[0].start and words[-1].end <= rest.end
    return inside and not words[-1].capitalised


def _less_named(
    rest: Reference, pointed: Sequence[Reference], mentions: Sequence[Mention]
) -> Reference:
    """ "The others": those shown that were not named in the same breath."""
    named = {id for r in pointed if r.kind != "rest" for id in r.items}
    named |= {m.senses[0].value for m in mentions if m.kind == "title"}
    return replace(rest, items=tuple(id for id in rest.items if id not in named))


def _following(pointed: Sequence[Reference]) -> list[Reference]:
    """References in which "it" behind one shown item is that one: "the second, who is in it?"."""
    found: list[Reference] = []
    for r in pointed:
        before = [f for f in found if len(f.items) == 1 and not f.is_pronoun]
        follows = r.kind == "it" and len(r.quote) <= LONGEST_IT and before
        found.append(replace(r, items=before[-1].items) if follows else r)
    return found


def read_places_without_a_list(reading: Reading) -> None:
    """ "I'll take the third" where nothing is shown."""
    taken = any(a.act == "accept" for a in reading.acts) and not reading.about
    if not taken or reading.conversation.last_shown or reading.conversation.focus:
        return
    for kind in ("ordinal", "number"):
        for expression in patterns("items", f"references.{kind}", reading.language):
            if match := expression.search(reading.text):
                reading.unclear, reading.missed = match[0].strip(), "place"
