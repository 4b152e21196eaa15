"""What a poll says: scores, trends, drivers; and who reads which cells."""

from datetime import timedelta
from fractions import Fraction

import pytest

from people.models import AuditEntry, Department, Role, RoleAssignment, User
from people.rules import BEGINNING
from surveys.models import (
    Cell,
    Invitation,
    Question,
    ScaleReliability,
    Theme,
    Wave,
    WaveItem,
    Wording,
)
from surveys.rules.questionnaire import SCALES, Kind
from surveys.rules.scores import Score, Shares, ThemeScore
from surveys.services.counting import Counting
from surveys.services.releasing import ReleaseRefused, may_read, release, show
from surveys.services.results import Results, cells_for, drivers, earlier, outcome_of, trends
from tests.conftest import TUESDAY_NOON

pytestmark = pytest.mark.django_db
AGREEMENT = SCALES[Kind.AGREEMENT]


def test_a_score_is_read_from_counts():
    score = Score(AGREEMENT, {5: 10, 4: 40, 3: 30, 2: 15, 1: 5})
    assert (score.n, score.favourable, score.index) == (100, 50, Fraction(235, 4))
    assert score.mean == Fraction(335, 100)
    low, high = score.interval
    assert (round(low, 2), round(high, 2)) == (40.38, 59.62)
    assert score.bars()[0] == (1, 5, Fraction(5))


@pytest.mark.parametrize("counts", [{5: 7}, {4: 3, 5: 9}, {1: 8}, {3: 4, 2: 4}])
def test_where_all_are_of_one_opinion_nothing_finer_is_told(counts):
    score = Score(AGREEMENT, counts)
    assert score.alike
    assert (score.index, score.enps, score.mean, score.interval, score.bars()) == (
        None, None, None, None, [],
    )  # fmt: skip


def test_a_theme_is_the_mean_of_its_items():
    theme = ThemeScore([Score(AGREEMENT, {5: 60, 1: 40}), Score(AGREEMENT, {4: 9, 2: 1})])
    assert (theme.n, theme.favourable) == (10, 75)
    assert theme.index == (60 + 70) / 2
    assert theme.index_error is None


@pytest.fixture
def asked(system):
    """A theme of two items, eNPS, a choice; under stable wordings."""
    team = Theme.objects.create(code="team", name="Our team")
    kinds = {"proud": "agreement", "heard": "agreement", "stay": "likelihood", "shift": "choice"}
    return {
        code: Wording.objects.create(
            question=Question.objects.create(
                code=code, kind=kind, theme=team if kind == "agreement" else None,
                options=["day", "night"] if kind == "choice" else [],
            ),
            number=1, texts={"en": {"text": code}}, made_by=system, made_at=TUESDAY_NOON,
        )
        for code, kind in kinds.items()
    }  # fmt: skip


def counted(code, wordings, departments, *, system, days=0, better=0) -> Wave:
    """A released poll: of each department, so many people as it says."""
    opens = TUESDAY_NOON + timedelta(days=days)
    wave = Wave.objects.create(
        code=code, name=code, state="sealed", opens_at=opens, closes_at=opens + timedelta(days=9),
        policy_digest="0" * 64, made_by=system,
    )  # fmt: skip
    for number, wording in enumerate(wordings, start=1):
        WaveItem.objects.create(wave=wave, number=number, wording=wording)
    total = sum(n for _department, n in departments)
    Cell.objects.create(
        wave=wave, number=0, path="0", name="Everybody", is_atom=False, invited=total
    )
    for number, (department, n) in enumerate(departments, start=1):
        Cell.objects.create(
            wave=wave, number=number, path=f"0.{number}", name=department.name, is_atom=True,
            department=department, invited=n,
        )  # fmt: skip
    count = Counting(wave)
    for number, (_department, n) in enumerate(departments, start=1):
        for person in range(n):
            mood = 1 + (person + better) % 5
            answers = {1: mood, 2: 6 - mood, 3: person % 11, 4: ["day", "night"][person % 2]}
            count.tally.add(number, {k: v for k, v in answers.items() if k <= len(wordings)})
    count.keep()
    release(wave, by=system, now=opens + timedelta(days=10))
    wave.refresh_from_db()
    return wave


def test_results_are_read_by_cell(asked, claims, billing, system):
    wave = counted("2026", asked.values(), [(claims, 20), (billing, 3)], system=system)
    results = Results(wave, wave.cells.all())
    whole, own, small = results.cells
    assert results.score(1, own) is None
    assert results.why_hidden(1, own) == "protects"
    assert results.why_hidden(1, small) == "small"
    score = results.score(1, whole)
    assert (score.n, score.favour) == (23, 8)
    assert results.score(4, whole) == Shares(23, {"day": 12, "night": 11})
    [theme] = results.themes
    assert results.theme(theme, whole).sums.n == 23
    assert results.theme(theme, small) is None
    assert results.theme_hidden(theme, own) == "protects"
    assert results.alpha(theme) is None
    assert outcome_of(results) == 3
    # The three of Billing are told by all the rest.
    assert [cell.ballots for cell in results.cells] == [23, None, None]


def test_reliability_needs_thirty(asked, claims, system):
    wave = counted("2026", asked.values(), [(claims, 30)], system=system)
    results = Results(wave, wave.cells.all())
    # The second answer is 6 less the first: sums without variance.
    assert results.alpha(next(iter(results.themes))) is None
    assert ScaleReliability.objects.filter(wave=wave).count() == 2


def test_a_trend_is_of_the_same_wording_in_the_same_cell(asked, claims, billing, system):
    both = [(claims, 200), (billing, 100)]
    before = counted("2025", asked.values(), both, system=system, days=-365)
    asked["stay"] = Wording.objects.create(
        question=asked["stay"].question, number=2, texts={"en": {"text": "Would you stay?"}},
        made_by=system, made_at=TUESDAY_NOON,
    )  # fmt: skip
    after = counted("2026", asked.values(), both[::-1], system=system)
    assert earlier(after) == before
    found = trends(Results(before, before.cells.all()), Results(after, after.cells.all()))
    assert found.broken == {3}
    cells = {cell.pk: cell.name for cell in after.cells.all()}
    assert {(number, cells[cell]) for number, cell in found.items} == {
        (number, name) for number in (1, 2) for name in ("Everybody", "Claims", "Billing")
    }
    assert {each.points for each in found.items.values()} == {Fraction(0)}
    assert {(theme, cells[cell]) for theme, cell in found.themes} == {
        ("team", "Everybody"), ("team", "Claims"), ("team", "Billing"),
    }  # fmt: skip


def test_what_was_hidden_last_year_has_no_trend(asked, claims, billing, system):
    before = counted("2025", asked.values(), [(claims, 40), (billing, 3)], system=system, days=-365)
    after = counted("2026", asked.values(), [(claims, 40), (billing, 20)], system=system)
    found = trends(Results(before, before.cells.all()), Results(after, after.cells.all()))
    whole = after.cells.get(number=0)
    assert {cell for _number, cell in found.items} == {whole.pk}
    assert {cell for _theme, cell in found.themes} == {whole.pk}


def test_the_first_poll_has_none_before_it(asked, claims, system):
    wave = counted("2026", asked.values(), [(claims, 20)], system=system)
    assert earlier(wave) is None


def test_drivers_need_ten_departments(asked, system, site):
    nine = [(Department.objects.create(code=f"D{n}", name=f"D{n}"), 10 + n) for n in range(9)]
    wave = counted("2025", asked.values(), nine, system=system, days=-300)
    assert drivers(Results(wave, wave.cells.all()), 3) == []
    ten = [*nine, (Department.objects.create(code="D9", name="D9"), 25)]
    wave = counted("2026", asked.values(), ten, system=system)
    [driver] = drivers(Results(wave, wave.cells.all()), 3)
    assert (driver.theme.code, driver.n) == ("team", 10)
    assert -1 <= driver.rank_correlation <= 1


def test_who_reads_which_cells(asked, ann, bob, cas, dee, claims, billing, system):
    wave = counted("2026", asked.values(), [(claims, 20), (billing, 20)], system=system)
    cell = wave.cells.get(department=claims)
    Invitation.objects.create(wave=wave, employee=ann.employee, cell=cell)

    def names(user, *, sees_all=False) -> list[str]:
        found = cells_for(user, wave, sees_all=sees_all, on=TUESDAY_NOON.date())
        return sorted(each.name for each in found)

    assert names(ann) == ["Claims", "Everybody"]
    assert names(cas) == ["Everybody"]
    assert names(dee, sees_all=True) == ["Billing", "Claims", "Everybody"]
    RoleAssignment.objects.create(
        user=cas, role=Role.LEAD, department=billing, from_date=BEGINNING, made_by=dee
    )
    cas = User.objects.get(pk=cas.pk)
    assert names(cas) == ["Billing", "Everybody"]


def test_an_open_poll_is_neither_released_nor_shown(poll, dee):
    with pytest.raises(ReleaseRefused, match="not sealed yet"):
        release(poll.wave, by=dee, now=TUESDAY_NOON)
    with pytest.raises(ReleaseRefused, match="Release this poll first"):
        show(poll.wave, by=dee, now=TUESDAY_NOON)
    assert not may_read(poll.wave, sees_all=True)


def test_leads_and_staff_read_a_poll_once_it_is_shown(dee, asked, claims, system):
    wave = counted("2025", asked.values(), [(claims, 20)], system=system, days=-365)
    assert may_read(wave, sees_all=True)
    assert not may_read(wave, sees_all=False)
    at = show(wave, by=dee, now=TUESDAY_NOON).shown_at
    assert show(wave, by=dee, now=TUESDAY_NOON + timedelta(days=1)).shown_at == at
    assert may_read(Wave.objects.get(pk=wave.pk), sees_all=False)
    assert AuditEntry.objects.filter(action="show_poll").count() == 1
