"""Amounts that are ruled out: "nothing from 1985", "not over two hours"."""

from chatbot.words import pattern


def negated(before: str, language: str) -> bool:
    """Whether an amount that these words stand before is ruled out."""
    clause = pattern("limits", "words.cut", language).split(before)[-1]
    bare = pattern("limits", "words.from", language).sub("", clause)
    return bool(pattern("limits", "words.negated", language).search(bare.rstrip() + " "))


def denied_from(before: str, language: str, start: int) -> int:
    """Where the denial of an amount begins, so that its quote says that it is one."""
    clauses = [m.end() for m in pattern("limits", "words.cut", language).finditer(before)]
    since = max((end for end in clauses if end <= start), default=0)
    denial = pattern("limits", "words.denial", language).search(before, since)
    return denial.start() if denial else start
