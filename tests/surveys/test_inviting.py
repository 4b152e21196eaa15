"""Who is told of a poll: everybody invited, all alike."""

from datetime import timedelta

import pytest
from django.utils import translation

from people.models import AuditEntry, Notice, OutgoingMail
from people.services.notices import text_of
from surveys.models import Invitation, Wave
from surveys.services.drafting import name_holder
from surveys.services.inviting import RemindRefused, remind
from surveys.services.launching import LaunchRefused, launch, take_half
from surveys.services.starters import begin_from
from surveys.services.station import claim
from tests.conftest import TUESDAY_NOON
from tests.surveys.test_launching import CLOSES

pytestmark = pytest.mark.django_db


@pytest.fixture
def wave(dee, ann, cas) -> Wave:
    wave = begin_from("pulse", "2026", "Three questions", by=dee, now=TUESDAY_NOON)
    name_holder(wave, ann.employee, by=dee)
    Wave.objects.filter(pk=wave.pk).update(opens_at=TUESDAY_NOON, closes_at=CLOSES)
    for holder in (dee, ann):
        take_half(wave, by=holder)
    return launch(wave, by=dee, now=TUESDAY_NOON)


def told(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("user__username", flat=True))


def test_everybody_invited_is_told_at_the_launch(wave):
    assert told("poll-invited") == {"ann", "cas", "dee"}
    assert told("poll-launched") == {"ann"}
    assert OutgoingMail.objects.filter(to="cas@example.org").count() == 1


def test_an_invitation_is_in_the_readers_language_and_knows_no_credential(wave, cas):
    notice = Notice.objects.get(kind="poll-invited", user=cas)
    assert text_of(notice) == (
        "You are invited to the poll “Three questions”, open from 3 Mar 2026, 12:00 until"
        " 13 Mar 2026, 12:00. Taking part is voluntary."
    )
    assert (notice.path, set(notice.facts)) == ("/", {"names", "from", "until"})
    with translation.override("zh-hans"):
        assert "三个问题" in text_of(notice)


def test_a_reminder_goes_to_whoever_has_claimed_too(wave, ann, dee):
    claim(wave, by=ann, now=TUESDAY_NOON)
    assert remind(wave, by=dee, now=TUESDAY_NOON) == 3
    assert told("poll-reminded") == {"ann", "cas", "dee"}
    entry = AuditEntry.objects.get(action="remind_of_poll")
    assert (entry.subject, entry.after) == ("poll:2026", {"day": "2026-03-03", "told": 3})


def test_a_reminder_is_the_same_for_all_and_leaves_no_trace_at_an_invitation(wave, ann, dee):
    claim(wave, by=ann, now=TUESDAY_NOON)
    before = list(Invitation.objects.order_by("pk").values())
    remind(wave, by=dee, now=TUESDAY_NOON)
    assert list(Invitation.objects.order_by("pk").values()) == before
    rows = Notice.objects.filter(kind="poll-reminded").values_list("key", "path")
    assert len(set(rows)) == 1
    facts = [notice.facts for notice in Notice.objects.filter(kind="poll-reminded")]
    assert facts[0] == facts[1] == facts[2]


def test_once_a_day_is_enough(wave, dee):
    remind(wave, by=dee, now=TUESDAY_NOON)
    with pytest.raises(RemindRefused, match="Once a day"):
        remind(wave, by=dee, now=TUESDAY_NOON + timedelta(hours=3))
    assert remind(wave, by=dee, now=TUESDAY_NOON + timedelta(days=1)) == 3


@pytest.mark.parametrize("at", [TUESDAY_NOON - timedelta(seconds=1), CLOSES])
def test_nobody_is_reminded_of_a_poll_that_is_not_open(wave, dee, at):
    with pytest.raises(RemindRefused, match="not open"):
        remind(wave, by=dee, now=at)


def test_a_launch_that_is_refused_tells_nobody(dee, ann):
    wave = begin_from("pulse", "2026", "Pulse", by=dee, now=TUESDAY_NOON)
    with pytest.raises(LaunchRefused, match="key"):
        launch(wave, by=dee, now=TUESDAY_NOON)
    assert told("poll-invited") == set()
