"""Changes by hand, as a face asks for them: checked against the profile as it stands, then a change."""

from dataclasses import dataclass

from chatbot.conversation import Conversation
from chatbot.guesses import confirmed, guesses_of
from chatbot.profile import Edit, Preference, Profile, ProfileChange, Removal, can_flip, edited
from retrieval.constraints import TEXT
from retrieval.errors import ProfileError
from retrieval.find import Retriever
from retrieval.text import fold

Address = tuple[str, str]
"""Facet and value, which name a guess."""


@dataclass(frozen=True)
class ByHand:
    """What a visitor clicked, typed as a command, or sent as a PATCH."""

    removals: tuple[Removal, ...] = ()
    edits: tuple[Edit, ...] = ()
    confirm: tuple[Address, ...] = ()
    dismiss: tuple[Address, ...] = ()
    undo: bool = False

    def on(self, conversation: Conversation, retriever: Retriever, turn: int) -> ProfileChange:
        """The change that this is for a conversation; what is confirmed is dated `turn`.

        Raises ProfileError for an edit or a guess that is not there. A removal of what is not there
        changes nothing, as ever.
        """
        profile = conversation.profile
        if self.undo and conversation.past:
            profile = conversation.past[-1]
        guesses = {g.key: g for g in guesses_of(profile, retriever)}
        for facet, value in (*self.confirm, *self.dismiss):
            if (facet, fold(value)) not in guesses:
                raise ProfileError(
                    f"There is no guess {value!r} of {facet!r}; the like that it was made from may be gone."
                )
        wishes = [confirmed(guesses[f, fold(v)], turn).wants for f, v in self.confirm]
        for edit in self.edits:
            profile = _checked(profile, edit)
        return ProfileChange(
            wants=tuple(want for wants in wishes for want in wants),
            removals=self.removals,
            edits=self.edits,
            dismissed=tuple((facet, fold(value)) for facet, value in self.dismiss),
            undo=self.undo and bool(conversation.past),
        )


def _checked(profile: Profile, edit: Edit) -> Profile:
    after = edited(profile, edit)
    if after != profile:
        return after
    entries = getattr(profile, edit.section)
    if edit.section in ("liked", "disliked"):
        if edit.value in entries:
            raise ProfileError(f"An item that is {edit.section} can be flipped, nothing else.")
    else:
        key = Preference(edit.facet, edit.value, 1.0, "", 0).key
        old = next((p for p in entries if p.key == key), None)
        if old is not None and edit.action == "flip" and not can_flip(old):
            raise ProfileError(f"There is no opposite of {old.name!r} to keep; it can be removed.")
        if old is not None and (edit.section, edit.facet) == ("wants", TEXT):
            raise ProfileError(
                f"{old.name!r} is searched for as it is; it can be flipped or removed."
            )
        if old is not None:
            step = "least" if edit.action == "weaken" else "most"
            raise ProfileError(f"{old.name!r} counts the {step} it can already.")
    raise ProfileError(f"There is no {edit.value!r} among the {edit.section} of this profile.")
