"""The company's own list of behaviours: what somebody is praised for."""

from django.utils.translation import gettext_lazy as _

from people.services.named import Named
from recognition.models import Behaviour

BEHAVIOURS = Named(
    Behaviour, "behaviour", "behaviour",
    nameless=_("A behaviour has a name."),
    taken=_("There is a behaviour with the code %(code)s."),
    # Without any nobody could nominate.
    last=_("This is the last behaviour to choose: add another first."),
)  # fmt: skip
