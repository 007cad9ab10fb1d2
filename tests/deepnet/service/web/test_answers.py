import numpy as np
import pytest

from deepnet.service.web import answers


def test_numbers_are_counted_wherever_they_are() -> None:
    value = {"weights": np.zeros((3, 4)), "more": [np.zeros(2), (1, "a")], "none": {}}

    assert answers.numbers_in(value) == 12 + 2 + 2


def test_an_answer_of_too_many_numbers_says_what_to_do_instead() -> None:
    answers.require_few(answers.MOST_NUMBERS, "nothing")

    with pytest.raises(answers.TooMuchError, match=r"200,001 numbers.*: ask for less") as caught:
        answers.require_few(answers.MOST_NUMBERS + 1, "ask for less")
    assert answers.too_much(caught.value, "/there").status_code == 413


def test_headers_are_named_with_hyphens_and_files_with_their_name() -> None:
    answer = answers.file_answer(b"x", "application/x", "a-1.bin")

    assert answer.headers["content-disposition"] == 'attachment; filename="a-1.bin"'
    assert answers.json_answer({"a": [1.5]}, 201, Retry_After="1").headers["retry-after"] == "1"
    assert answers.json_answer({"a": [1.5]}).body == b'{"a":[1.5]}'
