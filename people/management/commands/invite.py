from people.commands import ProductCommand
from people.models import Employee, Invitation
from people.services.invitations import NotInvited, invite


class Command(ProductCommand):
    help = "A link by which an employee chooses a password: the first administrator's way in."

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.add_argument("number", metavar="NUMBER")
        parser.add_argument("--mail", action="store_true", help="send it instead of printing it")

    def handle(self, **options) -> None:
        employee = Employee.objects.filter(number=options["number"]).first()
        if employee is None:
            self.refuse(f"{options['number']}: no such employee number")
        way = Invitation.Way.MAIL if options["mail"] else Invitation.Way.SLIP
        try:
            link = invite(employee, way=way, by=self.account(options))
        except NotInvited as refused:
            self.refuse(f"{employee.number}: {refused}")
        shown = {"number": employee.number, "way": way.value}
        if way == Invitation.Way.SLIP:
            shown["link"] = link
        if options["format"] == "json":
            self.write_json(shown)
        else:
            self.stdout.write(shown.get("link", f"mailed to {employee.email}"))
