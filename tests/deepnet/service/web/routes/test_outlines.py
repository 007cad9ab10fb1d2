"""A table from its upload over its outline to a network that answers in its units."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

CARS = "power,origin,mpg\n" + "".join(
    f"{60 + row},{('usa', 'japan')[row % 2]},{40 - row / 3:.2f}\n" for row in range(60)
)


@pytest.fixture(scope="module")
def table(api: Any) -> Iterator[str]:
    api.ask("PUT", "datasets/outlined", 201, content=CARS.encode(), headers={"Content-Type": "text/csv"})
    yield "outlined"
    api.ask("DELETE", "datasets/outlined", 204)


@pytest.fixture(scope="module")
def cars(api: Any, operator: Any, served: Any, table: str) -> Iterator[str]:
    """A network that has learnt the table as was suggested."""
    suggested = operator.ask("GET", f"datasets/{table}/outline?target=mpg")["suggested"]
    operator.ask("POST", "networks", 201, json=suggested["network"] | {"name": "outlined-cars"})
    run = operator.ask("POST", "networks/outlined-cars/runs", 201, json=suggested["run"] | {"until": {"epochs": 3}})
    served.engine.live_run(run["id"]).wait(60)
    assert operator.ask("GET", f"runs/{run['id']}")["plan"]["optimizer"]["name"] == "adam"
    yield "outlined-cars"
    api.request("DELETE", "/api/v1/networks/outlined-cars")


def test_a_viewer_is_told_what_a_table_holds(viewer: Any, table: str) -> None:
    outline = viewer.ask("GET", f"datasets/{table}/outline?target=mpg&ignore=origin")

    assert (outline["rows"], outline["target"], outline["task"]) == (60, "mpg", "regression")
    assert outline["features"] == ["power"]
    assert outline["preview"][0] == ["60", "usa", "40.00"]
    assert "always falls" in outline["leaks"][0]["reason"]
    assert viewer.ask("GET", "datasets/iris/outline")["target"] == "species"


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ("nothing/outline", 404, "there is no data set 'nothing'"),
        ("outlined/outline?target=price", 422, "has no column 'price'"),
        ("outlined/outline?target=mpg&missing=guess", 422, "query, missing"),
        ("outlined/outline?target=" + "x" * 300, 422, "query, target"),
    ],
)
def test_what_cannot_be_outlined_is_a_problem(viewer: Any, table: str, asked: str, status: int, said: str) -> None:
    assert said in viewer.problem("GET", f"datasets/{asked}", status)["detail"]


def test_a_network_answers_in_the_units_of_its_table(viewer: Any, served: Any, cars: str) -> None:
    rows = [{"power": 70, "origin": "usa"}, {"power": "101.5", "origin": "japan"}]

    told = viewer.ask("POST", f"networks/{cars}/answers", json={"rows": rows})

    assert told["target"] == "mpg"
    prepared = [item["inputs"] for item in told["items"]]
    outputs = served.engine.network(cars).predict(np.array(prepared, np.float32))
    assert [item["answer"] for item in told["items"]] == outputs[:, 0].tolist()
    assert [item["probabilities"] for item in told["items"]] == [None, None]


def test_of_classes_each_one_has_its_probability(viewer: Any, operator: Any, api: Any) -> None:
    suggested = operator.ask("GET", "datasets/iris/outline")["suggested"]
    operator.ask("POST", "networks", 201, json=suggested["network"] | {"name": "outlined-iris"})
    row = {"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2}

    (item,) = viewer.ask("POST", "networks/outlined-iris/answers", json={"rows": [row]})["items"]

    assert list(item["probabilities"]) == ["setosa", "versicolor", "virginica"]
    assert sum(item["probabilities"].values()) == pytest.approx(1)
    assert item["answer"] == max(item["probabilities"], key=item["probabilities"].get)
    api.ask("DELETE", "networks/outlined-iris", 204)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"power": 70}], "row 1 has no value for origin"),
        ([{"power": 70, "origin": "mars"}], "'mars' is not a value that the model knows"),
        ([{"power": 1e300, "origin": "usa"}], "row 1: 'power' is too large for float32"),
        ([{"power": [1], "origin": "usa"}], "body, rows.0.power"),
        ([], "body, rows"),
        ([{"power": 1, "origin": "usa"}] * 101, "body, rows"),
    ],
)
def test_rows_that_it_does_not_understand_are_named(viewer: Any, cars: str, rows: Any, said: str) -> None:
    assert said in viewer.problem("POST", f"networks/{cars}/answers", 422, json={"rows": rows})["detail"]


def test_who_has_learnt_no_table_knows_no_units(viewer: Any, network: str) -> None:
    problem = viewer.problem("POST", f"networks/{network}/answers", 422, json={"rows": [{"power": 1}]})

    assert f"{network} has learnt no table" in problem["detail"]
