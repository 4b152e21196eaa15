"""Pages of results: who reads what, what is hidden, and what is said of it."""

import io
import json
import re
from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from people.models import Department, Role, RoleAssignment
from people.rules import BEGINNING
from surveys.models import (
    AnswerCount,
    Cell,
    Comment,
    Hidden,
    Invitation,
    Question,
    SpentCredential,
    Wave,
    WaveItem,
    Wording,
)
from surveys.rules.figures import Change
from surveys.rules.questionnaire import SCALES, Kind
from surveys.rules.scores import Score, Shares, ThemeScore
from surveys.services import telling
from surveys.services.counting import Counting
from surveys.services.reading import Reading, name_of, part_of
from surveys.services.releasing import release, show
from tests.conftest import TUESDAY_NOON
from tests.surveys.test_results import asked, counted  # noqa: F401

pytestmark = pytest.mark.django_db
AGREEMENT = SCALES[Kind.AGREEMENT]


@pytest.fixture(autouse=True)
def _in_march(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON + timedelta(days=11))


def text(response) -> str:
    """What somebody reads, blanks as one."""
    main = response.content.decode().partition('tabindex="-1">')[2].partition("</main")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


@pytest.fixture
def told(asked, ann, claims, billing, system):
    """Shown to all: 20 of Claims, where Ann is asked, are hidden to protect 3 of Billing."""
    return shown("2026", asked, [(claims, 20), (billing, 3)], system=system, ann=ann)


def shown(code, asked, departments, *, system, ann=None, **more) -> Wave:
    wave = counted(code, asked.values(), departments, system=system, **more)
    show(wave, by=system, now=TUESDAY_NOON)
    if ann:
        cell = wave.cells.get(department=departments[0][0])
        Invitation.objects.create(wave=wave, employee=ann.employee, cell=cell)
    return Wave.objects.get(pk=wave.pk)


def test_a_share_is_rounded_once_and_nothing_finer_is_said_of_one_opinion():
    assert telling.percent(Score(AGREEMENT, {5: 2, 1: 1})) == "67%"
    assert telling.percent(Score(AGREEMENT, {5: 8})) == "95% or more"
    assert telling.percent(Score(AGREEMENT, {1: 8})) == "5% or less"
    assert telling.of_hundred(Fraction(1, 2)) == "1%"


def test_a_theme_does_not_tell_what_its_item_of_one_opinion_keeps():
    half, every, none = (Score(AGREEMENT, each) for each in ({5: 4, 1: 4}, {5: 8}, {2: 8}))
    theme = ThemeScore([half, every])
    assert (telling.percent(theme), theme.index, theme.index_error) == ("73% or more", None, None)
    assert telling.percent(ThemeScore([half, none])) == "28% or less"
    assert telling.percent(ThemeScore([every, none])) == "48% to 53%"
    assert telling.percent(ThemeScore([every, every])) == "95% or more"
    assert telling.percent(ThemeScore([half, half])) == "50%"


def test_differences_are_rounded_last_and_said_with_their_sign():
    assert telling.points(Fraction("75.43647583") - Fraction("74.63572484")) == "+1"
    assert telling.points(Fraction(-7, 2)) == "−3"
    assert telling.points(Fraction(1, 3)) == "0"


@pytest.mark.parametrize(
    ("points", "p", "said"),
    [
        (3, 0.001, "+3 (−1 to +8; small, though hardly by chance)"),
        (8, 0.001, "+8 (−1 to +8; hardly by chance)"),
        (8, 0.2, "+8 (−1 to +8; may be chance)"),
        (-2, 0.2, "−2 (−1 to +8; small, may be chance)"),
    ],
)
def test_a_change_is_said_with_its_range_and_what_may_be_made_of_it(points, p, said):
    assert telling.change(Change(Fraction(points), p, (-1.4, 7.5))) == said


@pytest.mark.parametrize(
    ("n", "of", "said"),
    [(7, 9, "78%"), (9, 9, "95% or more"), (0, 9, "5% or less"), (None, 9, "–"), (0, 0, "–")],
)
def test_a_rate_of_all_or_none_is_said_as_roughly_as_opinions(n, of, said):
    assert part_of(n, of) == said


def test_what_everybody_chose_is_said_as_roughly_as_opinions(told):
    whole = told.cells.get(number=0)
    reading = Reading(told, [whole], before=None, language="en")
    reading.results.score = lambda number, cell: Shares(8, {"day": 8, "night": 0})
    assert [answer.share for answer in reading.item_line(4, whole).answers] == [
        "95% or more", "5% or less",
    ]  # fmt: skip


def test_an_overview_says_each_figure_with_its_definition(client, told, dee):
    client.force_login(dee)
    page = text(client.get("/poll-results/2026/"))
    assert "Response rate 95% or more" in page
    assert "eNPS −65, give or take 26" in page
    assert "Our team 40%" not in page
    assert "Our team 39% 50" in page
    assert "How these figures are made" in page
    assert "percent of 9 and 10, less percent of 0 to 6" in page


def test_enps_on_a_page_is_the_one_of_its_counts(told):
    whole = told.cells.get(number=0)
    reading = Reading(told, [whole], before=None, language="en")
    counts = dict.fromkeys(range(11), 0)
    for person in (*range(20), *range(3)):
        counts[person % 11] += 1
    expected = 100 * (counts[9] + counts[10] - sum(counts[n] for n in range(7))) / 23
    assert reading.item_line(3, whole).enps.startswith(f"−{round(-expected)},")


def test_nobody_reads_a_poll_before_it_is_released_and_shown(
    client, asked, claims, ann, dee, system
):
    wave = counted("2026", asked.values(), [(claims, 20)], system=system)
    client.force_login(ann)
    page = text(client.get("/poll-results/2026/"))
    assert "results are being prepared" in page
    assert "%" not in page.replace("Response rate 95% or more", "")
    for path in ("map/", "cells/0/", "cells/0/comments/", "cells/0/report.pdf", "results.xlsx"):
        assert client.get(f"/poll-results/2026/{path}").status_code == 404
    Wave.objects.filter(pk=wave.pk).update(state="sealed")
    client.force_login(dee)
    assert "results are being prepared" in text(client.get("/poll-results/2026/"))
    assert client.get("/poll-results/2026/cells/0/").status_code == 404


def test_before_the_close_only_the_rate_of_the_whole_company_is_told(client, poll, ann, dee):
    Cell.objects.filter(number=0).update(invited=40)
    for number in range(10):
        SpentCredential.objects.create(digest=str(number), wave=poll.wave)
    for user in (ann, dee):
        client.force_login(user)
        page = text(client.get("/poll-results/2026/"))
        assert "Response rate so far 25%" in page
        assert set(re.findall(r"\d+", page)) == {"25"}
        assert client.get("/poll-results/2026/map/").status_code == 404
    Cell.objects.filter(number=0).update(invited=6)
    assert "Response rate so far –" in text(client.get("/poll-results/2026/"))


def test_a_cell_of_others_is_not_found(client, told, ann, cas, bob, dee, billing):
    claims, small = told.cells.get(number=1), told.cells.get(number=2)
    expected = {ann: (200, 404), cas: (404, 404), bob: (200, 404), dee: (200, 200)}
    for user, statuses in expected.items():
        client.force_login(user)
        found = tuple(
            client.get(f"/poll-results/2026/cells/{cell.number}/").status_code
            for cell in (claims, small)
        )
        assert found == statuses, user
        assert ("Billing" in text(client.get("/poll-results/2026/map/"))) == (user == dee)
    assert client.get("/poll-results/2026/cells/99999999999999999999/").status_code == 404


def test_a_small_departments_page_says_why_and_what_is_shown_above(client, told, cas, billing, dee):
    RoleAssignment.objects.create(
        user=cas, role=Role.LEAD, department=billing, from_date=BEGINNING, made_by=dee
    )
    client.force_login(cas)
    page = text(client.get("/poll-results/2026/cells/2/"))
    assert "Nothing of this group alone" in page
    assert "Too few people answered here." in page
    assert "not HR, and not whoever runs the computers" in page
    assert "One level above: Everybody" in page
    assert "Our team 39% 50" in page
    client.force_login(dee)
    page = text(client.get("/poll-results/2026/cells/1/"))
    assert "those of a smaller group beside it could be worked out" in page


def test_the_map_is_a_table_with_words_for_what_is_hidden(client, told, dee):
    client.force_login(dee)
    page = client.get("/poll-results/2026/map/").content.decode()
    assert page.count('<th scope="row"') == 3
    assert '<th scope="col" class="number">Our team</th>' in page
    shown_text = text(client.get("/poll-results/2026/map/"))
    assert "Everybody 95% or more 39%" in shown_text
    assert "Claims hidden protects others" in shown_text
    assert "Billing hidden too few" in shown_text
    by_index = text(client.get("/poll-results/2026/map/?show=index"))
    assert "Everybody 95% or more 50" in by_index
    assert "39%" not in by_index


def numbers_of(cell: Cell) -> dict[str, int]:
    return dict(AnswerCount.objects.filter(cell=cell).values_list("option", "n"))


def test_nothing_is_kept_of_hidden_cells_for_any_page_to_print(client, told, dee, bob):
    """Pages are made from what is kept. Of hidden cells nothing is, so whatever HR's pages and a
    lead's print together is of cells that the audit let pass."""
    hidden = Cell.objects.filter(pk__in=Hidden.objects.exclude(item=None).values("cell"))
    assert {cell.name for cell in hidden} == {"Claims", "Billing"}
    assert [numbers_of(cell) for cell in hidden] == [{}, {}]
    for user, numbers in ((dee, (1, 2)), (bob, (1,))):
        client.force_login(user)
        for number in numbers:
            page = client.get(f"/poll-results/2026/cells/{number}/")
            blocks = page.context["blocks"]
            lines = [line for block in blocks for line in block.items]
            assert all(line.hidden and line.n is None and not line.answers for line in lines)
            assert all(line.hidden and not line.favourable for line in page.context["themes"])
        for place, lines in client.get("/poll-results/2026/map/").context["rows"]:
            assert [bool(line.hidden) for line in lines] == [place.cell.number != 0]


def test_what_two_readers_read_together_is_no_finer_than_the_audit_said(
    client, asked, ann, bob, dee, claims, billing, system
):
    """Numbers of people behind every figure that HR's and a lead's pages show: no difference of
    two of one question is between 1 and the minimum."""
    others = [(Department.objects.create(code=f"D{n}", name=f"D{n}"), 3 + 2 * n) for n in range(9)]
    groups = [(claims, 20), (billing, 4), *others]
    wave = shown("2026", asked, groups, system=system, ann=ann)
    behind: dict[int, set[int]] = {}
    for user in (dee, bob):
        client.force_login(user)
        for place, _lines in client.get("/poll-results/2026/map/").context["rows"]:
            page = client.get(f"/poll-results/2026/cells/{place.cell.number}/")
            for block in page.context["blocks"]:
                for line in block.items:
                    if not line.hidden:
                        behind.setdefault(line.row.number, set()).add(line.n)
    assert behind
    total = sum(n for _department, n in groups)
    for people in behind.values():
        rest = total - sum(people - {total})
        assert min(people) >= wave.fewest_scores
        assert rest == 0 or rest >= wave.fewest_scores


def commented(asked, departments, *, system, comments, ann=None) -> Wave:
    """A released and shown poll that also asks for a comment; every fifth person writes one."""
    question = next(iter(asked.values())).question
    question.pk, question.code, question.kind, question.theme = None, "more", "comment", None
    question.save()
    wording = Wording.objects.create(
        question=question, number=1, texts={"en": {"text": "What else?"}}, made_by=system,
        made_at=TUESDAY_NOON,
    )  # fmt: skip
    opens = TUESDAY_NOON - timedelta(days=20)
    wave = Wave.objects.create(
        code="2026", name="2026", state="sealed", opens_at=opens, policy_digest="0" * 64,
        closes_at=opens + timedelta(days=9), made_by=system,
    )  # fmt: skip
    WaveItem.objects.create(wave=wave, number=1, wording=next(iter(asked.values())))
    WaveItem.objects.create(wave=wave, number=2, wording=wording)
    total = sum(n for _department, n in departments)
    Cell.objects.create(wave=wave, number=0, path="0", name="E", is_atom=False, invited=total)
    count_cells = [
        Cell.objects.create(
            wave=wave, number=number, path=f"0.{number}", name=department.name, is_atom=True,
            department=department, invited=n,
        )
        for number, (department, n) in enumerate(departments, start=1)
    ]  # fmt: skip
    count = Counting(wave)
    for cell in count_cells:
        for person in range(cell.invited):
            said = {2: comments[person % len(comments)]} if person % 5 == 0 else {}
            count.tally.add(cell.number, {1: 1 + person % 5, **said})
    count.keep()
    release(wave, by=system, now=TUESDAY_NOON)
    show(wave, by=system, now=TUESDAY_NOON)
    if ann:
        Invitation.objects.create(wave=wave, employee=ann.employee, cell=count_cells[0])
    return Wave.objects.get(pk=wave.pk)


def test_comments_are_read_by_leads_of_the_cell_and_not_by_its_people(
    client, asked, ann, bob, dee, eve, fay, claims, billing, system
):
    evil = "<script>xss()</script>"
    commented(asked, [(claims, 20), (billing, 20)], system=system, comments=[evil], ann=ann)
    statuses = {}
    for user in (ann, bob, dee, eve, fay):
        client.force_login(user)
        statuses[user.username] = [
            client.get(f"/poll-results/2026/cells/{number}/comments/").status_code
            for number in (1, 2)
        ]
    assert statuses == {
        "ann": [404, 404], "bob": [200, 404], "dee": [200, 200], "eve": [200, 200],
        "fay": [404, 404],
    }  # fmt: skip
    client.force_login(bob)
    page = client.get("/poll-results/2026/cells/1/comments/").content.decode()
    assert evil not in page
    assert page.count("&lt;script&gt;xss()&lt;/script&gt;") == 4
    client.force_login(ann)
    assert "Comments" not in text(client.get("/poll-results/2026/cells/1/"))


def test_the_spreadsheet_says_what_is_hidden_and_runs_nothing(
    client, asked, ann, bob, claims, billing, system
):
    formula = '=HYPERLINK("//evil.example")'
    wave = commented(
        asked, [(claims, 20), (billing, 20)], system=system, comments=[formula], ann=ann
    )
    Cell.objects.filter(wave=wave, number=1).update(name="=1+1")
    client.force_login(bob)
    book = load_workbook(io.BytesIO(client.get("/poll-results/2026/results.xlsx").content))
    rows = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}
    assert list(rows) == [
        "About", "Response rates", "Themes", "Questions", "Answers", "Comments",
    ]  # fmt: skip
    cells = [cell for each in rows.values() for row in each for cell in row]
    assert not [
        cell for cell in cells if isinstance(cell, str) and cell.startswith(("=", "+", "-"))
    ]
    assert f"'{formula}" in cells
    assert {row[0] for row in rows["Questions"][1:]} == {"Everybody", "'=1+1"}
    client.force_login(ann)
    book = load_workbook(io.BytesIO(client.get("/poll-results/2026/results.xlsx").content))
    assert len(list(book["Comments"].iter_rows())) == 1


def test_the_spreadsheet_has_words_for_hidden_cells(client, told, dee):
    client.force_login(dee)
    book = load_workbook(io.BytesIO(client.get("/poll-results/2026/results.xlsx").content))
    themes = {row[0]: row[2] for row in book["Themes"].iter_rows(values_only=True, min_row=2)}
    assert themes == {"Everybody": "39%", "Claims": "protects others", "Billing": "too few"}
    rates = {
        row[0]: row[2] for row in book["Response rates"].iter_rows(values_only=True, min_row=2)
    }
    assert rates == {"Everybody": "95% or more", "Claims": "protects others", "Billing": "too few"}


def test_a_report_is_a_pdf_in_the_language_asked_for(client, told, dee):
    client.force_login(dee)
    for language in ("en", "zh-hans"):
        response = client.get(f"/poll-results/2026/cells/0/report.pdf?speaks={language}")
        assert response["Content-Type"] == "application/pdf"
        assert response.content.startswith(b"%PDF")
        assert f"<{language}>".encode() in response.content or language.encode() in response.content
    assert client.get("/poll-results/2026/cells/2/report.pdf").content.startswith(b"%PDF")
    assert client.get("/poll-results/2026/cells/0/report.pdf?speaks=xx").status_code == 400


def test_a_report_that_no_font_can_print_says_so(client, told, dee):
    Cell.objects.filter(wave=told, number=1).update(name="Claims \U000e0041")
    client.force_login(dee)
    response = client.get("/poll-results/2026/cells/1/report.pdf")
    assert response.status_code == 422
    assert "No font here has" in text(response)


def test_a_changed_wording_breaks_the_comparison_visibly(client, asked, claims, dee, system):
    shown("2025", asked, [(claims, 200)], system=system, days=-365)
    asked["stay"] = Wording.objects.create(
        question=asked["stay"].question, number=2, texts={"en": {"text": "Would you stay?"}},
        made_by=system, made_at=TUESDAY_NOON,
    )  # fmt: skip
    asked["heard"] = Wording.objects.create(
        question=asked["heard"].question, number=2, texts={"en": {"text": "Are you heard?"}},
        made_by=system, made_at=TUESDAY_NOON,
    )  # fmt: skip
    shown("2026", asked, [(claims, 200)], system=system)
    client.force_login(dee)
    page = text(client.get("/poll-results/2026/cells/0/"))
    assert page.count("change: wording changed") == 2
    assert page.count("change: 0 (−10 to +10; small, may be chance)") == 1
    assert "Our team 40% 50 " in page
    assert "wording changed 200" in page


def test_a_poll_that_is_not_shown_is_not_compared_with_either(client, asked, claims, ann, system):
    counted("2025", asked.values(), [(claims, 200)], system=system, days=-365)
    shown("2026", asked, [(claims, 200)], system=system, ann=ann)
    client.force_login(ann)
    assert client.get("/poll-results/2026/").context["reading"].before is None


def test_names_that_we_gave_are_in_the_readers_language(told):
    from django.utils import translation

    cells = list(told.cells.all())
    told.cells.filter(number=0).update(name="Tout le monde")
    with translation.override("en"):
        assert name_of(told.cells.get(number=0), cells) == "Everybody"
        assert name_of(told.cells.get(number=1), cells) == "Claims"


def test_drivers_are_told_with_caution(client, asked, system, site, dee):
    ten = [(Department.objects.create(code=f"D{n}", name=f"D{n}"), 10 + n) for n in range(10)]
    shown("2026", asked, ten, system=system)
    client.force_login(dee)
    page = text(client.get("/poll-results/2026/drivers/"))
    assert "Read this with caution" in page
    assert re.search(r"Our team −?-?[01]\.\d\d 10", page)


def queries_of(client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked_for:
        assert client.get(path).status_code == 200
    return len(asked_for)


PATHS = (
    "/poll-results/", "/poll-results/{}/", "/poll-results/{}/map/", "/poll-results/{}/cells/0/",
    "/poll-results/{}/results.xlsx", "/poll-results/{}/cells/0/report.pdf",
    "/polls/of/{}/release/",
)  # fmt: skip


def test_more_questions_and_cells_ask_the_database_no_more(
    client, asked, system, dee, claims, billing
):
    shown("2025", asked, [(claims, 20), (billing, 20)], system=system, days=-365)
    shown("few", asked, [(claims, 20), (billing, 20)], system=system, days=-3)
    client.force_login(dee)
    for path in PATHS:
        client.get(path.format("few"))
    few = {path: queries_of(client, path.format("few")) for path in PATHS}
    groups = [(claims, 20), (billing, 20)]
    groups += [(Department.objects.create(code=f"D{n}", name=f"D{n}"), 12) for n in range(12)]
    wordings = [*asked.values()]
    for number in range(8):
        question = Question.objects.create(code=f"q{number}", kind="agreement")
        wordings.append(
            Wording.objects.create(
                question=question, number=1, texts={"en": {"text": f"q{number}"}}, made_by=system,
                made_at=TUESDAY_NOON,
            )
        )  # fmt: skip
    many = counted("many", wordings, groups, system=system)
    show(many, by=system, now=TUESDAY_NOON)
    assert {path: queries_of(client, path.format("many")) for path in PATHS} == few


def test_the_release_page_has_the_report_before_anything_is_released(
    client, asked, claims, billing, dee, max_auditor, bob, system
):
    wave = counted("2026", asked.values(), [(claims, 20), (billing, 3)], system=system)
    Wave.objects.filter(pk=wave.pk).update(state="sealed")
    client.force_login(dee)
    page = text(client.get("/polls/of/2026/release/"))
    assert "Our team 1 1 1 23" in page
    assert "Response rates 1 1 1 23" in page
    assert "There was no earlier poll to be audited with it." in page
    assert wave.release.digest in page
    assert "Claims 20 Bob 0 of 4 protects others" in page
    assert "Billing 3 – 0 of 4 too few" in page
    assert "Everybody 23 – 4 of 4 shown" in page
    client.force_login(max_auditor)
    assert "<button>Release" not in client.get("/polls/of/2026/release/").content.decode()
    assert client.post("/polls/of/2026/release/hr/").status_code == 403
    client.force_login(dee)
    assert client.post("/polls/of/2026/release/staff/").status_code == 302
    assert "Release this poll first" in text(client.get("/polls/of/2026/release/"))
    client.post("/polls/of/2026/release/hr/")
    wave = Wave.objects.get(pk=wave.pk)
    assert (wave.state, wave.release.shown_at) == ("released", None)
    client.post("/polls/of/2026/release/staff/")
    assert Wave.objects.get(pk=wave.pk).release.shown_at is not None


def test_the_report_is_taken_as_its_digest_was(client, told, max_auditor):
    from hashlib import sha256

    client.force_login(max_auditor)
    response = client.get("/polls/of/2026/release/report.json")
    assert sha256(response.content).hexdigest() == told.release.digest
    assert json.loads(response.content) == told.release.report
    assert "attachment" in response["Content-Disposition"]


def test_what_my_manager_will_see_is_known_beforehand(
    client, poll, ann, bob, cas, dee, max_auditor, claims
):
    Cell.objects.filter(wave=poll.wave, number=0).update(invited=33)
    Cell.objects.filter(wave=poll.wave, number=1).update(invited=30)
    Cell.objects.filter(wave=poll.wave, number=2).update(invited=3)
    client.force_login(ann)
    page = text(client.get("/polls/of/2026/manager-sees/"))
    assert "Everybody 33 everybody reads this if enough answer after the close" in page
    assert (
        "Claims 30 Bob not even if all answer: protects others"
        " not even if all answer: protects others" in page
    )
    assert "yours will stand under “Everybody”" in page
    assert "Billing" not in page
    client.force_login(cas)
    page = text(client.get("/polls/of/2026/manager-sees/"))
    assert "Billing 3 – never: too few people never: too few people" in page
    client.force_login(bob)
    assert client.get("/polls/of/2026/manager-sees/").status_code == 404
    client.force_login(max_auditor)
    assert "Claims" in text(client.get("/polls/of/2026/manager-sees/"))


def test_a_draft_is_nowhere_to_be_read(client, dee, system):
    Wave.objects.create(code="draft", name="Draft", made_by=system)
    client.force_login(dee)
    for path in ("/poll-results/draft/", "/polls/of/draft/manager-sees/", "/polls/of/draft/seal/"):
        assert client.get(path).status_code == 404
    assert "Draft" not in text(client.get("/poll-results/"))
    assert Comment.objects.count() == 0


def test_the_first_page_tells_of_results_that_were_shown_lately(client, told, fay, monkeypatch):
    client.force_login(fay)
    assert "Results of a poll 2026" in text(client.get("/"))
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON + timedelta(days=15))
    client.force_login(fay)
    assert "Results of a poll" not in text(client.get("/"))


def test_a_polls_page_leads_to_its_next_step(client, told, dee):
    client.force_login(dee)
    page = client.get("/polls/of/2026/").content.decode()
    assert "/polls/of/2026/release/" in page
    assert "/poll-results/2026/" in page
    assert "/polls/of/2026/seal/" not in page


def test_the_median_of_departments_is_told_from_three_on(client, asked, claims, dee, system):
    departments = [claims, *(Department.objects.create(code=code, name=code) for code in "xyz")]
    shown("2026", asked, [(each, 30) for each in departments], system=system)
    shown("2025", asked, [(each, 30) for each in departments[:2]], system=system, days=-365)
    client.force_login(dee)
    page = client.get("/poll-results/2026/map/")
    (middle,) = page.context["middles"]
    assert f"Median of departments {middle}" in text(page)
    for none in ("/poll-results/2025/map/", "/poll-results/2026/map/?show=index"):
        assert client.get(none).context["middles"] == []
