"""What a run is of, as it stands in ``run.json``: all that its bits depend on."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deepnet.errors import DataError, InputError
from deepnet.maths.arrays import require_dtype
from deepnet.maths.checks import whole_number
from deepnet.maths.model import Chain
from deepnet.persistence.plain_json import to_json
from deepnet.training.differences import differences
from deepnet.training.plain import plan_from_dict
from deepnet.training.plan import Plan

FORMAT = "deepnet-run"
VERSION = 1


@dataclass(frozen=True, slots=True, eq=False)
class RunDescription:
    """All that the bits of a run depend on, and where it came from.

    Attributes:
        plan: what it is to do.
        model: the layers of its network.
        dtype: of the parameters, ``"float32"`` or ``"float64"``.
        granularity: of the network.
        seed: of the network.
        data: `deepnet.data.fingerprint.data_fingerprint` of its rows.
        origin: plain facts for whoever goes on with it, such as the options of the command line; its bits do not
            depend on them.

    Raises:
        InputError: the seed is not a whole number of 0 or more.
        UnknownNameError: the dtype is none of float32 and float64.
    """

    plan: Plan
    model: Chain
    dtype: str
    granularity: str
    seed: int
    data: str
    origin: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_dtype(self.dtype)
        object.__setattr__(self, "seed", whole_number("seed", self.seed, at_least=0))

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data.

        Raises:
            InputError: a part of the plan is of your own making, and would not be the same after a file.
        """
        return {
            "plan": self.plan.to_dict(),
            "model": self.model.to_dict(),
            "dtype": self.dtype,
            "granularity": self.granularity,
            "seed": self.seed,
            "data": self.data,
            "origin": dict(self.origin),
        }

    def differences(self, other: "RunDescription") -> tuple[str, ...]:
        """Return a phrase for each thing in *other* that would change the bits."""
        ours, theirs = self.to_dict(), other.to_dict()
        del ours["origin"], theirs["origin"], ours["plan"]["pace"], theirs["plan"]["pace"]
        return differences(ours, theirs)


def to_text(description: RunDescription) -> bytes:
    """Return what ``run.json`` is to hold: JSON for people to read too, that knows when it has been changed.

    Raises:
        InputError: a part of it is of your own making, or the origin is not plain data.
    """
    try:
        # As it will be read: JSON has lists in place of tuples, and text in place of nan.
        facts = json.loads(to_json({"format": FORMAT, "version": VERSION, **description.to_dict()}))
        content = to_json({**facts, "checksum": _checksum(facts)}, indent=2)
    except (TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"the origin of a run must be plain data, such as text and numbers: {error}") from None
    from_text("the run", content)  # a part that only looks like one of ours is found now, and not when it is needed
    return content


def from_text(name: str, content: bytes) -> RunDescription:
    """Return what *content* of ``run.json`` describes.

    Raises:
        DataError: it is something else, newer, or not what was written; *name* is named.
    """
    try:
        facts = dict(json.loads(content))
        known, version = facts.pop("format") == FORMAT, facts.pop("version")
    except (KeyError, TypeError, ValueError, RecursionError):
        known, version = False, None
    if not known or type(version) is not int or version < 1:
        raise DataError(f"{name}: does not describe a run of deepnet: give the folder of a run")
    if version > VERSION:
        raise DataError(f"{name}: is a run of format version {version}, this deepnet reads up to {VERSION}: upgrade it")
    if facts.pop("checksum", None) != _checksum({"format": FORMAT, "version": version, **facts}):
        raise DataError(f"{name}: is not what was written: put the file back as it was, or begin another run")
    try:
        plan, model = plan_from_dict(facts.pop("plan")), Chain.from_dict(facts.pop("model"))
        return RunDescription(plan, model, **facts)
    except (KeyError, TypeError, ValueError) as error:
        reason = error if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
        raise DataError(f"{name}: describes no run ({reason}): begin another one") from None


def _checksum(facts: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
