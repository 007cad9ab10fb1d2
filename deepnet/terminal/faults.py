"""What a campaign of faults has shown: a table, and a sentence under it."""

import math
from collections.abc import Callable, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from deepnet.runs.recovery import Errors, LevelFigures, Spread

WIDE = 116
"""From so many columns on, a mean and its range stand side by side; on fewer, one below the other."""


def show_campaign(
    facts: Mapping[str, str],
    figures: Sequence[LevelFigures],
    undisturbed: Errors,
    within: float,
    console: Console,
    warning: str = "",
) -> None:
    """Print what was done, what came of it, and what that says.

    Args:
        facts: what was done, by name.
        figures: of each level of each fault; one or more.
        undisturbed: errors of the undisturbed runs.
        within: so many percent above the undisturbed error count as recovered.
        console: where to.
        warning: why figures of value faults mean little, for one; nothing is then said about harm.
    """
    for name, value in facts.items():
        console.print(Text.assemble((f"{name:<12}", "dim"), value), highlight=False)
    console.print()
    console.print(_table(figures, undisturbed, wide=console.width >= WIDE))
    console.print()
    if warning:
        console.print(Text(f"warning: {warning}", style="yellow"))
    console.print(Text(sentence(figures, within, harm=not warning), style="bold"))


def sentence(figures: Sequence[LevelFigures], within: float, *, harm: bool = True) -> str:
    """Say in one sentence what *figures* show, and what harm was done if that can be told; see `show_campaign`."""
    delivery = [level for level in figures if level.level.is_of_delivery]
    value = [level for level in figures if not level.level.is_of_delivery]
    parts = [*_of_delivery(delivery), *_of_value(value, within, harm=harm)]
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def number(value: float) -> str:
    """Write an error shortly."""
    if not math.isfinite(value):
        return "-"
    if 1e-4 <= abs(value) < 1:
        return f"{value:.4f}"
    return f"{value:.4g}" if value == 0 or 1 <= abs(value) < 1e4 else f"{value:.1e}"


def ratio(value: float) -> str:
    """Write how many times as large something is."""
    if not math.isfinite(value):
        return "-"
    if value >= 999.5:
        return f"{value:.1e}"
    return f"{value:.{2 if value < 9.995 else 1 if value < 99.95 else 0}f}"


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
    lost, changed = sum(level.failed for level in figures), sum(level.wrong for level in figures)
    where = ", ".join(described(level) for level in figures if level.same_weights < level.runs)
    if changed:
        return [f"FAULTS OF DELIVERY CHANGED THE RESULT of {changed} of {runs} runs, which must not be ({where})"]
    return [f"faults of delivery kept {lost} of {runs} runs from getting to their end: try a lower rate ({where})"]


def _of_value(figures: Sequence[LevelFigures], within: float, *, harm: bool) -> list[str]:
    if not figures:
        return []
    parts = [] if harm else ["what the value faults do cannot be told from runs that have hardly learnt"]
    hurt = [level for level in figures if math.isfinite(level.errors.times_at_worst.mean)]
    if hurt and harm:
        most = max(hurt, key=lambda level: level.errors.times_at_worst.mean)
        times = most.errors.times_at_worst
        error = f"at worst {ratio(times.mean)} times the undisturbed error"
        if times.mean <= 1 + within / 100:
            parts.append(f"the value faults did little harm, {error}")
        elif len(figures) > 1:
            parts.append(f"of the value faults {described(most)} hurt most, {error}")
        else:
            parts.append(f"{described(most)} led to {error}")
    if harm:
        runs, back = sum(level.runs for level in figures), sum(len(level.recovered) for level in figures)
        parts.append(f"{back} of {runs} runs came back for good to within {within:g} % of it")
    failed = [level for level in figures if level.failed]
    if failed:
        parts.append(
            f"{sum(level.failed for level in failed)} did not get to their end ({', '.join(map(described, failed))})"
        )
    return parts


def _table(figures: Sequence[LevelFigures], undisturbed: Errors, *, wide: bool) -> Table:
    table = Table(box=None, padding=(0, 2 if wide else 1, 0, 0), header_style="dim")
    faults = {figure.level.fault for figure in figures}
    # Amounts are of one fault, which then need not be named in each row.
    amounts = len(faults) == 1 and any(figure.level.amount is not None for figure in figures)
    first = f"{figures[0].level.fault}\nof" if amounts else "\nfault"
    forms = (ratio, number, ratio)
    table.add_column(first, no_wrap=True, min_width=11 if wide else None)
    table.add_column("\nrate", justify="right", no_wrap=True)
    for heading in ("at worst,\ntimes", "at the end,\nerror", "at the end,\ntimes"):
        table.add_column(heading, no_wrap=True)
    table.add_column("recovered for\ngood (epochs)", no_wrap=True)
    table.add_column("\nbits", no_wrap=True)
    calm = (_spread(error, form, wide=wide) for error, form in zip(undisturbed, forms, strict=True))
    table.add_row(Text("none", style="dim"), "", *calm)
    last = ""
    for figure in figures:
        level = figure.level
        amount = "usual" if level.amount is None else f"{level.amount:g}"
        name = amount if amounts else level.fault
        # With the same bits, the range is that of the undisturbed runs.
        same = figure.same_weights == figure.runs
        errors = (
            Text(form(error.mean), "dim") if same else _spread(error, form, wide=wide)
            for error, form in zip(figure.errors, forms, strict=True)
        )
        table.add_row(
            Text(name if name != last else "", style="cyan" if level.is_of_delivery else "yellow"),
            Text(f"{level.rate:g}"),
            *errors,
            _recovery(figure, wide=wide),
            _weights(figure),
        )
        last = name
    return table


def _spread(errors: Spread, form: Callable[[float], str], *, wide: bool) -> Text:
    mean, low, high = map(form, errors)
    if low == high:
        return Text(mean)
    return Text.assemble(f"{mean:<8}" if wide else f"{mean}\n", (f"{low}..{high}", "dim"))


def _recovery(figure: LevelFigures, *, wide: bool) -> Text:
    back = figure.recovered
    parts = []
    if back:
        span = f"{min(back)}" if min(back) == max(back) else f"{min(back)}..{max(back)}"
        parts.append((span, "green" if max(back) == 0 else ""))
    others = {"not": figure.runs - len(back) - figure.failed, "lost": figure.failed}
    for name, runs in others.items():
        if runs:
            parts.append((name if runs == figure.runs else f"{runs} {name}", "red"))
    return Text(", " if wide or len(parts) < 3 else ",\n").join(Text(*part) for part in parts)


def _weights(figure: LevelFigures) -> Text:
    if figure.same_weights == figure.runs:
        return Text("same", style="green")
    if figure.wrong:
        return Text("DIFFER", style="bold red")
    if figure.failed == figure.runs:
        return Text("-", style="dim")  # there is no end to compare
    if figure.level.is_of_delivery:
        return Text("same", style="green")  # of those that got to their end; the others are told as lost
    return Text("differ", style="dim")
