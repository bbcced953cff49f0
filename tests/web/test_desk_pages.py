"""The desk's forms over HTTP: what they write, what they refuse, and that nothing typed is lost."""

from __future__ import annotations

import html
import re

import httpx
import pytest

from service.vocabulary import REDACTED
from tests.web.desk import Desk

TABLE = "place,detained\nJablehh,12\nLatakia,over 800\n"
SAID = {
    "crisis": "syria-coast-2025-03", "source": "sohr", "published_on": "2026-11-20",
    "population": "civilians", "counted_to": "2026-11-19", "url": "https://example.org/a",
}  # fmt: skip
MAPPING = """
title = "A bulletin"
[fields]
crisis = "syria-coast-2025-03"
source = "sohr"
areas = "{Ort}"
counted_to = "{Tag}"
published_on = "{Tag}"
period_start = "2025-03-06"
basis = "cumulative"
[[figure]]
count = "{Verhaftet}"
measure = "detained"
population = "civilians"
"""
NAME = "by Ahmad Al-Hassan, 34, a teacher"


def key_of(client: httpx.Client) -> str:
    return client.headers["Authorization"].removeprefix("Bearer ")


def posted(
    client: httpx.Client, path: str, fields: dict[str, object], *, key: str | None = None
) -> httpx.Response:
    """A form as a browser sends it: the key in a field, none in a header."""
    sent = [(name, (None, text)) for name, value in fields.items() for text in _texts(value)]
    sent.append(("key", (None, key_of(client) if key is None else key)))
    with httpx.Client(base_url=client.base_url, timeout=600) as plain:
        return plain.post(path, files=sent, headers={"Accept": "text/html"})


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)]


def grid_of(page: str) -> dict[str, object]:
    """The fields of the grid of a page, to be sent back."""

    def every(pattern: str) -> list[str]:
        return [html.unescape(found) for found in re.findall(pattern, page)]

    return {
        "heading": every(r'name="heading" value="([^"]*)"'),
        "column": every(r'name="column".*?<option value="([^"]*)" selected>'),
        "cell": every(r'name="cell" id="[^"]*" size="\d+" value="([^"]*)"'),
    }


def verdicts(page: str) -> list[str]:
    return re.findall(r'<tr data-verdict="(\w+)"', page)


def test_a_pasted_table_is_judged_row_by_row_and_nothing_is_written(shared: Desk) -> None:
    before = shared.ledger.store.head
    answer = posted(shared.reporter, "/submit", {**SAID, "text": TABLE, "step": "read"})
    assert answer.status_code == 200
    assert verdicts(answer.text) == ["quarantined", "accepted"]
    assert "areas\nJablehh\nJableh" in html.unescape(answer.text), "a suggestion to click"
    assert shared.ledger.store.head == before


def test_a_suggestion_that_is_clicked_mends_the_cell_and_nothing_is_written(shared: Desk) -> None:
    before = shared.ledger.store.head
    first = posted(shared.reporter, "/submit", {**SAID, "text": TABLE, "step": "read"})
    answer = posted(
        shared.reporter,
        "/submit",
        {**SAID, "text": TABLE, **grid_of(first.text), "apply": "areas\r\nJablehh\r\nJableh"},
    )
    assert verdicts(answer.text) == ["accepted", "accepted"]
    assert shared.ledger.store.head == before


def test_what_is_handed_in_is_what_was_judged_and_what_moved_is_said(desk: Desk) -> None:
    first = posted(desk.reporter, "/submit", {**SAID, "text": TABLE, "step": "read"})
    fields = {**SAID, "text": TABLE, **grid_of(first.text), "leave_out": "0", "step": "hand_in"}
    answer = posted(desk.reporter, "/submit", fields)
    assert "1 accepted" in answer.text
    assert re.search(r"What moved.*at least 801", answer.text, re.DOTALL)
    again = posted(desk.reporter, "/submit", fields)
    assert "1 duplicate" in again.text, "a second click hands nothing in twice"
    stands = desk.reporter.get("/v1/reports?measure=detained&as_of=2026-11-22").json()["data"]
    assert [row["count_stated"] for row in stands if row["url"] == SAID["url"]] == ["over 800"]


def test_an_article_becomes_drafts_that_can_be_edited(shared: Desk) -> None:
    text = "At least 23 people were killed in Jableh on 8 March 2025. In Banias, 14 civilians were killed."
    answer = posted(shared.reporter, "/submit", {**SAID, "text": text, "kind": "article", "step": "read"})
    grid = grid_of(answer.text)
    assert len(verdicts(answer.text)) == 2
    assert "At least 23" in grid["cell"]  # type: ignore[operator]
    assert "Jableh on 8 March" in answer.text, "the sentence it was read from"


def test_a_file_of_a_layout_that_has_a_mapping_goes_in_as_it_is(desk: Desk) -> None:
    desk.ledger.add_mapping(MAPPING.encode(), name="bulletin")
    file = ("bulletin.csv", b"Ort,Verhaftet,Tag\nLatakia,900,2026-11-19\nNirgends,3,2026-11-19\n")
    answers = []
    with httpx.Client(base_url=desk.reporter.base_url, timeout=600) as plain:
        for step in ("read", "hand_in"):
            fields = {"key": key_of(desk.reporter), "mapping": "bulletin", "step": step}
            sent = {"file": file, **{name: (None, text) for name, text in fields.items()}}
            answers.append(plain.post("/submit", files=sent, headers={"Accept": "text/html"}))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert "if it were handed in now" in answers[0].text
    assert "1 accepted" in answers[1].text
    assert "1 quarantined" in answers[1].text
    assert re.search(r"What moved.*900", answers[1].text, re.DOTALL)


@pytest.mark.parametrize(
    ("key", "status", "words"), [("", 401, "needs a key"), ("not-a-key", 401, "not known here")]
)
def test_without_a_good_key_nothing_typed_is_lost(shared: Desk, key: str, status: int, words: str) -> None:
    answer = posted(shared.reporter, "/submit", {**SAID, "text": TABLE, "step": "hand_in"}, key=key)
    assert answer.status_code == status
    assert words in answer.text
    assert html.escape(TABLE) in answer.text
    assert "https://example.org/a" in answer.text


@pytest.mark.parametrize("path", ["/held", "/register", "/report/r46cf8bb1e6f571e4c92a/mend"])
def test_what_is_for_editors_takes_no_reporters_key(shared: Desk, path: str) -> None:
    before = shared.ledger.store.head
    answer = posted(
        shared.reporter, path, {"step": "withdraw", "reason": "x", "what": "country", "country": "Nepal"}
    )
    assert answer.status_code == 403
    assert "editor" in answer.text
    assert shared.ledger.store.head == before


@pytest.mark.parametrize("path", ["/submit", "/held", "/register", "/report/r46cf8bb1e6f571e4c92a/mend"])
def test_a_key_in_a_header_or_an_address_opens_no_form(shared: Desk, path: str) -> None:
    """A page of another host can make a browser send neither: the key must be typed into the form."""
    in_header = shared.editor.post(path, files={"step": (None, "hand_in")}, headers={"Accept": "text/html"})
    assert in_header.status_code == 401
    key = key_of(shared.editor)
    in_address = posted(shared.editor, f"{path}?key={key}", {"step": "list"}, key=key)
    assert in_address.status_code == 400
    as_json = shared.editor.post(path, json={"key": key})
    assert as_json.status_code == 415


def test_held_rows_are_shown_to_editors_alone_and_a_fix_takes_them_in(desk: Desk) -> None:
    posted(desk.reporter, "/submit", {**SAID, "text": TABLE, "step": "read"})
    first = posted(desk.reporter, "/submit", {**SAID, "text": TABLE, "step": "read"})
    posted(desk.reporter, "/submit", {**SAID, "text": TABLE, **grid_of(first.text), "step": "hand_in"})
    with httpx.Client(base_url=desk.editor.base_url, timeout=600) as plain:
        assert "Jablehh" not in plain.get("/held").text
    shown = posted(desk.editor, "/held", {"step": "list"})
    (at,) = (html.unescape(found) for found in re.findall(r'name="at" value="([^"]*)"', shown.text))
    clicked = posted(desk.editor, "/held", {"at": at, "value": "", "apply": "areas\nJablehh\nJableh"})
    assert 'value="Jableh"' in clicked.text
    unsaid = posted(desk.editor, "/held", {"at": at, "value": "Jableh", "step": "mend"})
    assert unsaid.status_code == 422
    assert 'value="Jableh"' in unsaid.text, "what was typed is still there"
    mended = posted(
        desk.editor,
        "/held",
        {"at": at, "value": "Jableh", "step": "mend", "reason": "a slip of the keyboard"},
    )
    assert "1 accepted" in mended.text
    assert "0 rows wait" in mended.text


@pytest.mark.parametrize("place", ["no JSON", "[1]", '["a", "1", "b", "c"]', "[" * 5_000])
def test_a_cell_that_the_page_did_not_name_is_refused(shared: Desk, place: str) -> None:
    answer = posted(shared.editor, "/held", {"at": place, "value": "x", "step": "mend", "reason": "y"})
    assert answer.status_code in (400, 422)
    assert "rows wait" in answer.text


def test_personal_data_are_held_and_come_back_on_no_page_but_the_typing_desks_own(desk: Desk) -> None:
    table = f'place,detained,note\nLatakia,3,"{NAME}"\n'
    first = posted(desk.reporter, "/submit", {**SAID, "text": table, "step": "read"})
    assert verdicts(first.text) == ["quarantined"]
    posted(desk.reporter, "/submit", {**SAID, "text": table, **grid_of(first.text), "step": "hand_in"})
    for path in ("/findings", "/held", "/v1/findings"):
        assert "Ahmad" not in desk.reporter.get(path).text


def test_a_crisis_and_a_place_are_registered_from_the_page(desk: Desk) -> None:
    crisis = {
        "what": "crisis", "crisis_name": "Earthquake in Nepal", "period_start": "2026-11-02",
        "places": "Nepal", "crisis_kind": "sudden",
    }  # fmt: skip
    before = desk.ledger.store.head
    assert "would be registered" in posted(desk.editor, "/register", {**crisis, "step": "try"}).text
    assert desk.ledger.store.head == before
    done = posted(desk.editor, "/register", {**crisis, "step": "register"})
    assert "/submit?crisis=earthquake-in-nepal-2026-11" in done.text
    town = {
        "what": "place",
        "name": "Lamjung bazaar",
        "level": "town",
        "parent": "Gandaki",
        "step": "register",
    }
    assert "x-lamjung-bazaar" in posted(desk.editor, "/register", town).text
    unknown = posted(desk.editor, "/register", {**town, "name": "Elsewhere", "parent": "Atlantis"})
    assert unknown.status_code == 422
    assert 'value="Elsewhere"' in unknown.text


def test_what_is_registered_goes_by_its_name_and_a_crisis_without_a_first_day_says_so(desk: Desk) -> None:
    def answered(**fields: str) -> str:
        page = html.unescape(posted(desk.editor, "/register", fields).text)
        outcome = page.split('id="outcome"')[1].split("</div>")[0]
        return " ".join(re.sub(r"<[^>]*>|^>", " ", outcome).split())

    crisis = {"what": "crisis", "crisis_name": "Flood in Ghana", "places": "Ghana|Latakia"}
    tried = answered(**crisis, step="try")
    assert "with the places: Ghana and Latakia." in tried
    assert "No first day is given" in tried
    assert "No first day" not in answered(**crisis, period_start="2026-11-02", step="try")
    assert "No first day is given" in answered(**crisis, step="register")
    assert "Bangladesh BD (new), Barishal" in answered(what="country", country="Bangladesh", step="try")
    assert "Latakia SY06 (changed)" in answered(
        what="spelling", area="SY06", spelling="Ladiqiyya province", step="try"
    )
    source = {"what": "source", "source_name": "Lagos Fire Service", "kind": "government"}
    assert "Lagos Fire Service lagos-fire-service (new)" in answered(**source, step="try")


def test_a_refusal_on_a_page_says_what_to_do_on_the_page(desk: Desk) -> None:
    crisis = {"what": "crisis", "crisis_name": "Fire in Lagos", "places": "Nigeria", "step": "try"}
    wrong = posted(desk.editor, "/register", {**crisis, "period_start": "4 May 2026"})
    assert wrong.status_code == 422
    assert "<strong>First day: “4 May 2026” is not a day written YYYY-MM-DD.</strong>" in html.unescape(
        wrong.text
    )
    place = {"what": "place", "name": "Zed", "parent": "Latakia", "step": "try"}
    blank = posted(desk.editor, "/register", place)
    assert "<strong>Kind of place: it may not be blank.</strong> Correct it" in blank.text
    assert "file" not in blank.text.split('id="trouble"')[1].split("</div>")[0]
    unknown = posted(desk.editor, "/register", {**crisis, "places": "Atlantis"})
    assert 'on the page <a href="/register">/register</a>' in unknown.text
    arabic = posted(desk.editor, "/ar/register", {**crisis, "places": "Atlantis"})
    assert '<a href="/ar/register">/register</a>' in arabic.text
    nowhere = desk.editor.get("/nowhere", headers={"Accept": "text/html"})
    assert 'See <a href="/docs">/docs</a>.' in nowhere.text
    hostile = desk.editor.get("/area/<b>x", headers={"Accept": "text/html"})
    assert "<b>x" not in hostile.text


def test_a_source_and_a_crisis_are_registered_with_their_arabic_names(desk: Desk) -> None:
    source = {"what": "source", "source_name": "Lagos Fire Service", "source_name_ar": "إطفاء لاغوس"}
    posted(desk.editor, "/register", {**source, "kind": "government", "step": "register"})
    crisis = {"what": "crisis", "crisis_name": "Fire in Lagos, 2026", "crisis_name_ar": "حريق لاغوس"}
    posted(desk.editor, "/register", {**crisis, "crisis_kind": "sudden", "step": "register"})
    names = {row["name"]: row["name_ar"] for row in desk.ledger.sources().to_dict("records")}
    assert names["Lagos Fire Service"] == "إطفاء لاغوس"
    names = {row["name"]: row["name_ar"] for row in desk.ledger.crises().to_dict("records")}
    assert names["Fire in Lagos, 2026"] == "حريق لاغوس"


def test_a_report_is_withdrawn_reinstated_and_corrected_from_its_page(desk: Desk) -> None:
    row = {**SAID, "areas": "Latakia", "measure": "detained", "count": "700"}
    report_id = desk.reporter.post("/v1/reports", json=[row]).json()["rows"][0]["report_id"]
    path = f"/report/{report_id}/mend"
    nothing = posted(desk.editor, path, {"step": "withdraw"})
    assert (nothing.status_code, "There is no reason" in nothing.text) == (422, True)
    withdrawn = posted(desk.editor, path, {"step": "withdraw", "reason": "given twice"})
    assert "What moved" in withdrawn.text
    assert desk.stands(report_id)["withdrawn"] == "given twice"
    again = posted(desk.editor, path, {"step": "reinstate", "reason": "it was given once"})
    assert (again.status_code, "Reinstated" in again.text, "Or withdraw it" in again.text) == (
        200,
        True,
        True,
    )
    assert desk.stands(report_id)["withdrawn"] is None
    corrected = posted(desk.editor, path, {"step": "correct", "reason": "a slip", "set_count": "710"})
    (other,) = re.findall(r"In its place stands <a class=\"code\" href=\"/report/(r\w+)\"", corrected.text)
    assert desk.stands(other)["best"] == 710
    bad = posted(
        desk.editor, f"/report/{other}/mend", {"step": "correct", "reason": "x", "set_areas": "Atlantis"}
    )
    assert bad.status_code == 422
    assert 'value="Atlantis"' in bad.text


def test_a_text_is_taken_out_for_good_from_the_reports_page_if_it_is_ticked_and_a_reason_given(
    desk: Desk,
) -> None:
    text = "seen by Zacharia Quintessence"
    row = {**SAID, "areas": "Latakia", "measure": "detained", "count": "700", "note": text}
    report_id = desk.reporter.post("/v1/reports", json=[row]).json()["rows"][0]["report_id"]
    path = f"/report/{report_id}/mend"
    posted(desk.editor, path, {"step": "withdraw", "reason": text})
    wanted = {"step": "redact", "take_out": ["note", "reason"], "reason": "it named somebody"}
    before = desk.ledger.head
    for less, words in (("take_out", "No text is ticked"), ("reason", "There is no reason")):
        refused = posted(desk.editor, path, {**wanted, less: []})
        assert (refused.status_code, words in refused.text) == (422, True)
    kept = posted(desk.editor, path, {**wanted, "reason": ""}).text
    assert re.findall(r'id="take-out-(\w+)" checked', kept) == ["note", "reason"]
    assert posted(desk.editor, path, {**wanted, "take_out": "count_stated"}).status_code == 422
    assert posted(desk.reporter, path, wanted).status_code == 403
    assert desk.ledger.head == before
    done = posted(desk.editor, path, wanted)
    assert (done.status_code, "Texts taken out: 2; " in done.text) == (200, True)
    assert "Earlier backups" in done.text
    assert text not in desk.editor.get(f"/report/{report_id}").text
    assert desk.stands(report_id)["withdrawn"] == REDACTED
    assert desk.ledger.verify() == []
    assert "Nothing was left to take out" in posted(desk.editor, path, wanted).text


def test_a_form_that_is_too_large_or_broken_is_refused_with_a_sentence(shared: Desk) -> None:
    head = {"Content-Type": "multipart/form-data; boundary=x", "Accept": "text/html"}
    broken = shared.reporter.post("/submit", content=b"--x\r\nno form", headers=head)
    assert broken.status_code == 400
    many = posted(shared.reporter, "/submit", {**SAID, "heading": ["a"] * 9_000})
    assert many.status_code == 400


def test_a_full_release_from_the_page_takes_back_what_it_no_longer_lists_and_needs_an_editor(
    desk: Desk,
) -> None:
    fields = {**SAID, "areas": "Jableh", "measure": "detained", "step": "read"}
    first = {**fields, "text": "event,basis,count\ne-1,increment,5\ne-2,increment,3\n"}
    page = posted(desk.editor, "/submit", first).text
    handed_in = posted(desk.editor, "/submit", {**first, **grid_of(page), "step": "hand_in"})
    assert verdicts(handed_in.text) == ["accepted", "accepted"]
    newer = {**fields, "published_on": "2026-11-21", "text": "event,basis,count\ne-1,increment,5\n"}
    newer |= {"release": "full"}
    page = posted(desk.editor, "/submit", newer).text
    assert 'id="release" checked' in page, "what was ticked stays"
    sent = {**newer, **grid_of(page), "step": "hand_in"}
    assert posted(desk.reporter, "/submit", sent).status_code == 403
    answer = posted(desk.editor, "/submit", sent)
    assert "taken back from the day of the release on: 1" in html.unescape(answer.text)
    assert posted(desk.editor, "/submit", {**sent, "release": "half"}).status_code == 422


def test_the_desk_speaks_arabic_from_the_form_to_what_moved(desk: Desk) -> None:
    page = posted(desk.reporter, "/ar/submit", {**SAID, "text": TABLE, "step": "read"}).text
    assert '<html lang="ar" dir="rtl"' in page
    assert 'action="/ar/submit#outcome"' in page
    assert ">محتجز</span>" in page, "a verdict"
    assert "Jablehh" in page
    assert re.search(r"لا شيء من نوع منطقة باسم “\u2068Jablehh\u2069”\. هل تقصد", page), (
        "what is wrong, and a way out"
    )
    grid = grid_of(page)
    done = posted(desk.reporter, "/ar/submit", {**SAID, **grid, "step": "hand_in"}).text
    outcome = done.partition('id="outcome"')[2].partition("</section>")[0]
    assert "اللاذقية" in outcome
    (report,) = re.findall(r'href="/ar/report/(r[0-9a-f]{20})"', done)
    mended = posted(desk.editor, f"/ar/report/{report}/mend", {"step": "withdraw", "reason": "خطأ"})
    assert 'id="outcome"' in mended.text
    assert "سُحب" in mended.text
    refused = posted(desk.reporter, "/ar/held", {"step": "list"}, key="")
    assert refused.status_code == 401
    assert 'dir="rtl"' in refused.text
    assert "اكتب المفتاح في حقله" in refused.text


SLASHED = "Ort\tStand\tVerhaftet\nLatakia\t03/04/2026\t800\nJableh\t31/02/2026\t20\n"


def test_days_that_can_be_read_in_two_ways_are_read_as_the_page_is_told(desk: Desk) -> None:
    said = {
        "crisis": "syria-coast-2025-03",
        "source": "sohr",
        "population": "civilians",
        "published_on": "2026-11-20",
    }
    page = posted(desk.editor, "/submit", {**said, "text": SLASHED, "step": "read"}).text
    grid = {**grid_of(page), "column": ["areas", "counted_to", "count:detained"]}
    page = html.unescape(posted(desk.editor, "/submit", {**said, **grid, "step": "check"}).text)
    assert verdicts(page) == ["quarantined", "quarantined"]
    assert "<b>counted to:</b> “03/04/2026” can be" in page, "a row with several days says which is meant"
    told = {**said, **grid, "dates": "dd/MM/yyyy"}
    page = html.unescape(posted(desk.editor, "/submit", {**told, "step": "check"}).text)
    assert verdicts(page) == ["accepted", "quarantined"]
    assert "“31/02/2026” is not a day written" in page
    done = posted(desk.editor, "/submit", {**told, "layout": "Slashed", "step": "keep"}).text
    assert "slashed" in done
    later = {"mapping": "slashed", "published_on": "2026-11-21", "step": "read"}
    page = posted(desk.reporter, "/submit", {**later, "text": SLASHED.replace("800", "900")}).text
    assert '<option value="dd/MM/yyyy" selected>31/12/2025</option>' in page
    assert verdicts(page) == ["accepted", "quarantined"]
    taken = posted(
        desk.reporter, "/submit", {**said, **later, "dates": "dd/MM/yyyy", **grid_of(page), "step": "hand_in"}
    )
    (report_id, *_) = re.findall(r'href="/report/(\w+)"', taken.text)
    assert str(desk.stands(report_id)["counted_to"]) == "2026-04-03"


BULLETIN = "Ort\tStand\tVerhaftet\tNotiz\nLatakia\t2026-11-19\t800\tsicher\n"


def test_a_layout_that_is_shown_once_reads_the_next_table(desk: Desk) -> None:
    said = {
        "crisis": "syria-coast-2025-03",
        "source": "sohr",
        "population": "civilians",
        "published_on": "2026-11-20",
    }
    page = posted(desk.editor, "/submit", {**said, "text": BULLETIN, "step": "read"}).text
    grid = {**grid_of(page), "column": ["areas", "counted_to", "count:detained", ""]}
    no_name = posted(desk.editor, "/submit", {**said, **grid, "step": "keep"})
    assert no_name.status_code == 422
    assert "The layout has no name." in no_name.text
    kept = {**said, **grid, "layout": "Our bulletin", "step": "keep"}
    assert posted(desk.reporter, "/submit", kept).status_code == 403
    page = posted(desk.editor, "/submit", kept).text
    assert "The layout is kept as our-bulletin." in html.unescape(page)
    assert verdicts(page) == ["accepted"], "the rows are read as they were"
    (row,) = [row for row in desk.ledger.mappings().to_dict("records") if row["name"] == "our-bulletin"]
    assert "2026-11-20" not in row["text"], "a day is that of one table"
    later = {"mapping": "our-bulletin", "published_on": "2026-11-21", "step": "read"}
    later["text"] = BULLETIN.replace("800", "850").replace("2026-11-19", "2026-11-20")
    page = posted(desk.reporter, "/submit", later).text
    assert grid_of(page)["column"] == ["areas", "counted_to", "count:detained", ""]
    assert 'id="about-source" value="sohr"' in page
    assert verdicts(page) == ["accepted"]
    done = posted(desk.reporter, "/submit", {**later, **said, **grid_of(page), "step": "hand_in"})
    assert verdicts(done.text) == ["accepted"]


def test_rows_of_several_figures_are_not_told_as_so_many_rows(shared: Desk) -> None:
    table = "place,detained,displaced\nJableh,12,4\nLatakia,over 800,5\n"
    answer = posted(shared.reporter, "/submit", {**SAID, "text": table, "step": "read"})
    tally = answer.text.split('class="tallies"')[1].split("</p>")[0]
    assert "4 figures:" in tally
    assert "2 rows" in answer.text
    one_each = posted(shared.reporter, "/submit", {**SAID, "text": TABLE, "step": "read"})
    assert "figures:" not in one_each.text
    nowhere = posted(shared.reporter, "/submit", {**SAID, "text": "place,detained\n,12\n", "step": "read"})
    assert "/register?name=" not in nowhere.text, "nothing to register where no place is named"


def test_the_grid_has_the_headings_as_the_file_writes_them_and_keeps_the_count_in_sight(shared: Desk) -> None:
    table = "Département,Détenus,Remarque longue\nLatakia,12,a long remark on what was counted\n"
    first = posted(shared.reporter, "/submit", {**SAID, "text": table, "step": "read"})
    grid = grid_of(first.text)
    assert grid["heading"] == ["Département", "Détenus", "Remarque longue"]
    grid["column"] = ["areas", "count:detained", ""]
    answer = posted(shared.reporter, "/submit", {**SAID, **grid, "step": "check"})
    assert verdicts(answer.text) == ["accepted"]
    assert answer.text.count('class="counted"') == 3, "its heading, its meaning and its cell"
    assert re.findall(r'name="cell" id="[^"]*" size="(\d+)"', answer.text) == ["7", "6", "24"]


def test_what_may_be_meant_by_a_place_is_looked_for_in_the_countries_of_the_crisis(shared: Desk) -> None:
    table = "place,detained\nLatakya,12\nTripoly,5\n"
    offered = {}
    for crisis in ("syria-coast-2025-03", "libya-derna-2023-09", "a-new-crisis"):
        said = {**SAID, "crisis": crisis, "text": table, "step": "read"}
        page = html.unescape(posted(shared.reporter, "/submit", said).text)
        clicks = ("areas\nLatakya\nLatakia", "areas\nTripoly\nTripoli")
        offered[crisis] = tuple(words in page for words in (*clicks, "Did you mean Latakia"))
    assert offered == {
        "syria-coast-2025-03": (True, False, True),
        "libya-derna-2023-09": (False, True, False),
        "a-new-crisis": (True, True, True),
    }
