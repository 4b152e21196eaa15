"""Names in any script: folded to one key by which they sort and are found."""

import pytest

from people.models import Employee
from people.names import folded, search_text


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Óscar Arias", "oscar arias"),
        ("  Anna   MÜLLER ", "anna muller"),
        ("Łukasz Straße", "lukasz strasse"),
        ("王小明", "wang xiao ming"),
        ("Ｆｕｌｌ Ｗｉｄｔｈ", "full width"),
        ("Ольга", "ольга"),
        ("नरेन्द्र", "नरेनदर"),
        ("محمد", "محمد"),
        ("", ""),
    ],
)
def test_a_name_folds_to_its_key(name, key):
    assert folded(name) == key


def test_a_search_finds_a_chinese_name_by_characters_and_by_sound():
    text = search_text("E7", "王小明", "ming@example.com")
    assert all(part in text for part in ("e7", "王小明", "小明", "wang xiao", "ming@"))


@pytest.mark.django_db
def test_names_sort_together_whatever_their_script_and_marks():
    names = ["Zoe", "Ángel", "王小明", "andré", "Wanda", "Öztürk", "Oz"]
    Employee.objects.bulk_create(
        Employee(number=str(n), name=name, hired_on="2026-01-01") for n, name in enumerate(names)
    )
    found = list(Employee.objects.order_by("sort_key").values_list("name", flat=True))
    assert found == ["andré", "Ángel", "Oz", "Öztürk", "Wanda", "王小明", "Zoe"]


@pytest.mark.django_db
def test_a_new_name_is_found_at_once_and_the_old_one_no_more(ann):
    employee = ann.employee
    employee.name, employee.email = "Osric Old", ""
    employee.save()
    employee.name = "Renée Neu"
    employee.save()
    found = Employee.objects.filter(search_text__contains="renee neu")
    assert list(found) == [employee]
    assert not Employee.objects.filter(search_text__contains="osric").exists()
