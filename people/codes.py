"""Codes and employee numbers in addresses."""


class CodeConverter:
    """/departments/N%2FA/ would be two steps, so a slash is written ~2F."""

    regex = r"[^/]+"

    def to_python(self, value: str) -> str:
        if "\x00" in value:  # PostgreSQL has no such text; nothing can be called that
            raise ValueError("no code has a NUL")
        return value.replace("~2F", "/").replace("~7E", "~")

    def to_url(self, value: str) -> str:
        return str(value).replace("~", "~7E").replace("/", "~2F")


class NumberConverter:
    """Any employee number, slashes too; PostgreSQL has no text with a NUL in it."""

    regex = r"[^\x00]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return str(value)
