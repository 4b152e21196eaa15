"""Notices: one a person and thing, in the reader's language, by the way the reader wants."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext

from people.models import (
    AuditEntry,
    Employee,
    Notice,
    NoticeChoice,
    OutgoingMail,
    Role,
    Site,
    User,
)
from people.services import notices
from people.services.account_notices import IMPORT, PASSWORD, ROLES, tell_of_device
from people.services.digests import send_digests
from people.services.invitations import accept, invite, waiting_invitation
from people.services.notices import Kind, News, choose, tell, tell_all, text_of
from people.services.outbox import send_waiting
from people.services.roles import change_roles
from tests.conftest import make_department, make_person
from tests.incentives.test_day_view import queries_of
from tests.people.mail_server import MailServer, use
from tests.people.test_import_view import upload

pytestmark = pytest.mark.django_db

MONDAY_NIGHT = datetime(2026, 3, 2, 22, 0, tzinfo=UTC)
TUESDAY_BEFORE_SEVEN = datetime(2026, 3, 3, 6, 59, tzinfo=UTC)
TUESDAY_AT_SEVEN = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)


def words(facts) -> str:
    return f"{gettext('Figures')}: {facts['n']}"


NOW_AND_HERE = Kind("test-at-once", "At once", words, way="at_once")
DAILY = Kind("test-daily", "Daily", words, way="digest")
HERE = Kind("test-here", "Here", words, way="here")


@pytest.fixture(autouse=True)
def test_kinds(monkeypatch):
    monkeypatch.setattr(notices, "_kinds", dict(notices._kinds))
    notices.register(NOW_AND_HERE, DAILY, HERE)


@pytest.fixture
def clock():
    with time_machine.travel(MONDAY_NIGHT, tick=False) as traveller:
        yield traveller


def mails() -> list[tuple[str, str]]:
    return list(OutgoingMail.objects.order_by("id").values_list("to", "subject"))


def say(user, kind=DAILY, key="k", n=1, path="/days/") -> bool:
    return tell(user, kind, key=key, facts={"n": n}, path=path)


# Telling


def test_a_thing_is_told_once_with_its_mail(ann):
    assert say(ann, NOW_AND_HERE)
    assert not say(ann, NOW_AND_HERE, n=2)
    notice = Notice.objects.get()
    assert (notice.user, notice.kind, notice.facts, notice.path) == (
        ann, "test-at-once", {"n": 1}, "/days/",
    )  # fmt: skip
    assert mails() == [("ann@example.org", "At once")]


def test_the_same_thing_is_told_to_each_person(ann, bob):
    assert tell_all(NOW_AND_HERE, [News(u, "k", {"n": 1}) for u in (ann, bob, ann)]) == 2
    assert sorted(mails()) == [("ann@example.org", "At once"), ("bob@example.org", "At once")]


def test_what_is_told_with_a_change_that_was_taken_back_was_never_told(ann):
    with pytest.raises(ValueError, match="no"), transaction.atomic():
        say(ann, NOW_AND_HERE)
        raise ValueError("no")
    assert (Notice.objects.count(), mails()) == (0, [])


@pytest.mark.parametrize(
    ("kind", "chosen", "mailed"),
    [(NOW_AND_HERE, None, True), (DAILY, None, False), (HERE, None, False),
     (NOW_AND_HERE, "digest", False), (NOW_AND_HERE, "here", False), (DAILY, "at_once", True),
     (PASSWORD, "here", True)],
)  # fmt: skip
def test_a_mail_goes_at_once_only_where_the_reader_wants_it(ann, kind, chosen, mailed):
    if chosen:
        NoticeChoice.objects.create(user=ann, kind=kind.code, way=chosen)
    say(ann, kind)
    assert bool(mails()) == mailed
    assert Notice.objects.count() == 1


def test_nobody_is_mailed_without_an_address_or_after_the_last_day(ann, bob, cas):
    User.objects.filter(pk=ann.pk).update(email="")
    User.objects.filter(pk=bob.pk).update(is_active=False)
    Employee.objects.filter(user=cas).update(left_on=date(2026, 1, 1))
    for user in (ann, bob, cas):
        say(user, NOW_AND_HERE)
    assert (Notice.objects.count(), mails()) == (3, [])


def test_a_thousand_are_told_in_few_queries(claims, system):
    users = User.objects.bulk_create(
        User(username=f"u{n}", email=f"u{n}@example.org") for n in range(1000)
    )
    with CaptureQueriesContext(connection) as found:
        tell_all(NOW_AND_HERE, [News(user, "k", {"n": 1}) for user in users])
    assert (Notice.objects.count(), OutgoingMail.objects.count()) == (1000, 1000)
    assert len(found) < 40


def test_a_mail_of_a_notice_arrives_in_the_readers_language(ann, settings):
    settings.BASE_URL = "https://bonus.example.org"
    Employee.objects.filter(user=ann).update(language="zh-Hans", name="安")
    with MailServer() as server:
        use(settings, server.port)
        say(ann, NOW_AND_HERE, n=97)
        assert send_waiting() == 1
    [message] = server.mailbox.taken
    text = message.get_content().replace("\r\n", "\n")
    assert message["To"] == "ann@example.org"
    assert "数据: 97" in text
    assert f"https://bonus.example.org/notices/{Notice.objects.get().pk}/" in text
    assert "https://bonus.example.org/notices/choices/" in text
    assert "&" not in text


def test_a_notice_of_a_kind_that_is_gone_shows_its_code(ann):
    notice = Notice.objects.create(user=ann, kind="gone", key="k")
    assert text_of(notice) == "gone"


# The digest


def test_a_digest_goes_at_seven_and_never_twice(ann, clock):
    say(ann, key="a", n=1)
    say(ann, key="b", n=2)
    assert send_digests(now=TUESDAY_BEFORE_SEVEN) == 0
    assert send_digests(now=TUESDAY_AT_SEVEN) == 1
    mail = OutgoingMail.objects.get()
    assert (mail.key, mail.to, mail.subject) == (
        f"digest:{ann.pk}:2026-03-03", "ann@example.org", "2 pieces of news",
    )  # fmt: skip
    first, second = Notice.objects.order_by("id")
    assert mail.body.index(f"/notices/{first.pk}/") < mail.body.index(f"/notices/{second.pk}/")
    assert "Figures: 1" in mail.body
    assert send_digests(now=TUESDAY_AT_SEVEN + timedelta(hours=1)) == 0
    assert send_digests(now=TUESDAY_AT_SEVEN + timedelta(days=1)) == 0


def test_what_comes_after_seven_is_in_the_next_days_digest(ann, clock):
    clock.move_to(TUESDAY_AT_SEVEN + timedelta(minutes=1))
    say(ann)
    assert send_digests(now=datetime(2026, 3, 3, 23, 0, tzinfo=UTC)) == 0
    assert send_digests(now=TUESDAY_AT_SEVEN + timedelta(days=1)) == 1


def test_a_second_digest_of_a_day_is_never_sent(ann, clock):
    say(ann, key="a")
    send_digests(now=TUESDAY_AT_SEVEN)
    Notice.objects.update(mailed_at=None)
    assert send_digests(now=TUESDAY_AT_SEVEN) == 0
    assert OutgoingMail.objects.count() == 1


def test_seven_is_where_the_person_works(ann, clock, system):
    far = Site.objects.create(code="SH", name="Shanghai", time_zone="Asia/Shanghai")
    li = make_person("li", make_department("SHANGHAI", far), by=system)
    say(ann)
    say(li)
    clock.move_to(MONDAY_NIGHT + timedelta(minutes=59))
    assert send_digests(now=datetime(2026, 3, 2, 22, 59, tzinfo=UTC)) == 0
    assert send_digests(now=datetime(2026, 3, 2, 23, 0, tzinfo=UTC)) == 1
    assert OutgoingMail.objects.get().key == f"digest:{li.pk}:2026-03-03"


def test_who_works_nowhere_is_mailed_by_the_companys_clock(ann, clock, settings):
    settings.TIME_ZONE = "Asia/Tokyo"
    ann.employee.memberships.all().delete()
    say(ann)
    assert send_digests(now=datetime(2026, 3, 2, 22, 0, 1, tzinfo=UTC)) == 0  # made at seven
    assert send_digests(now=datetime(2026, 3, 3, 22, 0, tzinfo=UTC)) == 1


def test_a_digest_holds_only_what_is_unread_unmailed_and_wanted(ann, clock):
    say(ann, key="read")
    Notice.objects.update(read_at=MONDAY_NIGHT)
    say(ann, HERE, key="here")
    say(ann, NOW_AND_HERE, key="mailed")
    NoticeChoice.objects.create(user=ann, kind=HERE.code, way="here")
    assert send_digests(now=TUESDAY_AT_SEVEN) == 0
    NoticeChoice.objects.update(way="digest")
    assert send_digests(now=TUESDAY_AT_SEVEN) == 1
    assert OutgoingMail.objects.get(key__startswith="digest").subject == "1 piece of news"


def test_who_does_not_want_a_digest_gets_none(ann, clock):
    NoticeChoice.objects.create(user=ann, kind=DAILY.code, way="here")
    say(ann)
    assert send_digests(now=TUESDAY_AT_SEVEN) == 0


@pytest.mark.parametrize("change", ["no address", "left", "closed"])
def test_who_is_gone_gets_no_digest(ann, clock, change):
    say(ann)
    if change == "left":
        Employee.objects.filter(user=ann).update(left_on=date(2026, 3, 2))
    else:
        User.objects.update(**({"email": ""} if change == "no address" else {"is_active": False}))
    assert send_digests(now=TUESDAY_AT_SEVEN) == 0


def test_a_digest_is_in_the_readers_language(ann, clock):
    Employee.objects.filter(user=ann).update(language="zh-hans")
    say(ann, n=97)
    send_digests(now=TUESDAY_AT_SEVEN)
    assert "数据: 97" in OutgoingMail.objects.get().body


def test_run_due_sends_the_digest(ann, clock, site):
    say(ann)
    clock.move_to(TUESDAY_AT_SEVEN)
    call_command("run_due")
    call_command("run_due")
    assert OutgoingMail.objects.get().state == "sent"


def test_digests_of_a_hundred_cost_few_queries_more_than_their_writing(claims, system, clock):
    users = [make_person(f"p{n}", claims, by=system) for n in range(20)]
    tell_all(DAILY, [News(user, f"k{n}", {"n": n}) for user in users for n in range(5)])
    with CaptureQueriesContext(connection) as found:
        assert send_digests(now=TUESDAY_AT_SEVEN) == 20
    assert len(found) < 15 + 20 * 7
    with CaptureQueriesContext(connection) as found:
        assert send_digests(now=TUESDAY_AT_SEVEN) == 0
    assert len(found) == 1


# What is told of the account


def sign_in(client, browser="Mozilla/5.0 (Windows NT 10.0) Firefox/140.0", **more):
    return client.post(
        "/sign-in/", {"login": "ann", "password": "secret"}, HTTP_USER_AGENT=browser, **more
    )


def of_devices(user) -> list[tuple[bool, str]]:
    found = Notice.objects.filter(user=user, kind="new-device").order_by("id")
    return [(notice.read_at is not None, notice.facts["browser"]) for notice in found]


def test_the_first_device_is_remembered_and_a_new_one_is_told_of(client, ann):
    sign_in(client)
    assert (len(of_devices(ann)), mails()) == (1, [])
    assert of_devices(ann)[0][0]
    client.post("/sign-out/")
    sign_in(client, "Mozilla/5.0 (Windows NT 11.0) Firefox/141.5")
    assert len(of_devices(ann)) == 1
    client.post("/sign-out/")
    sign_in(client, "curl/8.5")
    assert of_devices(ann)[1:] == [(False, "curl/8.5")]
    assert mails() == [("ann@example.org", "Signed in on a new device")]
    client.post("/sign-out/")
    sign_in(client, "curl/9")
    assert len(mails()) == 1


def test_the_other_kind_of_address_is_a_new_device(ann):
    def seen(address) -> bool:
        return tell_of_device(ann, browser="curl", address=address, now=MONDAY_NIGHT)

    found = [seen(a) for a in ("192.0.2.1", "198.51.100.7", "2001:db8::1", "2001:db8::2", None)]
    assert found == [False, False, True, False, False]


def test_a_refused_sign_in_is_no_device(client, ann):
    client.post("/sign-in/", {"login": "ann", "password": "wrong"})
    assert of_devices(ann) == []


def test_a_changed_password_is_told_of_at_once(client, ann):
    client.force_login(ann)
    response = client.post(
        "/account/password/",
        {"oldpassword": "secret", "password1": "a-quite-long-one", "password2": "a-quite-long-one"},
    )
    assert response.status_code == 302
    assert mails() == [("ann@example.org", "Your password was changed")]
    assert "If that was not you" in OutgoingMail.objects.get().body


def test_a_password_reset_through_an_invitation_is_told_of(ann, dee):
    """Whoever may invite could otherwise take over an account unseen."""
    User.objects.filter(pk=ann.pk).update(last_login=MONDAY_NIGHT)
    link = invite(ann.employee, way="slip", by=dee)
    accept(waiting_invitation(link.rstrip("/").rpartition("/")[2]), password="a-quite-long-one")
    assert mails() == [("ann@example.org", "Your password was changed")]


def test_a_second_factor_added_and_removed_is_told_of_at_once(client, ann):
    client.force_login(ann)
    request = client.get("/notices/").wsgi_request
    app = TOTP.activate(ann, generate_totp_secret()).instance
    codes = Authenticator(user=ann, type=Authenticator.Type.RECOVERY_CODES, data={})
    for signal in (authenticator_added, authenticator_removed):
        for authenticator in (app, codes):
            signal.send(Authenticator, request=request, user=ann, authenticator=authenticator)
    texts = [text_of(notice) for notice in Notice.objects.order_by("id")]
    assert [text.partition(" If")[0] for text in texts] == [
        "A second factor was added to your account.",
        "A second factor was removed from your account.",
    ]
    assert mails() == [("ann@example.org", "Your second factor was changed")] * 2


def test_changed_roles_are_told_of_in_words(ann, root, claims):
    User.objects.filter(pk=ann.pk).update(last_login=MONDAY_NIGHT)
    ann.refresh_from_db()
    wanted = {(Role.FINANCE, None), (Role.LEAD, claims.pk)}
    change_roles(ann, wanted, from_date=date(2026, 3, 2), reason="x", by=root)
    change_roles(ann, wanted, from_date=date(2026, 3, 2), reason="x", by=root)
    change_roles(ann, set(), from_date=date(2026, 3, 3), reason="x", by=root)
    assert [text_of(notice) for notice in Notice.objects.filter(user=ann).order_by("id")] == [
        "Your roles are now: finance, lead of Claims.",
        "Your roles were taken back.",
    ]
    assert mails() == [("ann@example.org", "Your roles have changed")] * 2


def test_who_never_signed_in_is_not_told_of_roles(ann, root):
    change_roles(ann, {(Role.EDITOR, None)}, from_date=date(2026, 3, 2), reason="x", by=root)
    assert not Notice.objects.filter(kind=ROLES.code).exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [("code,name,site\nSALES,Sales,HQ\n", "Your file d.csv is imported."),
     ("code,name,site\nSALES,Sales,NOWHERE\n", "")],
)  # fmt: skip
def test_an_import_is_told_of_when_it_was_applied_and_not_when_it_was_looked_at(
    client, dee, site, content, said
):
    client.force_login(dee)
    address = upload(client, content).url
    assert not Notice.objects.filter(kind=IMPORT.code).exists()
    client.post(f"{address}apply/")
    found = [(text_of(notice), notice.path) for notice in Notice.objects.filter(user=dee)]
    assert found == ([(said, address)] if said else [])


def test_an_import_that_fails_while_it_is_applied_is_told_of(client, dee, site):
    client.force_login(dee)
    address = upload(client, "code,name,site\nSALES,Sales,HQ\n").url
    Site.objects.update(code="OTHER")
    client.post(f"{address}apply/")
    [notice] = Notice.objects.filter(user=dee)
    assert text_of(notice) == "Your file d.csv was not imported; nothing was changed."


# The pages


@pytest.fixture
def as_ann(client, ann):
    client.force_login(ann)
    return client


def test_the_list_shows_the_newest_first_and_what_is_unread(as_ann, ann):
    say(ann, key="a", n=1)
    Notice.objects.update(read_at=MONDAY_NIGHT)
    say(ann, key="b", n=2)
    page = as_ann.get("/notices/").content.decode()
    assert page.index("Figures: 2") < page.index("Figures: 1")
    assert page.count('class="tag">new') == 1
    assert ">1</span>" in page


def test_following_a_notice_marks_it_as_read(as_ann, ann):
    say(ann)
    notice = Notice.objects.get()
    assert as_ann.get(f"/notices/{notice.pk}/").url == "/days/"
    notice.refresh_from_db()
    first = notice.read_at
    assert first is not None
    as_ann.get(f"/notices/{notice.pk}/")
    notice.refresh_from_db()
    assert notice.read_at == first


def test_a_notice_that_leads_nowhere_leads_back_to_the_list(as_ann, ann):
    say(ann, path="")
    assert as_ann.get(f"/notices/{Notice.objects.get().pk}/").url == "/notices/"


def test_somebody_elses_notice_is_not_found_and_stays_unread(as_ann, bob):
    say(bob, n=4711)
    assert as_ann.get(f"/notices/{Notice.objects.get().pk}/").status_code == 404
    assert b"4711" not in as_ann.get("/notices/").content
    as_ann.post("/notices/read/")
    assert Notice.objects.get().read_at is None


def test_all_are_marked_as_read_by_a_press_only(as_ann, ann):
    say(ann, key="a")
    say(ann, key="b")
    assert as_ann.get("/notices/read/").status_code == 405
    assert as_ann.post("/notices/read/").url == "/notices/"
    assert not Notice.objects.filter(read_at=None).exists()


def test_what_is_told_is_text_and_no_markup(as_ann, ann):
    say(ann, n="<script>alert(1)</script>")
    assert b"<script>alert" not in as_ann.get("/notices/").content


def test_the_list_as_a_file_has_the_texts(as_ann, ann):
    say(ann, n="=1+1")
    content = as_ann.get("/notices/?export=csv").content.decode()
    assert "Figures: =1+1" in content
    assert "<a" not in content


def test_the_list_costs_the_same_queries_with_1_10_and_1000_notices(as_ann, ann):
    costs = []
    as_ann.get("/notices/")
    for many in (1, 9, 990):
        before = Notice.objects.count()
        tell_all(DAILY, [News(ann, f"k{before + n}", {"n": n}) for n in range(many)])
        costs.append(queries_of(as_ann, "/notices/"))
    assert len(set(costs)) == 1


def test_one_chooses_how_to_be_told(as_ann, ann):
    page = as_ann.get("/notices/choices/")
    fields = page.context["form"].fields
    assert {"test-at-once", "test-daily", "test-here", "roles"} <= set(fields)
    # Not what only leads are told, and not what nobody switches off.
    assert not {"figures-awaited", "password", "new-device"} & set(fields)
    said = {name: field.initial for name, field in fields.items()} | {"test-daily": "here"}
    assert as_ann.post("/notices/choices/", said).url == "/notices/choices/"
    assert list(NoticeChoice.objects.values_list("user", "kind", "way")) == [
        (ann.pk, "test-daily", "here")
    ]
    entry = AuditEntry.objects.get(action="choose_notices")
    assert (entry.by, entry.before, entry.after) == (
        ann, {"test-daily": "digest"}, {"test-daily": "here"},
    )  # fmt: skip
    assert as_ann.get("/notices/choices/").context["form"].fields["test-daily"].initial == "here"


@pytest.mark.parametrize("said", [{}, {"test-daily": "by pigeon"}, {"password": "here"}])
def test_a_wrong_choice_changes_nothing(as_ann, ann, said):
    assert as_ann.post("/notices/choices/", said).status_code == 200
    assert not NoticeChoice.objects.exists()


def test_what_is_fixed_is_not_switched_off_past_the_form(ann):
    choose(ann, {"password": "here", "unknown": "here"})
    assert not NoticeChoice.objects.exists()


def test_a_lead_chooses_about_awaited_figures_too(client, bob):
    client.force_login(bob)
    assert "figures-awaited" in client.get("/notices/choices/").context["form"].fields


def test_without_an_address_there_is_nothing_to_choose(as_ann, ann):
    User.objects.update(email="")
    page = as_ann.get("/notices/choices/")
    assert "no e-mail address here" in page.content.decode()
    as_ann.post("/notices/choices/", {"test-daily": "at_once"})
    assert not NoticeChoice.objects.exists()


def test_the_account_menu_leads_to_the_notices(as_ann):
    assert b'href="/notices/"' in as_ann.get("/days/").content
