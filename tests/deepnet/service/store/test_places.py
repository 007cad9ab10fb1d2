from pathlib import Path

from deepnet.service.store.places import without_place


def test_where_a_folder_lies_is_not_told() -> None:
    folder = Path("/srv/deepnet")

    assert without_place("/srv/deepnet/runs/a-1: no space left", folder) == "runs/a-1: no space left"
    assert without_place("'/srv/deepnet/a' and (/srv/deepnet/b)", folder) == "'a' and (b)"
    assert without_place("/srv/deepnet: the disk is full", folder) == "the data directory: the disk is full"
    assert without_place("/srv/deepnets/a and /srv/deepnet-2", folder) == "/srv/deepnets/a and /srv/deepnet-2"
    assert without_place("3 / 4", folder) == "3 / 4"


def test_a_link_to_a_folder_is_the_same_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")

    for name in ("real", "link"):
        assert without_place(f"{tmp_path}/{name}/x: is damaged", tmp_path / "link") == "x: is damaged"
