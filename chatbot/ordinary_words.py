"""Words that are no names, as the catalogue itself shows."""

from collections import Counter

from retrieval.catalogue import Catalogue
from retrieval.text import fold, written_words

OFTEN = 2  # items whose prose has a word in lower case


def ordinary_words(catalogue: Catalogue) -> set[str]:
    """Words that the catalogue's own prose writes in lower case, so no sign of a name."""
    prose = catalogue.schema.named("description")
    folded: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for item in catalogue.items.values():
        text = " ".join(str(item.fields.get(f) or "") for f in prose)
        small = [word for word in written_words(text) if not word[:1].isupper()]
        for word in small:
            if word not in folded:
                folded[word] = fold(word)
        seen.update({folded[word] for word in small})
    return {word for word, count in seen.items() if word and count >= OFTEN}
