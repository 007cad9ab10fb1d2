import pytest

from deepnet import Chain, Dense
from deepnet.errors import InputError
from deepnet.service.web.schemas.networks import require_size, short_model


@pytest.mark.parametrize(
    ("text", "activations"),
    [
        ("3-8-1", ["tanh", "identity"]),
        ("3-8-1:relu", ["relu", "identity"]),
        ("3-8-4-1:relu:sigmoid", ["relu", "relu", "sigmoid"]),
        ("3-1:relu", ["identity"]),
    ],
)
def test_layers_in_short_are_a_model(text: str, activations: list[str]) -> None:
    assert [layer.activation for layer in short_model(text).dense] == activations


def test_a_model_may_be_so_large_and_no_larger() -> None:
    require_size(Chain(Dense(100, 50_000)))
    for model in (Chain(Dense(1, 50_001)), Chain(Dense(200, 50_000))):
        with pytest.raises(InputError, match="is too large: make it of 50,000 and 10,000,000 at most"):
            require_size(model)
