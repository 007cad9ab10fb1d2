"""From a table of one's own to a network that is asked about a row of it."""

import math
import re
from typing import Any

from playwright.sync_api import expect

ROWS = [(x / 10, math.sin(x), "hot" if x % 3 else "cold") for x in range(90)]
CSV = "width,wave,weather\n" + "".join(f"{width},{wave:.4f},{weather}\n" for width, wave, weather in ROWS)


def drop(visit: Any, name: str, text: str) -> None:
    visit.page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    )


def test_a_table_is_uploaded_learnt_and_asked(visiting: Any, shared_service: Any) -> None:
    visit = visiting(shared_service)
    visit.open("data", part="learn")
    drop(visit, "weather-report.csv", CSV)
    expect(visit.page.get_by_role("log").get_by_text("90 rows")).to_be_visible()
    assert "weather-report" in [row["name"] for row in visit.get("/datasets")["items"]]

    visit.page.get_by_label("Column to learn").select_option("wave")
    train = visit.card("Network")
    train.get_by_label("Name").fill("forecaster")
    train.get_by_label("Epochs").fill("100000")
    visit.button("Train").click()

    expect(visit.page.get_by_role("heading", level=1, name="Overview")).to_be_visible()
    network = visit.until("/networks/forecaster", lambda said: said["state"] == "running" and said["step"] > 0)
    assert network["run"]["dataset"] == "weather-report"
    visit.open("data", net="forecaster")
    says = visit.card("forecaster says")
    expect(says).to_contain_text(re.compile(r"\d"))
    visit.page.get_by_label(re.compile("width")).first.fill("2.5")
    expect(says).to_contain_text(re.compile(r"\d"))
    visit.page.goto("about:blank")
    assert visit.api.delete("/api/v1/networks/forecaster").is_success


def test_what_is_no_table_is_refused_in_words(visiting: Any, shared_service: Any) -> None:
    visit = visiting(shared_service)
    visit.open("data", part="learn")

    drop(visit, "letter.pdf", "%PDF-1.4")

    expect(visit.page.get_by_role("alert").first).to_contain_text("neither CSV nor NPZ")


def test_a_table_that_cannot_be_read_is_told_of_and_shows_no_fault_of_ours(visiting: Any, shared_service: Any) -> None:
    visit = visiting(shared_service)
    visit.watch.allowed.append(r"the server responded with a status of 4\d\d")
    visit.open("data", part="learn")

    drop(visit, "broken.csv", 'a,b\n1,2\n"3')

    expect(visit.page.get_by_role("alert").first).to_be_visible()
