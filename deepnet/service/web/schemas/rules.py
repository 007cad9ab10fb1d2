"""When a run is to stop, as `StopRule.to_dict` says it."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, Discriminator, Field, Tag

from deepnet.service.web.schemas.common import LARGEST_INTEGER, UNSET, Count, Finite, In, Word

MOST_RULES = 20
DEEPEST_RULE = 5
Above0: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Figures: TypeAlias = Annotated[dict[Word, Finite], Field(max_length=MOST_RULES)]


class PatienceIn(In):
    """Stop once a figure has not got better for so many epochs."""

    kind: Literal["patience"] = "patience"
    epochs: Count
    monitor: Word = UNSET
    min_delta: Annotated[float, Field(ge=0, allow_inf_nan=False)] = UNSET
    restore_best: bool = UNSET

    def plain(self) -> dict[str, Any]:
        return {"kind": self.kind, **self.given()}


class PlateauIn(In):
    """Stop once a figure has stayed the same for so many epochs."""

    kind: Literal["plateau"]
    epochs: Annotated[int, Field(ge=2, le=LARGEST_INTEGER)]
    monitor: Word = UNSET
    min_delta: Annotated[float, Field(ge=0, allow_inf_nan=False)] = UNSET

    def plain(self) -> dict[str, Any]:
        return {**self.given()}


class UntilIn(In):
    """Stop at the first of these that holds."""

    kind: Literal["until"] = "until"
    mean_squared_error: Above0 | None = None
    mean_absolute_error: Above0 | None = None
    below: Figures = UNSET
    above: Figures = UNSET
    epochs: Count | None = None
    steps: Count | None = None
    seconds: Above0 | None = None
    patience: PatienceIn | Count | None = None

    def plain(self) -> dict[str, Any]:
        given = self.given()
        if isinstance(self.patience, PatienceIn):
            given["patience"] = self.patience.plain()
        elif self.patience is not None:
            given["patience"] = {"kind": "patience", "epochs": self.patience}
        return {"kind": self.kind, **given}


class JoinedIn(In):
    """Stop once one of several rules holds, or all of them do."""

    kind: Literal["any_of", "all_of"]
    rules: Annotated[list["RuleIn"], Field(min_length=1, max_length=MOST_RULES)]

    def plain(self) -> dict[str, Any]:
        return {"kind": self.kind, "rules": [rule.plain() for rule in self.rules]}


def _kind(rule: Any) -> str:
    """Return which model a rule is of: an error is to be told once, and not of each that it might have been."""
    kind = rule.get("kind", "until") if isinstance(rule, dict) else getattr(rule, "kind", "until")
    return str({"any_of": "joined", "all_of": "joined"}.get(kind, kind) if isinstance(kind, str) else "until")


RuleIn: TypeAlias = Annotated[
    Annotated[UntilIn, Tag("until")]
    | Annotated[PatienceIn, Tag("patience")]
    | Annotated[PlateauIn, Tag("plateau")]
    | Annotated[JoinedIn, Tag("joined")],
    Discriminator(_kind),
]


def _flat(rule: RuleIn) -> RuleIn:
    row: list[RuleIn] = [rule]
    for _ in range(DEEPEST_RULE):
        row = [part for each in row if isinstance(each, JoinedIn) for part in each.rules]
    if row:
        raise ValueError(f"rules are nested no deeper than {DEEPEST_RULE}")
    return rule


StopIn: TypeAlias = Annotated[RuleIn, AfterValidator(_flat)]
JoinedIn.model_rebuild()
