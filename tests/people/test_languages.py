"""Whose language a page is in: by address, as chosen, the person's own, the browser's."""

import pytest
from django.conf import settings

from config.environment import languages
from people.models import AuditEntry
from people.services import audit

pytestmark = pytest.mark.django_db
ENGLISH, CHINESE = b'<html lang="en">', b'<html lang="zh-Hans">'


def test_the_browser_is_asked_when_nobody_has_chosen(client):
    page = client.get("/sign-in/", headers={"accept-language": "zh-CN,zh;q=0.9"})
    assert CHINESE in page.content
    assert ENGLISH in client.get("/sign-in/", headers={"accept-language": "fr"}).content


def test_the_persons_own_language_outweighs_the_browsers(client, ann):
    ann.employee.language = "zh-Hans"
    ann.employee.save()
    client.force_login(ann)
    assert CHINESE in client.get("/days/", headers={"accept-language": "en"}).content


def test_an_address_says_the_language_and_it_stays(client):
    assert CHINESE in client.get("/sign-in/?language=zh-hans").content
    assert CHINESE in client.get("/sign-in/").content


def test_an_address_with_an_unknown_language_changes_nothing(client):
    page = client.get("/sign-in/?language=tlh")
    assert ENGLISH in page.content
    assert settings.LANGUAGE_COOKIE_NAME not in page.cookies


def test_what_somebody_chooses_is_kept_with_the_person_and_logged(client, ann):
    client.force_login(ann)
    client.post("/language/", {"language": "zh-hans", "next": "/days/"})
    ann.employee.refresh_from_db()
    assert ann.employee.language == "zh-hans"
    [entry] = audit.opened(AuditEntry.objects.filter(action="choose_language"))
    assert (entry.before, entry.after) == ({"language": ""}, {"language": "zh-hans"})
    client.post("/language/", {"language": "zh-hans"})
    assert AuditEntry.objects.filter(action="choose_language").count() == 1


def test_a_language_that_is_not_offered_is_not_kept(client, ann):
    client.force_login(ann)
    client.post("/language/", {"language": "xx"})
    ann.employee.refresh_from_db()
    assert ann.employee.language == ""


def test_a_language_that_was_taken_away_falls_back(client, ann):
    ann.employee.language = "de"
    ann.employee.save()
    client.force_login(ann)
    assert ENGLISH in client.get("/days/").content


def test_a_third_language_is_one_file_away(tmp_path, monkeypatch):
    monkeypatch.delenv("LANGUAGES", raising=False)
    for code in ("zh_Hans", "de"):
        folder = tmp_path / code / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "django.mo").touch()
    found = [("en", "English"), ("de", "Deutsch"), ("zh-hans", "简体中文")]
    assert languages("LANGUAGES", tmp_path) == found
    monkeypatch.setenv("LANGUAGES", "de,en")
    assert languages("LANGUAGES", tmp_path) == [("de", "Deutsch"), ("en", "English")]


def test_a_language_without_a_file_is_refused_by_name(tmp_path, monkeypatch):
    monkeypatch.setenv("LANGUAGES", "en,fr")
    with pytest.raises(SystemExit, match="LANGUAGES: “fr” is not one of en"):
        languages("LANGUAGES", tmp_path)
