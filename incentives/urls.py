from django.urls import path

from incentives.views import (
    backtests,
    bonus_compare,
    days,
    departments,
    figures,
    pools,
    restatements,
    statements,
)

urlpatterns = [
    path("figures/", figures.enter, name="figures"),
    path("figures/held/", figures.held, name="held-figures"),
    path("figures/held/<int:pk>/", figures.decide_held, name="decide-held-figure"),
    path("figures/of/<code:code>/", figures.enter, name="figures-of-department"),
    path("days/", days.index, name="days"),
    path("days/<date:day>/", days.show, name="day"),
    path("days/<date:day>/<code:department>/<code:metric>/excuse/", days.excuse, name="excuse"),
    path(
        "days/<date:day>/<code:department>/<code:metric>/restate/",
        restatements.restate,
        name="restate",
    ),
    path("restatements/", restatements.index, name="restatements"),
    path("restatements/<int:pk>/", restatements.show, name="restatement"),
    path(
        "restatements/<int:pk>/decide/", restatements.decide_restatement, name="decide-restatement"
    ),
    path("departments/", departments.index, name="departments"),
    path("departments/<code:code>/", departments.show, name="department"),
    path("pools/", pools.index, name="pools"),
    path("pools/<slug:code>/<int:year>/", pools.show, name="pool"),
    path("bonus/runs/<int:pk>/statements/", statements.of_run, name="statements-of-run"),
    path("bonus/runs/<int:pk>/statements/make/", statements.make, name="make-statements"),
    path("bonus/runs/<int:pk>/statements/bundle/", statements.bundle, name="statements-bundle"),
    path("back-test/", backtests.try_targets, name="back-test"),
    path("bonus/compare/", bonus_compare.compare, name="bonus-compare"),
]
