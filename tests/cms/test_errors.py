"""What is not there, or closed, says so in the house's look, at addresses of Wagtail's too."""

import pytest
from wagtail.models import PageViewRestriction

from cms.models import ActionsPage
from tests.cms.written import announce, make_story
from tests.recognition.test_award_views import text

pytestmark = pytest.mark.django_db
NOWHERE = (
    "/nowhere/", "/stories/nowhere/", "/announcements/nowhere/", "/documents/9/nothing.pdf",
    "/results/2026-03-02/", "/public/",
)  # fmt: skip


@pytest.mark.parametrize("path", NOWHERE)
@pytest.mark.parametrize(
    ("language", "said"), [("en", "This does not exist"), ("zh-hans", "不存在")]
)
def test_what_is_not_there_says_so_in_both_languages(client, ann, path, language, said):
    client.force_login(ann)
    answer = client.get(path, headers={"accept-language": language})
    assert answer.status_code == 404
    page = answer.content.decode()
    assert said in page
    assert "css/frame.css" in page


def test_what_is_taken_down_is_not_there(client, ann):
    page = make_story("The parcel")
    page.unpublish()
    ActionsPage.objects.get().unpublish()
    client.force_login(ann)
    for path in ("/stories/the-parcel/", "/you-said-we-did/"):
        assert client.get(path).status_code == 404


def test_a_password_is_asked_for_in_the_same_look(client, ann):
    page = announce("The plan")
    PageViewRestriction.objects.create(page=page, restriction_type="password", password="open")
    client.force_login(ann)
    asked = client.get("/announcements/the-plan/")
    assert "A password is needed" in text(asked)
    assert "css/frame.css" in asked.content.decode()
    assert "The plan in short." not in text(asked)
    action = asked.content.decode().split('action="')[1:]
    address = next(each.split('"')[0] for each in action if "authenticate" in each.split('"')[0])
    form = {"password": "open", "return_url": "/announcements/the-plan/"}
    assert "The plan in short." in text(client.post(address, form, follow=True))
