"""Words that equal a title and were not taken for one: a second reader says whether they are meant so.

"your name", "drive", "the piano" in small letters are everyday words, and what stands around them is
different each time: too many turns of phrase for a table.
"""

from collections.abc import Sequence, Set

from chatbot.lexicon import Lexicon, Mention
from chatbot.second_reader import Span
from chatbot.title_frames import SUBJECTS, is_kind
from chatbot.title_lists import LONGEST_TITLE
from retrieval.stop_words import STOP_WORDS
from retrieval.text import Token

MOST = 12  # of one utterance


def title_guesses(words: Sequence[Token], linked: Set[int], lexicon: Lexicon) -> tuple[Span, ...]:
    """The longest phrases of words not yet linked that equal a title. No word that stands for itself
    far more often, and none that so many items carry that it is a kind of thing."""
    found: list[Span] = []
    at = 0
    while at < len(words) and len(found) < MOST:
        for last in range(min(at + LONGEST_TITLE, len(words)) - 1, at - 1, -1):
            phrase = " ".join(w.folded for w in words[at : last + 1])
            if phrase not in lexicon.titles or not linked.isdisjoint(range(at, last + 1)):
                continue
            alone = last == at and (phrase in STOP_WORDS or phrase in SUBJECTS)
            if not alone and not is_kind(phrase, lexicon):
                found.append(Span(at, last, (lexicon.titled(phrase)[0].value,)))
                at = last
                break
        at += 1
    return tuple(found)


def with_guesses(
    text: str,
    words: Sequence[Token],
    mentions: Sequence[Mention],
    taken: Sequence[Span],
    lexicon: Lexicon,
) -> list[Mention]:
    """Mentions with those phrases as titles, and without what they were taken for before."""
    found = [m for m in mentions if all(m.last < s.first or s.last < m.first for s in taken)]
    for span in taken:
        quote = text[words[span.first].start : words[span.last].end]
        senses = lexicon.titled(" ".join(w.folded for w in words[span.first : span.last + 1]))
        found += [Mention(span.first, span.last, ((s,),), quote) for s in senses[:1]]
    return sorted(found, key=lambda m: m.first)
