"""What is told of a data set before it is learnt, and answers in the units of one that has been learnt."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from deepnet.service.web.schemas.common import Finite, In, Number, Out

MOST_ROWS = 100
MOST_CELLS = 2000
"""Of a row."""
LONGEST_CELL = 256

Cell: TypeAlias = bool | Finite | Annotated[str, Field(max_length=LONGEST_CELL)] | None
TableRow: TypeAlias = Annotated[
    dict[Annotated[str, Field(max_length=LONGEST_CELL)], Cell], Field(max_length=MOST_CELLS)
]


class ColumnOut(Out):
    """What a column holds."""

    name: str
    kind: Literal["number", "truth", "category", "unreadable"]
    missing: int = Field(description="how many rows lack a value")
    commas: int = Field(description="how many cells of numbers are written with a decimal comma, and cannot be read")
    low: float | None
    high: float | None
    mean: float | None
    values: list[str] = Field(description="the first of those of a truth or a category")
    different: int | None = Field(description="how many there are of these")


class LeakOut(Out):
    """A feature that gives the target away."""

    feature: str
    reason: str


class SuggestedOut(Out):
    """What would learn it, as deepnet train usually does."""

    network: dict[str, Any] = Field(description="the body of POST /networks")
    run: dict[str, Any] = Field(description="the body of POST /networks/{network}/runs")


class LeftOutOut(Out):
    """A column that no network could learn from."""

    column: str
    why: Literal["text", "empty", "unreadable"]
    different: int = Field(description="how many different values it has")


class CureOut(Out):
    """What is in the way, and what helps."""

    column: str
    cure: Literal["ignore", "missing", "target"] = Field(
        description="leave it out, settle missing values, or choose another target"
    )
    why: Literal["text", "empty", "unreadable", "commas", "mixed", "gaps"]
    count: int = Field(description="of values, cells or rows: whatever the reason is about")


class OutlineOut(Out):
    """A data set, seen before it is learnt."""

    name: str
    kind: Literal["csv", "npz", "builtin"]
    rows: int
    columns: list[ColumnOut] = Field(description="the first thousand")
    column_count: int
    preview: list[list[str | None]] = Field(description="the first rows as they were read")
    target: str | None
    task: Literal["regression", "binary", "multiclass"] | None
    labels: list[str]
    features: list[str] = Field(description="the inputs of a network")
    used: list[str] = Field(description="the columns of a table that these are made of")
    learnt: int = Field(description="how many rows would be learnt")
    tested: int = Field(description="how many would be left out")
    warnings: list[str]
    leaks: list[LeakOut]
    constants: list[str]
    baselines: dict[str, dict[str, float | None]] = Field(description="what simple methods get on the rows left out")
    left_out: list[LeftOutOut] = Field(description="columns that nobody has asked to leave out")
    missing: Literal["error", "drop", "mean"] = Field(description="what is done about missing values")
    gap_rows: int = Field(description="rows that lack a value that is needed")
    problem: str = Field(description="why it cannot be learnt so; empty if it can")
    cures: list[CureOut] = Field(description="what would help then")
    suggested: SuggestedOut | None


class AnswersIn(In):
    """Rows in the units of a table."""

    rows: list[TableRow] = Field(min_length=1, max_length=MOST_ROWS, examples=[[{"horsepower": 130, "origin": "usa"}]])


class AnswerOut(Out):
    """What a network makes of a row."""

    answer: Number | str | list[Number] = Field(description="in the unit of the target, or the name of a class")
    probabilities: dict[str, Number] | None = Field(description="of each class, if the network tells")
    inputs: list[Number] = Field(description="the row as the network takes it")
    outputs: list[Number]


class AnswersOut(Out):
    """What a network makes of rows."""

    target: str
    step: int
    items: list[AnswerOut]
