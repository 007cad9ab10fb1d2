from deepnet import Until
from deepnet.terminal.top.goal import Goal, goal_of
from deepnet.training.patience import Plateau


def test_the_threshold_of_the_mean_squared_error() -> None:
    assert goal_of(Until(mean_squared_error=0.02, epochs=9).to_dict()) == Goal("mean_squared_error", 0.02)


def test_the_threshold_of_any_figure() -> None:
    assert goal_of(Until(below={"validation_loss": 0.5}).to_dict()) == Goal("validation_loss", 0.5)


def test_of_joined_rules_the_first_that_has_one() -> None:
    rule = Until(epochs=3) | (Plateau(4) & Until(below={"loss": 0.25}))
    assert goal_of(rule.to_dict()) == Goal("loss", 0.25)


def test_without_a_threshold_it_is_the_loss() -> None:
    assert goal_of(Until(epochs=3).to_dict()) == Goal()
    assert goal_of(None) == Goal()
