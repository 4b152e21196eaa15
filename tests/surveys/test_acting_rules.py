"""Texts for screens: three lines of five words, cut with care."""

import pytest

from surveys.rules.acting import _columns, shortened


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Meetings take too long.", "Meetings take too long."),
        ("  Meetings\n take\ttoo  long. ", "Meetings take too long."),
        ("one two three four five six seven eight nine ten eleven twelve 13 14 15",
         "one two three four five six seven eight nine ten eleven twelve 13 14 15"),
        ("one two three four five six seven eight nine ten eleven twelve 13 14 15 16",
         "one two three four five six seven eight nine ten eleven twelve 13 14 15…"),
        ("one two three four five six seven eight nine ten eleven twelve 13 14, 15, 16",
         "one two three four five six seven eight nine ten eleven twelve 13 14, 15…"),
        ("Internationalisation " * 5, "Internationalisation Internationalisation"
         " Internationalisation Internationalisation…"),
        ("x" * 200, "x" * 89 + "…"),
        ("会议太长" * 20, "会议太长" * 11 + "…"),
        ("会议太长，" * 9 + "完", "会议太长，" * 8 + "会议太长…"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_text_is_cut_between_words_or_letters(text, line):
    assert shortened(text) == line
    assert _columns(shortened(text)) <= 90


def test_what_makes_up_one_letter_is_not_taken_apart():
    family = "👨\u200d👩\u200d👧"
    assert shortened(family * 30, columns=8) == f"{family}…"
    accented = "e\u0301"
    assert shortened(accented * 30, columns=5) == accented * 4 + "…"
