"""Bytes follow what was changed, and stay no longer than they are shown."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from cms.services.voices import withdraw
from people.models import Notice, ShownTo
from people.services.consents import Agreed, agree
from recognition.services import fair_play, nominating
from recognition.services.nominating import nominate
from screens.models import Contact, Current, Screen, Snapshot, Withdrawal
from screens.services import standing
from screens.services.building import Loop
from screens.services.current import bound_screens, forget_old_snapshots, keep, refresh, showing
from screens.services.freshness import change_now, changed
from screens.services.withdrawing import give_receipts
from tests.cms.written import make_story, make_voice
from tests.recognition.conftest import kept_promise, praise  # noqa: F401
from tests.scene import missed_monday, pool, wednesday  # noqa: F401
from tests.screens.conftest import put_live, slides_of

pytestmark = pytest.mark.django_db
NOBODY = Agreed(ShownTo.NOBODY, ShownTo.NOBODY)


def of(*people: int, html: str = "") -> Loop:
    return Loop(slides=[{"id": html, "date": None, "html": html}], people=set(people))


def test_what_is_posted_is_on_screens_with_the_next_poll(on_screen, missed_monday):
    before = change_now()
    assert slides_of(on_screen)[0]["date"] == "2026-03-02"
    changed()
    assert change_now() == before + 1


def test_publishing_and_saving_are_changes(hall, playlist):
    before = change_now()
    playlist.save_revision().publish()
    assert change_now() > before
    before = change_now()
    hall.save()
    assert change_now() > before
    before = change_now()
    playlist.unpublish()
    assert change_now() > before


def test_nothing_is_built_twice_without_a_change(on_screen, hall, missed_monday, wednesday):
    refresh(bound_screens(), now=wednesday)
    [row] = Current.objects.all()
    refresh(bound_screens(), now=wednesday + timedelta(seconds=59))
    assert Current.objects.get().built_at == row.built_at
    refresh(bound_screens(), now=wednesday + timedelta(seconds=60))
    assert Current.objects.get().built_at == wednesday + timedelta(seconds=60)
    assert Snapshot.objects.count() == 1


def test_what_was_built_from_something_older_does_not_come_back(db):
    now = timezone.now()
    keep(of(html="new"), "key", change=6, now=now)
    found = keep(of(html="old"), "key", change=5, now=now)
    assert "new" in found.snapshot.payload


def test_old_bytes_are_forgotten_within_the_hour(db):
    now = timezone.now()
    keep(of(1, html="one"), "key", change=1, now=now - timedelta(hours=2))
    keep(of(html="two"), "key", change=2, now=now)
    assert forget_old_snapshots(now=now) == 1
    assert [each.people for each in Snapshot.objects.all()] == [[]]


def test_what_a_screen_without_network_may_still_show_is_kept_for_the_receipt(hall):
    now = timezone.now()
    kept = keep(of(1, html="one"), "key", change=1, now=now - timedelta(hours=11))
    keep(of(html="two"), "key", change=2, now=now)
    seen_at = now - timedelta(hours=11)
    Contact.objects.create(screen=hall, seen_at=seen_at, snapshot=kept.snapshot.sha256)
    assert forget_old_snapshots(now=now) == 0
    assert [contact.screen for contact in showing(1)] == [hall]
    assert forget_old_snapshots(now=now + timedelta(hours=2)) == 2


def test_what_is_to_be_shown_is_read_without_its_slides(db):
    kept = keep(of(html="one"), "key", change=1, now=timezone.now())
    assert "payload" in kept.snapshot.get_deferred_fields()


def test_bytes_are_never_edited(db):
    keep(of(html="one"), "key", change=1, now=timezone.now())
    with pytest.raises(DatabaseError, match="never edited"), transaction.atomic():
        Snapshot.objects.update(payload="{}")


def test_a_change_of_consent_is_followed_in_its_own_transaction(ann):
    before = change_now()
    agree(ann.employee, NOBODY, by=ann, now=timezone.now())
    assert change_now() == before + 1


def test_what_is_taken_back_is_followed_at_once(root, settings, tmp_path):
    story, voice = make_story("Parcel"), make_voice("Thanks")
    before = change_now()
    story.unpublish()
    assert change_now() > before
    before = change_now()
    withdraw(voice, by=root, now=timezone.now())
    assert change_now() > before


def test_a_draft_of_a_playlist_is_no_change(playlist):
    before = change_now()
    playlist.save_revision()
    assert change_now() == before


def test_praise_that_is_held_or_withdrawn_is_followed_at_once(ann, bob, cas, kept_promise):
    now = timezone.now()
    given = [nominate(praise(bob, behaviour=kept_promise), by=ann, now=now) for _n in range(2)]
    before = change_now()
    fair_play.report(given[0], reason="never happened", by=cas, now=now)
    assert change_now() > before
    before = change_now()
    nominating.withdraw(given[1], by=ann, now=now)
    assert change_now() > before


@pytest.fixture
def named(hall, secret, ann):
    """Ann is named on the screen in the hall."""
    now = timezone.now()
    kept = keep(of(ann.employee.pk, html="Ann"), "key", change=1, now=now)
    return Contact.objects.create(screen=hall, seen_at=now, snapshot=kept.snapshot.sha256)


def withdrawn(ann) -> Withdrawal:
    agree(ann.employee, NOBODY, by=ann, now=timezone.now())
    return Withdrawal.objects.get()


def test_who_withdraws_is_told_when_the_name_has_gone(named, ann, hall):
    withdrawal = withdrawn(ann)
    assert withdrawal.screens == [hall.pk]
    now = timezone.now()
    assert give_receipts(now=now) == 0, "it still shows the name"
    Contact.objects.update(seen_at=now + timedelta(seconds=30), snapshot="another")
    assert give_receipts(now=now + timedelta(seconds=40)) == 1
    assert give_receipts(now=now + timedelta(seconds=50)) == 0
    notice = Notice.objects.get(user=ann, kind="screens_withdrawn")
    assert (notice.facts["gone"], notice.facts["silent"]) == (1, 0)


def test_a_screen_without_network_is_named_in_the_receipt(named, ann):
    withdrawn(ann)
    now = timezone.now()
    assert give_receipts(now=now + timedelta(minutes=1)) == 0
    assert give_receipts(now=now + timedelta(minutes=3)) == 1
    facts = Notice.objects.get(user=ann, kind="screens_withdrawn").facts
    assert (facts["gone"], facts["silent"]) == (0, 1)


def test_where_the_name_may_stay_there_is_nothing_to_wait_for(named, ann, hall):
    """A receipt for it would come when the praise is old, and say that the name has gone."""
    for names in (ShownTo.PUBLIC, ShownTo.STAFF):
        agree(ann.employee, Agreed(names, ShownTo.NOBODY), by=ann, now=timezone.now())
    assert hall.shown_to == ShownTo.STAFF
    assert not Withdrawal.objects.exists()


def test_only_screens_that_may_not_show_the_name_any_more_are_waited_for(named, ann, root):
    reception = Screen.objects.create(name="Reception", audience="public", made_by=root)
    Contact.objects.create(screen=reception, seen_at=timezone.now(), snapshot=named.snapshot)
    agree(ann.employee, Agreed(ShownTo.STAFF, ShownTo.NOBODY), by=ann, now=timezone.now())
    assert Withdrawal.objects.get().screens == [reception.pk]


def test_who_was_shown_nowhere_gets_no_receipt(ann, hall):
    agree(ann.employee, NOBODY, by=ann, now=timezone.now())
    assert not Withdrawal.objects.exists()


def test_a_playlist_put_live_is_shown_at_the_next_poll(on_screen, hall, missed_monday):
    slides_of(on_screen)
    hall.playlist = put_live("Pool only", "pool")
    hall.save()
    assert [each["kind"] for each in slides_of(on_screen)] == ["pool"]
    standing.forget()
    assert [each["kind"] for each in slides_of(on_screen)] == ["pool"]
