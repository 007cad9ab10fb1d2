from typing import Any

from deepnet.service.store.store import Store


def test_the_first_answer_to_a_request_is_the_one_that_stays(store: Store) -> None:
    store.idempotency.remember("POST /networks", "key", "print", 201, b'{"name": "\xff"}')
    store.idempotency.remember("POST /networks", "key", "other", 422, b"")

    assert store.idempotency.find("POST /networks", "key") == ("print", 201, b'{"name": "\xff"}')
    assert store.idempotency.find("POST /networks", "other") is None
    assert store.idempotency.find("POST /runs", "key") is None


def test_old_answers_are_swept(store: Store, clock: Any) -> None:
    store.idempotency.remember("a", "old", "", 200, b"")
    clock.now += 10
    store.idempotency.remember("a", "new", "", 200, b"")

    assert store.idempotency.sweep(older_than=clock.now) == 1
    assert store.idempotency.find("a", "old") is None
    assert store.idempotency.find("a", "new") is not None


def test_an_answer_that_was_forgotten_makes_room_for_another(store: Store) -> None:
    for status in (200, 201):
        store.idempotency.remember("a", "key", "", status, b"")
        assert store.idempotency.find("a", "key") == ("", status, b"")
        store.idempotency.forget("a", "key")
    assert store.idempotency.find("a", "key") is None
