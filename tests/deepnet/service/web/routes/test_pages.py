import re
from typing import Any

import pytest

from deepnet.dashboard.files import built_names, built_page


def test_the_page_is_what_was_built_and_is_never_kept(viewer: Any) -> None:
    answer = viewer.get("/")

    assert answer.content == built_page().content
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"


def test_what_it_loads_is_kept_for_ever_and_given_to_anybody(viewer: Any) -> None:
    page = viewer.get("/").text
    del viewer.headers["Cookie"]  # the browser has not logged in yet
    loaded = re.findall(r'"(/static/[^"]+)"', page)

    assert loaded
    for path in loaded:
        answer = viewer.get(path)
        assert answer.status_code == 200
        hashed = re.search(r"\.[A-Z0-9]{8}\.", path) is not None
        assert answer.headers["cache-control"] == ("public, max-age=31536000, immutable" if hashed else "no-store")


def test_files_come_packed_to_those_who_can_unpack_them(viewer: Any) -> None:
    path = re.findall(r'"(/static/[^"]+\.js)"', built_page().content.decode())[0]
    packed, plain = (viewer.get(path, headers={"Accept-Encoding": coding}) for coding in ("gzip, br", "identity"))

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content  # the client has unpacked it
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"])
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("name", ["nothing.js", "stories.json", "files.py", "%2E%2E%5Cfiles.py", "app", "web"])
def test_what_was_not_built_is_not_there(api: Any, name: str) -> None:
    answer = api.get(f"/static/{name}")

    assert answer.status_code == (400 if "%5C" in name else 404)
    assert answer.headers["content-type"] == "application/problem+json"
    assert name not in built_names()


def test_who_is_not_logged_in_gets_a_page_that_says_how(viewer: Any) -> None:
    viewer.headers.pop("Cookie", None)
    answer = viewer.get("/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert (answer.headers["vary"], answer.headers["cache-control"]) == ("Accept", "no-store")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "<code>deepnet open</code>" in answer.text
    assert "<code>deepnet open --control</code>" in answer.text
    for refused in ("<script", "<style", " style=", "http:", "https:"):
        assert refused not in answer.text
    for path in re.findall(r'(?:src|href)="(/static/[^"]+)"', answer.text):
        assert viewer.get(path).status_code == 200


def test_programs_are_told_the_problem(viewer: Any) -> None:
    viewer.headers.pop("Cookie", None)

    for accept in ("*/*", "application/json", "text/html-ish", ""):
        answer = viewer.get("/", headers={"Accept": accept})
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    answer = viewer.get("/api/v1/networks", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
