import io

import pytest
from rich.console import Console

from deepnet import Chain, Dense
from deepnet.maths.model import Dropout
from deepnet.maths.outline import COLUMNS, Outline, outline
from deepnet.terminal.outline import outline_table, show_outline

MPG = outline(Chain(Dense(7, 32, "relu"), Dense(32, 8, "relu"), Dense(8, 1)))
DEEP = outline(Chain(Dense(784, 128, "relu"), Dropout(0.5), Dense(128, 10, "softmax")))


def shown(rows: Outline, width: int, *, terminal: bool) -> list[str]:
    paper = io.StringIO()
    show_outline(rows, Console(file=paper, width=width, force_terminal=terminal, color_system=None))
    return [line.rstrip() for line in paper.getvalue().splitlines()]


def test_the_table_has_axons_columns_and_cells() -> None:  # AX2
    table = outline_table(MPG)

    assert [column.header for column in table.columns] == list(COLUMNS)
    cells = [[str(cell) for cell in column.cells] for column in table.columns]
    assert [tuple(row) for row in zip(*cells, strict=True)] == [row.cells for row in MPG.rows]


def test_the_sums_stand_below_the_table() -> None:  # AX2
    assert shown(MPG, 100, terminal=True)[-2:] == ["Total Parameters: 529", "Total Parameters Memory: 2116 bytes"]


@pytest.mark.parametrize("rows", [MPG, DEEP])
def test_nothing_is_cut_off_in_80_columns(rows: Outline) -> None:
    lines = shown(rows, 80, terminal=True)
    words = " ".join(lines)

    assert max(map(len, lines)) <= 80
    assert "…" not in words
    for row in rows.rows:
        name, made_of = row.cells[0].split(" ", maxsplit=1)
        assert any(line.startswith(name) for line in lines)
        assert any(line.startswith(made_of) for line in lines)
        assert all(part in words for cell in row.cells[1:] for part in cell.split("\n"))


def test_in_a_file_every_row_keeps_its_line() -> None:
    lines = [" ".join(line.split()) for line in shown(DEEP, 80, terminal=False)]

    assert 'dense_0 ( dense["input"] ) [{nil, 784}] {nil, 128} kernel: f32[784][128]' in lines
    assert 'dropout_0 ( dropout["relu_0"] ) [{nil, 128}] {nil, 128} rate: 0.5' in lines
