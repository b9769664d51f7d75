"""Understanding: from an utterance to dialogue acts and a `ProfileChange`. Rules; same in, same out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from chatbot.acts import CHATTER, Act, ActName, find_acts
from chatbot.bounds import Bound, bounds
from chatbot.conversation import Conversation
from chatbot.language import is_foreign
from chatbot.lexicon import Lexicon, Sense
from chatbot.mentions import Mention, link
from chatbot.opinions import Opinion, opinion
from chatbot.polarity import ACCEPTABLE, DISLIKED, HEDGED, Stance, stances
from chatbot.profile import SIMILAR, Limit, Preference, ProfileChange, Removal
from chatbot.references import references
from chatbot.words import promises
from chatbot.words.filler import FILLER
from retrieval.constraints import TEXT
from retrieval.text import Token, fold, tokens

_ONLY = re.compile(r"\b(?:only|must be|has to be|have to be|strictly|exclusively)\s+(?:\w+\s+)?$", re.I)
_COMPARATIVES = (
    (re.compile(r"\bshorter\b(?! than \d)", re.I), ("runtime", "duration", "length", "pages"), "<"),
    (re.compile(r"\blonger\b(?! than \d)", re.I), ("runtime", "duration", "length", "pages"), ">"),
    (re.compile(r"\b(?:newer|more recent|more modern)\b(?! than \d)", re.I), ("year", "published"), ">"),
    (re.compile(r"\bolder\b(?! than \d)", re.I), ("year", "published"), "<"),
    (re.compile(r"\bcheaper\b(?! than \d)", re.I), ("price", "cost"), "<"),
)
_NOT_THAT = re.compile(
    r"\b(?:nothing|not|no(?:ne)?|without|never|anything) (?:more |else )?(?:by|with|from|starring) (?P<who>him|her|them)\b"
    r"|\b(?P<that>none of (?:those|that|these)(?=\s*(?:[.,!]|$|please)))"
    r"|\b(?P<absent>(?:he|she)(?:['’]s| is)?(?: not|n['’]t)\b[^.,;]*\bin it)\b",
    re.I,
)
_FORGET = re.compile(
    r"\b(?:forget|drop|remove|ignore|lift|cancel|scrap|never\s?mind|doesn['’]?t have to be|needn['’]?t be|"
    r"don['’]?t need|not necessarily)\s+(?:about\s+)?(?:(?:the|that|my|it being|being|no|from|a|it to be)\s+)*$",
    re.I,
)
_ACT_OF: dict[Opinion, ActName] = {"seen": "seen", "liked": "like", "disliked": "dislike"}

@dataclass(frozen=True)
class Understanding:
    """What was understood. `about` are items that a question or reaction is about; `unclear` are
    words that point at no one item; `foreign` is said of a language that is not read."""

    acts: tuple[Act, ...] = ()
    change: ProfileChange = field(default_factory=ProfileChange)
    about: tuple[str, ...] = ()
    unclear: str = ""
    foreign: bool = False

    def did(self, *names: ActName) -> bool:
        """Whether one of these acts is among them."""
        return any(act.act in names for act in self.acts)


@dataclass
class _Reading:
    """What has been gathered from one utterance so far."""

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


def understand(text: str, conversation: Conversation, lexicon: Lexicon) -> Understanding:
    """Read one utterance against the conversation so far. `text` must be clean (see `clean`)."""
    if is_foreign(text):
        return Understanding((Act("off-topic", text[:80]),), foreign=True)
    turn = len(conversation.turns) + 1
    words = tokens(text)
    acts = find_acts(text)
    names = {act.act for act, _, _ in acts}
    reading = _Reading(acts=[act for act, _, _ in acts])
    pointed = references(text, conversation)
    mentions = [
        m for m in link(text, words, lexicon)
        if not any(words[m.first].start < r.end and r.start < words[m.last].end for r in pointed)
    ]
    titles = [(words[m.first].start, words[m.last].end) for m in mentions if m.kind == "title"]
    spans = [*titles, *((r.start, r.end) for r in pointed)]
    limits = bounds(text, lexicon.schema, spans)
    covered = [(b.start, b.end) for b in limits]
    mentions = [m for m in mentions if m.kind == "title" or not _overlaps(words, m, covered)]
    stance = stances(text, words, mentions)
    for bound in limits:
        if _FORGET.search(text[: bound.start]):
            reading.removals.append(Removal("limits", bound.facet))
            reading.acts.append(Act("revoke", _quote(text, bound)))
            continue
        value = int(bound.value) if float(bound.value).is_integer() else bound.value
        reading.limits.append(Limit(bound.facet, bound.op, value, _quote(text, bound), turn))
    _read_values(text, words, mentions, stance, lexicon, turn, conversation, reading)
    named = [
        *((m.first, m.last, (m.senses[0].value,), m.quote) for m in mentions if m.kind == "title"),
        *_as_tokens(words, pointed),
    ]
    asking = bool(names & {"inquire-item", "compare", "request-explanation"})
    _read_items(text, words, sorted(named), asking, turn, lexicon, reading)
    _read_comparatives(text, limits, conversation, lexicon, turn, reading)
    _read_promises(text, lexicon, turn, reading)
    _read_pronouns(text, mentions, turn, reading)
    restart = "restart" in names
    if not (asking or names & {"undo", "inquire-profile", "inquire-system"}) and not restart:
        used = {i for m in mentions for i in range(m.first, m.last + 1)}
        used |= {i for first, last, _, _ in named for i in range(first, last + 1)}
        used |= {i for i, w in enumerate(words) if _inside(w, [*covered, *_ends(acts)])}
        _read_rest(text, words, used, stance, lexicon, turn, reading)
    change = ProfileChange(
        *(tuple(x) for x in (reading.wants, reading.avoids, reading.limits)),
        *(tuple(dict.fromkeys(x)) for x in (reading.liked, reading.disliked, reading.seen)),
        removals=tuple(reading.removals),
        restart=restart,
        undo="undo" in names,
    )
    return Understanding(
        _complete(text, reading, change), change, tuple(dict.fromkeys(reading.about)), reading.unclear
    )


def _read_values(
    text: str,
    words: Sequence[Token],
    mentions: Sequence[Mention],
    stance: Sequence[Stance],
    lexicon: Lexicon,
    turn: int,
    conversation: Conversation,
    reading: _Reading,
) -> None:
    """Facet values and people: wanted, avoided, or required."""
    for mention in mentions:
        if mention.kind == "title":
            continue
        here = stance[mention.first]
        if _FORGET.search(text[: words[mention.first].start]):
            meant = {(s.facet, s.value) for s in mention.senses}
            reading.removals += [Removal(section, f, v) for section in ("wants", "avoids") for f, v in sorted(meant)]
            reading.acts.append(Act("revoke", mention.quote))
            continue
        if here.negative:
            start = words[here.cue if here.cue is not None else mention.first].start
            end = words[mention.last].end
            quote = text[start:end] if start < end else text[words[mention.first].start : end]
            avoided = _one_of(mention, lexicon) if len(mention.groups) > 1 else mention.senses
            reading.avoids += [
                Preference(s.facet, s.value, -here.strength, quote, turn) for s in _person_role(text, words, mention, list(avoided))
            ]
            continue
        parts = [lexicon.primary(list(group)) for group in mention.groups]
        senses = _person_role(text, words, mention, [s for part in parts for s in part])
        if here.strength == ACCEPTABLE and (lifted := _lifted(senses, conversation)):
            reading.removals += lifted
            reading.acts.append(Act("revoke", mention.quote))
        elif _ONLY.search(text[: words[mention.first].start]) and len(senses) == 1:
            reading.limits.append(Limit(senses[0].facet, "=", senses[0].value, mention.quote, turn))
        else:
            reading.wants += [
                Preference(
                    s.facet, s.value, here.strength, mention.quote, turn,
                    part=next(n for n, part in enumerate(parts) if s in part),
                )
                for s in senses
            ]  # fmt: skip


def _one_of(mention: Mention, lexicon: Lexicon) -> list[Sense]:
    """What to avoid for a phrase that means two things at once ("no romcoms"): the phrase itself
    if the catalogue has it, else the first of the two."""
    return lexicon.values.get(fold(mention.quote)) or list(mention.groups[0])


def _person_role(
    text: str, words: Sequence[Token], mention: Mention, senses: list[Sense]
) -> list[Sense]:
    """ "By" and "directed by" mean directors, "with" and "starring" the cast; else every role."""
    if mention.kind != "person":
        return senses
    before = " ".join(w.folded for w in words[max(mention.first - 3, 0) : mention.first])
    directs = bool(re.search(r"\b(?:by|director|directed|from)$|\bdirected by$", before))
    acts = bool(re.search(r"\b(?:with|starring|stars|featuring|actor|actress)$", before))
    chosen = [s for s in senses if (s.facet.startswith("direct") and directs) or (s.facet in ("cast", "actors") and acts)]
    return chosen or senses


def _read_promises(text: str, lexicon: Lexicon, turn: int, reading: _Reading) -> None:
    """Phrases that rule something out without a "no": "the dog does not die"."""
    folded = f" {fold(text)} "
    for phrase, values in promises().items():
        if f" {phrase} " in folded:
            senses = [s for v in values for s in lexicon.values.get(fold(v), [])]
            reading.avoids += [Preference(s.facet, s.value, 1.0, phrase, turn) for s in senses]


def _read_pronouns(text: str, mentions: Sequence[Mention], turn: int, reading: _Reading) -> None:
    """ "Nothing by him", "so none of those": what was named last in the same breath is not wanted."""
    for match in _NOT_THAT.finditer(text):
        person = match["who"] is not None or match["absent"] is not None
        kinds = ("person",) if person else ("value",)
        before = [m for m in mentions if m.kind in kinds and fold(m.quote) in fold(text[: match.start()])]
        if not before:
            continue
        meant = before[-1].senses
        if match["absent"]:
            meant = [s for s in meant if s.facet in ("cast", "actors")]
        keys = {(s.facet, fold(s.value)) for s in meant}
        reading.wants = [w for w in reading.wants if w.key not in keys]
        reading.avoids += [Preference(s.facet, s.value, 1.0, match[0].strip(), turn) for s in meant]


def _lifted(senses: Sequence[Sense], conversation: Conversation) -> list[Removal]:
    meant = {(s.facet, fold(s.value)) for s in senses}
    avoided = (a for a in conversation.profile.avoids if (a.facet, fold(a.value)) in meant)
    return [Removal("avoids", a.facet, a.value) for a in avoided]


def _read_items(
    text: str,
    words: Sequence[Token],
    named: Sequence[tuple[int, int, tuple[str, ...], str]],
    asking: bool,
    turn: int,
    lexicon: Lexicon,
    reading: _Reading,
) -> None:
    """Titles and references: what is said of them."""
    inside = {i for first, last, _, _ in named for i in range(first, last + 1)}
    for first, last, items, quote in named:
        before, after = _around(text, words, first, last, inside)
        said = opinion(before, after)
        if not items:
            reading.unclear = quote
            continue
        if said[0] not in ("similar", "excluded") or not asking:
            reading.about += items
        if asking:
            continue
        reading.acts += [Act(_ACT_OF[o], quote) for o in said if o in _ACT_OF]
        reading.seen += [i for i in items if "seen" in said]
        reading.liked += [i for i in items if "liked" in said]
        reading.disliked += [i for i in items if "disliked" in said]
        for id in items:
            item = lexicon.items[id]
            if "excluded" in said:
                reading.avoids.append(Preference("title", item.title, 1.0, quote, turn))
            elif "similar" in said or ("named" in said and not reading.acts):
                strength = 1.0 if "similar" in said else 0.8
                reading.wants.append(Preference(SIMILAR, id, strength, quote, turn, item.label()))


def _around(
    text: str, words: Sequence[Token], first: int, last: int, inside: set[int]
) -> tuple[str, str]:
    """The words of the clause before and after a name, other names and their "and" left out."""
    before: list[str] = []
    for at in range(first - 1, max(first - 9, -1), -1):
        gap = text[words[at].end : words[at + 1].start]
        if re.search(r"[.!?;\n]", gap) and words[at + 1].folded not in ("and", "or"):
            break
        if at in inside or words[at].folded == "but" and not before:
            continue
        if words[at].folded in ("but", "although", "though"):
            break
        before.append(words[at].folded)
    while before and before[0] in ("and", "or", "also", "a", "an"):
        before.pop(0)
    after: list[str] = []
    for at in range(last + 1, min(last + 12, len(words))):
        if re.search(r"[.!?;\n]", text[words[at - 1].end : words[at].start]):
            break
        if at in inside:
            if set(after) - {"and", "or"}:
                break
            after.clear()
            continue
        after.append(words[at].folded)
    while after and after[0] in ("and", "but"):
        after.pop(0)
    return " ".join(reversed(before)), " ".join(after)


def _read_comparatives(
    text: str,
    limits: Sequence[Bound],
    conversation: Conversation,
    lexicon: Lexicon,
    turn: int,
    reading: _Reading,
) -> None:
    """ "Shorter", "newer": than the item that was pointed at, or than the middle of the list."""
    base = reading.about or list(conversation.last_shown)
    for pattern, fields, op in _COMPARATIVES:
        match = pattern.search(text)
        facet = next((f for f in lexicon.schema.numbers if f in fields), None)
        if not match or facet is None or any(b.facet == facet for b in limits):
            continue
        known = [n for id in base if (n := lexicon.items[id].number(facet)) is not None]
        if known:
            value = median(known)
            reading.limits.append(Limit(facet, op, value, match[0], turn))  # type: ignore[arg-type]
            reading.acts.append(Act("critique", match[0]))


def _read_rest(
    text: str,
    words: Sequence[Token],
    used: set[int],
    stance: Sequence[Stance],
    lexicon: Lexicon,
    turn: int,
    reading: _Reading,
) -> None:
    """Words that the catalogue has no facet for: searched for by meaning, or kept out by name."""
    content = [
        i for i, w in enumerate(words)
        if i not in used and w.folded not in FILLER and len(w.folded) > 2 and not w.folded.isdigit()
    ]
    for i in content:
        here = stance[i]
        if here.strength <= -DISLIKED and here.cue is not None and 0 < i - here.cue <= 3:
            between = range(here.cue + 1, i)
            if not any(j in used or j in content for j in between):
                quote = text[words[here.cue].start : words[i].end]
                reading.avoids.append(Preference(TEXT, words[i].folded, -here.strength, quote, turn))
    wanted = [i for i in content if not stance[i].negative and words[i].folded in lexicon.known]
    if wanted:
        quote = text[words[wanted[0]].start : words[wanted[-1]].end]
        value = " ".join(words[i].folded for i in wanted)
        reading.wants.append(Preference(TEXT, value, HEDGED, quote, turn))


def _complete(text: str, reading: _Reading, change: ProfileChange) -> tuple[Act, ...]:
    """The acts, with those added that the profile change shows; off-topic if there is none."""
    acts = list(reading.acts)
    if change.wants or change.limits:
        quote = (change.wants or change.limits)[0].quote
        acts.append(Act("inform", quote))
    if change.avoids:
        soft = all(a.strength <= HEDGED for a in change.avoids)
        acts.append(Act("critique" if soft else "negate", change.avoids[0].quote))
    if not acts:
        acts.append(Act("off-topic", text[:80]))
    return tuple(dict.fromkeys(acts))


def is_chatter(understanding: Understanding) -> bool:
    """Whether an utterance asks for nothing and says nothing of taste."""
    only = all(act.act in CHATTER or act.act == "off-topic" for act in understanding.acts)
    return only and understanding.change.is_empty


def _overlaps(words: Sequence[Token], mention: Mention, spans: Sequence[tuple[int, int]]) -> bool:
    return any(words[mention.first].start < e and s < words[mention.last].end for s, e in spans)


def _inside(word: Token, spans: Sequence[tuple[int, int]]) -> bool:
    return any(s <= word.start and word.end <= e for s, e in spans)


def _ends(acts: Sequence[tuple[Act, int, int]]) -> list[tuple[int, int]]:
    return [(start, end) for act, start, end in acts if act.act != "request-recommendation"]


def _quote(text: str, bound: Bound) -> str:
    return text[bound.start : bound.end].strip()


def _as_tokens(words: Sequence[Token], pointed: Sequence[object]) -> list[tuple[int, int, tuple[str, ...], str]]:
    found = []
    for r in pointed:
        span = [i for i, w in enumerate(words) if w.start < r.end and r.start < w.end]  # type: ignore[attr-defined]
        if span:
            found.append((span[0], span[-1], r.items, r.quote))  # type: ignore[attr-defined]
    return found
