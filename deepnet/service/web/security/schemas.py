"""What logging in takes and gives, as JSON."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Label = Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e]*$")]
"""A name that somebody gives a session; it is shown in terminals, so nothing in it may steer one."""
RoleName = Literal["viewer", "operator", "admin"]


class Login(BaseModel):
    """What POST /login takes."""

    model_config = ConfigDict(extra="forbid")

    ticket: str = Field(min_length=1, max_length=200)


class TicketWish(BaseModel):
    """What a ticket is to be good for."""

    model_config = ConfigDict(extra="forbid")

    role: RoleName = "viewer"
    label: Label = ""


class TicketOut(BaseModel):
    """A ticket. Opening *url* in a browser uses it up."""

    ticket: str
    url: str
    expires: float = Field(description="seconds since 1970")


class SessionOut(BaseModel):
    """A session: who is logged in, as what, since when and until when (seconds since 1970)."""

    id: str
    role: RoleName
    label: str
    created: float
    expires: float
    last_seen: float
    revoked: bool
    current: bool = Field(description="whether it is the session that asks")


class SessionList(BaseModel):
    """A page of sessions; *next* is what to give as ``after`` for the next one, null on the last."""

    items: list[SessionOut]
    next: str | None
