"""Who reads which praise, and whose names in it."""

import pytest
import time_machine

from people.models import ShownTo
from people.services.consents import Agreed, agree
from people.services.photos import set_photo
from people.services.policies import set_policy
from recognition.models import Nomination
from recognition.services.visibility import Reader, follow, readable, reader_of, show
from tests.conftest import TUESDAY_NOON
from tests.people.pictures import picture
from tests.recognition.conftest import TODAY, praised

pytestmark = pytest.mark.django_db
OUTSIDE = Reader(audience=ShownTo.PUBLIC)


def agreed(user, names, photo=ShownTo.NOBODY):
    agree(user.employee, Agreed(names, photo), by=user, now=TUESDAY_NOON)


def seen(nomination, reader) -> tuple | None:
    if not readable(reader).filter(pk=nomination.pk).exists():
        return None
    [shown] = show([nomination], reader)
    return shown.names, shown.unnamed, str(shown.giver) if shown.giver else "", shown.story


def test_a_name_is_shown_where_its_bearer_agrees(ann, bob, cas, dee, eve, kept_promise):
    made = praised(
        ann, dee, by=cas, behaviour=kept_promise, story="Ann and Dee found the parcel.",
        audience=ShownTo.PUBLIC,
    )  # fmt: skip
    agreed(dee, ShownTo.STAFF)
    everything = (["Ann", "Dee"], 0, "Cas", "Ann and Dee found the parcel.")
    half = (["Dee"], 1, "Cas", "… and Dee found the parcel.")
    made = Nomination.objects.get(pk=made.pk)
    assert seen(made, reader_of(ann, on=TODAY)) == everything  # it is about her
    assert seen(made, reader_of(cas, on=TODAY)) == everything  # he wrote it
    assert seen(made, reader_of(bob, on=TODAY)) == everything  # her department
    assert seen(made, reader_of(eve, on=TODAY)) == half
    assert seen(made, reader_of(dee, on=TODAY, sees_all=True)) == everything
    assert seen(made, OUTSIDE) is None
    agreed(dee, ShownTo.PUBLIC)
    # Outside, the giver has to agree too.
    assert seen(made, OUTSIDE) == (["Dee"], 1, "", "… and Dee found the parcel.")


def test_praise_for_the_department_stays_in_it(ann, bob, cas, eve, kept_promise):
    made = praised(ann, by=bob, behaviour=kept_promise, audience=ShownTo.TEAM)
    agreed(ann, ShownTo.PUBLIC)
    assert seen(made, reader_of(bob, on=TODAY))
    assert seen(made, reader_of(cas, on=TODAY)) is None
    assert seen(made, OUTSIDE) is None


def test_a_department_reads_of_its_own_only_who_agreed(ann, cas, dee, bob, eve, kept_promise):
    made = praised(ann, dee, by=cas, behaviour=kept_promise)
    agreed(dee, ShownTo.NOBODY)
    # Ann's department reads it for Ann's sake; Dee's does not, as Dee agreed to nothing.
    assert seen(made, reader_of(bob, on=TODAY))
    assert seen(made, reader_of(eve, on=TODAY)) is None
    agreed(dee, ShownTo.TEAM)
    assert seen(made, reader_of(eve, on=TODAY))


def test_praise_for_those_concerned_stays_with_them(ann, bob, cas, eve, kept_promise):
    made = praised(ann, by=cas, behaviour=kept_promise, audience=ShownTo.NOBODY)
    agreed(ann, ShownTo.PUBLIC)
    assert seen(made, reader_of(ann, on=TODAY))
    assert seen(made, reader_of(cas, on=TODAY))
    assert seen(made, reader_of(bob, on=TODAY)) is None
    assert seen(made, reader_of(eve, on=TODAY)) is None


def test_a_photo_is_shown_no_further_than_agreed(ann, cas, eve, kept_promise):
    made = praised(ann, by=cas, behaviour=kept_promise)

    def seen_by_eve() -> bool:
        [shown] = show([made], reader_of(eve, on=TODAY))
        return shown.nominees[0].photo

    agreed(ann, ShownTo.STAFF, ShownTo.STAFF)
    # Nobody is shown a picture that is not there.
    assert not seen_by_eve()
    set_photo(ann.employee, picture(), by=ann, now=TUESDAY_NOON)
    assert seen_by_eve()
    agreed(ann, ShownTo.STAFF, ShownTo.TEAM)
    assert not seen_by_eve()


def test_a_photo_for_the_department_is_for_those_who_work_together_now(
    ann, bob, cas, dee, billing, kept_promise
):
    made = praised(ann, by=dee, behaviour=kept_promise)
    set_photo(ann.employee, picture(), by=ann, now=TUESDAY_NOON)
    agreed(ann, ShownTo.STAFF, ShownTo.TEAM)

    def seen_by(user) -> bool:
        [shown] = show([made], reader_of(user, on=TODAY))
        return shown.nominees[0].photo

    assert (seen_by(bob), seen_by(cas)) == (True, False)
    ann.employee.memberships.update(department=billing)
    # And not for those who join the place where it happened.
    assert (seen_by(bob), seen_by(cas)) == (False, False)


def test_a_new_default_reaches_who_has_said_nothing(ann, cas, dee, eve, kept_promise):
    made = praised(ann, by=cas, behaviour=kept_promise)
    other = praised(dee, by=cas, behaviour=kept_promise)
    agreed(dee, ShownTo.NOBODY)
    set_policy("names_shown", "staff", from_date=TODAY, reason="open house", by=eve)
    with time_machine.travel(TUESDAY_NOON, tick=False):
        assert follow(Nomination.objects.values_list("pk", flat=True)) == 1
        assert follow(Nomination.objects.values_list("pk", flat=True)) == 0
    made.refresh_from_db()
    other.refresh_from_db()
    assert (made.shown_to, other.shown_to) == (ShownTo.STAFF, ShownTo.NOBODY)


def test_the_default_is_never_public(eve):
    with pytest.raises(ValueError, match="nobody, team or staff"):
        set_policy("names_shown", "public", from_date=TODAY, reason="x", by=eve)


def test_what_is_held_or_ended_is_in_no_list(ann, cas, kept_promise):
    made = praised(ann, by=cas, behaviour=kept_promise)
    Nomination.objects.filter(pk=made.pk).update(state="held")
    for user in (ann, cas):
        assert seen(made, reader_of(user, on=TODAY)) is None
    assert seen(made, Reader(sees_all=True)) is None
