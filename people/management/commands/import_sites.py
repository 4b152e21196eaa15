from people.import_command import ImportCommand


class Command(ImportCommand):
    help = "Import sites from a file, all or nothing; the same file twice changes nothing."
    kind = "sites"
