"""What is wished for and what is not: facet values, people, and words beyond the facets."""

import re
from collections.abc import Sequence

from chatbot.acts import Act
from chatbot.bounds import field_named
from chatbot.conversation import Conversation
from chatbot.lexicon import Lexicon, Mention, Sense
from chatbot.polarity import ACCEPTABLE, DISLIKED, HEDGED, LESS, NEVER, Stance
from chatbot.profile import Limit, Preference, Removal
from chatbot.reading import Reading
from chatbot.words import cues, entries, pattern, patterns, promises
from chatbot.words.everyday import EVERYDAY, KNOWN, frequency
from chatbot.words.filler import function_words
from retrieval.constraints import TEXT
from retrieval.text import HAN, Token, fold, joined, singular

MAKERS = frozenset(["directors", "director", "authors", "author", "writers", "brand", "artists"])
"""The facets of who made an item."""

STRONGEST = 2
CLOSE = 2  # tokens between the announcement of a wish and its words
SHORT = 6  # tokens; an utterance of nothing else is all wish
TOO_COMMON = EVERYDAY + 1.1  # Zipf frequency


def read_values(reading: Reading, mentions: Sequence[Mention], stance: Sequence[Stance]) -> None:
    """Facet values and people: wanted, avoided, excepted from what is avoided, or required."""
    text, words, lexicon, turn = reading.text, reading.words, reading.lexicon, reading.turn
    choices = _alternatives(text, words, mentions, stance)
    for mention in mentions:
        if mention.kind == "title":
            continue
        here = stance[mention.first]
        start, end = words[mention.first].start, words[mention.last].end
        if _is_of_the_visitor(reading, mention):
            continue
        if reading.found("change.forget", end=start):
            meant = {(s.facet, s.value) for s in _with_parts(mention, lexicon)}
            reading.removals += [
                Removal(section, f, v) for section in ("wants", "avoids") for f, v in sorted(meant)
            ]
            reading.acts.append(Act("revoke", mention.quote))
            continue
        if here.excepts:
            reading.unless += [(s.facet, s.value) for s in mention.senses]
            continue
        if here.negative:
            avoided = _one_of(mention, lexicon) if len(mention.groups) > 1 else mention.senses
            avoided = [*avoided, *_with_parts(mention, lexicon)[len(mention.senses) :]]
            if here.strength == -LESS:
                avoided = _strongest(list(avoided))
            quote = _negated_span(text, words, here, mentions, stance)
            reading.avoids += [
                Preference(s.facet, s.value, -here.strength, quote, turn, phrase=mention.quote)
                for s in _person_role(reading, mention, list(avoided))
            ]
            continue
        parts = [lexicon.primary(list(group)) for group in mention.groups]
        senses = _person_role(reading, mention, [s for part in parts for s in part])
        compared = reading.found("critique.more", start=start)
        required = not compared and reading.found("change.only", end=start) or reading.found(
            "change.only_behind", start=end
        )
        if here.strength == ACCEPTABLE and (
            lifted := _lifted(_with_parts(mention, lexicon), reading.conversation)
        ):
            reading.removals += lifted
            reading.acts.append(Act("revoke", mention.quote))
        elif required and here.strength > HEDGED:
            met = [[s for s in part if s in senses] for part in parts]
            reading.limits += [_required(part, mention, turn) for part in met if part]
        else:
            reading.wants += [
                Preference(
                    s.facet, s.value, here.strength, choices.get(mention, mention.quote), turn,
                    part=0 if mention in choices else next(n for n, part in enumerate(parts) if s in part),
                    phrase=mention.quote,
                )
                for s in senses
            ]  # fmt: skip


def _required(senses: Sequence[Sense], mention: Mention, turn: int) -> Limit:
    """A limit that any of the senses satisfies."""
    first, *others = senses
    also = tuple((s.facet, s.value) for s in others)
    return Limit(first.facet, "=", first.value, mention.quote, turn, unless=also)


def _is_of_the_visitor(reading: Reading, mention: Mention) -> bool:
    """Whether a word is about who watches and how they feel, not about what to watch: "with my
    parents", "I feel sad"."""
    words = reading.words
    before = joined([w.folded for w in words[max(mention.first - 4, 0) : mention.first]])
    relative = words[mention.last].folded in cues("relatives", reading.language)
    ours = pattern("talk", "change.ours", reading.language).search(before)
    return bool(
        (relative and ours) or pattern("talk", "change.feel", reading.language).search(before)
    )


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


def _person_role(reading: Reading, mention: Mention, senses: list[Sense]) -> list[Sense]:
    """ "By" and "directed by" mean directors, "with" and "starring" the cast; else every role."""
    if mention.kind != "person":
        return senses
    words = reading.words
    before = joined([w.folded for w in words[max(mention.first - 4, 0) : mention.first]])
    after = joined([w.folded for w in words[mention.last + 1 : mention.last + 6]])
    said = {
        role: bool(
            pattern("talk", f"change.{role}", reading.language).search(before)
            or pattern("talk", f"change.{role}_behind", reading.language).search(after)
        )
        for role in ("directs", "acts")
    }
    chosen = [
        s
        for s in senses
        if (s.facet in MAKERS and said["directs"])
        or (s.facet in ("cast", "actors") and said["acts"])
    ]
    return chosen or senses


def read_relaxations(reading: Reading) -> None:
    """What is let in again: limits by the name of their field, exclusions by their words."""
    _read_lifted_fields(reading)
    expressions = patterns("talk", "change.again", reading.language)
    for match in (m for expression in expressions for m in expression.finditer(reading.text)):
        said = set(singular(fold(match["what"])).split())
        lifted = [
            a for a in reading.conversation.profile.avoids
            if said & set(singular(fold(a.phrase or a.value)).split())
        ]  # fmt: skip
        reading.removals += [Removal("avoids", a.facet, a.value) for a in lifted]
        if lifted:
            reading.acts.append(Act("revoke", match[0].strip()))
            reading.spent.append((match.start(), match.end()))


def _read_lifted_fields(reading: Reading) -> None:
    """ "Any year is fine", "I don't care about the length": the limits on it are lifted."""
    schema, language = reading.lexicon.schema, reading.language
    names = [word for word, *_ in entries("limits", "fields", language)]
    names += [fold(name) for name in schema.numbers]
    field = "(?:" + "|".join(sorted(map(re.escape, names), key=len, reverse=True)) + ")"
    for expression in entries("limits", "words.lifted", language):
        for match in re.finditer(expression.replace("{field}", field), reading.text, re.I):
            facets = field_named(match["what"], schema, language)
            reading.removals += [Removal("limits", facet) for facet in facets]
            if facets:
                reading.acts.append(Act("revoke", match[0].strip()))
                reading.spent.append((match.start(), match.end()))


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
            reading.avoids += [
                Preference(s.facet, s.value, 1.0, quote, turn, phrase=quote) for s in senses
            ]
            used |= set(range(at, at + length)) if senses else set()
    return used


def read_pronouns(reading: Reading, mentions: Sequence[Mention]) -> None:
    """ "Nothing by him", "so none of those": what was named last in the same breath is not wanted."""
    text, turn = reading.text, reading.turn
    expressions = patterns("talk", "change.not_that", reading.language)
    for match in (m for expression in expressions for m in expression.finditer(text)):
        group = match.groupdict()
        person = group.get("who") is not None or group.get("absent") is not None
        kinds = ("person",) if person else ("value",)
        before = [
            m for m in mentions if m.kind in kinds and fold(m.quote) in fold(text[: match.start()])
        ]
        if not before:
            continue
        meant = before[-1].senses
        if group.get("absent"):
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
        and (len(w.folded) > 2 or HAN.match(w.folded) or (w.text.isupper() and len(w.text) > 1))
        and not w.folded.isdigit()
        and not stance[i].is_cue
    ]
    content = [i for i in content if not _watched_before(text, words, i)]
    for run in _runs(text, words, content, stance):
        first, last = run[0], run[-1]
        here = stance[first]
        phrase = joined([words[i].folded for i in run])
        said = text[words[first].start : words[last].end]
        behind = joined([w.folded for w in words[last + 1 : last + 5]])
        same = last + 1 < len(words) and not text[words[last].end : words[last + 1].start].strip(" -")
        if not here.negative and same and pattern("polarity", "behind.denied", reading.language).match(behind):
            here = Stance(-NEVER, last + 1)
            reading.avoids.append(
                Preference(TEXT, phrase, NEVER, text[words[first].start : words[last + 1].end], turn, phrase=said)
            )
            continue
        if not here.negative and reading.found("change.must", end=words[first].start):
            reading.limits.append(Limit(TEXT, "=", phrase, said, turn))
            continue
        if here.excepts or (HAN.match(said) and len(run) < 2):
            continue
        if here.negative:
            if _since_cue(stance, first) <= 3 and not any(j in used for j in range((here.cue or 0) + 1, first)):
                quote = text[words[here.cue or 0].start : words[last].end]
                value = phrase if here.strength <= -DISLIKED else words[last].folded
                reading.avoids.append(
                    Preference(TEXT, value, -here.strength, quote, turn, phrase=said)
                )
        elif _is_wish(reading, run, stance, used):
            reading.wants.append(Preference(TEXT, phrase, here.strength, said, turn, phrase=said))


def _runs(
    text: str, words: Sequence[Token], content: Sequence[int], stance: Sequence[Stance]
) -> list[list[int]]:
    """Neighbouring words of the same stance, each run a phrase."""
    runs: list[list[int]] = []
    for i in content:
        last = runs[-1][-1] if runs else -2
        gap = text[words[last].end : words[i].start] if last == i - 1 else "."
        if last == i - 1 and not gap.strip(" -’'") and stance[i] == stance[last]:
            runs[-1].append(i)
        else:
            runs.append([i])
    return runs


def _since_cue(stance: Sequence[Stance], at: int) -> int:
    """How many words stand between a word and the cue that it is under; many if there is none."""
    if stance[at].cue is None:
        return len(stance)
    last = next((i for i in range(at - 1, -1, -1) if stance[i].is_cue), -len(stance))
    return at - last - 1


def _is_wish(
    reading: Reading, run: Sequence[int], stance: Sequence[Stance], used: set[int]
) -> bool:
    """Whether words beyond the facets say something of taste, and are not only talk: a wish was
    announced just before them, they stand beside something wished for, or they are all there is."""
    words, known = reading.words, reading.lexicon.known
    first, last = run[0], run[-1]
    rates = [frequency(words[i].folded) for i in run]
    han = bool(HAN.match(words[first].folded))
    telling = any(
        (words[i].folded in known or rate >= KNOWN) and rate < TOO_COMMON
        for i, rate in zip(run, rates, strict=True)
    )
    if not telling and not han:
        return False
    gap = reading.text[words[last].end : words[last + 1].start] if last + 1 < len(words) else "."
    announced = _since_cue(stance, first) <= CLOSE
    led = first > 0 and words[first - 1].folded in cues("leads", reading.language)
    beside = not gap.strip() and last + 1 in used and not stance[last + 1].is_cue
    alone = not (reading.wants or reading.avoids or reading.limits or reading.about)
    opined = any(a.act in ("like", "dislike", "seen", "accept", "inquire-item") for a in reading.acts)
    if opined:
        return announced and beside
    short = alone and not reading.removals and not reading.acts and len(words) <= SHORT
    return announced or beside or short or (led and stance[first].cue is not None)


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
