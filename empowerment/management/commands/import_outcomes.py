from people.import_command import ImportCommand


class Command(ImportCommand):
    help = (
        "Import what became of customers, all or nothing; the same file twice changes nothing."
        " Customers without a case are left out."
    )
    kind = "outcomes"
