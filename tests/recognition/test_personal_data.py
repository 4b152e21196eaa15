"""What a person takes of recognition: all of it, and no third person's secret."""

import json
from base64 import b64decode

import pytest

from people.models import Photo, ShownTo
from people.services.consents import Agreed, agree
from people.services.nicknames import call_oneself
from people.services.personal import everything_about
from people.services.photos import set_photo
from recognition.models import FairPlayCase
from recognition.services.fair_play import Finding, notice, report
from recognition.services.personal import _cases
from tests.conftest import TUESDAY_NOON
from tests.people.pictures import picture
from tests.recognition.conftest import praised

pytestmark = pytest.mark.django_db


def test_a_person_takes_the_photo_the_nickname_and_what_was_agreed(ann):
    agree(ann.employee, Agreed(ShownTo.STAFF, ShownTo.TEAM), by=ann, now=TUESDAY_NOON)
    call_oneself(ann.employee, "Annie", by=ann, now=TUESDAY_NOON)
    set_photo(ann.employee, picture(), by=ann, now=TUESDAY_NOON)
    ann.employee.refresh_from_db()
    kept = everything_about(ann.employee)
    json.dumps(kept)
    [photo], [consent], [employee] = kept["photo"], kept["consent"], kept["employee"]
    assert (photo["type"], b64decode(photo["base64"])) == (
        "image/webp", bytes(Photo.objects.get().image),
    )  # fmt: skip
    assert (consent["names"], consent["photo"], employee["known_as"]) == (2, 1, "Annie")


def test_who_reported_praise_is_nobodys_but_the_reporters(ann, bob, cas, kept_promise):
    made = praised(ann, by=cas, behaviour=kept_promise)
    report(made, reason="I was there, it never happened", by=bob, now=TUESDAY_NOON)
    for user in (ann, cas):
        kept = everything_about(user.employee)
        assert [case["kind"] for case in kept["fair-play"]] == ["reported"]
        said = json.dumps(kept).lower()
        assert "i was there" not in said
        assert "bob" not in said
    assert "I was there" in json.dumps(everything_about(bob.employee))


def test_a_pattern_on_which_nobody_acted_is_told_to_nobody(ann, cas, system, kept_promise):
    made = praised(ann, by=cas, behaviour=kept_promise)
    finding = Finding(FairPlayCase.Kind.PAIR, "pair:1", {}, [made.pk], [cas.employee.pk])
    [case] = notice([finding], by=system, now=TUESDAY_NOON)
    assert _cases(cas.employee) == []
    FairPlayCase.objects.filter(pk=case.pk).update(state="warned")
    assert [each["state"] for each in _cases(cas.employee)] == ["warned"]
