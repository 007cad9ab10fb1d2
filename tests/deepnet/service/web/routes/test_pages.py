from typing import Any


def test_the_page_says_what_runs_and_needs_no_script(viewer: Any, network: str) -> None:
    answer = viewer.get("/")

    assert answer.headers["content-type"].startswith("text/html")
    assert f"<td>{network}</td><td>idle</td>" in answer.text
    for refused in ("<script", "style=", "<style", "http://", "https://"):
        assert refused not in answer.text
    for link in ("/static/home.css", "/static/icon.svg", "/openapi.json", "/metrics"):
        assert f'"{link}"' in answer.text
        assert viewer.get(link).status_code == 200


def test_a_network_that_is_down_says_why_and_is_escaped(viewer: Any, served: Any, network: str) -> None:
    living = served.engine._living[network]
    up, run = living.network, living.run_id
    living.is_down("<b>it gave up</b>")

    page = viewer.get("/").text

    living.is_up_with(up, run)
    assert "&lt;b&gt;it gave up&lt;/b&gt;" in page
    assert "<b>" not in page
