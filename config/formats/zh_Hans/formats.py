# Money is grouped by thousands, as on Chinese pay slips; Django leaves it ungrouped.
THOUSAND_SEPARATOR = ","
DECIMAL_SEPARATOR = "."
NUMBER_GROUPING = 3
