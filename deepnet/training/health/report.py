"""The health of a whole network at one step: who is unwell and why, who is treated, and each layer in figures."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from deepnet.maths.arrays import Array, Batch
from deepnet.maths.model import Chain
from deepnet.maths.optimizers import scaled
from deepnet.maths.parameters import LayerParameters
from deepnet.maths.treatment import Treatment, Treatments
from deepnet.training.health.conditions import Finding, layer_findings, may_be_sure, rows_vary
from deepnet.training.health.evidence import number
from deepnet.training.health.exploding import with_exploding
from deepnet.training.health.layers import LayerHealth
from deepnet.training.health.passing import MOST_ROWS, LayerPass, evenly_spaced, passes
from deepnet.training.health.returning import gradients, updates
from deepnet.training.plan import Plan


@dataclass(frozen=True, slots=True)
class HealthReport:
    """How well a network is at a sealed step.

    Attributes:
        step: the last sealed step.
        rows: how many rows it was judged on.
        loss: on these rows, without penalties.
        findings: who is unwell and why, first layer first.
        treated: who differs from its layer by an intervention, and how.
        layers: the figures of each dense layer.
    """

    step: int
    rows: int
    loss: float
    findings: tuple[Finding, ...]
    treated: tuple[tuple[str, str], ...]
    layers: tuple[LayerHealth, ...]

    def of(self, condition: str) -> tuple[str, ...]:
        """Return the addresses of those that *condition* is found of."""
        return tuple(finding.address for finding in self.findings if finding.condition == condition)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data; a figure may be nan or infinite."""
        return {
            "step": self.step,
            "rows": self.rows,
            "loss": self.loss,
            "findings": [asdict(finding) for finding in self.findings],
            "treated": [{"address": address, "treatment": how} for address, how in self.treated],
            "layers": [layer.to_dict() for layer in self.layers],
        }

    def lines(self) -> Iterator[str]:
        """Yield the report for people, line by line."""
        rows = "1 row" if self.rows == 1 else f"{self.rows} rows"
        yield f"health at step {self.step}, judged on {rows}: loss {number(self.loss)}"
        yield from map(str, self.findings or ("no neuron is unwell",))
        yield from (f"{address} is treated: {how}" for address, how in self.treated)
        table = [("layer", "outputs mean", "std", "zeros", "gradient norm", "largest", "update/weights")]
        for layer in self.layers:
            outputs, gradient = layer.outputs, layer.gradient
            figures = (outputs.mean, outputs.std, gradient.norm, gradient.max_size, layer.update_ratio)
            mean, std, size, largest, ratio = map(number, figures)
            table.append((layer.address, mean, std, f"{outputs.zeros:.0%}", size, largest, ratio))
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        for name, *figures_of in table:
            cells = (cell.rjust(width) for cell, width in zip(figures_of, widths[1:], strict=True))
            yield "  ".join((name.ljust(widths[0]), *cells))
        yield "update/weights: about 0.001 is usual"

    def __str__(self) -> str:
        return "\n".join(self.lines())


def health_report(
    model: Chain,
    parameters: Sequence[LayerParameters],
    rows: tuple[Batch, Batch],
    plan: Plan,
    *,
    slots: Sequence[Sequence[Array]] | None = None,
    treatments: Sequence[Treatments] | None = None,
    step: int = 0,
    rate_factor: float = 1.0,
    at_most: int | None = MOST_ROWS,
) -> HealthReport:
    """Judge a network by *rows*.

    Args:
        model: the layers.
        parameters: of its dense layers, at *step*.
        rows: inputs (rows, model.inputs) and targets (rows, model.outputs), one row or more.
        plan: its loss, optimizer and rules are used.
        slots: of the optimizer: for each dense layer arrays (neurons, inputs + 1); none if it has seen nothing.
        treatments: of the neurons of each dense layer; None if there are none.
        step: the last sealed step; the update is that of the next one.
        rate_factor: what the schedule makes of the learning rate then.
        at_most: how many rows to look at, evenly spaced; None for all.

    Raises:
        ShapeError: the arrays do not fit the model or one another.
    """
    which = evenly_spaced(len(rows[0]), at_most)
    inputs, targets = (part[which] for part in rows)
    passed = tuple(passes(model, parameters, inputs, treatments, step))
    loss, slopes = gradients(passed, targets, plan.loss, step)
    changes = updates(passed, slopes, slots, scaled(plan.optimizer, rate_factor), plan.rules, step + 1)
    found: list[Finding] = []
    for layer, slope, change in zip(passed, slopes, changes, strict=True):
        seen = layer_findings(layer, step, vary=rows_vary(inputs), sure=may_be_sure(model, layer, plan.loss))
        found += with_exploding(layer, seen, slope, change)
    return HealthReport(
        step=step,
        rows=len(inputs),
        loss=loss,
        findings=tuple(found),
        treated=tuple(_treated(passed)),
        layers=tuple(LayerHealth.of(*layer) for layer in zip(passed, slopes, changes, strict=True)),
    )


def _treated(passed: Sequence[LayerPass]) -> Iterator[tuple[str, str]]:
    for layer in passed:
        for index, treatment in layer.treatments.items():
            yield f"{layer.address}/{index}", ", ".join(_in_words(treatment))


def _in_words(treatment: Treatment) -> Iterator[str]:
    if treatment.frozen:
        yield "frozen"
    if treatment.lesioned is not None:
        yield f"lesioned, its output is held at {number(treatment.lesioned)}"
    if treatment.activation is not None:
        yield f"its activation is {treatment.activation}"
    if treatment.rate != 1:
        yield f"its learning rate is {number(treatment.rate)} times that of the run"
    for fault in treatment.faults:
        yield f"a {fault.kind} fault of {number(fault.amount)}"
