"""How functions are compiled, tried on one that is small."""

from typing import Any

import numpy as np
import pytest
from numba import njit

from deepnet.maths.arrays import DTYPES, Vector
from deepnet.maths.kernels.compiled import build


def total(x: Vector, factor: int) -> float:
    result = 0.0
    for j in range(x.shape[0]):
        result += x[j] * factor
    return result


@pytest.mark.parametrize("dtype", DTYPES)
def test_an_entry_takes_just_the_types_of_its_signature(dtype: str) -> None:
    entry = build.compiled(total, "1i", dtype, returns=True)

    assert entry(np.array([1, 2, 3.5], dtype=dtype), 2) == 13
    with pytest.raises(TypeError):
        entry(np.ones(3, dtype="float16"), 2)
    with pytest.raises(TypeError):
        entry(np.ones(3, dtype=dtype))


def test_where_nothing_can_be_kept_on_disk_it_is_compiled_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_a_place(**options: Any) -> Any:
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return njit(**options)

    monkeypatch.setattr(build, "_njit", without_a_place)

    assert build.compiled(total, "1i", "float64", returns=True)(np.ones(4), 3) == 12


def test_what_is_compiled_first_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(build, "_njit", lambda cache=False, **options: njit(**options))

    with build.watching(lambda: told.append("compiling")):
        assert told == []
        build.compiled(total, "1i", "float32", returns=True)
        build.compiled(total, "1i", "float64", returns=True)
    build.compiled(total, "1i", "float32", returns=True)

    assert told == ["compiling"]
