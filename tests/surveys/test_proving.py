"""What anybody may check holds after a real run; and each check fails where it should."""

import random
from uuid import UUID

import pytest
from django.db import connection, models, transaction
from scipy.stats import spearmanr

from people.models import AuditEntry, Employee
from people.services import audit
from surveys.models import BallotInbox, Cell, Invitation, SpentCredential, Wave
from surveys.services import proving
from surveys.services.proving import ALLOWED, checks, columns_of_time, row_versions, surplus_columns
from surveys.services.sealing import seal
from surveys.services.station import cast_ballot, claim, claim_for
from tests.conftest import TUESDAY_NOON
from tests.surveys.conftest import CLOSED

PEOPLE = 500
LIKELY = 0.15
"""A rank correlation of 500 in an order of chance is nearer to 0, all but once in a thousand."""


def crowd(wave: Wave, count: int) -> list[Employee]:
    """So many more people of Claims, without accounts."""
    cell = Cell.objects.get(path="0.1")
    people = Employee.objects.bulk_create(
        Employee(number=f"w{n:04}", name=f"Worker {n}", hired_on=TUESDAY_NOON.date())
        for n in range(count)
    )
    Invitation.objects.bulk_create(
        Invitation(wave=wave, employee=each, cell=cell) for each in people
    )
    Cell.objects.filter(path="0.1").update(invited=1 + count)
    Cell.objects.filter(path="0").update(invited=2 + count)
    return people


def failed(wave: Wave) -> list[str]:
    return [check.what for check in checks(Wave.objects.get(pk=wave.pk)) if check.holds is False]


pytestmark = pytest.mark.django_db


def test_the_tables_have_no_column_for_what_must_stay_unknown():
    assert surplus_columns() == {}
    assert columns_of_time() == {}
    # Read from the database: all of them are there.
    assert {shape.name: {each.name for each in shape.columns} for shape in proving.shapes()} == {
        model._meta.db_table: set(columns) for model, columns in ALLOWED.items()
    }


@pytest.mark.parametrize("table", [model._meta.db_table for model in ALLOWED])
def test_a_column_that_somebody_adds_beside_the_models_is_found(table):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ADD COLUMN seen_at timestamp")
        assert surplus_columns() == {table: {"seen_at"}}
        assert columns_of_time() == {table: {"seen_at"}}
        transaction.set_rollback(True)
    assert surplus_columns() == {}


def test_all_that_can_be_asked_of_an_open_poll_holds(poll, ann, cas):
    cast_ballot(claim(poll.wave, by=ann, now=TUESDAY_NOON), {1: 5}, now=TUESDAY_NOON)
    # The policy of this small poll was never made; see the test of a launched one.
    Wave.objects.filter(pk=poll.wave.pk).update(policy_digest=poll.wave.policy_digest)
    asked = {check.what: check.holds for check in checks(poll.wave)}
    assert [what for what, holds in asked.items() if holds is False] == [
        "What was promised still has the digest that you are shown."
    ]
    assert list(asked.values()).count(None) == 2
    assert len(asked) == 11


def test_a_ballot_more_than_was_handed_out_is_found(poll, ann):
    SpentCredential.objects.create(digest="0" * 64, wave=poll.wave)
    assert "No more ballots were cast than handed out." in failed(poll.wave)


def test_a_ballot_put_in_or_taken_out_beside_the_station_is_found(poll, ann, cas, dee):
    what = "As many ballots are in the box as credentials were used; since the seal, were."
    for user in (ann, cas):
        cast_ballot(claim(poll.wave, by=user, now=TUESDAY_NOON), {1: 5}, now=TUESDAY_NOON)
    assert what not in failed(poll.wave)
    box = bytes(BallotInbox.objects.first().box)
    stuffed = BallotInbox.objects.create(wave=poll.wave, box=box)
    assert what in failed(poll.wave)
    BallotInbox.objects.exclude(pk=stuffed.pk).delete()
    assert what in failed(poll.wave)
    seal(poll.wave, poll.codes, by=dee, now=CLOSED)
    assert what in failed(poll.wave)


def test_somebody_added_to_the_register_is_found(poll, bob):
    assert "As many are invited as at the launch." not in failed(poll.wave)
    Invitation.objects.create(
        wave=poll.wave, employee=bob.employee, cell=Cell.objects.get(path="0.1")
    )
    assert "As many are invited as at the launch." in failed(poll.wave)


def test_ballots_of_two_lengths_are_found(poll):
    for length in (10, 11):
        BallotInbox.objects.create(wave=poll.wave, box=b"x" * length)
    assert "All sealed ballots are equally long, however much somebody wrote." in failed(poll.wave)


def test_an_id_that_tells_the_hour_is_found(poll):
    told_by_clock = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
    BallotInbox.objects.create(id=told_by_clock, wave=poll.wave, box=b"x")
    assert [what for what in failed(poll.wave) if "numbered by chance" in what]


def test_a_log_that_tells_of_somebody_is_found(poll, ann, system):
    audit.record("claim_ballot", by=system, subject="poll:2026", person=ann.employee)
    assert [what for what in failed(poll.wave) if "log of changes" in what]


def test_a_box_that_was_not_emptied_is_found(poll, dee):
    seal(poll.wave, poll.codes, by=dee, now=CLOSED)
    assert failed(poll.wave) == []
    BallotInbox.objects.create(wave=poll.wave, box=b"x")
    assert "Since the seal the box is empty and the keys are gone." in failed(poll.wave)


def test_claiming_and_casting_write_nothing_into_the_log(poll, ann):
    before = AuditEntry.objects.count()
    cast_ballot(claim(poll.wave, by=ann, now=TUESDAY_NOON), {1: 5}, now=TUESDAY_NOON)
    assert AuditEntry.objects.count() == before


def hold_a_poll(wave: Wave) -> dict[str, int]:
    """500 people claim in an order of chance; half of them wait with casting. Each claim and each
    cast is a transaction of its own, as over HTTP. By number, who came in which place."""
    claimed = crowd(wave, PEOPLE)
    random.Random(95).shuffle(claimed)
    waiting = []
    for place, each in enumerate(claimed):
        credential = claim_for(wave, each, now=TUESDAY_NOON)
        if place % 2:
            cast_ballot(credential, {1: 1 + place % 5, 4: f"{place}"}, now=TUESDAY_NOON)
        else:
            waiting.append((place, credential))
    for place, credential in reversed(waiting):
        cast_ballot(credential, {1: 1 + place % 5, 4: f"{place}"}, now=TUESDAY_NOON)
    return {each.number: place for place, each in enumerate(claimed)}


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_after_500_claims_and_casts_row_versions_join_nobody(poll, dee):
    """Before the seal they tell an order, which is why ballots are sealed then."""
    places = hold_a_poll(poll.wave)
    assert joined_by_xmin(BallotInbox) == 0, "one transaction for claim and ballot would show here"
    assert row_versions(Invitation, poll.wave) > PEOPLE / 2
    assert order_of_claims(places, by="i.xmin::text::bigint") > 0.9, "there is an order to be seen"
    assert seal(poll.wave, poll.codes, by=dee, now=CLOSED) == PEOPLE
    assert row_versions(Invitation, poll.wave) == 1
    assert row_versions(SpentCredential, poll.wave) == 1
    assert abs(order_of_comments()) < LIKELY
    assert [check.what for check in checks(Wave.objects.get()) if check.holds is False] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_after_the_seal_where_invitations_lie_tells_no_order(poll, dee):
    places = hold_a_poll(poll.wave)
    seal(poll.wave, poll.codes, by=dee, now=CLOSED)
    assert abs(order_of_claims(places, by="i.ctid")) < LIKELY


def joined_by_xmin(model: type[models.Model]) -> int:
    """Pairs of a person who claimed and a row of the model that one transaction wrote."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM surveys_invitation i JOIN "
            f"{model._meta.db_table} b ON i.xmin::text = b.xmin::text"
        )
        return cursor.fetchone()[0]


def order_of_claims(places: dict[str, int], *, by: str) -> float:
    """Rank correlation of an order of invitations and the one in which they were claimed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.number FROM surveys_invitation i JOIN people_employee e"
            f" ON e.id = i.employee_id ORDER BY {by}"
        )
        lie = [places[row[0]] for row in cursor.fetchall() if row[0] in places]
    return spearmanr(range(len(lie)), lie).statistic


def order_of_comments() -> float:
    """The same of comments, whose text is the place in the order of claims."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM surveys_comment ORDER BY ctid")
        places = [int(row[0]) for row in cursor.fetchall()]
    return spearmanr(range(len(places)), places).statistic
