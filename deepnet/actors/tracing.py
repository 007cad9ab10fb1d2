"""To come."""

from typing import Any

TracedMessage = Any
