"""The example in docs/bonus.md, as staff check it with a calculator."""

import re
from datetime import date

import pytest
from django.conf import settings

from incentives.rules import bonus
from incentives.services.splitting import share_out
from tests.incentives.companies import add_money, make_employee, pay_day
from tests.incentives.test_closing import make_pool

pytestmark = pytest.mark.django_db
PAGE = (settings.ROOT / "docs" / "bonus.md").read_text(encoding="utf-8")


def test_the_example_is_what_the_product_gives(claims, system):
    make_employee("1-ann", claims, annual_minor=4_000_000)
    make_employee("2-bob", claims, annual_minor=4_000_000, fte_bp=5_000)
    make_employee("3-cas", claims, annual_minor=6_000_000, hired=date(2026, 3, 3))
    pool = make_pool(system)
    for day in (date(2026, 3, 2), date(2026, 3, 3)):
        pay_day(pool, day, 90_00, by=system)
    add_money(pool, date(2026, 1, 1), 1, key="before", by=system)
    sharing = share_out(pool, 2026, as_of=date(2027, 1, 4))
    assert [share.earned_minor for share in sharing.shares] == [90_00, 45_00, 45_00]
    assert [share.share_minor for share in sharing.shares] == [90_01, 45_00, 45_00]
    assert "**90.01, 45.00, 45.00**" in PAGE
    weights = [share.working["weight"] for share in sharing.shares]
    capped = bonus.split(180_01, weights, [80_00, 10**9, 10**9], ["1-ann", "2-bob", "3-cas"])
    assert capped.shares == [80_00, 50_01, 50_00]
    assert "**80.00, 50.01, 50.00**" in PAGE


def test_the_page_points_to_pages_that_are_there():
    for address in re.findall(r"\]\(([^)]+)\)", PAGE):
        assert (settings.ROOT / "docs" / address).exists(), address
