"""Codes in addresses: /departments/N%2FA/ would be two steps, so a slash is written ~2F."""


class CodeConverter:
    regex = r"[^/]+"

    def to_python(self, value: str) -> str:
        if "\x00" in value:  # PostgreSQL has no such text; nothing can be called that
            raise ValueError("no code has a NUL")
        return value.replace("~2F", "/").replace("~7E", "~")

    def to_url(self, value: str) -> str:
        return str(value).replace("~", "~7E").replace("/", "~2F")
