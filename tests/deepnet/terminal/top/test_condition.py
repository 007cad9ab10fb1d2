import numpy as np
import pytest

from deepnet.errors import InputError
from deepnet.terminal.top.columns import Columns
from deepnet.terminal.top.condition import Condition


@pytest.fixture
def columns() -> Columns:
    return Columns.of(
        {
            "dense_0.delta": np.array([-0.5, 0.1, 0.2, np.nan]),
            "dense_0.restarts": np.array([0, 1, 2, 0]),
            "dense_0.frozen": np.array([True, False, False, True]),
            "dense_0.lesioned": np.array([np.nan, 0.0, np.nan, np.nan]),
        }
    )


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("", [0, 1, 2, 3]),
        ("dense", [0, 1, 2, 3]),
        ("DENSE_0/2", [2]),
        ("/3", [3]),
        ("!/3", [0, 1, 2]),
        ("nobody", []),
        ("restarts>0", [1, 2]),
        ("restarts>=1 restarts<2", [1]),
        ("restarts=2", [2]),
        ("delta<0", [0]),
        ("|delta|>=0.2", [0, 2]),
        ("frozen", [0, 3]),
        ("!frozen", [1, 2]),
        ("lesioned", [1]),
        ("frozen /0", [0]),
        ("output>0", []),
    ],
)
def test_only_those_are_shown_that_every_term_holds_for(columns: Columns, text: str, places: list[int]) -> None:
    assert Condition(text).places(columns).tolist() == places


@pytest.mark.parametrize("text", ["size>3", "restarts>much", "restarts>", ">3", "|delta>3"])
def test_a_comparison_that_means_nothing_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(InputError) as refused:
        Condition(text)
    assert "\n" not in str(refused.value)
    assert text in str(refused.value)
