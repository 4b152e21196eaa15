from django.urls import path

from incentives.views import (
    backtests,
    days,
    departments,
    figures,
    pools,
    replays,
    restatements,
    runs,
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
    path("back-test/", backtests.try_targets, name="back-test"),
    path("bonus/runs/", runs.index, name="bonus-runs"),
    path("bonus/runs/draft/", runs.draft, name="draft-bonus-run"),
    path("bonus/runs/<int:pk>/", runs.show, name="bonus-run"),
    path("bonus/runs/<int:pk>/compute/", runs.compute, name="compute-bonus-run"),
    path("bonus/runs/<int:pk>/propose/", runs.propose, name="propose-bonus-run"),
    path("bonus/runs/<int:pk>/send-back/", runs.send_back, name="send-back-bonus-run"),
    path("bonus/runs/<int:pk>/approve/", runs.approve, name="approve-bonus-run"),
    path("bonus/runs/<int:pk>/void/", runs.void, name="void-bonus-run"),
    path("bonus/runs/<int:pk>/people/", runs.people, name="bonus-run-people"),
    path("bonus/runs/<int:pk>/people/<number:number>/", runs.person, name="bonus-run-person"),
    path("bonus/runs/<int:pk>/replay/", replays.show, name="bonus-replay"),
    path("bonus/runs/<int:pk>/replay/file/", replays.download, name="bonus-replay-file"),
    path("bonus/replay.py", replays.script, name="bonus-replay-script"),
]
