from people.import_command import ImportCommand


class Command(ImportCommand):
    help = "Import leave from a file, all or nothing; the same file twice changes nothing."
    kind = "leaves"
