"""Somebody takes consent back: with that, the name and the photo are gone wherever others read."""

import pytest
from django.db import transaction

from people.models import ShownTo
from people.permissions import visible_people
from people.services.consents import Agreed, agree, read_by
from people.services.photos import set_photo
from people.services.policies import set_policy
from recognition.models import Nomination
from recognition.services.visibility import (
    Reader,
    follow_defaults,
    readable,
    reader_of,
    show,
)
from tests.conftest import MONDAY, TUESDAY_NOON
from tests.people.pictures import picture
from tests.recognition.conftest import TODAY, praised

pytestmark = pytest.mark.django_db
SCREEN, OUTSIDE = Reader(), Reader(audience=ShownTo.PUBLIC)


def said(user, how_far: ShownTo) -> None:
    agree(user.employee, Agreed(how_far, how_far), by=user, now=TUESDAY_NOON)


@pytest.fixture
def shown_ann(ann, cas, kept_promise):
    """Ann agreed to everything, with a photo and a nickname, and is praised by both names."""
    ann.employee.known_as = "Annie"
    ann.employee.save()
    said(ann, ShownTo.PUBLIC)
    set_photo(ann.employee, picture(), by=ann, now=TUESDAY_NOON)
    return praised(
        ann, by=cas, behaviour=kept_promise, audience=ShownTo.PUBLIC,
        story="Ann found the parcel; Annie, thank you!",
    )  # fmt: skip


def names_read(nomination, reader: Reader) -> tuple:
    """Whether it is in the list, the names and photos in it, and its story, asked for anew."""
    [shown] = show([Nomination.objects.get(pk=nomination.pk)], reader)
    listed = readable(reader).filter(pk=nomination.pk).exists()
    return listed, shown.names, [each.photo for each in shown.nominees], shown.story


def test_consent_taken_back_holds_for_the_next_reader(shown_ann, ann, bob, eve, client):
    readers = [reader_of(bob, on=TODAY), reader_of(eve, on=TODAY), SCREEN, OUTSIDE]
    before = (True, ["Ann"], [True], "Ann found the parcel; Annie, thank you!")
    assert [names_read(shown_ann, reader) for reader in readers] == [before] * 4
    client.force_login(eve)
    assert client.get("/people/ann/photo/").status_code == 200

    with transaction.atomic():
        said(ann, ShownTo.NOBODY)
        # In the same transaction already: nobody reads between.
        gone = (False, [], [False], "… found the parcel; …, thank you!")
        assert [names_read(shown_ann, reader) for reader in readers] == [gone] * 4
    assert [names_read(shown_ann, reader) for reader in readers] == [gone] * 4
    assert client.get("/people/ann/photo/").status_code == 404
    client.logout()
    assert client.get("/people/ann/photo/").status_code == 404


def test_a_consent_that_is_rolled_back_was_never_given(shown_ann, ann):
    with transaction.atomic():
        said(ann, ShownTo.NOBODY)
        transaction.set_rollback(True)
    assert names_read(shown_ann, OUTSIDE)[1] == ["Ann"]


def test_the_list_of_colleagues_is_no_display(shown_ann, ann, cas, client):
    said(ann, ShownTo.NOBODY)
    assert ann.employee in visible_people(cas)
    client.force_login(cas)
    for word in ("ann", "annie"):
        assert "/people/ann/" in client.get(f"/people/?search={word}").content.decode()
    assert "/people/ann/photo/" not in client.get("/people/ann/").content.decode()


def test_those_concerned_and_hr_still_read_who_is_meant(shown_ann, ann, cas, dee):
    said(ann, ShownTo.NOBODY)
    for reader in (
        reader_of(ann, on=TODAY), reader_of(cas, on=TODAY), reader_of(dee, on=TODAY, sees_all=True),
    ):  # fmt: skip
        assert names_read(shown_ann, reader)[1:3] == (["Ann"], [False])


def test_the_preview_tells_what_the_wall_shows(ann, bob, cas, eve, kept_promise):
    """The own page says before what readers find after."""
    made = praised(ann, by=cas, behaviour=kept_promise, audience=ShownTo.PUBLIC)
    set_photo(ann.employee, picture(), by=ann, now=TUESDAY_NOON)
    readers = [reader_of(bob, on=TODAY), reader_of(eve, on=TODAY), OUTSIDE]
    for how_far in ShownTo:
        said(ann, how_far)
        found = [names_read(made, reader)[1:3] for reader in readers]
        readings = read_by(ann.employee, Agreed(how_far, how_far), on=TODAY)
        assert found == [(["Ann"] if each.named else [], [each.photo]) for each in readings]


def test_a_new_rule_of_the_company_holds_for_who_has_said_nothing(
    ann, bob, cas, dee, eve, kept_promise
):
    said(dee, ShownTo.TEAM)
    made = [praised(user, by=cas, behaviour=kept_promise) for user in (ann, dee)]
    eve.employee.erased_at = TUESDAY_NOON
    eve.employee.save()
    of_erased = praised(bob, by=cas, behaviour=kept_promise)
    of_erased.nominees.update(employee=eve.employee)
    Nomination.objects.filter(pk=of_erased.pk).update(shown_to=ShownTo.NOBODY)

    def shown_to() -> list[int]:
        return [Nomination.objects.get(pk=each.pk).shown_to for each in (*made, of_erased)]

    assert (shown_to(), follow_defaults(now=TUESDAY_NOON)) == ([1, 1, 0], 0)
    for rule, changed, expected in (("staff", 1, [2, 1, 0]), ("nobody", 1, [0, 1, 0])):
        set_policy("names_shown", rule, from_date=MONDAY, reason="x", by=dee)
        assert (follow_defaults(now=TUESDAY_NOON), shown_to()) == (changed, expected)
        assert follow_defaults(now=TUESDAY_NOON) == 0
