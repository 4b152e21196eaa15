"""Slips to print: everything on them can be read, in any script, and what can't is named."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.utils import translation
from pypdf import PdfReader

from people.services.fonts import MissingCharacters, font_of, lines, width
from people.services.slips import HEIGHT, Slip, slips_pdf

LINK = "https://ninetyfive.example.org/invitation/Zy8f_k3n2lJq0XwVt5aB7cD9eF1gH4iK/"


def slip(name="Ann", **more) -> Slip:
    return Slip(name, "10042", LINK, datetime(2026, 4, 1, 12, tzinfo=UTC), **more)


def pages_of(slips) -> list[str]:
    reader = PdfReader(BytesIO(slips_pdf(slips)))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


@pytest.mark.parametrize("name", ["Ann", "王小明", "Łukasz Żółć", "Петров Пётр", "喆昇 Ann", "₹é"])
def test_a_slip_has_name_number_link_and_last_day(name):
    [page] = pages_of([slip(name)])
    for part in (name, "Employee number 10042", "Wednesday 1 April 2026"):
        assert part in page
    assert LINK in page.replace(" ", "")


def test_four_slips_go_on_a_page():
    names = [f"Person {number}" for number in range(9)]
    pages = pages_of([slip(name) for name in names])
    assert [[name for name in names if name in page] for page in pages] == [
        names[:4], names[4:8], names[8:],
    ]  # fmt: skip


def test_a_slip_speaks_its_readers_language():
    chinese, english = pages_of([slip("王小明", language="zh-hans")] * 4 + [slip()])
    chinese = chinese.replace(" ", "")
    assert "2026年4月1日" in chinese
    assert "Wednesday 1 April 2026" in english
    with translation.override("zh-hans"):
        assert "2026年4月1日" in pages_of([slip()])[0].replace(" ", "")


def test_a_character_that_no_font_has_is_named():
    with pytest.raises(MissingCharacters, match=r"𠮷.*𠮷野") as refused:
        slips_pdf([slip(), slip("𠮷野")])
    assert refused.value.characters == "𠮷"


def test_each_character_is_set_in_a_font_that_has_it():
    assert [font_of(c) for c in "aЖ王𠮷"] == ["DejaVuSans", "DejaVuSans", "NotoSansSC", ""]


@pytest.mark.parametrize("text", ["one two three four five six seven", "王" * 40, "a" * 60, ""])
def test_lines_fit_and_lose_nothing(text):
    broken = lines(text, 10, within=100)
    assert all(width(line, 10) <= 100 for line in broken)
    assert "".join(broken).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize("name", ["Wolfeschlegelsteinhausenbergerdorff " * 5, "王" * 200])
def test_the_longest_name_stays_on_its_slip(name):
    heights = []
    [page] = PdfReader(BytesIO(slips_pdf([slip(name)]))).pages
    page.extract_text(visitor_text=lambda text, _cm, tm, *_more: heights.append((tm[5], text)))
    assert min(y for y, text in heights if text.strip()) > HEIGHT
