"""What clients send to the HTTP API. Unknown names are refused."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    field_validator,
)

from chatbot.conversation import Reaction
from chatbot.edits import ByHand
from chatbot.profile import Edit, EditAction, EditedSection, Removal, Section

OF_WHICH = "In a conversation over several catalogues: the one that is meant."
Name = Annotated[str, Field(min_length=1, max_length=40)]
Word = Annotated[str, Field(max_length=2000)]
LONGEST_WORD = 60
OF_PAGE = ("item", "category", "cart")
"""In a message's context: what the page shows, and what lies in the cart. Data, and no part of the
moment that is learned from."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SessionBody(_Body):
    """What a conversation is about, for which site, and who its visitor is."""

    catalogue: str | list[str] | None = Field(
        None,
        max_length=200,
        description="Without it, the first catalogue that is served.",
        examples=["films", ["films", "books"]],
    )
    site: str | None = Field(
        None, max_length=40, description="The site that the page belongs to.", examples=["shop"]
    )
    identity: str | None = Field(
        None,
        max_length=4096,
        description="A JWT of the site's backend that says who the visitor is (HS256 with the site's identity "
        "secret; `sub`, `aud` 'tastemaker:SITE', `iat`, `exp` ten minutes later at the most, and `jti` "
        "where it may be shown only once). A visitor who was here before gets their conversation back.",
    )
    temporary: StrictBool = Field(
        False,
        description="A conversation that is found again by its id and token only, not by who signed in.",
    )
    locale: str | None = Field(
        None,
        max_length=35,
        pattern=r"^[A-Za-z]{1,8}([-_][A-Za-z0-9]{1,8})*$",
        description="The page's language. Replies are in the language that the visitor writes.",
        examples=["en"],
    )


class ConsentBody(_Body):
    """Whether what a visitor says may be learned from."""

    training: StrictBool = Field(
        description="True holds for what is said from now on; false takes back all that was said."
    )


class MessageBody(_Body):
    """What a visitor says."""

    text: str = Field(max_length=20_000, examples=["a heist film from the 70s"])
    context: dict[Name, Word] | None = Field(
        None,
        max_length=8,
        description="When and where the visitor is, in names and words of the site's own. It holds until "
        "another is sent, is kept in the log, and counts in the ranking once `finetune arms` has learned "
        "from conversations what is taken when.",
        examples=[{"device": "phone", "time": "evening"}],
    )
    turn_id: UUID | None = Field(
        None,
        description="An id that the client gives this turn. Sent again, the same turn is answered again "
        "and none is added: so a broken stream is resumed.",
        examples=["7b1d9c52-6a0e-4a3e-9a52-0c8f6f3a1d10"],
    )

    def moment(self) -> dict[str, str] | None:
        """When and where the visitor is, without what the page shows; None where nothing is said of it."""
        if self.context is None:
            return None
        said = {name: value for name, value in self.context.items() if name not in OF_PAGE}
        return said if said or not self.context else None

    def page(self) -> str | None:
        """The item whose page the visitor looks at, empty for none; None where nothing is said."""
        return None if self.context is None else self.context.get("item", "")

    @field_validator("context")
    @classmethod
    def _short(cls, context: dict[str, str] | None) -> dict[str, str] | None:
        for name, value in (context or {}).items():
            if name not in OF_PAGE and len(value) > LONGEST_WORD:
                raise ValueError(f"{name!r} may have {LONGEST_WORD} characters at the most")
        return context


class FeedbackBody(_Body):
    """A reaction to an item."""

    item: str = Field(max_length=200, examples=["heat-1995"])
    reaction: Reaction
    catalogue: str = Field("", max_length=200, description=OF_WHICH)


class RemovalBody(_Body):
    """An entry to take off a profile."""

    section: Section
    facet: str = Field("", max_length=200)
    value: str | StrictInt | StrictFloat = ""
    op: Literal["<", "<=", "=", ">=", ">", "!="] | None = None


class EditBody(_Body):
    """An entry to turn round (a want becomes an avoid, liked becomes disliked, and back), or to make
    count less or more. An avoided value that counts less than 0.5 no longer excludes."""

    section: EditedSection
    facet: str = Field("", max_length=200)
    value: str = Field(max_length=200, description="Of `liked` and `disliked`, an item's id.")
    action: EditAction


class GuessBody(_Body):
    """A guess, by what it is a guess at."""

    facet: str = Field(max_length=200)
    value: str = Field(max_length=200)


class ProfileBody(_Body):
    """Changes by hand: one step back, then entries to remove and to edit, guesses to confirm or to
    dismiss. All of them together are one step for the next undo."""

    remove: list[RemovalBody] = Field(default_factory=list, max_length=100)
    edit: list[EditBody] = Field(default_factory=list, max_length=100)
    confirm: list[GuessBody] = Field(default_factory=list, max_length=100)
    dismiss: list[GuessBody] = Field(default_factory=list, max_length=100)
    undo: StrictBool = False
    catalogue: str = Field("", max_length=200, description=OF_WHICH)

    def by_hand(self) -> ByHand:
        """The same as a value."""
        return ByHand(
            tuple(Removal(r.section, r.facet, r.value, r.op) for r in self.remove),
            tuple(Edit(e.section, e.facet, e.value, e.action) for e in self.edit),
            tuple((g.facet, g.value) for g in self.confirm),
            tuple((g.facet, g.value) for g in self.dismiss),
            self.undo,
        )
