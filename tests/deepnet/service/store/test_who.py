import threading

from deepnet.service.store.who import current_who, who_acts


def test_where_nobody_has_come_in_it_is_the_service() -> None:
    assert who_acts() == "service"


def test_whoever_has_come_in_is_named_until_he_has_gone_and_in_no_other_thread() -> None:
    seen = []
    token = current_who.set("admin@socket")
    try:
        seen.append(who_acts())
        other = threading.Thread(target=lambda: seen.append(who_acts()))
        other.start()
        other.join()
    finally:
        current_who.reset(token)

    assert [*seen, who_acts()] == ["admin@socket", "service", "service"]
