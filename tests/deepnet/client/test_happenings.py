from itertools import islice

from deepnet.client import RemoteNetwork, Service


def test_what_has_happened_is_told_in_order(service: Service, network: RemoteNetwork) -> None:
    network.set("dense_0/1", bias=0.5)
    network.kill("dense_0/1")
    following = service.events(0, network=network.name, follow=True)
    followed = list(islice(following, 3))  # by then all is on the disk
    following.close()  # type: ignore[attr-defined]

    kept = list(service.events(network=network.name))

    assert kept[:3] == followed
    assert [row["id"] for row in kept] == sorted(row["id"] for row in kept)
    assert kept[0]["kind"] == "network_created"
    assert {row["network"] for row in kept} == {network.name}
    changes = list(service.events(kinds=["intervened"], network=network.name, address="dense_0/1"))
    assert [row["data"]["kind"] for row in changes][:1] == ["set"]
    assert changes[0]["who"] == "admin@socket"
    assert next(service.events(kept[0]["id"], network=network.name)) == kept[1]


def test_without_a_number_only_what_comes_is_followed(service: Service, network: RemoteNetwork) -> None:
    following = service.events(follow=True, network=network.name, kinds=["intervened"])
    network.set("dense_0/0", bias=0.25)
    network.set("dense_0/1", bias=0.5)

    for number, row in enumerate(islice(service.events(0, network=network.name, kinds=["intervened"], follow=True), 2)):
        assert row["address"] == f"dense_0/{number}"
    following.close()  # type: ignore[attr-defined]
