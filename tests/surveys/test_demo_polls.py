"""The demo's polls: made, answered, counted and acted upon by the product's own services."""

from datetime import date, timedelta

import pytest

from demo import company
from demo.management.commands.load_demo import name_logins
from demo.polls import KEYS, hold_polls
from demo.praise import _give_accounts
from people.services.importing import Options, run_import
from surveys.models import Action, BallotInbox, Comment, Wave
from surveys.services.results import Results

pytestmark = pytest.mark.django_db
YESTERDAY = date(2026, 3, 3)


@pytest.fixture
def loaded(system, settings, tmp_path):
    settings.VAR = tmp_path
    files = {
        "sites": company.sites_file(),
        "departments": company.departments_file(),
        "employees": company.employees_file(hired_shift=timedelta(weeks=634)),
    }
    for kind, content in files.items():
        run_import(kind, content, filename=kind, options=Options(), by=system)
    name_logins()
    _give_accounts()
    hold_polls(YESTERDAY)


def test_a_poll_is_shown_with_something_hidden_and_another_is_open(loaded, tmp_path):
    yearly = Wave.objects.get(code="yearly")
    assert yearly.state == Wave.State.RELEASED
    assert yearly.release.shown_at
    results = Results(yearly, yearly.cells.all())
    whole, *departments = results.cells
    assert len(departments) == 16
    [learning] = [theme for theme in results.themes if theme.code == "learning"]
    shown = [cell for cell in departments if results.theme(learning, cell)]
    assert 10 <= len(shown) <= 15
    assert 30 < results.theme(learning, whole).favourable < 60
    assert results.alpha(learning)
    assert Comment.objects.count() > 20
    assert Action.objects.filter(is_published=True).count() == 3
    pulse = Wave.objects.get(code="pulse")
    assert pulse.state == Wave.State.OPEN
    assert len((tmp_path / KEYS).read_text().splitlines()) == 2
    assert not BallotInbox.objects.exists()


def test_loading_again_holds_no_poll_twice(loaded):
    hold_polls(YESTERDAY)
    assert Wave.objects.count() == 2
