"""This app's entries in the menu."""

from django.utils.translation import gettext_lazy as _

from people.menu import COMPANY, FRONT, MONEY, Entry

RESTATEMENTS = (
    "incentives.propose_restatement", "incentives.approve_restatement", "incentives.audit",
)  # fmt: skip

ENTRIES = (
    Entry("figures", _("Figures"), FRONT, "incentives.enter_figures"),
    Entry("days", _("Days"), FRONT),
    Entry("my-bonus", _("My bonus"), FRONT),
    Entry("departments", _("Departments"), COMPANY),
    Entry("pools", _("Pools"), MONEY),
    Entry("bonus-runs", _("Bonus"), MONEY, "incentives.see_bonus_runs"),
    Entry("restatements", _("Corrections"), MONEY, RESTATEMENTS),
    Entry("held-figures", _("To confirm"), MONEY, "incentives.confirm_figures"),
    Entry("back-test", _("Back-test"), MONEY, "incentives.back_test"),
    Entry("bonus-compare", _("Compare bonuses"), MONEY, "incentives.compare_bonus"),
)
