"""What is wished for and what is not: facet values, people, and words beyond the facets."""

import re
from collections.abc import Sequence

from chatbot.bounds import field_named
from chatbot.conversation import Conversation
from chatbot.joint import heads_list, together
from chatbot.lexicon import Lexicon, Mention, Sense
from chatbot.polarity import ACCEPTABLE, HEDGED, LESS, LISTED, NEVER, Stance
from chatbot.profile import Limit, Preference, Removal
from chatbot.reading import Reading
from chatbot.takebacks import read_takebacks
from chatbot.words import cues, entries, pattern, patterns, promises
from chatbot.words.filler import function_words
from retrieval.constraints import TEXT
from retrieval.phrase_words import SUFFIX
from retrieval.stop_words import STOP_WORDS
from retrieval.text import Token, fold, joined, singular

MAKERS = frozenset(["directors", "director", "authors", "author", "writers", "brand", "artists"])
"""The facets of who made an item."""

STRONGEST = 2


def read_values(reading: Reading, mentions: Sequence[Mention], stance: Sequence[Stance]) -> None:
    """Facet values and people: wanted, avoided, excepted from what is avoided, or required."""
    text, words, lexicon, turn = reading.text, reading.words, reading.lexicon, reading.turn
    choices = _alternatives(text, words, mentions, stance)
    needed = {choices[m] for m in choices if _is_required(reading, m)}
    for mention in mentions:
        if mention.kind == "title":
            continue
        here = stance[mention.first]
        start, end = words[mention.first].start, words[mention.last].end
        diet = _is_diet(reading, mention.quote, start)
        if (_is_of_the_visitor(reading, mention) and not diet) or (
            not here.negative and reading.found("change.described", end=start)
        ):
            continue  # "I feel sad", "they look sad"
        if mention.kind == "value" and here.cue is None and reading.is_told(start):
            continue
        behind = pattern("talk", "change.forget_behind", reading.language).match(text[end:])
        if behind or reading.found("change.forget", end=start):
            meant = {(s.facet, s.value) for s in _with_parts(mention, lexicon)}
            reading.removals += [
                Removal(section, f, v) for section in ("wants", "avoids") for f, v in sorted(meant)
            ]
            reading.revoke(mention.quote)
            continue
        if here.excepts and any(stance[m.first].negative for m in mentions):
            reading.unless += [(s.facet, s.value) for s in mention.senses]
            continue
        if here.excepts:  # from what is wished for: "anywhere in Asia except Japan"
            here = Stance(-NEVER, here.cue)
        if here.negative and _is_only_described(words, mention, mentions, stance):
            continue  # "poetry, but not gloomy poetry"
        if here.negative and heads_list(text, words, mention, mentions, stance):
            here = Stance(cue=here.cue)
        by_mistake = pattern("talk", "change.meant", reading.language)
        if here.negative and by_mistake.search(reading.written[:start]):
            wished = {w.key for w in reading.conversation.profile.wants}
            wrong = [s for s in mention.senses if (s.facet, fold(s.value)) in wished]
            reading.removals += [Removal("wants", s.facet, s.value) for s in wrong]
            if wrong:  # "I meant Tom Hardy, not Hanks": nothing against Hanks
                reading.revoke(mention.quote)
                continue
        if here.negative:
            avoided = _one_of(mention, lexicon) if len(mention.groups) > 1 else mention.senses
            avoided = [*avoided, *_with_parts(mention, lexicon)[len(mention.senses) :]]
            if any(s.facet.endswith(SUFFIX) for s in avoided):
                # the words are the heads of phrases: "cream of mushroom" has mushrooms all the same
                avoided = [*avoided, Sense("value", TEXT, singular(fold(mention.quote)))]
            if here.strength == -LESS:
                avoided = _strongest(list(avoided))
            quote = _negated_span(text, words, here, mention, mentions, stance)
            reading.avoids += [
                Preference(s.facet, s.value, -here.strength, quote, turn, phrase=mention.quote)
                for s in _person_role(reading, mention, list(avoided))
            ]
            continue
        parts = [lexicon.primary(list(group)) for group in mention.groups]
        parts = [_for_whom(part, words) for part in parts]
        senses = _person_role(reading, mention, [s for part in parts for s in part])
        required = choices.get(mention) in needed or _is_required(reading, mention)
        if here.strength == ACCEPTABLE and (
            lifted := _lifted(_with_parts(mention, lexicon), reading.conversation)
        ):
            reading.removals += lifted
            reading.revoke(mention.quote)
        elif (required or diet) and here.strength > HEDGED:
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
    either = {m.quote: said for m, said in choices.items() if said in needed}
    reading.limits = together(reading.limits, either)


def _is_required(reading: Reading, mention: Mention) -> bool:
    """Whether nothing else will do: "only blue", "must be Italian"."""
    start, end = reading.words[mention.first].start, reading.words[mention.last].end
    compared = reading.found("critique.more", start=start)
    only = not compared and reading.found("change.only", end=start)
    return only or reading.found("change.only_behind", start=end)


def _is_only_described(
    words: Sequence[Token], mention: Mention, mentions: Sequence[Mention], stance: Sequence[Stance]
) -> bool:
    """Whether what is ruled out is another word before a value that was wished for just before."""
    cue = stance[mention.first].cue
    wished = any(
        fold(m.quote) == fold(mention.quote) and not stance[m.first].negative
        for m in mentions
        if m.last < mention.first
    )
    between = range(mention.first if cue is None else cue + 1, mention.first)
    told = (i for i in between if not stance[i].is_cue)
    if mention.first and words[mention.first - 1].folded in LISTED:
        return False  # "skip what comes in red or green"
    return wished and any(words[i].folded not in function_words() for i in told)


def _for_whom(senses: list[Sense], words: Sequence[Token]) -> list[Sense]:
    """Of values that differ in a word, those that have a word of the utterance: "shoes for men"."""
    if len(senses) < 2:
        return senses
    said = {singular(w.folded) for w in words}
    own = {s: set(singular(fold(s.value)).split()) for s in senses}
    shared = set.intersection(*own.values())
    meant = [s for s in senses if (own[s] - shared) & said]
    return meant if shared and meant else senses


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
    kin = words[mention.last].folded in cues("relatives", reading.language)
    relative = kin and mention.kind != "person"  # "the Coen brothers" are nobody's own
    ours = pattern("talk", "change.ours", reading.language).search(before)
    behind = {w.folded for w in words[mention.last + 1 : mention.last + 4]}
    is_none = pattern("talk", "change.is_none", reading.language).search(before)
    if is_none and behind.isdisjoint(cues("devoted", reading.language)):
        return mention.kind == "value"  # "of course I cried, I'm not a monster"
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
    mention: Mention,
    mentions: Sequence[Mention],
    stance: Sequence[Stance],
) -> str:
    """The visitor's words from the cue to the last thing that it negates."""
    under = [m for m in mentions if stance[m.first] == here] or [mention]
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


def _is_diet(reading: Reading, quote: str, start: int) -> bool:
    """Whether somebody eats nothing else: "I'm vegan and gluten free"."""
    eaten = pattern("talk", "change.diets", reading.language).search(quote)
    return bool(eaten) and reading.found("change.diet", end=start)


def read_relaxations(reading: Reading) -> None:
    """What is let in again: limits by the name of their field, exclusions by their words."""
    _read_lifted_fields(reading)
    expressions = patterns("talk", "change.again", reading.language)
    for match in (m for expression in expressions for m in expression.finditer(reading.text)):
        said = set(singular(fold(match["what"])).split()) - STOP_WORDS
        lifted = [
            a for a in reading.conversation.profile.avoids
            if said & set(singular(fold(a.phrase or a.value)).split())
        ]  # fmt: skip
        reading.removals += [Removal("avoids", a.facet, a.value) for a in lifted]
        if lifted:
            reading.revoke(match[0])
            reading.spent.append((match.start(), match.end()))
    read_takebacks(reading)


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
                if reading.conversation.turns:
                    reading.revoke(match[0])
                reading.spent.append((match.start(), match.end()))


def read_promises(reading: Reading) -> set[int]:
    """Phrases that rule something out without a "no": "the dog does not die". Gives their tokens."""
    used: set[int] = set()
    words, turn = reading.words, reading.turn
    said = [w.folded for w in words]
    whole = f" {' '.join(said)} "
    for phrase, values in promises().items():
        if f" {phrase} " not in whole:
            continue
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
        kinds = ("person",) if person else ("value", "title")
        before = [
            m for m in mentions if m.kind in kinds and fold(m.quote) in fold(text[: match.start()])
        ]
        if not before:
            continue
        beside = [m for m in mentions if fold(m.quote) in fold(text[: match.start()])][-1]
        if beside.kind == "person" and not person and text[: match.start()].endswith(beside.quote):
            continue  # "Miyazaki, never mind him": of the person
        if before[-1].kind == "title":
            _exclude_last_titles(reading, before, match[0].strip())
            continue
        meant = before[-1].senses
        if group.get("absent"):
            meant = [s for s in meant if s.facet in ("cast", "actors")]
        keys = {(s.facet, fold(s.value)) for s in meant}
        if keys & {a.key for a in reading.avoids}:
            continue  # "scared of sharks, so none of that"
        reading.wants = [w for w in reading.wants if w.key not in keys]
        reading.avoids += [Preference(s.facet, s.value, 1.0, match[0].strip(), turn) for s in meant]


def _exclude_last_titles(reading: Reading, before: Sequence[Mention], quote: str) -> None:
    """ "We saw A and B, so skip those": the titles that were named last, however many in a row."""
    for mention in reversed(before):
        if mention.kind != "title":
            break
        title = reading.lexicon.items[mention.senses[0].value].title
        reading.wants = [w for w in reading.wants if w.value != mention.senses[0].value]
        reading.avoids.append(
            Preference("title", title, 1.0, quote, reading.turn, phrase=mention.quote)
        )


def _lifted(senses: Sequence[Sense], conversation: Conversation) -> list[Removal]:
    meant = {(s.facet, fold(s.value)) for s in senses}
    avoided = (a for a in conversation.profile.avoids if (a.facet, fold(a.value)) in meant)
    return [Removal("avoids", a.facet, a.value) for a in avoided]
