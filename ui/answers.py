"""What the HTTP API answers, as its document describes it. Nothing is checked or changed by these."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from chatbot.conversation import Action


class _Answer(BaseModel):
    model_config = ConfigDict(extra="allow")


class Problem(_Answer):
    """Why something was refused or failed (RFC 9457)."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no conversation 'x'; it may have been deleted."])


class Entry(_Answer):
    """A want or an avoid, with the visitor's words that it comes from."""

    facet: str
    value: str | float
    strength: float
    quote: str
    turn: int


class Bound(_Answer):
    """A limit."""

    facet: str
    op: Literal["<", "<=", "=", ">=", ">", "!="]
    value: str | float
    quote: str
    turn: int


class Profile(_Answer):
    """What is remembered of a visitor's taste. Over several catalogues, `scenes` has that of each."""

    wants: list[Entry]
    avoids: list[Entry]
    limits: list[Bound]
    liked: list[str]
    disliked: list[str]
    seen: list[str]
    guesses: list[dict[str, Any]]


class Shown(_Answer):
    """A recommended item."""

    id: str
    title: str
    score: float
    reason: str
    evidence: list[dict[str, Any]]
    item: dict[str, Any] = Field(description="Every field of the catalogue.")


class TurnAnswer(_Answer):
    """A whole turn: the answer to a message, and the data of the event `finished`."""

    turn: int
    utterance: str
    reply: str
    acts: list[dict[str, str]]
    action: Action
    question: dict[str, Any] | None
    items: list[Shown]
    profile: Profile
    timings_ms: dict[str, float]


class ConversationAnswer(_Answer):
    """A conversation as it stands."""

    id: str
    catalogue: str | list[str]
    turns: list[dict[str, Any]]
    profile: Profile


class TokenAnswer(_Answer):
    """A token that opens a conversation, and how long it does."""

    token: str
    expires_in: int = Field(description="Seconds.")


class SessionAnswer(ConversationAnswer, TokenAnswer):
    """A conversation with its token."""

    site: str | None


class ConsentAnswer(_Answer):
    """Whether a conversation may be learned from, and who said so."""

    training: bool
    given_by: str | None


class WidgetAnswer(_Answer):
    """What the widget needs to draw itself."""

    site: str
    catalogues: list[str]
    longest_utterance: int
    learning: Literal["asked", "assumed"]
    image_hosts: list[str]
    without_model: str


REFUSALS = {
    400: "What was asked cannot be done, or the body cannot be read.",
    401: "The token, API key or identity is missing, expired, replaced or wrong.",
    403: "Pages of this origin may not do this.",
    404: "There is no such thing.",
    405: "This cannot be done here.",
    408: "The body did not arrive in time.",
    413: "The body is too long.",
    422: "The body or a parameter is not of the form that is described.",
    429: "Too often. `Retry-After` says in how many seconds it may be tried again.",
    500: "Something went wrong in the server.",
    503: "Too many wait, or it took too long. `Retry-After` says when to try again.",
}
LATER = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 1}}}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How these refusals are documented."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {
            "description": REFUSALS[status],
            "content": {"application/problem+json": {"schema": schema}},
            **({"headers": LATER} if status in (429, 503) else {}),
        }
        for status in statuses
    }


def answers(
    model: type[BaseModel] | None, status: int = 200, more: tuple[int, ...] = ()
) -> dict[int | str, dict[str, Any]]:
    """How a route that opens a conversation is documented."""
    ours = refusals(400, 401, 403, 404, 408, 413, 422, 429, 500, *more)
    return {status: {"model": model}, **ours} if model else ours
