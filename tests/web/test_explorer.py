"""The whole state of the explorer stands in its address, and every door draws the same picture."""

import datetime as dt
import re
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.answers import filters
from service.answers.chart_kinds import EXPLORED, KINDS
from service.answers.parameters import read_filters
from service.answers.query import METHOD_VERSION, Query
from service.api import Ledger
from service.vocabulary import Dates, Measure
from service.web.pages import explorer
from service.web.pages.explorer import Explorer
from tests.conftest import MOMENT

PAGE = {"Accept": "text/html"}
COAST = "/crisis/syria-coast-2025-03"
AREAS = ["SY06", "SY0602", "SY1002", "x-syrian-coast", "SY06|SY10", "LY-DR"]
days = st.dates(dt.date(2025, 3, 1), dt.date(2026, 11, 1))
moments = st.integers(0, 60_000_000).map(lambda n: MOMENT + dt.timedelta(seconds=n))
METHODS = [f"{name}/{METHOD_VERSION}" for name in ("least-disagreement", "median", "range", "latest:sohr")]
OPTIONS = {
    "compare": st.lists(st.sampled_from(["sohr", "snhr", "2025-03-12", "libya-derna-2023-09"]), min_size=1,
                        max_size=3, unique=True),
    "axis": st.sampled_from(["own", "shared"]),
    "scale": st.sampled_from(["linear", "log"]),
    "per": st.sampled_from(["day", "week"]),
}  # fmt: skip


@st.composite
def states(draw: st.DrawFn) -> Explorer:
    first, last = sorted((draw(days), draw(days)))
    query = Query(
        as_of=draw(days),
        areas=tuple(draw(st.lists(st.sampled_from(AREAS), max_size=6, unique=True))),
        crisis=draw(st.sampled_from([None, "syria-coast-2025-03", "libya-derna-2023-09"])),
        measure=draw(st.sampled_from([None, *map(str, Measure)])),
        population=draw(st.sampled_from([None, "all", "civilians", "women", "children"])),
        attributed_to=draw(st.sampled_from(["", None, "security_forces"])),
        date_from=draw(st.sampled_from([None, first])),
        date_to=draw(st.sampled_from([None, last])),
        dates=draw(st.sampled_from(list(Dates))),
        recorded_by=draw(st.none() | moments),
        method=draw(st.sampled_from(METHODS)),
        period_start=draw(st.none() | st.just("any") | days),
        weights=draw(st.sampled_from([(), (("kind:anonymous", 0.1),), (("origin:sohr", 2.0),)])),
    )
    kind = draw(st.sampled_from(EXPLORED))
    wanted = {row.keyword for row in kind.options} & {*OPTIONS}
    options = {name: draw(OPTIONS[name]) for name in sorted(wanted) if draw(st.booleans())}
    return Explorer(query, kind, options)


@settings(max_examples=1_000, deadline=None)
@given(state=states())
def test_the_whole_state_of_the_explorer_goes_through_its_address_and_back(
    ledger: Ledger, state: Explorer
) -> None:
    items = parse_qsl(urlsplit(state.address("/")).query, keep_blank_values=True)
    question, kind, options = explorer.split(read_filters(items, explorer.FILTERS))
    again = Explorer(ledger.query(**question), kind, options)
    assert again == state
    assert again.address("/") == state.address("/")


@pytest.mark.parametrize("kind", [kind.name for kind in EXPLORED])
def test_the_page_shows_each_kind_and_its_files_show_the_same_picture(
    client: httpx.Client, kind: str
) -> None:
    more = "&compare=libya-derna-2023-09" if kind == "against" else ""
    page = client.get(
        f"{COAST}?kind={kind}&population=all&measure=killed&as_of=2025-04-20{more}", headers=PAGE
    )
    assert page.status_code == 200
    files = re.findall(rf'href="(/v1/charts/{kind}\.(svg|png|html|json)\?[^"]+)"', page.text)
    assert {suffix for _, suffix in files} == {"svg", "png", "html", "json"}
    said = re.search(r'<figcaption id="told">(.*?)</figcaption>', page.text, re.DOTALL)
    assert said
    for address, suffix in files:
        answer = client.get(address.replace("&amp;", "&"))
        assert answer.status_code == 200
        if suffix == "svg":
            described = re.search(r"<desc[^>]*>(.*?)</desc>", answer.text, re.DOTALL)
            assert described
            assert described.group(1) == said.group(1).replace("&#39;", "'")


def test_every_kind_links_to_every_other_with_what_both_have_in_common(client: httpx.Client) -> None:
    page = client.get(f"{COAST}?scale=log&axis=shared&as_of=2025-03-12", headers=PAGE).text
    nav = re.search(r'<nav class="kinds".*?</nav>', page, re.DOTALL)
    assert nav
    links = re.findall(r'href="([^"#]+)', nav.group())
    assert len(links) == len(EXPLORED)
    for link in links:
        address = link.replace("&amp;", "&")
        assert "as_of=2025-03-12" in address
        kind = dict(parse_qsl(urlsplit(address).query)).get("kind", "trend")
        assert ("scale=log" in address) is KINDS[kind].takes(filters.SCALE)
        assert client.get(address, headers=PAGE).status_code == 200


WRONG = (
    "kind=nothing", "kind=parts&axis=shared", "kind=origins&compare=nobody", "scale=cubic",
    "kind=known&compare=x",
)  # fmt: skip


@pytest.mark.parametrize("query", WRONG)
def test_a_state_that_cannot_be_shown_is_refused_in_a_sentence(client: httpx.Client, query: str) -> None:
    answer = client.get(f"{COAST}?{query}", headers=PAGE)
    assert answer.status_code == 422
    assert "text/html" in answer.headers["content-type"]


def test_the_first_page_weighs_little_and_its_pictures_need_no_inline_style(client: httpx.Client) -> None:
    answer = client.get(COAST, headers=PAGE | {"Accept-Encoding": "gzip"})
    files = set(re.findall(r'"(/static/[^"]+)"', answer.text))
    sizes = [int(answer.headers["content-length"])]
    sizes += [
        int(client.get(each, headers={"Accept-Encoding": "gzip"}).headers["content-length"]) for each in files
    ]
    assert sum(sizes) < 100_000
    assert " style=" not in answer.text
    assert "unsafe-inline" not in answer.headers["content-security-policy"]


def test_a_page_by_itself_may_run_its_own_script_and_style_and_nothing_else(client: httpx.Client) -> None:
    answer = client.get("/v1/charts/trend.html?area=SY06&measure=killed&population=civilians")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert f'href="{str(client.base_url).rstrip("/")}/report/r' in answer.text
