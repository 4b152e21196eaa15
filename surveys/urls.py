"""Addresses of polls."""

from django.urls import path

from surveys.views import (
    actions,
    ballots,
    drafting,
    focus_areas,
    handing_out,
    invitations,
    kiosk,
    launching,
    library,
    polls,
    proof,
    releasing,
    result_files,
    results,
    sealing,
)

RESULTS = [
    path("poll-results/", results.index, name="poll-results"),
    path("poll-results/<slug:code>/", results.overview, name="poll-result"),
    path("poll-results/<slug:code>/map/", results.heat_map, name="poll-heat-map"),
    path("poll-results/<slug:code>/cells/<int:number>/", results.cell, name="poll-cell"),
    path(
        "poll-results/<slug:code>/cells/<int:number>/comments/", results.comments,
        name="poll-comments",
    ),
    path(
        "poll-results/<slug:code>/cells/<int:number>/report.pdf", result_files.pdf,
        name="poll-cell-pdf",
    ),
    path("poll-results/<slug:code>/drivers/", results.what_goes_together, name="poll-drivers"),
    path("poll-results/<slug:code>/results.xlsx", result_files.xlsx, name="poll-results-file"),
    path("polls/of/<slug:code>/seal/", sealing.seal, name="seal-poll"),
    path("polls/of/<slug:code>/release/", releasing.release, name="release-poll"),
    path("polls/of/<slug:code>/release/report.json", releasing.report, name="poll-audit-report"),
    path("polls/of/<slug:code>/release/hr/", releasing.let_hr_read, name="let-hr-read-poll"),
    path("polls/of/<slug:code>/release/staff/", releasing.show, name="show-poll"),
    path(
        "polls/of/<slug:code>/manager-sees/", releasing.manager_sees, name="poll-manager-sees"
    ),
]  # fmt: skip

ACTIONS = [
    path("actions/", actions.board, name="actions"),
    path("actions/mine/", actions.mine, name="my-actions"),
    path("actions/polls/<slug:code>/", focus_areas.of_poll, name="poll-actions"),
    path("actions/polls/<slug:code>/new/", focus_areas.add, name="add-focus-area"),
    path("actions/focus-areas/<int:pk>/", focus_areas.show, name="focus-area"),
    path("actions/focus-areas/<int:pk>/change/", focus_areas.change, name="change-focus-area"),
    path("actions/focus-areas/<int:pk>/remove/", focus_areas.remove, name="remove-focus-area"),
    path("actions/focus-areas/<int:pk>/new/", actions.add, name="add-action"),
    path("actions/<int:pk>/", actions.show, name="action"),
    path("actions/<int:pk>/change/", actions.change, name="change-action"),
    path("actions/<int:pk>/progress/", actions.tell, name="tell-of-action"),
    path("actions/<int:pk>/publish/", actions.publish, name="publish-action"),
    path("actions/<int:pk>/take-back/", actions.take_back, name="take-back-action"),
    path("my-polls/", invitations.mine, name="my-polls"),
    path("polls/<slug:code>/invitation/", invitations.show, name="poll-invitation"),
    path("polls/<slug:code>/claim/", invitations.take, name="claim-ballot"),
    path("polls/<slug:code>/proof/", proof.proof, name="poll-proof"),
    path("polls/<slug:code>/slips/", handing_out.slips, name="poll-slips"),
    path("polls/<slug:code>/paper/", handing_out.paper, name="poll-paper"),
    path("polls/<slug:code>/paper/count/", handing_out.count, name="count-paper"),
    # Below these two nobody is known: surveys.middleware.
    path("ballot/", ballots.ballot, name="ballot"),
    path("ballot/cast/", ballots.cast, name="cast-ballot"),
    path("ballot/receipt/", ballots.receipt, name="ballot-receipt"),
    path("kiosk/", kiosk.kiosk, name="kiosk"),
]

MAKING = [
    path("polls/", polls.index, name="polls"),
    path("polls/new/", polls.new, name="new-poll"),
    path("polls/library/", library.index, name="library"),
    path("polls/library/new/", library.add, name="add-library-question"),
    path("polls/library/of/<slug:code>/", library.show, name="library-question"),
    path("polls/library/of/<slug:code>/reword/", library.put_anew, name="reword-question"),
    path("polls/themes/", library.themes, name="poll-themes"),
    path("polls/themes/new/", library.add_theme, name="add-poll-theme"),
    path("polls/themes/of/<slug:code>/", library.change_theme, name="poll-theme"),
    path("polls/themes/of/<slug:code>/retire/", library.retire_theme, name="retire-poll-theme"),
    path("polls/of/<slug:code>/", polls.show, name="poll"),
    path("polls/of/<slug:code>/about/", drafting.about, name="describe-poll"),
    path("polls/of/<slug:code>/sections/", drafting.sections, name="poll-sections"),
    path("polls/of/<slug:code>/holder/", drafting.holder, name="poll-holder"),
    path("polls/of/<slug:code>/questions/", drafting.add, name="add-poll-questions"),
    path(
        "polls/of/<slug:code>/questions/<int:number>/", drafting.question, name="poll-question"
    ),
    path(
        "polls/of/<slug:code>/questions/<int:number>/move/", drafting.move_question,
        name="move-poll-question",
    ),
    path(
        "polls/of/<slug:code>/questions/<int:number>/out/", drafting.take_question_out,
        name="take-out-poll-question",
    ),
    path("polls/of/<slug:code>/copy/", polls.copy_of, name="copy-poll"),
    path("polls/of/<slug:code>/discard/", polls.throw_away, name="discard-poll"),
    path("polls/of/<slug:code>/remind/", polls.remind_all, name="remind-poll"),
    path("polls/of/<slug:code>/preview/", launching.preview, name="preview-poll"),
    path("polls/of/<slug:code>/launch/", launching.launching, name="launch-poll"),
    path("polls/of/<slug:code>/key/", launching.take_hr_key, name="take-hr-key"),
    path("polls/of/<slug:code>/second-key/", launching.take_second_key, name="take-second-key"),
]  # fmt: skip

urlpatterns = [*MAKING, *RESULTS, *ACTIONS]
