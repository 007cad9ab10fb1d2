from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from deepnet import Checkpoints, Until, on
from deepnet.client import RemoteNetwork, Service
from deepnet.errors import InputError, NameTakenError, NotFoundError, RunError, ServiceError
from deepnet.maths.arrays import Batch
from deepnet.maths.losses import loss_named
from deepnet.maths.model import mlp
from deepnet.training.handlers import Event
from deepnet.wire.arrays import arrays_to_npz

Rows = tuple[Batch, Batch]


def test_it_stays_in_the_service_when_its_block_is_left(service: Service, network: RemoteNetwork, rows: Rows) -> None:
    with network:
        network.train(*rows, until=Until(epochs=1)).wait(30)

    again = service.network(network.name)
    assert repr(again) == f"<RemoteNetwork {network.name} of {service.name}>"
    assert (again.seed, again.dtype, again.kernels, again.step) == (3, "float32", "numpy", 40)
    assert network.name in [one.name for one in service.networks()]


def test_to_stop_it_ends_its_run_and_nothing_else(network: RemoteNetwork, rows: Rows) -> None:
    run = network.train(*rows, until=Until(epochs=10**6))

    network.stop()
    network.stop()

    assert run.state == "stopped"
    assert network.train(*rows, until=Until(epochs=1)).wait(30).state == "finished"


def test_to_delete_it_makes_an_end_of_it(service: Service, network: RemoteNetwork, rows: Rows) -> None:
    run = network.train(*rows, until=Until(epochs=10**6))

    network.delete()

    for look in (network.summary, network.cut, lambda: service.network(network.name), lambda: service.run(run.id)):
        with pytest.raises(NotFoundError):
            look()


def test_a_name_is_given_once(service: Service, network: RemoteNetwork) -> None:
    with pytest.raises(NameTakenError, match=network.name):
        service.start(network.model, name=network.name)
    with pytest.raises(InputError, match=r"^model must be a Chain"):
        service.start("3-4-1")  # type: ignore[arg-type]
    assert service.start(network.model, kernels="numpy", about={"of": [1, np.float64(2)]}).about == {"of": [1, 2.0]}


def test_its_run_is_the_same_object_while_it_is_the_same_run(network: RemoteNetwork, rows: Rows) -> None:
    assert network.facts()["run"] is None
    run = network.train(*rows, until=Until(epochs=1), paused=True)

    assert network.run is run
    run.stop()
    other = network.train(*rows, until=Until(epochs=1), paused=True)
    assert network.run is other


def test_many_rows_travel_as_they_are(network: RemoteNetwork) -> None:
    chance = np.random.default_rng(1)
    rows = chance.normal(size=(9000, 3)), chance.normal(size=(9000, 2))
    held_out = chance.normal(size=(5, 3)), chance.normal(size=(5, 2))

    run = network.train(*rows, until=Until(epochs=1), batch_size=9000, validation=held_out, paused=True)

    assert run.inputs.tobytes() == rows[0].astype(np.float32).tobytes()
    assert run.targets.tobytes() == rows[1].astype(np.float32).tobytes()
    assert not run.inputs.flags.writeable
    assert run.step("epoch").step == 1
    assert set(run.history[0].validation) == {"loss"}


def test_many_rows_are_predicted_in_pieces(network: RemoteNetwork) -> None:
    many = np.random.default_rng(2).normal(size=(200_000, 3)).astype(np.float32)

    outputs = network.predict(many)

    assert outputs.shape == (200_000, 2)
    assert outputs.dtype == np.float32
    assert outputs[-3:].tobytes() == network.predict(many[-3:]).tobytes()
    assert network.predict(np.empty((0, 3))).shape == (0, 2)


def test_what_is_only_for_this_process_is_refused_and_says_what_to_do(network: RemoteNetwork, rows: Rows) -> None:
    until = Until(epochs=1)
    refused: list[Callable[[], Any]] = [
        lambda: network.train(*rows, until=until, handlers=[on(Event.EPOCH_COMPLETED, print)]),
        lambda: network.train(*rows, until=until, run_dir="here"),
        lambda: network.train(*rows, until=until, checkpoints=Checkpoints()),
        lambda: network.train(*rows, until=until, skip_batch=True),
        lambda: network.train(*rows, until=until, origin={}),
        lambda: network.train(iter([rows]), until=until),
        lambda: network.watchers,
        lambda: network.actors,
        lambda: network.when_down,
        network.load_kernels,
        network.state,
        lambda: network.take_up(None),  # type: ignore[arg-type]
        lambda: network.recall("here", *rows, ended=("finished", "")),
        lambda: network.train(*rows, until=until, paused=True).assignment,
        lambda: network.run and network.run.set(data=rows),
        lambda: network.run and network.run.recalled(),
    ]
    for act in refused:
        with pytest.raises(InputError, match=r"^[^\n]*(outside|stay what they are)[^\n]*: \S"):
            act()


def test_a_loss_of_ones_own_is_refused_for_the_service_has_no_such(network: RemoteNetwork, rows: Rows) -> None:
    own = replace(loss_named("huber"), name="mine")
    with pytest.raises(InputError, match=r"^the loss 'mine' is of your own making"):
        network.train(*rows, until=Until(epochs=1), loss=own)
    with pytest.raises(InputError, match=r"^the loss 'mine' is of your own making"):
        network.trace(rows[0][0], rows[1][0], loss=own)


def test_a_data_set_is_uploaded_learnt_and_removed(service: Service, network: RemoteNetwork, rows: Rows) -> None:
    classes = np.eye(2)[np.arange(40) % 2]
    content = arrays_to_npz({"inputs": rows[0], "targets": classes})
    facts = service.upload("uploaded", content)
    assert (facts["name"], facts["kind"], facts["rows"]) == ("uploaded", "npz", 40)

    run = network.train_on("uploaded", until=Until(epochs=2), optimizer="adam", batch_size=4, validation=0.25)

    assert run.wait(30).position.step == 16
    assert [one["name"] for one in service.datasets()] == ["uploaded"]
    service.remove_dataset("uploaded")
    assert service.datasets() == ()
    with pytest.raises(NotFoundError):
        network.train_on("uploaded", until=Until(epochs=2))
    with pytest.raises(InputError, match=r"^there is no option 'batchsize': use some of "):
        network.train_on("uploaded", until=Until(epochs=2), batchsize=3)


def test_a_table_is_learnt_without_some_columns_and_with_gaps_filled(service: Service) -> None:
    rows = "".join(f"row {row},{'' if row == 3 else row % 7},{row % 5},{row % 7 + 1}\n" for row in range(40))
    service.upload("gaps", f"name,a,b,y\n{rows}".encode())
    network = service.start(mlp(2, (3,), 1, "tanh"), name="gaps")
    until = Until(epochs=1)

    with pytest.raises(InputError, match="column 'name'"):
        network.train_on("gaps", target="y", missing="mean", until=until)
    with pytest.raises(InputError, match="1 row has no value in a"):
        network.train_on("gaps", target="y", ignore=["name"], until=until)
    run = network.train_on("gaps", target="y", ignore=["name"], missing="mean", until=until, batch_size=8)

    assert run.wait(30).position.step == 4


def test_a_change_meanwhile_is_seen(service: Service, network: RemoteNetwork) -> None:
    other = service.network(network.name)
    network.grow("dense_0", 2)

    assert other.model.dense[0].neurons == 6
    assert len(other.neurons()) == 8
    assert [change.kind for change in other.changes] == ["grow"]


def test_one_run_at_a_time(network: RemoteNetwork, rows: Rows) -> None:
    network.train(*rows, until=Until(epochs=1), paused=True)

    with pytest.raises(RunError, match="is learning already"):
        network.train(*rows, until=Until(epochs=1))


def test_a_service_refuses_what_it_does_not_know(service: Service) -> None:
    with pytest.raises(NotFoundError):
        service.request("GET", "/nothing")
    with pytest.raises(ServiceError):
        service.request("PUT", "/networks")
    with pytest.raises(InputError):
        service.request("POST", "/networks", json={"name": "Not A Name", "layers": "3-1"})
    with pytest.raises(InputError, match=r"^that cannot be sent to a service"):
        service.request("POST", "/networks", json={"name": object()})
