from people.import_command import ImportCommand


class Command(ImportCommand):
    help = "Import targets (and their metrics) from a file, all or nothing."
    kind = "targets"
