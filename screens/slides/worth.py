"""What a loyal customer is worth: a sum of figures that an editor enters, all of which stand on
the slide with where they come from."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail import blocks

from people.money import minor_units, money
from screens.rules.figures import thousandths, worth_minor
from screens.slides import words
from screens.slides.base import Facts, Slide, View


def years(label: Any) -> blocks.DecimalBlock:
    return blocks.DecimalBlock(
        label=label, min_value=Decimal("0.1"), max_value=80, max_digits=4, decimal_places=1
    )


class WorthSlide(Slide):
    kind = "worth"
    margin = blocks.DecimalBlock(
        label=gettext_lazy("Average margin of a customer in a year"), min_value=0,
        max_digits=14, decimal_places=2,
    )  # fmt: skip
    currency = blocks.RegexBlock(
        label=gettext_lazy("Currency"), regex=r"^[A-Z]{3}$", default="USD",
        error_messages={"invalid": gettext_lazy("Three capital letters, such as GBP.")},
    )  # fmt: skip
    years_with = years(gettext_lazy("Years a customer stays, served well"))
    years_without = years(gettext_lazy("Years a customer stays otherwise"))
    source = blocks.CharBlock(
        label=gettext_lazy("Where these figures come from"), max_length=80,
        help_text=gettext_lazy("Such as: Finance, customers of 2020 to 2025."),
    )  # fmt: skip

    class Meta:
        label = gettext_lazy("What a loyal customer is worth")
        icon = "plus-inverse"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        try:
            minor_units(cleaned["margin"], cleaned["currency"])
        except ValueError:
            text = _("%(currency)s has fewer decimals than this.")
            refused = ValidationError(text % {"currency": cleaned["currency"]})
            raise blocks.StructBlockValidationError({"margin": refused}) from None
        if cleaned["years_with"] <= cleaned["years_without"]:
            refused = ValidationError(_("Longer than otherwise, or there is nothing to tell."))
            raise blocks.StructBlockValidationError({"years_with": refused})
        return cleaned

    def facts(self, value: Mapping[str, Any], view: View) -> Facts:
        margin, currency = minor_units(value["margin"], value["currency"]), value["currency"]
        longest = value["years_with"]

        def line(stays: Decimal) -> dict[str, str]:
            place = thousandths(int(stays * 10), whole=int(longest * 10))
            return {
                "years": said_years(stays), "place": f"{place / 10:.1f}",
                "worth": money(worth_minor(margin, years=stays), currency),
            }  # fmt: skip

        well, otherwise = line(longest), line(value["years_without"])
        more = worth_minor(margin, years=longest) - worth_minor(
            margin, years=value["years_without"]
        )
        return Facts({
            "margin": money(margin, currency), "well": well, "otherwise": otherwise,
            "more": money(more, currency), "source": value["source"],
        })  # fmt: skip


def said_years(stays: Decimal) -> str:
    plain = f"{stays.normalize():f}"
    return ngettext("{n} year", "{n} years", 1 if stays == 1 else 2).format(n=words.number(plain))
