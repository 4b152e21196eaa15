"""Working weeks as people read them."""

from django.utils.dates import WEEKDAYS_ABBR

from people import rules


def working_week(text: str) -> str:
    """`Mon-Thu,Sat` in the reader's language: Mon–Thu, Sat."""
    runs = rules.weekday_runs(rules.parse_working_days(text))
    return ", ".join("–".join(str(WEEKDAYS_ABBR[day]) for day in sorted(set(r))) for r in runs)
