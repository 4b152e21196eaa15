from people.import_command import ImportCommand


class Command(ImportCommand):
    help = "Import payroll's confirmation of what it has paid, all or nothing."
    kind = "payments"
