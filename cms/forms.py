"""What editors may upload as a document: of a size and kind that the house expects."""

import zipfile

import filetype
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.documents.forms import BaseDocumentForm

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 200 * 1024 * 1024
MAX_PARTS = 2_000
TEXTS = frozenset({"csv", "txt"})
PACKED = {"odt": "mimetype", "docx": "word/", "pptx": "ppt/", "xlsx": "xl/"}
"""Archives by what they hold: the first bytes of all of them are those of any zip file."""


class DocumentForm(BaseDocumentForm):
    """A document's first bytes and parts must be of the kind that its name says."""

    def clean_file(self):
        file = self.cleaned_data["file"]
        if "file" not in self.changed_data:
            return file
        if file.size > MAX_BYTES:
            message = _("The file is larger than %(mib)s MiB.") % {"mib": MAX_BYTES // 2**20}
            raise ValidationError(message)
        kind = file.name.rpartition(".")[2].lower()
        if not _is_of_kind(file, kind):
            raise ValidationError(_("This is no .%(kind)s file inside.") % {"kind": kind})
        file.seek(0)
        return file


def _is_of_kind(file, kind: str) -> bool:
    if kind in PACKED:
        return _holds(file, PACKED[kind])
    head = file.read(8192)
    if kind in TEXTS:
        return b"\0" not in head and filetype.guess(head) is None
    guessed = filetype.guess(head)
    return guessed is not None and guessed.extension == kind


def _holds(file, part: str) -> bool:
    """An archive with this part, whose parts are neither too many nor too large unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile:
        return False
    small = len(parts) <= MAX_PARTS and sum(each.file_size for each in parts) <= MAX_UNPACKED
    return small and any(each.filename.startswith(part) for each in parts)
