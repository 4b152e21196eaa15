"""What somebody wants to be called: a name, one's own, and nobody else's."""

import pytest
from django.utils import timezone

from people.models import AuditEntry, Employee
from people.names import is_a_name, legible, looks_like, mixed_word
from people.services import audit
from people.services.nicknames import NicknameRefused, call_oneself

ADDRESS = "/account/shown/nickname/"


def called(user, nickname: str) -> bool:
    return call_oneself(user.employee, nickname, by=user, now=timezone.now())


def refused(user, nickname: str) -> str:
    with pytest.raises(NicknameRefused) as found:
        called(user, nickname)
    assert not AuditEntry.objects.exists()
    return str(found.value)


@pytest.mark.parametrize(
    "text, seen",
    [
        ("  Annie   B. ", "Annie B."),
        ("An\u200bnie", "Annie"),
        ("\u202eeinnA", "einnA"),
        ("An\x00nie\r\n", "An nie"),
        ("A\u0301nna", "Ánna"),
        ("سارا\u200cجان", "سارا\u200cجان"),
        ("👩\u200d💻 Ada", "👩\u200d💻 Ada"),
    ],
)
def test_what_nobody_sees_is_taken_out(text, seen):
    assert legible(text) == seen


@pytest.mark.parametrize(
    "text, is_one",
    [("Annie", True), ("小明", True), ("R2", True), ("नीता", True), ("สมชาย", True),
     ("Nguyễn", True),
     ("123", False), ("😀", False), ("—", False), ("A\u0335\u0336\u0337nn", False)],
)  # fmt: skip
def test_a_name_has_a_letter_and_no_pile_of_marks(text, is_one):
    assert is_a_name(text) is is_one


@pytest.mark.parametrize(
    "text, word",
    [
        ("Аnn", "Аnn"),  # Cyrillic А
        ("Bοb", "Bοb"),  # Greek ο
        ("Ann Иванова", ""),
        ("王小明Ming", "王小明Ming"),
        ("山田さん", ""),
        ("김철수金", ""),
        ("Ａｎｎ", ""),
        ("𝐀𝐧𝐧", ""),
        ("Ann2", ""),
        ("Ελένη", ""),
    ],
)
def test_a_word_is_written_in_one_alphabet(text, word):
    assert mixed_word(text) == word


@pytest.mark.parametrize(
    "text, name",
    [
        ("BOB", "bob"), ("Bób", "bob"), ("ВоЬ", "bob"), ("B0b", "bob"), ("B\u200fob", "bob"),
        ("Ｂｏｂ", "bob"), ("𝓑𝓸𝓫", "bob"), ("Сара", "capa"), ("Capa", "сара"), ("ΑΝΝΑ", "anna"),
        ("王小明", "wang xiao ming"),
    ],
)  # fmt: skip
def test_a_name_is_known_by_its_looks(text, name):
    assert name in looks_like(text)


@pytest.mark.django_db
def test_somebody_is_found_by_the_nickname_and_the_log_says_so(ann, client):
    assert called(ann, "  Annie ")
    assert called(ann, "Annie") is False
    assert called(ann, "")
    employee = Employee.objects.get(user=ann)
    assert (employee.known_as, "annie" in employee.search_text) == ("", False)
    assert called(ann, "小安")
    client.force_login(ann)
    assert "/people/ann/" in client.get("/people/?search=xiaoan").content.decode()
    entries = audit.opened(AuditEntry.objects.order_by("pk"))
    assert [(e.entry.action, e.entry.person_id, e.before, e.after) for e in entries] == [
        ("call_oneself", employee.pk, {"known_as": ""}, {"known_as": "Annie"}),
        ("call_oneself", employee.pk, {"known_as": "Annie"}, {"known_as": ""}),
        ("call_oneself", employee.pk, {"known_as": ""}, {"known_as": "小安"}),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("nickname", ["Bob", "b o b", "ВоЬ", "B0B", "ｂｏｂ", "Bób", "b\u200eob"])
def test_a_nickname_is_not_taken_for_a_colleague(nickname, ann, bob):
    bob.employee.name = "B O B" if " " in nickname else "Bob"
    bob.employee.save()
    assert "could be taken for" in refused(ann, nickname)


@pytest.mark.django_db
def test_a_colleagues_chinese_name_by_its_sound_is_refused(ann, bob):
    Employee.objects.filter(user=bob).update(name="王小明", sort_key="wang xiao ming")
    assert "王小明" in refused(ann, "Wang Xiao Ming")


@pytest.mark.django_db
def test_ones_own_name_is_ones_own_whoever_has_it_too(ann, bob):
    bob.employee.name = "Ann"
    bob.employee.save()
    assert called(ann, "ANN")


@pytest.mark.django_db
def test_the_name_of_somebody_who_has_left_is_free(ann, bob):
    Employee.objects.filter(user=bob).update(left_on="2021-01-01")
    assert called(ann, "Bob")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "nickname, reason",
    [("x" * 61, "longer than 60"), ("12", "needs a letter"), ("Аnnie", "mixes letters")],
)
def test_what_is_no_name_is_refused_with_a_reason(nickname, reason, ann):
    assert reason in refused(ann, nickname)
    assert Employee.objects.get(user=ann).known_as == ""


@pytest.mark.django_db
def test_nobody_names_somebody_else(ann, dee):
    with pytest.raises(NicknameRefused, match="Only the person"):
        call_oneself(ann.employee, "Annie", by=dee, now=timezone.now())


@pytest.mark.django_db
def test_the_page_keeps_it_or_says_what_is_wrong(ann, bob, client):
    client.force_login(ann)
    assert client.post(ADDRESS, {"nickname": "Annie"}).url == "/account/shown/"
    assert 'value="Annie"' in client.get("/account/shown/").content.decode()
    assert "Annie" in client.get("/people/ann/").content.decode()
    answer = client.post(ADDRESS, {"nickname": "Bob"})
    assert answer.status_code == 200
    assert "could be taken for Bob" in answer.content.decode()
    assert Employee.objects.get(user=ann).known_as == "Annie"


@pytest.mark.django_db
def test_a_nickname_is_shown_as_text(ann, client):
    client.force_login(ann)
    client.post(ADDRESS, {"nickname": "<b>x</b><script>alert(1)</script>"})
    for path in ("/account/shown/", "/people/ann/"):
        text = client.get(path).content.decode()
        assert "<b>x" not in text
        assert "&lt;b&gt;x" in text
