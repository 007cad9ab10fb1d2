"""Learning a column of a table from others: split, scale, learn, measure, and compare with a straight line."""

import math
from dataclasses import dataclass

import numpy as np

from deepnet.data.baseline import least_squares
from deepnet.data.dataset import Dataset
from deepnet.data.leakage import Leak, leaking_features
from deepnet.data.scaling import Standardizer, constant_features
from deepnet.data.split import split
from deepnet.errors import DataError
from deepnet.maths.arrays import Batch
from deepnet.maths.metrics import mean_absolute_error, mean_squared_error, r2


@dataclass(frozen=True, slots=True)
class Scores:
    """How good predictions are.

    Attributes:
        r2: the share of the variance that is explained; None where the rows have no variance.
        mean_absolute_error: in the unit of the target.
        mean_squared_error: in its square.
    """

    r2: float | None
    mean_absolute_error: float
    mean_squared_error: float


def score(outputs: Batch, targets: Batch) -> Scores:
    """Measure *outputs* against *targets*, both (rows, 1)."""
    share = r2(outputs, targets)
    return Scores(
        None if math.isnan(share) else share,
        mean_absolute_error(outputs, targets),
        mean_squared_error(outputs, targets),
    )


@dataclass(frozen=True, slots=True)
class PreparedTable:
    """A table, ready to be learnt.

    Attributes:
        dataset: as it was read.
        inputs: (training rows, features), standardised if there is a standardizer.
        targets: (training rows, 1).
        test_inputs: (test rows, features), likewise.
        test_targets: (test rows, 1).
        standardizer: fitted on the training rows alone, or None.
        baseline: what least squares makes of the same rows, measured on the test rows.
        leaks: features that give the target away.
        constants: features that have one value only in the training rows.
    """

    dataset: Dataset
    inputs: Batch
    targets: Batch
    test_inputs: Batch
    test_targets: Batch
    standardizer: Standardizer | None
    baseline: Scores
    leaks: tuple[Leak, ...]
    constants: tuple[str, ...]


def prepare_table(dataset: Dataset, *, test_fraction: float, seed: int, standardize: bool) -> PreparedTable:
    """Split *dataset* by *seed*, scale it by its training rows, and fit the baseline.

    Raises:
        InputError: the fraction is not between 0 and 1.
        DataError: a side of the split would have too few rows, or nothing to learn is left on it.
    """
    try:
        parts = split(len(dataset.targets), test_fraction=test_fraction, seed=seed)
        inputs, test_inputs = dataset.inputs[parts.train], dataset.inputs[parts.test]
        targets, test_targets = dataset.targets[parts.train], dataset.targets[parts.test]
        standardizer = Standardizer.fit(inputs) if standardize else None
    except DataError as error:
        raise DataError(f"{dataset.name}: {error}") from None
    if not np.ptp(targets):
        raise DataError(
            f"{dataset.name}: {dataset.target} is {targets[0, 0]:g} in every training row: nothing to learn; "
            f"choose another --seed or give more rows"
        )
    if standardizer is not None:
        inputs, test_inputs = standardizer.apply(inputs), standardizer.apply(test_inputs)
    line = least_squares(inputs, targets)
    return PreparedTable(
        dataset=dataset,
        inputs=inputs,
        targets=targets,
        test_inputs=test_inputs,
        test_targets=test_targets,
        standardizer=standardizer,
        baseline=score(line.predict(test_inputs), test_targets),
        leaks=leaking_features(dataset),
        constants=constant_features(inputs, dataset.features),
    )
