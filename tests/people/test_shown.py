"""The own page: how far one's name and photo are shown, and what others read then."""

import pytest
from django.utils import timezone

from people.models import AuditEntry, Consent, Policy, ShownTo
from people.services import audit, policies
from people.services.consents import Agreed, ConsentRefused, agree, consent_of, given_by, read_by
from people.services.pins import SHARED_SESSION
from people.signals import consent_changed
from tests.conftest import MONDAY

pytestmark = pytest.mark.django_db
ADDRESS = "/account/shown/"
ELSE = "A colleague in Claims"


def said(user, names, photo=ShownTo.NOBODY) -> bool:
    return agree(user.employee, Agreed(names, photo), by=user, now=timezone.now())


def default_is(value: str, by) -> None:
    policies.set_policy("names_shown", value, from_date=MONDAY, reason="x", by=by)


def page_of(client, user) -> str:
    client.force_login(user)
    return client.get(ADDRESS).content.decode()


@pytest.mark.parametrize(
    "names, read",
    [
        (ShownTo.NOBODY, [ELSE, ELSE, ELSE]),
        (ShownTo.TEAM, ["Ann", ELSE, ELSE]),
        (ShownTo.STAFF, ["Ann", "Ann", ELSE]),
        (ShownTo.PUBLIC, ["Ann", "Ann", "Ann"]),
    ],
)
def test_the_preview_says_what_each_reader_reads(names, read, ann):
    found = read_by(ann.employee, Agreed(names, min(names, ShownTo.TEAM)), on=MONDAY)
    assert [each.text for each in found] == read
    assert [each.named for each in found] == [text == "Ann" for text in read]
    assert [each.photo for each in found] == [names >= ShownTo.TEAM, False, False]


def test_who_works_in_no_department_is_a_colleague(ann):
    ann.employee.memberships.all().delete()
    found = read_by(ann.employee, Agreed(ShownTo.NOBODY, ShownTo.NOBODY), on=MONDAY)
    assert {each.text for each in found} == {"A colleague"}


@pytest.mark.parametrize(
    "policy, words", [("team", "the department"), ("staff", "all colleagues"),
                      ("nobody", "nobody else")],
)  # fmt: skip
def test_until_something_is_said_the_companys_rule_stands_in_words(
    policy, words, ann, system, client
):
    default_is(policy, system)
    text = page_of(client, ann)
    assert f"your name is for {words}, your photo for nobody else" in text
    # What is agreed to is said: nothing is ticked for anybody.
    assert "checked" not in text


def test_a_person_says_how_far(ann, client):
    client.force_login(ann)
    answer = client.post(ADDRESS, {"names": "2", "photo": "1"})
    assert (answer.status_code, answer.url) == (302, ADDRESS)
    assert given_by(ann.employee) == Agreed(ShownTo.STAFF, ShownTo.TEAM)
    text = page_of(client, ann)
    assert "You have not chosen yet" not in text
    assert text.count("checked") == 2
    [entry] = audit.opened(AuditEntry.objects.all())
    assert (entry.entry.action, entry.entry.person, entry.before, entry.after) == (
        "agree_to_be_shown", ann.employee, None, {"names": "staff", "photo": "team"},
    )  # fmt: skip


def test_saying_what_the_rule_says_already_is_saying_something(ann):
    assert said(ann, ShownTo.TEAM)
    assert AuditEntry.objects.count() == 1
    assert said(ann, ShownTo.TEAM) is False
    assert AuditEntry.objects.count() == 1
    default_is("staff", ann)
    assert consent_of(ann.employee).names == ShownTo.TEAM


@pytest.mark.parametrize(
    "posted, field",
    [
        ({"names": "1", "photo": "2"}, "photo"),
        ({"names": "4", "photo": "0"}, "names"),
        ({"names": "x", "photo": "0"}, "names"),
        ({"photo": "0"}, "names"),
        ({}, "names"),
    ],
)
def test_a_wrong_answer_says_why_and_changes_nothing(posted, field, ann, client):
    said(ann, ShownTo.PUBLIC)
    client.force_login(ann)
    answer = client.post(ADDRESS, posted)
    assert answer.status_code == 200
    assert answer.context["consent_form"].errors[field]
    assert given_by(ann.employee) == Agreed(ShownTo.PUBLIC, ShownTo.NOBODY)
    assert AuditEntry.objects.count() == 1


def test_nobody_says_it_for_somebody_else(ann, dee):
    with pytest.raises(ConsentRefused, match="Only the person"):
        agree(ann.employee, Agreed(ShownTo.PUBLIC, ShownTo.PUBLIC), by=dee, now=timezone.now())
    assert not Consent.objects.exists()


def test_others_hear_of_it_after_it_is_made(ann, django_capture_on_commit_callbacks):
    heard = []

    def hear(**facts):
        heard.append(facts["employee_id"])

    consent_changed.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            said(ann, ShownTo.STAFF)
            assert heard == []
    finally:
        consent_changed.disconnect(hear)
    assert heard == [ann.employee.pk]


def test_somebody_with_a_pin_alone_says_it_at_a_shared_device(ann, client):
    client.force_login(ann)
    session = client.session
    session[SHARED_SESSION] = True
    session.save()
    assert f'href="{ADDRESS}"' in client.get("/").content.decode()
    assert client.post(ADDRESS, {"names": "0", "photo": "0"}).status_code == 302
    assert given_by(ann.employee).names == ShownTo.NOBODY


# The card on the first page


def test_who_has_not_chosen_is_asked_once(ann, system, client):
    default_is("staff", system)
    client.force_login(ann)
    text = client.get("/").content.decode()
    assert "Where may your name be shown?" in text
    assert "the company's rule holds: all colleagues." in text
    client.post(ADDRESS, {"names": "0", "photo": "0"})
    assert "Where may your name be shown?" not in client.get("/").content.decode()


# HR and auditors see it, and do not change it


@pytest.mark.parametrize("reader, sees", [("dee", True), ("max_auditor", True), ("bob", False),
                                          ("root", False), ("fay", False)])  # fmt: skip
def test_hr_and_auditors_see_what_was_agreed(reader, sees, ann, request, client):
    user = request.getfixturevalue(reader)
    client.force_login(user)
    text = client.get("/people/ann/").content.decode()
    assert ("Nothing said yet. By the company's rule" in text) is sees
    said(ann, ShownTo.STAFF, ShownTo.TEAM)
    text = client.get("/people/ann/").content.decode()
    agreed = "the name may be read by all colleagues, the photo seen by the department."
    assert (agreed in text) is sees
    assert "/account/shown/" not in text.partition("<main")[2]


def test_of_somebody_erased_nothing_is_said(ann, dee, client):
    ann.employee.erased_at = timezone.now()
    ann.employee.save()
    client.force_login(dee)
    assert "Nothing said yet" not in client.get("/people/ann/").content.decode()


# The company's rule


@pytest.mark.parametrize("value", ["public", "everybody", "", "TEAM"])
def test_no_rule_shows_anybody_outside(value, system):
    with pytest.raises(ValueError, match="nobody, team or staff"):
        default_is(value, system)
    assert not Policy.objects.exists()
