"""What a card must say of an item besides why it fits: that it is sponsored, that none is left.

Said twice on purpose: as a label for faces that draw one, and in the reason, which every face shows.
"""

from dataclasses import replace

from chatbot.events import Card
from chatbot.voice import ENGLISH, Voice
from retrieval.item import Item
from retrieval.rules_in_force import InForce


def disclosed(reason: str, item: Item, rules: InForce, voice: Voice = ENGLISH) -> str:
    """A reason with what has to be said beside it."""
    return voice.sentences(
        reason,
        voice.phrase("reason.sponsored") if item.id in rules.sponsored else "",
        voice.phrase("reason.out_of_stock") if item.id in rules.out_of_stock else "",
    )


def labels(sponsored: bool, out_of_stock: bool, voice: Voice = ENGLISH) -> tuple[str, ...]:
    """What has to stand on a card, in the visitor's language."""
    found = [voice.phrase("label.sponsored")] if sponsored else []
    return (*found, voice.phrase("label.out_of_stock")) if out_of_stock else tuple(found)


def labelled(card: Card, rules: InForce, voice: Voice = ENGLISH) -> Card:
    """A card with its labels, in the visitor's language."""
    sponsored, gone = card.item.id in rules.sponsored, card.item.id in rules.out_of_stock
    if not sponsored and not gone:
        return card
    return replace(
        card,
        reason=disclosed(card.reason, card.item, rules, voice),
        parts={**card.parts, "sponsored": 1.0} if sponsored else card.parts,
        sponsored=sponsored,
        out_of_stock=gone,
        labels=labels(sponsored, gone, voice),
    )
