"""The circle at the end of each month: kept once, the same however often."""

import re
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from people.models import Membership, Placement
from recognition.models import CircleMonth, Nomination
from recognition.rules.circle import Group
from recognition.services.circle_months import (
    Month,
    keep_circle,
    last_month_over,
    months_until,
    picture,
)
from recognition.services.circle_reading import Standing, circle_figures, standing
from tests.conftest import TUESDAY_NOON
from tests.recognition.conftest import TODAY
from tests.recognition.test_circle import told
from tests.recognition.test_circle_pages import staff, text_of

pytestmark = pytest.mark.django_db
DECEMBER, JANUARY, FEBRUARY = date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28)


@pytest.fixture
def praised_in_december(ann, bob, cas, dee, billing):
    """Ann in December, Dee in February; two in Claims, seven in Billing."""
    staff(billing, 5)
    told(cas.employee, [ann.employee], date(2025, 12, 24))
    told(bob.employee, [dee.employee], date(2026, 2, 3))


def kept(**which) -> list[tuple]:
    rows = CircleMonth.objects.filter(**which).order_by("through", "key")
    return [(row.through, row.key, row.total, row.inside, row.kept_back) for row in rows]


def test_each_month_since_the_first_praise_is_kept(praised_in_december, site, claims, billing):
    assert keep_circle(now=TUESDAY_NOON) == [DECEMBER, JANUARY, FEBRUARY]
    below = sorted([(f"below:{claims.pk}", 2), (f"below:{billing.pk}", 7)])
    assert kept(through=FEBRUARY) == [
        *((FEBRUARY, key, people, 1, True) for key, people in below),
        (FEBRUARY, "company", 9, 2, False),
        (FEBRUARY, f"site:{site.pk}", 9, 2, False),
    ]
    assert kept(key="company")[:2] == [
        (DECEMBER, "company", 9, 1, False), (JANUARY, "company", 9, 1, False),
    ]  # fmt: skip


def test_keeping_again_changes_nothing(praised_in_december, django_assert_num_queries):
    keep_circle(now=TUESDAY_NOON)
    before = list(CircleMonth.objects.values())
    with django_assert_num_queries(5):
        assert keep_circle(now=TUESDAY_NOON + timedelta(minutes=5)) == []
    assert list(CircleMonth.objects.values()) == before


def test_the_newest_month_is_counted_anew_each_day_and_older_ones_stand(praised_in_december):
    keep_circle(now=TUESDAY_NOON)
    # HR has removed all of it on Tuesday.
    Nomination.objects.update(state="held")
    told(Nomination.objects.first().giver, [], date(2025, 12, 1))
    assert keep_circle(now=TUESDAY_NOON + timedelta(days=1)) == [FEBRUARY]
    assert [row[2:4] for row in kept(key="company")] == [(9, 1), (9, 1), (9, 0)]


def test_a_department_that_is_gone_when_counted_anew_is_gone_from_the_month(
    praised_in_december, claims
):
    keep_circle(now=TUESDAY_NOON)
    Membership.objects.filter(department=claims).delete()
    Placement.objects.filter(department=claims).delete()
    keep_circle(now=TUESDAY_NOON + timedelta(days=1))
    assert kept(department=claims, through=FEBRUARY) == []
    assert len(kept(department=claims)) == 2


def test_nothing_is_kept_before_anybody_was_praised(ann):
    assert keep_circle(now=TUESDAY_NOON) == []
    assert kept() == []
    assert standing(now=TUESDAY_NOON) is None


def test_a_month_is_over_when_it_is_over_everywhere(site):
    site.time_zone = "America/Los_Angeles"
    site.save()
    evening_there = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)
    assert last_month_over(evening_there) == FEBRUARY
    assert last_month_over(evening_there + timedelta(hours=5)) == date(2026, 3, 31)


def test_24_months_are_shown(db):
    months = months_until(FEBRUARY)
    assert (len(months), months[0], months[-1]) == (24, date(2024, 3, 31), FEBRUARY)
    assert months[11] == date(2025, 2, 28)


def test_months_before_the_product_began_show_as_none(praised_in_december, claims):
    keep_circle(now=TUESDAY_NOON)
    months = picture(None, sees_all=False, now=TUESDAY_NOON)
    assert months[:21] == [Month(through, None) for through in months_until(FEBRUARY)[:21]]
    assert [month.group for month in months[21:]] == [Group(9, 1), Group(9, 1), Group(9, 2)]
    assert [month.group for month in picture(claims, sees_all=True, now=TUESDAY_NOON)][21:] == [
        Group(2, 1), Group(2, 1), Group(2, 1),
    ]  # fmt: skip
    assert picture(claims, sees_all=False, now=TUESDAY_NOON)[23] == Month(FEBRUARY, None, True)


def test_the_picture_is_on_the_page_with_a_table_beside(
    praised_in_december, client, dee, bob, eve, monkeypatch
):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON)
    assert "There is no picture yet" in text_of(client, dee, "/circle/")
    keep_circle(now=TUESDAY_NOON)
    client.force_login(eve)
    page = client.get("/circle/").content.decode()
    assert len(re.findall(r'<rect class="share-\w+" x=', page)) == 3
    assert 'class="chart-target" x1="0"' in page
    assert "Sat 28 Feb 2026 10 2 20%" in text_of(client, eve, "/circle/")
    assert "Sat 28 Feb 2026 2 1 50%" in text_of(client, bob, "/circle/departments/CLAIMS/")


def test_the_work_of_every_few_minutes_keeps_the_months(praised_in_december, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON)
    call_command("run_due", stdout=StringIO())
    assert len(kept(key="company")) == 3


def test_the_first_page_says_how_the_circle_stands(
    praised_in_december, client, dee, eve, ann, monkeypatch
):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON)
    keep_circle(now=TUESDAY_NOON)
    assert standing(now=TUESDAY_NOON) == Standing(FEBRUARY, Group(10, 2), 1)
    line = "20% of all colleagues were recognised in the 12 months through Sat 28 Feb 2026"
    assert line in text_of(client, dee, "/")
    assert "The circle has grown in the last three months." in text_of(client, dee, "/")
    assert line in text_of(client, eve, "/")
    assert "has grown" not in text_of(client, eve, "/")
    assert "Circle" not in text_of(client, ann, "/")


def test_screens_get_the_company_and_nothing_else(praised_in_december):
    figures = circle_figures(TODAY)
    assert (figures.day, figures.total, figures.inside, figures.share_bp, figures.line_bp) == (
        TODAY, 9, 2, 2222, 4000,
    )  # fmt: skip
