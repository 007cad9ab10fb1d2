"""What is sent of a topic at one moment: encoded once, whoever and however many it goes to."""

import struct
import time
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np

_HEAD = struct.Struct("<IQ")
"""What a binary frame begins with: the id of its subscription, and which of its frames it is."""


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    return str(value)  # one odd value must not blank a page


_encoder = msgspec.json.Encoder(enc_hook=_plain)


def json_text(value: Any) -> str:
    """Return *value* as JSON; numbers that are not finite are null, and what JSON has no form for is text."""
    return _encoder.encode(value).decode()


@dataclass(frozen=True, slots=True)
class Sample:
    """The state of a topic at one moment.

    Attributes:
        payload: JSON text, or the bytes of a binary frame.
        time: when it was taken, in seconds since 1970.
    """

    payload: str | bytes
    time: float = field(default_factory=time.time)

    def after(self, mark: Any) -> tuple[str | bytes | None, Any]:
        """Return what to send to somebody of whom *mark* says what they have, and what says so from then on.

        None to send is for those who have it all. The mark is None at first.
        """
        return self.payload, mark

    def says_the_same(self, other: "Sample") -> bool:
        """Whether nothing has changed since *other*."""
        return self.payload == other.payload


def frame(subscription: int, topic: str, seq: int, at: float, payload: str | bytes) -> str | bytes:
    """Return the message for one client; all that is its own is in front."""
    if isinstance(payload, bytes):
        return _HEAD.pack(subscription, seq) + payload
    # By hand, for the payload is encoded already; the topic is a plain word.
    return f'{{"op":"frame","id":{subscription},"topic":"{topic}","seq":{seq},"time":{at!r},"data":{payload}}}'
