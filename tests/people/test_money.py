"""Amounts as people read them."""

import pytest
from django.utils import translation

from people.money import money


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_amount_is_grouped_by_thousands_in_every_language(language):
    with translation.override(language):
        shown = [money(123_456_789, "GBP"), money(5, "GBP"), money(1_500, "JPY")]
    assert shown == ["GBP 1,234,567.89", "GBP 0.05", "JPY 1,500"]
