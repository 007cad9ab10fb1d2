import pytest
from rich.text import Text

from deepnet.terminal.top.status_bar import wrapped

PARTS = [Text(word) for word in ("digits", "running", "epoch 1,234", "loss 0.0123/0.02", "120 steps/s", "42/42 alive")]


@pytest.mark.parametrize("width", [20, 40, 60, 80, 200])
def test_no_line_is_wider_than_there_is_room_and_nothing_is_left_out(width: int) -> None:
    text = wrapped(PARTS, width).plain
    assert max(map(len, text.split("\n"))) <= width
    assert text.split() == " ".join(part.plain for part in PARTS).split()


def test_one_line_is_enough_where_there_is_room() -> None:
    assert "\n" not in wrapped(PARTS, 80).plain
