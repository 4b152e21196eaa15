"""The company's own list of moments of truth: what the money was for."""

from django.utils.translation import gettext_lazy as _

from empowerment.models import MomentOfTruth
from people.services.named import Named

MOMENTS = Named(
    MomentOfTruth, "moment", "moment_of_truth",
    nameless=_("A moment of truth has a name."),
    taken=_("There is a moment of truth with the code %(code)s."),
    # Without any nobody could enter a case.
    last=_("This is the last moment of truth to choose: add another first."),
)  # fmt: skip
