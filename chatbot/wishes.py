"""What is wished for and what is not: facet values, people, and words beyond the facets."""

import re
from collections.abc import Sequence

from chatbot.acts import Act
from chatbot.conversation import Conversation
from chatbot.lexicon import Lexicon, Mention, Sense
from chatbot.polarity import ACCEPTABLE, DISLIKED, HEDGED, LESS, Stance
from chatbot.profile import Limit, Preference, Removal
from chatbot.reading import FORGET, Reading
from chatbot.words import cues, promises
from chatbot.words.filler import function_words
from retrieval.constraints import TEXT
from retrieval.text import Token, fold

_ONLY = re.compile(
    r"\b(?:only|must be|has to be|have to be|strictly|exclusively)\s+(?:\w+\s+)?$", re.I
)
STRONGEST = 2
_OURS = re.compile(r"\b(?:my|our|his|her|their|the)(?: \w+)?$")
_FEEL = re.compile(
    r"\b(?:im|i am|were|we are|i feel|feeling|i felt|been)(?: (?:so|very|a bit|really|quite|kind of|feeling))?$"
)
_NUMBER = r"year|age|decade|length|runtime|duration|price"
_ANY = re.compile(
    rf"\b(?:any|whatever)\s+(?P<what>{_NUMBER})\b|\b(?:do not|don['’]?t)\s+(?:really\s+)?(?:care|mind)\s+(?:about\s+)?"
    rf"(?:the\s+)?(?P<what2>{_NUMBER})\b",
    re.I,
)
_ALSO_CALLED = {"runtime": ("length", "duration"), "year": ("age", "decade")}
_NOT_THAT = re.compile(
    r"\b(?:nothing|not|no(?:ne)?|without|never|anything) (?:more |else )?(?:by|with|from|starring) (?P<who>him|her|them)\b"
    r"|\b(?P<that>none of (?:those|that|these)(?=\s*(?:[.,!]|$|please)))"
    r"|\b(?P<absent>(?:he|she)(?:['’]s| is)?(?: not|n['’]t)\b[^.,;]*\bin it)\b",
    re.I,
)


def read_values(reading: Reading, mentions: Sequence[Mention], stance: Sequence[Stance]) -> None:
    """Facet values and people: wanted, avoided, or required."""
    text, words, lexicon, turn = reading.text, reading.words, reading.lexicon, reading.turn
    choices = _alternatives(text, words, mentions, stance)
    for mention in mentions:
        if mention.kind == "title":
            continue
        here = stance[mention.first]
        if _is_of_the_visitor(words, mention):
            continue
        if FORGET.search(text[: words[mention.first].start]):
            meant = {(s.facet, s.value) for s in _with_parts(mention, lexicon)}
            reading.removals += [
                Removal(section, f, v) for section in ("wants", "avoids") for f, v in sorted(meant)
            ]
            reading.acts.append(Act("revoke", mention.quote))
            continue
        if here.negative:
            avoided = _one_of(mention, lexicon) if len(mention.groups) > 1 else mention.senses
            avoided = [*avoided, *_with_parts(mention, lexicon)[len(mention.senses) :]]
            if here.strength == -LESS:
                avoided = _strongest(list(avoided))
            quote = _negated_span(text, words, here, mentions, stance)
            reading.avoids += [
                Preference(s.facet, s.value, -here.strength, quote, turn)
                for s in _person_role(words, mention, list(avoided))
            ]
            continue
        parts = [lexicon.primary(list(group)) for group in mention.groups]
        senses = _person_role(words, mention, [s for part in parts for s in part])
        if here.strength == ACCEPTABLE and (
            lifted := _lifted(_with_parts(mention, lexicon), reading.conversation)
        ):
            reading.removals += lifted
            reading.acts.append(Act("revoke", mention.quote))
        elif _ONLY.search(text[: words[mention.first].start]) and len(senses) == 1:
            reading.limits.append(Limit(senses[0].facet, "=", senses[0].value, mention.quote, turn))
        else:
            reading.wants += [
                Preference(
                    s.facet, s.value, here.strength, choices.get(mention, mention.quote), turn,
                    part=0 if mention in choices else next(n for n, part in enumerate(parts) if s in part),
                )
                for s in senses
            ]  # fmt: skip


def _is_of_the_visitor(words: Sequence[Token], mention: Mention) -> bool:
    """Whether a word is about who watches and how they feel, not about what to watch: "with my
    parents", "I feel sad"."""
    before = " ".join(w.folded for w in words[max(mention.first - 3, 0) : mention.first])
    relative = words[mention.last].folded in cues("relatives")
    return bool((relative and _OURS.search(before)) or _FEEL.search(before))


def _alternatives(
    text: str, words: Sequence[Token], mentions: Sequence[Mention], stance: Sequence[Stance]
) -> dict[Mention, str]:
    """Wishes joined by "or", each with the words of the whole choice: one of them is enough."""
    found: dict[Mention, str] = {}
    run: list[Mention] = []
    for mention in [m for m in mentions if m.kind != "title" and not stance[m.first].negative]:
        between = {w.folded for w in words[run[-1].last + 1 : mention.first]} if run else set()
        same = run and {s.facet for s in run[-1].senses} & {s.facet for s in mention.senses}
        if same and "or" in between and len(between) <= 3:
            run.append(mention)
            quote = text[words[run[0].first].start : words[mention.last].end]
            found |= dict.fromkeys(run, quote)
        else:
            run = [mention]
    return found


def _negated_span(
    text: str,
    words: Sequence[Token],
    here: Stance,
    mentions: Sequence[Mention],
    stance: Sequence[Stance],
) -> str:
    """The visitor's words from the cue to the last thing that it negates."""
    under = [m for m in mentions if stance[m.first] == here]
    first, last = under[0].first, under[-1].last
    cue = here.cue if here.cue is not None else first
    return text[words[min(cue, first)].start : words[max(last, cue if cue > last else last)].end]


def _strongest(senses: list[Sense]) -> list[Sense]:
    """For "not too sad": of the tags only the first two, the plainest; not every shade."""
    tags = [s for s in senses if s.facet == senses[0].facet]
    return [s for s in senses if s not in tags[STRONGEST:]] if len(tags) > STRONGEST else senses


def _with_parts(mention: Mention, lexicon: Lexicon) -> list[Sense]:
    """The senses of a mention, then those of longer values that contain its words."""
    phrase = fold(mention.quote)
    contains = mention.kind == "value" and phrase in lexicon.values
    return [*mention.senses, *(lexicon.containing(phrase) if contains else [])]


def _one_of(mention: Mention, lexicon: Lexicon) -> list[Sense]:
    """What to avoid for a phrase that means two things at once ("no romcoms"): the phrase itself
    if the catalogue has it, else the first of the two."""
    return lexicon.values.get(fold(mention.quote)) or list(mention.groups[0])


def _person_role(words: Sequence[Token], mention: Mention, senses: list[Sense]) -> list[Sense]:
    """ "By" and "directed by" mean directors, "with" and "starring" the cast; else every role."""
    if mention.kind != "person":
        return senses
    before = " ".join(w.folded for w in words[max(mention.first - 3, 0) : mention.first])
    directs = bool(re.search(r"\b(?:by|director|directed|from)$|\bdirected by$", before))
    acts = bool(re.search(r"\b(?:with|starring|stars|featuring|actor|actress)$", before))
    chosen = [
        s
        for s in senses
        if (s.facet.startswith("direct") and directs) or (s.facet in ("cast", "actors") and acts)
    ]
    return chosen or senses


def read_relaxations(reading: Reading) -> None:
    """ "Any year is fine", "I don't care about the length": the limits on it are lifted."""
    for match in _ANY.finditer(reading.text):
        said = fold(match["what"] or match["what2"])
        facets = [
            f
            for f in reading.lexicon.schema.numbers
            if f == said or said in _ALSO_CALLED.get(f, ())
        ]
        reading.removals += [Removal("limits", facet) for facet in facets]
        if facets:
            reading.acts.append(Act("revoke", match[0].strip()))


def read_promises(reading: Reading) -> set[int]:
    """Phrases that rule something out without a "no": "the dog does not die". Gives their tokens."""
    used: set[int] = set()
    words, turn = reading.words, reading.turn
    said = [w.folded for w in words]
    for phrase, values in promises().items():
        length = len(phrase.split())
        at = next((i for i in range(len(said)) if " ".join(said[i : i + length]) == phrase), None)
        if at is not None:
            quote = reading.text[words[at].start : words[at + length - 1].end]
            senses = [s for v in values for s in reading.lexicon.values.get(fold(v), [])]
            reading.avoids += [Preference(s.facet, s.value, 1.0, quote, turn) for s in senses]
            used |= set(range(at, at + length)) if senses else set()
    return used


def read_pronouns(reading: Reading, mentions: Sequence[Mention]) -> None:
    """ "Nothing by him", "so none of those": what was named last in the same breath is not wanted."""
    text, turn = reading.text, reading.turn
    for match in _NOT_THAT.finditer(text):
        person = match["who"] is not None or match["absent"] is not None
        kinds = ("person",) if person else ("value",)
        before = [
            m for m in mentions if m.kind in kinds and fold(m.quote) in fold(text[: match.start()])
        ]
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


def read_rest(reading: Reading, used: set[int], stance: Sequence[Stance]) -> None:
    """Words that the catalogue has no facet for: searched for by meaning, or kept out by name."""
    text, words, lexicon, turn = reading.text, reading.words, reading.lexicon, reading.turn
    content = [
        i
        for i, w in enumerate(words)
        if i not in used
        and w.folded not in function_words()
        and len(w.folded) > 2
        and not w.folded.isdigit()
    ]
    content = [i for i in content if not _watched_before(text, words, i)]
    for i in content:
        here = stance[i]
        if here.strength <= -DISLIKED and here.cue is not None and 0 < i - here.cue <= 3:
            if any(j in used or j in content for j in range(here.cue + 1, i)):
                continue
            last = i
            while last + 1 in content and words[last + 1].capitalised and words[i].capitalised:
                last += 1
            quote = text[words[here.cue].start : words[last].end]
            phrase = " ".join(w.folded for w in words[i : last + 1])
            reading.avoids.append(Preference(TEXT, phrase, -here.strength, quote, turn))
    wanted = [i for i in content if not stance[i].negative and words[i].folded in lexicon.known]
    if wanted:
        quote = text[words[wanted[0]].start : words[wanted[-1]].end]
        value = " ".join(words[i].folded for i in wanted)
        reading.wants.append(Preference(TEXT, value, HEDGED, quote, turn))


def _watched_before(text: str, words: Sequence[Token], at: int) -> bool:
    """Whether a word belongs to what was watched: "we saw Mr and Mrs Smith already"."""
    for i in range(at - 1, max(at - 7, -1), -1):
        if re.search(r"[.!?;,\n]", text[words[i].end : words[i + 1].start]):
            return False
        if words[i].folded in ("seen", "saw", "watched"):
            return True
        if words[i].folded in ("but", "want", "like", "something"):
            return False
    return False
