"""Trying targets on the past before they are saved."""

from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import render

from incentives.forms.figures import BackTestForm
from incentives.services.backtesting import NothingToTest, back_test
from incentives.services.figure_imports import read_targets_file
from people.services.importing import ImportRefused, Options
from people.tabular import TableError


@login_required
@permission_required("incentives.back_test", raise_exception=True)
def try_targets(request):
    form = BackTestForm(request.POST or None, request.FILES or None)
    test = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            targets = read_targets_file(
                said["file"].read(), filename=said["file"].name, options=Options()
            )
            test = back_test(
                targets,
                first=said["first"],
                last=said["last"],
                unreported=said["unreported"],
                ignore_dates=said["ignore_dates"],
            )
        except ImportRefused as refused:
            for problem in refused.problems[:20]:
                form.add_error("file", str(problem))
        except (TableError, NothingToTest) as refused:
            form.add_error("file", str(refused))
    return render(request, "incentives/back_test.html", {"form": form, "test": test})
