"""What a loyal customer is worth, and how long a bar is drawn."""

from decimal import ROUND_HALF_UP, Decimal


def worth_minor(margin_minor: int, *, years: Decimal) -> int:
    """What a customer brings who stays so many years, at the same margin each year: nothing is
    discounted and nothing grows. Half a minor unit is rounded up."""
    return int((margin_minor * years).to_integral_value(ROUND_HALF_UP))


def thousandths(part: int, *, whole: int) -> int:
    """How far a part reaches along a whole, 0 to 1000; below nothing is nothing."""
    return max(0, min(1000, 1000 * part // whole)) if whole > 0 else 0
