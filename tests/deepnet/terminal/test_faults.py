import io
from collections.abc import Sequence

import pytest
from rich.console import Console

from deepnet.runs.recovery import Errors, Level, LevelFigures, Spread
from deepnet.terminal.faults import number, ratio, sentence, show_campaign

ONCE = Spread(1.0, 1.0, 1.0)
CALM = Errors(ONCE, Spread(0.0005, 0.0001, 0.0007), ONCE)
HURT = Errors(Spread(8.123, 1.234, 18.71), Spread(0.0007, 0.0003, 0.001), Spread(1.4, 1.3, 1.5))
NOT_A_NUMBER = Errors(*[Spread(*[float("nan")] * 3)] * 3)


def figures(
    fault: str,
    rate: float = 0.1,
    *,
    errors: Errors = HURT,
    same: int = 0,
    failed: int = 0,
    wrong: int = 0,
    recoveries: Sequence[int | None] = (2, 3, 5),
    amount: float | None = None,
) -> LevelFigures:
    return LevelFigures(Level(fault, rate, amount), 3, errors, tuple(recoveries), same, failed, wrong)


DROP = figures("drop", 0.01, errors=CALM, same=3, recoveries=(0, 0, 0))
BYZANTINE = figures("byzantine", 1.0, recoveries=(15, None, 15))


def drawn(*levels: LevelFigures, width: int, warning: str = "") -> str:
    out = io.StringIO()
    show_campaign({"data": "moons"}, levels, CALM, 25, Console(file=out, width=width), warning)
    return out.getvalue()


@pytest.mark.parametrize("width", [80, 116, 200])
def test_a_table_is_not_wider_than_the_screen_and_cuts_nothing(width: int) -> None:
    mixed = figures("noise", 0.01, failed=1, recoveries=(17, None, None))
    text = drawn(DROP, figures("duplicate", 0.002, same=3), BYZANTINE, figures("bit_flip", 0.01), mixed, width=width)

    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    for shown in ("duplicate", "0.002", "0.0003..0.0010", "1.23..18.7", "15, 1 not", "2..5", "same", "differ"):
        assert shown in text


def test_a_wide_screen_has_a_line_a_level() -> None:
    lines = drawn(DROP, BYZANTINE, width=120).splitlines()

    (line,) = [line for line in lines if line.startswith("byzantine")]
    assert line.split() == [
        *("byzantine", "1", "8.12", "1.23..18.7", "0.0007", "0.0003..0.0010"),
        *("1.40", "1.30..1.50", "15,", "1", "not", "differ"),
    ]


def test_amounts_of_a_fault_stand_where_faults_would() -> None:
    text = drawn(figures("byzantine", 1.0, amount=0.25), figures("byzantine", 0.002, amount=100.0), width=80)

    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text
    assert [line.split()[0] for line in text.splitlines() if "differ" in line] == ["0.25", "100"]


def test_the_sentence_tells_what_changed_nothing_and_what_hurt_most() -> None:
    said = sentence([DROP, figures("noise", errors=CALM), BYZANTINE], 25)

    assert said == (
        "Faults of delivery changed nothing: all 3 runs ended with the bits of the undisturbed one; of the value "
        "faults byzantine at rate 1 hurt most, at worst 8.12 times the undisturbed error; 5 of 6 runs came back for "
        "good to within 25 % of it."
    )


@pytest.mark.parametrize(
    ("level", "said"),
    [
        (figures("drop", same=2, wrong=1, errors=CALM), "FAULTS OF DELIVERY CHANGED THE RESULT of 1 of 3 runs"),
        (figures("drop", same=2, failed=1), "Faults of delivery kept 1 of 3 runs from getting to their end"),
        (figures("noise", errors=CALM), "The value faults did little harm, at worst 1.00 times the undisturbed error"),
        (figures("noise", amount=2.0), "Noise of 2 at rate 0.1 led to at worst 8.12 times the undisturbed error"),
        (figures("noise", failed=2, recoveries=(1, None, None)), "2 did not get to their end (noise at rate 0.1)"),
        (figures("noise", errors=NOT_A_NUMBER, failed=3, recoveries=(None,) * 3), "0 of 3 runs came back"),
    ],
)
def test_the_sentence_tells_what_matters(level: LevelFigures, said: str) -> None:
    assert said in sentence([level], 25)


def test_no_harm_is_told_of_a_network_that_has_hardly_learnt() -> None:
    text = drawn(figures("noise", errors=CALM), width=80, warning="it has hardly learnt")

    assert "warning: it has hardly learnt" in text
    assert "cannot be told" in text
    assert "harm" not in text


@pytest.mark.parametrize(
    ("level", "bits"),
    [
        (figures("drop", errors=NOT_A_NUMBER, failed=3, recoveries=(None,) * 3), "-"),
        (figures("noise", errors=NOT_A_NUMBER, failed=3, recoveries=(None,) * 3), "-"),
        (figures("drop", errors=CALM, same=2, failed=1, recoveries=(0, 0, None)), "same"),
        (figures("drop", same=2, failed=1, wrong=1, recoveries=(0, 0, None)), "DIFFER"),
        (figures("noise", failed=1, recoveries=(0, 0, None)), "differ"),
    ],
)
def test_bits_are_compared_of_runs_that_got_to_their_end(level: LevelFigures, bits: str) -> None:
    (line,) = [line for line in drawn(level, width=120).splitlines() if line.startswith(f"{level.level.fault} ")]

    assert line.split()[-1] == bits


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.01234, "0.0123"), (0.00001234, "1.2e-05"), (0.0, "0"), (12.345, "12.35"), (123456.0, "1.2e+05")],
)
def test_errors_of_any_size_are_short(value: float, text: str) -> None:
    assert number(value) == text
    assert number(float("nan")) == "-"


@pytest.mark.parametrize(
    ("value", "text"), [(0.998, "1.00"), (9.996, "10.0"), (18.71, "18.7"), (123.4, "123"), (1234.0, "1.2e+03")]
)
def test_ratios_have_three_digits(value: float, text: str) -> None:
    assert ratio(value) == text
    assert ratio(float("inf")) == "-"
