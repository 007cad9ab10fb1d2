from deepnet.plots.figures import Matrix
from deepnet.terminal.confusion import confusion_lines


def matrix(labels: tuple[str, ...], counts: tuple[tuple[int, ...], ...]) -> list[str]:
    return list(confusion_lines(Matrix("", "", labels, counts), 72))


def test_what_is_true_stands_down_and_what_is_predicted_across() -> None:
    assert matrix(("cat", "dog"), ((12, 3), (0, 400))) == [
        "        predicted",
        "true    cat  dog",
        "cat      12    3",
        "dog       0  400",
    ]


def test_long_names_are_cut_and_the_columns_stay_in_line() -> None:
    lines = matrix(("a very long name of a class", "b\nc"), ((1, 2), (3, 4)))

    assert len({len(line) for line in lines[1:]}) == 1
    assert lines[2].startswith("a very long~")
    assert lines[3].startswith(r"'b\nc'")


def test_of_very_many_classes_each_line_says_what_the_class_was_mostly_taken_for() -> None:
    size = 30
    counts = [[7 if row == column else 0 for column in range(size)] for row in range(size)]
    counts[2][5] = counts[2][9] = 3
    lines = matrix(tuple(f"class {index}" for index in range(size)), tuple(map(tuple, counts)))

    assert len(lines) == size + 1
    assert lines[3].split() == ["class", "2", "13", "7", "class", "5", "(3)"]
    assert lines[4].split() == ["class", "3", "7", "7", "-"]
    assert max(map(len, lines)) <= 72
