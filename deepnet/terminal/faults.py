"""What a campaign of faults has shown: a table, and a sentence under it."""

import math
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from deepnet.runs.recovery import LevelFigures, Spread

WIDE = 108
"""From so many columns on, a mean and its range stand side by side; on fewer, one below the other."""


def show_campaign(
    facts: Mapping[str, str], figures: Sequence[LevelFigures], undisturbed: Spread, within: float, console: Console
) -> None:
    """Print what was done, what came of it, and what that says.

    Args:
        facts: what was done, by name.
        figures: of each level of each fault; one or more.
        undisturbed: the largest error of the undisturbed runs from the beginning of the fault on.
        within: so many percent above the undisturbed error count as recovered.
        console: where to.
    """
    for name, value in facts.items():
        console.print(Text.assemble((f"{name:<12}", "dim"), value), highlight=False)
    console.print()
    console.print(_table(figures, wide=console.width >= WIDE))
    console.print()
    console.print(Text(sentence(figures, undisturbed, within), style="bold"))


def sentence(figures: Sequence[LevelFigures], undisturbed: Spread, within: float) -> str:
    """Say in one sentence what *figures* show; see `show_campaign`."""
    delivery = [level for level in figures if level.level.is_of_delivery]
    value = [level for level in figures if not level.level.is_of_delivery]
    parts = [*_of_delivery(delivery), *_of_value(value, undisturbed, within)]
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def number(value: float) -> str:
    """Write an error shortly."""
    if not math.isfinite(value):
        return "-"
    return f"{value:.3g}" if abs(value) < 1e5 else f"{value:.1e}"


def described(figures: LevelFigures) -> str:
    """Name a fault with its rate, and its amount if that was chosen."""
    level = figures.level
    amount = "" if level.amount is None else f" of {level.amount:g}"
    return f"{level.fault}{amount} at rate {level.rate:g}"


def _of_delivery(figures: Sequence[LevelFigures]) -> list[str]:
    if not figures:
        return []
    runs, same = sum(level.runs for level in figures), sum(level.same_weights for level in figures)
    if same == runs:
        all_runs = f"all {runs} runs" if runs > 1 else "the run"
        return [f"faults of delivery changed nothing: {all_runs} ended with the bits of the undisturbed one"]
    wrong = ", ".join(described(level) for level in figures if level.same_weights < level.runs)
    return [f"FAULTS OF DELIVERY CHANGED THE RESULT of {runs - same} of {runs} runs, which must not be ({wrong})"]


def _of_value(figures: Sequence[LevelFigures], undisturbed: Spread, within: float) -> list[str]:
    if not figures:
        return []
    parts = []
    hurt = [level for level in figures if math.isfinite(level.worst.mean)]
    if hurt:
        most = max(hurt, key=lambda level: level.worst.mean)
        usual = f"where {number(undisturbed.mean)} is usual"
        parts.append(
            f"of those of value {described(most)} hurt most, an error of {number(most.worst.mean)} {usual}"
            if len(figures) > 1
            else f"{described(most)} led to an error of {number(most.worst.mean)} {usual}"
        )
    runs, back = sum(level.runs for level in figures), sum(len(level.recovered) for level in figures)
    parts.append(f"{back} of {runs} runs came back to within {within:g} % of the undisturbed error")
    failed = [level for level in figures if level.failed]
    if failed:
        parts.append(f"{sum(level.failed for level in failed)} diverged ({', '.join(map(described, failed))})")
    return parts


def _table(figures: Sequence[LevelFigures], *, wide: bool) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("\nfault", no_wrap=True)
    table.add_column("\nrate", justify="right", no_wrap=True)
    amounts = any(figure.level.amount is not None for figure in figures)
    if amounts:
        table.add_column("\namount", justify="right", no_wrap=True)
    for heading in ("error\nat its worst", "\nas the fault ends", "\nat the end"):
        table.add_column(heading, no_wrap=True)
    table.add_column("epochs until\nrecovered", no_wrap=True)
    table.add_column("\nweights", no_wrap=True)
    last = ""
    for figure in figures:
        level = figure.level
        amount = [Text("usual" if level.amount is None else f"{level.amount:g}")] if amounts else []
        table.add_row(
            Text(level.fault if level.fault != last else "", style="cyan" if level.is_of_delivery else "yellow"),
            Text(f"{level.rate:g}"),
            *amount,
            *(_spread(errors, wide=wide) for errors in (figure.worst, figure.at_its_end, figure.at_the_end)),
            _recovery(figure),
            _weights(figure),
        )
        last = level.fault
    return table


def _spread(errors: Spread, *, wide: bool) -> Text:
    mean, low, high = map(number, errors)
    if low == high:
        return Text(mean)
    return Text.assemble(f"{mean:<8}" if wide else f"{mean}\n", (f"{low}..{high}", "dim"))


def _recovery(figure: LevelFigures) -> Text:
    back = figure.recovered
    if figure.failed:
        return Text(f"{figure.failed} of {figure.runs} failed", style="red")
    if not back:
        return Text("not", style="red")
    span = f"{min(back)}" if min(back) == max(back) else f"{min(back)}..{max(back)}"
    if len(back) < figure.runs:
        return Text.assemble(span, (f", {figure.runs - len(back)} not", "red"))
    return Text(span, style="green" if max(back) == 0 else "")


def _weights(figure: LevelFigures) -> Text:
    if figure.same_weights == figure.runs:
        return Text("same bits", style="green")
    return Text("DIFFER", style="bold red") if figure.level.is_of_delivery else Text("differ", style="dim")
