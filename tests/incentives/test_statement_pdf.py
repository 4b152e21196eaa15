"""Statements as PDF: everything on them can be read, in any script, in the person's language."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from incentives.services.statement_pdf import set_statement, statement_pdf
from incentives.services.statements import EarnedDay, EarnedMonth, Statement, months_between
from people.services import fonts
from people.services.binding import Portion, bind
from people.services.typesetting import About

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
MADE_AT = datetime(2027, 1, 29, 12, tzinfo=UTC)
LINK = "https://ninetyfive.example.org/bonus/statements/4711/"


def hit_days(last: date = LAST) -> list[EarnedDay]:
    every = (FIRST + timedelta(days=number) for number in range((last - FIRST).days + 1))
    return [EarnedDay(day, 25_000, 100, 1) for day in every if day.weekday() < 4]


def statement(days: list[EarnedDay] | None = None, **more) -> Statement:
    """Ann's, with Monday to Thursday of a whole year as hit days."""
    days = hit_days() if days is None else days
    months = [
        EarnedMonth(month, own := sum(day.date.month == month.month for day in days), own + 1, own)
        for month in months_between(FIRST, LAST)
    ]
    usual = {
        "name": "Ann Example", "number": "E10042", "department": "Claims", "job_title": "Adjuster",
        "language": "en", "pool": "bonus", "currency": "GBP", "year": 2026, "first": FIRST,
        "last": LAST, "through": LAST, "is_estimate": False, "days": days, "months": months,
        "verdict_days": 251, "earned_minor": 100 * len(days), "department_bp": None,
        "manager_bp": None, "pool_minor": 2_950_000, "people": 13_456, "cap_bp": 2000,
        "salary_minor": 3_000_000, "other_pools_minor": 0, "cap_minor": 600_000,
        "share_minor": 21_512, "is_capped": False, "code": "K3J9-2QX7", "ask": ["Fay"],
        "questions_until": date(2027, 2, 28), "link": LINK,
    }  # fmt: skip
    return Statement(**(usual | more))


def reader_of(made: Statement) -> PdfReader:
    return PdfReader(BytesIO(statement_pdf(made, made_at=MADE_AT)))


def text_of(made: Statement) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader_of(made).pages).split())


def squeezed(text: str) -> str:
    return text.replace(" ", "")


def test_a_statement_tells_in_order_how_the_share_came_about():
    said = text_of(statement(department_bp=10_500, manager_bp=9_800))
    parts = [
        "Brought to you by the customer", "Bonus statement 2026 · pool bonus", "Ann Example",
        "Employee number E10042 · Claims · Adjuster", "Your share", "GBP 215.12",
        "The goals were met on 221 of 251 days.", "What you had earned, day by day", "GBP 209.00",
        "Your hit days by month", "How your share came about",
        "Hit days", "209 of them count for you", "209 days", "Earned", "GBP 209.00",
        "Department's factor", "× 1.05", "Lead's factor", "× 0.98",
        "Part of the pool", "GBP 29,500.00 for 13,456 people", "0.7292%",
        "Cap", "20% of a salary of GBP 30,000.00", "GBP 6,000.00", "Your share", "GBP 215.12",
        "Questions? Ask Fay, until 28 February 2027.", "K3J9-2QX7", LINK,
    ]  # fmt: skip
    place = 0
    for part in parts:
        assert part in said[place:]
        place = said.index(part, place) + len(part)


def test_a_statement_fits_one_page_of_a4_and_says_what_it_is():
    reader = reader_of(statement())
    [page] = reader.pages
    assert (page.mediabox.width, page.mediabox.height) == (595, 842)
    assert reader.metadata.title == "Bonus statement 2026: Ann Example"
    assert reader.metadata.author == "Ninetyfive"
    assert reader.metadata.creation_date == MADE_AT
    assert reader.trailer["/Root"]["/Lang"] == "en"
    [note] = page["/Annots"]
    assert note["/A"]["/URI"] == LINK


@pytest.mark.parametrize(
    "name",
    ["王小明", "Łukasz Żółć", "Петров Пётр", "喆昇 Ann", "Priya ₹ Nair", "שלום כהן", "Νίκος"],
)
def test_a_name_in_any_script_can_be_read(name):
    assert squeezed(name) in squeezed(text_of(statement(name=name)))


def test_arabic_letters_are_joined_from_right_to_left_and_read_as_they_were_written():
    name = "محمد عبد الله"
    assert squeezed(name) in squeezed(text_of(statement(name=name)))
    assert fonts.as_seen("محمد") == "\ufeaa\ufee4\ufea4\ufee3"
    assert fonts.as_seen("לאה (2)") == "(2) האל"


def test_facts_of_two_right_to_left_scripts_keep_their_places():
    said = text_of(statement(department="תביעות", job_title="مدير"))
    assert "Claims" not in said
    assert said.index("תביעות") < said.index("مدير")


def test_an_accent_of_its_own_becomes_part_of_its_letter():
    assert "Żółć" in text_of(statement(name="Z\u0307o\u0301łc\u0301"))


def test_a_statement_speaks_its_readers_language_or_the_companys():
    chinese = reader_of(statement(language="zh-hans"))
    assert chinese.trailer["/Root"]["/Lang"] == "zh-hans"
    assert "工号" in chinese.pages[0].extract_text()
    unknown = reader_of(statement(language="xx"))
    assert unknown.trailer["/Root"]["/Lang"] == "en"


def test_what_no_font_has_stops_the_statement_and_is_named():
    with pytest.raises(fonts.MissingCharacters, match=r"𠮷.*𠮷野") as refused:
        statement_pdf(statement(name="𠮷野"), made_at=MADE_AT)
    assert refused.value.characters == "𠮷"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"days": []}, "no day that put money into the pool counts for you"),
        ({"cap_minor": 0}, "other pools have paid you all that your cap allows"),
        ({"pool_minor": 0}, "the pool is empty"),
        ({}, "less than its smallest coin"),
    ],
)
def test_nothing_is_explained_in_words(more, said):
    text = text_of(statement(share_minor=0, **more))
    assert "There is nothing to pay: " in text
    assert said in text


def test_the_cap_is_explained_in_words():
    made = statement(
        share_minor=588_000, cap_minor=588_000, is_capped=True, other_pools_minor=12_000
    )
    text = text_of(made)
    assert "This is your cap, the most a year's bonus can be: 20% of salary." in text
    assert "20% of a salary of GBP 30,000.00, less GBP 120.00 from other pools." in text


def test_an_estimate_says_so_and_names_no_deadline():
    text = text_of(
        statement(hit_days(date(2026, 6, 3)), is_estimate=True, through=date(2026, 6, 3),
                  questions_until=None, code="")
    )  # fmt: skip
    assert "Estimate as of 3 June 2026: nothing is decided or paid" in text
    assert "Your share so far" in text
    assert "Questions? Ask Fay." in text
    assert "replay" not in text


def test_corrected_days_are_named_with_their_dates():
    first, *others = hit_days()
    text = text_of(statement([first._replace(version=2), *others]))
    assert "Corrected after they were final, and counted as corrected: Thu 1 Jan 2026." in text
    assert "orrected" not in text_of(statement())


def test_more_corrected_days_than_a_page_holds_go_on_a_second_and_none_is_lost():
    days = [day._replace(version=2) for day in hit_days()]
    reader = reader_of(statement(days))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert len(reader.pages) == 2
    assert all(f"{day.date:%a} {day.date.day} {day.date:%b} 2026" in text for day in days)
    assert LINK in reader.pages[1].extract_text()


@pytest.mark.parametrize(
    "text", ["Wolfeschlegelsteinhausenbergerdorff " * 5, "王" * 200, "W" * 200]
)
def test_the_longest_names_stay_on_the_page(text):
    made = statement(name=text, department=text, job_title=text, ask=[text] * 3,
                     department_bp=10_500, manager_bp=9_800)  # fmt: skip
    corners = []
    for page in reader_of(made).pages:
        page.extract_text(visitor_text=lambda t, _cm, tm, *_more: corners.append((t, *tm[4:])))
    assert all(40 < x < 560 and 40 < y < 830 for t, x, y in corners if t.strip())


def test_the_same_statement_is_the_same_file():
    assert statement_pdf(statement(), made_at=MADE_AT) == statement_pdf(
        statement(), made_at=MADE_AT
    )


def test_what_is_common_is_in_a_bundle_once(tmp_path):
    people = [statement(name=f"Person {number}") for number in range(150)]
    paths = [tmp_path / "first", tmp_path / "second"]
    for path, some in zip(paths, (people[:100], people[100:]), strict=True):
        with path.open("wb") as out:
            Portion(map(set_statement, some)).save_for_print(out)
    bundle = tmp_path / "bundle.pdf"
    bind(paths, bundle, About("All", "Ninetyfive", "en"), made_at=MADE_AT)
    reader = PdfReader(bundle)
    assert [f"Person {number}" in page.extract_text() for number, page in enumerate(reader.pages)]
    assert len(reader.pages) == 150
    assert (reader.metadata.title, reader.metadata.creation_date) == ("All", MADE_AT)
    assert reader.trailer["/Root"]["/ViewerPreferences"]["/Duplex"] == "/Simplex"
    assert not any("/Annots" in page for page in reader.pages)
    alone = len(statement_pdf(people[0], made_at=MADE_AT))
    assert alone < 40_000
    assert bundle.stat().st_size < 150 * alone / 4


def test_statements_drawn_together_are_whole_files_of_their_own():
    long = statement([day._replace(version=2) for day in hit_days()], name="Long")
    people = [statement(name="王小明"), long, statement(name="Ann")]
    files = Portion(map(set_statement, people)).files(made_at=MADE_AT)
    readers = [PdfReader(BytesIO(file)) for file in files]
    assert [len(reader.pages) for reader in readers] == [1, 2, 1]
    for reader, made in zip(readers, people, strict=True):
        alone = reader_of(made)
        assert reader.metadata == alone.metadata
        assert [p.extract_text() for p in reader.pages] == [p.extract_text() for p in alone.pages]
