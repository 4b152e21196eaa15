"""HR's pages of polls: they work, others stay out, and a key is shown once and kept nowhere."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from people.models import AuditEntry, Notice, OutgoingMail
from surveys.models import Question, Wave
from surveys.rules.questionnaire import Kind
from surveys.rules.sealing import read
from surveys.services.drafting import copy, name_holder
from surveys.services.library import NewQuestion, Said, add_question, reword
from surveys.services.starters import begin_from
from tests.conftest import TUESDAY_NOON

pytestmark = pytest.mark.django_db
ABOUT = {
    "name_en": "Our poll", "name_zh-hans": "调查", "intro_en": "Hello.", "intro_zh-hans": "",
    "opens_at": "2027-03-03T08:00", "closes_at": "2027-03-13T08:00", "level": "anonymous",
    "fewest_scores": "7", "fewest_comments": "10", "fewest_rates": "7",
}  # fmt: skip


@pytest.fixture
def hr(client, dee):
    client.force_login(dee)
    return client


@pytest.fixture
def draft(dee) -> Wave:
    return begin_from("pulse", "pulse", "Three questions", by=dee, now=TUESDAY_NOON)


def at(name: str, *args) -> str:
    return reverse(name, args=args or ["pulse"])


def test_hr_makes_a_poll_of_a_template(hr):
    sent = {"begins": "satisfaction", "code": "2027", "name": "Yearly poll"}
    response = hr.post(reverse("new-poll"), sent, follow=True)
    assert response.redirect_chain == [("/polls/of/2027/", 302)]
    assert "I am proud to say that I work here." in response.content.decode()
    assert Wave.objects.get().items.count() == 38


def test_a_code_that_is_taken_is_said_at_its_field(hr, draft):
    response = hr.post(reverse("new-poll"), {"begins": "nothing", "code": "pulse", "name": "Again"})
    assert response.context["form"].errors == {
        "code": ["There is a poll with the code pulse."]
    }  # fmt: skip
    assert Wave.objects.count() == 1


def test_hr_says_what_it_is_called_and_when_it_is_open(hr, draft):
    assert hr.post(at("describe-poll"), ABOUT).status_code == 302
    draft.refresh_from_db()
    assert (draft.name, draft.names, draft.intros) == (
        "Our poll", {"zh-hans": "调查"}, {"en": "Hello."},
    )  # fmt: skip
    assert draft.opens_at.isoformat() == "2027-03-03T08:00:00+00:00"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"fewest_scores": "4"}, "fewest_scores"), ({"fewest_comments": "9"}, "fewest_comments"),
     ({"level": "blind"}, "level"), ({"name_en": ""}, "name_en"),
     ({"closes_at": "2027-03-01T08:00"}, "closes_at"), ({"opens_at": "9999-12-31"}, "opens_at")],
)  # fmt: skip
def test_what_no_poll_may_promise_is_said_at_its_field(hr, draft, wrong, field):
    response = hr.post(at("describe-poll"), ABOUT | wrong)
    assert list(response.context["form"].errors) == [field]


def test_a_question_is_put_after_answers_to_another(hr, draft):
    sent = {"section": "1", "wording": "1", "after": "1"}
    first = hr.post(at("poll-question", "pulse", 4), sent)
    assert list(first.context["form"].errors) == ["answers"]
    assert "1 Very bad" in first.content.decode()
    assert (
        hr.post(at("poll-question", "pulse", 4), sent | {"answers": ["1", "2"]}).status_code == 302
    )
    item = draft.items.get(number=4)
    assert (item.only_if, item.only_if_answers) == (1, [1, 2])


def test_questions_are_added_moved_and_taken_out(hr, draft, dee):
    new = NewQuestion("shift", Kind.CHOICE, {"en": Said("Shift?", labels=("Day", "Night"))})
    add_question(new, by=dee, now=TUESDAY_NOON)
    hr.post(at("add-poll-questions"), {"section": "1", "questions": ["shift"]})
    hr.post(at("move-poll-question", "pulse", 7), {"up": ""})
    hr.post(at("take-out-poll-question", "pulse", 7))
    response = hr.post(at("take-out-poll-question", "pulse", 1), follow=True)
    assert "asked only after this one" in response.content.decode()
    codes = [item.wording.question.code for item in draft.items.order_by("number")]
    assert codes == [
        "pulse-overall", "pulse-overall-better", "pulse-stay", "pulse-stay-better",
        "pulse-recommend", "shift",
    ]  # fmt: skip


def test_a_question_has_its_history_and_says_where_its_trend_breaks(hr, draft, dee):
    page = hr.get(at("library-question", "pulse-stay")).content.decode()
    assert "its trend line is whole" in page
    question = Question.objects.get(code="pulse-stay")
    reword(question, {"en": Said("Would you stay?")}, by=dee, now=TUESDAY_NOON)
    page = hr.get(at("library-question", "pulse-stay")).content.decode()
    assert "It was put differently before: its trend line breaks" in page
    assert "Would you stay if you were offered" in page


def test_a_copy_asks_which_old_wordings_to_keep(hr, draft, dee):
    question = Question.objects.get(code="pulse-stay")
    reword(question, {"en": Said("Would you stay?")}, by=dee, now=TUESDAY_NOON)
    page = hr.get(at("copy-poll")).content.decode()
    assert (
        "3. Would you stay if you were offered a similar job elsewhere? → Would you stay?" in page
    )
    hr.post(at("copy-poll"), {"code": "next", "name": "Next", "keep": ["3"]})
    assert Wave.objects.get(code="next").items.get(number=3).wording.number == 1


def test_the_checklist_says_all_that_is_missing_and_where_to_mend_it(hr, draft):
    page = hr.get(at("launch-poll")).content.decode()
    assert "Say when it opens and when it closes." in page
    assert f'<a href="{at("describe-poll")}">' in page
    assert f'<a href="{at("poll-holder")}">' in page
    assert "Launch</button>" not in page
    response = hr.post(at("launch-poll"), follow=True)
    assert "HR has not taken its key yet." in response.content.decode()
    assert Wave.objects.get().state == "draft"


def code_on(page: str) -> str:
    [code] = re.findall(r"<code>([0-9A-Z-]{60,80})</code>", page)
    return code


def test_from_two_keys_to_the_launch(hr, draft, ann, client):
    hr.post(at("describe-poll"), ABOUT)
    hr.post(at("poll-holder"), {"employee": "ann"})
    own = hr.post(at("take-hr-key"))
    client.force_login(ann)
    other = client.post(at("take-second-key"))
    codes = {code_on(each.content.decode()) for each in (own, other)}
    assert len(codes) == 2
    assert len({read(code) for code in codes}) == 2
    client.force_login(Wave.objects.get().made_by)
    assert "Nothing: it can be launched." in client.get(at("launch-poll")).content.decode()
    client.post(at("launch-poll"))
    wave = Wave.objects.get()
    assert (wave.state, wave.name, wave.invitations.count()) == ("open", "Our poll", 2)
    assert Notice.objects.filter(kind="poll-invited").count() == 2


def test_a_code_is_in_its_answer_and_nowhere_else(hr, draft, caplog):
    caplog.set_level("DEBUG")
    response = hr.post(at("take-hr-key"))
    code = code_on(response.content.decode())
    assert "no-store" in response["Cache-Control"]
    kept = [session.get_decoded() for session in Session.objects.all()]
    kept += list(AuditEntry.objects.values()) + list(OutgoingMail.objects.values())
    kept += list(Wave.objects.values()) + list(response.cookies.items())
    secret = read(code)
    for trace in (code, code.replace("-", ""), secret.hex(), repr(secret)):
        assert trace not in str(kept) + caplog.text
    assert code not in hr.get(at("launch-poll")).content.decode()
    assert hr.get(at("take-hr-key")).status_code == 405


def test_a_key_is_taken_after_the_second_factor_was_shown_again(client, dee, ann, draft, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    name_holder(draft, ann.employee, by=dee)
    for user, name in ((dee, "take-hr-key"), (ann, "take-second-key"), (dee, "launch-poll")):
        client.force_login(user, second_factor=False)
        assert client.post(at(name)).status_code == 302
    wave = Wave.objects.get()
    assert (wave.hr_key, wave.staff_key, wave.state) == (None, None, "draft")


def test_only_whoever_is_named_takes_the_staffs_key(hr, client, draft, ann, cas, dee):
    name_holder(draft, ann.employee, by=dee)
    assert hr.post(at("take-second-key")).status_code == 404
    client.force_login(cas)
    assert client.post(at("take-second-key")).status_code == 404
    assert Wave.objects.get().staff_key is None
    client.force_login(ann)
    assert "Take the key" in client.get(at("take-second-key")).content.decode()
    assert "A poll's key waits for you" in client.get("/").content.decode().replace("&#x27;", "'")


def test_a_preview_is_in_every_language_and_sends_nothing(hr, draft):
    page = hr.get(at("preview-poll"), {"device": "kiosk", "in": "zh-hans"}).content.decode()
    assert 'class="as-on-kiosk"' in page
    assert 'lang="zh-Hans"' in page
    assert "总的来说，您觉得在这里工作怎么样？" in page
    assert '<html lang="en">' in page
    odd = hr.get(at("preview-poll"), {"device": "fridge", "in": "xx"}).content.decode()
    assert 'class="as-on-phone"' in odd
    assert "All in all, how is it to work here?" in odd
    form = re.search(r'<form class="as-on-phone".*?</form>', odd, re.S)[0]
    assert 'method="get"' in form
    assert re.findall(r'<button type="(\w+)"', form).count("submit") == 0


def test_auditors_read_and_change_nothing(client, draft, max_auditor):
    client.force_login(max_auditor)
    page = client.get(at("poll")).content.decode()
    assert "All in all, how is it to work here?" in page
    assert "<button" not in page.split("<main")[1].split("</main>")[0]
    assert client.post(at("describe-poll"), ABOUT).status_code == 403


def test_hr_finds_what_to_do_on_the_first_page(hr, draft):
    page = hr.get("/").content.decode()
    assert '<a href="/polls/of/pulse/">Three questions</a>: draft: prepare and launch it' in page


@pytest.mark.parametrize(("name", "args"), [("polls", []), ("library", []), ("poll", ["pulse"])])
def test_pages_ask_as_much_for_ten_as_for_one(hr, draft, dee, name, args):
    address = reverse(name, args=args)
    hr.get(address)
    with CaptureQueriesContext(connection) as few:
        hr.get(address)
    for number in range(10):
        copy(draft, f"copy{number}", "Copy", by=dee)
        new = NewQuestion(f"more{number}", Kind.COMMENT, {"en": Said("More?")})
        add_question(new, by=dee, now=TUESDAY_NOON)
    hr.post(
        at("add-poll-questions"),
        {"section": "1", "questions": [f"more{number}" for number in range(10)]},
    )
    hr.get(address)  # which shows the message of what was done
    with CaptureQueriesContext(connection) as many:
        hr.get(address)
    assert len(many) == len(few)
