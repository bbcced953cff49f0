"""Bad input of any kind: one shape of answer, a sentence, a way out; and nothing guessed."""

from __future__ import annotations

import httpx
import pytest

from service.errors import CasualtyError
from service.web.errors import PROBLEMS

SHAPE = {"type", "title", "status", "detail", "code", "fix", "suggestions"}


def refusal(answer: httpx.Response, status: int, code: str) -> dict[str, object]:
    """The problem in an answer, after checking the shape that every door shares."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    problem: dict[str, object] = answer.json()
    assert set(problem) == SHAPE
    assert (problem["status"], problem["code"], problem["type"]) == (status, code, f"/docs#{code}")
    assert problem["detail"]
    assert problem["fix"]
    return problem


@pytest.mark.parametrize(
    ("address", "code", "said"),
    [
        ("/v1/series?area=Lattakiaa", "unknown_name", "Lattakiaa"),
        ("/v1/series?area=Latakia|", "unknown_name", "Latakia|"),
        ("/v1/series?area=" + "Latakia " * 40, "unknown_name", "Latakia"),
        ("/v1/series?measure=kiled", "unknown_name", "kiled"),
        ("/v1/series?population=civilian%20people", "unknown_name", "civilian people"),
        ("/v1/series?crisis=nowhere", "unknown_name", "nowhere"),
        ("/v1/series?method=guess", "unknown_name", "guess"),
        ("/v1/series?as_of=2025-13-01", "invalid_query", "2025-13-01"),
        ("/v1/series?as_of=03/04/2025", "invalid_query", "03/04/2025"),
        ("/v1/series?from=2025-02-30", "invalid_query", "2025-02-30"),
        ("/v1/series?from=2025-03-12&to=2025-03-01", "invalid_query", "2025-03-12"),
        ("/v1/series?recorded_by=yesterday", "invalid_query", "yesterday"),
        ("/v1/explain?area=SY06&date=12-03-2025", "invalid_query", "12-03-2025"),
        ("/v1/series?measure=killed&measure=injured", "invalid_query", "twice"),
        ("/v1/series?area=SY06%00", "invalid_query", "control character"),
        ("/v1/series?area=%ff%fe", "invalid_query", "UTF-8"),
        ("/v1/series?measure=" + "x" * 5000, "invalid_query", "5,000"),
        ("/v1/series?" + "&".join(["area=SY06"] * 101), "invalid_query", "100"),
        ("/v1/reports?limit=0", "invalid_query", "limit"),
        ("/v1/reports?limit=-5", "invalid_query", "-5"),
        ("/v1/reports?limit=1e3", "invalid_query", "1e3"),
        ("/v1/reports?limit=" + "9" * 60, "invalid_query", "999"),
        ("/v1/reports?source=nobody-at-all", "unknown_name", "nobody-at-all"),
        ("/v1/areas?area=SY06", "unknown_name", "area"),
    ],
)
def test_what_cannot_be_understood_is_refused_by_name(
    client: httpx.Client, address: str, code: str, said: str
) -> None:
    problem = refusal(client.get(address), 422, code)
    assert said in str(problem["detail"])
    assert problem["fix"]


@pytest.mark.parametrize(
    ("address", "nearest"),
    [
        ("/v1/series?area=Lattakiaa", "Latakia"),
        ("/v1/series?area=Jabla%20distict", "Jableh"),
        ("/v1/series?measure=kiled", "killed"),
        ("/v1/series?population=civilans", "civilians"),
        ("/v1/series?aera=SY06", "area"),
        ("/v1/series?as-of=2025-03-12", "as_of"),
        ("/v1/series?popluation=civilians", "population"),
    ],
)
def test_a_near_miss_names_the_nearest(client: httpx.Client, address: str, nearest: str) -> None:
    problem = refusal(client.get(address), 422, "unknown_name")
    assert any(nearest in str(each) for each in problem["suggestions"]), problem


def test_an_address_that_does_not_exist_is_a_problem_too(client: httpx.Client) -> None:
    for address in ("/v1/seris", "/v2/series", "/v1/", "/static/1/nothing.js", "/v1/series.xml", "/%00"):
        answer = client.get(address)
        code = "not_found" if address.startswith(("/static", "/v1/series.")) else "no_such_page"
        refusal(answer, 404, code)
    assert "csv" in client.get("/v1/series.cvs").json()["suggestions"]


def test_a_file_beside_the_static_ones_cannot_be_reached(client: httpx.Client) -> None:
    for name in ("..%2fapp.py", "..%2f..%2fmodel.py", "%2e%2e/app.py"):
        assert client.get(f"/static/1/{name}").status_code == 404


def test_a_method_that_an_address_does_not_take_is_named(client: httpx.Client) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = client.request(method, "/v1/series")
        assert method in str(refusal(answer, 405, "method_not_allowed")["detail"])
        assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


def test_a_figure_that_does_not_exist_is_not_found(client: httpx.Client) -> None:
    before = client.get("/v1/explain?area=SY06&measure=killed&population=civilians&as_of=2024-01-01")
    assert "2024-01-01" in str(refusal(before, 404, "not_found")["detail"])


def test_a_question_for_one_figure_that_several_answer_says_how_to_narrow_it(client: httpx.Client) -> None:
    several = client.get("/v1/explain?measure=killed&population=civilians")
    assert "Name area" in str(refusal(several, 422, "invalid_query")["fix"])


def test_a_series_without_rows_is_an_answer_and_no_error(client: httpx.Client) -> None:
    answer = client.get("/v1/series?area=SY06&as_of=2024-01-01")
    assert (answer.status_code, answer.json()["data"]) == (200, [])


def test_a_browser_reads_the_same_refusal_as_a_page(client: httpx.Client) -> None:
    answer = client.get("/?as_of=2025-13-01", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "text/html; charset=utf-8")
    assert "2025-13-01" in answer.text
    assert "YYYY-MM-DD" in answer.text
    missing = client.get("/nowhere", headers={"Accept": "text/html"})
    assert (missing.status_code, missing.headers["content-type"]) == (404, "text/html; charset=utf-8")


def test_what_is_written_into_an_address_cannot_become_markup(client: httpx.Client) -> None:
    for address in ("/?area=<script>alert(1)</script>", "/<script>alert(1)</script>", "/?<b>=1"):
        page = client.get(address, headers={"Accept": "text/html"}).text
        assert "<script>alert" not in page
        assert "<b>" not in page


def errors(kind: type[CasualtyError] = CasualtyError) -> set[type[CasualtyError]]:
    """Every kind of error that anything the service imports may raise."""
    return {kind}.union(*(errors(narrower) for narrower in kind.__subclasses__()))


def test_every_error_has_a_status_and_a_title() -> None:
    missing = {kind.__name__ for kind in errors() - {CasualtyError} if kind.code not in PROBLEMS}
    assert not missing
    assert all(400 <= status < 600 and title for status, title in PROBLEMS.values())
