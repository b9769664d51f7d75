"""Whether something is ruled out in so many words: "no volleyball", "scared of spiders"."""

from collections.abc import Collection, Sequence

from chatbot.polarity import LISTED
from chatbot.words import cues
from retrieval.text import Token


def is_outright(
    text: str, words: Sequence[Token], first: int, ruled_out: Collection[int], language: str
) -> bool:
    """Whether what stands before a word rules it out in so many words, or does so before a list that
    it is part of: "no clowns, masks or mirrors".

    Args:
        text: The utterance.
        words: Its words.
        first: The first word of what is ruled out.
        ruled_out: The places of all words that are ruled out.
        language: Whose cues are read.
    """
    small, at = cues("outright_small", language), first - 1
    while at >= 0:
        listed = words[at].folded in LISTED
        if listed or "," in text[words[at].end : words[at + 1].start]:
            at -= listed
            if at not in ruled_out:
                return False
            while at in ruled_out:
                at -= 1
        elif words[at].folded in small:
            at -= 1
        else:
            break
    said = " ".join(w.folded for w in words[max(at - 1, 0) : at + 1])
    found = cues("outright", language)
    return at >= 0 and (words[at].folded in found or said in found)
