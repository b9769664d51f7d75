"""What can be set about how much a visitor, an address and a site may ask of the HTTP API."""

from pydantic import Field

from retrieval.settings import Section

PER_MINUTE = " 0: any number."


class LimitSettings(Section):
    """Bounds of the HTTP API. What is over them is refused with 429 or 503 and Retry-After."""

    messages_of_visitor: int = Field(
        30, ge=0, description="Messages a minute in one conversation." + PER_MINUTE
    )
    messages_of_address: int = Field(
        120, ge=0, description="Messages a minute from one address." + PER_MINUTE
    )
    messages_of_site: int = Field(
        3000, ge=0, description="Messages a minute of all visitors of one site." + PER_MINUTE
    )
    sessions_of_address: int = Field(
        60, ge=0, description="Conversations a minute that begin from one address." + PER_MINUTE
    )
    requests_of_address: int = Field(
        1200, ge=0, description="Requests of every kind a minute from one address." + PER_MINUTE
    )
    refused_of_address: int = Field(
        60,
        ge=0,
        description="Wrong keys, tokens and identities a minute from one address; after that it waits."
        + PER_MINUTE,
    )
    waiting: int = Field(
        200, ge=0, description="Turns that may wait for their turn; one more is refused with 503."
    )
    turn_s: float = Field(
        30.0,
        gt=0,
        le=600,
        description="Seconds after which nobody waits for a turn any longer, the wait before it included.",
    )
    token_s: int = Field(
        3600,
        ge=60,
        le=30 * 24 * 3600,
        description="Seconds that a session token is good for; a page exchanges it before.",
    )
