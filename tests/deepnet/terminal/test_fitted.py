import io

from rich.console import Console

from deepnet.terminal.fitted import Column, show_table

COLUMNS = (Column("network"), Column("step", right=True), Column("since", spare=2), Column("restarts", spare=1))
ROWS = [("a-long-name-of-one", "1,234", "12:00:05", "17"), ("b", "2", "12:00:06", "0")]


def lines(width: int, *, terminal: bool = True) -> list[str]:
    file = io.StringIO()
    show_table(Console(file=file, width=width, force_terminal=terminal, color_system=None), COLUMNS, ROWS)
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_a_wide_terminal_gets_all_columns() -> None:
    assert lines(80)[0].split() == ["network", "step", "since", "restarts"]
    assert lines(80)[1].split() == list(ROWS[0])


def test_a_narrow_terminal_loses_first_what_matters_least() -> None:
    assert lines(42)[0].split() == ["network", "step", "restarts"]
    assert lines(30)[0].split() == ["network", "step"]
    assert all(len(line) <= 30 for line in lines(30))


def test_what_matters_stays_where_nothing_fits() -> None:
    assert "1,234" in "".join(lines(16))


def test_a_file_has_no_right_edge() -> None:
    assert lines(20, terminal=False) == lines(80)
