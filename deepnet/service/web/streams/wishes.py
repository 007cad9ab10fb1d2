"""What a client may say on the live stream."""

import re
from typing import Annotated

import msgspec

from deepnet.errors import InputError

MOST_RATE = 20.0
"""Frames a second of one subscription."""
MOST_ID = 2**32 - 1
MOST_FIELDS = 32
MOST_NUMBER = 1_000_000_000
"""The number of a row or column that one may ask for."""

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
_Number = Annotated[int, msgspec.Meta(ge=0, le=MOST_NUMBER)]
_Id = Annotated[int, msgspec.Meta(ge=0, le=MOST_ID)]


class Subscribe(msgspec.Struct, tag_field="op", tag="subscribe", forbid_unknown_fields=True, frozen=True):
    """Send frames of a topic under an id from now on.

    Attributes:
        id: which the client has chosen; its frames bear it.
        topic: what of, see `deepnet.service.web.streams.topics`.
        network: of which network.
        run: of which run.
        address: of which neuron.
        fields: which columns.
        row: which row of the run, from 0.
        window: row0, row1, column0, column1: which part of a matrix of weights.
        kinds: which kinds of events.
        every: of a neuron, that each frame is to tell what it did at all steps since the one before that were looked
            at, and that those are to be steps whose number this divides; otherwise it tells of the last one only.
        rate: frames a second; more than 20 are 20.
    """

    id: _Id
    topic: _Name
    network: _Name | None = None
    run: _Name | None = None
    address: _Name | None = None
    fields: Annotated[list[_Name], msgspec.Meta(max_length=MOST_FIELDS)] | None = None
    kinds: Annotated[list[_Name], msgspec.Meta(max_length=MOST_FIELDS)] | None = None
    row: _Number | None = None
    window: Annotated[list[_Number], msgspec.Meta(min_length=4, max_length=4)] | None = None
    every: Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)] | None = None
    rate: Annotated[float, msgspec.Meta(gt=0)] = 10.0


class Unsubscribe(msgspec.Struct, tag_field="op", tag="unsubscribe", forbid_unknown_fields=True, frozen=True):
    """Send no more frames under this id."""

    id: _Id


class Ping(msgspec.Struct, tag_field="op", tag="ping", forbid_unknown_fields=True, frozen=True):
    """Say that you are there."""


Wish = Subscribe | Unsubscribe | Ping
_decoder: msgspec.json.Decoder[Wish] = msgspec.json.Decoder(Wish)
_HOW = """send {"op": "subscribe", "id": 1, "topic": "summary", "network": "..."}, unsubscribe with an id, or ping"""


class _WithId(msgspec.Struct):
    id: _Id


_id_decoder = msgspec.json.Decoder(_WithId)


def read_wish(text: str) -> Wish:
    """Return what a client has said.

    Raises:
        InputError: it means nothing here; the message says what would.
    """
    try:
        return _decoder.decode(text)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise InputError(f"this says nothing ({_one_line(error)}): {_HOW}") from None


def id_in(text: str) -> int | None:
    """Return the id that a message bears that could not be read, if it has one: the answer is easier to place then."""
    try:
        return _id_decoder.decode(text).id
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _one_line(error: Exception) -> str:
    return re.sub(r"[^ -~]+", " ", str(error))[:200] or type(error).__name__
