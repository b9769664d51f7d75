"""The query that a sample stands for: what was said, understood as in a live turn."""

from chatbot.conversation import Conversation
from chatbot.lexicon import Lexicon
from chatbot.profile import SPECIAL
from chatbot.recommend import wish_of
from finetune.dialogues import hear
from finetune.samples import Message, Sample
from retrieval.query import Query

MOST_HEARD = 2_000  # conversations remembered, since samples of a dialogue begin alike


class Listener:
    """Understands conversations of samples. What it heard before is not understood again."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._heard: dict[tuple[Message, ...], Conversation] = {}

    def query(self, sample: Sample) -> Query:
        """What to look for: the latest words, the wishes of the profile, and the items that were named
        as seeds, but for what was not liked."""
        profile = self.conversation(sample).profile
        disliked = frozenset(profile.disliked)
        return Query(
            text=sample.text(),
            talk=sample.talk(),
            wishes=tuple(wish_of(w) for w in profile.wants if w.facet not in SPECIAL),
            seeds={id: 1.0 for id in sample.mentioned if id not in disliked},
            against=disliked,
            moment=sample.moment,
        )

    def conversation(self, sample: Sample) -> Conversation:
        """The conversation up to the sample's decision."""
        context = sample.context
        known = next((n for n in range(len(context), 0, -1) if context[:n] in self._heard), 0)
        conversation = self._heard.get(context[:known]) or Conversation(sample.group, "")
        for message in context[known:]:
            conversation = hear(conversation, message.role, message.text, self._lexicon)
        if len(self._heard) >= MOST_HEARD:
            self._heard.clear()
        self._heard[context] = conversation
        return conversation
