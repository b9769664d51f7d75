"""Words that are no names, as the catalogue itself shows."""

from retrieval.catalogue import Catalogue
from retrieval.text import tokens


def ordinary_words(catalogue: Catalogue) -> set[str]:
    """Words that the catalogue's own prose writes in lower case, so no sign of a name."""
    seen: dict[str, int] = {}
    prose = catalogue.schema.named("description")
    for item in catalogue.items.values():
        text = " ".join(str(item.fields.get(f) or "") for f in prose)
        for word in {t.folded for t in tokens(text) if not t.capitalised}:
            seen[word] = seen.get(word, 0) + 1
    return {word for word, count in seen.items() if count >= 2}
