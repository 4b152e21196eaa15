"""A lead's factors for one department."""

import re
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from incentives.rules import BASIS
from incentives.services.adjusting import Factor
from incentives.services.bonus_policies import Terms
from incentives.services.factors import Member, OwnDepartment
from incentives.services.splitting import percent
from people.models import Employee

PERCENT = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,2})?")


class FactorsForm(forms.Form):
    """Two fields a member: the factor in percent, empty for whoever carries the difference, and
    why. `factors` are those that are right, also while others are not."""

    def __init__(self, *args, own: OwnDepartment, terms: Terms, may_change: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.own, self.terms = own, terms
        self.factors: dict[Employee, Factor] = {}
        for member in own.members:
            if not member.is_fixed:
                self._add_fields(member, may_change=may_change)

    def _add_fields(self, member: Member, *, may_change: bool) -> None:
        given, name = member.factor, member.employee.name
        self.fields[f"factor-{member.employee.pk}"] = forms.CharField(
            label=_("Factor of %(name)s in percent") % {"name": name},
            required=False,
            max_length=20,
            disabled=not may_change,
            initial=percent(given.factor_bp) if given else "",
            widget=forms.TextInput(
                attrs={"inputmode": "decimal", "autocomplete": "off", "placeholder": "100"}
            ),
        )
        self.fields[f"reason-{member.employee.pk}"] = forms.CharField(
            label=_("Why %(name)s") % {"name": name},
            required=False,
            max_length=500,
            disabled=not may_change,
            initial=given.reason if given else "",
        )

    def rows(self) -> list[tuple[Member, forms.BoundField | None, forms.BoundField | None]]:
        return [
            (m, None, None)
            if m.is_fixed
            else (m, self[f"factor-{m.employee.pk}"], self[f"reason-{m.employee.pk}"])
            for m in self.own.members
        ]

    @property
    def chosen(self) -> dict[int, int]:
        """The factors as written, or, before anything was, as they stand: basis points by
        employee."""
        if not self.is_bound:
            return self.own.given
        return {employee.pk: factor.basis_points for employee, factor in self.factors.items()}

    def clean(self) -> dict:
        said = super().clean()
        for member in self.own.members:
            if not member.is_fixed:
                self._read(member, said)
        if self.data.get("seen") != self.own.seen:
            self.add_error(None, self.own.changed_meanwhile)
        return said

    def _read(self, member: Member, said: dict) -> None:
        pk = member.employee.pk
        text, reason = said.get(f"factor-{pk}", "").strip(), said.get(f"reason-{pk}", "").strip()
        if not text:
            if reason:
                self.add_error(f"factor-{pk}", _("Which factor is this the reason for?"))
            return
        try:
            basis_points = self._basis_points(text)
        except ValueError as error:
            self.add_error(f"factor-{pk}", str(error))
            return
        if not reason and f"reason-{pk}" not in self.errors and basis_points != BASIS:
            self.add_error(f"reason-{pk}", _("Say why."))
        if reason or basis_points != BASIS:
            self.factors[member.employee] = Factor(basis_points, reason)

    def _basis_points(self, text: str) -> int:
        """Raises ValueError for what is no percentage within the band."""
        band = self.terms.manager_band_bp
        found = PERCENT.fullmatch(text)
        basis_points = int(Decimal(text.replace(",", ".")) * 100) if found else -1
        if not BASIS - band <= basis_points <= BASIS + band:
            raise ValueError(
                _("Write a number from %(low)s to %(high)s, for example 105.5.")
                % {"low": percent(BASIS - band), "high": percent(BASIS + band)}
            )
        return basis_points
