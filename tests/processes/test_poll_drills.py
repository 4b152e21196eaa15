"""A polling station under many hands at once: one credential, one ballot, and no half seal."""

import pytest
from django.conf import settings

from surveys.models import AnswerCount, BallotInbox, Invitation, SpentCredential, Wave
from surveys.services.station import Credential, cast_ballot, claim, claim_for
from tests.conftest import TUESDAY_NOON
from tests.processes.test_drills import drill
from tests.surveys.conftest import level, poll  # noqa: F401
from tests.surveys.test_proving import crowd

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


def test_of_eight_who_claim_at_once_one_is_handed_the_ballot(poll):
    said = drill("claim_ballot_at_once", SECRET_KEY=settings.SECRET_KEY)["said"]
    given = [each for each in said if each != "refused"]
    assert (len(given), len(said)) == (1, 8)
    assert Credential.read(given[0]).cell == 1
    assert Invitation.objects.filter(claimed=True).count() == 1


def test_sixteen_processes_with_one_credential_cast_one_ballot(poll, ann):
    credential = claim(poll.wave, by=ann, now=TUESDAY_NOON)
    said = drill("cast_at_once", CREDENTIAL=str(credential), SECRET_KEY=settings.SECRET_KEY)["said"]
    assert said == [credential.digest] * 48
    assert (BallotInbox.objects.count(), SpentCredential.objects.count()) == (1, 1)


def test_a_seal_that_is_killed_anywhere_is_whole_or_has_not_begun(poll, dee):
    for each in crowd(poll.wave, 60):
        credential = claim_for(poll.wave, each, now=TUESDAY_NOON)
        cast_ballot(credential, {1: 5, 2: 4, 4: "Light"}, now=TUESDAY_NOON)
    ran = drill("kill_sealers", CODES=" ".join(poll.codes))
    assert ran["half"] == []
    assert ran["killed"] > 3
    assert ran["kept"] == AnswerCount.objects.count() > 0
    assert (Wave.objects.get().state, BallotInbox.objects.count()) == (Wave.State.SEALED, 0)
    of_first = AnswerCount.objects.filter(item__number=1, option="5")
    assert set(of_first.values_list("n", flat=True)) == {60}
    assert SpentCredential.objects.count() == 60
