"""The morning on several machines at once: everything once."""

import pytest
from django.utils import timezone

from cms.models import DaySnapshot, ResultsPage
from incentives.models import DayVerdict
from ledger.models import Transfer
from people.models import OutgoingMail
from people.services.calendars import company_yesterday
from screens.models import Current, Playlist, Screen
from screens.services.access import bind
from tests.conftest import make_result
from tests.incentives.test_closing import make_pool
from tests.processes.test_drills import drill

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


def test_six_machines_post_a_day_once(goals, system, root):
    make_pool(system)
    yesterday = company_yesterday(timezone.now())
    for goal in goals:
        value = "100" if goal.metric.direction == "at_least" else "0"
        make_result(goal.department, goal.metric, yesterday, value, system)
    playlist = Playlist(name="Own", slides=[{"type": "board", "value": {"seconds": 15}}])
    playlist.save()
    playlist.save_revision().publish()
    bind(Screen.objects.create(name="Hall", playlist=playlist, made_by=root), now=timezone.now())

    said = drill("run_due_at_once")["said"]

    assert said == ["done"] * 12
    assert DaySnapshot.objects.filter(date=yesterday).count() == 1
    assert ResultsPage.objects.filter(date=yesterday).count() == 1
    assert DayVerdict.objects.filter(date=yesterday, is_company=True).count() == 1
    assert Transfer.objects.filter(key__contains=str(yesterday)).count() <= 1
    assert Current.objects.count() == 1
    keys = list(OutgoingMail.objects.values_list("key", flat=True))
    assert len(keys) == len(set(keys))
