import subprocess
import sys
from importlib.metadata import version

import pytest

import deepnet


def imported_by(statement: str) -> set[str]:
    """Which of the heavy packages a fresh interpreter holds after *statement*."""
    code = f"{statement}\nimport sys\nprint(*({{'numpy', 'pykka', 'structlog', 'rich', 'click'}} & set(sys.modules)))"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_the_door_by_itself_loads_nothing() -> None:
    assert imported_by("import deepnet") == set()
    assert imported_by("import deepnet; dir(deepnet); deepnet.__version__") == set()


def test_the_maths_load_no_actors() -> None:
    assert imported_by("from deepnet import SGD, Adam, Chain, Dense, Until; import deepnet.maths.local") == {"numpy"}


@pytest.mark.parametrize("name", deepnet.__all__)
def test_every_name_on_the_door_is_there(name: str) -> None:
    value = getattr(deepnet, name)

    assert value is getattr(deepnet, name)
    assert value.__name__ == name
    assert name in dir(deepnet)
    assert deepnet._HOMES[name] == value.__module__


def test_the_names_are_sorted_and_none_is_missing() -> None:
    assert set(deepnet.__all__) == set(deepnet._HOMES)
    assert sorted(deepnet.__all__, key=lambda name: (not name.isupper(), name[0].islower(), name)) == deepnet.__all__


def test_all_names_can_be_imported_at_once() -> None:
    names: dict[str, object] = {}
    exec("from deepnet import *", names)  # noqa: S102 - a star import is what is tested

    assert set(deepnet.__all__) <= set(names)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"^module 'deepnet' has no attribute 'nonsense'$"):
        _ = deepnet.nonsense
    with pytest.raises(ImportError):
        from deepnet import nonsense  # noqa: F401, PLC0415


def test_rooms_can_be_reached_through_the_door() -> None:
    from deepnet import errors, maths  # noqa: PLC0415

    assert errors.InputError.__module__ == "deepnet.errors"
    assert maths.__name__ == "deepnet.maths"


def test_the_version_is_that_of_the_package() -> None:
    assert deepnet.__version__ == version("deepnet")
