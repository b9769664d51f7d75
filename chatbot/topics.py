"""Words beyond the facets: topics that are searched for by meaning, or kept out by name."""

import re
from collections.abc import Sequence

from chatbot.polarity import DISLIKED, LOVED, NEVER, Stance
from chatbot.profile import CONTEXT, Limit, Preference
from chatbot.reading import Reading
from chatbot.words import cues, pattern, phrases
from chatbot.words.everyday import EVERYDAY, KNOWN, frequency
from chatbot.words.filler import function_words
from chatbot.words.spellings import other_spelling
from retrieval.constraints import TEXT
from retrieval.text import HAN, Token, fold, joined

CLOSE = 2  # tokens between the announcement of a wish and its words
LONGEST_TALK = 4  # characters
SHORT = 6  # tokens; an utterance of nothing else is all wish
TOO_COMMON = EVERYDAY + 1.1  # Zipf frequency
OPINED = ("like", "dislike", "seen", "accept", "inquire-item")
"""Acts that speak of items, beside which loose words are hardly ever wishes."""


def read_topics(reading: Reading, used: set[int], stance: Sequence[Stance]) -> None:
    """Words that the catalogue has no facet for: searched for by meaning, or kept out by name."""
    text, words, turn = reading.text, reading.words, reading.turn
    content = [
        i
        for i, w in enumerate(words)
        if i not in used
        and w.folded not in function_words()
        and (len(w.folded) > 2 or HAN.match(w.folded) or (w.text.isupper() and len(w.text) > 1))
        and not w.folded.isdigit()
        and not stance[i].is_cue
    ]
    talk = _phrases_of_talk(words)
    loose = {i for i in content if i not in talk}
    content = [i for i in content if i not in talk or i - 1 in loose or i - 2 in loose - {i - 1}]
    content = [i for i in content if not _watched_before(text, words, i)]
    for run in _runs(text, words, content, stance):
        first, last = run[0], run[-1]
        here = stance[first]
        phrase = joined([words[i].folded for i in run])
        if fold(phrase) in reading.lexicon.nouns:
            continue
        said = text[words[first].start : words[last].end]
        behind = joined([w.folded for w in words[last + 1 : last + 5]])
        same = last + 1 < len(words) and not text[words[last].end : words[last + 1].start].strip(
            " -"
        )
        if (
            not here.negative
            and same
            and pattern("polarity", "behind.flatly", reading.language).match(behind)
        ):
            here = Stance(-NEVER, last + 1)
            reading.avoids.append(
                Preference(
                    TEXT,
                    phrase,
                    NEVER,
                    text[words[first].start : words[last + 1].end],
                    turn,
                    phrase=said,
                )
            )
            continue
        known = all(words[i].folded in reading.lexicon.known for i in run)
        must = known and reading.found("change.must", end=words[first].start)
        if not here.negative and must and words[min(last + 1, len(words) - 1)].folded != "or":
            reading.limits.append(Limit(TEXT, "=", phrase, said, turn))
            continue
        if here.cue is None and reading.is_told(words[first].start):
            continue
        if here.excepts or (HAN.match(said) and len(run) < 2):
            continue
        if here.negative:
            near = _since_cue(stance, first) <= 3 and not any(
                j in used for j in range((here.cue or 0) + 1, first)
            )
            if near or _goes_on_list(reading, first, used, content, stance):
                quote = text[words[here.cue or 0].start : words[last].end]
                value = phrase if here.strength <= -DISLIKED else words[last].folded
                reading.avoids += [
                    Preference(facet, word, -here.strength, quote, turn, phrase=said)
                    for facet, word in (*_spellings(value), *_other_words(reading, phrase))
                ]
        elif not here.negative and reading.found("change.must", end=words[first].start):
            reading.wants.append(Preference(TEXT, phrase, LOVED, said, turn, phrase=said))
        elif _is_wish(reading, run, stance, used):
            reading.wants += [
                Preference(facet, word, here.strength, said, turn, phrase=said)
                for facet, word in _other_words(reading, phrase) or [(TEXT, phrase)]
            ]
    _read_bare_denials(reading, used, stance)


def _read_bare_denials(reading: Reading, used: set[int], stance: Sequence[Stance]) -> None:
    """Chinese words right behind a "don't" that nothing else has read: "别说教", "最好不要太吵"."""
    words, text = reading.words, reading.text
    for at, here in enumerate(stance):
        if not (here.is_cue and here.negative) or (at + 1 < len(words) and stance[at + 1].is_cue):
            continue
        denied = pattern("talk", "change.denies", reading.language).search(text[: words[at].end])
        behind = pattern("talk", "change.denied_words", reading.language).match(text, words[at].end)
        if not denied or not behind:
            continue
        inside = [i for i, w in enumerate(words) if behind.start() <= w.start < behind.end()]
        read = any(i in used for i in inside) or any(
            a.facet == TEXT and a.value in behind[0] for a in reading.avoids
        )
        if not read and not pattern("talk", "change.no_wish", reading.language).match(behind[0]):
            quote = text[denied.start() : behind.end()]
            reading.avoids.append(
                Preference(TEXT, behind[0], -here.strength, quote, reading.turn, phrase=behind[0])
            )


def _spellings(value: str) -> list[tuple[str, str]]:
    """Words to keep out, in both of their spellings."""
    return [(TEXT, value), *((TEXT, v) for v in (other_spelling(value),) if v)]


def _other_words(reading: Reading, phrase: str) -> list[tuple[str, str]]:
    """What the catalogue has as facet values for words of the visitor's own: "sofa" for "couch"."""
    lexicon = reading.lexicon
    return [(s.facet, s.value) for s in lexicon.primary(list(lexicon.nearest(phrase)))]


def _phrases_of_talk(words: Sequence[Token]) -> set[int]:
    """Chinese characters that are talk together, not one by one: those of "电影" or "时候"."""
    found: set[int] = set()
    for i, word in enumerate(words):
        for length in range(2, LONGEST_TALK + 1) if HAN.match(word.folded) else ():
            phrase = " ".join(w.folded for w in words[i : i + length])
            if i + length <= len(words) and phrase in function_words():
                found |= set(range(i, i + length))
    return found


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


def _goes_on_list(
    reading: Reading, at: int, used: set[int], content: Sequence[int], stance: Sequence[Stance]
) -> bool:
    """Whether a word is the next of a list that was ruled out: "no clowns, volleyballs or masks"."""
    words, text = reading.words, reading.text
    fillers = phrases("polarity", "cues.fillers", reading.language)
    last = at - 1
    while last > 0 and words[last].folded in fillers:
        last -= 1
    joined_by = text[words[last].end : words[at].start]
    between = range((stance[at].cue or 0) + 1, at)
    small = fillers | cues("outright_small", reading.language)
    return (
        bool(re.fullmatch(r"\s*(?:,|/|,?\s*\b(?:or|and|nor)\b)(?:\s*\w+)*\s*", joined_by))
        and not stance[last].is_cue
        and all(j in used or j in content or words[j].folded in small for j in between)
    )


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
    wishes = [w for w in reading.wants if w.facet != CONTEXT]
    alone = not (wishes or reading.avoids or reading.about)
    if any(a.act in OPINED for a in reading.acts):
        return announced and beside
    asks = all(a.act in ("request-recommendation", "inform") for a in reading.acts)
    short = alone and not reading.removals and asks and len(words) <= SHORT
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
